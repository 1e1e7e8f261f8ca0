import type { Stream } from 'node:stream'
import { type ConnectionLost, InterfaceError, NotSupportedError, OperationalError } from '../errors.js'
import { type Backend, type Carrier, forgettingRequest, openingRequest, type Sendable, scriptRequest } from './request.js'
import { connectionLost, databaseError, isConnectionError, isServerError, type Place } from './sqlstate.js'

/** The driver's own object for a connection. */
interface DriverConnection {
  execute(request: Sendable): unknown
  reserved?: (() => void) | null
}

/** A client of the driver that has exactly one connection, and never opens a second one by itself. */
export interface LineClient {
  /** Hands the driver the first request, which makes it connect. */
  start(request: Sendable): void
  /** Called when the connection stands. */
  opened(): void
  /** Says goodbye to the server; resolves when the connection is closed, or after a second. */
  end(): Promise<void>
  /** Asks the server, on a connection of its own, to break off what runs on this one. */
  cancel(backend: Backend): void
  /** Breaks the connection off at once. */
  destroy(): void
}

/** What a client tells its line. */
export interface LineEvents {
  /** No host can be reached, or the connection broke. */
  lost(cause: unknown): void
  /** The connection is closed. */
  closed(): void
}

/** Makes the error of a request that was broken off, from how that was done. */
export type Breaking = (how: string, sqlstate?: string) => Error

/** How a line is made. */
export interface LineOptions {
  readonly place: Place
  /** Seconds in which the connection must stand. */
  readonly deadline: number
  /** Seconds after which the connection is to be replaced; 0 for never. */
  readonly lifetime: number
  /** How many prepared statements the connection may keep. */
  readonly statements: number
  connect(events: LineEvents): LineClient
}

/** Milliseconds within which a server is to break a statement off; one that does not, loses the connection. */
const GRACE = 2000
const DEAF = `the server did not break a statement off within ${GRACE / 1000} seconds`

/** Milliseconds after which the server is asked again: it may have been asked before it had the statement. */
const AGAIN = 500

/** A request to be broken off. */
interface Abort {
  readonly error: Breaking
  /** Ends the server's time for it. */
  readonly timer: NodeJS.Timeout
  /** Asks the server again and again. */
  repeat: NodeJS.Timeout | undefined
  /** How often the server was asked. */
  asked: number
}

/** The driver calls it whenever the server reports an open transaction and nothing is in flight. */
function inTransaction(): void {}

/**
 * One connection: what is in flight on it, and whether it lives.
 *
 * Requests go straight to the driver's connection. Once it has broken, the line is dead: the driver would reconnect, and
 * run the rest of a transaction outside of it; it would lose what was sent while the socket was closing; and it would
 * hand the next statement a stale error. So nothing is sent on a dead line, and its client is never used again.
 */
export class Line implements Carrier {
  /** Called after each answer or error. */
  onSettled: (() => void) | undefined
  /** Called once when the connection breaks, before what is in flight is rejected. */
  onLost: ((error: ConnectionLost) => void) | undefined
  /** A transaction may begin here: false on lines that everybody shares. */
  readonly exclusive: boolean
  /** Whether a prepared statement became unusable, so that the connection had better be replaced. */
  worn = false
  /** What the server calls the session, where that was asked. */
  session: string | undefined
  /** When the last answer came, in the milliseconds of `performance.now()`. */
  idleSince = performance.now()
  readonly #options: LineOptions
  readonly #born = performance.now()
  readonly #client: LineClient
  readonly #inFlight = new Set<Sendable>()
  /** Requests to be broken off, with what makes their error. */
  readonly #aborted = new Map<Sendable, Abort>()
  /** The names of the prepared statements that the server keeps, and under which key the driver remembers them; the oldest first. */
  readonly #statements = new Map<string, unknown>()
  #connection: DriverConnection | undefined
  #opening: { resolve(line: Line): void; reject(error: Error): void; timer: NodeJS.Timeout } | undefined
  #over = false

  constructor(options: LineOptions, exclusive: boolean) {
    this.#options = options
    this.exclusive = exclusive
    this.#client = options.connect({
      lost: cause => this.lose(cause),
      closed: () => this.lose('the server closed the connection')
    })
  }

  get alive(): boolean {
    return !this.#over
  }

  /** How many requests wait for their answer. */
  get load(): number {
    return this.#inFlight.size
  }

  /** Whether nothing is in flight and the server reported that no transaction is open. */
  get idle(): boolean {
    return this.alive && this.load === 0 && !this.#connection?.reserved
  }

  /** Whether nothing is in flight and the server reported that a transaction is open. */
  get inTransaction(): boolean {
    return this.alive && this.load === 0 && Boolean(this.#connection?.reserved)
  }

  get expired(): boolean {
    const { lifetime } = this.#options
    return lifetime > 0 && performance.now() - this.#born > lifetime * 1000
  }

  /** Connects. Rejects within the deadline, with ConnectionLost or with what the server said. */
  open(): Promise<this> {
    return new Promise((resolve, reject) => {
      const { deadline } = this.#options
      const timer = setTimeout(() => this.lose(`no connection stood within ${deadline} seconds`), deadline * 1000)
      this.#opening = { resolve: () => resolve(this), reject, timer }
      const request = openingRequest(connection => this.#opened(connection as DriverConnection))
      request.carrier = this
      // Its answer counts for nothing; what goes wrong with it is told by `lose`.
      request.done.catch(() => {})
      this.#client.start(request)
    })
  }

  /** Sends a request. On a dead line, fails it. */
  send(request: Sendable): void {
    if (this.#over || !this.#connection) {
      request.fail(connectionLost('it is closed already', this.#options.place, 'CONNECTION_LOST', request.text))
      return
    }
    request.carrier = this
    this.#inFlight.add(request)
    // Set back to null by the driver when the server reports that no transaction is open.
    this.#connection.reserved = inTransaction
    this.#connection.execute(request)
  }

  /** Asks the server for the name of the session. */
  async identify(question: string): Promise<void> {
    const request = scriptRequest(question)
    this.send(request)
    const [result] = await request.done
    this.session = result?.rows[0]?.[0] ?? undefined
  }

  /** The requests in flight that have these parameters. */
  sentWith(params: readonly unknown[]): Sendable[] {
    return [...this.#inFlight].filter(request => request.params === params)
  }

  /** The last requests in flight, as many of them as have these parameters: nothing else is behind them. */
  lastOf(params: readonly unknown[]): Sendable[] {
    const requests = [...this.#inFlight]
    const other = requests.findLastIndex(request => request.params !== params)
    return requests.slice(other + 1)
  }

  /**
   * Has the server break a request off. An answer that comes first is kept. Nothing else may follow on the line that is not
   * to be hit: a cancel request may come late, and hits whatever is running then.
   */
  abort(request: Sendable, error: Breaking): void {
    if (!this.#inFlight.has(request) || this.#aborted.has(request)) return
    const timer = setTimeout(() => this.lose(DEAF), GRACE)
    this.#aborted.set(request, { error, timer, repeat: undefined, asked: 0 })
    this.#askToCancel()
  }

  /**
   * Has the server forget the statements beyond those it may keep. To be called where no transaction is open: an error
   * would end it.
   */
  trim(): void {
    for (const [name, key] of this.#statements) {
      if (this.#statements.size <= this.#options.statements || this.#over) return
      this.#statements.delete(name)
      const request = forgettingRequest(name, key)
      // One that the server does not know is forgotten already.
      request.done.catch(() => {})
      this.send(request)
    }
  }

  answered(request: Sendable, answer: unknown): void {
    if (this.#over) return
    const begun = !this.exclusive && isBegin(answer)
    if (begun) request.fail(beginRefused())
    else if (request.succeed(answer)) return this.#settled(request)
    else request.fail(copyRefused(request.text, answer as Stream))
    this.lose('the statement before left it unusable')
  }

  refused(request: Sendable, error: unknown): void {
    const { place } = this.#options
    if (this.#opening || isConnectionError(error)) return this.lose(error)
    if (isServerError(error)) {
      this.worn ||= error.code === '0A000' && request.prepared
      const aborted = error.code === '57014' ? this.#aborted.get(request)?.error : undefined
      request.fail(aborted?.('the server broke it off', error.code) ?? databaseError(error, request.text, request.params, place))
      return this.#settled(request, aborted !== undefined)
    }
    request.fail(new OperationalError('The driver failed at the statement.', { sql: request.text, cause: error }))
    this.lose(error)
  }

  /** Ends a connection on which nothing is in flight. */
  async end(): Promise<void> {
    if (this.#over) return
    this.#over = true
    // The driver would wait for ever for one that it holds reserved.
    if (this.#connection) this.#connection.reserved = null
    await this.#client.end()
  }

  /** Declares the line dead: breaks the connection off and rejects all that is in flight. */
  lose(cause: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#client.destroy()
    if (this.#opening) return this.#notOpened(cause)
    this.onLost?.(connectionLost(cause, this.#options.place))
    const lost = ({ text }: Sendable) => connectionLost(cause, this.#options.place, 'CONNECTION_LOST', text)
    for (const request of this.#inFlight) {
      const aborted = this.#aborted.get(request)
      request.fail(
        aborted?.error(`${cause === DEAF ? DEAF : 'its connection broke'}, and the connection was closed`) ?? lost(request)
      )
      clearTimeout(aborted?.timer)
      clearInterval(aborted?.repeat)
    }
    this.#inFlight.clear()
  }

  /** Sends the cancel request once what is to be hit is the one that runs. */
  #askToCancel(): void {
    const [running] = this.#inFlight
    const aborted = running && this.#aborted.get(running)
    const { state } = running ?? {}
    if (!aborted || aborted.repeat || !state) return
    const ask = () => {
      aborted.asked++
      this.#client.cancel(state)
    }
    aborted.repeat = setInterval(ask, AGAIN)
    ask()
  }

  #opened(connection: DriverConnection): boolean {
    const opening = this.#opening
    this.#opening = undefined
    this.#connection = connection
    clearTimeout(opening?.timer)
    this.#client.opened()
    opening?.resolve(this)
    return true
  }

  #notOpened(cause: unknown): void {
    const { place } = this.#options
    const known = isServerError(cause) && !isConnectionError(cause)
    clearTimeout(this.#opening?.timer)
    this.#opening?.reject(known ? databaseError(cause, '', [], place) : connectionLost(cause, place, 'CONNECT_FAILED'))
    this.#opening = undefined
  }

  #settled(request: Sendable, broken = false): void {
    if (request.isNewlyPrepared) this.#statements.set(request.statementName, request.signature)
    this.#inFlight.delete(request)
    this.idleSince = performance.now()
    if (this.#aborted.size > 0) this.#closeAbort(request, broken)
    this.onSettled?.()
  }

  #closeAbort(request: Sendable, broken: boolean): void {
    const aborted = this.#aborted.get(request)
    if (aborted) {
      clearTimeout(aborted.timer)
      clearInterval(aborted.repeat)
      this.#aborted.delete(request)
      // A cancel request that hit nothing may still be on its way.
      this.worn ||= aborted.asked > (broken ? 1 : 0)
    }
    this.#askToCancel()
  }
}

/** Has the server break requests off, and gives them. */
export function abortAll(line: Line, requests: readonly Sendable[], error: (sql: string) => Breaking): readonly Sendable[] {
  for (const request of requests) line.abort(request, error(request.text))
  return requests
}

function isBegin(answer: unknown): boolean {
  const { command } = answer as { command?: unknown }
  return command === 'BEGIN' || command === 'START TRANSACTION'
}

/** The error for a BEGIN on a connection that everybody shares: what others run there would join its transaction. */
export function beginRefused(): InterfaceError {
  return new InterfaceError('BEGIN cannot be run as a plain query: use transaction(), atomic() or manualCommit()')
}

function copyRefused(sql: string, stream: Stream): NotSupportedError {
  // It fails when the connection is broken off; unheard, that would end the process.
  stream.on('error', () => {})
  return new NotSupportedError('COPY from or to the client cannot be run as a query', { sql })
}
