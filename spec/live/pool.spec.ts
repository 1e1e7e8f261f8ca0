import { ConnectionLost, MaxConnectionsExceeded, OperationalError, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { PooledCockroachDatabase, PooledPostgresqlDatabase, type PoolOptions } from 'pewit/playhouse/pool'
import { outcome, pause } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('a pool', live => {
  const Kind = live.name === 'cockroachdb' ? PooledCockroachDatabase : PooledPostgresqlDatabase
  let proxy: FaultProxy
  let db: PooledPostgresqlDatabase
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  afterEach(async () => {
    jest.restoreAllMocks()
    proxy.restore()
    await db.close({ timeout: 1 })
    await pause(20)
    expect(proxy.connections).toBe(0)
  })
  afterAll(() => proxy.close())

  const make = async (options: PoolOptions = {}) => {
    db = new Kind(proxy.url(live.url), options)
    await db.connect()
    return db
  }
  const one = () => db.executeSql('select 1 as one')
  /** Holds a connection until it is told to stop. */
  function hold(how: 'transaction' | 'connectionContext' = 'transaction') {
    let end = () => {}
    const ended = new Promise<void>(resolve => {
      end = resolve
    })
    const begun = new Promise<void>((resolve, reject) => {
      const block = async () => {
        await one()
        resolve()
        await ended
      }
      const running: Promise<unknown> = how === 'transaction' ? db.transaction(block) : db.connectionContext(block)
      running.catch(reject)
      held.push(running)
    })
    return { begun, end }
  }
  const held: Promise<unknown>[] = []
  afterEach(() => Promise.allSettled(held.splice(0)))

  it('is the kind of database that it pools', async () => {
    await make()
    expect(db).toBeInstanceOf(live.name === 'cockroachdb' ? CockroachDatabase : PostgresqlDatabase)
    expect(await one()).toEqual([{ one: 1 }])
    expect(await db.transaction(one)).toEqual([{ one: 1 }])
  })

  describe('limits the connections that are held', () => {
    it.each(['transaction', 'connectionContext'] as const)('by a %s; without a timeout the next fails at once', async how => {
      await make({ maxConnections: 2 })
      const [first, second] = [hold(how), hold('transaction')]
      await Promise.all([first.begun, second.begun])
      const started = performance.now()
      for (const work of [() => db.transaction(one), () => db.runTransaction(one), () => db.connectionContext(one)]) {
        expect(await outcome<unknown>(work())).toBeInstanceOf(MaxConnectionsExceeded)
      }
      expect(performance.now() - started).toBeLessThan(200)
      expect(await outcome(db.transaction(one))).toMatchObject({
        code: 'MAX_CONNECTIONS',
        message: expect.stringContaining('All 2 connections are in use')
      })
      first.end()
      await held[0]
      expect(await db.transaction(one)).toEqual([{ one: 1 }])
      second.end()
    })

    it('20 of them unless told otherwise, and any number for 0', async () => {
      await make()
      expect(db.poolStats().max).toBe(20)
      await db.close()
      await make({ maxConnections: 0 })
      expect(db.poolStats().max).toBe(Number.POSITIVE_INFINITY)
      expect(await db.transaction(one)).toEqual([{ one: 1 }])
    })

    it('but not those that plain queries share', async () => {
      await make({ maxConnections: 1 })
      const holder = hold()
      await holder.begun
      expect(await Promise.all(Array.from({ length: 30 }, () => db.outside(one)))).toHaveLength(30)
      holder.end()
    })

    it('once for a transaction inside a context', async () => {
      await make({ maxConnections: 1 })
      const nested = db.connectionContext(async () => {
        await db.transaction(one)
        return db.runTransaction(one)
      })
      expect(await outcome(nested)).toEqual([{ one: 1 }])
    })
  })

  describe('waits for a connection', () => {
    it('for so many seconds', async () => {
      await make({ maxConnections: 1, timeout: 0.2 })
      const holder = hold()
      await holder.begun
      const started = performance.now()
      const error = await outcome(db.transaction(one))
      expect(error).toBeInstanceOf(MaxConnectionsExceeded)
      expect(error).toMatchObject({ message: expect.stringContaining('within 0.2 seconds') })
      expect(performance.now() - started).toBeGreaterThan(180)
      expect(performance.now() - started).toBeLessThan(800)
      expect(db.poolStats()).toMatchObject({ used: 1, waiting: 0 })
      holder.end()
      await held[0]
      expect(await db.transaction(one)).toEqual([{ one: 1 }])
    })

    it('for ever with 0, first come first served', async () => {
      await make({ maxConnections: 1, timeout: 0 })
      const holder = hold()
      await holder.begun
      const served: number[] = []
      const waiting = Array.from({ length: 20 }, (_, i) => db.transaction(async () => void served.push(i)))
      await pause(50)
      expect(db.poolStats()).toMatchObject({ max: 1, used: 1, waiting: 20 })
      holder.end()
      await Promise.all(waiting)
      expect(served).toEqual(served.map((_, i) => i))
      expect(db.poolStats()).toMatchObject({ used: 0, idle: 1, waiting: 0 })
    })

    it('and is not served before others that waited longer when one gives up', async () => {
      await make({ maxConnections: 1, timeout: 0.3 })
      const holder = hold()
      await holder.begun
      const early = outcome(db.transaction(async () => 'early'))
      await pause(200)
      const late = outcome(db.transaction(async () => 'late'))
      expect(await early).toBeInstanceOf(MaxConnectionsExceeded)
      holder.end()
      expect(await late).toBe('late')
    })
  })

  describe('closes', () => {
    it('connections that are too old since they were made, when they come back and when they are to be taken', async () => {
      await make({ maxConnections: 2, staleTimeout: 0.3 })
      await db.transaction(one)
      const holder = hold()
      await holder.begun
      const other = hold()
      await other.begun
      expect(db.poolStats()).toMatchObject({ used: 2, idle: 0 })
      await pause(350)
      holder.end()
      other.end()
      await Promise.all(held)
      expect(db.poolStats()).toMatchObject({ used: 0, idle: 0 })
      await db.transaction(one)
      expect(db.poolStats()).toMatchObject({ idle: 1 })
      let opened = 0
      db.on('connect', ({ kind }) => {
        if (kind === 'held') opened++
      })
      await db.transaction(one)
      expect(opened).toBe(0)
      await pause(350)
      await db.transaction(one)
      expect(opened).toBe(1)
    })

    it('broken ones, which are never handed out', async () => {
      await make({ maxConnections: 3 })
      await Promise.all([db.transaction(one), db.transaction(one), db.transaction(one)])
      proxy.cut()
      await pause(30)
      expect(await Promise.all([db.transaction(one), db.transaction(one), db.transaction(one)])).toHaveLength(3)
    })

    it('closeIdle(): those that nobody uses', async () => {
      await make({ maxConnections: 3 })
      await Promise.all([db.transaction(one), db.transaction(one)])
      const holder = hold()
      await holder.begun
      await db.closeIdle()
      expect(db.poolStats()).toMatchObject({ used: 1, idle: 0, shared: 0 })
      expect(await db.transaction(one)).toEqual([{ one: 1 }])
      holder.end()
    })

    it('closeStale(): those that are held for too long', async () => {
      await make({ maxConnections: 3 })
      const old = outcome(db.transaction(() => db.executeSql('select pg_sleep(20)')))
      await pause(300)
      const young = hold()
      await young.begun
      expect(db.closeStale()).toBe(0)
      expect(db.closeStale(0.25)).toBe(1)
      expect(await old).toBeInstanceOf(ConnectionLost)
      young.end()
      await Promise.all(held)
      expect(await db.transaction(one)).toEqual([{ one: 1 }])
      expect(() => db.closeStale(-1)).toThrow(TypeError)
      proxy.cut()
    })

    it('closeAll(): every one, those in use too; what comes later takes new ones', async () => {
      await make({ maxConnections: 3 })
      const running = [
        outcome(db.transaction(() => db.executeSql('select pg_sleep(20)'))),
        outcome(db.executeSql('select pg_sleep(20)'))
      ]
      await pause(100)
      await db.closeAll()
      for (const error of await Promise.all(running)) expect(error).toBeInstanceOf(ConnectionLost)
      expect(db.poolStats()).toMatchObject({ used: 0, idle: 0, shared: 0 })
      expect([await one(), await db.transaction(one)]).toHaveLength(2)
      proxy.cut()
    })

    it('manualClose(): the one of this context', async () => {
      await make({ maxConnections: 2, connection: { application_name: 'ours' } })
      const name = async () => (await db.executeSql('show application_name'))[0]?.application_name
      expect(db.manualClose()).toBe(false)
      await db.connectionContext(async () => {
        await db.executeSql(`set application_name = 'mine'`)
        expect([db.manualClose(), db.manualClose()]).toEqual([true, false])
        expect(db.poolStats()).toMatchObject({ used: 0, idle: 0 })
        expect(await name()).toBe('ours')
        await db.transaction(() => expect(() => db.manualClose()).toThrow(OperationalError))
      })
      expect(db.poolStats()).toMatchObject({ used: 0, idle: 1 })
    })
  })

  it('gives back connections without an open transaction, and without what was set', async () => {
    await make({ maxConnections: 1, timeout: 2, connection: { application_name: 'ours' } })
    await db.connectionContext(async () => {
      await db.executeSql('begin')
      await db.executeSql(`set application_name = 'mine'`)
    })
    let opened = 0
    db.on('connect', () => opened++)
    await db.connectionContext(async () => {
      expect(await db.executeSql('show application_name')).toEqual([{ application_name: 'ours' }])
    })
    await db.transaction(one)
    if (live.name === 'postgresql') expect(opened).toBe(0)
  })

  describe('is started and closed by name', () => {
    const warnings = () => jest.spyOn(process, 'emitWarning').mockImplementation(() => {})

    it('and warns of a second start, and of closing none', async () => {
      db = new Kind(proxy.url(live.url), { maxConnections: 5 })
      const warn = warnings()
      await db.startConnectionPool({ maxConnections: 2 })
      expect(db.isClosed()).toBe(false)
      expect(db.poolStats().max).toBe(2)
      expect(warn).not.toHaveBeenCalled()
      await db.startConnectionPool({ maxConnections: 9 })
      expect(warn).toHaveBeenLastCalledWith(expect.stringContaining('A pool already exists'), { code: 'PEWIT_POOL' })
      expect(db.poolStats().max).toBe(2)
      await db.closeConnectionPool()
      expect(db.isClosed()).toBe(true)
      await db.closeConnectionPool()
      expect(warn).toHaveBeenLastCalledWith('No pool is running.', { code: 'PEWIT_POOL' })
    })
  })

  it('has no option max, and checks the others', () => {
    const bad: [PoolOptions, string][] = [
      [{ max: 5 }, 'UNKNOWN_OPTION'],
      [{ maxConnections: -1 }, 'BAD_ARGUMENT'],
      [{ maxConnections: 1.5 }, 'BAD_ARGUMENT'],
      [{ timeout: -1 }, 'BAD_ARGUMENT'],
      [{ staleTimeout: Number.NaN }, 'BAD_ARGUMENT'],
      [{ maxConnection: 3 }, 'UNKNOWN_OPTION']
    ]
    for (const [options, code] of bad) {
      expect(() => new Kind('x', options)).toThrow(expect.objectContaining({ name: 'TypeError', code }))
    }
  })

  it('is deferred and initialised like any other; options add up', async () => {
    db = new Kind(null, { maxConnections: 3 })
    db.init(proxy.url(live.url), { timeout: 0.1 })
    await db.connect()
    expect(db.poolStats().max).toBe(3)
    const holders = [hold(), hold(), hold()]
    await Promise.all(holders.map(({ begun }) => begun))
    expect(await outcome(db.transaction(one))).toMatchObject({ message: expect.stringContaining('within 0.1 seconds') })
    for (const { end } of holders) end()
  })
})
