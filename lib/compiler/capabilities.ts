import { NotSupportedError } from '../errors.js'

/** Something that a server may lack, as messages and the documentation tell of it. */
interface Feature {
  /** What is missing: "… has no FOR UPDATE SKIP LOCKED". */
  readonly feature: string
  /** What to do instead, or what is done instead. */
  readonly instead: string
}

/** Everything that servers may lack. What each kind of server has, and since when, is in the `support` of its dialect. */
export const FEATURES = {
  /** Inserts a row, or gives its values to the one of the same primary key, in one statement. */
  replace: {
    feature: 'statement that inserts or replaces (UPSERT)',
    instead: 'use insert(...).onConflict({ target, preserve })'
  },
  /** NULLS FIRST and NULLS LAST. */
  nullsOrdering: { feature: 'NULLS FIRST and NULLS LAST', instead: 'a sort key of its own does the same' },
  /** ON CONFLICT ON CONSTRAINT name. */
  conflictConstraint: {
    feature: 'ON CONFLICT ON CONSTRAINT',
    instead: 'name the columns instead: onConflict({ target: [...] })'
  },
  /** ON CONFLICT of the expressions of a unique index. */
  conflictExpressions: {
    feature: 'ON CONFLICT of an expression',
    instead: 'name columns that have a unique index of their own'
  },
  /** FOR UPDATE SKIP LOCKED. */
  skipLocked: { feature: 'FOR UPDATE SKIP LOCKED', instead: 'use nowait, or wait' },
  /** WITH RECURSIVE whose terms are put together by UNION, which drops rows that were found before. */
  recursiveUnion: {
    feature: 'recursive CTE with UNION',
    instead: 'use unionAll, and a condition that ends the recursion'
  },
  /** GROUP BY ROLLUP, CUBE and GROUPING SETS. */
  groupingSets: {
    feature: 'GROUP BY ROLLUP, CUBE or GROUPING SETS',
    instead: 'put selects of each grouping together with unionAll'
  },
  /** SQL-level cursors: DECLARE and FETCH. */
  cursors: { feature: 'cursors with parameters', instead: 'rows in the order of their keys are read in pages' },
  /** EXPLAIN (FORMAT JSON). */
  explainJson: { feature: 'EXPLAIN (FORMAT JSON)', instead: 'leave the format out' },
  /** EXPLAIN (OPT), (DISTSQL), (VEC) and (TYPES). */
  explainModes: { feature: 'EXPLAIN (OPT) and its like', instead: 'leave the mode out' },
  /** Reads as of a time in the past. */
  systemTime: { feature: 'reads of the past (asOf, systemTime)', instead: 'leave the time out' },
  /** Tables made of rows of the past. */
  createTableOfPast: { feature: 'CREATE TABLE AS of the past', instead: 'leave the time out' },
  /** Reads as of a time that the server chooses within bounds. */
  boundedStaleness: { feature: 'reads of bounded staleness', instead: 'give asOf() a time, or an interval' },
  /** What says which index of a table is read. */
  indexHints: { feature: 'index hints', instead: 'leave indexHint out, and let the server choose' },
  /** Hints that refuse to read the whole of an index. */
  noFullScan: { feature: 'hints against full scans', instead: 'leave { noFullScan } out' },
  /** Cancel requests of the protocol. */
  protocolCancel: { feature: 'cancel requests', instead: 'statements are broken off by a statement on another connection' },
  /** Transaction priorities. */
  priority: { feature: 'priorities of transactions', instead: 'leave the priority out' },
  /** `<` and its like, and ORDER BY, of JSON values. */
  jsonOrdering: { feature: 'order of JSON values', instead: 'compare asText(), asInt() or asFloat()' },
  /** The JSON path language. */
  jsonPath: { feature: 'JSON paths', instead: 'use get(), contains() or hasKey()' },
  /** Parts of arrays: `a[1:2]`. */
  arraySlices: { feature: 'slices of arrays', instead: 'read the array, and slice it in the program' },
  /** Columns that are computed when they are read. */
  virtualColumns: { feature: 'columns that are computed when they are read', instead: 'leave out { stored: false }' },
  /** GENERATED AS IDENTITY. */
  identity: { feature: 'GENERATED AS IDENTITY', instead: 'use an AutoField or a UUID key' },
  /** Constraints that are checked at the end of a transaction. */
  deferrable: {
    feature: 'deferrable constraints',
    instead: 'it checks them with each statement: leave { deferrable } out'
  },
  /** Unique indexes in which two nulls are one value. */
  nullsNotDistinct: { feature: 'NULLS NOT DISTINCT', instead: 'leave { nullsDistinct: false } out' },
  /** TRUNCATE that lets generated keys begin anew. */
  restartIdentity: { feature: 'TRUNCATE … RESTART IDENTITY', instead: 'its generated keys do not begin anew' },
  /** Generated keys that fit a JavaScript number. */
  smallSerials: { feature: 'generated keys that fit a JavaScript number', instead: 'keys are read as bigint or text' },
  /** LIMIT in LATERAL subqueries that keeps rows from being read, where an index has them in order. */
  lateralLimits: {
    feature: 'LATERAL subqueries whose LIMIT keeps rows from being read',
    instead: 'rows for each parent are counted by a window'
  },
  /** Columns that the server adds to tables by itself, and marks as hidden in its catalog. */
  hiddenColumns: { feature: 'hidden columns', instead: 'every column of a table is listed' },
  /** TSVECTOR and TSQUERY. */
  textSearch: { feature: 'full-text search', instead: 'use contains() or regexp()' },
  /** HSTORE, where its extension is installed. */
  hstore: { feature: 'HSTORE', instead: 'use a JSONField' },
  /** FOR NO KEY UPDATE, which leaves references to the rows alone. */
  noKeyUpdate: { feature: 'FOR NO KEY UPDATE', instead: 'transactions that lock what they read use FOR UPDATE' },
  /** SET LOCAL: settings that hold until the transaction ends. */
  setLocal: { feature: 'SET LOCAL', instead: 'settings of a transaction are reset when its connection is given back' },
  /** Whether DDL in a transaction first commits what was done can be said. */
  autocommitBeforeDdl: {
    feature: 'setting autocommit_before_ddl',
    instead: 'it never commits before DDL by itself: leave the option out'
  },
  /** Primary keys and indexes that are spread over a cluster by a hash. */
  hashSharding: { feature: 'hash-sharded keys and indexes', instead: 'leave { hash } out' },
  /** Indexes of expressions. */
  expressionIndexes: { feature: 'indexes of expressions', instead: 'index a column that is { generated } from it' },
  /** Expressions in indexes that read computed columns. */
  computedInExpressions: { feature: 'indexes of expressions that read computed columns', instead: 'write out what they compute' },
  /** Indexes of columns that are computed when they are read. */
  virtualIndexed: { feature: 'indexes of columns that are computed when they are read', instead: 'leave out { stored: false }' },
  /** Indexes in which nulls are the greatest. */
  indexNulls: { feature: 'indexes in which nulls are the greatest', instead: 'leave { nulls } out' },
  /** Columns that every update sets, unless it names them. */
  onUpdate: { feature: 'ON UPDATE of columns', instead: 'set the column in the program, or by a trigger' },
  /** Columns of a row that are stored apart. */
  columnFamilies: { feature: 'column families', instead: 'leave { families } out' },
  /** Rows that the server deletes when they expire. */
  rowTtl: { feature: 'row-level TTL', instead: 'leave { ttl } out, and delete old rows by a job' },
  /** Rows that say by an expression when they expire. */
  rowTtlExpression: { feature: 'ttl_expiration_expression', instead: 'use { expireAfter }' },
  /** How many rows in a second are read for those that expire can be said. */
  rowTtlSelectRate: { feature: 'ttl_select_rate_limit', instead: 'leave { selectRateLimit } out' },
  /** Changefeeds that are spared rows which expire. */
  rowTtlChangefeeds: {
    feature: 'ttl_disable_changefeed_replication',
    instead: 'leave { disableChangefeedReplication } out'
  },
  /** Keys of eight bytes that the server makes without counting. */
  rowIds: { feature: 'unique_rowid()', instead: 'use a BigAutoField, or a UUID key' }
} as const satisfies Readonly<Record<string, Feature>>

/** The name of something a server may lack. */
export type Capability = keyof typeof FEATURES

/** What a server can do, asked before anything is sent. */
export type Capabilities = { readonly [C in keyof typeof FEATURES]: boolean } & {
  /** The version that has all this: PostgreSQL 18.3 is 180003; of a server that is not known yet, the newest there may be. */
  readonly version: number
}

/** Since when a kind of server has something. `always`: in every version that Pewit is made for. */
export interface Support {
  readonly since: number | 'always' | 'never'
  /** Where that is written: an address, or `owner/repository#number`. */
  readonly source: string
}

/** What a kind of server has, and since when. */
export type SupportTable = { readonly [C in Capability]: Support }

/** The version a compiler assumes before it knows the server's: the newest. */
export const NEWEST = Number.MAX_SAFE_INTEGER

/** What a server of this version (180003: 18.3) can do. */
export function capabilitiesAt(support: SupportTable, version: number): Capabilities {
  const entries = Object.entries(support).map(([name, { since }]) => [name, isIn(since, version)])
  return { ...(Object.fromEntries(entries) as { [C in Capability]: boolean }), version }
}

function isIn(since: Support['since'], version: number): boolean {
  return typeof since === 'number' ? version >= since : since === 'always'
}

/** What must be known of a kind of server to tell what it lacks. */
export interface Lacking {
  /** For messages: `PostgreSQL`. */
  readonly name: string
  readonly support: SupportTable
  /** A version for people: 180003 is `18.3`. */
  versionText(version: number): string
}

/** What a lack is told with, where it is not the usual. */
export interface LackDetails extends Partial<Feature> {
  /** The server's version, where it is known. */
  readonly version?: number
  /** The statement, as far as it is written. */
  readonly sql?: string
}

/** The error for what a server lacks: the feature, the version at hand, the version that has it, and what to do instead. */
export function lackOf(server: Lacking, capability: Capability, details: LackDetails = {}): NotSupportedError {
  const { version = NEWEST, sql, feature = FEATURES[capability].feature, instead = FEATURES[capability].instead } = details
  const { since } = server.support[capability]
  const at = version < NEWEST ? ` ${server.versionText(version)}` : ''
  const never = at ? ', nor has any other version' : ' in any version'
  const whence = typeof since === 'number' ? `, which came with ${server.versionText(since)}` : never
  return new NotSupportedError(`${server.name}${at} has no ${feature}${whence}; ${instead}`, { sql })
}

/** The types that not every server has, by name. */
export const TYPE_NEEDS: ReadonlyMap<string, Capability> = new Map<string, Capability>([
  ['jsonpath', 'jsonPath'],
  ['tsvector', 'textSearch'],
  ['tsquery', 'textSearch'],
  ['hstore', 'hstore']
])
