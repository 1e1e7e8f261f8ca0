/** CockroachDB for Pewit: its database, its keys, and its transactions. */
export { ArrayField, JSONField } from '../../fields/index.js'
export { CockroachDatabase, cockroachProfile, parseVersion } from './database.js'
export { cockroachDialect } from './dialect.js'
export {
  RowIDField,
  RowIDFieldType,
  UUIDKeyField,
  UUIDKeyFieldType,
  UUIDv7KeyField,
  UUIDv7KeyFieldType
} from './fields.js'
export type { ColumnFamilies } from './schema.js'
export { followerReadTimestamp, type StalenessOptions, withMaxStaleness, withMinTimestamp } from './system-time.js'
export { runTransaction } from './transactions.js'
export { type TimeToLive, unexpired } from './ttl.js'
export { uuidv7 } from './uuid7.js'
