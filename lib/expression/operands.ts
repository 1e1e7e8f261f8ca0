import {
  arrayParam,
  binary,
  call,
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
import type { ExprNode, ListNode, OrderNode, ParamNode, SelectNode } from '../ast/nodes.js'
import type { Operator } from '../ast/operators.js'
import { arrayOf, type SqlType, TYPES, variant } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'

/** From values to nodes: what an operator does with what stands on its right. */

/** The name under which an expression is mentioned in messages. */
export function labelOf(node: ExprNode): string {
  if (node.kind === 'column') return `${node.owner}.${node.property}`
  return node.kind === 'named' ? node.name : node.kind === 'call' ? `${node.name}(…)` : 'the expression'
}

/**
 * What carries a node: an expression or a sort key. It is told by its class and never by its shape: a value that came
 * as JSON, `{ "node": { "kind": "raw", … } }`, must stay a value.
 */
export abstract class NodeHolder<N extends ExprNode | OrderNode> {
  readonly node: N

  constructor(node: N) {
    this.node = node
  }
}

/** The node of an expression, or `undefined` for a plain value. */
export function nodeOf(value: unknown): ExprNode | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof NodeHolder) return value.node.kind === 'order' ? undefined : unnamed(value.node)
  return isSubselect(value) ? subquery(value.toSelectNode()) : undefined
}

/** Whether a value is a select, which stands for its rows. */
export function isSubselect(value: object): value is { toSelectNode(): SelectNode } {
  return 'toSelectNode' in value && typeof value.toSelectNode === 'function'
}

/** The operand that a value is beside an expression: an expression as it is, else a parameter of the expression's type. */
export function operand(value: unknown, beside: ExprNode, type: SqlType = beside.type): ExprNode {
  return nodeOf(value) ?? plainParam(value, type, labelOf(beside))
}

/** A value beside an expression of a type; what is beside raw SQL goes by its own type, but text as the server takes it. */
export function plainParam(value: unknown, type: SqlType, where: string): ParamNode {
  return param(value, roomy(knownType(type, value, where)), where)
}

function knownType(type: SqlType, value: unknown, where: string): SqlType {
  if (type.category === 'integer' && typeof value === 'number' && !Number.isInteger(value)) return EXACT_AS_NUMBER
  return type.name !== TYPES.unknown.name || typeof value === 'string' || value === null ? type : guessType(value, where)
}

/** The type of a value that meets nothing that has one. Throws a `TypeError` for a value that cannot be sent. */
export function guessType(item: unknown, where: string): SqlType {
  if (item === null || typeof item === 'string') return TYPES.text
  if (typeof item === 'boolean') return TYPES.bool
  if (typeof item === 'bigint') return TYPES.int8
  if (typeof item === 'number')
    return Number.isInteger(item) ? (Math.abs(item) < 2 ** 31 ? TYPES.int4 : TYPES.int8) : TYPES.float8
  if (item instanceof Date) return TYPES.timestamptz
  if (item instanceof Uint8Array) return TYPES.bytea
  if (item === undefined) throw undefinedValue(where)
  if (Array.isArray(item)) return arrayOf(commonType(item, where))
  if (typeof item === 'object' && item.constructor === Object) return TYPES.jsonb
  throw misuse('WRONG_TYPE', `${where}: cannot send ${describeType(item)}; pass a value or an expression`)
}

/** The type that all of some values have; of whole numbers and others it is the others'. */
export function commonType(items: readonly unknown[], where: string): SqlType {
  const types = items.filter(item => item !== null).map(item => guessType(item, where))
  if (types.length === 0) return TYPES.unknown
  if (!types.every(type => type.category === 'integer')) return types.find(type => type.category !== 'integer') as SqlType
  return TYPES.int8
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

/** Text as it is, anything else cast to it: patterns and `||` take text on every server. */
export function textual(node: ExprNode): ExprNode {
  return node.type.category === 'text' || node.type.oid === 0 ? node : cast(node, TYPES.text)
}

/** Text to be found as it stands: `%`, `_` and `\` lose their meaning. */
export function pattern(left: ExprNode, value: unknown, before: string, after: string): ExprNode {
  const node = nodeOf(value)
  if (node) return binary('ilike', textual(left), affixed(node, before, after), TYPES.bool, true)
  if (value === undefined) throw undefinedValue(labelOf(left))
  if (typeof value !== 'string') throw misuse('WRONG_TYPE', `${labelOf(left)}: expected a string, got ${describeType(value)}`)
  const escaped = value.replace(/[\\%_]/g, '\\$&')
  const text = param(before + escaped + after, TYPES.text, labelOf(left))
  return binary('ilike', textual(left), text, TYPES.bool, escaped !== value)
}

/** The text of an expression between the affixes. What it gives is known to the server alone, so it is escaped there. */
function affixed(node: ExprNode, before: string, after: string): ExprNode {
  const text = (part: string): ExprNode => param(part, TYPES.text, 'pattern')
  const escapedNode = ['\\', '%', '_'].reduce(
    (of: ExprNode, special) => call('replace', [of, text(special), text(`\\${special}`)], TYPES.text),
    cast(node, TYPES.text)
  )
  const parts = [...(before ? [text(before)] : []), escapedNode, ...(after ? [text(after)] : [])]
  return parts.reduce((a, b) => binary('concat', a, b, TYPES.text))
}

/** An exact number that JavaScript's callers gave as a number, read as one. */
const EXACT_AS_NUMBER: SqlType = variant(TYPES.numeric, { decode: Number })

/** Arithmetic; the type of the result is declared here, for the servers disagree on it. */
export function arithmetic(op: Operator, left: ExprNode, value: unknown): ExprNode {
  const right = nodeOf(value) ?? param(value, addendType(left.type, value), labelOf(left))
  const integers = left.type.category === 'integer' && right.type.category === 'integer'
  const type = sumType(op, left.type, right.type)
  return binary(op === 'div' && integers ? 'intDiv' : op, floating(left, right), floating(right, left), type)
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

/** The type a value has beside a small integer: it may be larger than the column holds, and then compares unequal instead of failing. */
function roomy(type: SqlType): SqlType {
  return type.oid === TYPES.int4.oid || type.oid === TYPES.int2.oid
    ? variant(TYPES.int8, { encode: type.encode, decode: type.decode })
    : type
}
