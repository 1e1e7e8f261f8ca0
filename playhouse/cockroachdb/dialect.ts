import { type Dialect, emitInsert, OPERATORS, postgresDialect } from '../../lib/extend.js'

/** CockroachDB's SQL as a difference of PostgreSQL's. */
export const cockroachDialect: Dialect = {
  ...postgresDialect,
  name: 'CockroachDB',
  emitters: {
    ...postgresDialect.emitters,
    insert: (writer, node) => writer.scoped(() => emitInsert(writer, node, node.replace ? 'UPSERT' : 'INSERT'))
  },
  // A plain slash divides integers to a decimal there.
  operators: { ...OPERATORS, intDiv: '//' },
  columnTypes: {
    ...postgresDialect.columnTypes,
    auto: 'INT8 DEFAULT unique_rowid()',
    bigauto: 'INT8 DEFAULT unique_rowid()',
    autoReference: 'INT8',
    bytea: 'BYTES',
    json: 'JSONB'
  },
  capabilities: version => ({
    replace: true,
    // https://www.cockroachlabs.com/docs/releases/v22.1: NULLS FIRST and NULLS LAST.
    nullsOrdering: version >= 220100,
    // https://www.cockroachlabs.com/docs/releases/v22.1: ON CONFLICT ON CONSTRAINT.
    conflictConstraint: version >= 220100,
    systemTime: true,
    priority: true,
    smallSerials: false
  })
}
