import type { RootNode } from '../ast/nodes.js'
import type { Capabilities } from '../compiler/capabilities.js'
import { type Compiled, compile, compileInline } from '../compiler/compile.js'
import { type Dialect, NEWEST } from '../compiler/dialect.js'
import type { Driver } from '../driver/driver.js'
import { InterfaceError, OperationalError } from '../errors.js'
import { loggedDriver, queryLog } from './events.js'
import { checkName, checkOptions, customised, type DatabaseOptions, passthrough } from './options.js'
import type { ServerProfile } from './profile.js'

/** Seconds in which a connection must stand, unless the program says. */
const CONNECT_TIMEOUT = 10

/** The way to one server: which one is meant, whether it is open, and what is known of it. */
export class Connector {
  readonly profile: ServerProfile
  options: DatabaseOptions = {}
  capabilities: Capabilities
  /** Another object whenever statements would compile to another text. */
  compileKey: object = {}
  version: number | undefined
  #name: string | null = null
  #dialect: Dialect
  #driver: Driver | undefined
  #opening: Promise<void> | undefined

  constructor(profile: ServerProfile, name: string | null, options: DatabaseOptions) {
    this.profile = profile
    this.#dialect = profile.dialect
    this.capabilities = profile.dialect.capabilities(NEWEST)
    if (name === null) this.options = options
    else this.#configure(name, options)
  }

  #configure(name: string, options: DatabaseOptions): void {
    checkOptions(options)
    checkName(name, this.profile.schemes)
    this.#name = name
    this.options = name.includes('://') ? options : { ...this.profile.defaults, ...options }
    this.#dialect = customised(this.profile.dialect, options)
  }

  /** Says, or says anew, which database is meant. */
  init(name: string, options: DatabaseOptions): void {
    if (this.isOpen) throw new OperationalError('The database is open; await close() before init()')
    this.#configure(name, { ...this.options, ...options })
    this.version = undefined
    this.compileKey = {}
  }

  get isOpen(): boolean {
    return this.#driver !== undefined
  }

  /** Whether the server is open and known, so that statements can be compiled for it. */
  get ready(): boolean {
    return this.isOpen && this.#opening === undefined
  }

  /** The open driver. */
  get driver(): Driver {
    if (this.#driver) return this.#driver
    throw new InterfaceError('The database is closed')
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
    this.#opening ??= this.#connect(name).finally(() => {
      this.#opening = undefined
    })
    await this.#opening
  }

  /** Closes the server, after waiting up to `timeout` seconds for work in flight; gives whether it was open. */
  async close(timeout: number): Promise<boolean> {
    await this.#opening?.catch(() => undefined)
    const driver = this.#driver
    this.#driver = undefined
    await driver?.close(timeout)
    return driver !== undefined
  }

  async #connect(name: string): Promise<void> {
    const { connectTimeout = CONNECT_TIMEOUT, driver: given, logQueries } = this.options
    // Loaded here, because it is a third of what importing Pewit would cost, and what only builds statements never needs it.
    const factory = given ?? (await import('../driver/postgres-js.js')).postgresJs
    const database = name.includes('://') ? this.profile.driverUrl(name) : name
    const log = queryLog(logQueries)
    const bare = factory({ database, connectTimeout, passthrough: passthrough(this.options) })
    const driver = log ? loggedDriver(bare, log) : bare
    try {
      await driver.connect()
      await this.#learnVersion(driver)
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
    this.version = version
    this.capabilities = this.#dialect.capabilities(version)
    this.compileKey = {}
  }

  /** The statement as this server takes it; as the newest does, while its version is not known. */
  compile(root: RootNode): Compiled {
    return compile(root, this.#dialect, this.capabilities)
  }

  /** The statement with its values written into it. */
  inline(root: RootNode): string {
    return compileInline(root, this.#dialect, this.capabilities)
  }
}
