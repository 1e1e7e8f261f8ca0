import {
  AbortError,
  AmbiguousCommitError,
  ConnectionLost,
  DeadlineExceeded,
  ExceededMaxAttempts,
  InternalError,
  ProgrammingError,
  type RetryEvent,
  SerializationFailure
} from 'pewit'
import { add, failure, Item } from '../helpers/items.js'
import { type Scripted, type Step, scripted } from '../helpers/scripted.js'

const NEWEST = 'CockroachDB v26.3.0'
const BEGUN = ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'SAVEPOINT cockroach_restart']
const DONE = ['RELEASE SAVEPOINT cockroach_restart', 'COMMIT']
const AGAIN = 'ROLLBACK TO SAVEPOINT cockroach_restart'
const LOCK = 'FOR NO KEY UPDATE'
const soon = { backoff: () => 0 }

const conflict = () => new SerializationFailure('restart transaction', { sqlstate: '40001' })
const gone = () => new InternalError('there is no transaction in progress', { sqlstate: 'XXUUU' })
const refused = () => new ProgrammingError('permission denied for table item', { sqlstate: '42501' })
const at = (pattern: RegExp, ...answers: Step['answer'][]): Step[] => answers.map(answer => ({ at: pattern, answer }))

function server(...steps: Step[]): Scripted {
  const made = scripted(NEWEST, steps)
  made.db.bind([Item])
  return made
}

/** What was sent, with the lock that a select ends in. */
const withLocks = ({ texts }: Scripted) =>
  texts().map(text => (text.startsWith('SELECT') ? (text.endsWith(LOCK) ? 'SELECT … FOR NO KEY UPDATE' : 'SELECT') : text))

describe('a retried transaction', () => {
  it('is run again where BEGIN meets a conflict, the first statement with it', async () => {
    const { db, sent } = server(...at(/^BEGIN/, conflict()), ...at(/^ROLLBACK/, gone(), gone()))
    await db.runTransaction(() => add('a'), { priority: 'high', ...soon })
    const begin = 'BEGIN ISOLATION LEVEL SERIALIZABLE, PRIORITY HIGH'
    expect(sent()).toEqual([begin, AGAIN, 'ROLLBACK', begin, BEGUN[1], 'INSERT', ...DONE])
  })

  it('is begun anew where the savepoint meets one, or is gone', async () => {
    for (const answer of [conflict(), gone(), new InternalError('aborted', { sqlstate: '25P02' })]) {
      const { db, sent } = server(...at(/^INSERT/, conflict()), ...at(/^ROLLBACK TO/, answer))
      await db.runTransaction(() => add('a'), soon)
      expect(sent()).toEqual([...BEGUN, 'INSERT', AGAIN, 'ROLLBACK', ...BEGUN, 'INSERT', ...DONE])
    }
  })

  it('tells of each further attempt, before it waits', async () => {
    const first = conflict()
    const { db } = server(...at(/^INSERT/, first, conflict()))
    const heard: RetryEvent[] = []
    const emitted: unknown[] = []
    db.on('retry', event => emitted.push(event))
    await db.runTransaction(() => add('a'), { backoff: made => made, label: 'add', onRetry: event => heard.push(event) })
    expect(heard).toEqual([
      { database: 'shop', attempts: 1, milliseconds: 1, cause: first, label: 'add', locks: true },
      { database: 'shop', attempts: 2, milliseconds: 2, cause: expect.any(SerializationFailure), label: 'add', locks: true }
    ])
    expect(emitted).toEqual(heard)
  })

  it('ends with what onRetry throws, which it awaits', async () => {
    const boom = new Error('enough')
    for (const onRetry of [
      () => {
        throw boom
      },
      async () => {
        await null
        throw boom
      }
    ]) {
      const { db, sent } = server(...at(/^INSERT/, conflict()))
      expect(await failure(db.runTransaction(() => add('a'), { ...soon, onRetry }))).toBe(boom)
      expect(sent()).toEqual([...BEGUN, 'INSERT', AGAIN, 'ROLLBACK'])
    }
  })

  it('makes no attempt that would begin behind its deadline, and does not wait for it', async () => {
    const last = conflict()
    const { db, sent } = server(...at(/^INSERT/, last))
    const started = performance.now()
    const error = await failure(db.runTransaction(() => add('a'), { backoff: () => 5000, deadline: 1000 }))
    expect(error).toBeInstanceOf(DeadlineExceeded)
    expect(error).toMatchObject({ code: 'DEADLINE', sqlstate: '40001', cause: last })
    expect(performance.now() - started).toBeLessThan(900)
    expect(sent()).toEqual([...BEGUN, 'INSERT', 'ROLLBACK'])
  })

  it('with attempts that are used up tells that first', async () => {
    const { db } = server(...at(/^INSERT/, conflict()))
    const running = db.runTransaction(() => add('a'), { maxAttempts: 1, backoff: () => 5000, deadline: 1000 })
    expect(await failure(running)).toBeInstanceOf(ExceededMaxAttempts)
  })

  it('sends nothing at a deadline that is over, or with a signal that is aborted', async () => {
    const { db, driver } = server()
    let calls = 0
    const late = { deadline: new Date(Date.now() - 1) }
    expect(await failure(db.runTransaction(() => calls++, late))).toBeInstanceOf(DeadlineExceeded)
    const reason = new Error('no longer wanted')
    const error = await failure(db.runTransaction(() => calls++, { signal: AbortSignal.abort(reason) }))
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ code: 'ABORTED', cause: reason })
    expect([calls, driver.statements]).toEqual([0, []])
  })

  it('begins nothing where its time was up before the server was known', async () => {
    const { db, driver, texts } = server()
    driver.connect = () => new Promise(resolve => setTimeout(resolve, 30))
    expect(await failure(db.runTransaction(() => 1, { deadline: 10 }))).toBeInstanceOf(DeadlineExceeded)
    expect(texts()).toEqual([])
  })

  it('ends its wait when its signal is aborted', async () => {
    const { db, sent } = server(...at(/^INSERT/, conflict()))
    const stop = new AbortController()
    const running = db.runTransaction(() => add('a'), {
      backoff: () => 60_000,
      signal: stop.signal,
      onRetry: () => setTimeout(() => stop.abort('changed my mind'), 10)
    })
    expect(await failure(running)).toMatchObject({ name: 'AbortError', cause: 'changed my mind' })
    expect(sent()).toEqual([...BEGUN, 'INSERT', AGAIN, 'ROLLBACK'])
  })

  it('is not committed where its signal was aborted while it ran', async () => {
    const { db, sent } = server()
    const stop = new AbortController()
    const running = db.runTransaction(
      async () => {
        await add('a')
        stop.abort('no')
        return 'swallowed'
      },
      { signal: stop.signal }
    )
    expect(await failure(running)).toBeInstanceOf(AbortError)
    expect(sent()).toEqual([...BEGUN, 'INSERT', 'ROLLBACK'])
  })

  it('lets an error of the program through, and one that tells that COMMIT was lost, whatever was aborted meanwhile', async () => {
    const boom = new Error('mine')
    const stop = new AbortController()
    const { db } = server()
    const running = db.runTransaction(
      () => {
        stop.abort()
        throw boom
      },
      { signal: stop.signal }
    )
    expect(await failure(running)).toBe(boom)
    const late = new AbortController()
    const lost = server(...at(/^RELEASE/, new ConnectionLost('gone')))
    lost.db.on('error', () => late.abort())
    expect(await failure(lost.db.runTransaction(() => add('a'), { signal: late.signal }))).toBeInstanceOf(AmbiguousCommitError)
    expect(late.signal.aborted).toBe(true)
  })

  it('waits for a connection no longer than it may', async () => {
    const { db, driver } = server()
    await db.connect()
    let grant: (value?: unknown) => void = () => {}
    const free = new Promise(resolve => {
      grant = resolve
    })
    const acquire = driver.acquire.bind(driver)
    const released: string[] = []
    driver.acquire = async () => {
      await free
      const connection = await acquire()
      const release = connection.release.bind(connection)
      connection.release = state => {
        released.push(state)
        release(state)
      }
      return connection
    }
    expect(await failure(db.runTransaction(() => 1, { deadline: 20 }))).toBeInstanceOf(DeadlineExceeded)
    expect(await failure(db.runTransaction(() => 1, { signal: AbortSignal.timeout(20) }))).toBeInstanceOf(AbortError)
    grant()
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(released).toEqual(['idle', 'idle'])
  })

  it('refuses options that make no sense, and sends nothing', async () => {
    const { db, driver } = server()
    for (const options of [
      { deadline: 0 },
      { deadline: -5 },
      { deadline: Number.NaN },
      { deadline: new Date(Number.NaN) },
      { deadline: '5' },
      { signal: {} },
      { onRetry: 'x' },
      { label: '' },
      { label: 5 },
      { locking: 'sometimes' },
      { locking: 'adaptive', isolation: 'read committed' },
      { locking: 'adaptive', isolation: 'repeatable read' },
      { locking: 'adaptive', isolation: 5 },
      { backoff: 5 },
      { backoff: { base: -1 } },
      { backoff: { base: Number.POSITIVE_INFINITY } },
      { backoff: { cap: '5' } },
      { backoff: { random: 5 } },
      { maxAttempt: 5 }
    ]) {
      expect([options, await failure(db.runTransaction(() => 1, options as never))]).toEqual([options, expect.any(TypeError)])
    }
    expect(driver.statements).toEqual([])
  })

  it('refuses a backoff that gives no number', async () => {
    const { db, sent } = server(...at(/^INSERT/, conflict()))
    expect(await failure(db.runTransaction(() => add('a'), { backoff: () => Number.NaN }))).toBeInstanceOf(TypeError)
    expect(sent()).toEqual([...BEGUN, 'INSERT', 'ROLLBACK'])
  })
})

describe('adaptive locking', () => {
  const read = () => Item.select().execute()

  it('locks in the attempt behind a conflict, and from then on from the start', async () => {
    const made = server(...at(/^SELECT "/, conflict()))
    for (const _ of [1, 2]) await made.db.runTransaction(read, soon)
    const locked = 'SELECT … FOR NO KEY UPDATE'
    expect(withLocks(made)).toEqual([...BEGUN, 'SELECT', AGAIN, locked, ...DONE, ...BEGUN, locked, ...DONE])
  })

  it('knows a place in the program by its label, else by the source of its callback', async () => {
    const made = server(...at(/^SELECT "/, conflict()))
    const { db } = made
    const readers = () => () => Item.select().execute()
    await db.runTransaction(readers(), soon)
    const selects = async (work: () => Promise<unknown>) => {
      made.driver.clear()
      await work()
      return withLocks(made).filter(text => text.startsWith('SELECT'))
    }
    expect(await selects(() => db.runTransaction(readers()))).toEqual(['SELECT … FOR NO KEY UPDATE'])
    expect(await selects(() => db.retryTransaction()(readers())())).toEqual(['SELECT … FOR NO KEY UPDATE'])
    expect(await selects(() => db.runTransaction(read))).toEqual(['SELECT'])
    expect(await selects(() => db.runTransaction(readers(), { label: 'read' }))).toEqual(['SELECT'])
    expect(await selects(() => db.runTransaction(readers(), { locking: 'none' }))).toEqual(['SELECT'])
    expect(await selects(() => db.runTransaction(readers(), { isolation: 'read committed' }))).toEqual(['SELECT'])
    expect(await selects(() => db.runTransaction(readers(), { readOnly: true }))).toEqual(['SELECT'])
    expect(await selects(() => db.transaction(readers()))).toEqual(['SELECT'])
  })

  it('none: not even then', async () => {
    const made = server(...at(/^SELECT "/, conflict()))
    await made.db.runTransaction(read, { locking: 'none', ...soon })
    expect(withLocks(made)).toEqual([...BEGUN, 'SELECT', AGAIN, 'SELECT', ...DONE])
  })

  it('always, at any level', async () => {
    for (const isolation of ['serializable', 'read committed'] as const) {
      const made = server()
      await made.db.runTransaction(read, { locking: 'always', isolation })
      expect(withLocks(made)[2]).toBe('SELECT … FOR NO KEY UPDATE')
    }
  })
})

describe('a lock that the server refuses', () => {
  let warnings: jest.SpyInstance
  beforeEach(() => {
    warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  })
  afterEach(() => warnings.mockRestore())

  let made: Scripted
  const cases: [string, () => Promise<unknown>][] = [
    ['in a statement', () => Item.select().execute()],
    [
      'in one by key',
      () => Item.getById('8c2a3b1e-0000-4000-8000-000000000000').catch(e => (e.sqlstate ? Promise.reject(e) : e))
    ],
    ['that was swallowed', () => Item.select().catch(() => undefined)],
    ['that was swallowed with a savepoint around it', () => made.db.savepoint(() => Item.select()).catch(() => undefined)],
    ['that was turned into another error', () => Item.select().catch(() => Promise.reject(new Error('other')))]
  ]
  it.each(cases)('%s is done without, in an attempt that does not count, and from then on', async (_, read) => {
    made = server(...at(/FOR NO KEY UPDATE$/, refused()))
    const options = { locking: 'always', maxAttempts: 1, label: 'read' } as const
    const again = { ...options, onRetry: () => Promise.reject(new Error('there was no conflict')) }
    let calls = 0
    const run = () => {
      calls++
      return read()
    }
    await made.db.runTransaction(run, again)
    await made.db.runTransaction(run, again)
    const locked = 'SELECT … FOR NO KEY UPDATE'
    const queries = withLocks(made).filter(text => !/ s\d+$/.test(text))
    expect(queries).toEqual([...BEGUN, locked, AGAIN, 'SELECT', ...DONE, ...BEGUN, 'SELECT', ...DONE])
    expect(calls).toBe(3)
    expect(warnings.mock.calls).toEqual([[expect.stringContaining('"read"'), { code: 'PEWIT_LOCKING' }]])
    expect(warnings.mock.calls[0][0]).toContain('42501: permission denied for table item')
  })

  it.each(['25006', '42809', '0A000'])('%s: the same', async sqlstate => {
    const made = server(...at(/FOR NO KEY UPDATE$/, new ProgrammingError('cannot lock', { sqlstate })))
    await made.db.runTransaction(() => Item.select(), { locking: 'always' })
    expect(withLocks(made)).toContain('SELECT')
  })

  it('where the plain select is refused too, reaches the caller', async () => {
    const made = server(...at(/^SELECT "/, refused(), refused()))
    const error = await failure(made.db.runTransaction(() => Item.select(), { locking: 'always' }))
    expect(error).toMatchObject({ sqlstate: '42501' })
    expect(withLocks(made).filter(text => text.startsWith('SELECT'))).toEqual(['SELECT … FOR NO KEY UPDATE', 'SELECT'])
  })

  it('where only the lock protects what is read, reaches the caller', async () => {
    const made = server(...at(/FOR NO KEY UPDATE$/, refused()))
    const running = made.db.runTransaction(() => Item.select(), { locking: 'always', isolation: 'read committed' })
    expect(await failure(running)).toMatchObject({ sqlstate: '42501' })
    // As the callback made it.
    const boom = new Error('mine')
    const other = server(...at(/FOR NO KEY UPDATE$/, refused()))
    const wrapped = () => Item.select().catch(() => Promise.reject(boom))
    const weak = { locking: 'always', isolation: 'read committed' } as const
    expect(await failure(other.db.runTransaction(wrapped, weak))).toBe(boom)
    const swallowed = server(...at(/FOR NO KEY UPDATE$/, refused()))
    const error = await failure(swallowed.db.runTransaction(() => Item.select().catch(() => undefined), weak))
    expect(error).toMatchObject({ sqlstate: '42501' })
    expect(warnings).not.toHaveBeenCalled()
  })

  it('that the program asked for reaches the caller', async () => {
    const made = server(...at(/FOR UPDATE$/, refused()))
    const running = made.db.runTransaction(() => Item.select().forUpdate(), { locking: 'always' })
    expect(await failure(running)).toMatchObject({ sqlstate: '42501' })
  })

  it('of a statement that writes is none', async () => {
    const made = server(...at(/^INSERT/, refused()))
    expect(await failure(made.db.runTransaction(() => add('a'), { locking: 'always' }))).toMatchObject({ sqlstate: '42501' })
  })

  it('with a conflict behind it counts as a conflict', async () => {
    const made = server(...at(/FOR NO KEY UPDATE$/, refused()), ...at(/^INSERT/, conflict()))
    await made.db.runTransaction(
      async () => {
        await Item.select().catch(() => undefined)
        await add('a')
      },
      { locking: 'always', ...soon }
    )
    expect(withLocks(made).filter(text => text.startsWith('SELECT'))).toHaveLength(2)
  })
})

describe('a transaction that the server has ended already', () => {
  it.each([
    ['25P01', gone25P01()],
    ['XXUUU', gone()]
  ])('can be rolled back all the same: %s', async (_, answer) => {
    const block = server(...at(/^ROLLBACK$/, answer))
    await block.db.transaction(async txn => {
      await txn.rollback()
      await add('a')
    })
    expect(block.sent()).toEqual(['BEGIN', 'ROLLBACK', 'BEGIN', 'INSERT', 'COMMIT'])
    const manual = server(...at(/^ROLLBACK$/, answer))
    await manual.db.manualCommit(async control => {
      await control.begin()
      await control.rollback()
      await control.begin()
      await control.commit()
    })
    expect(manual.sent()).toEqual(['BEGIN', 'ROLLBACK', 'BEGIN', 'COMMIT'])
  })

  it('but not where ROLLBACK fails for another reason', async () => {
    const other = new InternalError('no', { sqlstate: 'XX000' })
    const { db } = server(...at(/^ROLLBACK$/, other))
    expect(await failure(db.transaction(txn => txn.rollback()))).toBe(other)
  })

  it('by a COMMIT that failed needs no rollback() in manualCommit()', async () => {
    const last = conflict()
    const { db, sent } = server(...at(/^COMMIT/, last))
    await db.manualCommit(async control => {
      await control.begin()
      await add('a')
      expect(await failure(control.commit())).toBe(last)
      await control.rollback()
      await control.begin()
      await control.rollback()
      expect(await failure(control.rollback())).toMatchObject({ code: 'BAD_QUERY' })
    })
    expect(sent()).toEqual(['BEGIN', 'INSERT', 'COMMIT', 'BEGIN', 'ROLLBACK'])
  })
})

function gone25P01(): InternalError {
  return new InternalError('there is no transaction in progress', { sqlstate: '25P01' })
}
