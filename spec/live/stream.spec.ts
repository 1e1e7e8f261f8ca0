import {
  CharField,
  type DatabaseOptions,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  model,
  PostgresqlDatabase,
  type Ref,
  sql
} from 'pewit'
import { postgresDialect, postgresqlProfile, type SupportTable } from 'pewit/extend'
import { cockroachProfile, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer, type LiveServer } from '../helpers/live.js'

@model({ tableName: 'streamed' })
class Reading extends Model {
  @UUIDKeyField() id!: string
  @IntegerField({ index: true }) n!: number
}

@model({ tableName: 'streamed_note' })
class Note extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Reading) reading!: Ref<Reading>
  @CharField() text!: string
}

/** A database that makes nothing of its server's cursors. */
function withoutCursors(live: LiveServer, options?: DatabaseOptions): PostgresqlDatabase {
  const profile = live.name === 'cockroachdb' ? cockroachProfile : postgresqlProfile(postgresDialect)
  const support: SupportTable = { ...profile.dialect.support, cursors: { since: 'never', source: 'this spec' } }
  return new PostgresqlDatabase(live.url, options, { ...profile, dialect: { ...profile.dialect, support } })
}

describe.each([
  ['with cursors', databaseFor],
  ['in pages', withoutCursors]
] as const)('streams %s', (_name, make) => eachServer('streams', live => streams(live, make)))

function streams(live: LiveServer, make: typeof databaseFor): void {
  const statements: string[] = []
  const db = make(live, { max: 2, logQueries: ({ sql: text }) => statements.push(text) })
  let cursors = true

  beforeAll(async () => {
    db.bind([Reading, Note])
    await db.createTables([Reading, Note])
    await Reading.insertMany(Array.from({ length: 100 }, (_, n) => ({ n })))
    const some = await Reading.select().where(r => r.n.lt(3))
    await Note.insertMany(some.map(reading => ({ reading, text: `note ${reading.n}` })))
    cursors = (await db.capabilities()).cursors
  })
  beforeEach(() => {
    statements.length = 0
  })
  afterAll(() => db.close())

  /** How many times rows were asked for: with cursors each batch, in pages each page. */
  const batches = () => statements.filter(text => (cursors ? text.startsWith('FETCH') : text.includes('streamed'))).length

  async function numbers(query: AsyncIterable<Reading>): Promise<number[]> {
    const found: number[] = []
    for await (const row of query) found.push(row.n)
    return found.sort((a, b) => a - b)
  }

  const all = Array.from({ length: 100 }, (_, n) => n)

  it('give every row once', async () => {
    expect(await numbers(Reading.select())).toEqual(all)
    expect(await numbers(Reading.select().iterator({ batchSize: 7 }))).toEqual(all)
    expect(await numbers(Reading.select().iterator({ batchSize: 50 }))).toEqual(all)
  })

  it('give none of nothing', async () => {
    expect(await numbers(Reading.select().where(r => r.n.lt(0)))).toEqual([])
  })

  it('give instances, joined instances, and every shape', async () => {
    for await (const row of Reading.select().limit(1)) expect(row).toBeInstanceOf(Reading)
    for await (const note of Note.select(Note, Reading).join(Reading).iterator({ batchSize: 2 })) {
      expect(note.reading).toBeInstanceOf(Reading)
      expect(note.text).toBe(`note ${note.reading.n}`)
    }
    const dicts: object[] = []
    for await (const row of Note.select(n => [n.text])
      .dicts()
      .iterator({ batchSize: 2 }))
      dicts.push(row)
    expect(dicts.map(row => Object.keys(row))).toEqual([['text'], ['text'], ['text']])
    const tuples: unknown[][] = []
    for await (const row of Note.select(n => [n.text]).tuples()) tuples.push(row)
    expect(tuples.flat().sort()).toEqual(['note 0', 'note 1', 'note 2'])
    const lengths: number[] = []
    for await (const length of Note.select(n => [n.text]).objects(row => row.text.length)) lengths.push(length)
    expect(lengths).toEqual([6, 6, 6])
  })

  it('keep the conditions, the order, the limit and the offset', async () => {
    const found: number[] = []
    const query = Reading.select()
      .where(r => r.n.gte(10))
      .orderBy(r => r.n.desc())
      .limit(25)
      .offset(5)
    for await (const row of query.iterator({ batchSize: 10 })) found.push(row.n)
    expect(found).toEqual(Array.from({ length: 25 }, (_, i) => 94 - i))
  })

  it('keep a limit in pages by key', async () => {
    const found = await numbers(Reading.select().limit(23).offset(4).iterator({ batchSize: 10 }))
    expect(found).toHaveLength(23)
    expect(new Set(found).size).toBe(23)
  })

  it('hold no more than a batch', async () => {
    let seen = 0
    for await (const _ of Reading.select().iterator({ batchSize: 10 })) {
      seen++
      expect(batches()).toBe(Math.ceil(seen / 10))
    }
    expect(seen).toBe(100)
  })

  it('free their connection when the loop is left', async () => {
    for (let i = 0; i < 5; i++) for await (const _ of Reading.select().iterator({ batchSize: 3 })) break
    const failing = async () => {
      for await (const _ of Reading.select().iterator({ batchSize: 3 })) throw new Error('enough')
    }
    for (let i = 0; i < 5; i++) await expect(failing()).rejects.toThrow('enough')
    // Both of the two transaction connections are free.
    expect(await db.transaction(() => Reading.select().count())).toBe(100)
  })

  it('end with the error that the server meets on the way', async () => {
    const read = async () => {
      const seen: number[] = []
      for await (const row of Reading.select(r => ({ n: r.n, x: sql<number>`100 / (50 - ${r.n})` }))
        .orderBy(r => r.n)
        .iterator({ batchSize: 10 }))
        seen.push(row.n)
      return seen
    }
    for (let i = 0; i < 4; i++) await expect(read()).rejects.toMatchObject({ name: 'DataError', sqlstate: '22012' })
    expect(await Reading.select().count()).toBe(100)
  })

  it('refuse what is wrong with the statement, and what is no number of rows', async () => {
    await expect(numbers(Reading.select().where(() => sql`nothing = 1`))).rejects.toMatchObject({ sqlstate: '42703' })
    await expect(numbers(Reading.select().iterator({ batchSize: 0 }))).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    await expect(numbers(Reading.select().iterator({ batchSize: 1.5 }))).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  })

  it('can be two at once', async () => {
    const [a, b] = [Reading.select(), Reading.select()].map(query => query.iterator({ batchSize: 10 }))
    const found: [number[], number[]] = [[], []]
    for (;;) {
      const [x, y] = await Promise.all([a.next(), b.next()])
      if (x.done || y.done) break
      found[0].push(x.value.n)
      found[1].push(y.value.n)
    }
    expect(found.map(list => list.sort((x, y) => x - y))).toEqual([all, all])
  })

  it('run in the open transaction, with other queries between', async () => {
    await db.transaction(async txn => {
      await Reading.create({ n: 1000 })
      statements.length = 0
      let seen = 0
      for await (const row of Reading.select().iterator({ batchSize: 10 })) {
        seen++
        if (seen % 20 === 0)
          expect(
            await Reading.select()
              .where(r => r.id.eq(row.id))
              .count()
          ).toBe(1)
        if (seen === 30) await Note.create({ reading: row, text: 'written on the way' })
      }
      expect(seen).toBe(101)
      expect(statements.filter(text => /^BEGIN|^COMMIT/.test(text))).toEqual([])
      await txn.rollback()
    })
    expect(await Note.select().count()).toBe(3)
  })

  it('can be two in one transaction, one inside the other', async () => {
    await db.transaction(async () => {
      let pairs = 0
      for await (const outer of Reading.select()
        .where(r => r.n.lt(5))
        .iterator({ batchSize: 2 })) {
        for await (const inner of Reading.select()
          .where(r => r.n.lt(3))
          .iterator({ batchSize: 2 })) {
          pairs++
          if (outer.n === 0 && inner.n === 1) break
        }
      }
      expect(pairs).toBeGreaterThanOrEqual(13)
    })
  })

  it('end with the block they began in', async () => {
    const rows = Reading.select().iterator({ batchSize: 2 })
    await db.transaction(async () => {
      await rows.next()
      await rows.next()
    })
    await expect(rows.next()).rejects.toMatchObject({ name: 'TransactionClosedError' })
  })

  it('read compounds and aggregates too', async () => {
    const found: number[] = []
    const query = Reading.select(r => [r.n])
      .where(r => r.n.lt(2))
      .unionAll(Reading.select(r => [r.n]).where(r => r.n.gt(97)))
      .orderBy(r => r.n)
    for await (const { n } of query.iterator({ batchSize: 3 })) found.push(n)
    expect(found).toEqual([0, 1, 98, 99])
    for await (const row of Reading.select(r => [fn.count().as('number'), fn.max(r.n)]))
      expect(row).toEqual({ number: 100, max: 99 })
  })
}
