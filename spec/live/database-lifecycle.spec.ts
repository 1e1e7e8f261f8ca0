import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { InterfaceError, OperationalError, PostgresqlDatabase } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { outcome, pause } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('the life of a database', live => {
  let proxy: FaultProxy
  let db: PostgresqlDatabase
  const through = () => ({ ...live, url: proxy.url(live.url) })
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  beforeEach(() => {
    db = databaseFor(through())
  })
  afterEach(async () => {
    proxy.restore()
    await db.close({ timeout: 1 })
    await pause(20)
    expect(proxy.connections).toBe(0)
  })
  afterAll(() => proxy.close())
  const one = (text = 'select 1 as one') => db.executeSql(text)

  describe('connect()', () => {
    it('opens, and says whether it did', async () => {
      expect(db.isClosed()).toBe(true)
      expect(await db.connect()).toBe(true)
      expect(db.isClosed()).toBe(false)
      expect(await outcome(db.connect())).toBeInstanceOf(OperationalError)
      expect(await outcome(db.connect())).toMatchObject({ message: expect.stringContaining('open already') })
      expect(await db.connect({ reuseIfOpen: true })).toBe(false)
    })

    it('is done by the first query, once for all that come together', async () => {
      expect(await Promise.all([one(), one(), db.transaction(() => one())])).toEqual([[{ one: 1 }], [{ one: 1 }], [{ one: 1 }]])
      expect(db.isClosed()).toBe(false)
    })

    it('is not, with autoconnect off', async () => {
      db = databaseFor(through(), { autoconnect: false })
      for (const work of [() => one(), () => db.transaction(() => one()), () => db.runTransaction(() => one())]) {
        expect(await outcome(work())).toMatchObject({ name: 'InterfaceError', message: expect.stringContaining('connect()') })
      }
      await db.connect()
      expect(await one()).toEqual([{ one: 1 }])
      await db.close()
      expect(await outcome(one())).toBeInstanceOf(InterfaceError)
    })
  })

  describe('init()', () => {
    it('says later which database is meant', async () => {
      const Kind = db.constructor as typeof PostgresqlDatabase
      db = new Kind(null, { connection: { application_name: 'deferred' } })
      expect(await outcome(db.connect())).toMatchObject({ name: 'InterfaceError', message: expect.stringContaining('init(') })
      expect(await db.close()).toBe(false)
      db.init(proxy.url(live.url))
      expect(await one('show application_name')).toEqual([{ application_name: 'deferred' }])
    })

    it('of an open database closes it first, after the work on it', async () => {
      await db.connect()
      const running = one('select 1 as one from pg_sleep(0.2)')
      await pause(20)
      db.init(proxy.url(live.url), { connection: { application_name: 'renewed' } })
      expect(db.isClosed()).toBe(true)
      expect(await one('show application_name')).toEqual([{ application_name: 'renewed' }])
      expect(await running).toEqual([{ one: 1 }])
      await db.close()
      await pause(20)
      expect(proxy.connections).toBe(0)
    })

    it('is refused inside a transaction', async () => {
      await db.transaction(() => {
        expect(() => db.init('other')).toThrow(OperationalError)
      })
      expect(await one()).toEqual([{ one: 1 }])
    })
  })

  describe('close()', () => {
    it('says whether it was open, and may be repeated', async () => {
      expect(await db.close()).toBe(false)
      await db.connect()
      expect(await Promise.all([db.close(), db.close()])).toEqual([true, false])
      expect(db.isClosed()).toBe(true)
    })

    it('is refused inside a transaction and a connection context, where it would wait for itself', async () => {
      expect(await outcome(db.transaction(() => db.close()))).toMatchObject({
        name: 'OperationalError',
        message: expect.stringContaining('while a transaction is open')
      })
      expect(await outcome(db.connectionContext(() => db.close()))).toBeInstanceOf(OperationalError)
    })

    it('waits for the work in flight, and refuses all else meanwhile', async () => {
      const begun = db.transaction(async () => {
        await one('select 1 as one from pg_sleep(0.2)')
        return one()
      })
      const plain = one('select 1 as one from pg_sleep(0.1)')
      await pause(100)
      const closing = db.close()
      const late = [one(), db.transaction(() => one()), db.runTransaction(() => one()), db.connectionContext(() => one())]
      for (const error of await Promise.all(late.map(work => outcome<unknown>(work)))) {
        expect(error).toMatchObject({
          name: 'InterfaceError',
          message: expect.stringMatching(/being closed/)
        })
      }
      expect(await begun).toEqual([{ one: 1 }])
      expect(await plain).toEqual([{ one: 1 }])
      expect(await closing).toBe(true)
      await pause(20)
      expect(proxy.connections).toBe(0)
    })

    it('waits no longer than it is told', async () => {
      const work = [outcome(one('select 1 from pg_sleep(3)')), outcome(db.transaction(() => one('select 1 from pg_sleep(3)')))]
      await pause(100)
      const started = performance.now()
      await db.close({ timeout: 0.1 })
      expect(performance.now() - started).toBeLessThan(1500)
      for (const error of await Promise.all(work)) expect(error).toMatchObject({ name: 'ConnectionLost' })
      // The server notices only when its statement has ended.
      proxy.cut()
    })

    it('is followed by a new life', async () => {
      await one()
      const closing = db.close()
      expect(await db.connect({ reuseIfOpen: true })).toBe(true)
      await closing
      expect(await one()).toEqual([{ one: 1 }])
    })

    it('ends with the block of `await using`', async () => {
      {
        await using inner = databaseFor(through())
        await inner.connect()
        expect(proxy.connections).toBe(1)
      }
      await pause(20)
      expect(proxy.connections).toBe(0)
    })

    it('lets the process end by itself', async () => {
      const program = `
        import { PostgresqlDatabase } from 'pewit'
        import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
        const db = new ${db.constructor.name}(${JSON.stringify(live.url)})
        await Promise.all([db.executeSql('select 1'), db.transaction(() => db.executeSql('select 1')), db.connectionContext(() => 1)])
        await db.close()
        console.log('done')`
      const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 })
      expect([stdout, stderr]).toEqual(['done\n', ''])
    })
  })

  describe('the server', () => {
    it('tells its version once', async () => {
      const version = await db.serverVersion()
      expect(version).toBeGreaterThan(100_000)
      expect(await db.serverVersion()).toBe(version)
      expect(await db.capabilities()).toMatchObject({ nullsOrdering: expect.any(Boolean) })
    })

    it('breaks off what takes longer than statementTimeout', async () => {
      db = databaseFor(through(), { statementTimeout: 0.3 })
      expect(await outcome(one('select 1 from pg_sleep(5)'))).toMatchObject({ name: 'QueryCanceled', sqlstate: '57014' })
      expect(await one()).toEqual([{ one: 1 }])
    })

    it('takes a password from a function, for each connection anew', async () => {
      const { username, password, pathname, hostname, port } = new URL(proxy.url(live.url))
      let asked = 0
      const Kind = db.constructor as typeof PostgresqlDatabase
      db = new Kind(pathname.slice(1), {
        host: hostname,
        port: Number(port),
        user: username,
        password: async () => {
          asked++
          return password
        }
      })
      expect(await one()).toEqual([{ one: 1 }])
      await db.transaction(() => one())
      // Only a server that asks for it.
      if (live.name === 'postgresql') expect(asked).toBe(2)
    })
  })

  it.each([
    ['statementTimeout', 0],
    ['preparedStatements', 0.5],
    ['hostOrder', 'best'],
    ['extensions', 'hstore'],
    ['logQueries', 'yes'],
    ['autoconnect', 1]
  ])('the option %s is checked', (name, value) => {
    expect(() => new PostgresqlDatabase('x', { [name]: value })).toThrow(
      expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.stringContaining(name) })
    )
  })
})
