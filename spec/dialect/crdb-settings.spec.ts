import { NotSupportedError, OperationalError, PostgresqlDatabase, type TransactionOptions } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { failure, Item } from '../helpers/items.js'
import { scripted } from '../helpers/scripted.js'

const NEWEST = 'CockroachDB v26.3.0'
const OLD = 'CockroachDB v23.2.1'
const OLDEST = 'CockroachDB v21.2.0-alpha.00000000-1234'
const POSTGRES = 'PostgreSQL 18.4'
const SAVEPOINT = 'SAVEPOINT cockroach_restart'

describe('settings of a transaction', () => {
  const all = { statementTimeout: 5, applicationName: "o'shop", autocommitBeforeDdl: false }
  const cases: [server: string, options: TransactionOptions, begin: string[]][] = [
    [NEWEST, { statementTimeout: 1.5 }, ['BEGIN', 'SET LOCAL statement_timeout = 1500']],
    [NEWEST, { statementTimeout: Number.POSITIVE_INFINITY }, ['BEGIN', 'SET LOCAL statement_timeout = 0']],
    [NEWEST, { autocommitBeforeDdl: true }, ['BEGIN', 'SET LOCAL autocommit_before_ddl = on']],
    [
      NEWEST,
      { priority: 'high', ...all },
      [
        'BEGIN PRIORITY HIGH',
        'SET LOCAL statement_timeout = 5000',
        "SET LOCAL application_name = 'o''shop'",
        'SET LOCAL autocommit_before_ddl = off'
      ]
    ],
    [OLDEST, { statementTimeout: 5 }, ['SET statement_timeout = 5000', 'BEGIN']],
    [POSTGRES, { statementTimeout: 5, readOnly: true }, ['BEGIN READ ONLY', 'SET LOCAL statement_timeout = 5000']]
  ]

  it.each(cases)('on %s, %j', async (server, options, begin) => {
    for (const kind of ['transaction', 'atomic'] as const) {
      const { db, texts } = scripted(server)
      await db[kind](() => db.executeSql('SELECT 1'), options)
      expect(texts()).toEqual([...begin, 'SELECT 1', 'COMMIT'])
    }
  })

  it('stand before the savepoint of a retried one, whose restart would undo them', async () => {
    const { db, texts } = scripted(NEWEST)
    await db.runTransaction(() => 1, { statementTimeout: 5, isolation: 'read committed' })
    expect(texts().slice(0, 3)).toEqual(['BEGIN ISOLATION LEVEL READ COMMITTED', 'SET LOCAL statement_timeout = 5000', SAVEPOINT])
    const oldest = scripted(OLDEST)
    await oldest.db.runTransaction(() => 1, { applicationName: 'x' })
    expect(oldest.texts().slice(0, 3)).toEqual(["SET application_name = 'x'", 'BEGIN ISOLATION LEVEL SERIALIZABLE', SAVEPOINT])
    const postgres = scripted(POSTGRES)
    await postgres.db.runTransaction(() => 1, { applicationName: 'x' })
    expect(postgres.texts()).toEqual(['BEGIN ISOLATION LEVEL SERIALIZABLE', "SET LOCAL application_name = 'x'", 'COMMIT'])
  })

  it('hold again after commit() by hand', async () => {
    const { db, texts } = scripted(NEWEST)
    await db.transaction(txn => txn.commit(), { statementTimeout: 5 })
    const begin = ['BEGIN', 'SET LOCAL statement_timeout = 5000']
    expect(texts()).toEqual([...begin, 'COMMIT', ...begin, 'COMMIT'])
  })

  it('are options of begin() in manualCommit(), too', async () => {
    const { db, texts } = scripted(NEWEST, [], { isolationLevel: 'serializable' })
    await db.manualCommit(async control => {
      await control.begin({ statementTimeout: 5, priority: 'low' })
      await db.transaction(txn => txn.autocommitBeforeDdl(false))
      await control.commit()
      await db.begin({ readOnly: true, isolation: 'read committed' })
      await db.rollback()
      expect(await failure(control.begin({ priority: 'urgent' }))).toBeInstanceOf(TypeError)
      expect(await failure(control.begin({ prioritie: 'low' } as never))).toBeInstanceOf(TypeError)
      await control.begin()
      await control.rollback()
    })
    expect(texts()).toEqual([
      ...['BEGIN ISOLATION LEVEL SERIALIZABLE, PRIORITY LOW', 'SET LOCAL statement_timeout = 5000'],
      ...['SET LOCAL autocommit_before_ddl = off', 'COMMIT'],
      ...['BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY', 'ROLLBACK'],
      ...['BEGIN ISOLATION LEVEL SERIALIZABLE', 'ROLLBACK']
    ])
  })

  it('can be changed in it', async () => {
    const { db, texts } = scripted(NEWEST)
    await db.transaction(async txn => {
      await txn.autocommitBeforeDdl(false)
      await db.transaction(inner => inner.autocommitBeforeDdl())
      expect(await failure(txn.autocommitBeforeDdl('no' as never))).toMatchObject({ code: 'BAD_ARGUMENT' })
    })
    expect(texts()).toEqual(['BEGIN', 'SET LOCAL autocommit_before_ddl = off', 'SET LOCAL autocommit_before_ddl = on', 'COMMIT'])
  })

  it('end with the transaction that they were changed in', async () => {
    const { db } = scripted(NEWEST)
    db.bind([Item])
    await db.transaction(async txn => {
      await txn.autocommitBeforeDdl(false)
      await Item.dropTable()
      await txn.commit()
      expect(await failure(Item.dropTable())).toBeInstanceOf(OperationalError)
    })
    await db.manualCommit(async control => {
      await control.begin({ autocommitBeforeDdl: false })
      await Item.dropTable()
      await control.commit()
      await control.begin()
      expect(await failure(Item.dropTable())).toBeInstanceOf(OperationalError)
      await control.rollback()
    })
  })

  it('that the server has not are refused before anything is sent, with its version and that which has them', async () => {
    for (const [server, message] of [
      [OLD, /^CockroachDB v23\.2\.1 has no .*autocommit_before_ddl, which came with v24\.1; .*leave the option out$/],
      [POSTGRES, /^PostgreSQL.* has no .*autocommit_before_ddl.* any .*version/]
    ] as const) {
      const { db, texts } = scripted(server)
      const begin = { autocommitBeforeDdl: false }
      for (const work of [
        () => db.transaction(() => 1, begin),
        () => db.atomic(() => 1, begin),
        () => db.runTransaction(() => 1, begin),
        () => db.retryTransaction(begin)(() => 1)()
      ]) {
        const error = await failure(work())
        expect(error).toBeInstanceOf(NotSupportedError)
        expect(error.message).toMatch(message)
      }
      expect(texts()).toEqual([])
      const error = await failure(db.transaction(txn => txn.autocommitBeforeDdl(false)))
      expect(error).toBeInstanceOf(NotSupportedError)
      expect(texts()).toEqual(['BEGIN', 'ROLLBACK'])
    }
  })

  it('that make no sense are a TypeError, and nothing is sent', async () => {
    const { db, driver } = scripted(NEWEST)
    for (const options of [
      { statementTimeout: 0 },
      { statementTimeout: -1 },
      { statementTimeout: Number.NaN },
      { statementTimeout: '5' as never },
      { statementTimeout: 1e10 },
      { applicationName: 5 as never },
      { applicationName: 'a\0b' },
      { autocommitBeforeDdl: 'off' as never },
      { statementTimeOut: 5 } as never
    ]) {
      expect(await failure(db.transaction(() => 1, options))).toBeInstanceOf(TypeError)
      expect(await failure(db.runTransaction(() => 1, options))).toBeInstanceOf(TypeError)
    }
    expect(driver.statements).toEqual([])
  })

  it('wait for their own flight only where they could leave a statement outside of the transaction', async () => {
    for (const [server, alone] of [
      [NEWEST, false],
      [OLDEST, true]
    ] as const) {
      const refused = new Error('no')
      const { db, texts } = scripted(server, [{ at: /^SET/, answer: refused }])
      await failure(db.transaction(() => db.executeSql('SELECT 1'), { statementTimeout: 5 }))
      expect(texts().includes('SELECT 1')).toBe(!alone)
    }
  })
})

describe('settings of every session', () => {
  const sessionOf = async (db: PostgresqlDatabase, seen: () => unknown) => {
    await db.connect().catch(() => undefined)
    return seen()
  }

  it('travel with the message that opens a connection', async () => {
    let connection: unknown
    const db = new CockroachDatabase('shop', {
      applicationName: 'shop',
      autocommitBeforeDdl: false,
      statementTimeout: 2,
      connection: { search_path: 'x' },
      driver: ({ passthrough }) => {
        connection = passthrough.connection
        throw new Error('no network')
      }
    })
    expect(await sessionOf(db, () => connection)).toEqual({
      application_name: 'shop',
      autocommit_before_ddl: 'off',
      statement_timeout: 2000,
      search_path: 'x'
    })
  })

  it('that the server has not are refused', async () => {
    expect(() => new PostgresqlDatabase('shop', { autocommitBeforeDdl: false })).toThrow(NotSupportedError)
    const { db } = scripted(OLD, [], { autocommitBeforeDdl: true })
    for (const _ of [1, 2]) expect(await failure(db.executeSql('SELECT 1'))).toBeInstanceOf(NotSupportedError)
    expect(() => new CockroachDatabase('shop', { autocommitBeforeDdl: 'off' as never })).toThrow(TypeError)
    expect(() => new CockroachDatabase('shop', { applicationName: 'a\0' })).toThrow(TypeError)
  })
})
