/** CockroachDB for Pewit: its database, its keys, and its transactions. */
export { ArrayField, JSONField } from '../../fields/index.js'
export { CockroachDatabase, cockroachProfile, parseVersion } from './database.js'
export { cockroachDialect } from './dialect.js'
export { RowIDField, RowIDFieldType, UUIDKeyField, UUIDKeyFieldType } from './fields.js'
export { followerReadTimestamp, type StalenessOptions, withMaxStaleness, withMinTimestamp } from './system-time.js'
export { runTransaction } from './transactions.js'
