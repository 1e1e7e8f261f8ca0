import fc from 'fast-check'
import { databaseFor } from '../helpers/databases.js'
import { Bulk, KINDS, Many, One } from '../helpers/kinds.js'
import { eachServer } from '../helpers/live.js'

/** Whatever the rows, writing many at once leaves what writing them one by one leaves. */

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(value => value.replaceAll('\0', '')),
  fc.constantFrom('', 'NULL', 'null', '{}', '"', '\\', "'", ',', ' x ', '$1', 'a\nb')
)
/** Nothing, null, or a value. */
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(fc.option(value, { nil: null }), { nil: undefined })
const instant = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
const decimal = fc.integer({ min: -999_999_999, max: 999_999_999 }).map(n => (n / 1000).toFixed(3))
/** JSON has no -0. */
const json = fc
  .jsonValue({ maxDepth: 2 })
  .filter(value => value !== null && !/\\u(0000|d[89a-f])/i.test(JSON.stringify(value)))
  .map(value => JSON.parse(JSON.stringify(value)) as unknown)

const columns = {
  text: maybe(text),
  size: maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  weight: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
  price: maybe(decimal),
  done: maybe(fc.boolean()),
  at: maybe(instant),
  local: maybe(instant),
  day: maybe(instant.map(date => date.toISOString().slice(0, 10))),
  time: maybe(instant.map(date => date.toISOString().slice(11, 23))),
  bytes: maybe(fc.uint8Array({ maxLength: 8 }).map(bytes => Buffer.from(bytes))),
  ref: maybe(fc.uuid()),
  data: maybe(json),
  tags: maybe(fc.array(fc.option(text, { nil: null }), { maxLength: 4 })),
  numbers: maybe(fc.array(fc.option(fc.integer(), { nil: null }), { maxLength: 4 })),
  mood: maybe(fc.constantFrom('sad', 'ok', 'happy')),
  moods: maybe(fc.array(fc.option(fc.constantFrom('sad', 'ok', 'happy'), { nil: null }), { maxLength: 3 })),
  words: maybe(fc.array(fc.constantFrom('a', 'null', 'b,c', '"'), { minLength: 1, maxLength: 3 }))
}
const row = fc.record({ name: fc.option(text, { nil: undefined }), ...columns })
/** Rows with what each is changed to, and the fields that are changed. */
const rowsAndChanges = fc.tuple(
  fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 6 }),
  fc.subarray(Object.keys(columns), { minLength: 1 })
)

type Row = Record<string, unknown>

function given(values: object): Row {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

eachServer('many rows at once', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([...KINDS])
    await db.createTables([...KINDS])
  }, 120_000)
  afterAll(() => db.close())

  /** A table's content, as the server writes it. */
  async function content(table: string): Promise<unknown> {
    const names = ['id', 'name', ...Object.keys(columns)].map(name => `"${name}"::text`)
    return db.executeSql(`SELECT ${names.join(', ')} FROM "${table}" ORDER BY id`)
  }

  it('are what they are one by one', () => fc.assert(same(), { numRuns: 60 }), 300_000)

  function same() {
    return fc.asyncProperty(rowsAndChanges, async ([pairs, fields]) => {
      for (const Table of KINDS) await Table.delete()
      const rows = pairs.map(([first], id) => ({ id, ...given(first) }))
      const ones = rows.map(values => One.new(values as never))
      for (const one of ones) await one.save()
      expect(await Many.insertMany(rows as never)).toEqual(rows.map(({ id }) => id))
      const bulk = rows.map(values => Bulk.new(values as never))
      await Bulk.bulkCreate(bulk)
      expect(await content('kinds_many')).toEqual(await content('kinds_one'))
      expect(await content('kinds_bulk')).toEqual(await content('kinds_one'))
      expect(bulk.map(({ dirtyFields }) => dirtyFields)).toEqual(bulk.map(() => []))
      expect(bulk.map(instance => ({ ...instance }))).toEqual(ones.map(instance => ({ ...instance })))

      pairs.forEach(([, second], i) => {
        const changes = Object.fromEntries(fields.map(name => [name, (second as Row)[name] ?? null]))
        Object.assign(ones[i], changes)
        Object.assign(bulk[i], changes)
      })
      for (const one of ones) await one.save()
      expect(await Bulk.bulkUpdate(bulk, fields as never)).toBe(bulk.length)
      expect(await content('kinds_bulk')).toEqual(await content('kinds_one'))
      expect(bulk.map(({ dirtyFields }) => dirtyFields)).toEqual(bulk.map(() => []))
    })
  }
})
