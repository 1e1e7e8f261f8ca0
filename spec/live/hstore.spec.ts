import fc from 'fast-check'
import { ArrayField, type Fields, Model, model, NotSupportedError, type Predicate, ProgrammingError } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { type HStore, HStoreField, type HStoreMap } from 'pewit/playhouse/postgres'
import { capabilitiesOf } from '../helpers/capabilities.js'
import { databaseFor } from '../helpers/databases.js'
import { failure } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

@model()
class Shop extends Model {
  @UUIDKeyField() id!: string
  @HStoreField({ default: {} }) attrs!: HStore
  @HStoreField({ as: 'map', null: true }) labels!: HStoreMap | null
  @ArrayField(HStoreField, { null: true, index: false }) others!: HStore[] | null
}

@model()
class Plain extends Model {
  @UUIDKeyField() id!: string
}

eachServer('HSTORE', live => {
  const sent: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => sent.push(sql) })
  beforeAll(() => db.bind([Shop, Plain]))
  afterAll(() => db.close())

  const { hstore } = capabilitiesOf(live)
  const there = hstore ? describe : describe.skip
  const elsewhere = hstore ? describe.skip : describe

  elsewhere('where there is none', () => {
    it('is refused before anything is sent', async () => {
      await db.capabilities()
      sent.length = 0
      await expect(db.createTables([Plain, Shop])).rejects.toThrow(/has no HSTORE; use a JSONField/)
      await expect(Shop.create({ attrs: { a: '1' } })).rejects.toThrow(NotSupportedError)
      await expect(Shop.select().where(s => s.attrs.exists('a'))).rejects.toThrow(NotSupportedError)
      expect(sent).toEqual([])
    })
  })

  there('before its extension is installed', () => {
    it('is an error that says what to do', async () => {
      const error = await failure(db.createTables([Shop]))
      expect(error).toBeInstanceOf(ProgrammingError)
      expect(error).toMatchObject({
        message: 'type "hstore" does not exist',
        hint: expect.stringContaining('CREATE EXTENSION hstore')
      })
    })
  })

  there('with its extension', () => {
    beforeAll(async () => {
      await db.executeSql('CREATE EXTENSION hstore')
      await db.createTables([Shop])
    })
    beforeEach(() => Shop.delete().execute())

    const one = async (attrs: HStore) => (await Shop.create({ attrs })).id
    const given = { a: '1', b: null, 'c "d" \\': '=>' }

    it('is read as an object or as a Map', async () => {
      const shop = await Shop.create({
        attrs: given,
        labels: new Map([
          ['x', null],
          ['__proto__', 'y']
        ]),
        others: [given, {}]
      })
      const read = await Shop.getById(shop.id)
      expect(read.attrs).toEqual(given)
      expect(read.labels).toEqual(
        new Map([
          ['x', null],
          ['__proto__', 'y']
        ])
      )
      expect(read.others).toEqual([given, {}])
      expect(read.dirtyFields).toEqual([])
    })

    it('saves what was changed in place, and nothing else', async () => {
      const shop = await Shop.getById(await one({ b: '1', a: '2' }))
      shop.attrs = { a: '2', b: '1' }
      expect(shop.dirtyFields).toEqual([])
      shop.attrs.a = '3'
      expect(shop.dirtyFields).toEqual(['attrs'])
      await shop.save()
      expect((await Shop.getById(shop.id)).attrs).toEqual({ a: '3', b: '1' })
    })

    it('gives each new row a default of its own', async () => {
      const first = new Shop()
      first.attrs.a = '1'
      expect(new Shop().attrs).toEqual({})
    })

    it("takes any strings, in the server's own form", async () => {
      const text = fc.string({ unit: 'grapheme-composite' }).filter(item => !item.includes('\0'))
      const quoting = fc.string({ unit: fc.constantFrom('"', '\\', '=', '>', ',', ' ', "'", '\n', 'é', '😀', 'a', 'b') })
      const string = fc.oneof(text, quoting, fc.constantFrom('NULL', ''))
      const values = fc.dictionary(string, fc.option(string), { maxKeys: 6, noNullPrototype: true })
      await fc.assert(
        fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 20 }), async list => {
          await Shop.delete()
          await Shop.bulkCreate(list.map(attrs => new Shop({ attrs, labels: new Map(Object.entries(attrs)) })))
          const type = Shop.fields().attrs.node.type
          const rows = await Shop.select(s => ({ attrs: s.attrs, labels: s.labels, text: s.attrs.cast('text') })).dicts()
          const texts = rows.map(row => row.text).sort()
          expect(texts).toEqual(list.map(attrs => type.encode(attrs)).sort())
          for (const row of rows) {
            expect(type.encode(row.attrs)).toBe(row.text)
            expect(row.labels).toEqual(new Map(Object.entries(row.attrs)))
          }
        }),
        { numRuns: 50 }
      )
    })

    it('is taken apart', async () => {
      await one({ b: '1', a: null })
      const [row] = await Shop.select(s => ({
        b: s.attrs.get('b'),
        none: s.attrs.get('none'),
        keys: s.attrs.keys(),
        values: s.attrs.values(),
        items: s.attrs.items(),
        slice: s.attrs.slice('b', 'none'),
        first: s.attrs.keys().at(0)
      })).dicts()
      expect(row).toEqual({
        b: '1',
        none: null,
        keys: ['a', 'b'],
        values: [null, '1'],
        items: [
          ['a', null],
          ['b', '1']
        ],
        slice: { b: '1' },
        first: 'a'
      })
    })

    it('is taken apart where it is empty', async () => {
      await one({})
      const [row] = await Shop.select(s => ({ keys: s.attrs.keys(), items: s.attrs.items(), all: s.attrs })).dicts()
      expect(row).toEqual({ keys: [], items: [], all: {} })
    })

    it('is compared', async () => {
      const id = await one({ a: '1', b: null })
      const other = await one({ c: '3' })
      const found = async (condition: (shop: Fields<Shop>) => Predicate) =>
        (await Shop.select().where(condition)).map(shop => (shop.id === id ? 'first' : 'second'))
      expect(await found(s => s.attrs.exists('b'))).toEqual(['first'])
      expect(await found(s => s.attrs.defined('b'))).toEqual([])
      expect(await found(s => s.attrs.defined('a'))).toEqual(['first'])
      expect(await found(s => s.attrs.contains('b'))).toEqual(['first'])
      expect(await found(s => s.attrs.contains(['a', 'b']))).toEqual(['first'])
      expect(await found(s => s.attrs.contains(['a', 'c']))).toEqual([])
      expect(await found(s => s.attrs.contains({ a: '1' }))).toEqual(['first'])
      expect(await found(s => s.attrs.contains(new Map([['a', '2']])))).toEqual([])
      expect((await found(s => s.attrs.containsAny('a', 'c'))).sort()).toEqual(['first', 'second'])
      expect(await found(s => s.attrs.containsAny())).toEqual([])
      expect(await found(s => s.attrs.eq({ b: null, a: '1' }))).toEqual(['first'])
      expect(await found(s => s.attrs.in([{ c: '3' }, {}]))).toEqual(['second'])
      expect(await found(s => s.attrs.get('c').startsWith('3'))).toEqual(['second'])
      expect(await found(s => s.attrs.contains(s.attrs.slice('a')))).toHaveLength(2)
      expect(other).not.toBe(id)
    })

    it('is changed in updates', async () => {
      const id = await one({ a: '1', b: null })
      await Shop.update({ attrs: s => s.attrs.update({ b: '2', c: '3' }).delete('a') })
      expect((await Shop.getById(id)).attrs).toEqual({ b: '2', c: '3' })
      await Shop.update({ attrs: s => s.attrs.delete('b', 'none') })
      expect((await Shop.getById(id)).attrs).toEqual({ c: '3' })
    })

    it('says which value it cannot hold, and where', async () => {
      const wrong = { attrs: { a: 1 } } as unknown as { attrs: HStore }
      expect(await failure(Shop.create(wrong))).toMatchObject({
        code: 'WRONG_TYPE',
        message: expect.stringMatching(/Shop\.attrs.*key "a"/)
      })
      expect(() => Shop.fields().attrs.update({ a: undefined } as never)).toThrow(/Shop\.attrs\.update: key "a"/)
    })

    it('has an index for it', async () => {
      const rows = await db.executeSql("SELECT indexdef FROM pg_indexes WHERE tablename = 'shop' AND indexname = 'shop_attrs'")
      expect(rows).toEqual([{ indexdef: expect.stringMatching(/USING gin \(attrs\)/) }])
    })
  })
})
