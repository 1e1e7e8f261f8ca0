import type { LockStrength } from '../ast/nodes.js'
import type { Driver, TransactionConnection } from '../driver/driver.js'
import { AmbiguousCommitError, ConnectionLost, type DatabaseError, ExceededMaxAttempts } from '../errors.js'
import { type BackoffOption, backoffDelay } from './backoff.js'
import type { Blocks } from './blocks.js'
import type { RetryEvent } from './events.js'
import { Afterwards } from './hooks.js'
import type { LockPlan } from './locking.js'
import { isConflict, Scope, type Terms } from './scope.js'
import type { Stopping } from './stopping.js'
import { begin, commit, endingOf, type Protocol, rollback } from './transaction.js'

/** What is to be run again and again until it does not conflict with others. */
export interface Retried<T> {
  readonly blocks: Blocks
  readonly driver: Driver
  readonly protocol: Protocol
  readonly body: () => T | PromiseLike<T>
  /** How many attempts there may be. */
  readonly limit: number
  readonly backoff: BackoffOption | undefined
  readonly stopping: Stopping
  readonly plan: LockPlan
  /** How an attempt that locks does. */
  readonly strength: LockStrength
  /** Hears of each further attempt; what it throws ends the transaction. */
  onRetry(event: Pick<RetryEvent, 'attempts' | 'milliseconds' | 'cause' | 'locks'>): unknown
}

/** What became of one attempt. */
type Outcome<T> = { readonly result: T } | { readonly conflict: DatabaseError } | { readonly lockRefused: DatabaseError }

/** Runs a transaction again and again until it does not conflict with others. */
export async function retried<T>(retried: Retried<T>): Promise<T> {
  const afterwards = new Afterwards()
  const held = new Held(retried)
  return afterwards.follow(attempts(retried, held, afterwards).finally(() => held.end()))
}

async function attempts<T>(retried: Retried<T>, held: Held, afterwards: Afterwards): Promise<T> {
  const { limit, backoff, stopping, plan } = retried
  let conflict: DatabaseError | undefined
  for (let made = 0; ; ) {
    stopping.check(conflict)
    const locks = plan.locks(made)
    const outcome = await attempt(retried, held, afterwards, locks, conflict)
    if ('result' in outcome) return outcome.result
    if ('lockRefused' in outcome) {
      plan.refused(outcome.lockRefused)
      await held.restart()
      continue
    }
    conflict = outcome.conflict
    made++
    plan.conflicted(conflict, locks)
    if (made >= limit) throw exceeded(limit, conflict)
    const milliseconds = backoffDelay(made, backoff)
    stopping.check(conflict, milliseconds)
    await held.restart()
    stopping.check(conflict)
    await retried.onRetry({ attempts: made, milliseconds, cause: conflict, locks: plan.locks(made) })
    await stopping.pause(milliseconds, conflict)
  }
}

function exceeded(limit: number, cause: DatabaseError): ExceededMaxAttempts {
  const attempts = `attempt ${limit} of ${limit}`
  return new ExceededMaxAttempts(`The transaction still conflicted at ${attempts}`, { cause, sqlstate: cause.sqlstate })
}

/** One attempt. Every error but a conflict is thrown, and leaves the transaction to be rolled back. */
async function attempt<T>(
  { blocks, protocol, body, stopping, plan, strength }: Retried<T>,
  held: Held,
  afterwards: Afterwards,
  locks: boolean,
  before: DatabaseError | undefined
): Promise<Outcome<T>> {
  const { set, autocommitBeforeDdl } = protocol
  const terms: Terms = { rowLock: locks ? strength : undefined, limits: stopping.limits, set, autocommitBeforeDdl }
  let scope: Scope | undefined
  try {
    const connection = await held.begin(before)
    scope = new Scope(connection, afterwards, terms)
    const own = scope
    const result = await blocks.inside(own, body)
    await held.begun()
    // A conflict that the program swallowed has aborted the transaction all the same.
    if (own.conflict) throw own.conflict
    if (own.lockRefused) throw own.lockRefused
    stopping.check(before)
    await commit(connection, protocol, own.work)
    held.committed()
    afterwards.settle(own.work, 'committed')
    return { result }
  } catch (error) {
    const cause = (await held.conflictAtBegin()) ?? error
    const outcome = isLoss(cause) ? undefined : again(cause, scope, plan)
    if (scope) afterwards.settle(scope.work, endingOf(error), outcome !== undefined)
    if (outcome) return outcome
    throw stopping.isCauseOf(error) ? stopping.error(before) : error
  }
}

/** What calls for another attempt, if anything does, where this one failed with an error. */
function again(
  error: unknown,
  scope: Scope | undefined,
  { canDoWithout }: LockPlan
): Exclude<Outcome<never>, { readonly result: never }> | undefined {
  const conflict = isConflict(error) ? error : scope?.conflict
  if (conflict) return { conflict }
  return canDoWithout && scope?.lockRefused ? { lockRefused: scope.lockRefused } : undefined
}

/** Whether an error tells that the connection was lost, before or while committing: then no attempt may follow. */
function isLoss(error: unknown): boolean {
  return error instanceof AmbiguousCommitError || error instanceof ConnectionLost
}

/** The connection of a retried transaction: taken when an attempt begins, kept for the next one where it still serves. */
class Held {
  readonly #retried: Pick<Retried<unknown>, 'driver' | 'protocol' | 'stopping'>
  #connection: TransactionConnection | undefined
  #begun: Promise<unknown> | undefined

  constructor(retried: Pick<Retried<unknown>, 'driver' | 'protocol' | 'stopping'>) {
    this.#retried = retried
  }

  /** The connection, with the transaction begun. */
  async begin(conflict: DatabaseError | undefined): Promise<TransactionConnection> {
    const { driver, protocol, stopping } = this.#retried
    this.#connection ??= await stopping.acquire(driver, conflict)
    if (!this.#begun) {
      // Set before BEGIN is sent: whatever becomes of it, the connection must be rolled back.
      this.#begun = Promise.resolve()
      this.#begun = (await begin(this.#connection, protocol, stopping.limits)).begun
    }
    return this.#connection
  }

  /** The answer to BEGIN, which may have travelled with the first statement. */
  async begun(): Promise<void> {
    await this.#begun
  }

  /** The conflict that BEGIN was answered with; what was sent behind it failed without telling so. */
  async conflictAtBegin(): Promise<DatabaseError | undefined> {
    return this.#begun?.then(
      () => undefined,
      error => (isConflict(error) ? error : undefined)
    )
  }

  /** Makes ready for another attempt: inside the same transaction where the protocol knows how, else outside it. */
  async restart(): Promise<void> {
    const connection = this.#connection
    const { protocol, stopping } = this.#retried
    const { restart } = protocol
    if (!connection) return
    if (restart !== undefined && connection.alive) {
      try {
        await connection.script(restart, stopping.limits)
        this.#begun = Promise.resolve()
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
    const state = this.#begun ? await rollback(connection, this.#retried.stopping.limits?.signal) : 'idle'
    this.#begun = undefined
    connection.release(connection.alive ? state : 'dirty')
  }
}
