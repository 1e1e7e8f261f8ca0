import fc from 'fast-check'
import { NotSupportedError, type Query, type SystemTime } from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase, followerReadTimestamp, withMaxStaleness, withMinTimestamp } from 'pewit/playhouse/cockroachdb'
import { bindModels, checkCases, checkMisuse, databases } from '../helpers/dialects.js'
import { scripted } from '../helpers/scripted.js'
import * as tables from './tables/as-of.js'
import { KV, models, Tweet, User } from './tables/models.js'

bindModels(models)
checkCases(tables)

const cockroach = databases.cockroachdb
const sql = (query: Query<unknown>) => query.sql({ for: cockroach }).text

describe('times that are none', () => {
  const keys = () => KV.select(k => [k.key])
  const at = (time: unknown) => () => sql(keys().asOf(time as string))

  checkMisuse([
    [
      'undefined',
      'UNDEFINED_VALUE',
      /^asOf: expected a Date, an ISO string, an interval like '-10s', .* got undefined$/,
      at(undefined)
    ],
    ['a number', 'WRONG_TYPE', /^asOf: expected .*, got a number$/, at(10)],
    ['an invalid Date', 'WRONG_TYPE', /^asOf: expected .*, got an invalid Date$/, at(new Date('x'))],
    ['what is to come', 'BAD_ARGUMENT', /^asOf: expected .*, got a string$/, at('10s')],
    ['nanoseconds, which intervals have not', 'BAD_ARGUMENT', /^asOf: /, at('-10ns')],
    ['a placeholder', 'BAD_ARGUMENT', /^asOf: /, at('$1')],
    ['more than a time', 'BAD_ARGUMENT', /^asOf: /, at("-10s' --")],
    ['a function in text', 'BAD_ARGUMENT', /^asOf: /, at('follower_read_timestamp()')],
    ['an object of another make', 'BAD_ARGUMENT', /^asOf: /, at({ systemTime: 'now()' })],
    ['staleness without bound', 'UNDEFINED_VALUE', /^withMaxStaleness: /, () => withMaxStaleness(undefined as never)],
    [
      'staleness of what is to come',
      'BAD_ARGUMENT',
      /^withMaxStaleness: expected an interval like '10s'/,
      () => withMaxStaleness('-10s')
    ],
    [
      'an invalid least time',
      'BAD_ARGUMENT',
      /^withMinTimestamp: .* got an invalid Date$/,
      () => withMinTimestamp(new Date(Number.NaN))
    ],
    ['an interval for a least time', 'BAD_ARGUMENT', /^withMinTimestamp: /, () => withMinTimestamp('-10s')],
    [
      'a misspelt option',
      'UNKNOWN_OPTION',
      'withMaxStaleness has no option "nearest"; it has nearestOnly',
      () => withMaxStaleness('10s', { nearest: true } as never)
    ],
    [
      'an option that is no boolean',
      'WRONG_TYPE',
      'withMinTimestamp: nearestOnly must be true or false, not a string',
      () => withMinTimestamp('2026-01-01', { nearestOnly: 'yes' as never })
    ]
  ])
})

describe('text', () => {
  const literal =
    /^SELECT "t1"\."key" FROM "kv" AS "t1" AS OF SYSTEM TIME '(?:-[\d.]+ *[a-zµ]+(?: -[\d.]+ *[a-zµ]+)*|[\d\-T :.+Z]+)'$/
  const oneOf = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...`-+0123456789.:'"\\;$ TZshmdµun`) }),
    fc.stringMatching(/^-\d{1,3}(s|ms|h) ?-?\d{0,3}m?$/),
    fc.stringMatching(/^20\d\d-[01]\d-[0-3]\d[T ]?[\d:.Z+-]{0,12}$/)
  )

  it('reaches the statement only as a literal of a time', () => {
    let taken = 0
    fc.assert(
      fc.property(oneOf, time => {
        let written: string
        try {
          written = sql(KV.select(k => [k.key]).asOf(time))
        } catch (error) {
          return void expect(error).toMatchObject({ name: 'TypeError', code: 'BAD_ARGUMENT' })
        }
        taken++
        expect(written).toMatch(literal)
      }),
      { numRuns: 3000 }
    )
    expect(taken).toBeGreaterThan(100)
  })
})

describe('an interval', () => {
  const unit = fc.constantFrom('us', 'ms', 's', 'm', 'h', 'd', 'second', 'minutes', 'hours', 'days')
  const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom('', ' '), unit), {
    minLength: 1,
    maxLength: 5
  })

  it('is past in each of its parts, which are those that were given', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom('', ' ', ' -'), (items, between) => {
        const words = items.map(([n, space, name]) => `${n}${space}${name}`)
        const written = sql(KV.select(k => [k.key]).asOf(`-${words.join(between)}`))
        expect(written).toContain(` AS OF SYSTEM TIME '${words.map(word => `-${word}`).join(' ')}'`)
        expect(sql(KV.select(k => [k.key]).asOf(withMaxStaleness(words.join(' '))))).toContain(
          ` AS OF SYSTEM TIME with_max_staleness('${words.join(' ')}')`
        )
      })
    )
  })

  it('of bounded staleness, or a least time, is nothing but one', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...`-0123456789.:'"\\;$( TZsmh`) })
    const literal = /^with_max_staleness\('[\d. ]+[a-zµ][\da-zµ. ]*'\)$|^with_min_timestamp\('[\d\-T :.+Z]+'\)$/
    fc.assert(
      fc.property(hostile, fc.constantFrom(withMaxStaleness, withMinTimestamp), (text, make) => {
        try {
          expect((make(text) as { systemTime: string }).systemTime).toMatch(literal)
        } catch (error) {
          expect(error).toMatchObject({ name: 'TypeError', code: 'BAD_ARGUMENT' })
        }
      }),
      { numRuns: 3000 }
    )
  })
})

describe('a statement', () => {
  const old = () => User.select(u => [u.id]).asOf('-10s')
  const two = /^asOf: a statement reads as of one time, and this one has two: '-20s' and '-10s'$|: '-10s' and '-20s'$/

  checkMisuse([
    [
      'of two times',
      'BAD_QUERY',
      two,
      () =>
        sql(
          Tweet.select()
            .where(t => t.user.in(old()))
            .asOf('-20s')
        )
    ],
    ['of two times in a compound', 'BAD_QUERY', two, () => sql(old().union(Tweet.select(t => [t.user]).asOf('-20s')))],
    ['that locks rows', 'BAD_QUERY', 'asOf: a statement that locks rows cannot read the past', () => sql(old().forUpdate())],
    [
      'that updates',
      'BAD_QUERY',
      'asOf: a statement that writes cannot read the past',
      () => sql(Tweet.update({ content: 'x' }).where(t => t.user.in(old())))
    ],
    ['that deletes', 'BAD_QUERY', /that writes/, () => sql(Tweet.delete().where(t => t.user.in(old())))],
    ['that inserts', 'BAD_QUERY', /that writes/, () => sql(KV.insertFrom(KV.select(k => [k.key]).asOf('-10s'), ['key']))],
    [
      'with a write in WITH',
      'BAD_QUERY',
      /that writes/,
      () =>
        sql(
          Tweet.delete()
            .returning(t => [t.id])
            .cte('gone')
            .select(g => [g.id])
            .asOf('-10s')
        )
    ]
  ])

  it('keeps its time when the Date that it was given is changed', () => {
    const time = new Date('2026-01-02T03:04:05.678Z')
    const query = KV.select(k => [k.key]).asOf(time)
    time.setFullYear(1999)
    expect(sql(query)).toContain(`AS OF SYSTEM TIME '2026-01-02T03:04:05.678Z'`)
  })
})

describe('what is sent', () => {
  const recording = recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [['CockroachDB CCL v26.3.0 (x86_64)']] }
    if (text.startsWith('SELECT count')) return { rows: [['3']], columns: [{ name: 'count', oid: 20 }] }
    return undefined
  })
  const db = new CockroachDatabase('nowhere', { driver: recording.factory })
  const sent = async (work: () => PromiseLike<unknown>) => {
    const before = recording.statements.length
    await work()
    return recording.statements.slice(before).map(({ text }) => text)
  }
  const keys = () => KV.select(k => [k.key]).asOf('-10s')

  beforeAll(async () => {
    await db.connect()
    db.bind(models)
  })
  afterAll(async () => {
    databases.postgresql.bind(models)
    await db.close()
  })

  it('by count, exists, scalar and explain', async () => {
    const clause = `FROM "kv" AS "t1" AS OF SYSTEM TIME '-10s'`
    expect(await sent(() => keys().count())).toEqual([`SELECT count(*) ${clause}`])
    expect(await sent(() => keys().limit(3).count())).toEqual([
      `SELECT count(*) FROM (SELECT "t1"."key" FROM "kv" AS "t1" LIMIT $1) AS "counted" AS OF SYSTEM TIME '-10s'`
    ])
    expect(await sent(() => keys().exists())).toEqual([`SELECT TRUE ${clause} LIMIT $1`])
    expect(await sent(() => keys().scalar())).toEqual([`SELECT "t1"."key" ${clause} LIMIT $1`])
    expect(await sent(() => keys().explain())).toEqual([`EXPLAIN SELECT "t1"."key" ${clause}`])
  })

  it('by a stream: a transaction as of that time, whose queries need none', async () => {
    const texts = await sent(async () => {
      for await (const _ of keys()) throw new Error('there is none')
    })
    expect(texts.slice(0, 2)).toEqual([
      `BEGIN AS OF SYSTEM TIME '-10s'`,
      'DECLARE pewit_1 NO SCROLL CURSOR FOR SELECT "t1"."key" FROM "kv" AS "t1"'
    ])
  })

  it('by a stream in pages, where there are no cursors: a transaction as of that time likewise', async () => {
    const old = recordingDriver(({ text }) =>
      text === 'SELECT version()' ? { rows: [['CockroachDB CCL v21.2.0 (x86_64)']] } : undefined
    )
    const server = new CockroachDatabase('nowhere', { driver: old.factory })
    server.bind([KV])
    for await (const _ of KV.select().asOf('-10s').iterator({ batchSize: 2 })) throw new Error('there is none')
    db.bind(models)
    const texts = old.statements.map(({ text }) => text)
    expect(texts.slice(1)).toEqual([
      `BEGIN AS OF SYSTEM TIME '-10s'`,
      expect.stringMatching(/^SELECT "t1"\."id", .* FROM "kv" AS "t1" ORDER BY "t1"\."id" LIMIT \$1$/),
      'COMMIT'
    ])
    await server.close()
  })

  it('by a stream whose time a query inside gives', async () => {
    const query = Tweet.select(t => [t.id]).where(t => t.user.in(User.select(u => [u.id]).asOf('-20s')))
    const texts = await sent(async () => {
      for await (const _ of query) throw new Error('there is none')
    })
    expect(texts[0]).toBe(`BEGIN AS OF SYSTEM TIME '-20s'`)
    expect(texts[1]).not.toContain('SYSTEM TIME')
  })

  it.each<[string, () => PromiseLike<unknown>]>([
    ['a query', () => keys()],
    ['a count', () => keys().count()],
    ['a stream', () => keys().iterator().next()],
    ['an explain', () => keys().explain()]
  ])('nothing by %s inside a transaction, which has a time of its own', async (_, work) => {
    const texts = await sent(() =>
      db.transaction(async () => {
        await KV.select(k => [k.key])
        await expect(work()).rejects.toThrow(NotSupportedError)
        await expect(work()).rejects.toThrow(
          'asOf() cannot be used inside a transaction, which reads as of one time of its own: give the outermost block { systemTime }, or run the query with db.outside()'
        )
      })
    )
    expect(texts.filter(text => text.includes('SYSTEM TIME'))).toEqual([])
    expect(texts.at(-1)).toBe('COMMIT')
  })

  it('outside of the transaction that is open', async () => {
    const texts = await sent(() => db.transaction(() => db.outside(() => keys().execute())))
    expect(texts).toContain(`SELECT "t1"."key" FROM "kv" AS "t1" AS OF SYSTEM TIME '-10s'`)
  })

  it.each<[string, () => PromiseLike<unknown>]>([
    ['atomic', () => db.atomic(async () => {}, { systemTime: withMaxStaleness('10s') })],
    ['runTransaction', () => db.runTransaction(async () => true, { systemTime: withMinTimestamp('2026-01-01') })],
    ['a stream', () => KV.select().asOf(withMaxStaleness('10s')).iterator().next()]
  ])('nothing by %s of bounded staleness', async (_, work) => {
    const message = /^A transaction cannot begin with with_m\w+: the server chooses such a time for one statement/
    const texts = await sent(async () => {
      await expect(work()).rejects.toThrow(NotSupportedError)
      await expect(work()).rejects.toThrow(message)
    })
    expect(texts).toEqual([])
  })

  it('by blocks, with each kind of time', async () => {
    const begun = async (systemTime: SystemTime) =>
      (await sent(() => db.atomic(() => KV.select(k => [k.key]).execute(), { systemTime })))[0]
    expect(await begun('-1h30m')).toBe(`BEGIN AS OF SYSTEM TIME '-1h -30m'`)
    expect(await begun(followerReadTimestamp())).toBe('BEGIN AS OF SYSTEM TIME follower_read_timestamp()')
    expect(await begun(new Date(0))).toBe(`BEGIN AS OF SYSTEM TIME '1970-01-01T00:00:00.000Z'`)
  })
})

describe('a table made of the past', () => {
  const made = async (server: string, query: Query<unknown> & { createTable(name: string): Promise<void> }) => {
    const { db, driver } = scripted(server)
    await db.bindCtx([KV], () => query.createTable('copy'))
    return driver.statements.at(-1)?.text
  }
  const keys = () => KV.select(k => [k.key]).asOf('-10s')
  const both = () => keys().unionAll(KV.select(k => [k.key]))

  it('is sent where the server can', async () => {
    const selected = `SELECT "t1"."key" FROM "kv" AS "t1"`
    expect(await made('CockroachDB v25.2.0', keys())).toBe(
      `CREATE TABLE IF NOT EXISTS "copy" AS ${selected} AS OF SYSTEM TIME '-10s'`
    )
    expect(await made('CockroachDB v25.2.0', both())).toBe(
      `CREATE TABLE IF NOT EXISTS "copy" AS SELECT * FROM ((${selected}) UNION ALL (${selected.replaceAll('t1', 't2')})) AS "compound" AS OF SYSTEM TIME '-10s'`
    )
  })

  it.each([keys, both])('is refused where it cannot', async query => {
    const message = 'CockroachDB v25.1 has no CREATE TABLE AS of the past, which came with v25.2; '
    await expect(made('CockroachDB v25.1.0', query())).rejects.toThrow(message)
  })
})
