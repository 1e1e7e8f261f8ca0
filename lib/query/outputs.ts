import { column, named, table } from '../ast/build.js'
import type { CteNode, ExprNode, QueryNode, SourceNode } from '../ast/nodes.js'
import { DoesNotExist } from '../errors.js'
import { type CellReader, movedSource, type Source, type SourceColumn } from '../expression/source.js'
import { type Attachment, flatItems, makeReader, type RowReader } from './readers.js'
import type { SelectedItem } from './selection.js'

/** A column that a query gives to what reads from it. */
export interface Output {
  /** What is selected, under its name. */
  readonly node: ExprNode
  /** Its name in SQL. */
  readonly name: string
  /** Its name in rows. */
  readonly property: string
}

/** What a query gives, to be read by another one: every column has a name, and none has that of another. */
export function outputsOf(items: readonly SelectedItem[]): Output[] {
  const taken = new Set<string>()
  return flatItems(items).map(({ name: property, node }) => {
    const own = ownName(node, property)
    let name = own ?? property
    for (let i = 2; taken.has(name); i++) name = `${property}_${i}`
    taken.add(name)
    return { node: name === own ? node : named(node, name), name, property }
  })
}

/** The name that a node has without being given one: a column's, unless it was selected under another. */
function ownName(node: ExprNode, property: string): string | undefined {
  if (node.kind === 'named') return node.name
  return node.kind === 'column' && node.property === property ? node.name : undefined
}

/** What a derived source is made of. */
export interface Derivation {
  readonly items: readonly SelectedItem[]
  readonly root: Source
  readonly attachments?: readonly Attachment[]
  /** For messages. */
  readonly name: string
  /** Names for the columns, in their order, instead of those in the query's rows. */
  readonly columns?: readonly string[]
  readonly ctes?: readonly CteNode[]
}

/** The rows of a query as a source: of a whole model as those of the model, so that joins along foreign keys are found. */
export function derivedSource(node: SourceNode, from: Derivation): Source {
  const { items, root, attachments = [], name, ctes, columns: names } = from
  const [item] = items
  if (items.length === 1 && item.kind === 'model' && !names) return { ...movedSource(item.source, node), ctes }
  const columns = outputsOf(items).map((output, i): SourceColumn => {
    const { name: own, property } = names ? { name: names[i], property: names[i] } : output
    return { property, column: column(node, own, output.node.type, name, property) }
  })
  const source = { ...columnsSource(node, name, columns), ctes }
  if (names || !items.some(({ kind }) => kind === 'model')) return source
  const read = makeReader(items, 'models', root, attachments)
  return { ...source, plain: false, attach: root.attach, read: readerOf(columns.length, read) }
}

/** A source of plain rows with these columns, of which those of `key` are its primary key. */
export function columnsSource(
  node: SourceNode,
  name: string,
  columns: readonly SourceColumn[],
  key: readonly string[] = []
): Source {
  const items = columns.map(({ property, column: of }) => ({ kind: 'expression', node: of, name: property }) as const)
  return {
    name,
    node,
    // No foreign key leads to it.
    table: node.kind === 'table' ? node : table(name),
    columns,
    primaryKey: columns.filter(({ property }) => key.includes(property)),
    references: [],
    names: new Map(columns.map(item => [item.property, item])),
    read: readerOf(columns.length, makeReader(items, 'dicts')),
    attach: (owner, property, related) => Object.assign(owner, { [property]: related }),
    notFound: sql => new DoesNotExist(`No row of ${name} was found by: ${sql}`, sql),
    plain: true
  }
}

function readerOf(columns: number, read: RowReader): CellReader {
  return (cells, offset, origin) => read(offset === 0 ? cells : cells.slice(offset, offset + columns), origin) as object
}

/** The query without its WITH, and what stood there: CTEs stand at the beginning of the whole statement. */
export function hoisted<N extends { readonly with?: readonly CteNode[] }>(node: N): readonly [N, readonly CteNode[]] {
  return node.with ? [{ ...node, with: undefined }, node.with] : [node, []]
}

/** The query with CTEs added to its WITH. */
export function withCtes<N extends { readonly with?: readonly CteNode[] }>(node: N, ctes: readonly CteNode[] | undefined): N {
  if (!ctes || ctes.length === 0) return node
  const known = node.with ?? []
  const added = ctes.filter(cte => !known.some(({ table: of }) => of === cte.table))
  return added.length === 0 ? node : { ...node, with: [...known, ...added] }
}

/** A query with every column under its name. */
export function namedColumns<N extends QueryNode>(node: N, items: readonly SelectedItem[]): N {
  if (node.kind === 'compound') return node
  const columns = outputsOf(items).map(output => output.node)
  return columns.every((of, i) => of === node.columns[i]) ? node : { ...node, columns }
}
