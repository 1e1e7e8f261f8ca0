import type { CteNode, ExprNode, QueryNode } from '../ast/nodes.js'
import { type SqlType, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { isSubselect } from '../expression/operands.js'
import type { Source, SourceColumn } from '../expression/source.js'
import { describeType } from '../util/describe.js'
import { columnsNamed } from './assignments.js'
import type { InsertBody } from './insert-rows.js'
import { hoisted } from './outputs.js'

/** What is inserted of a query, and the CTEs it needs. */
export interface SelectedBody {
  readonly body: InsertBody
  readonly with: readonly CteNode[]
}

/** The body of an INSERT of what a query gives. Throws a `TypeError` where its columns are not those that are to be filled. */
export function selectBody(source: Source, query: unknown, fields: readonly unknown[]): SelectedBody {
  const where = `${source.name}.insertFrom`
  if (typeof query !== 'object' || query === null || !isSubselect(query))
    throw misuse('WRONG_TYPE', `${where}: expected a select, got ${describeType(query)}`)
  if (!Array.isArray(fields) || fields.length === 0)
    throw misuse('BAD_ARGUMENT', `${where}: say which fields are to be filled: insertFrom(query, ['${firstField(source)}'])`)
  const columns = columnsNamed(source, fields, where)
  const [node, ctes] = hoisted(rowsOf(query))
  checkColumns(node.columns, columns, where)
  return { body: { columns: columns.map(({ column }) => column.name), source: node }, with: ctes }
}

/** The query with all its columns: as a value, a whole model stands for its key. */
function rowsOf(query: { toSelectNode(): QueryNode; toNode?: unknown }): QueryNode {
  return typeof query.toNode === 'function' ? (query.toNode() as QueryNode) : query.toSelectNode()
}

function firstField({ columns, primaryKey }: Source): string {
  return (columns.find(column => !primaryKey.includes(column)) ?? columns[0]).property
}

function checkColumns(given: readonly ExprNode[], columns: readonly SourceColumn[], where: string): void {
  if (given.length !== columns.length) {
    const names = columns.map(({ property }) => property).join(', ')
    throw misuse('BAD_QUERY', `${where}: the query gives ${given.length} columns for ${columns.length} fields (${names})`)
  }
  given.forEach(({ type }, i) => {
    const { property, column } = columns[i]
    if (mayBecome(type, column.type)) return
    const what = `column ${i + 1} of the query is ${type.name}, but ${property} is ${column.type.name}`
    throw misuse('BAD_QUERY', `${where}: ${what}; select it with .cast('${column.type.name}')`)
  })
}

const NUMBERS: readonly string[] = ['integer', 'exact', 'float']

/** Whether a server may store the one as the other without being told to; where only it knows, yes. */
function mayBecome(from: SqlType, to: SqlType): boolean {
  if (from.category === to.category || to.category === 'text') return true
  if (from.oid === TYPES.unknown.oid || to.oid === TYPES.unknown.oid) return true
  return NUMBERS.includes(from.category) && NUMBERS.includes(to.category)
}
