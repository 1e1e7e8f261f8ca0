import { param } from '../ast/build.js'
import type { ExprNode, OrderNode, SystemTime } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { OrderBy } from '../expression/expression.js'
import { condition, nodeOf } from '../expression/operands.js'
import { findSource, type Source, sourceFields } from '../expression/source.js'
import { describeType } from '../util/describe.js'

/** From what a caller passes to a clause to nodes. Every clause takes values, or a function of the query's sources in join order. */

/** The result of a clause's function, or the value itself. */
export function resolve(given: unknown, sources: readonly Source[]): unknown {
  if (typeof given !== 'function' || findSource(given)) return given
  return (given as (...fields: unknown[]) => unknown)(...sources.map(sourceFields))
}

/** The conditions of `where` or `having`. */
export function conditionsOf(given: readonly unknown[], sources: readonly Source[], where: string): ExprNode[] {
  return given.map(item => condition(resolve(item, sources), where))
}

/** The expressions of `groupBy` or `distinct`; a model stands for all its columns. */
export function expressionsOf(given: readonly unknown[], sources: readonly Source[], where: string): ExprNode[] {
  return given.flatMap(item => {
    const value = resolve(item, sources)
    if (Array.isArray(value)) return expressionsOf(value, sources, where)
    const source = findSource(value)
    if (source) return source.columns.map(({ column }) => column)
    return [nodeOf(value) ?? refuse(value, where, 'an expression')]
  })
}

/** The sort keys of `orderBy`; an expression sorts ascending. */
export function sortKeysOf(given: readonly unknown[], sources: readonly Source[]): (OrderNode | ExprNode)[] {
  return given.flatMap(item => {
    const value = resolve(item, sources)
    if (Array.isArray(value)) return sortKeysOf(value, sources)
    return [orderNode(value) ?? nodeOf(value) ?? refuse(value, 'orderBy', 'a column, or column.desc()')]
  })
}

function orderNode(value: unknown): OrderNode | undefined {
  return value instanceof OrderBy ? value.node : undefined
}

function refuse(value: unknown, where: string, expected: string): never {
  throw misuse(
    value === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected ${expected}, got ${describeType(value)}`
  )
}

/** The parameter of LIMIT or OFFSET, or nothing for `null`. */
export function countParam(count: number | null, where: string): ExprNode | undefined {
  if (count === null) return undefined
  if (Number.isSafeInteger(count) && count >= 0) return param(count, TYPES.int8, where)
  throw misuse(
    count === undefined ? 'UNDEFINED_VALUE' : 'BAD_ARGUMENT',
    `${where}: expected a whole number of rows from 0 up, or null, got ${typeof count === 'number' ? count : describeType(count)}`
  )
}

/** The time that a query reads as of, or nothing for `null`. What such a time is, the dialects know; this is what it may be. */
export function pastTime(time: SystemTime | null): SystemTime | undefined {
  if (time === null) return undefined
  // A Date can be changed, and a query cannot.
  if (time instanceof Date && !Number.isNaN(time.getTime())) return new Date(time)
  if (typeof time === 'string' || (typeof time === 'object' && 'systemTime' in time)) return time
  throw misuse(
    time === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `asOf: expected a Date, an ISO string, an interval like '-10s', or null, got ${time instanceof Date ? 'an invalid Date' : describeType(time)}`
  )
}
