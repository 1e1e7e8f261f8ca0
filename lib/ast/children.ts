import type { Node, NodeKind, NodeOf } from './nodes.js'

/** Where each kind keeps its children. Every traversal derives from this table; a kind or key that does not exist does not compile. */
export const CHILDREN: { readonly [K in NodeKind]: readonly (keyof NodeOf<K>)[] } = {
  table: [],
  alias: ['source'],
  column: ['source'],
  param: [],
  keyword: [],
  binary: ['left', 'right'],
  prefix: ['operand'],
  isNull: ['operand'],
  in: ['operand', 'among'],
  between: ['operand', 'low', 'high'],
  list: ['items'],
  call: ['args'],
  cast: ['operand'],
  case: ['subject', 'branches', 'otherwise'],
  raw: ['parts'],
  identifier: [],
  subquery: ['select'],
  exists: ['select'],
  named: ['operand'],
  collate: ['operand'],
  excluded: [],
  order: ['operand'],
  join: ['left', 'right', 'on'],
  select: ['distinct', 'columns', 'from', 'where', 'groupBy', 'having', 'orderBy', 'limit', 'offset'],
  values: ['rows'],
  unnest: [],
  conflict: ['target', 'targetWhere', 'set', 'where'],
  insert: ['table', 'source', 'conflict', 'returning'],
  update: ['table', 'set', 'from', 'where', 'returning'],
  delete: ['table', 'where', 'returning'],
  statement: ['body'],
  createTable: ['table', 'constraints'],
  dropTable: ['table'],
  addForeignKey: ['table'],
  createIndex: ['table', 'columns', 'where'],
  dropIndex: ['table']
}

/** Calls `visit` for the node and all below it, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const key of CHILDREN[node.kind]) walkValue((node as unknown as Record<string, unknown>)[key], visit)
}

function walkValue(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walkValue(item, visit)
  else if (typeof value === 'object' && value !== null) {
    if ('kind' in value) walk(value as Node, visit)
    else if ('value' in value) walkValue(value.value, visit)
  }
}

/** A copy of the tree in which `change` replaced nodes, parents first; parts that did not change are shared. */
export function rewrite<N extends Node>(node: N, change: (node: Node) => Node | undefined): N {
  const replaced = change(node)
  if (replaced) return replaced as N
  let copy: Record<string, unknown> | undefined
  for (const key of CHILDREN[node.kind] as readonly string[]) {
    const before = (node as unknown as Record<string, unknown>)[key]
    const after = rewriteValue(before, change)
    if (after !== before) copy = { ...(copy ?? node), [key]: after }
  }
  return (copy as unknown as N) ?? node
}

function rewriteValue(value: unknown, change: (node: Node) => Node | undefined): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => rewriteValue(item, change))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  return typeof value === 'object' && value !== null && 'kind' in value ? rewrite(value as Node, change) : value
}
