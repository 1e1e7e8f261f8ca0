import { misuse } from '../errors.js'
import { type BackoffOption, checkBackoff } from './backoff.js'
import { TRANSACTION_OPTIONS, type TransactionOptions } from './beginning.js'
import type { RetryEvent } from './events.js'
import type { Locking } from './locking.js'
import { refuseOthers } from './options.js'

/** How a transaction is run again when it conflicts with others. */
export interface RetryOptions {
  /** Attempts in all; without limit unless given. */
  readonly maxAttempts?: number
  /** The wait before each further attempt; full jitter from 5 milliseconds to a second unless given. */
  readonly backoff?: BackoffOption
  /**
   * When it is to have ended, in milliseconds from the call, or as a moment. No attempt or wait goes beyond it, and a statement
   * that is running then is broken off; a COMMIT on its way is not.
   */
  readonly deadline?: number | Date
  /** Aborted: ends the wait, breaks off the statement that is running, and rolls back. */
  readonly signal?: AbortSignal
  /** Called, and awaited, before the wait for each further attempt. What it throws ends the transaction, and is what the caller gets. */
  readonly onRetry?: (event: RetryEvent) => unknown
  /**
   * Whether selects of models' rows lock what they read (`FOR NO KEY UPDATE`). `adaptive` needs SERIALIZABLE, where it is what is
   * done unless this is given; elsewhere it is `none`.
   */
  readonly locking?: Locking
  /** What the program calls this transaction: in events, and to know it again. Its callback's source text tells it unless given. */
  readonly label?: string
}

/** What a retried transaction takes. */
export interface RunTransactionOptions extends RetryOptions, TransactionOptions {}

const RETRY_OPTIONS = ['maxAttempts', 'backoff', 'deadline', 'signal', 'onRetry', 'locking', 'label'] as const
const LOCKINGS: readonly unknown[] = ['none', 'always', 'adaptive'] satisfies Locking[]

/** Options of a retried transaction, checked. */
export interface CheckedOptions {
  /** What BEGIN is told. */
  readonly transaction: TransactionOptions
  readonly limit: number
  /** Milliseconds from now. */
  readonly deadline: number | undefined
  readonly locking: Locking
  /** Whether conflicts are found even where nothing is locked. */
  readonly serializable: boolean
}

/** Throws a `TypeError` for options of a retried transaction that do not exist or make no sense. */
export function checkRetryOptions(options: RunTransactionOptions): CheckedOptions {
  const { maxAttempts, backoff, deadline, signal, onRetry, locking, label, ...transaction } = options
  refuseOthers('runTransaction', options, [...RETRY_OPTIONS, ...TRANSACTION_OPTIONS])
  checkBackoff(backoff)
  check(signal === undefined || signal instanceof AbortSignal, 'signal: expected an AbortSignal')
  check(onRetry === undefined || typeof onRetry === 'function', 'onRetry: expected a function')
  check(label === undefined || (typeof label === 'string' && label !== ''), 'label: expected a name')
  const { isolation = 'serializable' } = transaction
  const serializable = isolation === 'serializable'
  return {
    transaction,
    limit: attemptsOf(maxAttempts),
    deadline: deadline === undefined ? undefined : millisecondsUntil(deadline),
    locking: lockingOf(locking, transaction, serializable),
    serializable
  }
}

function attemptsOf(maxAttempts: number | undefined): number {
  if (maxAttempts === undefined) return Number.POSITIVE_INFINITY
  check(Number.isInteger(maxAttempts) && maxAttempts > 0, `maxAttempts: expected a whole number from 1 up, got ${maxAttempts}`)
  return maxAttempts
}

function millisecondsUntil(deadline: unknown): number {
  const milliseconds = deadline instanceof Date ? deadline.getTime() - Date.now() : deadline
  const valid = typeof milliseconds === 'number' && !Number.isNaN(milliseconds) && (deadline instanceof Date || milliseconds > 0)
  check(valid, 'deadline: expected a number of milliseconds above 0, or a Date')
  return milliseconds as number
}

function lockingOf(given: unknown, { readOnly, systemTime, isolation }: TransactionOptions, serializable: boolean): Locking {
  const locking = given ?? (serializable ? DEFAULT : 'none')
  check(LOCKINGS.includes(locking), `locking: expected one of ${LOCKINGS.join(', ')}`)
  if (locking === 'adaptive' && !serializable) {
    const why = `at ${String(isolation).toUpperCase()} the lock is the protection itself`
    throw misuse('BAD_ARGUMENT', `locking: 'adaptive' needs SERIALIZABLE; ${why}: say 'always' or 'none'`)
  }
  return readOnly || systemTime !== undefined ? 'none' : (locking as Locking)
}

/** What `bench/contention.ts` found best: see docs/transactions.md. */
const DEFAULT: Locking = 'adaptive'

function check(holds: boolean, expected: string): void {
  if (!holds) throw misuse('BAD_ARGUMENT', expected)
}
