import { column } from '../ast/build.js'
import type { AliasNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { nodeOf } from '../expression/operands.js'
import { describeType } from '../util/describe.js'
import { type ColumnTypes, FreeSource, type TypedRow, typedColumns, unbound } from './free-source.js'
import { columnsSource } from './outputs.js'

/**
 * The rows that a function gives, as a source. One value a row stands under the source's own name; several need their names and
 * types. The function may refer to the sources before it.
 *
 * `User.select().from(User, rowsOf(fn.generate_series(1, 3), 'n'))` → `… FROM "user" AS "t1", generate_series($1, $2) AS "n"("n")`
 *
 * `rowsOf(fn.jsonb_each(d.data), 'e', { key: 'text', value: 'jsonb' })` → `jsonb_each("t1"."data") AS "e"("key", "value")`
 */
export function rowsOf<T, const N extends string>(call: { readonly $type: T }, name: N): FreeSource<{ [K in N]: T }, N>
export function rowsOf<const C extends ColumnTypes, const N extends string>(
  call: { readonly $type: unknown },
  name: N,
  columns: C
): FreeSource<TypedRow<C>, N>
export function rowsOf(call: unknown, name: string, columns?: ColumnTypes): never {
  const source = nodeOf(call)
  if (source?.kind !== 'call')
    throw misuse(call === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE', `rowsOf: expected a function, got ${describeType(call)}`)
  const names = columns ? Object.keys(columns) : [name]
  const node: AliasNode = { kind: 'alias', source, name, columns: names }
  const own = columns
    ? typedColumns(node, name, columns)
    : [{ property: name, column: column(node, name, source.type, name, name) }]
  return new FreeSource(unbound(name), columnsSource(node, name, own), name) as never
}
