import { binary, conjunction, list, order, param } from '../ast/build.js'
import type { ColumnNode, ExprNode, JoinNode, OrderNode, SelectNode, SourceNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import type { Cell } from '../driver/driver.js'
import type { Source } from '../expression/source.js'

/** The next page of a query, behind the last row read, after `read` rows; `undefined` where the query's limit is reached. */
export type Pages = (size: number, last: readonly Cell[] | undefined, read: number) => SelectNode | undefined

/**
 * How a query is read page by page, where its order lets it: by the primary keys of all its sources, whose values are sent
 * for behind its columns. `undefined` for a query that gives anything but the rows of its sources, or in another order.
 */
export function pagesOf(node: SelectNode, sources: readonly Source[]): Pages | undefined {
  if (!isOfRows(node) || !sources.every(({ primaryKey }) => primaryKey.length > 0)) return undefined
  // Joins of a filter are none of the sources, and may give a row several times.
  if (sourcesIn(node.from[0]) > sources.length) return undefined
  const unordered = sources.flatMap(({ primaryKey }) => primaryKey.map(({ column }) => column))
  const ordered = node.orderBy.map(keyOf)
  const descending = node.orderBy.some(isDescending)
  if (!ordered.every(key => unordered.includes(key as ColumnNode))) return undefined
  if (descending && !node.orderBy.every(isDescending)) return undefined
  const keys = [...new Set([...(ordered as ColumnNode[]), ...unordered])]
  const base: SelectNode = {
    ...node,
    columns: [...node.columns, ...keys],
    orderBy: keys.map(key => (descending ? order(key, true) : key))
  }
  return (size, last, read) => {
    const rows = Math.min(size, countOf(node.limit, Number.POSITIVE_INFINITY) - read)
    if (rows <= 0) return undefined
    const limit = param(rows, TYPES.int8, 'batchSize')
    if (!last) return { ...base, limit }
    const behind = behindLast(keys, last.slice(-keys.length), descending)
    return { ...base, where: conjunction([node.where, behind]), limit, offset: undefined }
  }
}

/** Whether each row is one of its sources' rows, and none of them stands for no row. */
function isOfRows({ distinct, groupBy, having, windows, columns, from, limit, offset }: SelectNode): boolean {
  if (distinct || groupBy.length > 0 || having || windows || from.length !== 1) return false
  if ([limit, offset].some(count => count && count.kind !== 'param')) return false
  return columns.every(({ kind }) => kind === 'column') && isInner(from[0])
}

function isInner(source: SourceNode | JoinNode): boolean {
  if (source.kind !== 'join') return true
  return (source.type === 'INNER' || source.type === 'CROSS') && isInner(source.left)
}

function sourcesIn(from: SourceNode | JoinNode): number {
  return from.kind === 'join' ? sourcesIn(from.left) + 1 : 1
}

function keyOf(key: OrderNode | ExprNode): ExprNode {
  return key.kind === 'order' ? key.operand : key
}

function isDescending(key: OrderNode | ExprNode): boolean {
  return key.kind === 'order' && key.descending
}

function countOf(limit: ExprNode | undefined, none: number): number {
  return limit?.kind === 'param' ? Number(limit.value) : none
}

function behindLast(keys: readonly ColumnNode[], cells: readonly Cell[], descending: boolean): ExprNode {
  const op = descending ? 'lt' : 'gt'
  const values = keys.map(({ type }, i): ExprNode => ({ kind: 'param', value: cells[i], text: cells[i], type }))
  if (keys.length === 1) return binary(op, keys[0], values[0], TYPES.bool)
  return binary(op, list(keys), list(values), TYPES.bool)
}
