import 'reflect-metadata'

/** The public door: models, queries, expressions, databases and errors, with the fields. */
// The one star: the fields' own door names them, so that a new field is two files.
export * from '../fields/index.js'
export type { ExplainMode, IndexHint, SystemTime } from './ast/nodes.js'
export type { Capabilities, Capability } from './compiler/capabilities.js'
export type { Backoff, BackoffOption } from './database/backoff.js'
export type { IsolationLevel, TransactionOptions, TransactionSettings } from './database/beginning.js'
export type { Block, ManualControl } from './database/blocks.js'
export { Database } from './database/database.js'
export type {
  ConnectEvent,
  DatabaseEvents,
  DatabaseListener,
  ErrorEvent,
  QueryEvent,
  QueryLog,
  QueryTrace,
  ReleaseEvent,
  ResponseEvent,
  ResponseLog,
  RetryEvent
} from './database/events.js'
export type { Locking } from './database/locking.js'
export type { DatabaseOptions } from './database/options.js'
export { PostgresqlDatabase } from './database/postgresql.js'
export type { RetryOptions, RunTransactionOptions } from './database/retry-options.js'
export type { Transaction } from './database/transaction.js'
export type { Wrapper } from './database/wrap.js'
export type { HostOrder, Limits, OpenedConnection, PoolSettings, PoolStats } from './driver/driver.js'
export {
  AbortError,
  AmbiguousCommitError,
  CheckViolation,
  CODES,
  ConnectionLost,
  DatabaseError,
  type DatabaseErrorDetails,
  DataError,
  DeadlineExceeded,
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
  QueryCanceled,
  RelationNotLoaded,
  SchemaChangeFailed,
  SerializationFailure,
  TransactionAbortedError,
  TransactionClosedError,
  UniqueViolation,
  ValidationError,
  type ValidationFailure
} from './errors.js'
export { caseWhen } from './expression/case.js'
export {
  all,
  and,
  any,
  cast,
  exists,
  fromTimestamp,
  not,
  notExists,
  op,
  or,
  some,
  value
} from './expression/conditions.js'
export type { Part, TruncatePart } from './expression/date-parts.js'
export { EXCLUDED } from './expression/excluded.js'
export type { CallOps, Computed, Functions, Named } from './expression/function-types.js'
export { fn } from './expression/functions.js'
export { type Fragment, SQL, sql } from './expression/raw.js'
export { type RowOf, type Tuple, tuple } from './expression/tuple.js'
export type {
  Alias,
  Aliased,
  AnyExpr,
  ArrayOps,
  Attach,
  CastResult,
  Changes,
  Class,
  Col,
  Column,
  ColumnKey,
  Data,
  DateParts,
  DictRow,
  Expr,
  Fields,
  Giving,
  GivingFor,
  Instance,
  JsonExpr,
  JsonKey,
  JsonKeys,
  JsonOps,
  JsonPart,
  Key,
  KeyOf,
  LazyRef,
  Loaded,
  Members,
  ModelSource,
  Moment,
  NewClass,
  NotAColumn,
  Offers,
  Operand,
  Ops,
  Order,
  OrderOptions,
  Picked,
  Plain,
  Predicate,
  RefColumn,
  RelatedFields,
  RelationKey,
  Sources,
  Subselect,
  TextOps,
  TupleRow,
  Typed
} from './expression/types.js'
export {
  type Bound,
  currentRow,
  type FrameOptions,
  following,
  preceding,
  type Window,
  type WindowOptions,
  window
} from './expression/windows.js'
export { prefetch } from './loading/eager.js'
export { load } from './loading/load.js'
export type {
  CheckedLoads,
  CheckedQuery,
  Load,
  LoadArgument,
  LoadOptions,
  NoSuchRelation,
  NotInstances,
  OfAnotherModel,
  QueryProblem,
  RelationTarget,
  WithRelated
} from './loading/load-types.js'
export type {
  CheckedPrefetch,
  NoWayHere,
  PrefetchArgument,
  Prefetched,
  PrefetchSource,
  SeveralWays
} from './loading/prefetch-types.js'
export type { LoadDefaults } from './loading/steps.js'
export type { BulkCreateOptions, BulkOptions } from './model/bulk.js'
export { choiceLabel } from './model/choices.js'
export { model } from './model/decorators.js'
export type { DeleteOptions, Dependency, DependencyOptions } from './model/delete.js'
export { type GraphEdge, type GraphOptions, modelGraph, sortModels } from './model/graph.js'
export type { Rows } from './model/inserts.js'
export {
  type ManyToManyRelation,
  type Metadata,
  type ModelConstructor,
  type ModelField,
  metadata,
  type ReferenceField,
  type Relation
} from './model/metadata.js'
export { type IndexFields, Model, type ModelIndexOptions, type TruncateOptions } from './model/model.js'
export type { BindOptions, CreateOptions, DropOptions, ModelDatabase } from './model/model-database.js'
export type { ModelIndex } from './model/model-index.js'
export type { Tables } from './model/named-table.js'
export {
  type CompositeKey,
  compositeKey,
  type HashOptions,
  type IndexDefinition,
  type IndexOption,
  type IndexOptions,
  type IndexPart,
  type ModelOptions
} from './model/options.js'
export type { SaveOptions } from './model/persist.js'
export { type AddOptions, ManyToMany, type RowOrKey, type RowsOrKeys } from './model/related-rows.js'
export { Backref, Ref } from './model/relations.js'
export { type ManyToManyKey, throughModel } from './model/through-model.js'
export type { ClauseQuery, LockOptions } from './query/clause-query.js'
export type { Condition, GroupKeys, SortKeys } from './query/clause-types.js'
export type { ComposableQuery, Compound, NewTableOptions } from './query/compound.js'
export type { ColumnName, ConflictTarget, OnConflict } from './query/conflict.js'
export type { Cte, CteOptions } from './query/cte.js'
export { DQ, type FilterOperator, type FilterTree } from './query/filter.js'
export type { CheckedFilter, FilterValue, NoSuchFilter } from './query/filter-types.js'
export type { ColumnTypes, FreeSource, TypedRow } from './query/free-source.js'
export { rowsOf } from './query/function-source.js'
export { groupingSets } from './query/groupings.js'
export type { Insert, KeyOrNull } from './query/insert.js'
export type {
  AttachAt,
  Extend,
  Inferable,
  JoinedRow,
  Kept,
  KeptDict,
  KeptRow,
  Nullable,
  PathTo,
  SourceModels
} from './query/join-types.js'
export type { ColumnsOf, CompoundOperand, OuterRow, RenamedRow, SourceRow } from './query/output-types.js'
export { type ExplainOptions, Query, type SqlText } from './query/query.js'
export type { RawQuery } from './query/raw.js'
export type { Returned, ReturnedDict, ReturnedRow, ReturnedTuple } from './query/returning.js'
export type { RowSource } from './query/row-source.js'
export type { RowQuery } from './query/rows.js'
export type { Select, WholeSelect } from './query/select.js'
export type { SelectedModels, SelectedRow } from './query/selected-row.js'
export { type Table, type TableOptions, table } from './query/table.js'
export type { Delete, Update } from './query/update.js'
export { type ValuesList, type ValuesOptions, type ValuesRow, valuesList } from './query/values-list.js'
export type {
  ColumnMetadata,
  ForeignKeyAction,
  ForeignKeyMetadata,
  IndexMetadata,
  ViewMetadata
} from './schema/introspection.js'
