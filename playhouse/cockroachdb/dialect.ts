import { createTypeText, type Dialect, emitInsert, OPERATORS, postgresDialect } from '../../lib/extend.js'
import { support, versionText } from './capabilities.js'
import { queryTimeLiteral } from './system-time.js'

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
      if (node.format) writer.need('explainJson')
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
  systemTime: queryTimeLiteral,
  support,
  versionText
}
