/** The second door, for authors of dialects, databases, drivers, and types with methods of their own: what `playhouse` is made with. */

export { call, operation, param } from './ast/build.js'
export type { ClauseNode, ExprNode, IndexHint, InsertNode, Node, NodeKind, NodeOf, RootNode } from './ast/nodes.js'
export { OPERATORS, type Operator } from './ast/operators.js'
export { arrayOf, located, type SqlType, TYPES, type TypeMethods, typeNamed, variant } from './ast/types.js'
export {
  capabilitiesAt,
  FEATURES,
  type LackDetails,
  type Lacking,
  lackOf,
  type Support,
  type SupportTable
} from './compiler/capabilities.js'
export type { Dialect, Emitter, Emitters } from './compiler/dialect.js'
export { createTypeText } from './compiler/schema.js'
export { emitInsert } from './compiler/write.js'
export type { Writer } from './compiler/writer.js'
export { type Beginning, beginning } from './database/beginning.js'
export { type Preparation, postgresqlProfile, type ServerProfile } from './database/profile.js'
export type { Protocol } from './database/transaction.js'
export { postgresDialect } from './dialect/postgres.js'
export type {
  Cell,
  Driver,
  DriverFactory,
  DriverOptions,
  PoolControl,
  RawResult,
  ResultColumn,
  SessionCancel,
  TransactionConnection,
  WireStatement
} from './driver/driver.js'
export { type Answers, type RecordedStatement, type RecordingDriver, recordingDriver } from './driver/recording.js'
export { misuse } from './errors.js'
export { typeMethods, wrap } from './expression/expression.js'
export { labelOf, nodeOf } from './expression/operands.js'
export { type ModelOption, modelOption } from './model/extensions.js'
export { namedTable } from './model/named-table.js'
export { type ModelExtensions, shardingOf } from './model/options.js'
export { describeType } from './util/describe.js'
export { quoteName, quoteText } from './util/identifiers.js'
export { didYouMean } from './util/names.js'
