/** What a server can do, asked before anything is sent. */
export interface Capabilities {
  /** Replaces a whole row by its primary key in one statement. */
  readonly replace: boolean
  /** NULLS FIRST and NULLS LAST; emulated where absent. */
  readonly nullsOrdering: boolean
  /** ON CONFLICT ON CONSTRAINT name. */
  readonly conflictConstraint: boolean
  /** ON CONFLICT of the expressions of a unique index. */
  readonly conflictExpressions: boolean
  /** FOR UPDATE SKIP LOCKED. */
  readonly skipLocked: boolean
  /** WITH RECURSIVE whose terms are put together by UNION, which drops rows that were found before. */
  readonly recursiveUnion: boolean
  /** GROUP BY ROLLUP, CUBE and GROUPING SETS. */
  readonly groupingSets: boolean
  /** SQL-level cursors: DECLARE and FETCH. */
  readonly cursors: boolean
  /** EXPLAIN (FORMAT JSON). */
  readonly explainJson: boolean
  /** Reads as of a time in the past. */
  readonly systemTime: boolean
  /** Transaction priorities. */
  readonly priority: boolean
  /** `<` and its like, and ORDER BY, of JSON values. */
  readonly jsonOrdering: boolean
  /** The JSON path language. */
  readonly jsonPath: boolean
  /** Parts of arrays: `a[1:2]`. */
  readonly arraySlices: boolean
  /** Columns that are computed when they are read. */
  readonly virtualColumns: boolean
  /** GENERATED AS IDENTITY. */
  readonly identity: boolean
  /** Constraints that are checked at the end of a transaction. */
  readonly deferrable: boolean
  /** Unique indexes in which two nulls are one value. */
  readonly nullsNotDistinct: boolean
  /** TRUNCATE that lets generated keys begin anew. */
  readonly restartIdentity: boolean
  /** Generated keys that fit a JavaScript number. */
  readonly smallSerials: boolean
  /** LIMIT in LATERAL subqueries that keeps rows from being read, where an index has them in order. */
  readonly lateralLimits: boolean
  /** Columns that the server adds to tables by itself, and marks as hidden in its catalog. */
  readonly hiddenColumns: boolean
  /** TSVECTOR and TSQUERY. */
  readonly textSearch: boolean
  /** HSTORE, where its extension is installed. */
  readonly hstore: boolean
}

/** The name of something a server may lack. */
export type Capability = keyof Capabilities

/** What is told of a lack: the capability, what is missing, and what to do instead. */
export type Need = readonly [capability: Capability, feature: string, instead: string]

const TEXT_SEARCH: Need = ['textSearch', 'full-text search in this version', 'use contains() or regexp()']

/** The types that not every server has, by name. */
export const TYPE_NEEDS: ReadonlyMap<string, Need> = new Map<string, Need>([
  ['jsonpath', ['jsonPath', 'JSON paths', 'use get(), contains() or hasKey()']],
  ['tsvector', TEXT_SEARCH],
  ['tsquery', TEXT_SEARCH],
  ['hstore', ['hstore', 'HSTORE', 'use a JSONField']]
])
