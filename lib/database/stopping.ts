import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver, Limits, TransactionConnection } from '../driver/driver.js'
import { onAbort } from '../driver/limits.js'
import { AbortError, type DatabaseError, DeadlineExceeded } from '../errors.js'

/** What timers can count. */
const LONGEST = 2 ** 31 - 1

/** What ends a retried transaction before it has succeeded: its deadline, or the caller's signal. */
export class Stopping {
  /** Of every statement; none where nothing can end the transaction. */
  readonly limits: Limits | undefined
  readonly #deadline: number
  readonly #signal: AbortSignal | undefined
  /** Aborted when it is to end; none where nothing can end it. */
  readonly #stop: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout | undefined
  readonly #deafen: (() => void) | undefined

  /** @param milliseconds until the deadline */
  constructor(milliseconds = Number.POSITIVE_INFINITY, signal?: AbortSignal) {
    this.#deadline = performance.now() + milliseconds
    this.#signal = signal
    if (milliseconds === Number.POSITIVE_INFINITY && !signal) return
    const stop = new AbortController()
    this.#stop = stop.signal
    this.limits = { signal: stop.signal }
    if (signal) this.#deafen = onAbort(signal, () => stop.abort(signal.reason))
    if (signal?.aborted) stop.abort(signal.reason)
    if (milliseconds <= LONGEST) this.#timer = setTimeout(() => stop.abort(), Math.max(0, milliseconds))
  }

  /** Whether the transaction is to end. */
  get stopped(): boolean {
    return this.#stop?.aborted === true || performance.now() >= this.#deadline
  }

  /** Throws where the transaction is to end, or would be before so many milliseconds are over. */
  check(conflict: DatabaseError | undefined, milliseconds = 0): void {
    if (this.stopped || performance.now() + milliseconds > this.#deadline) throw this.error(conflict)
  }

  /** The error that ends the transaction; its last conflict, if any, is told. */
  error(conflict: DatabaseError | undefined): AbortError | DeadlineExceeded {
    if (this.#signal?.aborted) return new AbortError('The transaction was aborted', { cause: this.#signal.reason })
    const why = conflict ? 'it still conflicted, and another attempt would begin too late' : 'it took too long'
    return new DeadlineExceeded(`The transaction was ended by its deadline: ${why}`, {
      cause: conflict,
      sqlstate: conflict?.sqlstate
    })
  }

  /** Whether an error is that of a statement which was broken off for this. */
  isCauseOf(error: unknown): boolean {
    return this.#stop?.aborted === true && error instanceof AbortError && error.cause === this.#stop.reason
  }

  /** Waits, unless the transaction is to end. */
  async pause(milliseconds: number, conflict: DatabaseError | undefined): Promise<void> {
    if (!this.#stop) return sleep(milliseconds)
    await sleep(milliseconds, undefined, { signal: this.#stop }).catch(() => undefined)
    this.check(conflict)
  }

  /** A connection, unless the transaction ends before there is one. */
  async acquire(driver: Driver, conflict: DatabaseError | undefined): Promise<TransactionConnection> {
    const signal = this.#stop
    if (!signal) return driver.acquire()
    const acquiring = driver.acquire()
    let stop = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(this.error(conflict))
      signal.addEventListener('abort', stop)
    })
    try {
      return await Promise.race([acquiring, stopped])
    } catch (error) {
      // It may come yet, for somebody else.
      acquiring.then(connection => connection.release('idle')).catch(() => undefined)
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Stops listening. */
  end(): void {
    clearTimeout(this.#timer)
    this.#deafen?.()
  }
}
