import { binary, param, undefinedValue } from '../ast/build.js'
import type { BinaryNode, ExprNode, ParamNode } from '../ast/nodes.js'
import { arrayOf, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'

/** Steps into JSON values. Keys are typed parameters: of an untyped one a server thinks that it is JSON. */

/** A key of an object, or an index of an array. */
export type JsonStep = string | number

/** The value one step further in: `x -> $1`. */
export function step(from: ExprNode, key: JsonStep): ExprNode {
  return binary('jsonGet', from, keyParam(key), TYPES.jsonb)
}

function keyParam(key: unknown): ParamNode {
  if (key === undefined) throw undefinedValue('a JSON key')
  if (typeof key === 'string') return param(key, TYPES.text, 'a JSON key')
  // Not int8: PostgreSQL steps by an int4 only.
  if (Number.isInteger(key) && Math.abs(key as number) < 2 ** 31) return param(key, TYPES.int4, 'a JSON index')
  throw misuse('WRONG_TYPE', `a JSON key: expected a string or an integer, got ${describeType(key)}`)
}

/** A path as one parameter: `{a,0}`. */
export function pathParam(path: readonly JsonStep[]): ParamNode {
  return param(
    path.map(key => String(keyParam(key).value)),
    arrayOf(TYPES.text),
    'a JSON path'
  )
}

/** Several keys as one parameter. */
export function keysParam(keys: readonly string[]): ParamNode {
  return param(keys, arrayOf(TYPES.text), 'JSON keys')
}

/** Whether a node is a part of a JSON value, and not all of it. */
export function isPart(node: ExprNode): node is BinaryNode {
  return node.kind === 'binary' && (node.op === 'jsonGet' || node.op === 'jsonPath')
}

/** The whole JSON value that a part is of, and the steps to the part. */
export function placeOf(node: ExprNode): { readonly root: ExprNode; readonly path: readonly JsonStep[] } {
  if (!isPart(node)) return { root: node, path: [] }
  const { root, path } = placeOf(node.left)
  return { root, path: [...path, ...([(node.right as ParamNode).value].flat() as JsonStep[])] }
}

/** A JSON value as text, a string without its quotes: `x ->> $1`; the JSON null is NULL. */
export function asText(node: ExprNode): ExprNode {
  if (!isPart(node)) return binary('jsonPathText', node, keysParam([]), TYPES.text)
  return binary(node.op === 'jsonGet' ? 'jsonGetText' : 'jsonPathText', node.left, node.right, TYPES.text)
}
