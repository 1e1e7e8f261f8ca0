import { OPERATORS } from '../ast/operators.js'
import type { Dialect } from '../compiler/dialect.js'
import { explainEmitters } from '../compiler/explain.js'
import { expressionEmitters } from '../compiler/expressions.js'
import { schemaEmitters } from '../compiler/schema.js'
import { selectEmitters } from '../compiler/select.js'
import { withEmitters } from '../compiler/with.js'
import { writeEmitters } from '../compiler/write.js'

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
  capabilities: version => ({
    replace: false,
    nullsOrdering: true,
    conflictConstraint: true,
    conflictExpressions: true,
    skipLocked: true,
    recursiveUnion: true,
    groupingSets: true,
    cursors: true,
    explainJson: true,
    systemTime: false,
    priority: false,
    jsonOrdering: true,
    jsonPath: true,
    arraySlices: true,
    // PostgreSQL 18 has them; what is computed before that is stored.
    virtualColumns: version >= 180_000,
    identity: true,
    deferrable: true,
    nullsNotDistinct: version >= 150_000,
    restartIdentity: true,
    smallSerials: true,
    lateralLimits: true,
    hiddenColumns: false,
    textSearch: true,
    hstore: true
  })
}
