import { CHILDREN } from '../ast/children.js'
import type { JoinNode, LockStrength, Node, QueryNode, SelectNode, SourceNode, TableNode } from '../ast/nodes.js'
import type { Source } from '../expression/source.js'

/** What transactions that lock what they read add to selects: `FOR NO KEY UPDATE`. */

/**
 * The select with the rows of its models' tables locked. `undefined` where a server would refuse that, or where it means nothing:
 * rows that are folded together, those of the past, and what is no table. A lock of the program's own is left as it is.
 *
 * @param sources those that the program named; what else stands in FROM are models' tables
 */
export function lockedSelect(node: QueryNode, sources: readonly Source[], strength: LockStrength): SelectNode | undefined {
  if (node.kind !== 'select' || !givesRowsOfTables(node)) return undefined
  const others = new Set<SourceNode>([
    ...(node.with ?? []).map(({ table }) => table),
    ...sources.filter(({ plain }) => plain).map(source => source.node)
  ])
  const { all, sure } = sourcesOf(node.from)
  const of = sure.filter(source => isTable(source, others))
  if (of.length === 0) return undefined
  return { ...node, lock: { kind: 'lock', strength, of: of.length === all ? [] : of, byTransaction: true } }
}

/** Whether each row is made of one row of each source. */
function givesRowsOfTables({ lock, asOf, distinct, groupBy, having, windows, columns, orderBy }: SelectNode): boolean {
  if (lock || asOf || distinct || having || windows || groupBy.length > 0) return false
  return !columns.some(mayFold) && !orderBy.some(mayFold)
}

/** Functions that surely give one value for each row; any other may be an aggregate, or give many. */
const SCALAR: ReadonlySet<string> = new Set(
  'lower upper trim length abs round floor ceil coalesce nullif greatest least random now date_trunc concat'.split(' ')
)

/** Whether an expression may fold rows together, or make several of one. */
function mayFold(node: Node): boolean {
  if (node.kind === 'column') return false
  if (['over', 'raw', 'subquery', 'exists'].includes(node.kind)) return true
  if (node.kind === 'call' && !SCALAR.has(node.name.toLowerCase())) return true
  return CHILDREN[node.kind].some(key => parts((node as unknown as Record<string, unknown>)[key]).some(mayFold))
}

/** The nodes in a child of a node: itself, or those of a list, or of a list of pairs. */
function parts(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(parts)
  return typeof value === 'object' && value !== null && 'kind' in value ? [value as Node] : []
}

/** How many sources stand in FROM, and those of them that no outer join leaves without a row. */
function sourcesOf(from: SelectNode['from']): { readonly all: number; readonly sure: SourceNode[] } {
  const found = from.map(item => (item.kind === 'join' ? sourcesOfJoin(item) : { all: 1, sure: [item] }))
  return { all: found.reduce((sum, { all }) => sum + all, 0), sure: found.flatMap(({ sure }) => sure) }
}

function sourcesOfJoin({ type, left, right }: JoinNode) {
  const before = sourcesOf([left])
  const keepsLeft = type !== 'RIGHT' && type !== 'FULL'
  const keepsRight = type !== 'LEFT' && type !== 'FULL'
  return { all: before.all + 1, sure: [...(keepsLeft ? before.sure : []), ...(keepsRight ? [right] : [])] }
}

/** Whether a source is a table, under its own name or another. */
function isTable(source: SourceNode, others: ReadonlySet<SourceNode>): boolean {
  if (others.has(source)) return false
  const { kind } = source
  return kind === 'table' || (source.source.kind === 'table' && !others.has(source.source as TableNode))
}
