import type { SystemTime } from '../ast/nodes.js'
import { type Capabilities, lackOf } from '../compiler/capabilities.js'
import type { Dialect } from '../compiler/dialect.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { quoteText } from '../util/identifiers.js'
import { unsendable } from '../util/text.js'

/** What can be said of a transaction when it begins, and the BEGIN that this makes. */

/** The transaction isolation levels of SQL. */
export type IsolationLevel = 'serializable' | 'repeatable read' | 'read committed' | 'read uncommitted'
const LEVELS: readonly IsolationLevel[] = ['serializable', 'repeatable read', 'read committed', 'read uncommitted']

/** Settings of the session that a transaction has for itself: whoever uses the connection afterwards does not see them. */
export interface TransactionSettings {
  /** Seconds after which the server breaks a statement off; `Infinity` for never. */
  readonly statementTimeout?: number
  /** What the server's lists of sessions and statistics call who asks. */
  readonly applicationName?: string
  /** Whether a statement that changes the schema first commits what the transaction did before it. Not on every server. */
  readonly autocommitBeforeDdl?: boolean
}

/** What can be said of a transaction when it begins. */
export interface TransactionOptions extends TransactionSettings {
  /** The server's own unless given. A server that lacks a level takes a stronger one. */
  readonly isolation?: IsolationLevel
  readonly readOnly?: boolean
  /** Reads as of a time in the past: a Date, an ISO string, or an interval (`'-10s'`). Such a transaction is read only. Not on every server. */
  readonly systemTime?: SystemTime
  /** `low`, `normal` or `high`, in any case. Not on every server. */
  readonly priority?: string
}

const SETTINGS = ['statementTimeout', 'applicationName', 'autocommitBeforeDdl'] as const
/** The names of all options of a transaction. */
export const TRANSACTION_OPTIONS = ['isolation', 'readOnly', 'systemTime', 'priority', ...SETTINGS] as const

/** How a transaction begins on one kind of server. */
export interface Beginning {
  /** Sent to begin, in one flight. */
  readonly begin: string
  /** Whether nothing in `begin` can fail, so that the first statement may travel with it: after a failed BEGIN it would run by itself. */
  readonly sureToBegin: boolean
  /** Whether it shall commit before a statement that changes the schema, where that was said. */
  readonly autocommitBeforeDdl?: boolean
  /** The statements that change settings of the open transaction. Throws for those that the server has not. */
  set(settings: TransactionSettings): string
}

/**
 * BEGIN with the modes that all servers have and `more` that one has, and with settings. Throws a `TypeError` for options that
 * make no sense, and `NotSupportedError` for what the server has not.
 */
export function beginning(
  options: TransactionOptions,
  dialect: Dialect,
  capabilities: Capabilities,
  ...more: (string | undefined)[]
): Beginning {
  const set = (settings: TransactionSettings) => setText(settings, dialect, capabilities)
  const modes = [...modesOf(options), ...more].filter(mode => mode !== undefined)
  const statements = [['BEGIN', modes.join(', ')].filter(Boolean).join(' '), set(options)].filter(Boolean)
  // A setting that is refused behind BEGIN aborts the transaction, which is as good; one before it would not.
  const plain = statements.length === 1 || capabilities.setLocal
  const sureToBegin = plain && modes.every(mode => mode === 'ISOLATION LEVEL SERIALIZABLE')
  const begin = (capabilities.setLocal ? statements : statements.reverse()).join('; ')
  return { begin, sureToBegin, autocommitBeforeDdl: options.autocommitBeforeDdl, set }
}

function modesOf({ isolation, readOnly }: TransactionOptions): (string | undefined)[] {
  if (isolation !== undefined && !LEVELS.includes(isolation)) {
    throw misuse('BAD_ARGUMENT', `isolation: expected one of ${LEVELS.join(', ')}, got "${isolation}"`)
  }
  return [isolation && `ISOLATION LEVEL ${isolation.toUpperCase()}`, readOnly ? 'READ ONLY' : undefined]
}

/**
 * The statements that set what is given. Where the server has no SET LOCAL, they set it for the session, which is reset when the
 * connection is given back.
 */
function setText(settings: TransactionSettings, dialect: Dialect, capabilities: Capabilities): string {
  const { statementTimeout, applicationName, autocommitBeforeDdl } = settings
  const assignments = [
    statementTimeout !== undefined && `statement_timeout = ${milliseconds(statementTimeout)}`,
    applicationName !== undefined && `application_name = ${nameLiteral(applicationName)}`,
    autocommitBeforeDdl !== undefined && `autocommit_before_ddl = ${switched('autocommitBeforeDdl', autocommitBeforeDdl)}`
  ]
  if (autocommitBeforeDdl !== undefined && !capabilities.autocommitBeforeDdl)
    throw lackOf(dialect, 'autocommitBeforeDdl', capabilities)
  const set = capabilities.setLocal ? 'SET LOCAL' : 'SET'
  return assignments.flatMap(assignment => (assignment ? [`${set} ${assignment}`] : [])).join('; ')
}

function milliseconds(seconds: unknown): number {
  if (seconds === Number.POSITIVE_INFINITY) return 0
  if (typeof seconds === 'number' && seconds > 0 && seconds * 1000 < 2 ** 31) return Math.ceil(seconds * 1000)
  throw misuse('BAD_ARGUMENT', 'statementTimeout: expected a number of seconds above 0, or Infinity')
}

function nameLiteral(name: unknown): string {
  if (typeof name !== 'string') throw misuse('BAD_ARGUMENT', `applicationName: expected a string, got ${describeType(name)}`)
  const trouble = unsendable(name)
  if (trouble !== undefined) throw misuse('BAD_ARGUMENT', `applicationName contains ${trouble}`)
  return quoteText(name)
}

function switched(name: string, value: unknown): 'on' | 'off' {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  throw misuse('BAD_ARGUMENT', `${name}: expected true or false, got ${describeType(value)}`)
}
