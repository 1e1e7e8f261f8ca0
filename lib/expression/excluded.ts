import { rewrite } from '../ast/children.js'
import type { ExprNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { wrap } from './expression.js'
import { type Source, unknownProperty } from './source.js'
import type { Any, Expr, TextOps } from './types.js'

/** The columns of the row that could not be inserted, by property: `update: { value: t => t.value.add(EXCLUDED.value) }`. */
export const EXCLUDED: { readonly [property: string]: Expr<Any> & TextOps } = new Proxy(
  {},
  {
    get: (_, name) =>
      typeof name === 'string' && name !== 'then' ? wrap({ kind: 'excluded', name, type: TYPES.unknown }) : undefined
  }
)

/** The expression with every `EXCLUDED.property` turned into the column of that property. */
export function resolveExcluded(node: ExprNode, source: Source): ExprNode {
  return rewrite(node, part => {
    if (part.kind !== 'excluded') return undefined
    const found = source.names.get(part.name) ?? source.columns.find(({ column }) => column.name === part.name)
    if (!found) throw unknownProperty(source, part.name)
    return { ...part, name: found.column.name, type: found.column.type }
  })
}
