import {
  arrayParam,
  binary,
  call,
  cast,
  extract,
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
import type { CallNode, ExprNode, ListNode, OrderNode, ParamNode, QueryNode } from '../ast/nodes.js'
import { arrayOf, hasArrays, type Referred, type SqlType, TYPES, variant } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { asText, isPart } from './json-path.js'

/** From values to nodes: what an operator does with what stands on its right. */

/** The name under which an expression is mentioned in messages. */
export function labelOf(node: ExprNode): string {
  if (node.kind === 'column') return `${node.owner}.${node.property}`
  if (node.kind === 'related') return labelOf(node.column)
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

/** The same of a value that meets a type: beside a foreign key, a select of models stands for what that refers to. */
export function nodeBeside(value: unknown, { refersTo }: SqlType): ExprNode | undefined {
  const isRows = refersTo && typeof value === 'object' && value !== null && isSubselect(value)
  return isRows ? subquery(value.toSelectNode(refersTo)) : nodeOf(value)
}

/** Whether a value is a select, which stands for its rows. */
export function isSubselect(value: object): value is { toSelectNode(referred?: Referred): QueryNode } {
  return 'toSelectNode' in value && typeof value.toSelectNode === 'function'
}

/** The operand that a value is beside an expression: an expression as it is, else a parameter of the expression's type. */
export function operand(value: unknown, beside: ExprNode, type: SqlType = beside.type): ExprNode {
  if (type.category === 'json') return jsonOperand(value, beside, type)
  const node = nodeBeside(value, type)
  if (!node) return plainParam(value, type, labelOf(beside))
  if (node.kind === 'call' && node.args.length === 1 && QUANTIFIER.test(node.name)) return quantified(node, type, labelOf(beside))
  const { perSecond } = beside.type
  return perSecond !== undefined && node.type.category === 'time' ? ticks(node, perSecond) : node
}

const QUANTIFIER = /^(any|some|all)$/i

/** `any` and its like of a list: its values are of the type that they are compared with. */
function quantified(call: CallNode, type: SqlType, where: string): ExprNode {
  const [list] = call.args
  if (list.kind !== 'param' || !Array.isArray(list.value) || !hasArrays(type)) return call
  return { ...call, args: [param(list.value, arrayOf(roomy(type)), where)] }
}

/** An instant as the number that a column keeps of it, so that the column is compared as it stands. */
function ticks(instant: ExprNode, perSecond: number): ExprNode {
  return binary('mul', extract('EPOCH', instant), param(perSecond, TYPES.float8, 'ticks'), TYPES.float8)
}

/** A value, or an expression of any type, as JSON; `null` is the JSON null. */
export function jsonOperand(value: unknown, beside: ExprNode, type: SqlType = TYPES.jsonb): ExprNode {
  const node = nodeOf(value)
  if (node)
    return node.type.category === 'json' || node.type.name === TYPES.unknown.name ? node : call('to_jsonb', [node], TYPES.jsonb)
  return value === null ? { ...param(null, TYPES.jsonb, ''), text: 'null' } : param(value, type, labelOf(beside))
}

/** A value beside an expression of a type; what is beside raw SQL goes by its own type, but text as the server takes it. */
export function plainParam(value: unknown, type: SqlType, where: string): ParamNode {
  return param(value, roomy(knownType(type, value, where)), where)
}

/** The type a value has beside an expression of a type: that one, unless it is a fraction, or nobody knows it. */
export function knownType(type: SqlType, value: unknown, where: string): SqlType {
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
  return value === null ? nullity(left, negated) : binary(negated ? 'ne' : 'eq', left, operand(value, left), TYPES.bool)
}

/** `IS NULL`, and IS NOT NULL. A part of a JSON value is null where it is missing, and where it is the JSON null. */
export function nullity(node: ExprNode, negated: boolean): ExprNode {
  return isNull(isPart(node) ? asText(node) : node, negated)
}

/** `IN` and `NOT IN` of a list or a select. */
export function membership(left: ExprNode, values: unknown, negated: boolean): ExprNode {
  if (values === undefined) throw undefinedValue(`${labelOf(left)}.${negated ? 'notIn' : 'in'}`)
  const members = membersOf(values, left.type)
  if (members) return isIn(left, members, negated)
  const items = [...iterable(values, left)]
  if (items.length === 0) return negated ? TRUE : FALSE
  return isIn(left, among(left, items), negated)
}

/** The query that IN takes for a select, or for a source that stands for its rows. */
export function membersOf(values: unknown, beside = TYPES.unknown): QueryNode | undefined {
  const node = nodeBeside(values, beside)
  if (node?.kind === 'subquery') return node.select
  const lists = typeof values === 'object' && values !== null && 'toMembers' in values
  return lists ? (values as { toMembers(): QueryNode }).toMembers() : undefined
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
  if (node.type.category === 'json') return asText(node)
  return node.type.category === 'text' || (node.type.oid === 0 && !node.type.byName) ? node : cast(node, TYPES.text)
}

/** An exact number that JavaScript's callers gave as a number, read as one. */
export const EXACT_AS_NUMBER: SqlType = variant(TYPES.numeric, { decode: Number })

/** The type a value has beside a small integer: it may be larger than the column holds, and then compares unequal instead of failing. */
export function roomy(type: SqlType): SqlType {
  return type.oid === TYPES.int4.oid || type.oid === TYPES.int2.oid
    ? variant(TYPES.int8, { encode: type.encode, decode: type.decode })
    : type
}

/** The node of a condition. Throws a `TypeError` for what is none, an `undefined` above all. */
export function condition(value: unknown, where: string): ExprNode {
  const node = nodeOf(value)
  if (node) return node
  if (value === undefined)
    throw misuse('UNDEFINED_VALUE', `${where}: the condition is undefined; leave the clause out, or use and() of what there is`)
  throw misuse('WRONG_TYPE', `${where}: expected a condition such as u.age.eq(3), got ${describeType(value)}`)
}

/** The node of a sort key; an expression sorts ascending. */
export function sortNode(value: unknown, where: string): OrderNode | ExprNode {
  const node = value instanceof NodeHolder ? (value.node as OrderNode | ExprNode) : nodeOf(value)
  if (node) return node.kind === 'named' ? node.operand : node
  throw misuse(
    value === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected a column, or column.desc(), got ${describeType(value)}`
  )
}
