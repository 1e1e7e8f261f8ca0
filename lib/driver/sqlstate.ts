import {
  AmbiguousCommitError,
  CheckViolation,
  ConnectionLost,
  DatabaseError,
  type DatabaseErrorDetails,
  DataError,
  DeadlockDetected,
  type ErrorCode,
  ForeignKeyViolation,
  IntegrityError,
  InternalError,
  NotNullViolation,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  QueryCanceled,
  SchemaChangeFailed,
  SerializationFailure,
  UniqueViolation
} from '../errors.js'

/** Where a connection leads, for messages. */
export interface Place {
  /** `host:port`, several of them, or a socket's path. */
  readonly address: string
  readonly user: string
  readonly database: string
}

/** An error that a server reported, with the fields of its ErrorResponse message as the `postgres` package names them. */
export interface ServerError {
  readonly code: string
  readonly message: string
  readonly severity?: string
  readonly severity_local?: string
  readonly detail?: string
  readonly hint?: string
  readonly table_name?: string
  readonly column_name?: string
  readonly constraint_name?: string
}

type ErrorClass = new (message: string, details: DatabaseErrorDetails) => DatabaseError

const BY_STATE: Readonly<Record<string, ErrorClass>> = {
  // Of ON DELETE RESTRICT, from PostgreSQL 18 on.
  '23001': ForeignKeyViolation,
  '23502': NotNullViolation,
  '23503': ForeignKeyViolation,
  '23505': UniqueViolation,
  '23514': CheckViolation,
  '3D000': OperationalError,
  '40001': SerializationFailure,
  '40003': AmbiguousCommitError,
  '40P01': DeadlockDetected,
  '57014': QueryCanceled,
  '57P01': ConnectionLost,
  '57P02': ConnectionLost,
  '57P03': ConnectionLost,
  XXA00: SchemaChangeFailed,
  // A feature that needs a licence; the rest of class XX is the server's own trouble.
  XXC02: NotSupportedError
}

const BY_CLASS: Readonly<Record<string, ErrorClass>> = {
  '08': OperationalError,
  '0A': NotSupportedError,
  '0B': InternalError,
  '20': ProgrammingError,
  '21': ProgrammingError,
  '22': DataError,
  '23': IntegrityError,
  '24': InternalError,
  '25': InternalError,
  '26': OperationalError,
  '27': OperationalError,
  '28': OperationalError,
  '2B': InternalError,
  '2D': InternalError,
  '2F': InternalError,
  '34': OperationalError,
  '38': InternalError,
  '39': InternalError,
  '3B': InternalError,
  '3F': ProgrammingError,
  '40': OperationalError,
  '42': ProgrammingError,
  '44': ProgrammingError,
  '53': OperationalError,
  '54': OperationalError,
  '55': OperationalError,
  '57': OperationalError,
  '58': OperationalError,
  F0: InternalError,
  HV: OperationalError,
  XX: InternalError
}

/** Codes that an error of this SQLSTATE carries instead of its class's own. */
const CODE_OF: Readonly<Record<string, ErrorCode>> = { '22001': 'STRING_TOO_LONG', '57P03': 'CONNECT_FAILED' }

/** Codes of the `postgres` package and of Node for a connection that broke, or never stood. */
const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ETIMEDOUT'
])

/** What to say for the codes whose own text says little. */
const REASONS: Readonly<Record<string, string>> = {
  CONNECTION_CLOSED: 'the server closed the connection',
  CONNECTION_DESTROYED: 'the connection was ended',
  CONNECTION_ENDED: 'the connection was ended',
  CONNECT_TIMEOUT: 'the server did not answer in time',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  ENOENT: 'no such socket',
  ENOTFOUND: 'the host name is unknown',
  EPIPE: 'the server closed the connection'
}

/** Whether a server reported this error, rather than Node or the `postgres` package. */
export function isServerError(error: unknown): error is ServerError {
  if (typeof error !== 'object' || error === null) return false
  const { code, severity, severity_local: local } = error as Partial<ServerError>
  return typeof code === 'string' && code.length === 5 && typeof (severity ?? local) === 'string'
}

/** Whether the error means that a connection broke, or that none could be made. */
export function isConnectionError(error: unknown): boolean {
  if (isServerError(error)) return BY_STATE[error.code] === ConnectionLost
  const { code, errors } = factsOf(error)
  return CONNECTION_CODES.has(code) || (Array.isArray(errors) && errors.length > 0 && errors.every(isConnectionError))
}

/**
 * The error of `errors.ts` for what a server reported, chosen by SQLSTATE.
 *
 * @param params the statement's parameters; where the server quotes one of them in its message, `$n` takes its place
 * @param place told in the message where the connection itself is refused
 */
export function databaseError(
  error: ServerError,
  sql: string,
  params: readonly (string | null)[] = [],
  place?: Place
): DatabaseError {
  const { code: sqlstate, detail, table_name: table, column_name: column, constraint_name: constraint } = error
  const hint = error.hint ?? hintOf(error)
  const details = { sqlstate, sql, constraint, table, column, detail, hint, cause: error, code: CODE_OF[sqlstate] }
  const message = withPlace(error, withoutValues(error, params), place)
  return new (classOf(error))(sqlstate === 'XXA00' ? `${message}. ${HALF_COMMITTED}` : message, details)
}

/**
 * The error for a connection that broke, or, with the code CONNECT_FAILED, for one that never stood.
 *
 * @param cause what Node, the `postgres` package or the server said, or the reason in words
 */
export function connectionLost(
  cause: unknown,
  place: Place,
  code: 'CONNECTION_LOST' | 'CONNECT_FAILED' = 'CONNECTION_LOST',
  sql?: string
): ConnectionLost {
  const reason = reasonOf(cause)
  const message =
    code === 'CONNECT_FAILED'
      ? `No connection to ${place.address}: ${reason}. Check the host and the port, and that the server is running.`
      : `The connection to ${place.address} was lost: ${reason}.` +
        ' A transaction on it was rolled back; whether a statement outside one took effect is not known.'
  return new ConnectionLost(message, {
    code,
    sql,
    sqlstate: isServerError(cause) ? cause.code : undefined,
    cause: typeof cause === 'string' ? undefined : cause
  })
}

/** Of a transaction whose rows are there, while a change of the schema in it is not. */
const HALF_COMMITTED =
  'The rest of the transaction was committed: do not run it again. See what the schema has become, mend what keeps the change from' +
  ' being made (often rows that a new constraint refuses), and change the schema by one statement at a time, outside transactions'

/** What to do about errors whose cause is often the same. */
function hintOf({ code, message }: ServerError): string | undefined {
  const [, type] = (code === '42704' && /^type "(\w+)" does not exist$/.exec(message)) || []
  if (type === undefined) return undefined
  return `If an extension brings the type, install it in this database: CREATE EXTENSION ${type}; its schema must be in the search_path`
}

function classOf(error: ServerError): ErrorClass {
  // One server says so of a text that does not fit its parameter's type. A real breach of the protocol ends the connection.
  if (error.code === '08P01' && (error.severity ?? error.severity_local) === 'ERROR') return DataError
  return BY_STATE[error.code] ?? BY_CLASS[error.code.slice(0, 2)] ?? DatabaseError
}

function withPlace({ code }: ServerError, message: string, place: Place | undefined): string {
  if (!place) return message
  if (code === '3D000') return `${message} (database "${place.database}" at ${place.address}): create it, or correct its name`
  if (code.startsWith('28')) {
    return `${message} (user "${place.user}", database "${place.database}" at ${place.address}): check the user and the password`
  }
  return BY_STATE[code] === ConnectionLost ? `${message} (${place.address})` : message
}

/** The message without what the parameters held. Classes 23 and 42 quote only names, which may look like a parameter. */
function withoutValues({ code, message }: ServerError, params: readonly (string | null)[]): string {
  if (code.startsWith('23') || code.startsWith('42')) return message
  const values = params
    .map((value, index) => ({ value: value ?? '', mark: `$${index + 1}` }))
    .filter(({ value }) => value !== '')
    .sort((a, b) => b.value.length - a.value.length)
  const whole = values.reduce((text, { value, mark }) => replaceQuoted(text, value, mark), message)
  // An element of an array or a key in JSON is quoted without the rest of its parameter.
  return whole.replace(
    /"([^"]+)"|'([^']+)'/g,
    (quoted, double?: string, single?: string) =>
      values.find(({ value }) => value.includes(double ?? single ?? ''))?.mark ?? quoted
  )
}

function replaceQuoted(text: string, value: string, mark: string): string {
  return [`"${value}"`, `'${value}'`, JSON.stringify(value)].reduce((left, quoted) => left.replaceAll(quoted, () => mark), text)
}

/** Not by `instanceof`, which fails for errors of another realm, such as Node's own in a test runner. */
function factsOf(error: unknown): { readonly code?: unknown; readonly message?: unknown; readonly errors?: unknown } {
  return typeof error === 'object' && error !== null ? error : {}
}

function reasonOf(cause: unknown): string {
  if (typeof cause === 'string') return cause
  const { code, message, errors } = factsOf(cause)
  const known = REASONS[String(code)]
  if (known) return known
  if (typeof message === 'string' && message) return message
  return Array.isArray(errors) ? errors.map(reasonOf).join(', ') : String(code ?? cause)
}
