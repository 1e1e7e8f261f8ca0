import {
  arrayParam,
  binary,
  cast,
  FALSE,
  isIn,
  isNull,
  list,
  param,
  subquery,
  TRUE,
  undefinedValue,
  unnamed
} from '../ast/build.js'
import type { ExprNode, ListNode, ParamNode, SelectNode } from '../ast/nodes.js'
import type { Operator } from '../ast/operators.js'
import { type SqlType, TYPES, variant } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'

/** From values to nodes: what an operator does with what stands on its right. */

/** The name under which an expression is mentioned in messages. */
export function labelOf(node: ExprNode): string {
  if (node.kind === 'column') return `${node.owner}.${node.property}`
  return node.kind === 'named' ? node.name : node.kind === 'call' ? `${node.name}(…)` : 'the expression'
}

/** The node of an expression, or `undefined` for a plain value. */
export function nodeOf(value: unknown): ExprNode | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('node' in value && isNode(value.node)) return unnamed(value.node as ExprNode)
  return isSubselect(value) ? subquery(value.toSelectNode()) : undefined
}

function isNode(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind !== 'order'
}

function isSubselect(value: object): value is { toSelectNode(): SelectNode } {
  return 'toSelectNode' in value && typeof value.toSelectNode === 'function'
}

/** The operand that a value is beside an expression: an expression as it is, else a parameter of the expression's type. */
export function operand(value: unknown, beside: ExprNode, type: SqlType = beside.type): ExprNode {
  return nodeOf(value) ?? param(value, roomy(type), labelOf(beside))
}

/** `=` and `<>`, which take null. */
export function equality(left: ExprNode, value: unknown, negated: boolean): ExprNode {
  return value === null ? isNull(left, negated) : binary(negated ? 'ne' : 'eq', left, operand(value, left), TYPES.bool)
}

/** `IN` and `NOT IN` of a list or a select. */
export function membership(left: ExprNode, values: unknown, negated: boolean): ExprNode {
  if (values === undefined) throw undefinedValue(`${labelOf(left)}.${negated ? 'notIn' : 'in'}`)
  const select = nodeOf(values)
  if (select?.kind === 'subquery') return isIn(left, select.select, negated)
  const items = [...iterable(values, left)]
  if (items.length === 0) return negated ? TRUE : FALSE
  return isIn(left, among(left, items), negated)
}

function iterable(values: unknown, left: ExprNode): Iterable<unknown> {
  if (typeof values === 'object' && values !== null && Symbol.iterator in values) return values as Iterable<unknown>
  throw misuse('WRONG_TYPE', `${labelOf(left)}: expected a list or a select, got ${describeType(values)}`)
}

function among(left: ExprNode, items: readonly unknown[]): ParamNode | ListNode {
  const nodes = items.map(nodeOf)
  const plain = left.kind !== 'list' && nodes.every(node => node === undefined)
  const array = plain ? arrayParam(items, roomy(left.type), labelOf(left)) : undefined
  return array ?? list(items.map((item, i) => nodes[i] ?? operand(item, left)))
}

/** Text to be found as it stands: `%`, `_` and `\` lose their meaning. */
export function pattern(left: ExprNode, value: unknown, before: string, after: string): ExprNode {
  const node = nodeOf(value)
  const affix = (text: string): ExprNode => param(text, TYPES.text, 'pattern')
  if (node) {
    const parts = [before ? affix(before) : undefined, cast(node, TYPES.text), after ? affix(after) : undefined].filter(
      part => part !== undefined
    )
    return binary(
      'ilike',
      left,
      parts.reduce((a, b) => binary('concat', a, b, TYPES.text)),
      TYPES.bool
    )
  }
  if (value === undefined) throw undefinedValue(labelOf(left))
  if (typeof value !== 'string') throw misuse('WRONG_TYPE', `${labelOf(left)}: expected a string, got ${describeType(value)}`)
  const escaped = value.replace(/[\\%_]/g, '\\$&')
  return binary('ilike', left, param(before + escaped + after, TYPES.text, labelOf(left)), TYPES.bool, escaped !== value)
}

/** An exact number that JavaScript's callers gave as a number, read as one. */
const EXACT_AS_NUMBER: SqlType = variant(TYPES.numeric, { decode: Number })

/** Arithmetic; the type of the result is declared here, for the servers disagree on it. */
export function arithmetic(op: Operator, left: ExprNode, value: unknown): ExprNode {
  const right = nodeOf(value) ?? param(value, addendType(left.type, value), labelOf(left))
  const integers = left.type.category === 'integer' && right.type.category === 'integer'
  return binary(op === 'div' && integers ? 'intDiv' : op, left, right, wider(left.type, right.type))
}

function addendType(type: SqlType, value: unknown): SqlType {
  if (type.category === 'integer' && typeof value === 'number' && !Number.isInteger(value)) return EXACT_AS_NUMBER
  if (type.category === 'time' && typeof value === 'string') return TYPES.interval
  return roomy(type)
}

const WIDTH: Readonly<Record<string, number>> = { integer: 1, exact: 2, float: 3 }

function wider(left: SqlType, right: SqlType): SqlType {
  return (WIDTH[right.category] ?? 0) > (WIDTH[left.category] ?? 4) ? right : roomy(left)
}

/** The type a value has beside a small integer: it may be larger than the column holds, and then compares unequal instead of failing. */
function roomy(type: SqlType): SqlType {
  return type.oid === TYPES.int4.oid || type.oid === TYPES.int2.oid
    ? variant(TYPES.int8, { encode: type.encode, decode: type.decode })
    : type
}
