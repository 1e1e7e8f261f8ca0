import {
  createTypeText,
  type Dialect,
  emitInsert,
  type IndexHint,
  misuse,
  OPERATORS,
  postgresDialect,
  quoteName,
  type Writer
} from '../../lib/extend.js'
import { support, versionText } from './capabilities.js'
import { emitClause } from './schema.js'
import { queryTimeLiteral } from './system-time.js'

/** Its versions do not all have the operators of JSON paths; those that know JSON paths have the functions. */
const PATH_FUNCTIONS: Readonly<Record<string, string>> = { '@?': 'jsonb_path_exists', '@@': 'jsonb_path_match' }

/** Writes `@"index"`, or `@{FORCE_INDEX="index",DESC}`. */
function indexHint(w: Writer, { index, direction, noFullScan }: IndexHint): void {
  if (noFullScan) w.need('noFullScan')
  if (index !== undefined && direction === undefined && !noFullScan) return void w.write('@').name(index)
  const flags = [
    index === undefined ? undefined : `FORCE_INDEX=${quoteName(index)}`,
    direction?.toUpperCase(),
    noFullScan ? 'NO_FULL_SCAN' : undefined
  ]
  w.write(`@{${flags.filter(flag => flag !== undefined).join(',')}}`)
}

/** CockroachDB's SQL as a difference of PostgreSQL's. */
export const cockroachDialect: Dialect = {
  ...postgresDialect,
  name: 'CockroachDB',
  emitters: {
    ...postgresDialect.emitters,
    clause: emitClause,
    createType: (writer, node) => writer.write(createTypeText(node, node.safe ? 'IF NOT EXISTS ' : '')),
    operation: (writer, node) => {
      const name = node.right.type.name === 'jsonpath' ? PATH_FUNCTIONS[node.operator] : undefined
      if (name) writer.write(`${name}(`).nodes([node.left, node.right]).write(')')
      else postgresDialect.emitters.operation(writer, node)
    },
    insert: (writer, node) => writer.scoped(() => emitInsert(writer, node, node.replace ? 'UPSERT' : 'INSERT')),
    explain: (writer, node) => {
      if (node.format) writer.need('explainJson')
      // https://www.cockroachlabs.com/docs/v26.3/explain-analyze: what the others tell is known before the query is run.
      if (node.analyze && node.mode !== undefined && node.mode !== 'distsql')
        throw misuse('BAD_ARGUMENT', `explain: analyze cannot be told as ${node.mode}; leave one of them out, or use distsql`)
      const options = [node.mode?.toUpperCase(), node.verbose ? 'VERBOSE' : undefined].filter(option => option !== undefined)
      const told = options.length > 0 ? `(${options.join(', ')}) ` : ''
      writer.write(`EXPLAIN ${node.analyze ? 'ANALYZE ' : ''}${told}`).node(node.query)
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
  indexHint,
  support,
  versionText
}
