import 'reflect-metadata'

/** The public door: models, queries, expressions, databases and errors, with the fields. */
// The one star: the fields' own door names them, so that a new field is two files.
export * from '../fields/index.js'
export type { Capabilities, Capability } from './compiler/capabilities.js'
export type { Block, ManualControl } from './database/blocks.js'
export { Database, type RunTransactionOptions } from './database/database.js'
export type { QueryEvent, QueryLog } from './database/events.js'
export type { DatabaseOptions } from './database/options.js'
export { PostgresqlDatabase } from './database/postgresql.js'
export type { Backoff, RetryOptions } from './database/retry.js'
export type { IsolationLevel, SystemTime, Transaction, TransactionOptions } from './database/transaction.js'
export type { Wrapper } from './database/wrap.js'
export {
  AmbiguousCommitError,
  CheckViolation,
  CODES,
  ConnectionLost,
  DatabaseError,
  type DatabaseErrorDetails,
  DataError,
  DeadlockDetected,
  DoesNotExist,
  type ErrorCode,
  type ErrorDetails,
  ExceededMaxAttempts,
  ForeignKeyViolation,
  IntegrityError,
  InterfaceError,
  InternalError,
  MaxConnectionsExceeded,
  MigrationError,
  type MisuseError,
  ModelDefinitionError,
  NestedTransactionError,
  NotNullViolation,
  NotSupportedError,
  OperationalError,
  PewitError,
  ProgrammingError,
  RelationNotLoaded,
  SerializationFailure,
  TransactionAbortedError,
  TransactionClosedError,
  UniqueViolation,
  ValidationError,
  type ValidationFailure
} from './errors.js'
export { EXCLUDED } from './expression/excluded.js'
export {
  and,
  type Computed,
  caseWhen,
  cast,
  exists,
  type Functions,
  fn,
  not,
  or,
  type Tuple,
  tuple,
  value
} from './expression/functions.js'
export { type Fragment, SQL, sql } from './expression/raw.js'
export type {
  Alias,
  Aliased,
  AnyExpr,
  ArrayOps,
  Attach,
  Changes,
  Class,
  Col,
  Column,
  ColumnKey,
  Data,
  DictRow,
  Expr,
  Fields,
  JsonExpr,
  JsonOps,
  Key,
  KeyOf,
  LazyRef,
  Loaded,
  ModelSource,
  Moment,
  NewClass,
  NotAColumn,
  Operand,
  Ops,
  Order,
  OrderOptions,
  Picked,
  Plain,
  Predicate,
  RefColumn,
  Sources,
  Subselect,
  TextOps,
  TupleRow
} from './expression/types.js'
export { model } from './model/decorators.js'
export {
  type CompositeKey,
  compositeKey,
  type IndexOption,
  type Metadata,
  type ModelField,
  type ModelOptions,
  metadata
} from './model/metadata.js'
export { Model } from './model/model.js'
export type { SaveOptions } from './model/persist.js'
export { Backref, Ref } from './model/relations.js'
export type { SelectedModels, SelectedRow } from './model/selected-row.js'
export type { ColumnName, Insert, OnConflict } from './query/insert.js'
export type { AttachAt, Extend, Inferable, JoinedRow, Nullable, PathTo } from './query/join-types.js'
export { Query, type SqlText } from './query/query.js'
export type { RawQuery } from './query/raw.js'
export type { Condition, GroupKeys, Select, SortKeys } from './query/select.js'
export type { Delete, Update } from './query/update.js'
