import { beginText, isSureToBegin, misuse, type Protocol, quoteText } from '../../lib/extend.js'
import type { Database, RunTransactionOptions, SystemTime, TransactionOptions } from '../../lib/index.js'

/** A moment that the server computes, made by functions like {@link followerReadTimestamp}. */
class ServerTime {
  constructor(readonly systemTime: string) {}
}

/** The latest time at which the nearest replica can surely answer: `db.atomic(fn, { systemTime: followerReadTimestamp() })`. */
export function followerReadTimestamp(): SystemTime {
  return new ServerTime('follower_read_timestamp()')
}

const INTERVAL = /^-(\s*\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|seconds?|minutes?|hours?|days?))+$/
const INSTANT = /^\d{4,}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d(:?\d\d)?)?)?$/
const PRIORITIES = ['low', 'normal', 'high']

/**
 * A time in the past as the literal that AS OF SYSTEM TIME takes, which is no place for a parameter. Throws a `TypeError`
 * for anything but a valid Date, an ISO string, a negative interval, or `followerReadTimestamp()`.
 */
export function systemTimeLiteral(time: SystemTime): string {
  if (time instanceof ServerTime) return time.systemTime
  if (time instanceof Date && !Number.isNaN(time.getTime())) return quoteText(time.toISOString())
  if (typeof time === 'string' && (INTERVAL.test(time) || INSTANT.test(time))) return quoteText(time)
  throw misuse('BAD_ARGUMENT', "systemTime: expected a Date, an ISO string, an interval like '-10s', or followerReadTimestamp()")
}

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
