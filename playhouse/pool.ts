/** Databases that limit how many connections are held at a time, as Peewee's pool has them. */
import { misuse } from '../lib/extend.js'
import {
  type Database,
  type DatabaseOptions,
  OperationalError,
  type PoolSettings,
  type PoolStats,
  PostgresqlDatabase
} from '../lib/index.js'
import { CockroachDatabase } from './cockroachdb/database.js'

/** What limits a pool. */
export interface PoolLimits {
  /**
   * How many connections may be held at a time: by transactions, connection contexts and streams; 20 unless given, 0 for any
   * number. Plain queries are not counted: they share up to 10 connections more, or as many as this where it is less.
   */
  readonly maxConnections?: number
  /** Seconds after which a connection is too old to be held again, counted from when it was made; never unless given. */
  readonly staleTimeout?: number
  /** Seconds to wait for a connection while all are held: 0 waits for ever; unless given, it fails at once. */
  readonly timeout?: number
}

/** What a pooled database takes: what any database does, and limits. */
export interface PoolOptions extends DatabaseOptions, PoolLimits {}

/** What a pooled database can be asked and told of its connections. */
export interface Pooled {
  /**
   * Opens the database and says how many connections may be held. Where it is open already, a process warning says so and
   * nothing changes.
   */
  startConnectionPool(options?: PoolLimits): Promise<void>
  /** Closes the database as `close()` does. Where it is closed, a process warning says so. */
  closeConnectionPool(): Promise<void>
  /** How many connections there are, and what they do. */
  poolStats(): PoolStats
  /**
   * Closes the connection of the connection context that this is called in, instead of giving it back; gives whether there was
   * one. Throws `OperationalError` inside a transaction.
   */
  manualClose(): boolean
  /** Ends the connections that nobody uses. */
  closeIdle(): Promise<void>
  /** Breaks off the connections that have been held for more than so many seconds; gives how many. What runs on them fails with `ConnectionLost`. */
  closeStale(age?: number): number
  /** Ends every connection, those in use too. What runs on them fails with `ConnectionLost`; what comes later takes new ones. */
  closeAll(): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: the parameters that TypeScript demands of classes to be mixed
type Class<T> = new (...args: any[]) => T

/** The methods of a pool, on a kind of database. */
function pooled<B extends Class<Database>>(Base: B): B & Class<Pooled> {
  class PooledDatabase extends Base implements Pooled {
    override init(name: string, options: PoolOptions = {}): void {
      super.init(name, databaseOptions(options, currentOptions.get(this)))
      currentOptions.set(this, { ...currentOptions.get(this), ...options })
    }

    async startConnectionPool(options: PoolLimits = {}): Promise<void> {
      if (!this.isClosed()) return warn('A pool already exists; close it first if you want to create a new one.')
      const all = { ...currentOptions.get(this), ...options }
      this.configure({ pool: poolSettings(all) })
      currentOptions.set(this, all)
      await this.connect()
    }

    async closeConnectionPool(): Promise<void> {
      if (this.isClosed()) return warn('No pool is running.')
      await this.close()
    }

    poolStats(): PoolStats {
      const { max } = poolSettings(currentOptions.get(this) ?? {})
      return this.connections?.stats() ?? { max, used: 0, idle: 0, waiting: 0, shared: 0 }
    }

    manualClose(): boolean {
      if (this.inTransaction()) throw new OperationalError('The connection cannot be closed while a transaction is open on it')
      return this.context?.drop() ?? false
    }

    async closeIdle(): Promise<void> {
      await this.connections?.closeIdle()
    }

    closeStale(age = 600): number {
      if (!(age >= 0)) throw misuse('BAD_ARGUMENT', `closeStale: expected a number of seconds, got ${age}`)
      return this.connections?.closeStale(age) ?? 0
    }

    async closeAll(): Promise<void> {
      await this.connections?.closeAll()
    }
  }
  return PooledDatabase
}

/** The pool's options of each database: an `init` adds to those that were given before. */
const currentOptions = new WeakMap<Database, PoolLimits>()

/** A PostgreSQL database that limits how many connections are held: `new PooledPostgresqlDatabase('shop', { maxConnections: 8 })`. */
export class PooledPostgresqlDatabase extends pooled(PostgresqlDatabase) {
  constructor(name: string | null, options: PoolOptions = {}) {
    super(name, databaseOptions(options))
    currentOptions.set(this, options)
  }
}

/** A CockroachDB database that limits how many connections are held. */
export class PooledCockroachDatabase extends pooled(CockroachDatabase) {
  constructor(name: string | null, options: PoolOptions = {}) {
    super(name, databaseOptions(options))
    currentOptions.set(this, options)
  }
}

/** The options as a database takes them. */
function databaseOptions(options: PoolOptions, before: PoolLimits = {}): DatabaseOptions {
  if ('max' in options) {
    throw misuse('UNKNOWN_OPTION', 'A pooled database has no option "max"; maxConnections limits the connections that are held')
  }
  const { maxConnections: _max, staleTimeout: _stale, timeout: _timeout, ...others } = options
  return { ...others, pool: poolSettings({ ...before, ...options }) }
}

function poolSettings({ maxConnections = 20, staleTimeout = 0, timeout }: PoolLimits): PoolSettings {
  if (!Number.isInteger(maxConnections) || maxConnections < 0) {
    throw misuse('BAD_ARGUMENT', `maxConnections: expected a whole number, got ${maxConnections}`)
  }
  for (const [name, value] of Object.entries({ staleTimeout, timeout })) {
    if (value !== undefined && !(value >= 0)) throw misuse('BAD_ARGUMENT', `${name}: expected a number of seconds, got ${value}`)
  }
  return {
    max: maxConnections === 0 ? Number.POSITIVE_INFINITY : maxConnections,
    patience: timeout === undefined ? 0 : timeout === 0 ? Number.POSITIVE_INFINITY : timeout,
    lifetime: staleTimeout
  }
}

function warn(message: string): void {
  process.emitWarning(message, { code: 'PEWIT_POOL' })
}

export type { PoolStats } from '../lib/index.js'
