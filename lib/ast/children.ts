import type {
  Assignment,
  ColumnDefinition,
  ForeignKeyDefinition,
  Frame,
  FrameBound,
  Node,
  NodeKind,
  NodeOf,
  SourceHint,
  UnnestNode
} from './nodes.js'

/** Where each kind keeps its children. Every traversal derives from this table; a kind or key that does not exist does not compile. */
export const CHILDREN: { readonly [K in NodeKind]: readonly (keyof NodeOf<K>)[] } = {
  table: [],
  alias: ['source'],
  column: ['source'],
  related: ['reference', 'key', 'column'],
  param: [],
  keyword: [],
  binary: ['left', 'right'],
  operation: ['left', 'right'],
  prefix: ['operand'],
  isNull: ['operand'],
  in: ['operand', 'among'],
  between: ['operand', 'low', 'high'],
  list: ['items'],
  call: ['args', 'orderBy', 'filter'],
  over: ['call', 'window'],
  window: ['extends', 'partitionBy', 'orderBy', 'frame'],
  extract: ['operand'],
  subscript: ['operand', 'from', 'to'],
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
  cte: ['table', 'query'],
  lock: ['of'],
  select: [
    'with',
    'distinct',
    'columns',
    'from',
    'where',
    'groupBy',
    'having',
    'windows',
    'orderBy',
    'limit',
    'offset',
    'lock',
    'hints'
  ],
  compound: ['with', 'left', 'right', 'columns', 'orderBy', 'limit', 'offset'],
  values: ['rows'],
  unnest: ['columns'],
  conflict: ['target', 'targetWhere', 'set', 'where'],
  insert: ['with', 'table', 'source', 'conflict', 'returning'],
  update: ['with', 'table', 'set', 'from', 'where', 'returning'],
  delete: ['with', 'table', 'where', 'returning'],
  statement: ['body'],
  explain: ['query'],
  createTable: ['table', 'columns', 'foreignKeys', 'constraints', 'clauses'],
  clause: ['operands'],
  createTableAs: ['table', 'query'],
  dropTable: ['tables'],
  truncate: ['table'],
  addForeignKey: ['table', 'foreignKey'],
  createIndex: ['table', 'columns', 'where'],
  dropIndex: ['table'],
  createType: [],
  dropType: []
}

/** The same of what a node is made of that is no node itself: assignments, the columns of UNNEST, frames, definitions. */
const PARTS = [
  'value',
  'array',
  'start',
  'end',
  'offset',
  'constraints',
  'source',
  'generated',
  'onUpdate',
  'target'
] as const satisfies readonly KeyOfPart[]
type Part = Assignment | SourceHint | UnnestNode['columns'][number] | Frame | FrameBound | ColumnDefinition | ForeignKeyDefinition
type KeyOfPart = Part extends infer P ? (P extends Part ? keyof P : never) : never

/** Calls `visit` for the node and all below it, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const key of CHILDREN[node.kind]) walkValue((node as unknown as Record<string, unknown>)[key], visit)
}

function walkValue(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walkValue(item, visit)
  else if (typeof value === 'object' && value !== null) {
    if ('kind' in value) walk(value as Node, visit)
    else for (const part of PARTS) walkValue((value as Record<string, unknown>)[part], visit)
  }
}

/** A copy of the tree in which `change` replaced nodes, parents first; parts that did not change are shared. */
export function rewrite<N extends Node>(node: N, change: (node: Node) => Node | undefined): N {
  return (change(node) as N | undefined) ?? rewriteKeys(node, CHILDREN[node.kind], change)
}

function rewriteKeys<T extends object>(of: T, keys: readonly string[], change: (node: Node) => Node | undefined): T {
  let copy: T | undefined
  for (const key of keys) {
    const before = (of as Record<string, unknown>)[key]
    const after = rewriteValue(before, change)
    if (after !== before) copy = { ...(copy ?? of), [key]: after }
  }
  return copy ?? of
}

function rewriteValue(value: unknown, change: (node: Node) => Node | undefined): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => rewriteValue(item, change))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  if (typeof value !== 'object' || value === null) return value
  return 'kind' in value ? rewrite(value as Node, change) : rewriteKeys(value, PARTS, change)
}
