import {
  ArrayField,
  BigIntegerField,
  CharField,
  DataError,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  DoubleField,
  Field,
  type Fields,
  FixedCharField,
  FloatField,
  ForeignKeyField,
  field,
  fromTimestamp,
  IntegerField,
  IntervalField,
  JSON_NULL,
  JSONField,
  Model,
  model,
  type Predicate,
  type Ref,
  SmallIntegerField,
  TextField,
  TimeField,
  TimestampField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Values at the edges of their fields, and beyond. */

@model()
class Edge extends Model {
  @UUIDKeyField() id!: string
  @SmallIntegerField({ null: true }) small!: number | null
  @IntegerField({ null: true }) integer!: number | null
  @BigIntegerField({ null: true }) big!: bigint | null
  @FloatField({ null: true }) real!: number | null
  @DoubleField({ null: true }) double!: number | null
  @DecimalField({ null: true, maxDigits: 6, decimalPlaces: 2 }) decimal!: string | null
  @DecimalField({ null: true, maxDigits: 6, decimalPlaces: 2, autoRound: true }) rounded!: string | null
  @CharField({ null: true, maxLength: 3 }) char!: string | null
  @FixedCharField({ null: true, maxLength: 3 }) fixed!: string | null
  @TextField({ null: true }) text!: string | null
  @DateTimeField({ null: true }) local!: Date | null
  @DateTimeField({ null: true, as: 'string' }) localText!: string | null
  @DateTimeTZField({ null: true }) instant!: Date | null
  @DateField({ null: true }) day!: string | null
  @TimeField({ null: true }) time!: string | null
  @IntervalField({ null: true }) span!: string | null
  @TimestampField({ null: true }) seconds!: Date | null
  @TimestampField({ null: true, resolution: 1000 }) milliseconds!: Date | null
  @JSONField({ null: true, index: true }) data!: unknown
  @ArrayField(SmallIntegerField, { null: true, index: true }) smalls!: number[] | null
  @ArrayField(CharField, { null: true, item: { maxLength: 2 } }) chars!: string[] | null
}

/** A code of letters that is stored as a number. */
class CodeType extends Field<string> {
  override columnType = 'int8'

  override dbValue(value: unknown): unknown {
    return Number.parseInt(String(value), 36)
  }

  override jsValue(raw: unknown): unknown {
    return (raw as number).toString(36)
  }
}
const CodeField = field(CodeType)

@model()
class Product extends Model {
  @CodeField({ primaryKey: true }) code!: string
  @ArrayField(CodeField, { null: true }) similar!: string[] | null
}

@model()
class Sale extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Product, { backref: 'sales' }) product!: Ref<Product>
  declare productCode: string
}

eachServer('values of fields', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Edge, Product, Sale])
    await db.createTables([Edge, Product, Sale])
  })
  afterAll(() => db.close())
  beforeEach(() => Edge.delete())
  const kept = async (data: Partial<Edge>) => Edge.getById((await Edge.create(data)).id)

  describe('beyond what the column holds', () => {
    it.each<[keyof Edge, unknown, string]>([
      ['small', 32768, '22003'],
      ['small', -32769, '22003'],
      ['integer', 2 ** 31, '22003'],
      ['integer', -(2 ** 31) - 1, '22003'],
      ['big', 2n ** 63n, '22003'],
      ['big', -(2n ** 63n) - 1n, '22003'],
      ['real', 3.5e38, '22003'],
      ['real', 1e-50, '22003'],
      ['decimal', '10000', '22003'],
      ['decimal', '0.001', '22003'],
      ['decimal', 1e-7, '22003'],
      ['rounded', '1e4', '22003'],
      ['char', 'abcd', '22001'],
      ['fixed', 'abcd ', '22001'],
      ['smalls', [1, 40000], '22003'],
      ['chars', ['ab', '🐧🐧🐧'], '22003']
    ])('%s: %p is refused before anything is sent, by name', async (property, value, sqlstate) => {
      const refused = async (work: () => unknown) => {
        const error = await (async () => work())().catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(DataError)
        expect(error).toMatchObject({
          sqlstate: property === 'chars' ? '22001' : sqlstate,
          sql: undefined,
          message: expect.stringContaining(`.${property}: `)
        })
      }
      const data = { [property]: value }
      await refused(() => Edge.create(data))
      await refused(() => Edge.insert(data))
      await refused(() => Edge.insertMany([{}, data]))
      await refused(() => Edge.update(data))
      await refused(async () => Object.assign(await Edge.create(), data).save())
    })

    it('is only unequal in a condition, where the type is small', async () => {
      await Edge.create({ integer: 1, small: 1 })
      expect(
        await Edge.select()
          .where(
            e => e.integer.lt(2 ** 40),
            e => e.small.ne(70_000)
          )
          .count()
      ).toBe(1)
    })

    it('is no integer: a fraction, NaN, an infinity', () => {
      for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY])
        for (const property of ['small', 'integer'])
          expect(() => Edge.insert({ [property]: value })).toThrow(`Edge.${property}: expected an integer`)
    })
  })

  describe('at the edges', () => {
    it('of floats', async () => {
      for (const value of [-0, 0, Number.NaN, Number.MIN_VALUE, Number.EPSILON]) {
        const { double } = await kept({ double: value })
        // Of the zeros some servers keep only one.
        expect(Object.is(value, -0) ? Math.abs(double as number) : double).toBe(Object.is(value, -0) ? 0 : value)
      }
      const row = await Edge.create({ real: 1 / 3 })
      expect(row.real).toBeCloseTo(1 / 3, 6)
      expect((await Edge.getById(row.id)).real).toBe(row.real)
      expect(
        await Edge.select()
          .where(e => e.double.eq(Number.NaN))
          .count()
      ).toBe(1)
    })

    it('of decimals', async () => {
      for (const value of ['9999.99', '-9999.99', '0.10', '-0.01', '0.00'])
        expect((await kept({ decimal: value })).decimal).toBe(value)
      expect((await Edge.create({ decimal: '1.5000' })).decimal).toBe('1.50')
      expect((await Edge.create({ decimal: '00001.50' })).decimal).toBe('1.50')
      expect((await Edge.create({ rounded: '1.005' })).rounded).toMatch(/^1\.0[01]$/)
    })

    it('of text', async () => {
      expect((await kept({ char: '🐧🐧🐧' })).char).toBe('🐧🐧🐧')
      const fixed = await Edge.create({ fixed: 'a  ' })
      expect([fixed.fixed, fixed.isDirty()]).toEqual(['a', false])
      expect(
        await Edge.select()
          .where(e => e.fixed.eq('a'))
          .count()
      ).toBe(1)
      expect(
        await Edge.select()
          .where(e => e.fixed.eq('a   '))
          .count()
      ).toBe(1)
      for (const property of ['text', 'data'] as const)
        for (const value of ['a\0', 'a\ud800', '\udc00b'])
          expect(() => Edge.insert({ [property]: value })).toThrow(/^Edge.*(NUL|surrogate)/)
      for (const data of [{ 'a\0': 1 }, [['\ud800']], { a: { b: '\\\0' } }])
        expect(() => Edge.insert({ data })).toThrow(/^Edge.data: JSON with/)
      for (const data of ['\\u0000', { '\\': '\\\\ud800', '\u0001': '🐧' }]) expect((await kept({ data })).data).toEqual(data)
    })

    it('of arrays', async () => {
      expect((await kept({ smalls: [], chars: [''] })).smalls).toEqual([])
    })
  })

  describe('of instants', () => {
    const zones = ['UTC', 'America/St_Johns', 'Asia/Kathmandu']
    const moment = new Date('2024-03-31T01:30:00.123Z')

    it.each(zones)('are in UTC whatever the zone of the session (%s)', async zone => {
      await db.transaction(async () => {
        await db.executeSql(`SET TIME ZONE '${zone}'`)
        const row = await Edge.create({ local: moment, instant: moment, localText: '2024-01-01 00:00:00.000001' })
        const read = await Edge.getById(row.id)
        expect([read.local, read.instant, read.localText]).toEqual([moment, moment, '2024-01-01 00:00:00.000001'])
        expect(
          await Edge.select()
            .where(
              e => e.local.eq(moment),
              e => e.instant.eq(moment)
            )
            .count()
        ).toBe(1)
        await db.executeSql(`SET TIME ZONE 'UTC'`)
      })
      const [{ text }] = await db.executeSql('SELECT local::text AS text FROM edge')
      expect(text).toBe('2024-03-31 01:30:00.123')
    })

    it('refuse an offset that the column would ignore', () => {
      for (const text of ['2024-01-01T00:00:00+02:00', '2024-01-01 00:00:00-03', '2024-01-01 00:00+0530'])
        expect(() => Edge.insert({ localText: text })).toThrow('Edge.localText: a time with an offset from UTC')
    })

    it('take every Date, and text as the server writes it', async () => {
      for (const text of ['-004000-01-01T00:00:00.000Z', '0001-01-01T00:00:00.001Z', '+200000-12-31T23:59:59.999Z'])
        expect((await kept({ local: new Date(text) })).local).toEqual(new Date(text))
      expect((await Edge.create({ localText: '2024-01-01T00:00:00.5Z' })).localText).toBe('2024-01-01 00:00:00.5')
      expect(await Edge.create({ day: '20240229', time: '03:04', span: '90 minutes' })).toMatchObject({
        day: '2024-02-29',
        time: '03:04:00',
        span: '01:30:00'
      })
      await expect(Edge.create({ day: '2023-02-29' })).rejects.toThrow(DataError)
      await expect(Edge.create({ time: 'bad' })).rejects.toThrow(DataError)
    })

    it('that are counted lose what is finer, and can be turned back into instants', async () => {
      const row = await Edge.create({ seconds: moment, milliseconds: moment })
      expect([row.seconds, row.milliseconds]).toEqual([new Date('2024-03-31T01:30:00Z'), moment])
      const [[seconds, milliseconds]] = await Edge.select(e => [
        fromTimestamp(e.seconds).as('a'),
        fromTimestamp(e.milliseconds, 1000).as('b')
      ]).tuples()
      expect([seconds, milliseconds]).toEqual([row.seconds, moment])
      expect(
        await Edge.select()
          .where(e => e.milliseconds.lte(moment))
          .count()
      ).toBe(1)
    })

    it('that are counted are now, unless given', async () => {
      const { seconds } = await Edge.create()
      expect(Math.abs(Date.now() - Number(seconds))).toBeLessThan(60_000)
    })
  })

  describe('null in JSON', () => {
    it('is the null of SQL, or of JSON by its own name', async () => {
      await Edge.insertMany([
        { text: 'sql', data: null },
        { text: 'json', data: JSON_NULL },
        { text: 'in', data: [null] }
      ])
      const where = (condition: (fields: Fields<Edge>) => Predicate) =>
        Edge.select(e => [e.text])
          .where(condition)
          .scalars()
      expect(await where(e => e.data.isNull())).toEqual(['sql'])
      expect(await where(e => e.data.eq(JSON_NULL))).toEqual(['json'])
      const row = await Edge.create({ data: JSON_NULL })
      expect([row.data, row.isDirty()]).toEqual([null, false])
      const read = await Edge.getById(row.id)
      expect([read.data, read.isDirty()]).toEqual([null, false])
      read.data = { a: null }
      await read.save()
      expect(await Edge.update({ data: JSON_NULL }).where(e => e.id.eq(read.id))).toBe(1)
      expect(await where(e => e.data.eq(JSON_NULL))).toHaveLength(2)
    })
  })

  describe('of a field of its own', () => {
    it('are converted wherever they go', async () => {
      await Product.insertMany([{ code: 'abc' }, { code: 'zz', similar: ['abc', 'q1'] }])
      const product = await Product.getById('zz')
      expect({ ...product }).toEqual({ code: 'zz', similar: ['abc', 'q1'] })
      product.similar?.push('x')
      expect(await product.save()).toBe(1)
      expect(await Product.update({ similar: ['k'] }).where(p => p.code.in(['abc', 'nope']))).toBe(1)
      expect(
        await Product.select()
          .where(p => p.similar.contains('k'))
          .dicts()
      ).toEqual([{ code: 'abc', similar: ['k'] }])
      const sale = await Sale.create({ product })
      expect(await Sale.create({ product: 'abc' })).toMatchObject({ productId: 'abc' })
      const [joined] = await Sale.select(Sale, Product)
        .join(Product)
        .where((_, p) => p.code.eq('zz'))
      expect(joined.product.similar).toEqual(['abc', 'q1', 'x'])
      expect(joined.id).toBe(sale.id)
      expect(
        (
          await (
            await Sale.select()
              .where(s => s.product.eq('abc'))
              .get()
          ).product
        ).code
      ).toBe('abc')
      const [row] = await db.executeSql('SELECT code FROM product ORDER BY code')
      expect(row.code).toBe(Number.parseInt('zz', 36))
    })
  })
})
