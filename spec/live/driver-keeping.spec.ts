import { execFile } from 'node:child_process'
import { Socket } from 'node:net'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Driver } from '../../lib/driver/driver.js'
import { cell, driverFor, outcome, pause, statement } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('keeping connections', live => {
  let proxy: FaultProxy
  let driver: Driver
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  afterEach(async () => {
    proxy.restore()
    await driver.close(1)
  })
  afterAll(() => proxy.close())
  const make = (passthrough = {}) => (driver = driverFor(proxy.url(live.url), passthrough))

  it('closes those that are idle for too long, when told to', async () => {
    make({ idle_timeout: 0.2 })
    ;(await driver.acquire()).release('idle')
    await Promise.all([cell(driver, 'select 1'), cell(driver, 'select 1')])
    expect(proxy.connections).toBe(3)
    await pause(500)
    expect(proxy.connections).toBe(0)
    expect(await cell(driver, 'select 1')).toBe('1')
  })

  it('replaces those that are too old, between transactions only', async () => {
    make({ max_lifetime: 0.2 })
    const connection = await driver.acquire()
    await connection.query(statement(`set application_name = 'marked'`))
    await pause(300)
    expect(await cell(connection, 'show application_name')).toBe('marked')
    const before = proxy.connections
    connection.release('idle')
    await pause(50)
    expect(proxy.connections).toBe(before - 1)
    const next = await driver.acquire()
    expect(await cell(next, 'show application_name')).not.toBe('marked')
    next.release('idle')
  })

  it('replaces plain ones that are too old without losing what runs on them', async () => {
    const onclose = jest.fn()
    make({ max: 1, max_lifetime: 0.1, idle_timeout: 0.2, onclose })
    const done = Array.from({ length: 20 }, (_, i) => cell(driver, 'select $1 from pg_sleep(0.03)', i))
    expect(await Promise.all(done)).toEqual(done.map((_, i) => String(i)))
    for (let i = 0; i < 8; i++) await cell(driver, 'select 1 from pg_sleep(0.03)')
    expect(onclose).toHaveBeenCalled()
  })

  it("calls the user's onclose for each", async () => {
    const onclose = jest.fn()
    make({ onclose })
    await cell(driver, 'select 1')
    await driver.close(1)
    expect(onclose).toHaveBeenCalledTimes(1)
  })

  it('ends them all on close, after the work in flight', async () => {
    make({ max: 1 })
    const connection = await driver.acquire()
    const work = [
      ...Array.from({ length: 150 }, (_, i) => cell(driver, 'select $1 from pg_sleep(0.001)', i)),
      cell(connection, 'select 1 from pg_sleep(0.2)').finally(() => connection.release('idle'))
    ]
    const waiting = outcome(driver.acquire())
    const closing = driver.close(5)
    expect(await waiting).toMatchObject({ name: 'InterfaceError' })
    expect(await outcome(driver.query(statement('select 1')))).toMatchObject({ name: 'InterfaceError' })
    expect(await outcome(driver.acquire())).toMatchObject({ name: 'InterfaceError' })
    expect(await Promise.all(work)).toHaveLength(151)
    await closing
    await pause(50)
    expect(proxy.connections).toBe(0)
  })

  it.each(['works', 'is deaf'])('breaks off what does not end in time, when the network %s', async network => {
    const sockets = collectSockets()
    const connection = await driver.acquire()
    const [plain, held] = [
      outcome(cell(driver, 'select 1 from pg_sleep(2)')),
      outcome(cell(connection, 'select 1 from pg_sleep(2)'))
    ]
    await pause(100)
    if (network === 'is deaf') proxy.halfOpen()
    const start = performance.now()
    await driver.close(0.1)
    expect(performance.now() - start).toBeLessThan(1500)
    expect(await plain).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await held).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true])
  })

  it('ends in time on a deaf network, nothing being in flight', async () => {
    const sockets = collectSockets()
    await cell(driver, 'select 1')
    proxy.halfOpen()
    const start = performance.now()
    await driver.close(1)
    expect(performance.now() - start).toBeLessThan(1800)
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true])
  })

  it.each([
    ['after close', '{}', 'await driver.close(5)'],
    ['when every connection went for being idle', '{ idle_timeout: 0.2 }', '']
  ])('lets the process end by itself %s', async (_, passthrough, last) => {
    make()
    const driverModule = JSON.stringify(pathToFileURL(`${process.cwd()}/lib/driver/postgres-js.ts`).href)
    const program = `
      import { postgresJs } from ${driverModule}
      const driver = postgresJs({ database: ${JSON.stringify(live.url)}, connectTimeout: 5, passthrough: ${passthrough} })
      await driver.connect()
      ;(await driver.acquire()).release('idle')
      ${last}
      console.log('done')`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 10_000 })
    expect(stdout).toBe('done\n')
  })

  /** The sockets that a new driver will make. */
  function collectSockets(): Socket[] {
    const sockets: Socket[] = []
    const socket = () => sockets[sockets.push(new Socket().connect(proxy.port, proxy.host)) - 1]
    make({ socket })
    return sockets
  }
})
