import { InterfaceError } from '../errors.js'
import type { Limits, RawResult, WireStatement } from './driver.js'
import { isLimited, throwIfAborted, watch, whenExceeded } from './limits.js'
import { abortAll, type Breaking, beginRefused, type Line } from './line.js'
import { type Request, type Sendable, scriptRequest, statementRequest, type Typed } from './request.js'
import { leftBehind, warnOfSession } from './session.js'
import { Waiters } from './waiters.js'

/** How a pool is made. */
export interface PoolOptions {
  /** How many connections at most. */
  readonly max: number
  /** Seconds after which a connection that does nothing is closed; 0 for never. */
  readonly idleTimeout: number
  /** Opens a connection. */
  open(): Promise<Line>
}

/** How many statements may wait for their answer on one connection. */
const PIPELINE = 100
/** Milliseconds without a new attempt after a connection was refused while others work: the server has no more of them. */
const COOL = 1000

/**
 * Runs statements that belong to no transaction, on the first connection that has time.
 *
 * While there are fewer than `max` connections, a statement that finds none free waits for the next free or new one; after
 * that it is pipelined behind the fewest others. When nothing can be connected to, all that wait are rejected.
 */
export class PlainPool {
  readonly #options: PoolOptions
  readonly #typed: Typed
  readonly #lines: Line[] = []
  readonly #waiting = new Waiters<Sendable>()
  /** Lines taken out for one request alone. */
  readonly #lent = new Set<Line>()
  /** Limited statements that wait for one of as many lines as there may be; those without limits share theirs. */
  readonly #limited = new Waiters<() => void>()
  /** Those of them that are not answered. */
  readonly #unanswered = new Set<Request<RawResult>>()
  #limitedNow = 0
  #opening = 0
  #coolUntil = 0
  #closed = false
  #ended = false

  constructor(options: PoolOptions, typed: Typed) {
    this.#options = options
    this.#typed = typed
  }

  /** Whether nothing runs or waits. */
  get quiet(): boolean {
    const waiting = this.#waiting.size + this.#limitedNow + this.#lent.size
    return waiting === 0 && this.#lines.every(line => line.load === 0)
  }

  /** How many lines there are. */
  get size(): number {
    return this.#lines.length + this.#lent.size + this.#opening
  }

  query(statement: WireStatement, limits?: Limits): Promise<RawResult> {
    try {
      if (isBeginText(statement.text)) throw beginRefused()
      const request = statementRequest(statement, this.#typed)
      const leaves = leftBehind(statement.text) !== 'nothing'
      if (leaves) warnOfSession(statement.text)
      if (isLimited(limits)) return this.#limit(request, limits, leaves)
      if (leaves) return this.#apart(request)
      this.#dispatch(request)
      return request.done
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Runs a script on a connection of its own: an error in it may leave a transaction open.
   *
   * @param deadline seconds after which the connection is taken for dead
   */
  async script(text: string, deadline = 0): Promise<readonly RawResult[]> {
    if (this.#closed) throw closed()
    const give = (line: Line) => line.lose(`the server did not answer within ${deadline} seconds`)
    let timer: NodeJS.Timeout | undefined
    return this.#alone(scriptRequest(text), line => {
      if (deadline > 0) timer = setTimeout(give, deadline * 1000, line)
    }).finally(() => clearTimeout(timer))
  }

  /** Has what was sent, or waits, with these parameters be broken off, but for what others are behind of on its line. */
  cancel(params: WireStatement['params'], error: (sql: string) => Breaking): Sendable[] {
    const waiting = [...this.#waiting.all(), ...this.#unanswered].filter(
      request => request.params === params && request.carrier === undefined && !request.isSettled
    )
    for (const request of waiting) request.fail(error(request.text)('it was not sent'))
    const shared = [...this.#lines].flatMap(line => {
      const requests = line.lastOf(params)
      // Nothing may follow that a late cancel request could hit.
      if (requests.length > 0) this.#retire(line)
      return abortAll(line, requests, error)
    })
    const lent = [...this.#lent].flatMap(line => abortAll(line, line.sentWith(params), error))
    return [...waiting, ...shared, ...lent]
  }

  /** Closes connections that are too old, or have had nothing to do for too long. */
  sweep(): void {
    const { idleTimeout } = this.#options
    const since = performance.now() - idleTimeout * 1000
    for (const line of [...this.#lines]) {
      const idle = idleTimeout > 0 && line.load === 0 && line.idleSince < since
      if (idle || line.expired) this.#retire(line)
    }
  }

  /** Takes no more work. */
  close(): void {
    this.#closed = true
  }

  /** Ends every connection that is at rest; rejects what waits for one. */
  async end(): Promise<void> {
    this.#ended = true
    this.#rejectWaiting(closed())
    await Promise.all(
      this.#lines
        .splice(0)
        .filter(line => line.load === 0)
        .map(line => line.end())
    )
  }

  /** Ends the lines that have nothing to do. */
  async endIdle(): Promise<void> {
    await Promise.all(this.#lines.filter(line => line.load === 0).map(line => this.#drop(line) && line.end()))
  }

  /**
   * Runs a statement that may be broken off, on a line of its own: a cancel request breaks off whatever runs on its line. At
   * most `max` such lines at a time; who comes first is served first.
   */
  #limit(request: Request<RawResult>, limits: Limits, leaves: boolean): Promise<RawResult> {
    if (this.#closed) throw closed()
    throwIfAborted(limits, request.text)
    const stop = whenExceeded(limits, request.text, error => request.fail(error('it was not sent')))
    const sent = (line: Line) => {
      stop()
      line.worn ||= leaves
      watch(line, request, limits)
    }
    this.#unanswered.add(request)
    this.#inTurn(request, sent)
      .catch(error => request.fail(error))
      .finally(() => {
        stop()
        this.#unanswered.delete(request)
      })
    // Not what comes of the turn: who gives up while waiting for one is not to wait for its end.
    return request.done
  }

  async #inTurn(request: Request<RawResult>, sent: (line: Line) => void): Promise<void> {
    if (this.#limitedNow++ >= this.#options.max) await new Promise<void>(resolve => this.#limited.add(resolve))
    try {
      if (this.#ended) throw closed()
      if (!request.isSettled) await this.#alone(request, sent)
    } finally {
      this.#limitedNow--
      this.#limited.shift()?.()
    }
  }

  /** Runs a statement that leaves something behind in its session, on a line that nobody gets after it. */
  async #apart(request: Request<RawResult>): Promise<RawResult> {
    if (this.#closed) throw closed()
    return this.#alone(request, line => {
      line.worn = true
    })
  }

  /** Runs a request on a line taken out for it. */
  async #alone<T>(request: Request<T>, sent: (line: Line) => void): Promise<T> {
    const line = await this.#borrow()
    try {
      if (!request.isSettled) {
        line.send(request)
        sent(line)
      }
      return await request.done
    } finally {
      this.#takeBack(line)
    }
  }

  #dispatch(request: Sendable): void {
    if (this.#closed) throw closed()
    const line = this.#waiting.size > 0 ? undefined : this.#choose()
    if (line) line.send(request)
    else this.#waiting.add(request)
    if (this.#waiting.size > this.#opening && this.#mayOpen()) this.#open()
  }

  /** A free line, or, when no more can be opened, the one with the fewest statements on it. */
  #choose(): Line | undefined {
    let best: Line | undefined
    for (const line of this.#lines) {
      if (line.load === 0) return line
      if (!best || line.load < best.load) best = line
    }
    return best && best.load < PIPELINE && !this.#mayOpen() && this.#opening === 0 ? best : undefined
  }

  #mayOpen(): boolean {
    const count = this.#lines.length + this.#opening
    return count < this.#options.max && (count === 0 || performance.now() > this.#coolUntil)
  }

  #open(): void {
    this.#opening++
    this.#options.open().then(
      line => this.#opened(line),
      error => this.#failed(error)
    )
  }

  #opened(line: Line): void {
    this.#opening--
    this.#join(line)
  }

  #failed(error: unknown): void {
    this.#opening--
    this.#coolUntil = performance.now() + COOL
    if (this.#lines.length + this.#opening === 0) this.#rejectWaiting(error)
    // Those that waited for the new one can be pipelined now.
    for (const line of this.#lines) this.#feed(line)
  }

  #join(line: Line): void {
    if (this.#closed && this.#waiting.size === 0) return void line.end()
    if (!line.alive) return this.#revive()
    this.#lines.push(line)
    line.onSettled = () => this.#settled(line)
    line.onLost = () => {
      this.#drop(line)
      this.#revive()
    }
    this.#feed(line)
  }

  #settled(line: Line): void {
    if (line.worn) return this.#retire(line)
    line.trim()
    // One that is busy leaves what waits to those that are being opened.
    if (this.#waiting.size > 0 && (line.load === 0 || this.#opening === 0)) this.#feed(line)
  }

  /** Gives a line its share of what waits. */
  #feed(line: Line): void {
    const share = Math.ceil(this.#waiting.size / (this.#opening + 1))
    for (let left = Math.min(share, PIPELINE - line.load); left > 0; left--) {
      const request = this.#waiting.shift()
      if (request && !request.isSettled) line.send(request)
    }
  }

  #drop(line: Line): boolean {
    const index = this.#lines.indexOf(line)
    if (index >= 0) this.#lines.splice(index, 1)
    return index >= 0
  }

  /** Opens a line for what waits, when the last one is gone. */
  #revive(): void {
    if (this.#waiting.size > 0 && this.#lines.length + this.#opening === 0) this.#open()
  }

  /** Gives a line no more work, and ends it after its last answer. */
  #retire(line: Line): void {
    if (!this.#drop(line)) return
    const end = () => {
      if (line.load === 0) void line.end()
    }
    line.onSettled = end
    line.onLost = undefined
    end()
    this.#revive()
  }

  #borrow(): Promise<Line> | Line {
    const line = this.#lines.find(candidate => candidate.idle)
    if (!line) return this.#options.open().then(fresh => this.#lend(fresh))
    this.#drop(line)
    return this.#lend(line)
  }

  #lend(line: Line): Line {
    this.#lent.add(line)
    line.onSettled = undefined
    line.onLost = undefined
    return line
  }

  #takeBack(line: Line): void {
    this.#lent.delete(line)
    if (!line.alive) return this.#revive()
    if (!line.idle || line.worn || this.#closed || this.#lines.length + this.#opening >= this.#options.max) void line.end()
    else this.#join(line)
  }

  #rejectWaiting(error: unknown): void {
    for (let request = this.#waiting.shift(); request; request = this.#waiting.shift()) request.fail(error as Error)
  }
}

/** The error for work handed to a closed driver. */
export function closed(): InterfaceError {
  return new InterfaceError('The database was closed while this was waiting for a connection')
}

/** The usual forms; what slips through is caught by its command tag, at the cost of the connection. */
function isBeginText(text: string): boolean {
  const first = text.charCodeAt(0) | 32
  return (first === 98 || first === 115) && /^(begin|start\s+transaction)\b/i.test(text)
}
