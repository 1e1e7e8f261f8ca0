import type { ExprNode, JoinNode, SelectNode, SourceNode } from '../ast/nodes.js'
import type { Emitters } from './dialect.js'
import type { Writer } from './writer.js'

/** How PostgreSQL writes SELECT and its sources. */
export const selectEmitters = {
  select: (w, n) => w.scoped(() => emitSelect(w, n)),
  table: (w, n) => {
    if (n.schema !== undefined) w.name(n.schema).write('.')
    w.name(n.name)
  },
  alias: (w, n) => (n.source.kind === 'select' ? w.write('(').node(n.source).write(')') : w.node(n.source)),
  join: (w, n) => {
    emitSource(w, n.left)
    w.write(` ${n.type} JOIN `)
    emitSource(w, n.right)
    if (n.on) w.write(' ON ').node(n.on)
  }
} satisfies Partial<Emitters>

function emitSelect(w: Writer, n: SelectNode): void {
  for (const source of n.from) declareAliases(w, source)
  for (const source of n.from) declareTables(w, source)
  w.write('SELECT ')
  if (n.distinct === true) w.write('DISTINCT ')
  else if (n.distinct) w.write('DISTINCT ON (').nodes(n.distinct).write(') ')
  w.list(n.columns, column => emitSelected(w, column))
  if (n.from.length > 0) w.write(' FROM ').list(n.from, source => emitSource(w, source))
  if (n.where) w.write(' WHERE ').node(n.where)
  if (n.groupBy.length > 0) w.write(' GROUP BY ').nodes(n.groupBy)
  if (n.having) w.write(' HAVING ').node(n.having)
  if (n.orderBy.length > 0) w.write(' ORDER BY ').nodes(n.orderBy)
  if (n.limit) w.write(' LIMIT ').node(n.limit)
  if (n.offset) w.write(' OFFSET ').node(n.offset)
}

// Every source is named before anything is written: the select list stands before FROM and refers to them.

/** Declares what the program has named, so that generated names keep clear of it. */
function declareAliases(w: Writer, source: SourceNode | JoinNode): void {
  if (source.kind === 'alias') w.declare(source)
  if (source.kind !== 'join') return
  declareAliases(w, source.left)
  declareAliases(w, source.right)
}

function declareTables(w: Writer, source: SourceNode | JoinNode): void {
  if (source.kind === 'table') w.declare(source)
  if (source.kind !== 'join') return
  declareTables(w, source.left)
  declareTables(w, source.right)
}

/** Writes an item of FROM, with the name its columns are qualified by. */
export function emitSource(w: Writer, source: SourceNode | JoinNode): void {
  w.node(source)
  if (source.kind !== 'join') w.write(' AS ').name(w.nameOf(source))
}

/** Writes an item of a select or RETURNING list, with its name. */
export function emitSelected(w: Writer, node: ExprNode): void {
  w.node(node)
  if (node.kind === 'named') w.write(' AS ').name(node.name)
}
