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
    // Since v22.1: cockroachdb/cockroach#71083.
    nullsOrdering: version >= 220100,
    // Since v22.1: cockroachdb/cockroach#73460.
    conflictConstraint: version >= 220100,
    systemTime: true,
    priority: true,
    smallSerials: false
  })
}
