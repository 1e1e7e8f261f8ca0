import { param } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { type SqlType, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { commonType, guessType, nodeOf, plainParam } from './operands.js'

/** A value or expression as a function's argument; a value has its own type, or the one that is given. */
export function argument(item: unknown, where: string, type?: SqlType): ExprNode {
  return nodeOf(item) ?? (type ? plainParam(item, type, where) : param(item, guessType(item, where), where))
}

/** The type of results that stand for one another: that of the first expression, else what all values have. */
export function typeOfAll(items: readonly unknown[], where: string): SqlType {
  const node = items.map(nodeOf).find(item => item !== undefined)
  if (node) return node.type
  const type = commonType(items, where)
  return type === TYPES.unknown ? TYPES.text : type
}

/** The error for an argument of another kind. */
export function refused(where: string, expected: string, got: unknown): TypeError {
  return misuse(got === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE', `${where}: expected ${expected}, got ${describeType(got)}`)
}
