import { MaxConnectionsExceeded } from '../errors.js'
import type { PoolStats, TransactionConnection } from './driver.js'
import { HeldLine } from './held-line.js'
import { watch } from './limits.js'
import { abortAll, type Breaking, type Line } from './line.js'
import { closed } from './plain-pool.js'
import { type Sendable, scriptRequest, type Typed } from './request.js'
import type { Place } from './sqlstate.js'

/** How the pool of connections that are held is made. */
export interface HeldPoolOptions {
  /** How many connections at most. */
  readonly max: number
  /** Seconds to wait for one: 0 fails at once, `Infinity` waits for ever. */
  readonly patience: number
  /** Seconds after which a connection that does nothing is closed; 0 for never. */
  readonly idleTimeout: number
  /** Opens a connection. */
  open(): Promise<Line>
}

interface Waiter {
  readonly resolve: (connection: TransactionConnection) => void
  readonly reject: (error: unknown) => void
  timer: NodeJS.Timeout | undefined
}

/**
 * Brings a session back to how it began, on any server that knows these; another one closes the connection. Not DISCARD ALL:
 * it drops the prepared statements, which the driver would go on using. In quotes, since to some servers NONE is no name of a role.
 */
const RESET = "SET SESSION AUTHORIZATION DEFAULT; SET ROLE 'none'; RESET ALL"
/** Seconds that a server has for it. */
const RESET_TIME = 5

/** Lends connections to transactions, contexts and streams, at most `max` at a time; who comes first is served first. */
export class TransactionPool {
  readonly #options: HeldPoolOptions
  readonly #typed: Typed
  readonly #place: Place
  /** At rest, the one used last at the end. */
  readonly #idle: Line[] = []
  /** Lent, with when that was. */
  readonly #lent = new Map<Line, number>()
  readonly #waiting = new Set<Waiter>()
  #used = 0
  #closed = false

  constructor(options: HeldPoolOptions, typed: Typed, place: Place) {
    this.#options = options
    this.#typed = typed
    this.#place = place
  }

  /** Whether no connection is lent. */
  get quiet(): boolean {
    return this.#used === 0
  }

  stats(): Omit<PoolStats, 'shared'> {
    return { max: this.#options.max, used: this.#used, idle: this.#idle.length, waiting: this.#waiting.size }
  }

  acquire(): Promise<TransactionConnection> {
    if (this.#closed) return Promise.reject(closed())
    if (this.#options.patience === 0 && this.#used >= this.#options.max) return Promise.reject(this.#exceeded())
    return new Promise((resolve, reject) => {
      this.#waiting.add(this.#waiter(resolve, reject))
      this.#serve()
    })
  }

  /** Has what runs with these parameters on a connection that is lent be broken off; the transaction fails as a whole. */
  cancel(params: readonly unknown[], error: (sql: string) => Breaking): Sendable[] {
    return [...this.#lent.keys()].flatMap(line => abortAll(line, line.sentWith(params), error))
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

  /** Breaks off what has been lent for more than so many seconds; gives how many. */
  endStale(seconds: number): number {
    const since = performance.now() - seconds * 1000
    const stale = [...this.#lent].filter(([line, lent]) => line.alive && lent <= since)
    for (const [line] of stale) line.lose(`it was held for more than ${seconds} seconds`)
    return stale.length
  }

  /** Lends no more connections, and rejects those who wait for one. */
  close(): void {
    this.#closed = true
    for (const waiter of this.#waiting) this.#dismiss(waiter, closed())
  }

  /** Ends every connection at rest. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(line => line.end()))
  }

  #waiter(resolve: Waiter['resolve'], reject: Waiter['reject']): Waiter {
    const { patience } = this.#options
    const waiter: Waiter = { resolve, reject, timer: undefined }
    const late = () => this.#dismiss(waiter, this.#exceeded())
    if (patience > 0 && Number.isFinite(patience)) waiter.timer = setTimeout(late, patience * 1000)
    return waiter
  }

  #dismiss(waiter: Waiter, error: Error): void {
    clearTimeout(waiter.timer)
    this.#waiting.delete(waiter)
    waiter.reject(error)
  }

  #exceeded(): MaxConnectionsExceeded {
    const { max, patience } = this.#options
    const waited = patience > 0 ? `, and none was given back within ${patience} seconds` : ''
    return new MaxConnectionsExceeded(
      `All ${max} connections are in use${waited}. Raise maxConnections, or set timeout to wait for one; poolStats() shows who holds how many`
    )
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      if (this.#used >= this.#options.max) return
      this.#waiting.delete(waiter)
      clearTimeout(waiter.timer)
      this.#lend(waiter)
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
    this.#lent.set(line, performance.now())
    return new HeldLine(line, this.#typed, this.#place, (clean, touched) => this.#takeBack(line, clean, touched))
  }

  #takeBack(line: Line, clean: boolean, touched: boolean): void {
    if (line.load > 0) line.lose('it was given back while this was running')
    const undo = [line.inTransaction ? 'ROLLBACK' : '', touched ? RESET : ''].filter(text => text !== '').join('; ')
    if (clean && undo !== '' && this.#serves(line)) this.#reset(line, undo)
    else this.#free(line, clean)
  }

  /** Undoes what was left open or set in the session, before the next one gets it. */
  #reset(line: Line, undo: string): void {
    const request = scriptRequest(undo)
    line.send(request)
    watch(line, request, { timeout: RESET_TIME })
    request.done.then(
      () => this.#free(line, true),
      () => this.#free(line, false)
    )
  }

  #free(line: Line, clean: boolean): void {
    this.#used--
    this.#lent.delete(line)
    if (clean && line.idle && this.#serves(line)) {
      line.trim()
      this.#idle.push(line)
    } else void line.end()
    this.#serve()
  }

  #serves(line: Line): boolean {
    return line.alive && !this.#closed && !line.worn && !line.expired
  }
}
