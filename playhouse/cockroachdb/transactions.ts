import { beginning, misuse, type Protocol } from '../../lib/extend.js'
import type { Capabilities, Database, RunTransactionOptions, SystemTime, TransactionOptions } from '../../lib/index.js'
import { cockroachDialect } from './dialect.js'
import { beginTimeLiteral } from './system-time.js'

const PRIORITIES = ['low', 'normal', 'high']

/** How a block begins and ends. */
export function protocol(options: TransactionOptions, capabilities: Capabilities): Protocol {
  const { systemTime, priority } = options
  const rank = priority === undefined ? undefined : `PRIORITY ${priorityName(priority)}`
  const time = systemTime === undefined ? undefined : `AS OF SYSTEM TIME ${beginTimeLiteral(systemTime)}`
  return { ...beginning(options, cockroachDialect, capabilities, rank, time), commit: 'COMMIT' }
}

/**
 * The same for a retried block: the server keeps its place in the queue while it is restarted behind this savepoint. Settings
 * stand before the savepoint: a restart would undo those behind it. One that reads the past is run again as a whole: restarted
 * behind a savepoint, it would read the present (cockroachdb/cockroach#45540). Any other says that it is SERIALIZABLE: roles and
 * databases can have another default (https://www.cockroachlabs.com/docs/stable/read-committed#enable-read-committed-isolation).
 */
export function retryProtocol(options: TransactionOptions, capabilities: Capabilities): Protocol {
  if (options.systemTime !== undefined) return protocol(options, capabilities)
  const { begin, ...others } = protocol({ ...options, isolation: options.isolation ?? 'serializable' }, capabilities)
  return {
    ...others,
    begin: `${begin}; SAVEPOINT cockroach_restart`,
    commit: 'RELEASE SAVEPOINT cockroach_restart; COMMIT',
    restart: 'ROLLBACK TO SAVEPOINT cockroach_restart'
  }
}

function priorityName(priority: string): string {
  if (typeof priority === 'string' && PRIORITIES.includes(priority.toLowerCase())) return priority.toUpperCase()
  throw misuse('BAD_ARGUMENT', `priority: expected one of ${PRIORITIES.join(', ')}`)
}

/** `db.runTransaction(…)` as a function. */
export function runTransaction<D extends Database, T>(
  db: D,
  callback: (db: D) => T | PromiseLike<T>,
  maxAttempts?: number,
  systemTime?: SystemTime,
  priority?: string
): Promise<T>
export function runTransaction<D extends Database, T>(
  db: D,
  callback: (db: D) => T | PromiseLike<T>,
  options?: RunTransactionOptions
): Promise<T>
export function runTransaction<D extends Database, T>(
  db: D,
  callback: (db: D) => T | PromiseLike<T>,
  limit?: number | RunTransactionOptions,
  systemTime?: SystemTime,
  priority?: string
): Promise<T> {
  return typeof limit === 'object' ? db.runTransaction(callback, limit) : db.runTransaction(callback, limit, systemTime, priority)
}
