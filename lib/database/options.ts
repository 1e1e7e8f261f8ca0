import type { Dialect } from '../compiler/dialect.js'
import type { DriverFactory, HostOrder, PoolSettings } from '../driver/driver.js'
import { InterfaceError, misuse } from '../errors.js'
import { didYouMean } from '../util/names.js'
import { unsendable } from '../util/text.js'
import type { IsolationLevel } from './beginning.js'
import type { QueryEvent, ResponseEvent } from './events.js'

/** What a database takes: Pewit's own options, and those of the `postgres` package, which are passed through. */
export interface DatabaseOptions {
  readonly host?: string | readonly string[]
  readonly port?: number | readonly number[]
  readonly user?: string
  readonly password?: string | (() => string | Promise<string>)
  /** As the `postgres` package takes it: `true`, `'require'`, `'verify-full'`, or TLS options. */
  readonly ssl?: unknown
  /** Connections for plain queries, and as many for transactions; 10 unless given. */
  readonly max?: number
  /** Seconds until an idle connection is closed; never unless given. */
  readonly idle_timeout?: number
  /** Parameters of the session: `{ application_name: 'shop' }`. */
  readonly connection?: Readonly<Record<string, string | number | boolean>>
  /** Called when a connection has closed. */
  readonly onclose?: (connection: number) => void
  /** Called with what the server has to say. */
  readonly onnotice?: (notice: Readonly<Record<string, string>>) => void
  /** Seconds in which a connection must stand, all hosts and tries included; 10 unless given. */
  readonly connectTimeout?: number
  /** Whether a query opens a closed database; true unless given. */
  readonly autoconnect?: boolean
  /** The isolation of transactions that do not say; the server's unless given. */
  readonly isolationLevel?: IsolationLevel
  /** Seconds after which the server breaks a statement off; never unless given. */
  readonly statementTimeout?: number
  /** What the server's lists of sessions and statistics call this program. */
  readonly applicationName?: string
  /** Whether a statement that changes the schema first commits the transaction it is in; the server's own unless given. Not on every server. */
  readonly autocommitBeforeDdl?: boolean
  /** In which order a new connection tries several hosts: as given, at random, or each time the next one first. */
  readonly hostOrder?: HostOrder
  /** How many prepared statements a connection keeps before it forgets the oldest; 256 unless given. */
  readonly preparedStatements?: number
  /** Databases of the same tables, such as replicas, on which a query runs that says so: `query.node('replica')`. */
  readonly extraNodes?: Readonly<Record<string, object>>
  /** Extensions that `prepDatabase()` creates, where the server has such. */
  readonly extensions?: readonly string[]
  /** `true` prints every statement; a function gets an event for each. */
  readonly logQueries?: boolean | ((event: QueryEvent) => void)
  /** `true` prints the rows of every statement; a function gets them. */
  readonly logResponses?: boolean | ((event: ResponseEvent) => void)
  /** Whether events and printed statements tell the parameters; they do not unless this is true. */
  readonly logParameters?: boolean
  /** Whether awaiting a relation that is not loaded is an error, `RelationNotLoaded`; see `db.strictLoading()`. */
  readonly strictLoading?: boolean
  /** Column types written otherwise in CREATE TABLE: `{ text: 'CITEXT' }`. */
  readonly fieldTypes?: Readonly<Record<string, string>>
  /** Operators written otherwise: `{ concat: '||' }`. */
  readonly operations?: Partial<Dialect['operators']>
  /** Limits of the connections that transactions and contexts hold; pooled databases set it by options of their own. */
  readonly pool?: PoolSettings
  /** Makes the driver; the `postgres` package unless given. */
  readonly driver?: DriverFactory
  readonly [driverOption: string]: unknown
}

const OWNED = ['types', 'transform', 'fetch_types', 'prepare']
const OURS = [
  ...['connectTimeout', 'autoconnect', 'isolationLevel', 'hostOrder', 'preparedStatements', 'extraNodes'],
  ...['statementTimeout', 'applicationName', 'autocommitBeforeDdl'],
  ...['extensions', 'logQueries', 'logResponses', 'logParameters', 'fieldTypes', 'operations', 'driver', 'pool', 'strictLoading']
]
/** The options of the `postgres` package. */
const PASSED = [
  ...['host', 'hostname', 'port', 'path', 'database', 'db', 'user', 'username', 'pass', 'password', 'ssl', 'sslnegotiation'],
  ...['max', 'idle_timeout', 'connect_timeout', 'max_lifetime', 'max_pipeline', 'backoff', 'keep_alive', 'debug'],
  ...['publications', 'target_session_attrs', 'connection', 'onnotice', 'onnotify', 'onclose', 'onparameter', 'socket']
]

/** Throws a `TypeError` for options that only Pewit may set. */
export function checkOptions(options: DatabaseOptions): void {
  for (const name of OWNED) {
    if (name in options)
      throw misuse(
        'UNKNOWN_OPTION',
        `The option "${name}" of the postgres package is Pewit's to set; declare types by fields instead`
      )
  }
  for (const name of Object.keys(options)) {
    const near = [...OURS, ...PASSED].includes(name) ? '' : didYouMean(name, [...OURS, ...PASSED])
    // One that is like no other may be new in the driver.
    if (near) throw misuse('UNKNOWN_OPTION', `There is no option "${name}"${near}`)
  }
  refuseUnsendable(options)
  for (const [name, is, expected] of CHECKS) {
    const value = options[name]
    if (value !== undefined && !is(value)) throw misuse('BAD_ARGUMENT', `${name}: expected ${expected}`)
  }
}

type Check = readonly [option: string, is: (value: unknown) => boolean, expected: string]

const isSwitch = (value: unknown) => typeof value === 'boolean' || typeof value === 'function'
const isSeconds = (value: unknown) => typeof value === 'number' && value > 0
const isNames = (value: unknown) => Array.isArray(value) && value.every(name => typeof name === 'string')
const ORDERS = ['given', 'random', 'roundRobin']
const CHECKS: readonly Check[] = [
  ['connectTimeout', isSeconds, 'a number of seconds above 0'],
  ['statementTimeout', isSeconds, 'a number of seconds above 0'],
  ['applicationName', value => typeof value === 'string', 'a string'],
  ['autocommitBeforeDdl', value => typeof value === 'boolean', 'true or false'],
  ['preparedStatements', value => Number.isInteger(value) && (value as number) > 0, 'a whole number from 1 up'],
  ['hostOrder', value => ORDERS.includes(value as string), `one of ${ORDERS.join(', ')}`],
  ['extensions', isNames, 'an array of names'],
  ['logQueries', isSwitch, 'true, false or a function'],
  ['logResponses', isSwitch, 'true, false or a function'],
  ['logParameters', value => typeof value === 'boolean', 'true or false'],
  ['autoconnect', value => typeof value === 'boolean', 'true or false'],
  ['strictLoading', value => typeof value === 'boolean', 'true or false']
]

/** Throws a `TypeError` for what the message that opens a connection cannot hold: a NUL ends a text there, and another begins. */
function refuseUnsendable(options: DatabaseOptions): void {
  const { user, username, password, pass, database, db, connection, applicationName } = options
  const sent = { user, username, password, pass, database, db, ...connection, applicationName }
  for (const [name, value] of Object.entries(sent)) {
    const trouble = unsendable(name) ?? (typeof value === 'string' ? unsendable(value) : undefined)
    if (trouble !== undefined) throw misuse('BAD_ARGUMENT', `The option ${JSON.stringify(name)} contains ${trouble}`)
  }
}

/** The options that the `postgres` package is given. */
export function passthrough(options: DatabaseOptions): Readonly<Record<string, unknown>> {
  const passed = Object.fromEntries(Object.entries(options).filter(([name]) => !OURS.includes(name)))
  const session = sessionOf(options)
  return Object.keys(session).length === 0 ? passed : { ...passed, connection: { ...options.connection, ...session } }
}

/** The parameters of every session that Pewit's own options mean. */
function sessionOf({ statementTimeout, applicationName, autocommitBeforeDdl }: DatabaseOptions): Record<string, string | number> {
  return {
    ...(statementTimeout === undefined ? {} : { statement_timeout: Math.ceil(statementTimeout * 1000) }),
    ...(applicationName === undefined ? {} : { application_name: applicationName }),
    ...(autocommitBeforeDdl === undefined ? {} : { autocommit_before_ddl: autocommitBeforeDdl ? 'on' : 'off' })
  }
}

/** Throws `InterfaceError` for text that is meant as a connection URL and is none. */
export function checkName(name: string, schemes: readonly string[]): void {
  const trouble = unsendable(name.replaceAll('%00', '\0'))
  if (trouble !== undefined) throw new InterfaceError(`The database's name or URL contains ${trouble}`, { code: 'BAD_URL' })
  const scheme = /^([\w+.-]+):\/\//.exec(name)?.[1]
  if (scheme === undefined) {
    if (name === '')
      throw new InterfaceError('The database name is empty; pass a name, a URL, or null to call init() later', {
        code: 'BAD_URL'
      })
    return
  }
  if (!schemes.includes(scheme)) {
    throw new InterfaceError(`The URL's scheme "${scheme}" is not one of ${schemes.join(', ')}`, { code: 'BAD_URL' })
  }
  // A list of hosts is no URL to URL.
  const single = name.replace(/(:\/\/(?:[^@/]*@)?[^,/]+)(?:,[^/?]*)/, '$1')
  if (!URL.canParse(single))
    throw new InterfaceError('The connection URL cannot be parsed; expected postgresql://user:password@host:port/database', {
      code: 'BAD_URL'
    })
}

/** The dialect with a database's own spellings. */
export function customised(dialect: Dialect, { fieldTypes, operations }: DatabaseOptions): Dialect {
  if (!fieldTypes && !operations) return dialect
  return {
    ...dialect,
    columnTypes: { ...dialect.columnTypes, ...fieldTypes },
    operators: { ...dialect.operators, ...operations }
  }
}

/** Throws a `TypeError` for options that are not among the known ones. */
export function refuseOthers(where: string, options: object, known: readonly string[]): void {
  refuseUnknown(where, Object.fromEntries(Object.entries(options).filter(([name]) => !known.includes(name))), known)
}

/** Throws a `TypeError` for options that do not exist: a misspelt one would be lost silently. */
function refuseUnknown(where: string, unknown: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(unknown)) {
    if (value !== undefined) throw misuse('UNKNOWN_OPTION', `${where} has no option "${name}"${didYouMean(name, known)}`)
  }
}
