import { Socket } from 'node:net'
import type { Driver } from '../../lib/driver/driver.js'
import { postgresJs } from '../../lib/driver/postgres-js.js'
import { cell, driverFor, outcome, pause, statement } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('connecting', live => {
  const onPostgresql = live.name === 'postgresql' ? it : it.skip
  let proxy: FaultProxy
  let url: string
  const drivers: Driver[] = []
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)

  beforeAll(async () => {
    process.on('unhandledRejection', note)
    proxy = await startFaultProxyTo(live.url)
    url = proxy.url(live.url)
  })
  afterEach(async () => {
    proxy.restore()
    await Promise.all(drivers.splice(0).map(driver => driver.close(1)))
    await pause(20)
    expect(unhandled.splice(0)).toEqual([])
  })
  afterAll(async () => {
    process.off('unhandledRejection', note)
    await proxy.close()
  })

  function make(passthrough: Record<string, unknown> = {}, deadline = 1, to = url): Driver {
    const driver = driverFor(to, passthrough, deadline)
    drivers.push(driver)
    return driver
  }

  /** The error of all three ways to connect, once it is sure that they gave up in time. */
  async function refusals(make: () => Driver): Promise<unknown[]> {
    const start = performance.now()
    const work = [make().connect(), make().acquire(), make().query(statement('select 1')), make().script('select 1')]
    const errors = await Promise.all(work.map(one => outcome<unknown>(one)))
    expect(performance.now() - start).toBeLessThan(1800)
    return errors
  }

  it('touches no network before it is asked to', async () => {
    make()
    await pause(50)
    expect(proxy.connections).toBe(0)
  })

  it('makes sure that the server answers, and may be repeated', async () => {
    const driver = make()
    await driver.connect()
    await driver.connect()
    expect(proxy.connections).toBe(1)
    expect(await cell(driver, 'select 1')).toBe('1')
    expect(proxy.connections).toBe(1)
  })

  it.each(['refuse', 'silent'] as const)(
    'gives up at the deadline when the other end is %s, and works once it is well',
    async fault => {
      proxy[fault]()
      const driver = make({ max: 2 })
      for (const error of await refusals(() => driver)) {
        expect(error).toMatchObject({
          name: 'ConnectionLost',
          code: 'CONNECT_FAILED',
          message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${proxy.port}.*Check the host`))
        })
      }
      proxy.restore()
      expect(await cell(driver, 'select 1')).toBe('1')
      const connection = await driver.acquire()
      expect(await cell(connection, 'select 1')).toBe('1')
      connection.release('idle')
    }
  )

  it('pauses between its tries', async () => {
    let tries = 0
    proxy.refuse()
    const counted = () => {
      tries++
      return new Socket().connect(proxy.port, proxy.host)
    }
    expect(await outcome(make({ socket: counted }).connect())).toMatchObject({ code: 'CONNECT_FAILED' })
    expect(tries).toBeGreaterThan(1)
    expect(tries).toBeLessThan(12)
    const before = tries
    await pause(1100)
    expect(tries).toBe(before)
  })

  it('gives up at once when nobody listens', async () => {
    const start = performance.now()
    const { host } = proxy
    for (const error of await refusals(() => make({}, 5, `postgresql://nobody@${host}:1/none`))) {
      expect(error).toMatchObject({ code: 'CONNECT_FAILED', message: expect.stringContaining(`${host}:1: connection refused`) })
    }
    for (const error of await refusals(() => make({}, 5, `postgresql://nobody@${host}:1,${host}:2/none`))) {
      expect(error).toMatchObject({ code: 'CONNECT_FAILED', message: expect.stringContaining(`${host}:1, ${host}:2`) })
    }
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('tries the next host when one refuses, or is silent', async () => {
    const other = await startFaultProxyTo(live.url)
    const both = new URL(url)
    const hosts = (first: string) => url.replace(both.host, `${first},${other.host}:${other.port}`)
    expect(await cell(make({}, 2, hosts(`${proxy.host}:1`)), 'select 1')).toBe('1')
    proxy.silent()
    expect(await cell(make({}, 1, hosts(both.host)), 'select 1')).toBe('1')
    await Promise.all(drivers.splice(0).map(driver => driver.close(1)))
    await other.close()
  })

  it.each([
    ['given', [8, 0]],
    ['roundRobin', [4, 4]],
    ['random', [8, 8]]
  ] as const)('tries the hosts in order: %s', async (hostOrder, most) => {
    const other = await startFaultProxyTo(live.url)
    const both = new URL(url)
    const database = url.replace(both.host, `${both.host},${other.host}:${other.port}`)
    const driver = postgresJs({ database, connectTimeout: 2, passthrough: {}, hostOrder })
    const held = await Promise.all(Array.from({ length: 8 }, () => driver.acquire()))
    const counts = [proxy.connections, other.connections]
    expect(counts[0] + counts[1]).toBe(8)
    expect(counts.map((count, i) => count <= most[i])).toEqual([true, true])
    for (const connection of held) connection.release('idle')
    await driver.close(1)
    await other.close()
  })

  it('rejects all that wait, at once, when no connection can be made', async () => {
    const driver = make({ max: 2 }, 1, `postgresql://nobody@${proxy.host}:1/none`)
    const waiting = Array.from({ length: 500 }, () => driver.query(statement('select 1')))
    const done = await outcome(Promise.allSettled(waiting))
    expect((done as { status: string }[]).filter(({ status }) => status === 'rejected')).toHaveLength(500)
  })

  it('goes on with the connections it has when the server allows no more', async () => {
    const driver = make({ max: 4 })
    await cell(driver, 'select 1')
    proxy.refuse()
    const done = Array.from({ length: 50 }, (_, i) => cell(driver, 'select $1 from pg_sleep(0.01)', i))
    expect(await Promise.all(done)).toEqual(done.map((_, i) => String(i)))
  })

  it('does not go on asking for more than the server allows', async () => {
    let tries = 0
    const driver = make({ max: 4, socket: () => new Socket().connect(tries++ === 0 ? proxy.port : 1, proxy.host) })
    await cell(driver, 'select 1')
    for (let i = 0; i < 50; i++) await Promise.all([cell(driver, 'select 1'), cell(driver, 'select 2'), cell(driver, 'select 3')])
    expect(tries).toBeGreaterThan(1)
    expect(tries).toBeLessThan(10)
  })

  it('replaces a connection that does not answer', async () => {
    const driver = make()
    await driver.connect()
    proxy.halfOpen()
    expect(await outcome(driver.connect())).toMatchObject({ code: 'CONNECT_FAILED' })
    proxy.restore()
    await driver.connect()
  })

  onPostgresql('tells the database, the user and the server when those are refused', async () => {
    const wrong = new URL(url)
    wrong.pathname = '/nowhere'
    expect(await outcome(make({}, 1, wrong.href).connect())).toMatchObject({
      name: 'OperationalError',
      sqlstate: '3D000',
      message: expect.stringMatching(new RegExp(`database "nowhere" at 127\\.0\\.0\\.1:${proxy.port}`))
    })
    const refused = await outcome(make({ user: 'nobody', password: 'hunter2' }, 1).connect())
    expect(refused).toMatchObject({ name: 'OperationalError', message: expect.stringMatching(/user "nobody", database/) })
    expect(String(refused)).not.toContain('hunter2')
  })

  onPostgresql('reports the error of a password function', async () => {
    const password = () => Promise.reject(new Error('the vault is closed'))
    expect(await outcome(make({ password }).connect())).toMatchObject({
      code: 'CONNECT_FAILED',
      message: expect.stringContaining('the vault is closed')
    })
  })

  it('refuses options that cannot work, without telling the password', () => {
    expect(() => make({ ssl: { ca: 'no certificate', key: 'no key' } })).toThrow(
      expect.objectContaining({ code: 'BAD_ARGUMENT' })
    )
    expect(() => make({ target_session_attrs: 'best' })).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }))
    expect(() => make({}, 1, 'postgresql://me:hunter2@host:port:port/x')).toThrow(expect.objectContaining({ code: 'BAD_URL' }))
    expect(() => make({}, 1, 'postgresql://me:hunter2@host:port:port/x')).not.toThrow(/hunter2/)
  })

  it('finds a server by its role', async () => {
    expect(await cell(make({ target_session_attrs: 'read-write' }), 'select true')).toBe('t')
  })

  it('takes a database name and options instead of a URL', async () => {
    const { username, password, pathname } = new URL(live.url)
    const driver = make({ host: proxy.host, port: proxy.port, username, password }, 1, pathname.slice(1))
    expect(await cell(driver, 'select current_database()')).toBe(pathname.slice(1))
  })
})
