import { AmbiguousCommitError, CharField, ConnectionLost, IntegerField, Model, model } from 'pewit'
import { PooledPostgresqlDatabase } from 'pewit/playhouse/pool'
import { outcome, pause } from '../helpers/driver.js'
import { type RestartablePostgres, startRestartable } from '../helpers/postgres-server.js'

@model()
class Entry extends Model {
  @CharField({ maxLength: 40 }) pair!: string
  @IntegerField() half!: number
}

/** What a program knows of what it did. */
type Known = 'done' | 'not done' | 'unknown'

describe('a server that is restarted under 50 workers', () => {
  const WORKERS = 50
  let server: RestartablePostgres
  let db: PooledPostgresqlDatabase
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)

  beforeAll(async () => {
    process.on('unhandledRejection', note)
    server = await startRestartable()
    db = new PooledPostgresqlDatabase(server.url, { maxConnections: 20, timeout: 0, connection: { synchronous_commit: 'on' } })
    db.bind([Entry])
    await db.createTables([Entry])
  }, 60_000)
  afterAll(async () => {
    process.off('unhandledRejection', note)
    await db.close()
    await server.stop()
  })

  const both = async (pair: string) => {
    await Entry.insert({ pair, half: 1 })
    await pause(2)
    await Entry.insert({ pair, half: 2 })
  }
  const ways = [
    (pair: string) => db.transaction(() => both(pair)),
    (pair: string) => db.runTransaction(() => both(pair)),
    (pair: string) => db.connectionContext(() => db.atomic(() => both(pair))),
    (pair: string) => Entry.insertMany([1, 2].map(half => ({ pair, half })))
  ]

  /** Does one piece of work, and says what is known of it. */
  async function attempt(pair: string, way: number): Promise<Known> {
    try {
      await ways[way % ways.length]?.(pair)
      return 'done'
    } catch (error) {
      if (error instanceof AmbiguousCommitError) return 'unknown'
      if (!(error instanceof ConnectionLost)) throw error
      // A plain statement may have been carried out when its connection broke.
      return way % ways.length === 3 ? 'unknown' : 'not done'
    }
  }

  it.each(['fast', 'immediate'] as const)(
    '%s: all goes on, nothing is half done, nothing is lost',
    async how => {
      const known = new Map<string, Known>()
      let stopped = false
      let after = 0
      const work = async (worker: number) => {
        for (let i = 0; !stopped || i < 5; i++) {
          const pair = `${how} ${worker} ${i}`
          const result = await attempt(pair, worker + i)
          known.set(pair, result)
          if (result !== 'done') await pause(20)
        }
        // Whatever happened before, the server is there again.
        for (let i = 0; i < 8; i++, after++) expect(await attempt(`${how} ${worker} last ${i}`, i)).toBe('done')
      }
      const workers = Array.from({ length: WORKERS }, (_, i) => work(i))
      await pause(500)
      await server.restart(how, 300)
      await pause(500)
      stopped = true
      await Promise.all(workers)
      expect(after).toBe(WORKERS * 8)

      const counts = await db.executeSql('select pair, count(*) as n from entry group by pair')
      const kept = new Map(counts.map(({ pair, n }) => [pair as string, n as number]))
      expect([...kept].filter(([, n]) => n !== 2)).toEqual([])
      const wrong = [...known].filter(([pair, what]) => what !== 'unknown' && kept.has(pair) !== (what === 'done'))
      expect(wrong).toEqual([])
      const results = [...known.values()]
      expect(results.filter(what => what === 'done').length).toBeGreaterThan(WORKERS)
      expect(results.filter(what => what !== 'done').length).toBeGreaterThan(0)

      expect(db.poolStats()).toMatchObject({ used: 0, waiting: 0 })
      expect(unhandled).toEqual([])
      const open = `select count(*) as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`
      const { idle, shared } = db.poolStats()
      expect((await db.executeSql(open))[0]?.n).toBeLessThanOrEqual(idle + shared)
    },
    60_000
  )

  it('that stays away fails what is asked of it, in time, and serves again when it is back', async () => {
    const impatient = new PooledPostgresqlDatabase(server.url, { connectTimeout: 0.5, maxConnections: 5, timeout: 1 })
    await impatient.connect()
    const asked = async () =>
      outcome(
        Promise.allSettled([impatient.executeSql('select 1'), impatient.transaction(() => impatient.executeSql('select 1'))]),
        5000
      )
    const restarted = server.restart('fast', 1500)
    await pause(800)
    const results = (await asked()) as PromiseSettledResult<unknown>[]
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    for (const result of results) expect((result as PromiseRejectedResult).reason).toBeInstanceOf(ConnectionLost)
    await restarted
    expect(((await asked()) as PromiseSettledResult<unknown>[]).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    await impatient.close()
    expect(unhandled).toEqual([])
  }, 60_000)
})
