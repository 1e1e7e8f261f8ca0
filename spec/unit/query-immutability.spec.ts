import { EXCLUDED, fn, PostgresqlDatabase, type Query, window } from 'pewit'
import { cockroachDialect } from 'pewit/playhouse/cockroachdb'
import { capabilitiesAt } from '../../lib/compiler/capabilities.js'
import { compile } from '../../lib/compiler/compile.js'
import { postgresDialect } from '../../lib/dialect/postgres.js'
import { recordingDriver } from '../../lib/driver/recording.js'
import { Category, KV, models, Tweet, User } from '../dialect/tables/models.js'
import { bindModels, frozen, paramsOf, statementFor } from '../helpers/dialects.js'

bindModels(models)

/** A query all of whose nodes are frozen: a method that changes one of them throws. */
function fixed<Q extends Query<unknown>>(query: Q): Q {
  frozen(query.toNode())
  return query
}

describe('every method of a query gives a new one', () => {
  const select = () =>
    fixed(
      Tweet.select()
        .join(User)
        .where(t => t.content.eq('a'))
        .groupBy(t => t.id)
        .having(fn.count().gt(1))
        .orderBy(t => t.id)
        .limit(1)
        .offset(1)
    )
  const compound = () => fixed(KV.select().union(KV.select()))
  const insert = () => fixed(KV.insert({ key: 'a', value: 1 }))
  const update = () => fixed(KV.update({ value: 1 }).where(k => k.key.eq('a')))
  const remove = () => fixed(KV.delete().where(k => k.key.eq('a')))

  it.each<[string, () => Query<unknown>, (query: never) => Query<unknown>]>([
    ['where', select, (q: ReturnType<typeof select>) => q.where(t => t.content.ne('b'))],
    ['orWhere', select, (q: ReturnType<typeof select>) => q.orWhere(t => t.content.ne('b'))],
    ['groupBy', select, (q: ReturnType<typeof select>) => q.groupBy(t => t.user)],
    ['groupByExtend', select, (q: ReturnType<typeof select>) => q.groupByExtend(t => t.user)],
    ['having', select, (q: ReturnType<typeof select>) => q.having(fn.count().lt(3))],
    ['orderBy', select, (q: ReturnType<typeof select>) => q.orderBy(t => t.user)],
    ['orderByExtend', select, (q: ReturnType<typeof select>) => q.orderByExtend(t => t.user)],
    ['limit', select, (q: ReturnType<typeof select>) => q.limit(null)],
    ['offset', select, (q: ReturnType<typeof select>) => q.offset(2)],
    ['paginate', select, (q: ReturnType<typeof select>) => q.paginate(3)],
    ['distinct', select, (q: ReturnType<typeof select>) => q.distinct()],
    ['join', select, (q: ReturnType<typeof select>) => q.join(Category, { on: (t, _, c) => t.content.eq(c.name) })],
    ['rightJoin', select, (q: ReturnType<typeof select>) => q.rightJoin(Category, { on: (t, _, c) => t.content.eq(c.name) })],
    ['from', select, (q: ReturnType<typeof select>) => q.from(Tweet, User, KV)],
    ['forUpdate', select, (q: ReturnType<typeof select>) => q.forUpdate()],
    ['window', select, (q: ReturnType<typeof select>) => q.window(window({}))],
    ['with', select, (q: ReturnType<typeof select>) => q.with(KV.select().cte('k'))],
    ['union', select, (q: ReturnType<typeof select>) => q.union(Tweet.select())],
    ['orderBy of a compound', compound, (q: ReturnType<typeof compound>) => q.orderBy(r => r.key)],
    ['limit of a compound', compound, (q: ReturnType<typeof compound>) => q.limit(3)],
    ['columns', select, (q: ReturnType<typeof select>) => q.columns(t => [t.id])],
    ['columnsExtend', select, (q: ReturnType<typeof select>) => q.columnsExtend(t => [t.id.as('again')])],
    ['onConflict', insert, (q: ReturnType<typeof insert>) => q.onConflict({ target: 'key', update: { value: EXCLUDED.value } })],
    ['onConflictIgnore', insert, (q: ReturnType<typeof insert>) => q.onConflictIgnore()],
    ['returning of an insert', insert, (q: ReturnType<typeof insert>) => q.returning(KV)],
    ['where of an update', update, (q: ReturnType<typeof update>) => q.where(k => k.value.eq(1))],
    ['from', update, (q: ReturnType<typeof update>) => q.from(User)],
    ['returning of an update', update, (q: ReturnType<typeof update>) => q.returning(KV)],
    ['where of a delete', remove, (q: ReturnType<typeof remove>) => q.where(k => k.value.eq(1))],
    ['returning of a delete', remove, (q: ReturnType<typeof remove>) => q.returning(KV)]
  ])('%s', (_, base, method) => {
    const query = base()
    const before = query.sql()
    const changed = method(query as never)
    expect(changed).not.toBe(query)
    expect(changed.sql()).not.toEqual(before)
    expect(statementFor('postgresql', query).text).toBe(before.text)
    expect(query.sql()).toEqual(before)
  })
})

describe('a compiled statement', () => {
  it('is kept until the database would write another', () => {
    const query = KV.select().where(k => k.key.eq('a'))
    expect(query.sql().values).toBe(query.sql().values)
  })

  it('gives the values as the caller gave them', () => {
    const seen = new Date(0)
    const list = [1, 2]
    const { values } = User.select()
      .where(u => u.seenAt.eq(seen))
      .where(u => u.age.in(list))
      .limit(3)
      .sql()
    expect(values).toEqual([seen, [1, 2], 3])
    expect(values[0]).toBe(seen)
  })

  it('is one text for any number of rows and items', () => {
    const rows = (count: number) => KV.insertMany(Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: i }))).sql()
    const items = (count: number) =>
      KV.select()
        .where(k => k.value.in(Array.from({ length: count }, (_, i) => i)))
        .sql()
    expect(rows(2).text).toBe(rows(5000).text)
    expect(items(1).text).toBe(items(5000).text)
  })

  it('tells whether it may be run again', () => {
    const retryable = (query: Query<unknown>) => statementFor('cockroachdb', query).retryable
    expect(retryable(KV.select())).toBe(true)
    expect([KV.insert({ key: 'a' }), KV.update({ value: 1 }), KV.delete(), KV.raw('SELECT 1')].map(retryable)).toEqual([
      false,
      false,
      false,
      false
    ])
  })

  it('has each parameter of an insert with its own type', () => {
    const statement = statementFor(
      'cockroachdb',
      KV.insertMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2, extra: 3 }
      ])
    )
    expect(paramsOf(statement)).toEqual(['a::varchar', '1::int4', 'b::varchar', '2::int4', '3::int4'])
  })

  it('splits rows that pass the limit of parameters', async () => {
    const driver = recordingDriver(({ text }) => (text === 'SELECT version()' ? { rows: [['PostgreSQL 18.3']] } : undefined))
    const db = new PostgresqlDatabase('nowhere', { driver: driver.factory })
    db.bind([KV])
    await KV.insertMany(Array.from({ length: 45_000 }, (_, i) => ({ key: `k${i}`, value: i })))
    await KV.insertMany(Array.from({ length: 40_000 }, (_, i) => ({ key: fn.lower(`k${i}`), value: i })))
    const inserts = driver.statements.filter(({ text }) => text.startsWith('INSERT'))
    expect(inserts.map(({ text, params }) => [text.includes('unnest'), params.length])).toEqual([
      [true, 2],
      [true, 2],
      [true, 2],
      [false, 40_000],
      [false, 40_000]
    ])
  })
})

describe('count and exists', () => {
  const driver = recordingDriver(({ text }) => ({ rows: [[text === 'SELECT version()' ? 'PostgreSQL 18.3' : '7']] }))
  const db = new PostgresqlDatabase('nowhere', { driver: driver.factory })

  beforeAll(() => db.bind(models))
  beforeEach(() => driver.clear())

  async function sent(work: Promise<unknown>): Promise<string | undefined> {
    await work
    return driver.statements.at(-1)?.text
  }

  it.each<[string, () => Promise<unknown>, string]>([
    ['of everything', () => KV.select().count(), 'SELECT count(*) FROM "kv" AS "t1"'],
    [
      'drops the order, keeps the conditions',
      () =>
        KV.select()
          .where(k => k.value.gt(1))
          .orderBy(k => k.key)
          .count(),
      'SELECT count(*) FROM "kv" AS "t1" WHERE "t1"."value" > $1'
    ],
    [
      'of a limited query',
      () =>
        KV.select(k => [k.id])
          .orderBy(k => k.key)
          .limit(3)
          .count(),
      'SELECT count(*) FROM (SELECT "t1"."id" FROM "kv" AS "t1" ORDER BY "t1"."key" LIMIT $1) AS "counted"'
    ],
    [
      'of groups',
      () =>
        KV.select(k => [k.key])
          .groupBy(k => k.key)
          .having(fn.count().gt(1))
          .count(),
      'SELECT count(*) FROM (SELECT "t1"."key" FROM "kv" AS "t1" GROUP BY "t1"."key" HAVING count(*) > $1) AS "counted"'
    ],
    [
      'of distinct rows',
      () =>
        KV.select(k => [k.key])
          .distinct()
          .orderBy(k => k.key)
          .count(),
      'SELECT count(*) FROM (SELECT DISTINCT "t1"."key" FROM "kv" AS "t1") AS "counted"'
    ],
    [
      'of a distinct on, whose order says which rows',
      () =>
        KV.select(k => [k.key])
          .distinct(k => k.key)
          .orderBy(k => k.key)
          .count(),
      'SELECT count(*) FROM (SELECT DISTINCT ON ("t1"."key") "t1"."key" FROM "kv" AS "t1" ORDER BY "t1"."key") AS "counted"'
    ],
    [
      'of a join',
      () => Tweet.select(Tweet, User).join(User).count(),
      'SELECT count(*) FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
    ],
    [
      'exists',
      () =>
        KV.select()
          .orderBy(k => k.key)
          .exists(),
      'SELECT TRUE FROM "kv" AS "t1" LIMIT $1'
    ],
    [
      'exists of groups',
      () =>
        KV.select(k => [k.key])
          .groupBy(k => k.key)
          .exists(),
      'SELECT "t1"."key" FROM "kv" AS "t1" GROUP BY "t1"."key" LIMIT $1'
    ]
  ])('%s', async (_, work, text) => expect(await sent(work())).toBe(text))
})

describe('a dialect', () => {
  it('is asked for its capabilities by version', () => {
    const of = (version: number) => capabilitiesAt(cockroachDialect.support, version)
    expect([of(210_200).nullsOrdering, of(220_100).nullsOrdering, of(220_100).conflictConstraint]).toEqual([false, true, true])
    expect(() => compile(KV.replace({ key: 'a' }).toNode(), postgresDialect, of(260_000))).not.toThrow()
  })
})
