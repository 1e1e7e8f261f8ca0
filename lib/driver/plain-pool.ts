import { InterfaceError } from '../errors.js'
import type { RawResult, WireStatement } from './driver.js'
import { beginRefused, type Line } from './line.js'
import { type Sendable, scriptRequest, statementRequest, type Typed } from './request.js'
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
  /** Lines taken out for a script. */
  readonly #lent = new Set<Line>()
  #opening = 0
  #coolUntil = 0
  #closed = false

  constructor(options: PoolOptions, typed: Typed) {
    this.#options = options
    this.#typed = typed
  }

  /** Whether nothing runs or waits. */
  get quiet(): boolean {
    return this.#waiting.size === 0 && this.#lent.size === 0 && this.#lines.every(line => line.load === 0)
  }

  query(statement: WireStatement): Promise<RawResult> {
    try {
      if (isBeginText(statement.text)) throw beginRefused()
      const request = statementRequest(statement, this.#typed)
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
    const request = scriptRequest(text)
    const line = await this.#borrow()
    const give = () => line.lose(`the server did not answer within ${deadline} seconds`)
    const timer = deadline > 0 ? setTimeout(give, deadline * 1000) : undefined
    line.send(request)
    try {
      return await request.done
    } finally {
      clearTimeout(timer)
      this.#takeBack(line)
    }
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
    this.#rejectWaiting(closed())
    await Promise.all(
      this.#lines
        .splice(0)
        .filter(line => line.load === 0)
        .map(line => line.end())
    )
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
    if (line.worn) this.#retire(line)
    else if (this.#waiting.size > 0) this.#feed(line)
  }

  /** Gives a line its share of what waits. */
  #feed(line: Line): void {
    const share = Math.ceil(this.#waiting.size / (this.#opening + 1))
    for (let left = Math.min(share, PIPELINE - line.load); left > 0; left--) {
      const request = this.#waiting.shift()
      if (request) line.send(request)
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
    if (this.#closed) throw closed()
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
    if (!line.idle || this.#closed || this.#lines.length + this.#opening >= this.#options.max) void line.end()
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
