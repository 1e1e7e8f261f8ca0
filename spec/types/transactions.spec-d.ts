import {
  type Database,
  type DatabaseError,
  type Locking,
  PostgresqlDatabase,
  type RetryEvent,
  type RunTransactionOptions,
  type Transaction,
  type TransactionSettings
} from 'pewit'
import { CockroachDatabase, followerReadTimestamp, runTransaction } from 'pewit/playhouse/cockroachdb'
import type { Equal } from './expect.js'
import { proves } from './expect.js'
import { Account, db, User } from './models.js'

/** What blocks give, and that wrappers keep signatures. */

async function transfer(from: bigint, to: bigint, amount: number): Promise<boolean> {
  return amount > 0 && from !== to
}

export async function blocks(): Promise<void> {
  const made = await db.transaction(async txn => {
    proves<Equal<typeof txn, Transaction>>()
    txn.onCommit(() => undefined)
    await txn.commit()
    return User.create({ username: 'huey' })
  })
  proves<Equal<typeof made, User>>()
  const count = await db.transaction(() => User.update({ age: 3 }))
  proves<Equal<typeof count, number>>()
  const three = await db.transaction(() => 3, { priority: 'high' })
  proves<Equal<typeof three, number>>()
  const rows = await db.atomic(() => Account.select(), { systemTime: '-10s', readOnly: true })
  proves<Equal<typeof rows, Account[]>>()
  await db.atomic(() => 3, { systemTime: followerReadTimestamp(), isolation: 'serializable' })
  const inner = await db.savepoint(async () => 'x')
  proves<Equal<typeof inner, string>>()
  const out = db.outside(() => 3)
  proves<Equal<typeof out, number>>()
  const manual = await db.manualCommit(async () => {
    await db.begin()
    await db.commit()
    return 'x'
  })
  proves<Equal<typeof manual, string>>()
  // @ts-expect-error the block gives a User
  made.content
  // @ts-expect-error a function, not its result
  await db.transaction(User.update({ age: 3 }))
  // @ts-expect-error no such option
  await db.transaction(() => 3, { maxAttempts: 3 })
  // @ts-expect-error no such level
  await db.atomic(() => 3, { isolation: 'chaos' })
  // @ts-expect-error a time in the past
  await db.atomic(() => 3, { systemTime: 10 })
  // @ts-expect-error a savepoint has no options
  await db.savepoint(() => 3, { priority: 'high' })
}

export async function wrappers(): Promise<void> {
  const createUser = db.transaction()(async (username: string, age?: number) => User.create({ username, age: age ?? null }))
  proves<Equal<typeof createUser, (username: string, age?: number) => Promise<User>>>()
  const atomically = db.atomic({ priority: 'high' })((name: string) => name.length)
  proves<Equal<typeof atomically, (name: string) => Promise<number>>>()
  const saved = db.savepoint()(() => User.delete())
  proves<Equal<typeof saved, () => Promise<number>>>()
  const again = db.retryTransaction({ maxAttempts: 5 })(transfer)
  proves<Equal<typeof again, (from: bigint, to: bigint, amount: number) => Promise<boolean>>>()
  // @ts-expect-error a name
  await createUser(3)
  // @ts-expect-error a name
  await createUser()
  // @ts-expect-error only functions are wrapped
  db.transaction()(3)
}

export class Accounts {
  @db.transaction()
  async open(name: string): Promise<User> {
    return User.create({ username: name })
  }

  @db.atomic({ priority: 'low' })
  async close(name: string): Promise<number> {
    return User.delete().where(u => u.username.eq(name))
  }

  @db.retryTransaction({ maxAttempts: 5, backoff: { base: 1 } })
  async move(amount: number): Promise<boolean> {
    return amount > 0
  }

  // @ts-expect-error only methods are decorated
  @db.transaction()
  name = 'x'

  // @ts-expect-error the wrapper is made first
  @db.atomic
  async forgotten(): Promise<void> {}
}

export async function retried(postgres: PostgresqlDatabase, from: bigint, to: bigint): Promise<void> {
  const ok = await db.runTransaction(
    async database => {
      proves<Equal<typeof database, CockroachDatabase>>()
      return transfer(from, to, 10)
    },
    10,
    undefined,
    'high'
  )
  proves<Equal<typeof ok, boolean>>()
  const withOptions = await db.runTransaction(() => User.select(), {
    maxAttempts: 10,
    systemTime: new Date(),
    priority: 'low',
    backoff: attempts => attempts * 10
  })
  proves<Equal<typeof withOptions, User[]>>()
  const asFunction = await runTransaction(db, () => transfer(from, to, 10), 10)
  proves<Equal<typeof asFunction, boolean>>()
  await runTransaction(
    postgres,
    database => {
      proves<Equal<typeof database, PostgresqlDatabase>>()
    },
    { maxAttempts: 3 }
  )
  // @ts-expect-error a number of attempts
  await db.runTransaction(() => 3, '10')
  // @ts-expect-error no such option
  await db.runTransaction(() => 3, { attempts: 10 })
  // @ts-expect-error a database comes first
  await runTransaction(() => 3, db)
  // @ts-expect-error milliseconds
  await db.runTransaction(() => 3, { backoff: () => 'x' })
}

export async function retryOptions(postgres: PostgresqlDatabase): Promise<void> {
  const options = {
    deadline: new Date(),
    signal: AbortSignal.timeout(1000),
    onRetry: (event: RetryEvent) => {
      proves<Equal<typeof event.label, string | undefined>>()
      proves<Equal<typeof event.locks, boolean>>()
    },
    locking: 'always',
    label: 'transfer',
    isolation: 'read committed'
  } as const satisfies RunTransactionOptions
  await postgres.runTransaction(() => 3, options)
  await db.runTransaction(() => 3, {
    deadline: 500,
    locking: 'adaptive',
    onRetry: async ({ attempts, cause }) => {
      proves<Equal<typeof attempts, number>>()
      proves<Equal<typeof cause, DatabaseError>>()
    }
  })
  db.retryTransaction({ locking: 'none', ...settings })
  proves<Equal<Locking, 'none' | 'always' | 'adaptive'>>()
  // @ts-expect-error no such way to lock
  await db.runTransaction(() => 3, { locking: 'sometimes' })
  // @ts-expect-error milliseconds, or a Date
  await db.runTransaction(() => 3, { deadline: '5s' })
  // @ts-expect-error a signal, not its controller
  await db.runTransaction(() => 3, { signal: new AbortController() })
  // @ts-expect-error a name
  await db.runTransaction(() => 3, { label: 5 })
  // @ts-expect-error blocks that run once lock nothing by themselves
  await db.transaction(() => 3, { locking: 'always' })
}

const settings: TransactionSettings = { statementTimeout: 5, applicationName: 'shop', autocommitBeforeDdl: false }

export async function sessionSettings(): Promise<void> {
  await db.transaction(txn => txn.autocommitBeforeDdl(false), settings)
  await db.atomic(() => 3, { ...settings, isolation: 'serializable' })
  new CockroachDatabase('shop', { ...settings })
  // @ts-expect-error seconds
  await db.transaction(() => 3, { statementTimeout: '5s' })
  // @ts-expect-error a name
  await db.transaction(() => 3, { applicationName: 5 })
  // @ts-expect-error true or false
  await db.transaction(() => 3, { autocommitBeforeDdl: 'off' })
  // @ts-expect-error true or false
  await db.transaction(txn => txn.autocommitBeforeDdl('off'))
  // @ts-expect-error true or false
  new CockroachDatabase('shop', { autocommitBeforeDdl: 'off' })
}

export async function databases(): Promise<void> {
  const deferred: Database = new CockroachDatabase(null)
  deferred.init('my_app', { host: '10.1.0.8' })
  proves<Equal<Awaited<ReturnType<typeof db.serverVersion>>, number>>()
  const rows = await db.executeSql('SELECT $1::int8 AS one', [1])
  proves<Equal<typeof rows, Record<string, unknown>[]>>()
  const users = await db.execute(User.select(u => [u.username]))
  proves<Equal<typeof users, { username: string }[]>>()
  await using open = new PostgresqlDatabase('x')
  await open.connect({ reuseIfOpen: true })
  // @ts-expect-error a name, a URL, or null
  void new CockroachDatabase(3)
  // @ts-expect-error a query, not its text
  await db.execute('SELECT 1')
  // @ts-expect-error values stand in a list
  await db.executeSql('SELECT $1', 1)
}
