import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { AbortError, AmbiguousCommitError, CharField, ConnectionLost, IntegerField, Model, model, QueryCanceled } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { PooledCockroachDatabase, PooledPostgresqlDatabase } from 'pewit/playhouse/pool'
import { pause } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

@model()
class Pair extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 40 }) name!: string
  @IntegerField() half!: number
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Fewer for a quick look: `SOAK_QUERIES=10000 npm run test:long`. */
const QUERIES = Number(process.env.SOAK_QUERIES ?? 100_000)
const WARM_UP = QUERIES / 10
const WORKERS = 40
const UNDONE = new Error('undone')
const undone = (error: unknown) => {
  if (error !== UNDONE) throw error
}
/** Texts that differ: more than a connection may keep prepared. */
const TEXTS = 400
const PREPARED = 64

eachServer('connections in the long run', live => {
  const Kind = live.name === 'cockroachdb' ? PooledCockroachDatabase : PooledPostgresqlDatabase
  let proxy: FaultProxy
  let db: PooledPostgresqlDatabase
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)
  beforeAll(async () => {
    process.on('unhandledRejection', note)
    proxy = await startFaultProxyTo(live.url)
    db = new Kind(proxy.url(live.url), { maxConnections: 10, timeout: 0, preparedStatements: PREPARED })
    db.bind([Pair])
    await db.createTables([Pair])
  })
  afterAll(async () => {
    process.off('unhandledRejection', note)
    await db.close()
    await proxy.close()
  })

  const both = async (name: string) => {
    await Pair.insert({ name, half: 1 })
    await Pair.insert({ name, half: 2 })
    return 2
  }
  /** Each does some queries, and says how many. */
  const works: ((name: string, n: number) => Promise<number>)[] = [
    name =>
      Pair.select()
        .where(p => p.name.eq(name))
        .execute()
        .then(() => 1),
    (_, n) => db.executeSql(`select ${n % TEXTS} as n`).then(() => 1),
    name =>
      Pair.insertMany([1, 2].map(half => ({ name, half })))
        .execute()
        .then(() => 1),
    name => db.transaction(() => both(name)),
    name => db.runTransaction(() => both(name)),
    name =>
      db.transaction(async () => {
        await db.savepoint(() => both(`${name} undone`).then(() => Promise.reject(UNDONE))).catch(undone)
        return 2 + (await both(name))
      }),
    (_, n) =>
      db.connectionContext(async () => {
        await db.executeSql(`set application_name = 'worker'`)
        await db.executeSql(`select ${n % TEXTS} as n, $1::text as word`, ['x'])
        return 2
      }),
    name =>
      Pair.select()
        .where(p => p.name.eq(name))
        .timeout(5)
        .execute()
        .then(() => 1),
    () => db.executeSql('select pg_sleep(0.001)').then(() => 1)
  ]

  const faults = [
    () => proxy.cutWhen(/./, 'before'),
    () => proxy.cutWhen(/./, 'after'),
    () => proxy.dropAnswerWhen(/./),
    () => proxy.cutWhen(/^BEGIN/, 'before'),
    () => proxy.cutWhen(/COMMIT/, 'after'),
    () => proxy.cutWhen(/INSERT/, 'before'),
    () => proxy.dropAnswerWhen(/INSERT/),
    () => proxy.cutWhen(/ROLLBACK|SET SESSION/, 'before'),
    () => proxy.cut('reset')
  ]

  it(`${QUERIES} queries, 1 % of them with a fault: the pool is back at its base, and nothing has grown`, async () => {
    let done = 0
    let failed = 0
    let broken = 0
    const run = async (until: number) => {
      const worker = async (which: number) => {
        for (let i = 0; done < until; i++) {
          const n = which + i * WORKERS
          if (n % 100 === 0) faults[(n / 100) % faults.length]?.()
          if (n % 100 === 0) broken++
          try {
            const queries = await works[(which + i) % works.length]?.(`${until} ${which} ${i}`, n)
            done += queries ?? 0
          } catch (error) {
            if (![ConnectionLost, AmbiguousCommitError, AbortError, QueryCanceled].some(kind => error instanceof kind))
              throw error
            done++
            failed++
          }
        }
      }
      await Promise.all(Array.from({ length: WORKERS }, (_, i) => worker(i)))
    }

    await run(WARM_UP)
    await db.closeAll()
    const before = await heap()
    await run(QUERIES)
    proxy.restore()
    await pause(50)

    expect(broken).toBeGreaterThan((QUERIES / 100) * 0.5)
    expect(failed).toBeGreaterThan(broken * 0.5)
    expect(unhandled).toEqual([])
    expect(db.poolStats()).toMatchObject({ used: 0, waiting: 0 })

    const halves = await db.executeSql('select name, count(*) as n from pair group by name having count(*) <> 2')
    expect(halves).toEqual([])
    expect(await preparedOnEach()).toEqual([])
    await db.closeAll()
    await pause(50)
    expect(proxy.connections).toBe(0)
    const grown = ((await heap()) - before) / 2 ** 20
    console.log(`${done} queries, ${broken} faults, ${failed} failed; the heap has grown by ${grown.toFixed(1)} MB`)
    expect(grown).toBeLessThan(10)
  }, 600_000)

  /** How many statements are prepared on connections that keep too many. */
  async function preparedOnEach(): Promise<number[]> {
    const counts: number[] = []
    const count = async () => {
      const [row] = await db.executeSql('select count(*) as n from pg_prepared_statements')
      counts.push(row?.n as number)
      await pause(50)
    }
    await Promise.all([
      ...Array.from({ length: 10 }, () => db.connectionContext(count)),
      ...Array.from({ length: 10 }, () => count())
    ])
    return counts.filter(n => n > PREPARED + 2)
  }

  async function heap(): Promise<number> {
    for (let i = 0; i < 5; i++) {
      await pause(20)
      collectGarbage()
    }
    return process.memoryUsage().heapUsed
  }
})
