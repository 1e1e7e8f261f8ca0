import { load, PostgresqlDatabase as Postgresql, type PostgresqlDatabase } from 'pewit'
import { type RecordedStatement, recordingDriver } from 'pewit/extend'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { SOCIAL, Tag, Tweet, User } from '../helpers/social.js'

/** What is sent for relations that are loaded with a query, to each kind of server. */

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

function loading(version: string, kind: typeof PostgresqlDatabase) {
  const driver = recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [[version]] }
    if (text.includes('FROM "people"')) return { rows: [1, 2].map(n => [id(n), `user ${n}`]) }
    return text.includes('FROM "tag" AS "t1"') && !text.includes('JOIN') ? { rows: [[id(7), 'cat']] } : undefined
  })
  const db = new kind('nowhere', { driver: driver.factory })
  const behind = async (query: PromiseLike<unknown>): Promise<string[]> => {
    driver.clear()
    await query
    const [, ...rest] = driver.statements.map(({ text, params = [] }: RecordedStatement) => [text, ...params].join(' | '))
    return rest
  }
  return { db, behind }
}

const columns = ['id', 'user_id', 'editor_id', 'content', 'views']
const tweet = columns.map(name => `"t1"."${name}"`).join(', ')
const both = `{${id(1)},${id(2)}}`
const inner = (t: string) => columns.map((name, i) => `"${t}"."${name}" AS "c${i}"`).join(', ')
const outer = (t: string) => columns.map((_, i) => `"${t}"."c${i}"`).join(', ')
/** With a number for each row, which is read from the whole. */
const numbered = `SELECT ${outer('t1')} FROM (SELECT ${inner('t2')}, row_number() OVER (PARTITION BY "t2"."user_id" ORDER BY "t2"."views" DESC) AS "place" FROM "tweet" AS "t2" WHERE "t2"."user_id" = ANY($1)) AS "t1" WHERE "t1"."place" <= $2 ORDER BY "t1"."place" | ${both} | 2`
/** With a query for each key, where that keeps rows from being read. */
const limited = `SELECT ${outer('t2')} FROM unnest($1) AS "t1"("key") CROSS JOIN LATERAL (SELECT ${inner('t3')}, row_number() OVER (ORDER BY "t3"."views" DESC) AS "place" FROM "tweet" AS "t3" WHERE "t3"."user_id" = "t1"."key" ORDER BY "t3"."views" DESC LIMIT $2) AS "t2" ORDER BY "t2"."place" | ${both} | 2`

describe.each([
  ['PostgreSQL', 'PostgreSQL 18.3', Postgresql],
  ['CockroachDB v26.3', 'CockroachDB CCL v26.3.0 (x86_64)', CockroachDatabase],
  ['CockroachDB v21.2', 'CockroachDB CCL v21.2.17 (x86_64)', CockroachDatabase]
] as const)('behind a query on %s', (_, version, kind) => {
  const { db, behind } = loading(version, kind)
  beforeAll(async () => {
    await db.connect()
    db.bind(SOCIAL)
  })

  it('come the rows of its keys', async () => {
    expect(await behind(User.select().prefetch(Tweet))).toEqual([
      `SELECT ${tweet} FROM "tweet" AS "t1" WHERE "t1"."user_id" = ANY($1) | ${both}`
    ])
    const query = Tweet.select()
      .where(t => t.views.gt(3))
      .orderBy(t => t.views)
    expect(await behind(User.select().withRelated(load('tweets', { query })))).toEqual([
      `SELECT ${tweet} FROM "tweet" AS "t1" WHERE ("t1"."views" > $1) AND ("t1"."user_id" = ANY($2)) ORDER BY "t1"."views" | 3 | ${both}`
    ])
  })

  if (kind === CockroachDatabase)
    it('come rows as of the time of the query', async () => {
      const past = User.select().asOf('-10s')
      const clause = `AS OF SYSTEM TIME '-10s'`
      const theirs = `SELECT ${tweet} FROM "tweet" AS "t1" ${clause} WHERE "t1"."user_id" = ANY($1) | ${both}`
      expect(await behind(past.prefetch(Tweet))).toEqual([theirs])
      expect(await behind(past.withRelated(load('tweets', { query: Tweet.select().asOf('-10s') })))).toEqual([theirs])
      expect(await behind(past.withRelated(load('tweets', { query: Tweet.select().asOf('-20s') })))).toEqual([
        theirs.replace('-10s', '-20s')
      ])
      const first = load('tweets', { query: Tweet.select().orderBy(t => t.views.desc()), perParent: 2 })
      expect(await behind(past.withRelated(first))).toEqual([numbered.replace(') AS "t1" WHERE', `) AS "t1" ${clause} WHERE`)])
    })

  it('come the pairs of a relation through a third model', async () => {
    expect(await behind(Tag.select().withRelated('tweets'))).toEqual([
      `SELECT ${tweet}, "t2"."tag_id" FROM "tweet" AS "t1" INNER JOIN "tweet_tag_through" AS "t2" ON "t2"."tweet_id" = "t1"."id" WHERE "t2"."tag_id" = ANY($1) | {${id(7)}}`
    ])
  })

  it('come the first rows of each key', async () => {
    const query = Tweet.select().orderBy(t => t.views.desc())
    const [statement] = await behind(User.select().withRelated(load('tweets', { query, perParent: 2 })))
    expect(statement).toBe(kind === CockroachDatabase ? numbered : limited)
    const [byKey] = await behind(User.select().withRelated(load('tweets', { perParent: 2 })))
    expect(byKey).toBe(statement.replaceAll(/"views" DESC/g, '"id"'))
  })
})
