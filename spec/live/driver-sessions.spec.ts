import type { Driver } from '../../lib/driver/driver.js'
import { postgresJs } from '../../lib/driver/postgres-js.js'
import { cell, driverFor, outcome, pause, rows, statement } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('sessions', live => {
  let proxy: FaultProxy
  let driver: Driver
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  afterEach(async () => {
    proxy.restore()
    await driver.close(1)
    await pause(20)
  })
  afterAll(() => proxy.close())
  const onPostgresql = live.name === 'postgresql' ? it : it.skip
  const make = (passthrough = {}) => (driver = driverFor(proxy.url(live.url), passthrough))
  const name = (on: Pick<Driver, 'query'>) => cell(on, 'show application_name')

  describe('what is set in one', () => {
    it.each([`set application_name = 'mine'`, `/* why */ SET SESSION application_name TO 'mine'`])(
      'by whoever holds it, is unset for the next: %s',
      async text => {
        make({ connection: { application_name: 'ours' } })
        const first = await driver.acquire()
        await first.query(statement(text))
        expect(await name(first)).toBe('mine')
        first.release('idle')
        const next = await driver.acquire()
        expect(await name(next)).toBe('ours')
        next.release('idle')
      }
    )

    onPostgresql('by a function, a role or as a lock, too', async () => {
      make()
      const left = [
        [`select set_config('application_name', 'mine', false)`, 'select current_setting($1)', 'application_name', 'postgres.js'],
        ['set role pg_read_all_data', 'select current_user = session_user and $1 = $1', '', 't'],
        ['select pg_advisory_lock(7)', 'select count(*) from pg_locks where locktype = $1', 'advisory', '0'],
        ['create temp table mine (id int)', 'select to_regclass($1) is null', 'mine', 't']
      ]
      for (const [text, question, value, answer] of left) {
        const first = await driver.acquire()
        await first.query(statement(text as string))
        first.release('idle')
        await pause(20)
        const next = await driver.acquire()
        expect([text, await cell(next, question as string, value as string)]).toEqual([text, answer])
        next.release('idle')
      }
    })

    onPostgresql('costs one flight to unset, and only where something was set', async () => {
      make()
      const flightsOf = async (text: string) => {
        const connection = await driver.acquire()
        await connection.query(statement(text))
        proxy.resetFlights()
        connection.release('idle')
        await pause(40)
        ;(await driver.acquire()).release('idle')
        return proxy.flights
      }
      await flightsOf('select 1')
      proxy.delay(10)
      const before = proxy.connections
      expect(await flightsOf('select 1')).toBe(0)
      expect(await flightsOf(`set local application_name = 'x'`)).toBe(0)
      expect(await flightsOf(`set application_name = 'x'`)).toBe(1)
      expect(proxy.connections).toBe(before)
    })

    it('by a plain query is nobody else’s', async () => {
      make({ max: 1 })
      await name(driver)
      await driver.query(statement(`set application_name = 'mine'`))
      for (let i = 0; i < 5; i++) expect(await name(driver)).not.toBe('mine')
      await driver.query(statement(`set application_name = 'mine'`), { timeout: 5 })
      for (let i = 0; i < 5; i++) expect(await name(driver)).not.toBe('mine')
    })
  })

  describe('prepared statements', () => {
    const kept = async (on: Pick<Driver, 'query'>) => Number(await cell(on, 'select count(*) from pg_prepared_statements'))
    const limit = 10

    function bounded(max = 1): Driver {
      driver = postgresJs({ database: proxy.url(live.url), connectTimeout: 5, passthrough: { max }, preparedStatements: limit })
      return driver
    }

    it('are bounded on connections that everybody uses', async () => {
      bounded()
      for (let i = 0; i < 200; i++) expect(await cell(driver, `select ${i}::int4 + $1`, i)).toBe(String(2 * i))
      expect(await kept(driver)).toBeLessThanOrEqual(limit + 2)
      expect(proxy.connections).toBe(1)
    })

    it('are bounded when many are sent at once, and none is lost by it', async () => {
      bounded()
      const ask = (i: number) => outcome(cell(driver, `select ${i % 37}::int4 + $1`, i))
      for (let round = 0; round < 5; round++) {
        const answers = await Promise.all(Array.from({ length: 150 }, (_, i) => ask(i)))
        expect(answers).toEqual(answers.map((_, i) => String((i % 37) + i)))
      }
      expect(await kept(driver)).toBeLessThanOrEqual(limit + 2)
    })

    it('are bounded on connections of transactions, between the transactions', async () => {
      bounded()
      for (let round = 0; round < 10; round++) {
        const connection = await driver.acquire()
        await connection.script('begin')
        for (let i = 0; i < 30; i++)
          expect(await cell(connection, `select ${round}${i}::int8 + $1`, 0)).toBe(`${Number(`${round}${i}`)}`)
        await connection.script('commit')
        connection.release('idle')
      }
      const connection = await driver.acquire()
      expect(await kept(connection)).toBeLessThanOrEqual(limit + 2)
      connection.release('idle')
      expect(proxy.connections).toBe(1)
    })

    it('that fail, or cannot be prepared, do not count for ever', async () => {
      bounded()
      for (let i = 0; i < 30; i++) {
        await outcome(cell(driver, `select ${i}::int4 / $1`, 0))
        await outcome(cell(driver, `selec ${i}`))
      }
      expect(await kept(driver)).toBeLessThanOrEqual(limit + 2)
    })

    it('stay prepared while they are few', async () => {
      bounded()
      for (let i = 0; i < 30; i++) await cell(driver, `select ${i % 3}::int4 + $1`, i)
      const names = () => rows(driver, 'select name from pg_prepared_statements order by 1')
      const before = await names()
      for (let i = 0; i < 30; i++) await cell(driver, `select ${i % 3}::int4 + $1`, i)
      expect(await names()).toEqual(before)
    })
  })
})
