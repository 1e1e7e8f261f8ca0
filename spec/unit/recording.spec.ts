import { recordingDriver } from '../../lib/driver/recording.js'
import { ConnectionLost, UniqueViolation } from '../../lib/errors.js'

const statement = (text: string, ...params: string[]) => ({ text, params, types: params.map(() => 25) })

describe('the recording driver', () => {
  it('records every statement in order, with where it ran', async () => {
    const driver = recordingDriver()
    await driver.query(statement('SELECT 1'))
    const first = await driver.acquire()
    const second = await driver.acquire()
    await second.query(statement('INSERT INTO t VALUES ($1)', 'x'))
    await first.script('BEGIN; SAVEPOINT s')
    first.release('idle')
    second.release('dirty')
    expect(driver.statements).toEqual([
      { on: 'plain', connection: 0, text: 'SELECT 1', params: [] },
      { on: 'transaction', connection: 2, text: 'INSERT INTO t VALUES ($1)', params: ['x'] },
      { on: 'transaction', connection: 1, text: 'BEGIN', params: [] },
      { on: 'transaction', connection: 1, text: 'SAVEPOINT s', params: [] }
    ])
    driver.clear()
    expect(driver.statements).toEqual([])
  })

  it('answers with no rows and the tag of the statement', async () => {
    const driver = recordingDriver()
    expect(await driver.query(statement('SELECT 1'))).toEqual({ rows: [], count: 0, command: 'SELECT', columns: [] })
    const tags = await driver.script(
      'begin; commit; rollback to savepoint a; create table t (); with a as (select 1) select 1; end'
    )
    expect(tags.map(({ command }) => command)).toEqual(['BEGIN', 'COMMIT', 'ROLLBACK', 'CREATE TABLE', 'SELECT', 'COMMIT'])
  })

  it('answers as told', async () => {
    const driver = recordingDriver(({ text, params }) =>
      text.startsWith('SELECT') ? { rows: [[params[0] ?? null]] } : { count: 7 }
    )
    expect(await driver.query(statement('SELECT $1', 'x'))).toMatchObject({ rows: [['x']], count: 1, command: 'SELECT' })
    expect(await driver.query(statement('UPDATE t SET a = 1'))).toMatchObject({ rows: [], count: 7, command: 'UPDATE' })
  })

  it('rejects with the error it is told, and runs no more of the script', async () => {
    const driver = recordingDriver(({ text }) => (text === 'B' ? new UniqueViolation('twice') : undefined))
    await expect(driver.script('A; B; C')).rejects.toBeInstanceOf(UniqueViolation)
    expect(driver.statements.map(({ text }) => text)).toEqual(['A', 'B'])
    const connection = await driver.acquire()
    await expect(connection.query(statement('B'))).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION' })
    expect(connection.alive).toBe(true)
  })

  it('breaks the connection that is told so', async () => {
    const driver = recordingDriver(({ text }) => (text === 'COMMIT' ? new ConnectionLost('gone') : undefined))
    const connection = await driver.acquire()
    const lost: Error[] = []
    connection.onLost(error => lost.push(error))
    await expect(connection.query(statement('COMMIT'))).rejects.toMatchObject({ message: 'gone' })
    await expect(connection.query(statement('ROLLBACK'))).rejects.toBeInstanceOf(ConnectionLost)
    expect(lost).toMatchObject([{ message: 'gone' }])
    expect(connection.alive).toBe(false)
    expect(driver.statements).toHaveLength(1)
  })

  it('refuses work on a connection that was given back, and after closing until it is made again', async () => {
    const driver = recordingDriver()
    const connection = await driver.acquire()
    connection.release('idle')
    await expect(connection.query(statement('SELECT 1'))).rejects.toBeInstanceOf(ConnectionLost)
    await driver.close(0)
    await expect(driver.query(statement('SELECT 1'))).rejects.toMatchObject({ code: 'INTERFACE' })
    expect(driver.factory({ database: 'x', connectTimeout: 1, passthrough: {} })).toBe(driver)
    await driver.connect()
  })

  it('finds the statements of a script', async () => {
    const driver = recordingDriver()
    await driver.script(`select ';' ; select "a;""b" -- no; end\n; do $x$ begin; end $x$; /* ; */ select 'it''s;';;`)
    expect(driver.statements.map(({ text }) => text)).toEqual([
      `select ';'`,
      'select "a;""b" -- no; end',
      'do $x$ begin; end $x$',
      `/* ; */ select 'it''s;'`
    ])
  })
})
