import { fn, InternalError, PostgresqlDatabase as Postgresql, type PostgresqlDatabase } from 'pewit'
import { type RecordedStatement, recordingDriver } from 'pewit/extend'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { scripted } from '../helpers/scripted.js'
import { KV, models, Tweet, User } from './tables/models.js'

/** What is sent for a stream, to each kind of server. */

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
/** Two rows of `id`, `key` and the key again, then one. */
const pages = [[1, 2], [3], []].map(page => page.map(n => [id(n), `k${n}`, id(n)]))

function streaming(version: string, kind: typeof PostgresqlDatabase) {
  let next = 0
  const driver = recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [[version]] }
    return /^(SELECT|FETCH)/.test(text) ? { rows: pages[next++] ?? [] } : undefined
  })
  const db = new kind('nowhere', { driver: driver.factory })
  const sent = async (query: AsyncIterable<unknown>): Promise<string[]> => {
    driver.clear()
    next = 0
    for await (const _ of query);
    return driver.statements.map(({ text, params = [] }: RecordedStatement) => [text, ...params].join(' | '))
  }
  return { db, sent }
}

const keys = () => KV.select(k => [k.id, k.key])
const cursor = [
  'BEGIN',
  'DECLARE pewit_1 NO SCROLL CURSOR FOR SELECT "t1"."id", "t1"."key" FROM "kv" AS "t1"',
  'FETCH FORWARD 2 FROM pewit_1',
  'FETCH FORWARD 2 FROM pewit_1',
  'CLOSE pewit_1',
  'COMMIT'
]

describe.each([
  ['PostgreSQL', 'PostgreSQL 18.3', Postgresql],
  ['CockroachDB v26.3', 'CockroachDB CCL v26.3.0 (x86_64)', CockroachDatabase]
] as const)('a stream on %s', (_, version, kind) => {
  const { db, sent } = streaming(version, kind)
  beforeAll(async () => {
    await db.connect()
    db.bind(models)
  })

  it('is a cursor in a transaction of its own', async () => {
    expect(await sent(keys().iterator({ batchSize: 2 }))).toEqual(cursor)
  })

  it('is a cursor in the open transaction', async () => {
    const work = () => db.transaction(() => sent(keys().iterator({ batchSize: 2 })))
    expect(await work()).toEqual(cursor.slice(1, -1))
  })

  // cockroachdb/cockroach#173449: a cursor outlives the savepoint that it was declared behind.
  it('takes another name where the one before could not be closed', async () => {
    const aborted = { at: /^CLOSE/, answer: new InternalError('aborted', { sqlstate: '25P02' }) }
    const { db, texts } = scripted(version.replace('CCL ', ''), [aborted])
    const read = async () => {
      for await (const _ of keys());
    }
    await db.bindCtx([KV], () =>
      db.transaction(async () => {
        await db.savepoint(read).catch(() => 'rolled back')
        await read()
        await read()
      })
    )
    const names = texts().flatMap(text => /^DECLARE (\w+)/.exec(text)?.[1] ?? [])
    expect(names).toEqual(['pewit_1', 'pewit_2', 'pewit_2'])
  })

  it('takes its parameters along', async () => {
    const [, declare] = await sent(keys().where(k => k.key.eq('a')))
    expect(declare).toBe(
      'DECLARE pewit_1 NO SCROLL CURSOR FOR SELECT "t1"."id", "t1"."key" FROM "kv" AS "t1" WHERE "t1"."key" = $1 | a'
    )
  })
})

describe('a stream on CockroachDB v21.2', () => {
  const { db, sent } = streaming('CockroachDB CCL v21.2.0 (x86_64)', CockroachDatabase)
  beforeAll(async () => {
    await db.connect()
    db.bind(models)
  })
  const page = 'SELECT "t1"."id", "t1"."key", "t1"."id" FROM "kv" AS "t1"'

  it('is pages by primary key as of one time', async () => {
    expect(await sent(keys().iterator({ batchSize: 2 }))).toEqual([
      `BEGIN AS OF SYSTEM TIME '-1us'`,
      `${page} ORDER BY "t1"."id" LIMIT $1 | 2`,
      `${page} WHERE "t1"."id" > $1 ORDER BY "t1"."id" LIMIT $2 | ${id(2)} | 2`,
      'COMMIT'
    ])
  })

  it('is pages in the open transaction, whose picture they have', async () => {
    const texts = await db.transaction(() => sent(keys().iterator({ batchSize: 2 })))
    expect(texts).toHaveLength(2)
    expect(texts[0]).toBe(`${page} ORDER BY "t1"."id" LIMIT $1 | 2`)
  })

  it('keeps conditions, a descending order by key, an offset and a limit', async () => {
    const query = keys()
      .where(k => k.value.gt(1))
      .orderBy(k => k.id.desc())
      .offset(5)
      .limit(3)
    expect(await sent(query.iterator({ batchSize: 2 }))).toEqual([
      `BEGIN AS OF SYSTEM TIME '-1us'`,
      `${page} WHERE "t1"."value" > $1 ORDER BY "t1"."id" DESC LIMIT $2 OFFSET $3 | 1 | 2 | 5`,
      `${page} WHERE ("t1"."value" > $1) AND ("t1"."id" < $2) ORDER BY "t1"."id" DESC LIMIT $3 | 1 | ${id(2)} | 1`,
      'COMMIT'
    ])
  })

  it('is pages by the keys of all sources, of an inner join', async () => {
    const [, first, second] = await sent(
      Tweet.select(t => [t.id])
        .join(User)
        .iterator({ batchSize: 2 })
    )
    const select =
      'SELECT "t1"."id", "t1"."id", "t2"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
    expect(first).toBe(`${select} ORDER BY "t1"."id", "t2"."id" LIMIT $1 | 2`)
    expect(second).toContain(`${select} WHERE ("t1"."id", "t2"."id") > ($1, $2) ORDER BY`)
  })

  it('locks in the present', async () => {
    expect((await sent(keys().forUpdate()))[0]).toBe('BEGIN')
  })

  it.each<[string, () => AsyncIterable<unknown>]>([
    ['another order', () => keys().orderBy(k => k.key)],
    [
      'keys up and down',
      () =>
        Tweet.select(t => [t.id])
          .join(User)
          .orderBy((t, u) => [t.id, u.id.desc()])
    ],
    ['an outer join', () => Tweet.select(t => [t.id]).leftJoin(User)],
    ['what a filter has joined', () => User.select(u => [u.id]).filter({ tweets__content: 'x' } as never)],
    ['groups', () => KV.select(k => [k.key]).groupBy(k => k.key)],
    ['distinct rows', () => keys().distinct()],
    ['expressions', () => KV.select(k => [fn.lower(k.key)])],
    ['a compound', () => keys().union(keys())]
  ])('is whole, of %s', async (_name, query) => {
    const texts = await sent(query())
    expect(texts).toHaveLength(1)
    expect(texts[0]).toMatch(/^\(?SELECT/)
  })
})
