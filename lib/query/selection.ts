import type { ExprNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { nodeOf } from '../expression/operands.js'
import { findSource, NamedColumn, type Source } from '../expression/source.js'
import { describeType } from '../util/describe.js'

/** One thing that was selected: a whole model, or an expression with the name it has in the row. */
export type SelectedItem =
  | { readonly kind: 'model'; readonly source: Source }
  | { readonly kind: 'expression'; readonly node: ExprNode; readonly name: string }

/** What the arguments of `select`, `columns` and `returning` mean: models, expressions, lists of them, or `{ name: expression }`. */
export function selectionOf(args: readonly unknown[], where: string): readonly SelectedItem[] {
  const items = args.flatMap(arg => (Array.isArray(arg) ? selectionOf(arg, where) : itemsOf(arg, where)))
  return uniquelyNamed(items)
}

function itemsOf(arg: unknown, where: string): SelectedItem[] {
  const source = findSource(arg)
  if (source) return [{ kind: 'model', source }]
  const node = nodeOf(arg)
  if (node) return [{ kind: 'expression', node: selectNode(arg, node), name: nameOf(arg, node) }]
  if (typeof arg === 'object' && arg !== null && arg.constructor === Object) {
    return Object.entries(arg).map(([name, item]) => ({ kind: 'expression', node: required(item, `${where}.${name}`), name }))
  }
  throw misuse(
    arg === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected a model, a column or an expression, got ${describeType(arg)}`
  )
}

function required(item: unknown, where: string): ExprNode {
  const node = nodeOf(item)
  if (node) return node
  throw misuse(
    item === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected an expression, got ${describeType(item)}`
  )
}

/** The node with its name: `as` names are written into the SQL, where ORDER BY and subqueries can use them. */
function selectNode(arg: unknown, node: ExprNode): ExprNode {
  const given = (arg as { readonly node?: ExprNode }).node
  return given?.kind === 'named' ? given : node
}

function nameOf(arg: unknown, node: ExprNode): string {
  const given = (arg as { readonly node?: ExprNode }).node
  if (given?.kind === 'named') return given.name
  if (arg instanceof NamedColumn) return arg.property
  if (node.kind === 'column') return node.property
  return node.kind === 'call' ? node.name.toLowerCase() : node.kind
}

/** Names as they are in rows: a second `count` is `count_2`. */
function uniquelyNamed(items: readonly SelectedItem[]): SelectedItem[] {
  const seen = new Map<string, number>()
  return items.map(item => {
    if (item.kind === 'model') return item
    const times = (seen.get(item.name) ?? 0) + 1
    seen.set(item.name, times)
    return times === 1 ? item : { ...item, name: `${item.name}_${times}` }
  })
}

/** The columns that a selection sends for. */
export function selectedNodes(items: readonly SelectedItem[]): ExprNode[] {
  const nodes: ExprNode[] = []
  for (const item of items) {
    if (item.kind === 'model') for (const { column } of item.source.columns) nodes.push(column)
    else nodes.push(item.node)
  }
  return nodes
}
