import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver, TransactionConnection } from '../driver/driver.js'
import { AmbiguousCommitError, ConnectionLost, type DatabaseError, ExceededMaxAttempts, misuse } from '../errors.js'
import type { Blocks } from './blocks.js'
import { Afterwards } from './hooks.js'
import { isConflict, Scope } from './scope.js'
import { begin, commit, endingOf, type Protocol, rollback } from './transaction.js'

/** How long to wait before the next attempt: full jitter, `random() × min(cap, base × 2ⁿ)` milliseconds. */
export interface Backoff {
  /** Milliseconds; 5 unless given. */
  readonly base?: number
  /** Milliseconds; 1,000 unless given. */
  readonly cap?: number
  /** Gives numbers from 0 to 1; `Math.random` unless given. */
  readonly random?: () => number
}

/** What a retried transaction takes. */
export interface RetryOptions {
  /** Attempts in all; without limit unless given. */
  readonly maxAttempts?: number
  /** The wait before each further attempt, or a function of the number of attempts made that gives milliseconds. */
  readonly backoff?: Backoff | ((attempts: number) => number)
}

/** @internal And who is to hear of further attempts. */
interface Retrying extends RetryOptions {
  onRetry(attempts: number, milliseconds: number, cause: DatabaseError): void
}

/** Milliseconds to wait after so many attempts. */
export function backoffDelay(attempts: number, backoff: RetryOptions['backoff'] = {}): number {
  if (typeof backoff === 'function') return backoff(attempts)
  const { base = 5, cap = 1000, random = Math.random } = backoff
  return random() * Math.min(cap, base * 2 ** Math.min(attempts, 30))
}

/** Throws a `TypeError` for a number of attempts that makes no sense. */
export function checkMaxAttempts(maxAttempts: number | undefined): number {
  if (maxAttempts === undefined) return Number.POSITIVE_INFINITY
  if (Number.isInteger(maxAttempts) && maxAttempts > 0) return maxAttempts
  throw misuse('BAD_ARGUMENT', `maxAttempts: expected a whole number from 1 up, got ${maxAttempts}`)
}

/** The result of one attempt. */
type Outcome<T> = { readonly result: T } | { readonly conflict: DatabaseError }

/** Runs a transaction again and again until it does not conflict with others. */
export async function retried<T>(
  blocks: Blocks,
  driver: Driver,
  protocol: Protocol,
  body: () => T | PromiseLike<T>,
  options: Retrying
): Promise<T> {
  const limit = checkMaxAttempts(options.maxAttempts)
  const afterwards = new Afterwards()
  const connection = new Held(driver)
  return afterwards.follow(
    attempts(blocks, connection, protocol, body, afterwards, limit, options).finally(() => connection.end())
  )
}

async function attempts<T>(
  blocks: Blocks,
  connection: Held,
  protocol: Protocol,
  body: () => T | PromiseLike<T>,
  afterwards: Afterwards,
  limit: number,
  options: Retrying
): Promise<T> {
  for (let made = 1; ; made++) {
    const outcome = await attempt(blocks, connection, protocol, body, afterwards)
    if ('result' in outcome) return outcome.result
    const cause = outcome.conflict
    if (made >= limit)
      throw new ExceededMaxAttempts(`The transaction still conflicted at attempt ${made} of ${limit}`, {
        cause,
        sqlstate: cause.sqlstate
      })
    await connection.restart(protocol)
    const delay = backoffDelay(made, options.backoff)
    options.onRetry(made, delay, cause)
    await sleep(delay)
  }
}

/** One attempt. Every error but a conflict is thrown, and leaves the transaction to be rolled back. */
async function attempt<T>(
  blocks: Blocks,
  held: Held,
  protocol: Protocol,
  body: () => T | PromiseLike<T>,
  afterwards: Afterwards
): Promise<Outcome<T>> {
  let scope: Scope | undefined
  try {
    const connection = await held.begin(protocol)
    scope = new Scope(connection, afterwards)
    const own = scope
    const result = await blocks.inside(own, body)
    await held.begun()
    // A conflict that the program swallowed has aborted the transaction all the same.
    if (own.conflict) throw own.conflict
    await commit(connection, protocol, own.work)
    held.committed()
    afterwards.settle(own.work, 'committed')
    return { result }
  } catch (error) {
    const conflict = isLoss(error) ? undefined : isConflict(error) ? error : scope?.conflict
    if (scope) afterwards.settle(scope.work, endingOf(error), conflict !== undefined)
    if (conflict) return { conflict }
    throw error
  }
}

/** Whether an error tells that the connection was lost, before or while committing: then no attempt may follow. */
function isLoss(error: unknown): boolean {
  return error instanceof AmbiguousCommitError || error instanceof ConnectionLost
}

/** The connection of a retried transaction: taken when an attempt begins, kept for the next one where it still serves. */
class Held {
  readonly #driver: Driver
  #connection: TransactionConnection | undefined
  #begun: Promise<unknown> | undefined

  constructor(driver: Driver) {
    this.#driver = driver
  }

  /** The connection, with the transaction begun. */
  async begin(protocol: Protocol): Promise<TransactionConnection> {
    this.#connection ??= await this.#driver.acquire()
    if (!this.#begun) {
      // Set before BEGIN is sent: whatever becomes of it, the connection must be rolled back.
      this.#begun = Promise.resolve()
      this.#begun = (await begin(this.#connection, protocol)).begun
    }
    return this.#connection
  }

  /** The answer to BEGIN, which may have travelled with the first statement. */
  async begun(): Promise<void> {
    await this.#begun
  }

  /** Makes ready for another attempt: inside the same transaction where the protocol knows how, else outside it. */
  async restart(protocol: Protocol): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    if (protocol.restart !== undefined && connection.alive) {
      try {
        await connection.script(protocol.restart)
        return
      } catch {
        // The server has given the transaction up: it begins anew.
      }
    }
    await this.end()
  }

  /** The transaction is over and well. */
  committed(): void {
    this.#begun = undefined
  }

  /** Gives the connection back, rolling back what is open. */
  async end(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    this.#connection = undefined
    const state = this.#begun ? await rollback(connection) : 'idle'
    this.#begun = undefined
    connection.release(connection.alive ? state : 'dirty')
  }
}
