import { OPERATORS } from '../ast/operators.js'
import type { SupportTable } from '../compiler/capabilities.js'
import type { Dialect } from '../compiler/dialect.js'
import { explainEmitters } from '../compiler/explain.js'
import { expressionEmitters } from '../compiler/expressions.js'
import { schemaEmitters } from '../compiler/schema.js'
import { selectEmitters } from '../compiler/select.js'
import { withEmitters } from '../compiler/with.js'
import { writeEmitters } from '../compiler/write.js'

const docs = (page: string) => `https://www.postgresql.org/docs/${page}`

/** What PostgreSQL has, from version 12 on. */
const support: SupportTable = {
  replace: { since: 'never', source: docs('current/sql-insert.html') },
  nullsOrdering: { since: 'always', source: docs('12/queries-order.html') },
  conflictConstraint: { since: 'always', source: docs('12/sql-insert.html') },
  conflictExpressions: { since: 'always', source: docs('12/sql-insert.html') },
  skipLocked: { since: 'always', source: docs('12/sql-select.html') },
  recursiveUnion: { since: 'always', source: docs('12/queries-with.html') },
  groupingSets: { since: 'always', source: docs('12/queries-table-expressions.html') },
  cursors: { since: 'always', source: docs('12/sql-declare.html') },
  explainJson: { since: 'always', source: docs('12/sql-explain.html') },
  explainModes: { since: 'never', source: docs('current/sql-explain.html') },
  systemTime: { since: 'never', source: docs('current/sql-select.html') },
  createTableOfPast: { since: 'never', source: docs('current/sql-createtableas.html') },
  boundedStaleness: { since: 'never', source: docs('current/sql-select.html') },
  indexHints: { since: 'never', source: docs('current/sql-select.html') },
  noFullScan: { since: 'never', source: docs('current/sql-select.html') },
  protocolCancel: { since: 'always', source: docs('12/protocol-flow.html') },
  priority: { since: 'never', source: docs('current/sql-begin.html') },
  jsonOrdering: { since: 'always', source: docs('12/datatype-json.html') },
  jsonPath: { since: 'always', source: docs('12/datatype-json.html') },
  arraySlices: { since: 'always', source: docs('12/arrays.html') },
  // What is computed before that is stored.
  virtualColumns: { since: 180_000, source: docs('release/18.0/') },
  identity: { since: 'always', source: docs('12/sql-createtable.html') },
  deferrable: { since: 'always', source: docs('12/sql-set-constraints.html') },
  nullsNotDistinct: { since: 150_000, source: docs('release/15.0/') },
  restartIdentity: { since: 'always', source: docs('12/sql-truncate.html') },
  smallSerials: { since: 'always', source: docs('12/datatype-numeric.html') },
  lateralLimits: { since: 'always', source: docs('12/queries-table-expressions.html#QUERIES-LATERAL') },
  hiddenColumns: { since: 'never', source: docs('current/sql-createtable.html') },
  textSearch: { since: 'always', source: docs('12/textsearch.html') },
  hstore: { since: 'always', source: docs('12/hstore.html') },
  noKeyUpdate: { since: 'always', source: docs('12/explicit-locking.html') },
  setLocal: { since: 'always', source: docs('12/sql-set.html') },
  autocommitBeforeDdl: { since: 'never', source: docs('current/sql-set.html') },
  hashSharding: { since: 'never', source: docs('current/sql-createindex.html') },
  expressionIndexes: { since: 'always', source: docs('12/indexes-expressional.html') },
  computedInExpressions: { since: 'always', source: docs('12/ddl-generated-columns.html') },
  virtualIndexed: { since: 'never', source: docs('18/ddl-generated-columns.html') },
  indexNulls: { since: 'always', source: docs('12/indexes-ordering.html') },
  onUpdate: { since: 'never', source: docs('current/sql-createtable.html') },
  columnFamilies: { since: 'never', source: docs('current/sql-createtable.html') },
  rowTtl: { since: 'never', source: docs('current/sql-createtable.html') },
  rowTtlExpression: { since: 'never', source: docs('current/sql-createtable.html') },
  rowTtlSelectRate: { since: 'never', source: docs('current/sql-createtable.html') },
  rowTtlChangefeeds: { since: 'never', source: docs('current/sql-createtable.html') },
  rowIds: { since: 'never', source: docs('current/functions.html') }
}

/** 180003 is 18.3, and 180000 is 18. */
function versionText(version: number): string {
  const minor = version % 10_000
  return `${Math.floor(version / 10_000)}${minor > 0 ? `.${minor}` : ''}`
}

/** SQL as PostgreSQL speaks it: what other dialects are a difference of. */
export const postgresDialect: Dialect = {
  name: 'PostgreSQL',
  emitters: {
    ...expressionEmitters,
    ...selectEmitters,
    ...withEmitters,
    ...writeEmitters,
    ...explainEmitters,
    ...schemaEmitters
  },
  operators: OPERATORS,
  columnTypes: {
    auto: 'SERIAL',
    bigauto: 'BIGSERIAL',
    identity: 'INTEGER',
    bigidentity: 'BIGINT',
    autoReference: 'INTEGER',
    bigautoReference: 'BIGINT',
    bool: 'BOOLEAN',
    int2: 'SMALLINT',
    int4: 'INTEGER',
    int8: 'BIGINT',
    float4: 'REAL',
    float8: 'DOUBLE PRECISION',
    numeric: 'NUMERIC',
    varchar: 'VARCHAR',
    bpchar: 'CHAR',
    text: 'TEXT',
    uuid: 'UUID',
    bytea: 'BYTEA',
    json: 'JSON',
    jsonb: 'JSONB',
    date: 'DATE',
    time: 'TIME',
    timestamp: 'TIMESTAMP',
    timestamptz: 'TIMESTAMPTZ',
    interval: 'INTERVAL'
  },
  support,
  versionText
}
