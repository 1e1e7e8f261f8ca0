import { any, type Expr, NotSupportedError, sql, value } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { each, one, THINGS, Thing, t, where } from '../helpers/things.js'

/** What is inside JSON values and arrays, on every server the same. */

eachServer('JSON and arrays', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Thing])
    await db.createTables([Thing])
    await Thing.insertMany([...THINGS])
  }, 60_000)
  afterAll(() => db.close())

  describe('JSON', () => {
    const d = t.data
    it.each<[string, unknown[], () => Expr<unknown>]>([
      ['get', ['v', null, null], () => d.get('k')],
      ['get from the end', [2, null, null], () => d.get('a', -1)],
      ['extract', [true, null, null], () => d.extract('o', 'x')],
      ['asText', ['v', null, null], () => d.get('k').asText()],
      ['asInt, calculated with', [2, null, null], () => d.get('n').asInt().add(1)],
      ['asBool', [true, null, null], () => d.get('o', 'x').asBool()],
      ['length', [2, 0, null], () => d.get('a').length()],
      ['concat', [[1, 2, 3], [3], null], () => d.get('a').concat([3])]
    ])('%s', async (_, expected, make) => expect(await each(make())).toEqual(expected))

    it.each<[string, unknown[], () => Expr<boolean>]>([
      ['eq', [0], () => d.get('k').eq('v')],
      ['eq of numbers, whose form has no meaning', [0], () => d.get('n').eq(sql`'1.0'::jsonb`)],
      ['in', [0], () => d.get('n').in([1, 5])],
      ['eq null of a part: missing, the JSON null, or NULL', [1, 2], () => d.get('k').eq(null)],
      ['ne null of a part', [0], () => d.get('n').ne(null)],
      ['isNull of the whole', [2], () => d.isNull()],
      ['isNotDistinctFrom null of a part', [1, 2], () => d.get('k').isNotDistinctFrom(null)],
      ['contains', [0], () => d.contains({ a: [2] })],
      ['containedBy', [1], () => d.get('a').containedBy([5])],
      ['hasKey', [0], () => d.hasKey('n')],
      ['hasKeys', [0], () => d.hasKeys('k', 'o')],
      ['hasAnyKeys', [0, 1], () => d.hasAnyKeys('k', 'none')],
      ['startsWith of a part', [0], () => d.get('k').startsWith('V')],
      ['an enum beside a part', [], () => d.get('k').eq(t.mood)],
      ['a column beside a part', [0], () => d.get('n').eq(t.place.add(1))]
    ])('%s', async (_, expected, make) => expect(await where(make())).toEqual(expected))

    it.each<[string, unknown, () => Expr<unknown>]>([
      ['set', { k: 'w', n: 1, a: [1, 2], o: { x: true } }, () => d.get('k').set('w')],
      ['set to the JSON null', { k: null, n: 1, a: [1, 2], o: { x: true } }, () => d.get('k').set(null)],
      ['set to a column', { k: 'v', n: 7, a: [1, 2], o: { x: true } }, () => d.get('n').set(t.size)],
      ['set of a missing key', { k: 'v', n: 1, a: [1, 2], o: { x: true }, z: [1] }, () => d.extract('z').set([1])],
      ['two parts', { k: 'w', n: 2, a: [1, 2], o: { x: true } }, () => d.get('k').set('w').extract('n').set(2)],
      ['replace', { k: 'v', n: 1, a: [9, 2], o: { x: true } }, () => d.get('a', 0).replace(9)],
      ['replace of a missing key', { k: 'v', n: 1, a: [1, 2], o: { x: true } }, () => d.extract('z').replace(9)],
      ['insert', { k: 'v', n: 1, a: [1, 2], o: { x: true }, z: 9 }, () => d.extract('z').insert(9)],
      ['insert where there is one', { k: 'v', n: 1, a: [1, 2], o: { x: true } }, () => d.get('n').insert(9)],
      ['append', { k: 'v', n: 1, a: [1, 2, 3], o: { x: true } }, () => d.get('a').append(3)],
      ['append of a list', { k: 'v', n: 1, a: [1, 2, [3]], o: { x: true } }, () => d.get('a').append([3])],
      ['append to what is no array', { k: 'v', n: 1, a: [1, 2], o: { x: true } }, () => d.extract('z').append(3)],
      ['remove', { k: 'v', n: 1, a: [2], o: { x: true } }, () => d.get('a', 0).remove()],
      ['remove keys', { a: [1, 2], o: { x: true } }, () => d.remove('k', 'n')],
      ['remove keys of a part', { k: 'v', n: 1, a: [1, 2], o: {} }, () => d.get('o').remove('x')],
      ['update', { k: 'v', n: 2, a: [], o: { x: true } }, () => d.update({ n: 2, a: [] })],
      ['update of a part', { k: 'v', n: 1, a: [1, 2], o: { x: true, y: 1 } }, () => d.get('o').update({ y: 1 })],
      [
        'update of a missing part',
        { k: 'v', n: 1, a: [1, 2], o: { x: true }, z: { y: 1 } },
        () => d.extract('z').update({ y: 1 })
      ]
    ])('%s', async (_, expected, make) => expect(await one(make())).toEqual(expected))

    it('appends to an empty array', async () => {
      expect(await each(t.data.get('a').append(1).extract('a'))).toEqual([[1, 2, 1], [1], null])
    })

    it('is changed in place by an update', async () => {
      await db.transaction(async txn => {
        const changed = await Thing.update({ data: x => x.data.get('n').set(5) })
          .where(t.place.eq(0))
          .returning(t.data)
        expect(changed[0].data).toEqual({ ...THINGS[0].data, n: 5 })
        await txn.rollback()
      })
    })

    it('has an order and paths where the server has them', async () => {
      const { jsonOrdering, jsonPath } = await db.capabilities()
      const ordered = where(d.get('n').gt(0))
      if (jsonOrdering) expect(await ordered).toEqual([0])
      else await expect(ordered).rejects.toThrow(NotSupportedError)
      const path = where(d.pathExists('$.a[*] ? (@ > 1)').and(d.pathMatch('$.n == 1')))
      if (jsonPath) expect(await path).toEqual([0])
      else await expect(path).rejects.toThrow(NotSupportedError)
      const found = each(d.pathQueryArray('$.a[*]'))
      if (jsonPath) expect(await found).toEqual([[1, 2], [], null])
      else await expect(found).rejects.toThrow(NotSupportedError)
    })
  })

  describe('arrays', () => {
    it.each<[string, unknown[], () => Expr<unknown>]>([
      ['at', ['x', null, 'y'], () => t.tags.at(0)],
      ['at an expression', ['x', null, null], () => t.tags.at(t.place)],
      ['length', [2, 0, 1], () => t.tags.length()],
      ['indexOf', [1, null, 0], () => t.tags.indexOf('y')],
      ['append', [['x', 'y', 'a b'], ['a b'], ['y', 'a b']], () => t.tags.append('a b')],
      ['prepend', [['a', 'x', 'y'], ['a'], ['a', 'y']], () => t.tags.prepend('a')],
      ['remove', [['x'], [], []], () => t.tags.remove('y')],
      ['concat', [['x', 'y', 'z'], ['z'], ['y', 'z']], () => t.tags.concat(['z'])]
    ])('%s', async (_, expected, make) => expect(await each(make())).toEqual(expected))

    it.each<[string, unknown[], () => Expr<boolean>]>([
      ['contains', [0], () => t.tags.contains('y', 'x')],
      ['containsAny', [0, 2], () => t.tags.containsAny('y', 'z')],
      ['containedBy', [1, 2], () => t.tags.containedBy('y')],
      ['any of them', [0, 2], () => value('y').eq(any(t.tags))],
      ['eq', [0], () => t.tags.eq(['x', 'y'])],
      ['lt', [0, 1], () => t.tags.lt(['y'])]
    ])('%s', async (_, expected, make) => expect(await where(make())).toEqual(expected))

    it('are sliced where the server can', async () => {
      const sliced = each(t.tags.slice(1, 2))
      if ((await db.capabilities()).arraySlices) expect(await sliced).toEqual([['y'], [], []])
      else await expect(sliced).rejects.toThrow(NotSupportedError)
    })

    it('take enums, by their type', async () => {
      expect(await where(t.mood.in(['ok', 'sad']))).toEqual([0, 1, 2])
      expect(await where(t.mood.eq(any(['happy'])))).toEqual([])
      expect(await where(t.back.eq(any(['xyz'])))).toEqual([1])
    })
  })
})
