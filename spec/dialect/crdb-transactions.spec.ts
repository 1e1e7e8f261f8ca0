import {
  AmbiguousCommitError,
  CharField,
  ConnectionLost,
  ExceededMaxAttempts,
  InternalError,
  Model,
  model,
  NestedTransactionError,
  PostgresqlDatabase,
  SerializationFailure,
  TransactionAbortedError,
  UniqueViolation
} from 'pewit'
import { type RecordedStatement, recordingDriver } from 'pewit/extend'
import { CockroachDatabase, followerReadTimestamp, runTransaction, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { failure } from '../helpers/items.js'

/** What the server answers to the first matching statements, one after the other. */
interface Script {
  readonly at: RegExp
  readonly answer: Error | { readonly command: string }
}

@model()
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
}

const VERSION = 'CockroachDB CCL v25.4.3 (x86_64-pc-linux-gnu, built 2025/10/01, go1.23)'
const conflict = () => new SerializationFailure('restart transaction', { sqlstate: '40001' })

function cockroach(...scripts: Script[]) {
  const left = [...scripts]
  const driver = recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [[VERSION]] }
    const next = left.findIndex(({ at }) => at.test(text))
    if (next >= 0) return left.splice(next, 1)[0]?.answer
    return text.startsWith('INSERT') ? { rows: [['8c2a3b1e-0000-4000-8000-000000000000']] } : undefined
  })
  const db = new CockroachDatabase('shop', { driver: driver.factory })
  db.bind([User])
  const sent = () => driver.statements.filter(({ on }) => on === 'transaction')
  return {
    db,
    sent: () => sent().map(({ text }) => short(text)),
    connections: () => sent().map(one => one.connection),
    all: driver
  }
}

const short = (text: string) => text.replace(/^(INSERT|SELECT|UPDATE)\b.*/, '$1')
const add = () => User.create({ name: 'huey' })
const BEGUN = ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'SAVEPOINT cockroach_restart']
const DONE = ['RELEASE SAVEPOINT cockroach_restart', 'COMMIT']
const AGAIN = 'ROLLBACK TO SAVEPOINT cockroach_restart'
const soon = { backoff: () => 0 }

describe('a block on CockroachDB sends', () => {
  it.each([
    [{}, 'BEGIN'],
    [{ isolation: 'read committed', readOnly: true } as const, 'BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY'],
    [{ priority: 'high' }, 'BEGIN PRIORITY HIGH'],
    [{ priority: 'Low' }, 'BEGIN PRIORITY LOW'],
    [{ priority: 'NORMAL' }, 'BEGIN PRIORITY NORMAL'],
    [{ systemTime: '-10s' }, `BEGIN AS OF SYSTEM TIME '-10s'`],
    [{ systemTime: '-1m30s' }, `BEGIN AS OF SYSTEM TIME '-1m -30s'`],
    [{ systemTime: '2026-01-02T03:04:05.678Z' }, `BEGIN AS OF SYSTEM TIME '2026-01-02T03:04:05.678Z'`],
    [{ systemTime: '2026-01-02 03:04:05.678+00:00' }, `BEGIN AS OF SYSTEM TIME '2026-01-02 03:04:05.678+00:00'`],
    [{ systemTime: new Date(Date.UTC(2026, 0, 2)) }, `BEGIN AS OF SYSTEM TIME '2026-01-02T00:00:00.000Z'`],
    [{ systemTime: followerReadTimestamp() }, 'BEGIN AS OF SYSTEM TIME follower_read_timestamp()'],
    [{ systemTime: '-10s', priority: 'high' }, `BEGIN PRIORITY HIGH, AS OF SYSTEM TIME '-10s'`]
  ])('%j → %s', async (options, begin) => {
    for (const kind of ['transaction', 'atomic'] as const) {
      const { db, sent } = cockroach()
      await db[kind](() => db.executeSql('SELECT 1'), options)
      expect(sent()).toEqual([begin, 'SELECT', 'COMMIT'])
    }
  })

  it('the same for wrappers', async () => {
    const { db, sent } = cockroach()
    await db.atomic({ priority: 'high' })(add)()
    expect(sent()).toEqual(['BEGIN PRIORITY HIGH', 'INSERT', 'COMMIT'])
  })

  it('ROLLBACK when it throws', async () => {
    const { db, sent } = cockroach()
    await failure(db.transaction(() => Promise.reject(new Error('no'))))
    expect(sent()).toEqual(['BEGIN', 'ROLLBACK'])
  })

  it('nothing when options are wrong', async () => {
    const { db, all } = cockroach()
    const wrong = [
      { priority: 'urgent' },
      { priority: '' },
      { priority: 'high; drop table user' },
      { priority: 5 as never },
      { systemTime: '' },
      { systemTime: '10s' },
      { systemTime: 'now()' },
      { systemTime: `-10s'; drop table user; --` },
      { systemTime: '-10s\n' },
      { systemTime: new Date(Number.NaN) },
      { systemTime: 5 as never },
      { systemTime: { systemTime: 'now()' } },
      { systemTime: '2026-01-02 03:04:05 or 1=1' }
    ]
    for (const options of wrong) {
      for (const block of [
        () => db.transaction(add, options),
        () => db.atomic(add, options),
        () => db.atomic(options)(add)(),
        () => db.runTransaction(add, options),
        () => db.runTransaction(add, 1, options.systemTime, options.priority),
        () => runTransaction(db, add, options),
        () => db.retryTransaction(options)(add)()
      ])
        expect([options, await failure(block())]).toEqual([options, expect.any(TypeError)])
    }
    expect(all.statements).toEqual([])
  })

  it('nothing for an atomic() inside a transaction of any kind, which names what to use', async () => {
    const { db, sent } = cockroach()
    const refused = async (start: () => Promise<unknown>) => {
      const error = await failure(start())
      expect(error).toBeInstanceOf(NestedTransactionError)
      for (const name of ['transaction()', 'savepoint()', 'runTransaction()']) expect(error.message).toContain(name)
    }
    const nested = [() => db.atomic(add), () => db.atomic()(add)(), () => db.atomic(add, { priority: 'high' })]
    for (const start of nested) {
      await db.transaction(() => refused(start))
      await db.atomic(() => refused(start))
      await db.runTransaction(() => refused(start))
      await db.transaction(() => db.savepoint(() => refused(start)))
    }
    expect(sent()).not.toContain('INSERT')
  })

  it('a savepoint for it on PostgreSQL', async () => {
    const driver = recordingDriver(({ text }) => (text === 'SELECT version()' ? { rows: [['PostgreSQL 18.4']] } : undefined))
    const db = new PostgresqlDatabase('shop', { driver: driver.factory })
    await db.atomic(() => db.atomic(() => db.executeSql('SELECT 1')))
    expect(driver.statements.slice(1).map(({ text }: RecordedStatement) => text)).toEqual([
      'BEGIN',
      expect.stringMatching(/^SAVEPOINT s\d+$/),
      'SELECT 1',
      expect.stringMatching(/^RELEASE SAVEPOINT s\d+$/),
      'COMMIT'
    ])
  })

  it('no COMMIT after an error that was swallowed', async () => {
    const taken = new UniqueViolation('taken', { sqlstate: '23505' })
    const { db, sent } = cockroach({ at: /^INSERT/, answer: taken })
    const error = await failure(db.transaction(() => failure(add())))
    expect(error).toBeInstanceOf(TransactionAbortedError)
    expect(error.cause).toBe(taken)
    expect(sent()).toEqual(['BEGIN', 'INSERT', 'ROLLBACK'])
  })

  it('a COMMIT whose tag is ROLLBACK is no commit', async () => {
    for (const kind of ['transaction', 'atomic', 'runTransaction'] as const) {
      const { db } = cockroach({ at: /^COMMIT/, answer: { command: 'ROLLBACK' } })
      const calls: string[] = []
      const error = await failure(
        kind === 'runTransaction'
          ? db.runTransaction(add)
          : db[kind as 'atomic'](txn => {
              txn.onCommit(() => calls.push('committed'))
              txn.onRollback(() => calls.push('rolled back'))
            })
      )
      expect(error).toBeInstanceOf(TransactionAbortedError)
      expect(calls).toEqual(kind === 'runTransaction' ? [] : ['rolled back'])
    }
    const { db, sent } = cockroach({ at: /^COMMIT/, answer: { command: 'ROLLBACK' } })
    expect(
      await failure(
        db.transaction(async txn => {
          await failure(txn.commit())
          await add()
        })
      )
    ).toBeInstanceOf(TransactionAbortedError)
    expect(sent()).toEqual(['BEGIN', 'COMMIT', 'BEGIN', 'INSERT', 'ROLLBACK'])
  })

  it.each([
    ['40003', new AmbiguousCommitError('unknown', { sqlstate: '40003' })],
    ['a lost connection', new ConnectionLost('gone')],
    ['08007', new ConnectionLost('gone', { sqlstate: '08007' })]
  ])('%s at COMMIT is ambiguous in every kind of block, and never sent again', async (_, answer) => {
    const ends = [
      (db: CockroachDatabase) => db.transaction(add),
      (db: CockroachDatabase) => db.atomic(add),
      (db: CockroachDatabase) => db.runTransaction(add),
      (db: CockroachDatabase) => db.retryTransaction()(add)(),
      (db: CockroachDatabase) => db.transaction(txn => txn.commit()),
      (db: CockroachDatabase) => db.transaction(async txn => void (await failure(txn.commit()))),
      (db: CockroachDatabase) =>
        db.manualCommit(async control => {
          await control.begin()
          await control.commit()
        })
    ]
    for (const end of ends) {
      const { db, sent } = cockroach({ at: /^COMMIT/, answer })
      expect(await failure(end(db))).toBeInstanceOf(AmbiguousCommitError)
      expect(sent().filter(text => text === 'COMMIT')).toHaveLength(1)
    }
  })

  it('nothing but BEGIN when one that may fail does', async () => {
    const refused = new InternalError('no', { sqlstate: '25000' })
    const options = { priority: 'high' }
    for (const kind of ['transaction', 'atomic', 'runTransaction'] as const) {
      const { db, sent } = cockroach({ at: /^BEGIN/, answer: refused })
      const running = kind === 'runTransaction' ? db.runTransaction(add, options) : db[kind as 'atomic'](add, options)
      expect(await failure(running)).toBe(refused)
      const modes = kind === 'runTransaction' ? 'ISOLATION LEVEL SERIALIZABLE, PRIORITY HIGH' : 'PRIORITY HIGH'
      expect(sent()).toEqual([`BEGIN ${modes}`, 'ROLLBACK'])
    }
  })

  it('no COMMIT where a savepoint could not be rolled back', async () => {
    const gone = new InternalError('no such savepoint', { sqlstate: '3B001' })
    const { db, sent } = cockroach({ at: /^ROLLBACK TO/, answer: gone })
    const error = await failure(db.transaction(() => failure(db.savepoint(() => Promise.reject(new Error('no'))))))
    expect(error).toMatchObject({ name: 'TransactionAbortedError', cause: gone })
    expect(sent().slice(-2)).toEqual([expect.stringMatching(/^ROLLBACK TO SAVEPOINT s/), 'ROLLBACK'])
  })

  it('nothing more in a block whose new BEGIN failed', async () => {
    const refused = new InternalError('no', { sqlstate: '25000' })
    const { db, sent } = cockroach({ at: /^BEGIN/, answer: { command: 'BEGIN' } }, { at: /^BEGIN/, answer: refused })
    const error = await failure(
      db.transaction(async txn => {
        await failure(txn.commit())
        expect(await failure(add())).toMatchObject({ code: 'TRANSACTION_CLOSED' })
      })
    )
    expect(error).toMatchObject({ name: 'TransactionAbortedError', cause: refused })
    expect(sent()).toEqual(['BEGIN', 'COMMIT', 'BEGIN', 'ROLLBACK'])
  })
})

describe('runTransaction() on CockroachDB sends', () => {
  it('one flight to begin and one to commit', async () => {
    const { db, sent, connections } = cockroach()
    await db.runTransaction(add)
    expect(sent()).toEqual([...BEGUN, 'INSERT', ...DONE])
    expect(new Set(connections()).size).toBe(1)
  })

  it('systemTime and priority with BEGIN', async () => {
    for (const run of [
      (db: CockroachDatabase) => db.runTransaction(() => 1, 10, '-10s', 'high'),
      (db: CockroachDatabase) => db.runTransaction(() => 1, { maxAttempts: 10, systemTime: '-10s', priority: 'high' }),
      (db: CockroachDatabase) => runTransaction(db, () => 1, 10, '-10s', 'high'),
      (db: CockroachDatabase) => db.retryTransaction({ systemTime: '-10s', priority: 'high' })(() => 1)()
    ]) {
      const { db, sent } = cockroach()
      expect(await run(db)).toBe(1)
      expect(sent()).toEqual([`BEGIN PRIORITY HIGH, AS OF SYSTEM TIME '-10s'`, 'COMMIT'])
    }
  })

  it('the whole of one that reads the past again: behind a savepoint it would read the present', async () => {
    const { db, sent } = cockroach({ at: /^INSERT/, answer: conflict() })
    await db.runTransaction(() => add(), { ...soon, systemTime: '-10s' })
    const begun = `BEGIN AS OF SYSTEM TIME '-10s'`
    expect(sent()).toEqual([begun, 'INSERT', 'ROLLBACK', begun, 'INSERT', 'COMMIT'])
  })

  it.each(['a statement', 'a swallowed statement'])('a restart behind the savepoint after a conflict in %s', async where => {
    const { db, sent, connections } = cockroach({ at: /^INSERT/, answer: conflict() })
    await db.runTransaction(() => (where === 'a statement' ? add() : add().catch(() => undefined)), soon)
    expect(sent()).toEqual([...BEGUN, 'INSERT', AGAIN, 'INSERT', ...DONE])
    expect(new Set(connections()).size).toBe(1)
  })

  it('the same after one at RELEASE', async () => {
    const { db, sent, connections } = cockroach({ at: /^RELEASE/, answer: conflict() })
    await db.runTransaction(add, soon)
    expect(sent()).toEqual([...BEGUN, 'INSERT', DONE[0], AGAIN, 'INSERT', ...DONE])
    expect(new Set(connections()).size).toBe(1)
  })

  it('a whole new transaction where the savepoint is gone, as after a conflict at COMMIT', async () => {
    const gone = new InternalError('there is no transaction in progress', { sqlstate: 'XXUUU' })
    const { db, sent } = cockroach(
      { at: /^COMMIT/, answer: conflict() },
      { at: /^ROLLBACK TO/, answer: gone },
      { at: /^ROLLBACK$/, answer: gone }
    )
    await db.runTransaction(add, soon)
    expect(sent()).toEqual([...BEGUN, 'INSERT', ...DONE, AGAIN, 'ROLLBACK', ...BEGUN, 'INSERT', ...DONE])
  })

  it('the same after one at BEGIN, which the first statement travelled with and failed behind', async () => {
    const behind = () => new InternalError('current transaction is aborted', { sqlstate: '25P02' })
    const { db, sent } = cockroach(
      { at: /^SAVEPOINT/, answer: conflict() },
      { at: /^INSERT/, answer: behind() },
      { at: /^ROLLBACK TO/, answer: behind() }
    )
    await db.runTransaction(add, soon)
    expect(sent()).toEqual([...BEGUN, 'INSERT', AGAIN, 'ROLLBACK', ...BEGUN, 'INSERT', ...DONE])
    const again = cockroach({ at: /^SAVEPOINT/, answer: conflict() }, { at: /^INSERT/, answer: behind() })
    await again.db.runTransaction(add, soon)
    expect(again.sent()).toEqual([...BEGUN, 'INSERT', AGAIN, 'INSERT', ...DONE])
  })

  it('several restarts, as many as it takes', async () => {
    const { db, sent } = cockroach(...Array.from({ length: 5 }, () => ({ at: /^INSERT/, answer: conflict() })))
    await db.runTransaction(add, soon)
    expect(sent()).toEqual([...BEGUN, ...Array.from({ length: 5 }, () => ['INSERT', AGAIN]).flat(), 'INSERT', ...DONE])
  })

  it('ROLLBACK, and no restart, when the attempts are used up', async () => {
    const last = conflict()
    const { db, sent } = cockroach({ at: /^INSERT/, answer: conflict() }, { at: /^INSERT/, answer: last })
    const error = await failure(db.runTransaction(add, { maxAttempts: 2, ...soon }))
    expect(error).toBeInstanceOf(ExceededMaxAttempts)
    expect(error.cause).toBe(last)
    expect(sent()).toEqual([...BEGUN, 'INSERT', AGAIN, 'INSERT', 'ROLLBACK'])
  })

  it('ROLLBACK for every other error', async () => {
    const boom = new Error('no')
    const { db, sent } = cockroach()
    expect(
      await failure(
        db.runTransaction(async () => {
          await add()
          throw boom
        })
      )
    ).toBe(boom)
    expect(sent()).toEqual([...BEGUN, 'INSERT', 'ROLLBACK'])
  })

  it('nothing more once COMMIT or RELEASE was lost', async () => {
    for (const at of [/^RELEASE/, /^COMMIT/]) {
      const { db, sent } = cockroach({ at, answer: new ConnectionLost('gone') })
      expect(await failure(db.runTransaction(add, soon))).toBeInstanceOf(AmbiguousCommitError)
      expect(sent().filter(text => text === 'INSERT')).toHaveLength(1)
      expect(sent()).not.toContain('ROLLBACK')
    }
  })

  it('nothing more once the connection was lost in a statement', async () => {
    const { db, sent } = cockroach({ at: /^INSERT/, answer: new ConnectionLost('gone') })
    expect(await failure(db.runTransaction(() => failure(add()), soon))).toBeInstanceOf(ConnectionLost)
    expect(sent()).toEqual([...BEGUN, 'INSERT'])
  })

  it('nothing more where it was lost after a conflict', async () => {
    const { db, sent } = cockroach({ at: /^INSERT/, answer: conflict() }, { at: /^SELECT 1/, answer: new ConnectionLost('gone') })
    const running = db.runTransaction(async () => {
      await failure(add())
      await db.executeSql('SELECT 1')
    }, soon)
    expect(await failure(running)).toBeInstanceOf(ConnectionLost)
    expect(sent()).toEqual([...BEGUN, 'INSERT', 'SELECT'])
  })

  it('a second attempt on another connection where the restart found the first one lost', async () => {
    const { db, sent, connections } = cockroach(
      { at: /^INSERT/, answer: conflict() },
      { at: /^ROLLBACK TO/, answer: new ConnectionLost('gone') }
    )
    await db.runTransaction(add, soon)
    expect(sent()).toEqual([...BEGUN, 'INSERT', AGAIN, ...BEGUN, 'INSERT', ...DONE])
    expect(connections()).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2])
  })

  it('savepoints of its own inside', async () => {
    const { db, sent } = cockroach({ at: /^INSERT/, answer: new UniqueViolation('taken', { sqlstate: '23505' }) })
    await db.runTransaction(async () => {
      await failure(db.savepoint(add))
      await db.savepoint(add)
    })
    expect(sent().map(text => text.replace(/\bs\d+$/, 's'))).toEqual([
      ...BEGUN,
      'SAVEPOINT s',
      'INSERT',
      'ROLLBACK TO SAVEPOINT s',
      'SAVEPOINT s',
      'INSERT',
      'RELEASE SAVEPOINT s',
      ...DONE
    ])
  })
})

describe('the log of statements', () => {
  it('cannot make one look failed', async () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const driver = recordingDriver(({ text }) => (text === 'SELECT version()' ? { rows: [[VERSION]] } : undefined))
    const db = new CockroachDatabase('shop', {
      driver: driver.factory,
      logQueries: () => {
        throw new Error('disk full')
      }
    })
    try {
      expect(await db.transaction(() => 'fine')).toBe('fine')
      expect(warning).toHaveBeenCalledWith(expect.objectContaining({ message: 'disk full' }))
    } finally {
      warning.mockRestore()
    }
  })
})
