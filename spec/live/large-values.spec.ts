import { createHash } from 'node:crypto'
import {
  ArrayField,
  BlobField,
  DatabaseError,
  type Expr,
  fn,
  IntegerField,
  JSONField,
  Model,
  model,
  or,
  type Predicate,
  sql,
  TextField,
  value
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Large values, many of them, and long statements: they work, or say clearly why not. */

@model()
class Large extends Model {
  @UUIDKeyField() id!: string
  @TextField({ null: true }) text!: string | null
  @JSONField<unknown>({ null: true }) data!: unknown
  @BlobField({ null: true }) bytes!: Buffer | null
  @IntegerField({ null: true }) number!: number | null
  @ArrayField(TextField, { null: true }) texts!: string[] | null
  @ArrayField(IntegerField, { null: true }) numbers!: number[] | null
}

/** Without keys of the server's making, so that many rows are quick. */
@model()
class Tiny extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @ArrayField(IntegerField, { null: true }) list!: number[] | null
}

const MEGA = 1_000_000
const numbers = (length: number) => Array.from({ length }, (_, i) => i)
const digest = (of: string | Uint8Array) => createHash('sha256').update(of).digest('hex')

eachServer('large values', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Large, Tiny])
    await db.createTables([Large, Tiny])
    await Large.insert({ number: 1 })
  })
  afterAll(() => db.close())

  describe('statements', () => {
    it('take as many parameters as the protocol does, and are refused with more before they are sent', async () => {
      const listOf = (count: number) =>
        `SELECT array_length(ARRAY[${numbers(count)
          .map(i => `$${i + 1}::int8`)
          .join()}], 1) AS n`
      const ones = (count: number) => new Array(count).fill(1)
      expect(await db.executeSql(listOf(65_533), ones(65_533))).toEqual([{ n: 65_533 }])
      for (const count of [65_534, 65_536, 100_000])
        await expect(db.executeSql(listOf(count), ones(count))).rejects.toThrow(
          expect.objectContaining({
            code: 'BAD_ARGUMENT',
            message: expect.stringContaining(`has ${count} parameters; at most 65,533`)
          })
        )
      expect(await db.executeSql('SELECT 1 AS one')).toEqual([{ one: 1 }])
    })

    it('take lists of any length as one parameter', async () => {
      const many = numbers(100_000)
      expect(
        await Large.select()
          .where(l => l.number.in(many))
          .count()
      ).toBe(1)
      expect(
        await Large.select()
          .where(l => l.number.notIn(many))
          .count()
      ).toBe(0)
    })

    it('take chains of conditions of any length', async () => {
      const { number } = Large.fields()
      const some = numbers(5_000).map(i => number.eq(i))
      expect(
        await Large.select()
          .where(or(...some))
          .count()
      ).toBe(1)
      const chain = some.reduce((all, one) => all.or(one) as Predicate & typeof one)
      expect(await Large.select().where(chain).count()).toBe(1)
      let query = Large.select()
      for (const i of numbers(5_000)) query = query.where(number.ne(-i - 1))
      expect(await query.count()).toBe(1)
    }, 30_000)

    it('are long ones too', async () => {
      const text = "it's".repeat(MEGA / 4)
      expect(await db.executeSql(`SELECT length('${text.replaceAll("'", "''")}') AS n`)).toEqual([{ n: MEGA }])
    })
  })

  describe('values', () => {
    const TEXTS: Record<string, string> = {
      '1 MB': 'a\'\\"\n'.repeat(MEGA / 5),
      '5 MB': '🐧é'.repeat((5 * MEGA) / 6)
    }

    it.each(Object.entries(TEXTS))('text and JSON of %s', async (_, text) => {
      const data = { [text.slice(0, 99_999)]: [text] }
      const { id } = await Large.create({ text, data })
      const read = await Large.getById(id)
      expect([digest(read.text as string), read.isDirty()]).toEqual([digest(text), false])
      expect(digest(JSON.stringify(read.data))).toBe(digest(JSON.stringify(data)))
      expect(
        await Large.select()
          .where(l => l.text.eq(text))
          .count()
      ).toBe(1)
    })

    it.each([1, 5])('bytes of %d MB', async megas => {
      const bytes = Buffer.alloc(megas * MEGA, Buffer.from(numbers(256)))
      const { id } = await Large.create({ bytes })
      const read = await Large.getById(id)
      expect([digest(read.bytes as Buffer), read.isDirty()]).toEqual([digest(bytes), false])
    })

    it('arrays of 10,000 items', async () => {
      const texts = numbers(10_000).map(i => `it's "${i}" \\, {NULL}`)
      const { id } = await Large.create({ texts, numbers: numbers(10_000) })
      const read = await Large.getById(id)
      expect([read.texts, read.numbers, read.isDirty()]).toEqual([texts, numbers(10_000), false])
      expect(
        await Large.select()
          .where(l => l.texts.eq(texts))
          .count()
      ).toBe(1)
    })

    it('JSON of 1,000 levels', async () => {
      let data: unknown = 'deep'
      for (const i of numbers(1000)) data = i % 2 ? [data] : { a: data }
      const { id } = await Large.create({ data })
      expect(JSON.stringify((await Large.getById(id)).data)).toBe(JSON.stringify(data))
    })
  })

  describe('rows', () => {
    beforeEach(() => Tiny.delete())
    const check = async (count: number) => {
      const [[n, sum]] = await Tiny.select(t => [fn.count(t.id).as('n'), fn.sum(t.list.length()).as('sum')] as const).tuples()
      expect([n, Number(sum)]).toEqual([count, count])
    }

    it('50,000 of them, each with an array', async () => {
      const keys = await Tiny.insertMany(numbers(50_000).map(id => ({ id, list: [id] })))
      expect(keys.length).toBe(50_000)
      await check(50_000)
    }, 30_000)

    it('as many with expressions, which are more parameters than one statement takes', async () => {
      const list = (id: number) => (id === 7 ? (sql`ARRAY[${id}::int8]` as Expr<number[]>) : [id])
      await Tiny.insertMany(numbers(40_000).map(id => ({ id, list: list(id) })))
      await check(40_000)
    }, 30_000)

    it('20,000 instances at once', async () => {
      const all = numbers(20_000).map(id => Tiny.new({ id, list: [id] }))
      await Tiny.bulkCreate(all)
      await check(20_000)
      for (const one of all) one.list = [one.id + 1]
      expect(await Tiny.bulkUpdate(all, ['list'])).toBe(20_000)
    }, 30_000)
  })

  it('a table of more columns than a server takes is refused by it, and nothing else suffers', async () => {
    class Wide extends Model {}
    for (const i of numbers(1_700)) IntegerField({ null: true })(Wide.prototype as never, `c${i}` as never)
    const Made = model({ database: db, tableName: 'wide' })(Wide as never) as unknown as typeof Wide
    const refused = await db.createTables([Made]).then(
      () => undefined,
      (error: unknown) => error
    )
    // Not every server has a limit.
    if (live.name === 'postgresql') expect(refused).toMatchObject({ sqlstate: '54011' })
    if (refused !== undefined) expect(refused).toBeInstanceOf(DatabaseError)
    expect(
      await Large.select({ one: value(1) })
        .limit(1)
        .dicts()
    ).toEqual([{ one: 1 }])
  })
})
