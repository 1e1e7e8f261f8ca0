import { unnamed } from '../ast/build.js'
import { rewrite } from '../ast/children.js'
import type { ExprNode, Node, SelectNode } from '../ast/nodes.js'

/**
 * The select with expressions that stand in it twice made one: what is grouped by, made distinct or sorted by is the very
 * expression that is selected. With parameters in them, two equal ones would be two different ones to the server, which
 * then refuses the statement: `GROUP BY "views" % $2` does not cover `"views" % $1`.
 */
export function withSharedExpressions(node: SelectNode): SelectNode {
  const { distinct, groupBy, orderBy, having, columns } = node
  if (!distinct && groupBy.length === 0) return node
  const distinctOn = typeof distinct === 'boolean' ? [] : distinct
  const shared = columns.map(unnamed).filter(hasParts)
  if (shared.length === 0 && ![...groupBy, ...distinctOn].some(hasParts)) return node
  const share = <N extends Node>(part: N): N => rewrite(part, found => known(found, shared))
  const groups = groupBy.map(share)
  const firsts = distinctOn.map(share)
  // What is grouped by may be used again in conditions on groups, and to sort them; what is made distinct comes first in the order.
  shared.push(...[...groups, ...firsts].filter(hasParts))
  return {
    ...node,
    columns: columns.map(share),
    distinct: typeof distinct === 'boolean' ? distinct : firsts,
    groupBy: groups,
    having: having && share(having),
    orderBy: orderBy.map(share)
  }
}

/** Columns and values are the same wherever they stand. */
function hasParts({ kind }: Node): boolean {
  return kind !== 'column' && kind !== 'param' && kind !== 'keyword'
}

function known(node: Node, shared: readonly ExprNode[]): Node | undefined {
  return hasParts(node) ? shared.find(candidate => same(candidate, node)) : undefined
}

/** Whether two trees say the same. Sources are the same by identity only. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (!('kind' in a && 'kind' in b) || a.kind !== b.kind) return false
  if (a.kind === 'table' || a.kind === 'alias') return false
  const [left, right] = [a, b] as Record<string, unknown>[]
  // Types are made anew for each column of a model that was bound again, and values as they were given may be objects.
  return Object.keys(left).every(
    key => key === 'value' || (key === 'type' ? sameType(left[key], right[key]) : same(left[key], right[key]))
  )
}

function sameType(a: unknown, b: unknown): boolean {
  const [left, right] = [a, b] as { readonly name: string; readonly oid: number }[]
  return left.name === right.name && left.oid === right.oid
}
