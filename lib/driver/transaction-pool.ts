import type { ConnectionLost } from '../errors.js'
import type { RawResult, TransactionConnection, WireStatement } from './driver.js'
import type { Line } from './line.js'
import { closed, type PoolOptions } from './plain-pool.js'
import { type Request, scriptRequest, statementRequest, type Typed } from './request.js'
import { connectionLost, type Place } from './sqlstate.js'
import { Waiters } from './waiters.js'

interface Waiter {
  resolve(connection: TransactionConnection): void
  reject(error: unknown): void
}

/** Lends connections to transactions, at most `max` at a time; who comes first is served first. */
export class TransactionPool {
  readonly #options: PoolOptions
  readonly #typed: Typed
  readonly #place: Place
  /** At rest, the one used last at the end. */
  readonly #idle: Line[] = []
  readonly #waiting = new Waiters<Waiter>()
  #used = 0
  #closed = false

  constructor(options: PoolOptions, typed: Typed, place: Place) {
    this.#options = options
    this.#typed = typed
    this.#place = place
  }

  /** Whether no connection is lent. */
  get quiet(): boolean {
    return this.#used === 0
  }

  acquire(): Promise<TransactionConnection> {
    if (this.#closed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#waiting.add({ resolve, reject })
      this.#serve()
    })
  }

  /** Closes connections at rest that are too old or have been at rest for too long. */
  sweep(): void {
    const { idleTimeout } = this.#options
    const since = performance.now() - idleTimeout * 1000
    for (const line of this.#idle.splice(0)) {
      const keep = line.alive && !line.expired && (idleTimeout === 0 || line.idleSince >= since)
      if (keep) this.#idle.push(line)
      else void line.end()
    }
  }

  /** Lends no more connections, and rejects those who wait for one. */
  close(): void {
    this.#closed = true
    for (let waiter = this.#waiting.shift(); waiter; waiter = this.#waiting.shift()) waiter.reject(closed())
  }

  /** Ends every connection at rest. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(line => line.end()))
  }

  #serve(): void {
    while (this.#waiting.size > 0 && this.#used < this.#options.max) {
      const waiter = this.#waiting.shift()
      if (waiter) this.#lend(waiter)
    }
  }

  #lend(waiter: Waiter): void {
    this.#used++
    const line = this.#rested()
    if (line) return waiter.resolve(this.#hold(line))
    this.#options.open().then(
      fresh => waiter.resolve(this.#hold(fresh)),
      error => {
        this.#used--
        waiter.reject(error)
        this.#serve()
      }
    )
  }

  #rested(): Line | undefined {
    for (let line = this.#idle.pop(); line; line = this.#idle.pop()) {
      if (line.alive && !line.expired) return line
      void line.end()
    }
    return undefined
  }

  #hold(line: Line): TransactionConnection {
    return new HeldLine(line, this.#typed, this.#place, clean => this.#takeBack(line, clean))
  }

  #takeBack(line: Line, clean: boolean): void {
    this.#used--
    if (line.load > 0) line.lose('it was given back while this was running')
    else if (clean && line.idle && !this.#closed && !line.worn && !line.expired) this.#idle.push(line)
    else void line.end()
    this.#serve()
  }
}

/** A line in the hands of one transaction, until it is released. */
class HeldLine implements TransactionConnection {
  readonly #line: Line
  readonly #typed: Typed
  readonly #place: Place
  readonly #giveBack: (clean: boolean) => void
  readonly #listeners: ((error: Error) => void)[] = []
  #lost: ConnectionLost | undefined
  #released = false

  constructor(line: Line, typed: Typed, place: Place, giveBack: (clean: boolean) => void) {
    this.#line = line
    this.#typed = typed
    this.#place = place
    this.#giveBack = giveBack
    line.onLost = error => this.#broken(error)
  }

  get alive(): boolean {
    return !this.#released && this.#line.alive
  }

  query(statement: WireStatement): Promise<RawResult> {
    return this.#send(statement.text, () => statementRequest(statement, this.#typed))
  }

  script(text: string): Promise<readonly RawResult[]> {
    return this.#send(text, () => scriptRequest(text))
  }

  onLost(listener: (error: Error) => void): void {
    if (this.#lost) queueMicrotask(() => listener(this.#lost as Error))
    else this.#listeners.push(listener)
  }

  release(state: 'idle' | 'dirty'): void {
    if (this.#released) return
    this.#released = true
    this.#line.onLost = undefined
    this.#giveBack(state === 'idle')
  }

  #send<T>(text: string, make: () => Request<T>): Promise<T> {
    try {
      if (this.#released) throw connectionLost('it was given back already', this.#place, 'CONNECTION_LOST', text)
      const request = make()
      this.#line.send(request)
      return request.done
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #broken(error: ConnectionLost): void {
    this.#lost = error
    for (const listener of this.#listeners.splice(0)) listener(error)
  }
}
