import { createSecureContext } from 'node:tls'
import postgres from 'postgres'
import { ConnectionLost, InterfaceError, misuse, QueryCanceled } from '../errors.js'
import { withCertificates } from './certificates.js'
import { Dialer } from './dialer.js'
import type {
  Driver,
  DriverFactory,
  DriverOptions,
  Limits,
  PoolControl,
  PoolStats,
  RawResult,
  SessionCancel,
  TransactionConnection,
  WireStatement
} from './driver.js'
import { type Hosts, ordered, placeOf, routeOf } from './hosts.js'
import { type Breaking, Line, type LineClient, type LineEvents } from './line.js'
import { PlainPool } from './plain-pool.js'
import { type Backend, type Sendable, scriptRequest, type Typed } from './request.js'
import { connectionLost, type Place } from './sqlstate.js'
import { TransactionPool } from './transaction-pool.js'

/** The parts of the driver's client that its types leave out. */
interface Client {
  unsafe(text: string): {
    handler(request: Sendable): void
    canceller(request: { readonly state: Backend; readonly active: true }): Promise<void>
  }
  end(options: { timeout: number }): Promise<void>
  readonly typed: Typed
  readonly options: Settings
}

/** The driver's options after it has read the URL and the environment. */
interface Settings extends Hosts {
  readonly user: string
  readonly database: string
  readonly max: number
  readonly idle_timeout: number | null
  readonly max_lifetime: number | null | (() => number)
  readonly pass: unknown
  readonly ssl: unknown
  readonly parsers: Record<number, unknown>
  readonly serializers: Record<number, unknown>
}

/** A driver that speaks to the server through the `postgres` package. */
export const postgresJs: DriverFactory = options => new PostgresDriver(withCertificates(options))

/** How many connections are shared by plain queries where a program says only how many may be held. */
const SHARED = 10
/** How many prepared statements a connection keeps, unless the program says. */
const STATEMENTS = 256

class PostgresDriver implements Driver, PoolControl {
  readonly #options: DriverOptions
  readonly #settings: Settings
  readonly #place: Place
  readonly #plain: PlainPool
  readonly #transactions: TransactionPool
  /** Every connection, those on their way included. */
  readonly #lines = new Set<Line>()
  /** How statements are broken off where the server ignores cancel requests. */
  #sessionCancel: SessionCancel | undefined
  #connected = 0
  #sweeper: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: DriverOptions) {
    // Reads the options and never connects.
    const { options: settings, typed } = makeClient(options, {})
    checkCertificates(options.passthrough.ssl)
    this.#options = options
    this.#settings = settings
    this.#place = placeOf(settings)
    const { pool = { max: Math.max(1, Number(settings.max) || 1), patience: Number.POSITIVE_INFINITY } } = options
    const idleTimeout = settings.idle_timeout ?? 0
    const shared = options.pool ? Math.min(pool.max, SHARED) : pool.max
    this.#plain = new PlainPool({ max: shared, idleTimeout, open: () => this.#open(false) }, typed)
    this.#transactions = new TransactionPool({ ...pool, idleTimeout, open: () => this.#open(true) }, typed, this.#place)
  }

  async connect(): Promise<void> {
    try {
      await this.#plain.script('', this.#options.connectTimeout)
    } catch (error) {
      throw error instanceof ConnectionLost && error.code === 'CONNECTION_LOST'
        ? connectionLost(error.cause ?? 'it broke while connecting', this.#place, 'CONNECT_FAILED')
        : error
    }
  }

  query(statement: WireStatement, limits?: Limits): Promise<RawResult> {
    return this.#plain.query(statement, limits)
  }

  script(text: string): Promise<readonly RawResult[]> {
    return this.#plain.script(text)
  }

  acquire(): Promise<TransactionConnection> {
    return this.#transactions.acquire()
  }

  async cancel(params: WireStatement['params']): Promise<number> {
    const [plain, held] = [this.#plain.cancel(params, canceled), this.#transactions.cancel(params, canceled)]
    const ends = await Promise.allSettled([...plain, ...held].map(({ done }) => done))
    return ends.filter(({ status }) => status === 'rejected').length
  }

  async cancelBySession(how: SessionCancel): Promise<void> {
    this.#sessionCancel = how
    await Promise.all([...this.#lines].map(line => line.identify(how.session)))
  }

  get pool(): PoolControl {
    return this
  }

  stats(): PoolStats {
    return { ...this.#transactions.stats(), shared: this.#plain.size }
  }

  async closeIdle(): Promise<void> {
    await Promise.all([this.#plain.endIdle(), this.#transactions.end()])
  }

  closeStale(seconds: number): number {
    return this.#transactions.endStale(seconds)
  }

  async closeAll(): Promise<void> {
    await this.closeIdle()
    for (const line of [...this.#lines]) line.lose('closeAll() was called')
  }

  async close(timeout: number): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweeper)
    this.#plain.close()
    this.#transactions.close()
    await until(() => this.#plain.quiet && this.#transactions.quiet, timeout)
    await Promise.all([this.#plain.end(), this.#transactions.end()])
    for (const line of [...this.#lines]) line.lose('the database was closed')
  }

  #open(exclusive: boolean): Promise<Line> {
    const { connectTimeout: deadline, preparedStatements: statements = STATEMENTS } = this.#options
    const started = performance.now()
    const line: Line = new Line(
      {
        place: this.#place,
        deadline,
        lifetime: this.#lifetime(),
        statements,
        connect: events =>
          this.#connect(
            {
              ...events,
              closed: () => {
                this.#lines.delete(line)
                events.closed()
              }
            },
            (dialer, backend) => {
              if (!this.#sessionCancel) this.#cancelBackend(dialer, backend)
              else if (line.session !== undefined) this.#cancelSession(this.#sessionCancel.cancel(line.session)).catch(() => {})
            }
          )
      },
      exclusive
    )
    this.#lines.add(line)
    this.#sweep()
    return line.open().then(
      async () => {
        if (this.#sessionCancel) await line.identify(this.#sessionCancel.session)
        this.#options.onConnect?.({ kind: exclusive ? 'held' : 'shared', milliseconds: performance.now() - started })
        return line
      },
      error => {
        // One that never stood may never be reported closed.
        this.#lines.delete(line)
        throw error
      }
    )
  }

  #lifetime(): number {
    const { max_lifetime: lifetime } = this.#settings
    return this.#options.pool?.lifetime || ((typeof lifetime === 'function' ? lifetime() : lifetime) ?? 0)
  }

  #connect(events: LineEvents, askToCancel: (dialer: Dialer, backend: Backend) => void): LineClient {
    const route = routeOf(this.#settings, this.#options.passthrough.socket, this.#order())
    const dialer = new Dialer(route, this.#options.connectTimeout, events.lost)
    const goodbye = () => client.end({ timeout: 0 }).catch(() => {})
    const client: Client = makeClient(this.#options, {
      ...lineOptions(this.#options, events),
      socket: dialer.dial,
      ssl: dialer.secure(this.#settings.ssl, goodbye),
      pass: passwordOf(this.#settings, events)
    })
    return lineClient(client, dialer, backend => askToCancel(dialer, backend))
  }

  /** Sends a cancel request. Where that cannot be, the line gives up in time. */
  #cancelBackend(dialer: Dialer, backend: Backend): void {
    const own = { max: 1, max_lifetime: null, connect_timeout: 0, onclose() {}, socket: dialer.again }
    const messenger = makeClient(this.#options, { ...own, ssl: this.#settings.ssl })
    // The driver's way to cancel one of its own queries.
    messenger
      .unsafe('')
      .canceller({ state: backend, active: true })
      .catch(() => {})
  }

  /** Sends, from a session of its own, the statement that breaks off what the line's session runs. */
  async #cancelSession(text: string): Promise<void> {
    const line = await this.#open(false)
    const request = scriptRequest(text)
    line.send(request)
    await request.done.finally(() => line.end())
  }

  /** The hosts' places in the order in which the next connection tries them. */
  #order(): number[] {
    const { hostOrder = 'given' } = this.#options
    return ordered(this.#settings.host.length, hostOrder, this.#connected++)
  }

  /** Looks now and then for connections that are too old; never keeps the process alive. */
  #sweep(): void {
    if (this.#sweeper || this.#closed) return
    const idle = this.#settings.idle_timeout || 60
    this.#sweeper = setInterval(
      () => {
        this.#plain.sweep()
        this.#transactions.sweep()
      },
      Math.min(idle * 250, 15_000)
    ).unref()
  }
}

/** The error of a statement that was broken off because the program asked for that. */
function canceled(sql: string): Breaking {
  return (how, sqlstate) => new QueryCanceled(`The statement was canceled: ${how}`, { sql, sqlstate })
}

function lineClient(client: Client, dialer: Dialer, cancel: LineClient['cancel']): LineClient {
  return {
    cancel,
    // A query that is never run, to get at the function that takes queries.
    start: request => client.unsafe('').handler(request),
    opened() {
      dialer.arrived()
      // Everything is text from here on, in both directions. Not sooner: the driver itself asks for the server's role.
      clear(client.options.parsers)
      clear(client.options.serializers)
    },
    end: () => client.end({ timeout: 1 }).then(() => dialer.destroy()),
    // Without a goodbye from the driver, which would write to a socket that is gone and fail with nobody listening. It has
    // no timers, and cannot connect again: the dialer gives it no more sockets.
    destroy: () => dialer.destroy()
  }
}

/** The options of a client with one connection, which neither ages nor rests on its own. */
function lineOptions({ connectTimeout, passthrough }: DriverOptions, events: LineEvents): Record<string, unknown> {
  const { onclose } = passthrough
  return {
    max: 1,
    max_lifetime: null,
    idle_timeout: 0,
    connect_timeout: connectTimeout,
    onclose(id: number) {
      events.closed()
      if (typeof onclose === 'function') onclose(id)
    }
  }
}

function makeClient({ database, passthrough }: DriverOptions, own: Record<string, unknown>): Client {
  const url = database.includes('://') ? database : undefined
  const options = { onnotice() {}, ...passthrough, fetch_types: false, ...own }
  try {
    const client: unknown = url === undefined ? postgres({ ...options, database }) : postgres(url, options)
    return client as Client
  } catch (error) {
    throw refusal(error, url)
  }
}

function refusal(error: unknown, url: string | undefined): Error {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown }
  if (url === undefined || (code !== 'ERR_INVALID_URL' && name !== 'URIError')) {
    return misuse('BAD_ARGUMENT', `The driver refuses the options of the connection: ${message}`)
  }
  // The URL may hold a password, so it is not told.
  const like = 'postgresql://user:password@host:port/database'
  return new InterfaceError(`The connection URL cannot be read: it should be like ${like}`, { code: 'BAD_URL' })
}

/** The password, or a function of the user's that cannot break the driver, in which its error would be an unhandled rejection. */
function passwordOf({ pass }: Settings, events: LineEvents): unknown {
  if (typeof pass !== 'function') return pass
  return async () => {
    try {
      return await pass()
    } catch (error) {
      events.lost(error)
      // The driver would write any answer to a socket that is gone.
      return new Promise(() => {})
    }
  }
}

/** Throws for TLS options that Node refuses: inside the driver that would be an unhandled rejection. */
function checkCertificates(ssl: unknown): void {
  if (typeof ssl !== 'object' || ssl === null) return
  try {
    createSecureContext(ssl)
  } catch (error) {
    throw misuse('BAD_ARGUMENT', `The option ssl is refused: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function clear(record: Record<number, unknown>): void {
  for (const key of Object.keys(record)) delete record[Number(key)]
}

/** Resolves when the condition holds, or after so many seconds. */
async function until(condition: () => boolean, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!condition() && performance.now() < end) await new Promise(resolve => setTimeout(resolve, 5))
}
