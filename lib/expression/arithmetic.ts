import { binary, cast, param } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import type { Operator } from '../ast/operators.js'
import { type SqlType, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { instantOf } from './dates.js'
import { EXACT_AS_NUMBER, knownType, labelOf, nodeOf, roomy } from './operands.js'

/** Arithmetic; the type of the result is declared here, for the servers disagree on it. */
export function arithmetic(op: Operator, operand: ExprNode, value: unknown): ExprNode {
  const left = counted(operand)
  if (left.type.category === 'json')
    throw misuse('WRONG_TYPE', `${labelOf(left)}.${op}: JSON is not calculated with; take it asInt() or asFloat()`)
  const node = nodeOf(value)
  const right = node ? counted(node) : param(value, addendType(left.type, value), labelOf(left))
  refuseText(op, left, right)
  refuseText(op, right, left)
  const integers = left.type.category === 'integer' && right.type.category === 'integer'
  const type = sumType(op, left.type, right.type)
  const result = binary(op === 'div' && integers ? 'intDiv' : op, floating(left, right), floating(right, left), type)
  // Servers make an instant of a date and an interval.
  return type.oid === TYPES.date.oid && isInterval(left, right) ? cast(result, type) : result
}

function refuseText(op: Operator, node: ExprNode, beside: ExprNode): void {
  if (node.type.category !== 'text' || WIDTH[beside.type.category] === undefined) return
  throw misuse('WRONG_TYPE', `${labelOf(beside)}.${op}: ${labelOf(node)} is text, which is not calculated with; cast() it`)
}

/** An instant that is kept as a number, as an instant. */
function counted(node: ExprNode): ExprNode {
  return node.type.perSecond === undefined ? node : instantOf(node)
}

function isInterval(...nodes: readonly ExprNode[]): boolean {
  return nodes.some(({ type }) => type.oid === TYPES.interval.oid)
}

/** An exact number beside a float as a float: not every server does that by itself. */
function floating(node: ExprNode, beside: ExprNode): ExprNode {
  const exact = node.type.category === 'integer' || node.type.category === 'exact'
  return exact && beside.type.category === 'float' ? cast(node, TYPES.float8) : node
}

function addendType(type: SqlType, value: unknown): SqlType {
  if (type.category === 'integer' && typeof value === 'number' && !Number.isInteger(value)) return EXACT_AS_NUMBER
  if (type.category === 'time' && typeof value === 'string') return TYPES.interval
  if (type.oid === TYPES.interval.oid && typeof value === 'number') return TYPES.float8
  // Days; PostgreSQL adds none of another integer type to a date.
  if (type.oid === TYPES.date.oid && typeof value === 'number') return TYPES.int4
  return roomy(knownType(type, value, 'arithmetic'))
}

/** The type of a result: times have a difference of another type than their own. */
function sumType(op: Operator, left: SqlType, right: SqlType): SqlType {
  const moments = [left, right].filter(({ category, oid }) => category === 'time' && oid !== TYPES.interval.oid)
  if (op === 'sub' && moments.length === 2) return left.oid === TYPES.date.oid ? TYPES.int8 : TYPES.interval
  return left.oid === TYPES.interval.oid && moments.length === 1 ? right : wider(left, right)
}

const WIDTH: Readonly<Record<string, number>> = { integer: 1, exact: 2, float: 3 }

/** The type that holds what any of the expressions give. */
export function widest(nodes: readonly ExprNode[]): SqlType {
  return nodes.map(({ type }) => type).reduce(wider)
}

function wider(left: SqlType, right: SqlType): SqlType {
  return (WIDTH[right.category] ?? 0) > (WIDTH[left.category] ?? 4) ? right : roomy(left)
}
