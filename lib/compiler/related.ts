import type { ColumnNode, ExprNode, JoinNode, RelatedNode, SourceNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import type { Writer } from './writer.js'

/** Writes a column of the source that the query has joined along a reference. Throws a `TypeError` that names the join to add. */
export function emitRelated(w: Writer, node: RelatedNode): void {
  w.column({ ...node.column, source: joinedSource(w, node) })
}

function joinedSource(w: Writer, { reference, key }: RelatedNode): SourceNode {
  const from = reference.kind === 'related' ? { ...reference.column, source: joinedSource(w, reference) } : reference
  if (from.kind !== 'column') throw misuse('BAD_QUERY', `${key.owner} cannot be reached by way of what is no foreign key here`)
  const sources = w.fromOf(from.source)
  // A source that is not there is told of like any other.
  if (!sources) w.column(from)
  for (const item of sources ?? []) {
    const found = joinedBy(item, from, key)
    if (found) return found
  }
  throw notJoined(from, key, sources?.length !== 0)
}

function notJoined({ owner, property }: ColumnNode, { owner: target }: ColumnNode, canJoin: boolean): TypeError {
  const remedy = canJoin
    ? `this query has not joined; add .join(${target}, { on: t => t.${property} })`
    : `a statement without joins cannot follow; use t => t.${property}.in(${target}.select().where(…))`
  return misuse('BAD_QUERY', `${owner}.${property} leads to ${target}, which ${remedy}`)
}

/** The source that an item of FROM joins by comparing a foreign key with a column. */
function joinedBy(item: SourceNode | JoinNode, from: ColumnNode, to: ColumnNode): SourceNode | undefined {
  if (item.kind !== 'join') return undefined
  return joinedBy(item.left, from, to) ?? comparedWith(item.on, from, to)
}

function comparedWith(on: ExprNode | undefined, from: ColumnNode, to: ColumnNode): SourceNode | undefined {
  if (on?.kind !== 'binary') return undefined
  if (on.op === 'and') return comparedWith(on.left, from, to) ?? comparedWith(on.right, from, to)
  if (on.op !== 'eq') return undefined
  const sides = [on.left, on.right].filter(side => side.kind === 'column')
  const [one, other] = sides.length === 2 && isSame(sides[1], from) ? [sides[1], sides[0]] : sides
  return one && other && isSame(one, from) && isOf(other, to) ? other.source : undefined
}

function isSame(one: ColumnNode, other: ColumnNode): boolean {
  return one.source === other.source && one.name === other.name
}

/** Whether a column is the one that is referred to, of its table or of what stands for that. */
function isOf(one: ColumnNode, { owner, property }: ColumnNode): boolean {
  return one.owner === owner && one.property === property
}
