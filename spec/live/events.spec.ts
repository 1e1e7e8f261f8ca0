import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { DatabaseEvents, PostgresqlDatabase, QueryEvent, QueryTrace, ResponseEvent } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { outcome } from '../helpers/driver.js'
import { conflict } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('events', live => {
  let db: PostgresqlDatabase
  afterEach(async () => {
    await db.close()
    jest.restoreAllMocks()
  })
  const database = () => new URL(live.url).pathname.slice(1)
  const ask = (value: string) => db.executeSql('select $1::text as word', [value])

  it('tell of each statement: what, how long, how many rows, how it failed', async () => {
    db = databaseFor(live)
    await db.connect()
    const queries: QueryEvent[] = []
    const errors: unknown[] = []
    db.on('query', event => queries.push(event)).on('error', event => errors.push(event))
    await ask('x')
    const failed = await outcome(db.executeSql('selec'))
    await db.transaction(() => ask('y'))
    expect(queries.map(({ sql, rows, error }) => [sql, rows, error])).toEqual([
      ['select $1::text as word', 1, undefined],
      ['selec', 0, failed],
      ['BEGIN', 0, undefined],
      ['select $1::text as word', 1, undefined],
      ['COMMIT', 0, undefined]
    ])
    for (const { id, milliseconds, database: name } of queries) {
      expect([typeof id, milliseconds > 0, name]).toEqual(['number', true, database()])
    }
    expect(new Set(queries.map(({ id }) => id)).size).toBe(5)
    expect(errors).toEqual([queries[1]])
  })

  it('do not tell parameters, unless asked', async () => {
    const events: QueryEvent[] = []
    db = databaseFor(live, { logQueries: event => events.push(event) })
    await ask('hunter2')
    expect(JSON.stringify(events)).not.toContain('hunter2')
    await db.close()
    db = databaseFor(live, { logQueries: event => events.push(event), logParameters: true })
    await ask('hunter2')
    expect(events.at(-1)).toMatchObject({ params: ['hunter2'] })
  })

  it('tell of connections, of those given back, and of attempts', async () => {
    db = databaseFor(live)
    const told: [string, unknown][] = []
    const names = ['connect', 'release', 'retry'] as const
    for (const name of names) db.on(name, (event: DatabaseEvents[typeof name]) => told.push([name, event]))
    await db.connect()
    expect(told).toEqual([['connect', { database: database(), kind: 'shared', milliseconds: expect.any(Number) }]])
    told.length = 0
    const limit = { maxAttempts: 2, backoff: () => 1 }
    const exceeded = await outcome(db.runTransaction(() => db.executeSql(conflict(live)), limit))
    expect(exceeded).toMatchObject({ name: 'ExceededMaxAttempts' })
    const retries = told.filter(([name]) => name === 'retry').map(([, event]) => event)
    expect(retries).toEqual([
      { database: database(), attempts: 1, milliseconds: 1, cause: expect.objectContaining({ sqlstate: '40001' }), locks: true }
    ])
    expect(told[0]).toMatchObject(['connect', { kind: 'held' }])
    expect(told.at(-1)).toMatchObject(['release', { state: 'idle', milliseconds: expect.any(Number) }])
  })

  it('reach nobody who has stopped listening, and nothing that a listener throws changes anything', async () => {
    db = databaseFor(live)
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const listener = jest.fn(() => {
      throw new Error('bad listener')
    })
    db.on('query', listener)
    expect(await ask('x')).toEqual([{ word: 'x' }])
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ message: 'bad listener' }))
    db.off('query', listener)
    listener.mockClear()
    await ask('x')
    expect(listener).not.toHaveBeenCalled()
    // No listener for errors is no error.
    await outcome(db.executeSql('selec'))
    expect(() => db.on('querry' as 'query', () => {})).toThrow('There is no event "querry"')
  })

  it('are on diagnostics channels too', async () => {
    db = databaseFor(live)
    const told: unknown[] = []
    const listener = (event: unknown) => told.push(event)
    for (const name of ['query', 'error', 'connect', 'release']) channel(`pewit:${name}`).subscribe(listener)
    await db.transaction(() => ask('x'))
    await outcome(db.executeSql('selec'))
    for (const name of ['query', 'error', 'connect', 'release']) channel(`pewit:${name}`).unsubscribe(listener)
    const seen = told.length
    await ask('x')
    expect(told).toHaveLength(seen)
    expect(told).toEqual(expect.arrayContaining([expect.objectContaining({ sql: 'selec', error: expect.any(Error) })]))
    expect(told).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'held' })]))
    expect(told).toEqual(expect.arrayContaining([expect.objectContaining({ state: 'idle' })]))
  })

  it('are on a tracing channel, for spans', async () => {
    db = databaseFor(live)
    await db.connect()
    const trace = tracingChannel<unknown, QueryTrace>('pewit:query')
    const told: unknown[] = []
    const subscriber = {
      start: ({ sql }: QueryTrace) => void told.push(['start', sql]),
      end: () => {},
      asyncStart: () => {},
      asyncEnd: ({ sql, result }: QueryTrace) => void told.push(['end', sql, Boolean(result)]),
      error: ({ error }: QueryTrace) => void told.push(['error', (error as Error).name])
    }
    trace.subscribe(subscriber)
    await ask('x')
    await outcome(db.executeSql('selec'))
    trace.unsubscribe(subscriber)
    await ask('y')
    expect(told).toEqual([
      ['start', 'select $1::text as word'],
      ['end', 'select $1::text as word', true],
      ['start', 'selec'],
      ['error', 'ProgrammingError'],
      ['end', 'selec', false]
    ])
  })

  it('are printed readably and numbered, the rows too where asked', async () => {
    const print = jest.spyOn(console, 'log').mockImplementation(() => {})
    db = databaseFor(live, { logQueries: true, logResponses: true, logParameters: true })
    await db.connect()
    print.mockClear()
    await db.executeSql('select $1::text as word, $2::int4 as n', ['it is', null])
    await db.executeSql('select 1 as one where false')
    await outcome(db.executeSql('selec'))
    const printed = print.mock.calls.map(([text]) => String(text).replace(/\d+\.\d ms/, '0.0 ms'))
    const first = Number(/\d+/.exec(printed[0] ?? '')?.[0])
    expect(printed).toEqual([
      `Query ${first}: select $1::text as word, $2::int4 as n\n  -- $1 = "it is"\n  -- $2 = NULL\n  -- 0.0 ms, 1 row`,
      `Query ${first} response:\n  word = it is, n = NULL`,
      `Query ${first + 1}: select 1 as one where false\n  -- 0.0 ms, 0 rows`,
      `Query ${first + 1} response: no rows`,
      expect.stringMatching(new RegExp(`^Query ${first + 2}: selec\n  -- 0.0 ms, failed: ProgrammingError: `))
    ])
  })

  it('give rows to a function', async () => {
    const responses: ResponseEvent[] = []
    db = databaseFor(live, { logResponses: event => responses.push(event) })
    await ask('x')
    expect(responses.at(-1)).toMatchObject({ sql: 'select $1::text as word', columns: ['word'], rows: [['x']] })
  })
})
