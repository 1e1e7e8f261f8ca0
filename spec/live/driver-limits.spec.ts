import { AbortError, QueryCanceled } from 'pewit'
import type { Driver } from '../../lib/driver/driver.js'
import { cell, driverFor, outcome, pause, rows, statement } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('breaking statements off', live => {
  let proxy: FaultProxy
  let driver: Driver
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  beforeEach(() => {
    driver = make({ max: 2 })
  })
  afterEach(async () => {
    proxy.restore()
    await driver.close(1)
  })
  afterAll(() => proxy.close())

  const make = (passthrough: Record<string, unknown>) => driverFor(proxy.url(live.url), passthrough)
  /** Whether the server listens to cancel requests; one that does not loses the connection, and may sleep on. */
  const listens = !/^v(20|21)\./.test(live.version)
  const slow = (seconds = 20) => statement(`select 1 from pg_sleep(${seconds})`)
  /** How many statements run on the server that sleep so long. */
  const sleeping = async (seconds = 20) => {
    const text =
      live.name === 'cockroachdb'
        ? `select count(*) from [show cluster statements] where query like '%pg_sleep(${seconds})%' and query not like '%count%'`
        : `select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(${seconds})' and datname = current_database()`
    const other = driverFor(live.url)
    const count = await cell(other, text)
    await other.close(1)
    return Number(count)
  }

  describe.each(['plain', 'held'] as const)('on a %s connection', where => {
    const on = async () => (where === 'plain' ? driver : await driver.acquire())

    it('by an AbortSignal rejects with AbortError, the reason as its cause, and ends it on the server', async () => {
      const controller = new AbortController()
      const reason = new Error('the user went away')
      const target = await on()
      const running = outcome(target.query(slow(), { signal: controller.signal }), 6000)
      await pause(200)
      const started = performance.now()
      controller.abort(reason)
      const error = await running
      expect(error).toBeInstanceOf(AbortError)
      expect(error).toMatchObject({ name: 'AbortError', code: 'ABORTED', cause: reason, sql: slow().text })
      expect(performance.now() - started).toBeLessThan(3000)
      await pause(50)
      if (listens) expect(await sleeping()).toBe(0)
      if ('release' in target) target.release('idle')
      for (let i = 0; i < 20; i++) expect(await cell(driver, 'select $1', i)).toBe(String(i))
    })

    it('by a timeout rejects with QueryCanceled', async () => {
      const target = await on()
      const error = await outcome(target.query(slow(), { timeout: 0.2 }), 6000)
      expect(error).toBeInstanceOf(QueryCanceled)
      expect(error).not.toBeInstanceOf(AbortError)
      expect(error).toMatchObject({ code: 'CANCELED', message: expect.stringContaining('more than 0.2 seconds') })
      if ('release' in target) target.release('dirty')
    })

    it('sends nothing where the signal is aborted already', async () => {
      const target = await on()
      proxy.resetFlights()
      const error = await outcome(target.query(statement('select 1'), { signal: AbortSignal.abort('no') }))
      expect(error).toMatchObject({ name: 'AbortError', cause: 'no', message: expect.stringContaining('not sent') })
      expect(proxy.flights).toBe(0)
      if ('release' in target) target.release('idle')
    })

    it('leaves what is quick enough alone', async () => {
      const target = await on()
      const { signal } = new AbortController()
      const many = Array.from({ length: 40 }, (_, i) => target.query(statement('select $1', i), { signal, timeout: 5 }))
      expect((await Promise.all(many)).map(({ rows }) => rows[0]?.[0])).toEqual(many.map((_, i) => String(i)))
      if ('release' in target) target.release('idle')
    })
  })

  it('never hits a neighbour', async () => {
    driver = await renewed({ max: 1 })
    await cell(driver, 'select 1')
    // The cancel request arrives when the statement has ended, and others run.
    proxy.delay(40)
    const hits: unknown[] = []
    for (let round = 0; round < 6; round++) {
      const controller = new AbortController()
      const aborted = outcome(driver.query(slow(0.05), { signal: controller.signal }))
      const neighbours = Array.from({ length: 10 }, (_, i) => outcome(cell(driver, 'select $1 from pg_sleep(0.02)', i)))
      await pause(58 + 4 * round)
      controller.abort()
      hits.push(...(await Promise.all(neighbours)).filter((one, i) => one !== String(i)))
      await aborted
      const after = Array.from({ length: 5 }, (_, i) => outcome(cell(driver, 'select $1 from pg_sleep(0.01)', i)))
      hits.push(...(await Promise.all(after)).filter((one, i) => one !== String(i)))
    }
    expect(hits).toEqual([])
  })

  it('in a transaction hits the statement that was meant, not the one that runs before it', async () => {
    const connection = await driver.acquire()
    await connection.script('begin')
    const controller = new AbortController()
    const before = outcome(connection.query(slow(0.3)))
    const meant = outcome(connection.query(slow(), { signal: controller.signal }), 6000)
    await pause(50)
    controller.abort()
    expect(await before).toMatchObject({ rows: [['1']] })
    expect(await meant).toBeInstanceOf(AbortError)
    connection.release('dirty')
  })

  it('frees the caller though the server does not listen, and closes the connection', async () => {
    const controller = new AbortController()
    const connection = await driver.acquire()
    const running = outcome(connection.query(slow(3), { signal: controller.signal }), 6000)
    await pause(100)
    // Neither the cancel request nor anything else gets through.
    proxy.halfOpen()
    controller.abort()
    expect(await running).toMatchObject({ name: 'AbortError', message: expect.stringContaining('the connection was closed') })
    expect(connection.alive).toBe(false)
    connection.release('dirty')
    proxy.restore()
    expect(await cell(driver, 'select 1')).toBe('1')
  })

  it('frees who waits for a connection, in order of abort', async () => {
    driver = await renewed({ max: 1 })
    const first = outcome(driver.query(slow(0.4), { timeout: 5 }))
    const controller = new AbortController()
    const second = outcome(driver.query(slow(0.1), { signal: controller.signal }))
    const third = outcome(driver.query(statement('select 3'), { timeout: 5 }))
    await pause(50)
    controller.abort()
    expect(await Promise.race([first, second])).toMatchObject({
      name: 'AbortError',
      message: expect.stringContaining('not sent')
    })
    expect(await first).toMatchObject({ rows: [['1']] })
    expect(await third).toMatchObject({ rows: [['3']] })
  })

  it('uses no more connections than there may be', async () => {
    driver = await renewed({ max: 2 })
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 20 }, () => rows(limited(signal), 'select 1 from pg_sleep(0.01)')))
    expect(proxy.connections).toBeLessThanOrEqual(2)
  })

  it('goes to the host that the connection leads to', async () => {
    const other = await startFaultProxyTo(live.url)
    const url = new URL(proxy.url(live.url))
    const hosts = `127.0.0.1:1,127.0.0.1:${other.port}`
    driver = await renewed({}, url.href.replace(url.host, hosts))
    const running = outcome(driver.query(slow(21), { timeout: 0.3 }), 6000)
    expect(await running).toBeInstanceOf(QueryCanceled)
    await pause(50)
    if (listens) expect(await sleeping(21)).toBe(0)
    await driver.close(1)
    await other.close()
  })

  const limited = (signal: AbortSignal) => ({ query: (one: Parameters<Driver['query']>[0]) => driver.query(one, { signal }) })

  async function renewed(passthrough: Record<string, unknown>, url = proxy.url(live.url)): Promise<Driver> {
    await driver.close(1)
    return driverFor(url, passthrough)
  }
})
