import { beginText, isSureToBegin, misuse, type Protocol } from '../../lib/extend.js'
import type { Database, RunTransactionOptions, SystemTime, TransactionOptions } from '../../lib/index.js'
import { systemTimeLiteral } from './system-time.js'

const PRIORITIES = ['low', 'normal', 'high']

/** How a block begins and ends. */
export function protocol(options: TransactionOptions): Protocol {
  const { systemTime, priority } = options
  return {
    begin: beginText(
      options,
      priority === undefined ? undefined : `PRIORITY ${priorityName(priority)}`,
      systemTime === undefined ? undefined : `AS OF SYSTEM TIME ${systemTimeLiteral(systemTime)}`
    ),
    sureToBegin: isSureToBegin(options),
    commit: 'COMMIT'
  }
}

/** The same for a retried block: the server keeps its place in the queue while it is restarted behind this savepoint. */
export function retryProtocol(options: TransactionOptions): Protocol {
  const { begin, sureToBegin } = protocol(options)
  return {
    begin: `${begin}; SAVEPOINT cockroach_restart`,
    sureToBegin,
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
