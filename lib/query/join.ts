import { binary, column, TRUE } from '../ast/build.js'
import type { ExprNode, JoinNode, JoinType, SelectNode, SourceNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { nodeOf } from '../expression/operands.js'
import { type Reference, type Source, type SourceRelation, unknownProperty } from '../expression/source.js'
import type { Attachment } from './readers.js'
import type { SelectedItem } from './selection.js'

/** How a join's condition and the property it attaches under are found. */
export interface JoinPlan {
  readonly on: ExprNode | undefined
  /** The property of the left side that the right side is attached to, or `undefined` for none. */
  readonly property: string | undefined
}

/** What the caller said of a join. */
export interface JoinRequest {
  readonly type: JoinType
  /** A condition, or a foreign key's column. */
  readonly on?: unknown
  readonly attr?: string
  /** Whether the right side may refer to the left one; then it needs no condition. */
  readonly lateral?: boolean
}

const JOIN_TYPES: readonly string[] = ['INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'] satisfies JoinType[]

/** The plan of a join between two sources. Throws a `TypeError` that says what to add where it cannot be inferred. */
export function planJoin(left: Source, right: Source, request: JoinRequest): JoinPlan {
  if (!JOIN_TYPES.includes(request.type)) throw misuse('BAD_ARGUMENT', `join: \`type\` must be one of ${JOIN_TYPES.join(', ')}`)
  if (request.type === 'CROSS') {
    if (request.on !== undefined) throw misuse('BAD_QUERY', 'A cross join takes no condition; leave `on` out')
    return { on: undefined, property: request.attr }
  }
  const node = request.on === undefined ? undefined : nodeOf(request.on)
  if (request.on !== undefined && !node)
    throw misuse('WRONG_TYPE', 'join: `on` must be a condition, a foreign key column, or a function that gives one')
  const chosen = node?.kind === 'column' ? referenceOf(left, right, node.property) : undefined
  if (chosen) return { on: referenceCondition(chosen, left, right), property: request.attr ?? chosen.property }
  if (node) return { on: node, property: request.attr ?? comparedReference(node, left, right) }
  const lateral = request.lateral || (right.node.kind === 'alias' && right.node.lateral)
  return lateral ? { on: TRUE, property: request.attr } : inferJoin(left, right, request.attr)
}

function referenceOf(left: Source, right: Source, property: string): Reference {
  const found = left.references.find(reference => reference.property === property && reference.target().table === right.table)
  if (found) return found
  throw misuse('BAD_QUERY', `join: ${left.name}.${property} is not a foreign key to ${right.name}; pass a condition`)
}

/** The join along the one foreign key between two sources, in either direction. Only the forward direction attaches by itself. */
function inferJoin(left: Source, right: Source, attr: string | undefined): JoinPlan {
  const forward = left.references.filter(reference => reference.target().table === right.table)
  const named = forward.find(reference => reference.property === attr) ?? (forward.length === 1 ? forward[0] : undefined)
  if (named) return { on: referenceCondition(named, left, right), property: attr ?? named.property }
  const backward = right.references.filter(reference => reference.target().table === left.table)
  if (forward.length === 0 && backward.length === 1) return { on: referenceCondition(backward[0], right, left), property: attr }
  if (forward.length + backward.length > 1) {
    const names = [...forward, ...backward].map(reference => reference.property).join(', ')
    throw misuse(
      'BAD_QUERY',
      `More than one foreign key between ${left.name} and ${right.name} (${names}); say which: join(${right.name}, { on: ${exampleOf(forward, backward)} })`
    )
  }
  const between = left.relations?.between(right.table)
  const through = between === undefined ? '' : ` join ${between} first, which refers to both, or`
  throw misuse(
    'BAD_QUERY',
    `There is no foreign key between ${left.name} and ${right.name};${through} pass the condition: join(${right.name}, { on: (…) => … })`
  )
}

/** How one of several foreign keys is said. */
function exampleOf(forward: readonly Reference[], backward: readonly Reference[]): string {
  if (forward.length > 0) return `t => t.${forward[0].property}`
  const [{ property, target }] = backward
  return `(a, b) => b.${property}.eq(a.${target().property})`
}

function referenceCondition(reference: Reference, owner: Source, target: Source): ExprNode {
  const to = reference.target()
  const key =
    target.columns.find(item => item.column.name === to.column)?.column ??
    column(target.node, to.column, reference.column.type, target.name, to.property)
  const from = owner.columns.find(item => item.property === reference.property)?.column ?? reference.column
  return binary('eq', from, key, TYPES.bool)
}

/** The foreign key of the left side that a condition compares with the right side, if it does. */
function comparedReference(node: ExprNode, left: Source, right: Source): string | undefined {
  if (node.kind !== 'binary') return undefined
  if (node.op === 'and') return comparedReference(node.left, left, right) ?? comparedReference(node.right, left, right)
  if (node.op !== 'eq' || node.left.kind !== 'column' || node.right.kind !== 'column') return undefined
  const [from, to] = node.left.source === left.node ? [node.left, node.right] : [node.right, node.left]
  if (from.source !== left.node || to.source !== right.node) return undefined
  return left.references.find(reference => reference.property === from.property && reference.target().column === to.name)
    ?.property
}

/** The condition of a join along a relation of the left side. */
export function relationCondition(left: Source, right: Source, { from, to }: SourceRelation): ExprNode {
  return binary('eq', namedColumn(left, from), namedColumn(right, to), TYPES.bool)
}

function namedColumn(source: Source, property: string): ExprNode {
  const found = source.names.get(property)
  if (found) return found.column
  throw unknownProperty(source, property)
}

/** FROM with one more source, joined to the item of it that has the left side. */
export function joinedTo(
  from: SelectNode['from'],
  left: SourceNode,
  right: SourceNode,
  { type, lateral }: JoinRequest,
  on: ExprNode | undefined
): SelectNode['from'] {
  return from.map(item => (from.length === 1 || has(item, left) ? { kind: 'join', type, left: item, right, on, lateral } : item))
}

function has(item: SourceNode | JoinNode, source: SourceNode): boolean {
  return item === source || (item.kind === 'join' && (item.right === source || has(item.left, source)))
}

/**
 * Where the right side is attached, or `undefined` for nowhere. Throws a `TypeError` where it would take the place of a column,
 * or of another source that is selected.
 */
export function attachmentOf(
  owner: Source,
  related: Source,
  { property }: JoinPlan,
  others: readonly Attachment[],
  items: readonly SelectedItem[]
): Attachment | undefined {
  if (property === undefined) return undefined
  if (!owner.references.some(reference => reference.property === property)) {
    const taken = owner.names.has(property)
      ? 'a column'
      : owner.relations?.keys().includes(property)
        ? 'a list of rows'
        : undefined
    if (taken) throw misuse('BAD_QUERY', `join: ${owner.name}.${property} is ${taken}; attach ${related.name} under another name`)
  }
  if (others.length === 0) return { owner, property, related }
  const isSelected = (source: Source) => items.some(item => item.kind === 'model' && item.source === source)
  const other = others.find(there => there.owner === owner && there.property === property && isSelected(there.related))
  if (other && isSelected(related))
    throw misuse(
      'BAD_QUERY',
      `join: ${other.related.name} is attached to ${owner.name} as "${property}" already; give another \`attr\``
    )
  return { owner, property, related }
}
