import { createTypeText, type Dialect, emitInsert, OPERATORS, postgresDialect } from '../../lib/extend.js'

/** Its versions do not all have the operators of JSON paths; those that know JSON paths have the functions. */
const PATH_FUNCTIONS: Readonly<Record<string, string>> = { '@?': 'jsonb_path_exists', '@@': 'jsonb_path_match' }

/** CockroachDB's SQL as a difference of PostgreSQL's. */
export const cockroachDialect: Dialect = {
  ...postgresDialect,
  name: 'CockroachDB',
  emitters: {
    ...postgresDialect.emitters,
    createType: (writer, node) => writer.write(createTypeText(node, node.safe ? 'IF NOT EXISTS ' : '')),
    operation: (writer, node) => {
      const name = node.right.type.name === 'jsonpath' ? PATH_FUNCTIONS[node.operator] : undefined
      if (name) writer.write(`${name}(`).nodes([node.left, node.right]).write(')')
      else postgresDialect.emitters.operation(writer, node)
    },
    insert: (writer, node) => writer.scoped(() => emitInsert(writer, node, node.replace ? 'UPSERT' : 'INSERT')),
    explain: (writer, node) => {
      if (node.format) writer.need('explainJson', 'EXPLAIN (FORMAT JSON)', 'leave the format out')
      writer.write(`EXPLAIN ${node.analyze ? 'ANALYZE ' : ''}${node.verbose ? '(VERBOSE) ' : ''}`).node(node.query)
    }
  },
  // A plain slash divides integers to a decimal there.
  operators: { ...OPERATORS, intDiv: '//' },
  columnTypes: {
    ...postgresDialect.columnTypes,
    auto: 'INT8 DEFAULT unique_rowid()',
    bigauto: 'INT8 DEFAULT unique_rowid()',
    identity: 'INT8',
    bigidentity: 'INT8',
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
    // cockroachdb/cockroach#67893.
    conflictExpressions: false,
    // Since v22.2: cockroachdb/cockroach#85720.
    skipLocked: version >= 220200,
    // Since v22.1.
    recursiveUnion: version >= 220100,
    groupingSets: false,
    // There since v22.1, with parameters in the cursor's query since v23.1.
    cursors: version >= 230100,
    explainJson: false,
    systemTime: true,
    priority: true,
    // Since v23.2: cockroachdb/cockroach#99275.
    jsonOrdering: version >= 230200,
    // Since v25.2: cockroachdb/cockroach#142336.
    jsonPath: version >= 250200,
    // cockroachdb/cockroach#32551.
    arraySlices: false,
    virtualColumns: true,
    // In v21.2 (cockroachdb/cockroach#69107); its early builds, which say the same version, have none.
    identity: version >= 220100,
    // cockroachdb/cockroach#31632.
    deferrable: false,
    // cockroachdb/cockroach#115836.
    nullsNotDistinct: false,
    // cockroachdb/cockroach#38931.
    restartIdentity: false,
    smallSerials: false,
    // It makes a window function of it and may read the whole table (cockroachdb/cockroach#165983), or give other rows (#151609).
    lateralLimits: false,
    hiddenColumns: true,
    // Since v23.1: cockroachdb/cockroach#92966.
    textSearch: version >= 230100,
    // cockroachdb/cockroach#41284.
    hstore: false
  })
}
