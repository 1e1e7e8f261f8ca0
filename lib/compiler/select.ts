import type { CompoundNode, ExprNode, JoinNode, LockNode, QueryNode, SelectNode, SourceNode, WindowNode } from '../ast/nodes.js'
import type { Emitters } from './dialect.js'
import { emitWith, writeColumns } from './with.js'
import type { Writer } from './writer.js'

/** How PostgreSQL writes SELECT and its sources. */
export const selectEmitters = {
  select: (w, n) => w.scoped(() => emitSelect(w, n)),
  compound: (w, n) => w.scoped(() => emitCompound(w, n)),
  lock: emitLock,
  table: (w, n) => {
    if (n.schema !== undefined) w.name(n.schema).write('.')
    w.name(n.name)
  },
  alias: (w, n) => {
    if (n.lateral) w.write('LATERAL ')
    if (n.source.kind === 'table' || n.source.kind === 'call') w.node(n.source)
    else w.write('(').node(n.source).write(')')
  },
  join: (w, n) => {
    emitSource(w, n.left)
    w.write(` ${n.type} JOIN ${n.lateral ? 'LATERAL ' : ''}`)
    emitSource(w, n.right)
    if (n.on) w.write(' ON ').node(n.on)
  }
} satisfies Partial<Emitters>

function emitSelect(w: Writer, n: SelectNode): void {
  emitWith(w, n.with)
  for (const source of n.from) declareAliases(w, source)
  for (const source of n.from) declareTables(w, source)
  w.declareFrom(n.from)
  if (n.windows) w.declareWindows(n.windows)
  if (n.hints) w.declareHints(n.hints)
  w.write('SELECT ')
  if (n.distinct === true) w.write('DISTINCT ')
  else if (n.distinct) w.write('DISTINCT ON (').nodes(n.distinct).write(') ')
  w.list(n.columns, column => emitSelected(w, column))
  if (n.from.length > 0) w.write(' FROM ').list(n.from, source => emitSource(w, source))
  w.asOf(n.asOf)
  if (n.where) w.write(' WHERE ').node(n.where)
  if (n.groupBy.length > 0) w.write(' GROUP BY ').list(n.groupBy, key => emitGroupKey(w, key))
  if (n.having) w.write(' HAVING ').node(n.having)
  if (n.windows) w.write(' WINDOW ').list(n.windows, window => emitWindow(w, window))
  emitTail(w, n)
  if (n.lock) w.write(' ').node(n.lock)
}

function emitCompound(w: Writer, n: CompoundNode): void {
  emitWith(w, n.with)
  const start = w.text.length
  w.write('(')
    .node(n.left)
    .write(`) ${n.op}${n.all ? ' ALL' : ''} (`)
    .node(n.right)
    .write(')')
  w.asOf(n.asOf, start)
  emitTail(w, n)
}

function emitTail(w: Writer, n: QueryNode): void {
  if (n.orderBy.length > 0) w.write(' ORDER BY ').nodes(n.orderBy)
  if (n.limit) w.write(' LIMIT ').node(n.limit)
  if (n.offset) w.write(' OFFSET ').node(n.offset)
}

const GROUPINGS: ReadonlySet<string> = new Set(['rollup', 'cube', 'grouping sets'])

function emitGroupKey(w: Writer, key: ExprNode): void {
  if (key.kind === 'call' && GROUPINGS.has(key.name.toLowerCase())) w.need('groupingSets', `GROUP BY ${key.name.toUpperCase()}`)
  w.node(key)
}

function emitWindow(w: Writer, window: WindowNode): void {
  w.name(window.name as string)
    .write(' AS (')
    .node(window)
    .write(')')
}

function emitLock(w: Writer, n: LockNode): void {
  if (n.others === 'skip locked') w.need('skipLocked')
  w.past.refuse('locks rows')
  w.write(`FOR ${n.strength.toUpperCase()}`)
  if (n.of.length > 0) w.write(' OF ').list(n.of, source => w.name(w.nameOf(source)))
  if (n.others) w.write(` ${n.others.toUpperCase()}`)
}

// Every source is named before anything is written: the select list stands before FROM and refers to them.

/** Declares what the program has named, so that generated names keep clear of it. */
function declareAliases(w: Writer, source: SourceNode | JoinNode): void {
  if (source.kind === 'alias' && source.name !== undefined) w.declare(source)
  if (source.kind !== 'join') return
  declareAliases(w, source.left)
  declareAliases(w, source.right)
}

function declareTables(w: Writer, source: SourceNode | JoinNode): void {
  if (source.kind === 'table' || (source.kind === 'alias' && source.name === undefined)) w.declare(source)
  if (source.kind !== 'join') return
  declareTables(w, source.left)
  declareTables(w, source.right)
}

/** Writes an item of FROM, with the name its columns are qualified by. */
export function emitSource(w: Writer, source: SourceNode | JoinNode): void {
  w.node(source)
  if (source.kind === 'join') return
  w.hintFor(source)
  w.write(' AS ').name(w.nameOf(source))
  if (source.kind === 'alias' && source.columns) writeColumns(w, source.columns)
}

/** Writes an item of a select or RETURNING list, with its name. */
export function emitSelected(w: Writer, node: ExprNode): void {
  w.node(node)
  if (node.kind === 'named') w.write(' AS ').name(node.name)
}
