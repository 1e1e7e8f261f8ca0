import {
  any,
  caseWhen,
  currentRow,
  type Expr,
  fn,
  following,
  fromTimestamp,
  op,
  preceding,
  sql,
  tuple,
  value,
  window
} from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { at, each, one, THINGS, Thing, t, where } from '../helpers/things.js'

/** What expressions give, on every server the same. */

eachServer('expressions', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Thing])
    await db.createTables([Thing])
    await Thing.insertMany([...THINGS])
  }, 60_000)
  afterAll(() => db.close())

  describe('functions', () => {
    it.each<[string, unknown, () => Expr<unknown>]>([
      ['count', 3, () => fn.count()],
      ['sum of integers, exact', '0', () => fn.sum(t.size)],
      ['sum of decimals, exact', '-5.65', () => fn.sum(t.price)],
      ['avg of floats', 0.5, () => fn.avg(t.weight)],
      ['min through its own field', '', () => fn.min(t.back)],
      ['max', 7, () => fn.max(t.size)],
      ['filter', 2, () => fn.count(t.id).filter(t.good)],
      ['filter, of none', null, () => fn.sum(t.size).filter(t.size.gt(100))],
      ['array_agg in order', ['b', '50%_', 'ab'], () => fn.array_agg(t.name).orderBy(t.place.desc())],
      ['array_agg through its own field', ['abc', 'xyz', ''], () => fn.array_agg(t.back).orderBy(t.place)],
      ['string_agg of numbers', '0-1-2', () => fn.string_agg(t.place, '-').orderBy(t.place)],
      ['jsonb_agg', [7, null, -7], () => fn.jsonb_agg(t.size).orderBy(t.place)],
      ['bool_and', false, () => fn.bool_and(t.good)],
      ['percentile_cont', 1, () => fn.percentile_cont(0.5).withinGroup(t.place)],
      ['percentile_disc', 1, () => fn.percentile_disc(0.5).withinGroup(t.place)],
      ['count of the distinct', 2, () => fn.count(t.good.distinct())]
    ])('%s', async (_, expected, make) => expect(await Thing.select({ x: make() }).scalar()).toEqual(expected))

    it.each<[string, unknown[], () => Expr<unknown>]>([
      ['coalesce', [7, 0, -7], () => fn.coalesce(t.size, 0)],
      ['coalesce through its own field', ['abc', 'xyz', ''], () => fn.coalesce(t.back, 'none')],
      ['nullif', ['ab', '50%_', null], () => fn.nullif(t.name, 'b')],
      ['greatest', [7, 3, 3], () => fn.greatest(fn.coalesce(t.size, 0), 3)],
      ['length', [2, 4, 1], () => fn.length(t.name)],
      ['concat, without nulls', ['ab7', '50%_', 'b-7'], () => fn.concat(t.name, t.size)],
      ['substr', ['b', '0%', ''], () => fn.substr(t.name, 2, 2)],
      ['abs', [7, null, 7], () => fn.abs(t.size)],
      ['round of a float', [2.5, -1, 0], () => fn.round(t.weight, 1)],
      ['round of a decimal', ['2', '-7', '0'], () => fn.round(t.price, 0)],
      ['sqrt of an integer', [0, 1, Math.SQRT2], () => fn.sqrt(t.place)],
      ['power', [0, 1, 4], () => fn.power(t.place, 2)],
      ['div of integers', [3, null, -3], () => t.size.div(2)],
      ['mod of integers', [1, null, -1], () => t.size.mod(2)],
      ['caseWhen of a subject', ['x', 'y', 'y'], () => caseWhen(t.name, [['ab', 'x']], 'y')],
      ['caseWhen without a default', [1, null, 1], () => caseWhen([[t.good, 1]])],
      ['a converter', ['AB', '50%_', 'B'], () => t.name.converter(name => name.toUpperCase())],
      ['a converter, of null', [8, null, -6], () => t.size.converter(size => size + 1)],
      ['a fragment of a type', [1, 2, 3], () => sql<number>`${t.place} + 1`.typed('int8')],
      ['op', [0, 2, 4], () => op(t.place, '*', value(2), 'int8')],
      ['concat of what is no text', ['ab1.50', '50%_-7.25', 'b0.10'], () => t.name.concat(t.price)],
      ['isDistinctFrom', [false, true, true], () => t.size.isDistinctFrom(7)],
      ['isNotDistinctFrom null', [false, true, false], () => t.size.isNotDistinctFrom(null)],
      ['is', [true, false, false], () => t.size.gt(3).is(true)],
      ['isNot', [false, true, true], () => t.size.gt(3).isNot(true)]
    ])('%s', async (_, expected, make) => expect(await each(make())).toEqual(expected))

    it.each<[string, unknown[], () => Expr<boolean>]>([
      ['contains an expression, whose wildcards have no meaning', [0, 1, 2], () => t.name.contains(t.name)],
      ['startsWith an expression', [1], () => t.name.startsWith(sql`'50%'`)],
      ['any of a list', [0], () => t.name.eq(any(['ab', 'c']))],
      ['a tuple before another', [0, 1], () => tuple(t.good, t.place).lt([true, 1])],
      [
        'tuples that are not among rows',
        [1, 2],
        () =>
          tuple(t.name, t.place).notIn([
            ['ab', 0],
            ['b', 0]
          ])
      ],
      ['a list with an expression', [0, 2], () => t.size.in([t.size, 100])]
    ])('%s', async (_, expected, make) => expect(await where(make())).toEqual(expected))
  })

  describe('windows', () => {
    const byGood = window({ partitionBy: t.good, orderBy: t.place })

    it.each<[string, unknown[], () => Expr<unknown>]>([
      ['row_number', [1, 1, 2], () => fn.row_number().over(byGood)],
      ['a running sum', ['0', '1', '3'], () => fn.sum(t.place).over({ orderBy: t.place })],
      [
        'rows',
        ['1', '3', '3'],
        () => fn.sum(t.place).over({ orderBy: t.place, frame: { start: preceding(1), end: following(1) } })
      ],
      [
        'rows but the current one',
        ['3', '2', '1'],
        () => fn.sum(t.place).over({ orderBy: t.place, frame: { start: preceding(), end: following(), exclude: 'currentRow' } })
      ],
      [
        'a range',
        [2, 3, 2],
        () => fn.count().over({ orderBy: t.place, frame: { type: 'range', start: preceding(1), end: following(1) } })
      ],
      [
        'groups',
        [3, 1, 3],
        () => fn.count().over({ orderBy: t.good, frame: { type: 'groups', start: preceding(1), end: currentRow } })
      ],
      ['lag with a default', ['none', 'ab', '50%_'], () => fn.lag(t.name, 1, 'none').over({ orderBy: t.place })],
      ['lead through its own field', ['xyz', '', null], () => fn.lead(t.back).over({ orderBy: t.place })],
      [
        'a window that extends another',
        ['0', '1', '2'],
        () => fn.sum(t.place).over({ extends: byGood, frame: { start: currentRow } })
      ],
      ['filter', [1, 1, 2], () => fn.count().filter(t.good).over({ orderBy: t.place })]
    ])('%s', async (_, expected, make) => expect(await each(make())).toEqual(expected))

    it('are written once where the select names them', async () => {
      const query = Thing.select(fn.rank().over(byGood).as('a'), fn.count().over(byGood.as('other')).as('b')).window(byGood)
      expect(query.sql().text).toContain('rank() OVER "w" AS "a", count(*) OVER (PARTITION BY')
      expect(await query.orderBy(t.place).tuples()).toEqual([
        [1, 1],
        [1, 1],
        [2, 2]
      ])
    })
  })

  describe('dates and times', () => {
    it.each<[string, unknown, () => Expr<unknown>]>([
      ['year', 2024, () => t.at.year()],
      ['quarter', 1, () => t.at.quarter()],
      ['month of a date', 2, () => t.day.month()],
      ['week', 9, () => t.at.week()],
      ['day', 29, () => t.wall.day()],
      ['dayOfWeek', 4, () => t.day.dayOfWeek()],
      ['dayOfYear', 60, () => t.at.dayOfYear()],
      ['hour of a time', 13, () => t.time.hour()],
      ['minute', 45, () => t.wall.minute()],
      ['second, with its fraction', 30.25, () => t.at.second()],
      ['a part of a counted instant', 13, () => t.tick.hour()],
      ['truncate', new Date('2024-02-01T00:00:00Z'), () => t.at.truncate('month')],
      ['truncate without a zone', new Date('2024-02-29T13:00:00Z'), () => t.wall.truncate('hour')],
      ['truncate a date', '2024-01-01', () => t.day.truncate('year')],
      ['truncate a time', '13:00:00', () => t.time.truncate('hour')],
      ['truncate a counted instant', new Date('2024-02-29T00:00:00Z'), () => t.tick.truncate('day')],
      ['toTimestamp', 1709214330.25, () => t.at.toTimestamp()],
      ['toTimestamp of an interval', 86_400, () => t.at.add('1 day').sub(t.at).toTimestamp()],
      ['fromTimestamp', at, () => fromTimestamp(t.tick)],
      ['fromTimestamp of seconds', new Date(7000), () => fromTimestamp(t.size)],
      ['add', new Date('2024-03-01T13:45:30.250Z'), () => t.at.add('1 day')],
      ['add to a date', '2024-03-01', () => t.day.add('1 day')],
      ['add to a counted instant', new Date('2024-02-29T14:45:30.250Z'), () => t.tick.add('1 hour')]
    ])('%s', async (_, expected, make) => expect(await one(make())).toEqual(expected))

    it('compare counted instants with others', async () => {
      expect(await where(t.tick.lte(t.at).and(t.tick.lt(fn.now())))).toEqual([0, 1, 2])
      expect(await where(t.tick.eq(at))).toEqual([0, 1, 2])
    })
  })
})
