import { OPERATORS } from '../ast/operators.js'
import type { Dialect } from '../compiler/dialect.js'
import { expressionEmitters } from '../compiler/expressions.js'
import { schemaEmitters } from '../compiler/schema.js'
import { selectEmitters } from '../compiler/select.js'
import { writeEmitters } from '../compiler/write.js'

/** SQL as PostgreSQL speaks it: what other dialects are a difference of. */
export const postgresDialect: Dialect = {
  name: 'PostgreSQL',
  emitters: { ...expressionEmitters, ...selectEmitters, ...writeEmitters, ...schemaEmitters },
  operators: OPERATORS,
  columnTypes: {
    auto: 'SERIAL',
    bigauto: 'BIGSERIAL',
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
  capabilities: () => ({
    replace: false,
    nullsOrdering: true,
    conflictConstraint: true,
    systemTime: false,
    priority: false,
    smallSerials: true
  })
}
