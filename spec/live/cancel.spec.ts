import {
  AbortError,
  type DatabaseOptions,
  Model,
  model,
  PostgresqlDatabase,
  QueryCanceled,
  sql,
  TransactionAbortedError
} from 'pewit'
import { postgresDialect, postgresqlProfile, type SupportTable } from 'pewit/extend'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { pause } from '../helpers/driver.js'
import { eachServer, type LiveServer } from '../helpers/live.js'

@model({ tableName: 'canceled_thing' })
class Thing extends Model {
  @UUIDKeyField() id!: string
}

/** The sessions that were broken off by statements. */
const asked: string[] = []

/** A database that is told that its server ignores cancel requests, and how sessions are broken off instead. */
function bySession(live: LiveServer, options: DatabaseOptions): PostgresqlDatabase {
  if (live.name === 'cockroachdb') return databaseFor(live, options)
  const support: SupportTable = { ...postgresDialect.support, protocolCancel: { since: 'never', source: 'this spec' } }
  return new PostgresqlDatabase(live.url, options, {
    ...postgresqlProfile({ ...postgresDialect, support }),
    sessionCancel: {
      session: 'SELECT pg_backend_pid()',
      cancel: session => {
        asked.push(session)
        return `SELECT pg_cancel_backend(${session})`
      }
    }
  })
}

describe.each([
  ['by the protocol', databaseFor],
  ['by statements', bySession]
] as const)('breaking off %s', (_name, make) => eachServer('queries', live => cancels(live, make)))

function cancels(live: LiveServer, make: typeof bySession): void {
  const db = make(live, { max: 3 })
  const watcher = databaseFor(live)
  const slow = (seconds = 20) => Thing.select(() => [sql`pg_sleep(${seconds})`.as('slept')])
  /** How many statements run on the server that sleep. */
  const sleeping = async () => {
    const text =
      live.name === 'cockroachdb'
        ? `select count(*) as n from [show cluster statements] where query like '%pg_sleep(%' and query not like '%count%'`
        : `select count(*) as n from pg_stat_activity where state = 'active' and query like '%pg_sleep(%' and query not like '%count%' and datname = current_database()`
    const [row] = await watcher.executeSql(text)
    return Number(row.n)
  }
  /** Resolves when so many sleep on the server. */
  const until = async (count: number) => {
    for (let tries = 0; tries < 100; tries++) {
      if ((await sleeping()) === count) return
      await pause(20)
    }
    throw new Error(`There are never ${count}`)
  }

  beforeAll(async () => {
    db.bind([Thing])
    await db.createTables([Thing])
    await Thing.create({})
  })
  afterAll(() => Promise.all([db.close(), watcher.close()]))

  it('ends a query that was started, on the server too', async () => {
    const query = slow()
    const running = query.execute()
    const failed = expect(running).rejects.toMatchObject({
      name: 'QueryCanceled',
      code: 'CANCELED',
      sqlstate: '57014',
      sql: expect.stringContaining('pg_sleep')
    })
    await until(1)
    asked.length = 0
    const started = performance.now()
    expect(await db.cancel(query)).toBe(1)
    expect(asked.length > 0).toBe(make === bySession && live.name === 'postgresql')
    expect(performance.now() - started).toBeLessThan(1500)
    await failed
    expect(await sleeping()).toBe(0)
    expect(await Thing.select().count()).toBe(1)
  })

  const canceled = (promise: PromiseLike<unknown>) => expect(promise).rejects.toBeInstanceOf(QueryCanceled)

  it('ends every execution of it, and no other query', async () => {
    const [query, other] = [slow(), slow()]
    const running = [query, query].map(each => canceled(each.execute()))
    const bystander = canceled(other.execute())
    await until(3)
    expect(await db.cancel(query)).toBe(2)
    await Promise.all(running)
    expect(await sleeping()).toBe(1)
    expect(await db.cancel(other)).toBe(1)
    await bystander
  })

  it('takes back what is not sent yet', async () => {
    const controller = new AbortController()
    const aborted = (promise: PromiseLike<unknown>) => expect(promise).rejects.toBeInstanceOf(AbortError)
    const busy = [slow(), slow(), slow()].map(query => aborted(query.signal(controller.signal).execute()))
    await until(3)
    const waiting = slow().timeout(30)
    const failed = expect(waiting.execute()).rejects.toThrow('The statement was canceled: it was not sent')
    await pause(20)
    expect(await db.cancel(waiting)).toBe(1)
    await failed
    controller.abort()
    await Promise.all(busy)
  })

  it('lets nothing follow on a connection that a late cancel request may hit', async () => {
    let connections = 0
    const single = make(live, { max: 1 }).on('connect', ({ kind }) => {
      if (kind === 'shared') connections++
    })
    single.bind([Thing])
    try {
      await single.connect()
      const query = slow()
      const failed = canceled(query.execute())
      await until(1)
      const before = connections
      const [broken, next] = await Promise.all([single.cancel(query), Thing.select().count()])
      expect([broken, next]).toEqual([1, 1])
      expect(connections).toBeGreaterThan(before)
      await failed
    } finally {
      db.bind([Thing])
      await single.close()
    }
  })

  it('leaves one alone that others are behind of on its connection', async () => {
    const single = make(live, { max: 1 })
    single.bind([Thing])
    try {
      await single.connect()
      const query = slow(0.5)
      const running = query.execute()
      const behind = Thing.select().count()
      await pause(100)
      expect(await single.cancel(query)).toBe(0)
      expect(await running).toHaveLength(1)
      expect(await behind).toBe(1)
    } finally {
      db.bind([Thing])
      await single.close()
    }
  })

  it('fails the transaction that it runs in', async () => {
    const query = slow()
    const block = db.transaction(async () => {
      await query.execute().catch(() => undefined)
    })
    const failed = expect(block).rejects.toBeInstanceOf(TransactionAbortedError)
    await until(1)
    expect(await db.outside(() => db.cancel(query))).toBe(1)
    await failed
    expect(await Thing.select().count()).toBe(1)
  })

  it('fails the transaction also where others are behind it', async () => {
    const query = slow()
    const block = db.transaction(() => Promise.all([query.execute(), Thing.select().count()]))
    const failed = expect(block).rejects.toBeInstanceOf(QueryCanceled)
    await until(1)
    expect(await db.cancel(query)).toBe(1)
    await failed
  })

  it('finds nothing of a query that has ended, or was never started', async () => {
    const query = Thing.select()
    expect(await db.cancel(query)).toBe(0)
    await query
    expect(await db.cancel(query)).toBe(0)
  })

  it('ends queries by signal and by timeout, and keeps the connection', async () => {
    const controller = new AbortController()
    const byTime = canceled(slow().timeout(0.2).execute())
    const bySignal = expect(slow().signal(controller.signal).execute()).rejects.toBeInstanceOf(AbortError)
    await byTime
    await until(1)
    const started = performance.now()
    controller.abort()
    await bySignal
    // A server that did not listen would lose the connection, after two seconds.
    expect(performance.now() - started).toBeLessThan(1500)
    await until(0)
  })

  it('refuses what is no query', async () => {
    await expect(db.cancel(Promise.resolve([]) as never)).rejects.toMatchObject({
      code: 'WRONG_TYPE',
      message: 'cancel: expected a query, got a Promise'
    })
    await expect(db.cancel(undefined as never)).rejects.toMatchObject({ code: 'WRONG_TYPE' })
  })
}
