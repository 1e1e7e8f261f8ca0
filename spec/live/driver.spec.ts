import type { Driver, TransactionConnection } from '../../lib/driver/driver.js'
import { cell, driverFor, oid, outcome, pause, rows, statement } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('the driver', live => {
  let proxy: FaultProxy
  let driver: Driver
  let held: TransactionConnection | undefined
  const onPostgresql = live.name === 'postgresql' ? it : it.skip

  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
    driver = driverFor(live.url)
    await driver.query(statement('create table item (id int primary key, name varchar(20) not null, check (id > 0))'))
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

  describe('results', () => {
    it('are arrays of text, whatever their types', async () => {
      const text = `select 1::int8, 1.50::numeric, true, null, '{"a":1}'::jsonb, 'x', date '2026-01-02', array[1,null]::int8[]`
      expect(await rows(driver, text)).toEqual([['1', '1.50', 't', null, '{"a": 1}', 'x', '2026-01-02', '{1,NULL}']])
    })

    it('name the columns and their types', async () => {
      const { columns } = await driver.query(statement('select 1::int8 as one, $1 as two', 'x'))
      expect(columns.map(({ name, oid }) => ({ name, oid }))).toEqual([
        { name: 'one', oid: oid.int8 },
        { name: 'two', oid: oid.text }
      ])
      const again = await driver.query(statement('select 1::int8 as one, $1 as two', 'x'))
      expect(again.columns[0]).toMatchObject({ name: 'one', oid: oid.int8 })
    })

    it('tell how many rows were touched, and the command', async () => {
      const many = 'insert into item select i, $1 from generate_series(1, 3) as g(i)'
      expect(await driver.query(statement(many, 'x'))).toMatchObject({ rows: [], count: 3, command: 'INSERT' })
      expect(await driver.query(statement('select id from item'))).toMatchObject({ count: 3, command: 'SELECT' })
      expect(await driver.query(statement('update item set name = $1 where id > 9', 'y'))).toMatchObject({ count: 0 })
      expect(await driver.query(statement('create table gone (id int primary key)'))).toMatchObject({ count: 0, columns: [] })
      await driver.query(statement('drop table gone'))
    })

    it('come for parameters that are typed and already text', async () => {
      const text = 'select case when $1 then $2 else $3 end, $4, $5, $6'
      const params = ['t', 'yes', 'no', '{"a": "b"}', '{1,2}', null]
      const types = [oid.bool, oid.text, oid.text, oid.jsonb, oid.int4Array, oid.int4]
      expect((await driver.query({ text, params, types })).rows).toEqual([['yes', '{"a": "b"}', '{1,2}', null]])
    })

    it('have no holes after a result that an error cut short', async () => {
      driver = await renewed({ max: 1 })
      const broken = 'select 10 / (50 - i), repeat($1, 1000) from generate_series(1, 100) as g(i)'
      expect(await outcome(driver.query(statement(broken, 'x')))).toMatchObject({ sqlstate: '22012' })
      const { rows } = await driver.query(statement('select i from generate_series(1, 3) as g(i)'))
      expect(rows).toHaveLength(3)
      expect(rows[0]).toEqual(['1'])
    })
  })

  describe('errors', () => {
    it('are classes by SQLSTATE and carry the statement', async () => {
      await driver.query(insert(1))
      expect(await outcome(driver.query(insert(1)))).toMatchObject({
        name: 'UniqueViolation',
        code: 'UNIQUE_VIOLATION',
        sqlstate: '23505',
        sql: 'insert into item values ($1, $2)',
        constraint: expect.any(String),
        cause: expect.objectContaining({ code: '23505' })
      })
      expect(await outcome(driver.query(insert(-1)))).toMatchObject({ name: 'CheckViolation' })
      expect(await outcome(driver.query(statement('selec')))).toMatchObject({ name: 'ProgrammingError', sqlstate: '42601' })
      const long = statement('insert into item values (2, $1)', 'x'.repeat(21))
      expect(await outcome(driver.query(long))).toMatchObject({ name: 'DataError', code: 'STRING_TOO_LONG' })
    })

    it('do not tell the values of parameters', async () => {
      const secret = { text: 'select $1', params: ['hunter2'], types: [oid.int4] }
      const error = await outcome(driver.query(secret))
      expect(error).toMatchObject({ name: 'DataError' })
      expect(String(error)).not.toContain('hunter2')
      expect(String(error)).toContain('$1')
    })

    it('of a statement that cannot be sent leave its neighbours alone', async () => {
      const many = { text: 'select 1', params: Array.from({ length: 65_534 }, () => '1'), types: [] }
      const missing = { text: 'select $1', params: [undefined as unknown as string], types: [oid.text] }
      const connection = await acquire()
      const done = await Promise.all([
        outcome(connection.query(statement('select 1'))),
        outcome(connection.query(many)),
        outcome(connection.query(missing)),
        outcome(connection.query(statement('select 1\0, 2'))),
        outcome(connection.query(statement('select 2')))
      ])
      expect(done.map(one => (one as { code?: string }).code)).toEqual([
        undefined,
        'BAD_ARGUMENT',
        'UNDEFINED_VALUE',
        'BAD_ARGUMENT',
        undefined
      ])
      expect(done[1]).toMatchObject({ name: 'TypeError', message: expect.stringContaining('65534 parameters') })
      expect(done[4]).toMatchObject({ rows: [['2']] })
    })

    it('say that COPY needs more than a query', async () => {
      expect(await outcome(driver.query(statement('copy item from stdin')))).toMatchObject({ name: 'NotSupportedError' })
      expect(await count()).toBe('0')
    })
  })

  describe('plain statements', () => {
    it('cannot begin a transaction on a connection that everybody uses', async () => {
      driver = await renewed({ max: 1 })
      const [before, begin, after] = [
        cell(driver, 'select 1'),
        outcome(driver.query(statement('begin'))),
        cell(driver, 'select 2')
      ]
      expect(await begin).toMatchObject({ name: 'InterfaceError' })
      expect([await before, await after]).toEqual(['1', '2'])
      const sly = outcome(driver.query(statement('/* sly */ begin')))
      const behind = outcome(driver.query(insert(1)))
      expect(await sly).toMatchObject({ name: 'InterfaceError' })
      expect(await behind).toMatchObject({ code: 'CONNECTION_LOST' })
      await driver.query(insert(2))
      expect(await rows(driver, 'select id from item')).toEqual([['2']])
    })

    it('run side by side on up to `max` connections, and are pipelined beyond that', async () => {
      driver = await renewed({ max: 3 })
      const texts = Array.from({ length: 400 }, (_, i) => cell(driver, 'select $1', i))
      expect(await Promise.all(texts)).toEqual(Array.from({ length: 400 }, (_, i) => String(i)))
      expect(proxy.connections).toBe(3)
    })

    it('that were not sent when their connection broke run on another one', async () => {
      driver = await renewed({ max: 1 })
      await cell(driver, 'select 1')
      const done = Array.from({ length: 150 }, (_, i) => outcome(cell(driver, 'select $1 from pg_sleep(0.01)', i)))
      await pause(50)
      proxy.cut()
      const settled = await Promise.all(done)
      expect(settled.at(-1)).toBe('149')
      expect(settled.filter(one => one instanceof Error).length).toBeLessThanOrEqual(100)
      expect(settled.filter(one => one instanceof Error).length).toBeGreaterThan(0)
    })

    it('take the first connection that has time', async () => {
      driver = await renewed({ max: 2 })
      const slow = cell(driver, `select 'slow' from pg_sleep(1)`)
      await pause(50)
      const start = performance.now()
      for (let i = 0; i < 10; i++) await cell(driver, 'select 1')
      expect(performance.now() - start).toBeLessThan(500)
      expect(await slow).toBe('slow')
    })

    it('need one flight, also the first time', async () => {
      await cell(driver, 'select 1')
      proxy.delay(20)
      proxy.resetFlights()
      expect(await cell(driver, 'select $1 || $2', 'new to ', 'this connection')).toBe('new to this connection')
      expect(proxy.flights).toBe(1)
    })

    it('are found again after the connection broke, by those that come next', async () => {
      driver = await renewed({ max: 2 })
      await Promise.all([cell(driver, 'select 1 from pg_sleep(0.05)'), cell(driver, 'select 1 from pg_sleep(0.05)')])
      proxy.cut()
      await pause(50)
      expect(await cell(driver, 'select 1')).toBe('1')
    })

    it.each(['close', 'reset'] as const)(
      'that are handed over while the connection breaks (%s) settle, and later ones run',
      async how => {
        driver = await renewed({ max: 2 })
        const again = (id: number) =>
          outcome(driver.query(statement('select pg_sleep(5)')), 4000).then(() => outcome(driver.query(insert(id))))
        const done = Promise.all([again(1), again(2)])
        await pause(200)
        proxy.cut(how)
        expect((await done).map(one => (one === 'pending' ? one : 'settled'))).toEqual(['settled', 'settled'])
        const kept = (await done).filter(one => 'command' in (one as object)).length
        expect(await count()).toBe(String(kept))
      }
    )
  })

  describe('a script', () => {
    it('gives the results of its statements', async () => {
      const results = await driver.script(`select 1::int4; insert into item values (1, 'x'); select id, name from item`)
      expect(results.at(0)?.rows).toEqual([['1']])
      expect(results.at(-1)).toMatchObject({ rows: [['1', 'x']], command: 'SELECT' })
    })

    it('ends with the command of its last statement', async () => {
      const connection = await acquire()
      await connection.script('begin; savepoint a')
      expect((await connection.script('release savepoint a; commit')).at(-1)).toMatchObject({ command: 'COMMIT', rows: [] })
    })

    it('stops at an error, and leaves no transaction open behind it', async () => {
      driver = await renewed({ max: 1 })
      await cell(driver, 'select 1')
      const failed = await outcome(driver.script(`begin; insert into item values (1, 'x'); select 1/0; commit`))
      expect(failed).toMatchObject({ name: 'DataError', sqlstate: '22012' })
      await driver.script(`begin; insert into item values (2, 'x')`)
      await driver.query(insert(3))
      expect(await rows(driver, 'select id from item')).toEqual([['3']])
    })
  })

  onPostgresql('is silent about notices, unless asked for them', async () => {
    const notices: unknown[] = []
    const log = jest.spyOn(console, 'log').mockImplementation(() => {})
    await driver.query(statement('drop table if exists nowhere'))
    driver = await renewed({ onnotice: (notice: unknown) => notices.push(notice) })
    await driver.query(statement('drop table if exists nowhere'))
    expect(log).not.toHaveBeenCalled()
    expect(notices).toMatchObject([{ severity: 'NOTICE' }])
    log.mockRestore()
  })

  /** The driver in place of the one that the spec began with. */
  async function renewed(passthrough: Record<string, unknown>): Promise<Driver> {
    await driver.close(1)
    return driverFor(proxy.url(live.url), passthrough)
  }
})
