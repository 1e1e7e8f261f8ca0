import type { RootNode } from '../ast/nodes.js'
import { type Capabilities, capabilitiesAt, lackOf, NEWEST } from '../compiler/capabilities.js'
import { type Compiled, compile, compileInline } from '../compiler/compile.js'
import type { Dialect } from '../compiler/dialect.js'
import type { Driver } from '../driver/driver.js'
import { InterfaceError, OperationalError } from '../errors.js'
import { Events, queryLog, responseLog } from './events.js'
import { observedDriver } from './observed.js'
import { checkName, checkOptions, customised, type DatabaseOptions, passthrough } from './options.js'
import type { ServerProfile } from './profile.js'

/** Seconds in which a connection must stand, unless the program says. */
const CONNECT_TIMEOUT = 10

/** Seconds in which work in flight is to end when a database is closed, unless the program says. */
export const PATIENCE = 5

/** The way to one server: which one is meant, whether it is open, and what is known of it. */
export class Connector {
  readonly profile: ServerProfile
  readonly events = new Events()
  options: DatabaseOptions = {}
  capabilities: Capabilities
  /** Another object whenever statements would compile to another text. */
  compileKey: object = {}
  version: number | undefined
  #name: string | null = null
  #dialect: Dialect
  #driver: Driver | undefined
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** The databases of before an `init`, which end the work that is still running on them. */
  readonly #leaving = new Set<Promise<void>>()

  constructor(profile: ServerProfile, name: string | null, options: DatabaseOptions) {
    this.profile = profile
    this.#dialect = profile.dialect
    this.events.system = profile.dialect.name.toLowerCase()
    this.capabilities = capabilitiesAt(profile.dialect.support, NEWEST)
    if (name === null) this.options = options
    else this.#configure(name, options)
  }

  #configure(name: string, options: DatabaseOptions): void {
    checkOptions(options)
    checkName(name, this.profile.schemes)
    this.#checkSettings(options, this.profile.dialect.support.autocommitBeforeDdl.since !== 'never')
    this.#name = name
    this.options = name.includes('://') ? options : { ...this.profile.defaults, ...options }
    this.#dialect = customised(this.profile.dialect, options)
    const { events } = this
    events.database = nameIn(name)
    events.log = queryLog(options.logQueries)
    events.responseLog = responseLog(options.logResponses)
    events.parameters = options.logParameters ?? false
  }

  /** Says, or says anew, which database is meant. One that is open is closed, once the work on it has ended. */
  init(name: string, options: DatabaseOptions): void {
    if (this.#opening) throw new OperationalError('The database is being opened; await connect() before init()')
    this.#configure(name, { ...this.options, ...options })
    const left = this.#closing ? undefined : this.#driver?.close(PATIENCE)
    this.#driver = undefined
    const leaving = left?.finally(() => this.#leaving.delete(leaving as Promise<void>))
    if (leaving) this.#leaving.add(leaving)
    this.version = undefined
    this.compileKey = {}
  }

  /** Adds to the options; connections that stand keep theirs. */
  configure(options: DatabaseOptions): void {
    this.options = { ...this.options, ...options }
  }

  get isOpen(): boolean {
    return this.#driver !== undefined && this.#closing === undefined
  }

  /** Whether the server is known, so that statements can be compiled for it; also while it is being closed. */
  get ready(): boolean {
    return this.#driver !== undefined && this.#opening === undefined
  }

  /** The open driver. */
  get driver(): Driver {
    this.assertNotClosing()
    if (this.#driver) return this.#driver
    throw new InterfaceError('The database is closed')
  }

  /** Throws `InterfaceError` while the work in flight is being awaited. */
  assertNotClosing(): void {
    if (this.#closing) throw new InterfaceError('The database is being closed, and takes no more work')
  }

  /** Opens the server where a query needs it. Rejects with `InterfaceError` where that is not wanted. */
  async prepare(): Promise<void> {
    if (this.ready) return
    if (this.#name !== null && this.options.autoconnect === false && !this.#opening) {
      throw new InterfaceError('The database is closed and autoconnect is off; await connect() first')
    }
    await this.open()
  }

  /** Opens the server, once for all who ask at the same time, and learns its version. */
  async open(): Promise<void> {
    const name = this.#name
    if (name === null) throw new InterfaceError('The database is not initialised yet; call init(name, options) first')
    await this.#closing
    this.#opening ??= this.#connect(name).finally(() => {
      this.#opening = undefined
    })
    await this.#opening
  }

  /** Closes the server, after waiting up to `timeout` seconds for work in flight; gives whether it was open. */
  async close(timeout: number): Promise<boolean> {
    // Not awaited where there is nothing to await: what is started in the next moment is to be refused.
    if (this.#opening) await this.#opening.catch(() => undefined)
    const driver = this.#driver
    const first = driver !== undefined && this.#closing === undefined
    if (first) {
      this.#closing = driver.close(timeout).finally(() => {
        this.#closing = undefined
        if (this.#driver === driver) this.#driver = undefined
      })
    }
    await Promise.all([this.#closing, ...this.#leaving])
    return first
  }

  async #connect(name: string): Promise<void> {
    const { connectTimeout = CONNECT_TIMEOUT, driver: given, pool, hostOrder, preparedStatements } = this.options
    // Loaded here, because it is a third of what importing Pewit would cost, and what only builds statements never needs it.
    const factory = given ?? (await import('../driver/postgres-js.js')).postgresJs
    const { events } = this
    const bare = factory({
      database: name.includes('://') ? this.profile.driverUrl(name) : name,
      connectTimeout,
      passthrough: passthrough(this.options),
      pool,
      hostOrder,
      preparedStatements,
      onConnect: connection => events.emit('connect', { database: events.database, ...connection })
    })
    const driver = observedDriver(bare, events)
    try {
      await driver.connect()
      await this.#learnVersion(driver)
      const { sessionCancel } = this.profile
      if (!this.capabilities.protocolCancel && sessionCancel) await bare.cancelBySession?.(sessionCancel)
      this.#checkSettings(this.options, this.capabilities.autocommitBeforeDdl)
    } catch (error) {
      await driver.close(0)
      throw error
    }
    this.#driver = driver
  }

  async #learnVersion(driver: Driver): Promise<void> {
    if (this.version !== undefined) return
    const { rows } = await driver.query({ text: 'SELECT version()', params: [], types: [] })
    const answer = rows[0]?.[0] ?? ''
    const version = this.profile.parseVersion(answer)
    if (version === undefined) {
      const found = `Expected ${this.#dialect.name}, but the server says it is ${answer.slice(0, 40)}`
      throw new InterfaceError(`${found}; use the database class of that server`)
    }
    if (version < this.profile.minimumVersion) this.#warnOfVersion(answer)
    this.version = version
    this.capabilities = capabilitiesAt(this.#dialect.support, version)
    this.compileKey = {}
  }

  /** Throws `NotSupportedError` where a setting is asked for that the server has not. */
  #checkSettings({ autocommitBeforeDdl }: DatabaseOptions, known: boolean): void {
    if (autocommitBeforeDdl !== undefined && !known) throw lackOf(this.profile.dialect, 'autocommitBeforeDdl', this.capabilities)
  }

  #warnOfVersion(answer: string): void {
    const [what] = answer.split(/ \(| on /)
    process.emitWarning(`${what} is older than what Pewit is made for; some things may not work`, { code: 'PEWIT_VERSION' })
  }

  /**
   * The statement as this server takes it; as the newest does, while its version is not known. `timeless` leaves out when it
   * reads, for a transaction as of that time.
   */
  compile(root: RootNode, timeless = false): Compiled {
    return compile(root, this.#dialect, this.capabilities, timeless)
  }

  /** The statement with its values written into it. */
  inline(root: RootNode): string {
    return compileInline(root, this.#dialect, this.capabilities)
  }
}

/** The name of the database in a name or URL, for those who listen. */
function nameIn(name: string): string {
  const [, path] = /:\/\/[^/?]*\/([^?]*)/.exec(name) ?? []
  return path ?? (name.includes('://') ? '' : name)
}
