import type { ExprNode, RootNode, SchemaNode, SystemTime } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import type { Capabilities } from './capabilities.js'
import type { Dialect } from './dialect.js'
import { Writer } from './writer.js'

/** A statement ready to be sent, and what is known of it. */
export interface Compiled {
  readonly text: string
  /** Wire text of each parameter. */
  readonly params: readonly (string | null)[]
  /** OID of each parameter; 0 where the server decides. */
  readonly types: readonly number[]
  /** The parameters as the caller gave them. */
  readonly values: readonly unknown[]
  /** What each column of the result is. */
  readonly columns: readonly ExprNode[]
  /** Whether running it again gives the same: false after a write or raw SQL. */
  readonly retryable: boolean
  /** Whether it changes the schema. */
  readonly schema?: boolean
  /** When it reads, if not now. */
  readonly asOf: SystemTime | undefined
  /** Whether the transaction locks what it reads, and the program has not asked for that. */
  readonly lockedByTransaction?: boolean
}

/**
 * The statement as a server of this dialect and these capabilities takes it.
 *
 * @param timeless leaves out when it reads: the transaction around it says so
 */
export function compile(root: RootNode, dialect: Dialect, capabilities: Capabilities, timeless = false): Compiled {
  const schema = SCHEMA.has(root.kind)
  const writer = new Writer(dialect, capabilities, schema)
  writer.past.untold = timeless
  write(writer, root)
  const { text, params, types, values } = writer
  const lockedByTransaction = root.kind === 'select' && root.lock?.byTransaction === true
  return {
    text,
    params,
    types,
    values,
    columns: resultColumns(root),
    retryable: writer.retryable && !schema,
    schema,
    asOf: writer.past.time,
    lockedByTransaction
  }
}

/** The statement with its values written into it: to be read by people, not sent. */
export function compileInline(root: RootNode, dialect: Dialect, capabilities: Capabilities): string {
  return write(new Writer(dialect, capabilities, true), root).text
}

function write(writer: Writer, root: RootNode | ExprNode | SchemaNode): Writer {
  try {
    writer.node(root)
    return writer.finish()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw misuse(
      'BAD_QUERY',
      'The query is nested too deeply to be written; use or(…), and(…) or a list, which can be of any length'
    )
  }
}

const SCHEMA: ReadonlySet<string> = new Set<SchemaNode['kind']>([
  'createTable',
  'createTableAs',
  'dropTable',
  'truncate',
  'addForeignKey',
  'createType',
  'dropType',
  'createIndex',
  'dropIndex'
])

function resultColumns(root: RootNode): readonly ExprNode[] {
  if (root.kind === 'select' || root.kind === 'compound') return root.columns
  return 'returning' in root ? root.returning : []
}
