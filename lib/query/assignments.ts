import { param, undefinedValue } from '../ast/build.js'
import type { Assignment, ExprNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { nodeBeside, nodeOf } from '../expression/operands.js'
import { columnNamed, type Source, type SourceColumn, sourceFields } from '../expression/source.js'

/** From a caller's `{ property: value }` to columns and nodes. */

/** The column that a caller means by a property, a key's name (`userId`), or a column as a value. Throws a `TypeError` for none. */
export function columnOf(source: Source, key: unknown): SourceColumn {
  const node = nodeOf(key)
  if (node?.kind !== 'column') return columnNamed(source, String(key))
  const found = source.columns.find(({ column }) => column.name === node.name)
  if (found && node.source === source.table) return found
  throw misuse('BAD_QUERY', `${node.owner}.${node.property} is not a column of the table that is written, ${source.name}'s`)
}

/** The columns that a caller names, in order. Throws a `TypeError` for one that is none of the source's, or is named twice. */
export function columnsNamed(source: Source, names: readonly unknown[], where: string): SourceColumn[] {
  const columns = names.map(name => columnOf(source, name))
  const twice = columns.find((column, i) => columns.indexOf(column) !== i)
  if (twice) throw misuse('BAD_ARGUMENT', `${where}: ${twice.property} is named twice`)
  return columns
}

/** The node of a value for a column: an expression as it is, else a parameter of the column's type. */
export function valueNode(value: unknown, { column }: SourceColumn): ExprNode {
  return nodeBeside(value, column.type) ?? param(value, column.type, `${column.owner}.${column.property}`)
}

/** The assignments of an update, in the caller's order, beside those `made` before. A function is given the sources' columns. */
export function assignmentsOf(
  source: Source,
  changes: object,
  sources: readonly Source[] = [source],
  made: readonly Assignment[] = []
): Assignment[] {
  const seen = new Set(made.map(({ column }) => column))
  return Object.entries(source.changes?.(changes) ?? changes).map(([key, given]) => {
    const to = columnNamed(source, key)
    if (given === undefined) throw undefinedValue(`${source.name}.${key}`)
    if (seen.has(to.column.name))
      throw misuse('BAD_ARGUMENT', `${source.name}.${key}: its column is set twice, as "${to.property}" too`)
    seen.add(to.column.name)
    const value: unknown = typeof given === 'function' ? given(...sources.map(sourceFields)) : given
    return { column: to.column.name, value: valueNode(value, to) }
  })
}
