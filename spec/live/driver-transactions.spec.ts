import type { Driver, TransactionConnection } from '../../lib/driver/driver.js'
import { cell, driverFor, outcome, pause, statement } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('a transaction connection', live => {
  let proxy: FaultProxy
  let driver: Driver
  let held: TransactionConnection | undefined

  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
    driver = driverFor(live.url)
    await driver.query(statement('create table item (id int primary key, name varchar(20) not null)'))
    await driver.close(1)
  })
  beforeEach(async () => {
    driver = driverFor(proxy.url(live.url))
    await driver.query(statement('delete from item'))
  })
  afterEach(async () => {
    proxy.restore()
    held?.release('dirty')
    held = undefined
    await driver.close(1)
  })
  afterAll(() => proxy.close())

  const insert = (id: number) => statement('insert into item values ($1, $2)', id, 'x')
  const acquire = async () => (held = await driver.acquire())
  const count = () => cell(driver, 'select count(*) from item')

  it('keeps its transaction to itself, and is used again', async () => {
    const connection = await acquire()
    await connection.query(statement('begin'))
    await connection.query(insert(1))
    expect(await count()).toBe('0')
    expect(await connection.query(statement('commit'))).toMatchObject({ command: 'COMMIT' })
    connection.release('idle')
    expect(await count()).toBe('1')
    const before = proxy.connections
    expect(await cell(await acquire(), 'select 1')).toBe('1')
    expect(proxy.connections).toBe(before)
  })

  it('sends what is handed over in one tick in one flight, however much it is and however new', async () => {
    const connection = await acquire()
    await connection.query(statement('begin'))
    proxy.delay(30)
    proxy.resetFlights()
    const small = Array.from({ length: 150 }, (_, i) => connection.query(statement(`select ${i}::int4, $1`, 'new')))
    const large = Array.from({ length: 50 }, (_, i) =>
      connection.query(statement('select $1::int4, length($2)', i, 'x'.repeat(3000)))
    )
    const done = await Promise.all([...small, ...large])
    expect(done.map(({ rows }) => rows[0]?.[0])).toEqual([...small.map((_, i) => String(i)), ...large.map((_, i) => String(i))])
    expect(proxy.flights).toBe(1)
  })

  it('is opened without a flight of its own', async () => {
    await cell(driver, 'select 1')
    const plain = await flightsOf(() => cell(driverFresh(), 'select 1'))
    const transaction = await flightsOf(async () => {
      const connection = await driverFresh().acquire()
      await Promise.all([connection.query(statement('begin')), connection.query(statement('commit'))])
      connection.release('idle')
    })
    expect(transaction).toBe(plain)
  })

  it('is a connection of its own, also when several are opened at once', async () => {
    driver = await renewed({ max: 5 })
    const connections = await Promise.all(Array.from({ length: 5 }, () => driver.acquire()))
    expect(proxy.connections).toBe(5)
    await Promise.all(connections.map((connection, i) => connection.query(statement(`set application_name = 'number ${i}'`))))
    const names = await Promise.all(connections.map(connection => cell(connection, 'show application_name')))
    expect(names).toEqual(connections.map((_, i) => `number ${i}`))
    for (const connection of connections) connection.release('idle')
  })

  it('is waited for, first come first served, while all are in use', async () => {
    driver = await renewed({ max: 2 })
    const [first, second] = [await driver.acquire(), await driver.acquire()]
    const served: number[] = []
    const waiting = [1, 2, 3].map(async i => {
      const connection = await driver.acquire()
      served.push(i)
      connection.release(i === 1 ? 'dirty' : 'idle')
    })
    await pause(50)
    expect(served).toEqual([])
    first?.release('idle')
    await Promise.all(waiting)
    second?.release('idle')
    expect(served).toEqual([1, 2, 3])
  })

  it.each([
    ['released inside its transaction', 'idle', false],
    ['released as dirty', 'dirty', false],
    ['released while a statement runs', 'idle', true]
  ] as const)('is not used again when %s', async (_, state, running) => {
    const connection = await acquire()
    await connection.query(statement(`set application_name = 'marked'`))
    await connection.query(statement('begin'))
    await connection.query(insert(1))
    const last = running ? outcome(connection.query(statement('select pg_sleep(1)'))) : undefined
    connection.release(state)
    expect(connection.alive).toBe(false)
    if (last) expect(await last).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await cell(await acquire(), 'show application_name')).not.toBe('marked')
    expect(await count()).toBe('0')
  })

  it('is not used again when released as dirty after its transaction', async () => {
    const connection = await acquire()
    await connection.query(statement(`set application_name = 'marked'`))
    connection.release('dirty')
    expect(await cell(await acquire(), 'show application_name')).not.toBe('marked')
  })

  it('refuses everything after its release, and a second release changes nothing', async () => {
    const connection = await driver.acquire()
    connection.release('idle')
    connection.release('idle')
    expect(await outcome(connection.query(insert(1)))).toMatchObject({ name: 'ConnectionLost', code: 'CONNECTION_LOST' })
    expect(await outcome(connection.script('select 1'))).toMatchObject({ code: 'CONNECTION_LOST' })
    const [a, b] = [await driver.acquire(), await driver.acquire()]
    await a?.query(statement('begin'))
    await a?.query(statement('create table twice (id int primary key)'))
    expect(await b?.query(statement('rollback')).catch(() => 'no transaction')).toBeDefined()
    await a?.query(statement('commit'))
    await a?.query(statement('drop table twice'))
    a?.release('idle')
    b?.release('idle')
  })

  it.each(['close', 'reset'] as const)('is dead once it broke (%s): what follows never runs on another one', async how => {
    const connection = await acquire()
    const lost: Error[] = []
    connection.onLost(error => lost.push(error))
    await connection.query(statement('begin'))
    await connection.query(insert(1))
    const inFlight = [outcome(connection.query(statement('select pg_sleep(1)'))), outcome(connection.query(insert(2)))]
    await pause(200)
    proxy.cut(how)
    expect(await inFlight[0]).toMatchObject({ name: 'ConnectionLost', code: 'CONNECTION_LOST', sql: 'select pg_sleep(1)' })
    expect(await inFlight[1]).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(connection.alive).toBe(false)
    expect(lost).toHaveLength(1)
    const later = await Promise.all(Array.from({ length: 150 }, (_, i) => outcome(connection.query(insert(10 + i)))))
    for (const one of later) expect(one).toMatchObject({ code: 'CONNECTION_LOST' })
    await pause(100)
    expect(await count()).toBe('0')
  })

  it('notices when it breaks while nothing runs on it', async () => {
    const connection = await acquire()
    await connection.query(statement('begin'))
    const lost = new Promise<Error>(resolve => connection.onLost(resolve))
    proxy.cut()
    const handedOver = outcome(connection.query(insert(1)))
    expect(await lost).toMatchObject({ code: 'CONNECTION_LOST', message: expect.stringContaining(String(proxy.port)) })
    expect(await handedOver).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await outcome(connection.query(insert(2)))).toMatchObject({ code: 'CONNECTION_LOST' })
    await pause(50)
    expect(await count()).toBe('0')
  })

  it('is not handed out when it broke at rest', async () => {
    ;(await driver.acquire()).release('idle')
    proxy.cut()
    await pause(50)
    expect(await cell(await acquire(), 'select 1')).toBe('1')
  })

  const opened: Driver[] = []
  afterEach(() => Promise.all(opened.splice(0).map(one => one.close(1))))

  /** Another driver, closed at the end of the spec. */
  function driverFresh(): Driver {
    const one = driverFor(proxy.url(live.url))
    opened.push(one)
    return one
  }

  /** The driver in place of the one that the spec began with. */
  async function renewed(passthrough: Record<string, unknown>): Promise<Driver> {
    await driver.close(1)
    return driverFor(proxy.url(live.url), passthrough)
  }

  async function flightsOf(work: () => Promise<unknown>): Promise<number> {
    proxy.delay(20)
    proxy.resetFlights()
    await work()
    return proxy.flights
  }
})
