import { binary, call, item, param, slice, undefinedValue } from '../ast/build.js'
import type { ExprNode, ParamNode } from '../ast/nodes.js'
import type { Operator } from '../ast/operators.js'
import { type SqlType, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { arithmetic } from './arithmetic.js'
import { labelOf, nodeOf, operand } from './operands.js'

/** What arrays offer beside what all expressions do. Indexes count from 0, as in JavaScript; in SQL they count from 1. */
export const arrayMethods = {
  at(node: ExprNode, index: unknown): ExprNode {
    const expression = nodeOf(index)
    return item(node, expression ? arithmetic('add', expression, 1) : place(node, 'at', index, 1))
  },

  slice(node: ExprNode, from: unknown, to?: unknown): ExprNode {
    // The end is not included here, and is in SQL: what is one less counts from one more.
    return slice(node, place(node, 'slice', from, 1), to === undefined ? undefined : place(node, 'slice', to, 0))
  },

  contains: (node: ExprNode, ...values: unknown[]) => compare('contains', node, values),
  containsAny: (node: ExprNode, ...values: unknown[]) => compare('overlaps', node, values),
  containedBy: (node: ExprNode, ...values: unknown[]) => compare('containedBy', node, values),

  length(node: ExprNode): ExprNode {
    // The dimension must be an int4: PostgreSQL has no array_length for another.
    const length = call('array_length', [node, param(1, TYPES.int4, 'length')], TYPES.int8)
    return call('coalesce', [length, param(0, TYPES.int4, 'length')], TYPES.int8)
  },

  indexOf: (node: ExprNode, value: unknown) =>
    arithmetic('sub', call('array_position', [node, element(node, 'indexOf', value)], TYPES.int8), 1),
  append: (node: ExprNode, value: unknown) => call('array_append', [node, element(node, 'append', value)], node.type),
  prepend: (node: ExprNode, value: unknown) => call('array_prepend', [element(node, 'prepend', value), node], node.type),
  remove: (node: ExprNode, value: unknown) => call('array_remove', [node, element(node, 'remove', value)], node.type),
  concat: (node: ExprNode, other: unknown) => call('array_cat', [node, operand(other, node)], node.type)
}

/** A comparison with values that are listed, or given as one expression of an array. */
function compare(op: Operator, node: ExprNode, values: readonly unknown[]): ExprNode {
  return binary(op, node, nodeOf(values[0]) ?? operand(values, node), TYPES.bool)
}

/** An index, `above` more than it is in JavaScript. */
function place(node: ExprNode, method: string, index: unknown, above: number): ParamNode {
  const where = `${labelOf(node)}.${method}`
  if (index === undefined) throw undefinedValue(where)
  if (!Number.isInteger(index)) throw misuse('WRONG_TYPE', `${where}: expected an integer, got ${describeType(index)}`)
  if ((index as number) < 0)
    throw misuse('BAD_ARGUMENT', `${where}: indexes count from 0, got ${index}; servers do not count from the end`)
  return param((index as number) + above, TYPES.int4, where)
}

/** An item for an array: a parameter of its items' type. */
function element(node: ExprNode, method: string, value: unknown): ExprNode {
  const type: SqlType = node.type.element ?? TYPES.unknown
  return nodeOf(value) ?? param(value, type, `${labelOf(node)}.${method}`)
}
