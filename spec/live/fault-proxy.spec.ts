import { connect } from 'node:net'
import postgres from 'postgres'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

eachServer('the fault proxy', live => {
  let proxy: FaultProxy
  let sql: postgres.Sql
  let direct: postgres.Sql

  beforeAll(async () => {
    direct = postgres(live.url, { max: 1, fetch_types: false })
    await direct`create table item (id int primary key)`
  })
  beforeEach(async () => {
    proxy = await startFaultProxyTo(live.url)
    sql = postgres(proxy.url(live.url), { max: 1, fetch_types: false, connect_timeout: 2, onnotice: () => {} })
    await direct`delete from item`
  })
  afterEach(async () => {
    proxy.restore()
    await sql.end({ timeout: 0 })
    await proxy.close()
  })
  afterAll(() => direct.end())

  const items = async () => (await direct`select id from item order by id`).map(row => Number(row.id))
  const insert = (id: number) => sql.unsafe(`insert into item values (${id})`, [], { prepare: true })

  it('passes everything on', async () => {
    expect(await sql`select 1::int4 as one`).toMatchObject([{ one: 1 }])
    expect(proxy.connections).toBe(1)
    expect(await sql.unsafe(`select repeat('x', 300000) as long`)).toMatchObject([{ long: 'x'.repeat(300000) }])
  })

  it('counts flights: what is sent before the first answer is one', async () => {
    await sql`select 1`
    proxy.delay(20)
    proxy.resetFlights()
    await sql`select 1`
    expect(proxy.flights).toBe(1)
    await Promise.all([sql`select 1`, sql`select 1`, sql`select 1`])
    expect(proxy.flights).toBe(2)
    await sql`select ${'typed by asking'}::text`
    expect(proxy.flights).toBe(4)
  })

  it('adds the delay to each round trip', async () => {
    await sql`select 1`
    proxy.delay(60)
    const start = performance.now()
    await sql`select 1`
    expect(performance.now() - start).toBeGreaterThan(55)
  })

  it.each(['close', 'reset'] as const)('cuts all connections (%s)', async how => {
    const failed = sql`select pg_sleep(5)`.then(
      () => 'done',
      error => error.code
    )
    await pause(200)
    proxy.cut(how)
    expect(await failed).toBe(how === 'reset' ? 'ECONNRESET' : 'CONNECTION_CLOSED')
    expect(proxy.connections).toBe(0)
  })

  it('cuts before a statement, in the middle of a pipeline', async () => {
    await sql`select 1`
    proxy.cutWhen(/values \(2\)/, 'before')
    const done = await Promise.allSettled([insert(1), insert(2)])
    expect(done.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await pause(100)
    expect(await items()).not.toContain(2)
  })

  it('cuts after a statement, which then takes effect', async () => {
    await sql`select 1`
    proxy.cutWhen(/values \(1\)/, 'after')
    await expect(insert(1)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
    await pause(100)
    expect(await items()).toEqual([1])
  })

  it('drops the answer of a statement, which took effect, and passes on the answers before it', async () => {
    await insert(1)
    proxy.dropAnswerWhen(/values \(3\)/)
    const done = await Promise.allSettled([insert(2), insert(3)])
    expect(done.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(await items()).toEqual([1, 2, 3])
  })

  it('knows a prepared statement by its text when it is used again', async () => {
    await insert(1)
    await direct`delete from item`
    proxy.cutWhen(/values \(1\)/, 'before')
    await expect(insert(1)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
    expect(await items()).toEqual([])
  })

  it('springs a trap once', async () => {
    proxy.cutWhen(sent => sent.includes('pg_sleep'), 'before')
    await expect(sql`select pg_sleep(0)`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
    expect(await sql`select pg_sleep(0)`).toHaveLength(1)
  })

  it('reads messages that arrive byte by byte', async () => {
    const socket = connect(proxy.port, proxy.host).setNoDelay(true).resume()
    const gone = new Promise(resolve => socket.on('close', resolve))
    const user = decodeURIComponent(new URL(live.url).username) || 'root'
    const body = Buffer.from(`\0\0\0\0\0\x03\0\0user\0${user}\0\0`, 'latin1')
    body.writeUInt32BE(body.length)
    proxy.cutWhen(/hello/, 'before')
    for (const byte of Buffer.concat([body, Buffer.from('Q\0\0\0\x0ahello\0', 'latin1')])) {
      socket.write(Buffer.of(byte))
      await pause(1)
    }
    await gone
    expect(proxy.connections).toBe(0)
  })

  it('goes deaf with its sockets open, until restored', async () => {
    await sql`select 1`
    proxy.halfOpen()
    const query = sql`select 2::int4 as two`.then(
      rows => rows[0]?.two,
      error => error.code
    )
    expect(await Promise.race([query, pause(200)])).toBeUndefined()
    expect(proxy.connections).toBe(1)
    proxy.restore()
    expect(await query).toBe('CONNECTION_CLOSED')
    expect(await sql`select 2::int4 as two`).toMatchObject([{ two: 2 }])
  })

  it('closes new connections at once, or never answers them', async () => {
    proxy.refuse()
    await new Promise(resolve =>
      connect(proxy.port, proxy.host)
        .on('close', resolve)
        .on('error', () => {})
        .resume()
    )
    proxy.silent()
    await expect(sql`select 1`).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' })
    proxy.restore()
    expect(await sql`select 1`).toHaveLength(1)
  })
})
