import {
  ArrayField,
  BigIntegerField,
  BinaryUUIDField,
  BitField,
  BlobField,
  BooleanField,
  CharField,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  DoubleField,
  EnumField,
  Field,
  FixedCharField,
  FloatField,
  field,
  IntegerField,
  IntervalField,
  IPField,
  JSONField,
  Model,
  model,
  type Select,
  SmallIntegerField,
  TextField,
  TimeField,
  TimestampField,
  UUIDField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Every field, in every way that a value goes in and out. */

/** A point as text, made as a program makes a field of its own. */
class PointType extends Field<{ readonly x: number; readonly y: number }> {
  override columnType = 'varchar'
  override modifiers = [20]

  override dbValue(value: unknown): unknown {
    const { x, y } = value as { x: number; y: number }
    return `${x};${y}`
  }

  override jsValue(raw: unknown): unknown {
    const [x, y] = String(raw).split(';').map(Number)
    return { x, y }
  }
}

type Decorator = (target: never, key: never) => void
type Factory = (options: object) => Decorator

interface FieldCase {
  readonly name: string
  readonly make: Factory
  /** The items of an array of it, where there can be one. */
  readonly array?: (options: object) => Decorator
  /** As the server names the column's type; CockroachDB's second where it has another. */
  readonly type: string | readonly [postgresql: string, cockroachdb: string]
  /** Distinct values; in ascending order where the type has one. */
  readonly values: readonly unknown[]
  readonly unordered?: true
}

const factory =
  (of: unknown, own: object = {}): Factory =>
  options =>
    (of as (options: object) => Decorator)({ ...own, ...options })
const arrayOf =
  (of: unknown, item: object = {}): Factory =>
  options =>
    (ArrayField as unknown as (of: unknown, options: object) => Decorator)(of, { item: { ...item, null: true }, ...options })
const both = (of: unknown, own: object = {}) => ({ make: factory(of, own), array: arrayOf(of, own) })

const MOODS = ['sad', 'fine', 'it\'s "great"'] as const
const instants = [
  '-000043-03-15T10:20:30.456Z',
  '1969-12-31T23:59:59.999Z',
  '2024-02-29T12:00:00.001Z',
  '+012024-01-01T00:00:00.000Z'
]

const CASES: readonly FieldCase[] = [
  { name: 'small', ...both(SmallIntegerField), type: 'smallint', values: [-32768, 0, 32767] },
  { name: 'integer', ...both(IntegerField), type: ['integer', 'bigint'], values: [-(2 ** 31), 0, 2 ** 31 - 1] },
  { name: 'big', ...both(BigIntegerField), type: 'bigint', values: [-(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n] },
  { name: 'big_number', ...both(BigIntegerField, { as: 'number' }), type: 'bigint', values: [-(2 ** 53 - 1), 2 ** 53 - 1] },
  { name: 'big_string', ...both(BigIntegerField, { as: 'string' }), type: 'bigint', values: ['-7', '9223372036854775807'] },
  { name: 'real', ...both(FloatField), type: 'real', values: [-Infinity, -1.5, 0, 0.1, 3.25e38, Infinity] },
  {
    name: 'double',
    ...both(DoubleField),
    type: 'double precision',
    values: [-Infinity, -Number.MAX_VALUE, 5e-324, 0.1, 1 / 3, Number.MAX_VALUE, Infinity]
  },
  {
    name: 'decimal',
    ...both(DecimalField, { maxDigits: 30, decimalPlaces: 2 }),
    type: 'numeric(30,2)',
    values: ['-9999999999999999999999999999.99', '0.10', '12345678901234567890.00']
  },
  { name: 'decimal_number', ...both(DecimalField, { as: 'number' }), type: 'numeric(10,5)', values: [-1.5, 0, 99999.12345] },
  { name: 'char', ...both(CharField, { maxLength: 20 }), type: 'character varying(20)', values: ['', ' a ', 'b,"\\{}', 'null'] },
  { name: 'fixed', ...both(FixedCharField, { maxLength: 5 }), type: 'character(5)', values: ['', ' a', 'ab', 'abcde'] },
  { name: 'text', ...both(TextField), type: 'text', values: ['', 'a\nb', '🐧'] },
  { name: 'bool', ...both(BooleanField), type: 'boolean', values: [false, true] },
  {
    name: 'blob',
    ...both(BlobField),
    type: 'bytea',
    values: [Buffer.from([]), Buffer.from([0, 1, 92, 39, 34]), Buffer.from([255, 0])]
  },
  {
    name: 'uuid',
    ...both(UUIDField),
    type: 'uuid',
    values: ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']
  },
  { name: 'address', ...both(IPField), type: 'bigint', values: ['0.0.0.0', '9.255.255.255', '10.0.0.1', '255.255.255.255'] },
  {
    name: 'binary_uuid',
    ...both(BinaryUUIDField),
    type: 'bytea',
    values: ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']
  },
  { name: 'datetime', ...both(DateTimeField), type: 'timestamp without time zone', values: instants.map(text => new Date(text)) },
  {
    name: 'datetime_text',
    ...both(DateTimeField, { as: 'string' }),
    type: 'timestamp without time zone',
    values: ['1999-12-31 23:59:59', '2024-01-02 03:04:05.678901']
  },
  { name: 'instant', ...both(DateTimeTZField), type: 'timestamp with time zone', values: instants.map(text => new Date(text)) },
  { name: 'date', ...both(DateField), type: 'date', values: ['0044-03-15 BC', '2024-02-29', '9999-12-31'] },
  { name: 'time', ...both(TimeField), type: 'time without time zone', values: ['00:00:00', '03:04:05.5', '23:59:59.999999'] },
  { name: 'interval', ...both(IntervalField), type: 'interval', values: ['-00:00:01', '01:30:00', '1 day', '1 mon'] },
  { name: 'seconds', ...both(TimestampField), type: 'bigint', values: [-1, 0, 1_700_000_000].map(s => new Date(s * 1000)) },
  {
    name: 'milliseconds',
    ...both(TimestampField, { resolution: 3 }),
    type: 'bigint',
    values: [-1, 0, 1_700_000_000_001].map(ms => new Date(ms))
  },
  {
    name: 'microseconds',
    ...both(TimestampField, { resolution: 1e6 }),
    type: 'bigint',
    values: [new Date(-1), new Date(1_700_000_000_001)]
  },
  { name: 'bits', ...both(BitField), type: 'bigint', values: [0, 5, 2 ** 52] },
  {
    name: 'mood',
    make: options => EnumField(MOODS, { name: 'mood', ...options }),
    array: arrayOf(EnumField(MOODS, { name: 'mood' })),
    type: 'mood',
    values: MOODS
  },
  {
    name: 'json',
    make: factory(JSONField),
    type: 'jsonb',
    values: [{ a: [1, 'x', null] }, [], 'text', 1.5, true],
    unordered: true
  },
  {
    name: 'point',
    ...both(field(PointType)),
    type: 'character varying(20)',
    values: [
      { x: 1, y: 2 },
      { x: 3, y: -4 }
    ]
  }
]

/** What is asked of the columns of a case's model. */
interface Row extends Model {
  id: string
  value: unknown
  maybe: unknown
  list: unknown
}
interface RowClass {
  new (data?: object): Row
  create(data: object): Promise<Row>
  getById(id: string): Promise<Row>
  insert(data: object): PromiseLike<string>
  insertMany(rows: readonly object[]): PromiseLike<string[]>
  update(data: object): { where(condition: (row: never) => never): PromiseLike<number> }
  select(pick?: unknown): Select<Row, readonly [never], Row>
  delete(): PromiseLike<number>
}

function modelOf({ name, make, array }: FieldCase): RowClass {
  class Row extends Model {}
  const declare = (property: string, decorator: unknown) =>
    (decorator as (target: object, key: string) => void)(Row.prototype, property)
  declare('id', UUIDKeyField())
  declare('value', make({}))
  declare('maybe', make({ null: true, default: undefined }))
  if (array) declare('list', array({ null: true }))
  return model({ tableName: `field_${name}` })(Row as never) as unknown as RowClass
}

eachServer('fields', live => {
  const db = databaseFor(live)
  const models = new Map(CASES.map(one => [one, modelOf(one)]))
  beforeAll(async () => {
    db.bind([...models.values()])
    await db.createTables([...models.values()])
  }, 120_000)
  afterAll(() => db.close())

  describe.each(CASES.map(one => [one.name, one] as const))('%s', (_, one) => {
    const Row = models.get(one) as RowClass
    const { values, array } = one
    const last = values.length - 1
    const where = (condition: (value: { [method: string]: (...of: unknown[]) => never }) => never) =>
      Row.select().where(((row: { value: never }) => condition(row.value)) as never)
    const found = async (condition: Parameters<typeof where>[0]) => indexes(await where(condition))
    const indexes = (rows: readonly Row[]) => rows.map(({ value }) => indexOf(value)).sort()
    const indexOf = (value: unknown) => values.findIndex(item => JSON.stringify([item], exact) === JSON.stringify([value], exact))

    beforeEach(() => Row.delete())

    it('has its type', async () => {
      const [column] = await db.executeSql(
        `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'value'`,
        [`field_${one.name}`]
      )
      const [postgresql, cockroachdb] = typeof one.type === 'string' ? [one.type, one.type] : one.type
      expect(column.type).toBe(live.name === 'postgresql' ? postgresql : cockroachdb)
    })

    it('is as it was after create, and when it is read', async () => {
      for (const value of values) {
        const row = await Row.create({ value })
        expect(row.value).toEqual(value)
        expect(row.isDirty()).toBe(false)
        const read = await Row.getById(row.id)
        expect([read.value, read.isDirty()]).toEqual([value, false])
      }
    })

    it('is as it was after inserts of one and of many', async () => {
      await Row.insert({ value: values[0] })
      await Row.insertMany(values.slice(1).map(value => ({ value })))
      expect(indexes(await Row.select())).toEqual(values.map((_, i) => i))
    })

    it('is as it was after save and update', async () => {
      const row = await Row.create({ value: values[0] })
      row.value = values[last]
      expect(row.dirtyFields).toEqual(['value'])
      expect(await row.save()).toBe(1)
      expect((await Row.getById(row.id)).value).toEqual(values[last])
      await Row.update({ value: values[0] }).where((r: { id: { eq(id: string): never } }) => r.id.eq(row.id))
      expect((await Row.getById(row.id)).value).toEqual(values[0])
    })

    it('is found', async () => {
      await Row.insertMany(values.map(value => ({ value })))
      for (const [i, value] of values.entries()) expect(await found(v => v.eq(value))).toEqual([i])
      expect(await found(v => v.ne(values[0]))).toEqual(values.map((_, i) => i).slice(1))
      expect(await found(v => v.in([values[0], values[last]]))).toEqual([0, last])
      expect(await found(v => v.notIn(values.slice(1)))).toEqual([0])
      if (one.unordered) return
      expect(await found(v => v.lt(values[last]))).toEqual(values.map((_, i) => i).slice(0, -1))
      expect(await found(v => v.between(values[0], values[last]))).toHaveLength(values.length)
    })

    it('can be picked, and null', async () => {
      await Row.insertMany([
        { value: values[0], maybe: null },
        { value: values[last], maybe: values[last] }
      ])
      const rows = await (Row.select((r: { value: unknown; maybe: unknown }) => [r.value, r.maybe]) as unknown as PromiseLike<
        object[]
      >)
      expect(rows).toHaveLength(2)
      expect(rows).toContainEqual({ value: values[0], maybe: null })
      expect(rows).toContainEqual({ value: values[last], maybe: values[last] })
    })

    if (array)
      it('stands in arrays, with nulls', async () => {
        const lists = [[...values], [null, values[0], null], [null], []]
        for (const list of lists) {
          const row = await Row.create({ value: values[0], list })
          expect(row.isDirty()).toBe(false)
          const read = await Row.getById(row.id)
          expect([read.list, read.isDirty()]).toEqual([list, false])
          expect(await Row.select().where(((r: { list: { eq(of: unknown): never } }) => r.list.eq(list)) as never)).toHaveLength(
            1
          )
        }
        await Row.delete()
        await Row.insertMany(lists.map(list => ({ value: values[0], list })))
        const rows = await Row.select()
        expect(rows).toHaveLength(lists.length)
        for (const list of lists) expect(rows.map(row => row.list)).toContainEqual(list)
      })
  })
})

/** Tells apart what JSON would make the same. */
function exact(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
