/** Every error that Pewit throws: classes to catch, codes to switch on. Imports nothing. */

/** Every stable `code`, and what it says. `docs/errors.md` is held against this table by a spec. */
export const CODES = {
  INTERFACE: 'The database was used in a way its state does not allow: not initialised, closed, or unknown.',
  BAD_URL: 'The connection URL or the database name cannot be understood.',
  MODEL_DEFINITION: 'A model class is declared in a way that cannot work.',
  VALIDATION: 'class-validator refused a value before anything was sent.',
  DOES_NOT_EXIST: 'The query was to find exactly one row and found none.',
  NESTED_TRANSACTION: 'A block that must be the outermost one was started inside a transaction.',
  TRANSACTION_CLOSED: 'A query came from a block, or an attempt, that has ended.',
  RELATION_NOT_LOADED: 'A relation was awaited that must not be loaded lazily.',
  MIGRATION: 'Reserved for migrations: one cannot be run.',
  DATABASE: 'The server reported an error that has no class of its own.',
  DATA: 'A value does not fit its column, on the way in or out.',
  STRING_TOO_LONG: 'A string is longer than its column allows.',
  INTEGRITY: 'A constraint refused the change.',
  UNIQUE_VIOLATION: 'A row with this unique key exists already.',
  FOREIGN_KEY_VIOLATION: 'The row referred to does not exist, or is still referred to.',
  NOT_NULL_VIOLATION: 'A required column was given no value.',
  CHECK_VIOLATION: 'A CHECK constraint refused the row.',
  INTERNAL: 'The transaction is in a state in which the server refuses the statement.',
  NOT_SUPPORTED: 'This server, or this version of it, lacks the feature.',
  OPERATIONAL: 'The server or the connection could not do its work.',
  SERIALIZATION_FAILURE: 'The transaction conflicts with another and must be run again.',
  DEADLOCK_DETECTED: 'The transaction was ended to resolve a deadlock and must be run again.',
  MAX_ATTEMPTS: 'The transaction still conflicted at its last allowed attempt.',
  DEADLINE: 'The transaction had not succeeded by its deadline.',
  AMBIGUOUS_COMMIT: 'The connection was lost while committing: the changes are there, or not.',
  SCHEMA_CHANGE_FAILED: 'The transaction was committed, but a change of the schema in it failed.',
  TRANSACTION_ABORTED: 'The block ended normally, but a database error inside it had aborted the transaction.',
  CONNECTION_LOST: 'The connection broke. A transaction on it is rolled back; a statement outside one may have taken effect.',
  CONNECT_FAILED: 'No connection could be made to the server.',
  MAX_CONNECTIONS: 'All connections are in use.',
  CANCELED: 'The statement was broken off: by a statement timeout, or because somebody asked for it.',
  ABORTED: 'The statement was broken off because its AbortSignal was aborted.',
  PROGRAMMING: 'The statement is wrong: syntax, or a table, column or function that does not exist.',
  UNDEFINED_VALUE: 'A condition or value is undefined.',
  UNKNOWN_PROPERTY: 'The model has no such property.',
  UNKNOWN_OPTION: 'The option does not exist, or is not yours to set.',
  WRONG_TYPE: 'A value has not the type that its column or parameter takes.',
  BAD_ARGUMENT: 'An argument is out of range or contradicts another.',
  BAD_QUERY: 'The clauses of the query do not fit together.'
} as const

/** One of the stable error codes of {@link CODES}. */
export type ErrorCode = keyof typeof CODES

/** What an error may carry beside its message. */
export interface ErrorDetails {
  readonly code?: ErrorCode
  readonly cause?: unknown
}

/** The base of every error of Pewit except misuse of the API, which is a `TypeError` with a `code`. */
export class PewitError extends Error {
  /** A stable code of {@link CODES}. */
  readonly code: ErrorCode

  constructor(message: string, details: ErrorDetails = {}, code: ErrorCode = 'INTERFACE') {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = details.code ?? code
  }
}

/** The database was used in a way its state does not allow: not initialised, closed, an unknown node. */
export class InterfaceError extends PewitError {}

/** A model class is declared in a way that cannot work; thrown when the class is defined or first used. */
export class ModelDefinitionError extends PewitError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'MODEL_DEFINITION')
  }
}

/** One property that class-validator refused. */
export interface ValidationFailure {
  readonly property: string
  readonly messages: readonly string[]
  /** Of many instances, the place in the list of the one that is meant. */
  readonly index?: number
}

/** class-validator refused the instance; nothing was sent. `failures` names every failed property. */
export class ValidationError extends PewitError {
  readonly failures: readonly ValidationFailure[]

  constructor(message: string, failures: readonly ValidationFailure[]) {
    super(message, {}, 'VALIDATION')
    this.failures = failures
  }
}

/** The query was to find a row and found none. Each model has its own subclass, `Model.DoesNotExist`. */
export class DoesNotExist extends PewitError {
  /** The SQL that found nothing. */
  readonly sql: string

  constructor(message: string, sql = '') {
    super(message, {}, 'DOES_NOT_EXIST')
    this.sql = sql
  }
}

/** A block that must be the outermost one was started inside a transaction. */
export class NestedTransactionError extends PewitError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'NESTED_TRANSACTION')
  }
}

/** A query came from a block or attempt that has ended, or was still running when its block ended. */
export class TransactionClosedError extends PewitError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'TRANSACTION_CLOSED')
  }
}

/** A relation was awaited that must not be loaded lazily. */
export class RelationNotLoaded extends PewitError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'RELATION_NOT_LOADED')
  }
}

/** A migration cannot be run. */
export class MigrationError extends PewitError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details, 'MIGRATION')
  }
}

/** What a server says of an error, beside its message. */
export interface DatabaseErrorDetails extends ErrorDetails {
  readonly sqlstate?: string
  readonly sql?: string
  readonly constraint?: string
  readonly table?: string
  readonly column?: string
  readonly detail?: string
  readonly hint?: string
}

/** The server refused or failed a statement. The subclass is chosen by SQLSTATE, never by message text. */
export class DatabaseError extends PewitError {
  /** The five characters of the SQLSTATE, or `undefined` where no server answered. */
  readonly sqlstate: string | undefined
  /** The statement, with placeholders. */
  readonly sql: string | undefined
  readonly constraint: string | undefined
  readonly table: string | undefined
  readonly column: string | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined

  constructor(message: string, details: DatabaseErrorDetails = {}, code: ErrorCode = 'DATABASE') {
    super(message, details, code)
    this.sqlstate = details.sqlstate
    this.sql = details.sql
    this.constraint = details.constraint
    this.table = details.table
    this.column = details.column
    this.detail = details.detail
    this.hint = details.hint
  }
}

/** The class of a database error, with the code its instances carry unless told otherwise. */
function coded(code: ErrorCode, Base: typeof DatabaseError = DatabaseError) {
  return class extends Base {
    constructor(message: string, details: DatabaseErrorDetails = {}, own: ErrorCode = code) {
      super(message, details, own)
    }
  }
}

/** A value does not fit: out of range, too long, malformed, or beyond what a JavaScript number holds exactly. */
export class DataError extends coded('DATA') {}
/** A constraint refused the change. */
export class IntegrityError extends coded('INTEGRITY') {}
/** A row with this unique key exists already (23505). */
export class UniqueViolation extends coded('UNIQUE_VIOLATION', IntegrityError) {}
/** The row referred to does not exist, or is still referred to (23503). */
export class ForeignKeyViolation extends coded('FOREIGN_KEY_VIOLATION', IntegrityError) {}
/** A required column was given no value (23502). */
export class NotNullViolation extends coded('NOT_NULL_VIOLATION', IntegrityError) {}
/** A CHECK constraint refused the row (23514). */
export class CheckViolation extends coded('CHECK_VIOLATION', IntegrityError) {}
/** The transaction is in a state in which the server refuses the statement (25P02 and its class). */
export class InternalError extends coded('INTERNAL') {}
/** This server, or this version of it, lacks the feature. */
export class NotSupportedError extends coded('NOT_SUPPORTED') {}
/** The server or the connection could not do its work. */
export class OperationalError extends coded('OPERATIONAL') {}
/** The transaction conflicts with another and must be run again (40001). */
export class SerializationFailure extends coded('SERIALIZATION_FAILURE', OperationalError) {}
/** The transaction was ended to resolve a deadlock and must be run again (40P01). */
export class DeadlockDetected extends coded('DEADLOCK_DETECTED', OperationalError) {}
/** The transaction still conflicted at its last allowed attempt; `cause` is the last conflict. */
export class ExceededMaxAttempts extends coded('MAX_ATTEMPTS', OperationalError) {}
/** The transaction had not succeeded by its deadline, and was rolled back; `cause` is the last conflict, if there was one. */
export class DeadlineExceeded extends coded('DEADLINE', OperationalError) {}
/** The connection was lost while committing, or the server cannot tell (40003): the changes are there, or not. */
export class AmbiguousCommitError extends coded('AMBIGUOUS_COMMIT', OperationalError) {}
/** The transaction was committed, but a change of the schema in it failed (XXA00): its rows are there, and it must not be run again. */
export class SchemaChangeFailed extends coded('SCHEMA_CHANGE_FAILED', OperationalError) {}
/** The block ended normally, but a database error inside it had aborted the transaction; `cause` is that error. */
export class TransactionAbortedError extends coded('TRANSACTION_ABORTED', OperationalError) {}
/** The connection broke, or none could be made. A transaction on it is rolled back; a statement outside one may have taken effect. */
export class ConnectionLost extends coded('CONNECTION_LOST', OperationalError) {}
/** All connections are in use. */
export class MaxConnectionsExceeded extends coded('MAX_CONNECTIONS', OperationalError) {}
/** The statement was broken off (57014): by a statement timeout, or because somebody asked for it. */
export class QueryCanceled extends coded('CANCELED', OperationalError) {}
/** The statement or transaction was broken off because its `AbortSignal` was aborted; `cause` is the signal's reason. */
export class AbortError extends coded('ABORTED', QueryCanceled) {}
/** The statement is wrong: syntax, or a table, column or function that does not exist. */
export class ProgrammingError extends coded('PROGRAMMING') {}

/** A `TypeError` for misuse of the API, with one of the stable codes. */
export interface MisuseError extends TypeError {
  readonly code: ErrorCode
}

/** Makes the `TypeError` that misuse of the API throws. */
export function misuse(code: ErrorCode, message: string): MisuseError {
  return Object.assign(new TypeError(message), { code })
}
