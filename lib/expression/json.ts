import { binary, call, caseOf, cast, isNull, operation, param } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import type { Operator } from '../ast/operators.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { asText, type JsonStep, keysParam, pathParam, placeOf, step } from './json-path.js'
import { jsonOperand, labelOf } from './operands.js'

/**
 * What JSON values offer beside what all expressions do. Those for updates give the whole value with a part of it changed, so that
 * it can be assigned to the column: `update({ data: d => d.data.get('a', 0).set(1) })` → `"data" = jsonb_set("t1"."data", $1, $2, $3)`.
 */
export const jsonMethods = {
  get: (node: ExprNode, ...path: JsonStep[]) => path.reduce(step, node),
  extract: (node: ExprNode, ...path: JsonStep[]) => binary('jsonPath', node, pathParam(path), TYPES.jsonb),
  asText,
  asInt: (node: ExprNode) => cast(asText(node), TYPES.int8),
  asFloat: (node: ExprNode) => cast(asText(node), TYPES.float8),
  asBool: (node: ExprNode) => cast(asText(node), TYPES.bool),

  contains: (node: ExprNode, value: unknown) => compare('contains', node, jsonOperand(value, node)),
  containedBy: (node: ExprNode, value: unknown) => compare('containedBy', node, jsonOperand(value, node)),
  hasKey: (node: ExprNode, key: string) => compare('hasKey', node, param(key, TYPES.text, 'hasKey')),
  hasKeys: (node: ExprNode, ...keys: string[]) => compare('hasKeys', node, keysParam(keys)),
  hasAnyKeys: (node: ExprNode, ...keys: string[]) => compare('hasAnyKeys', node, keysParam(keys)),
  length: (node: ExprNode) => call('jsonb_array_length', [node], TYPES.int8),
  concat: (node: ExprNode, value: unknown) => merged(node, value),

  pathExists: (node: ExprNode, path: string) => operation('@?', node, jsonPath(path), TYPES.bool),
  pathMatch: (node: ExprNode, path: string) => operation('@@', node, jsonPath(path), TYPES.bool),
  pathQuery: (node: ExprNode, path: string) => call('jsonb_path_query', [node, jsonPath(path)], TYPES.jsonb),
  pathQueryArray: (node: ExprNode, path: string) => call('jsonb_path_query_array', [node, jsonPath(path)], TYPES.jsonb),
  pathQueryFirst: (node: ExprNode, path: string) => call('jsonb_path_query_first', [node, jsonPath(path)], TYPES.jsonb),

  set: (node: ExprNode, value: unknown) => changed(node, jsonOperand(value, node), true),
  replace: (node: ExprNode, value: unknown) => changed(node, jsonOperand(value, node), false),

  insert(node: ExprNode, value: unknown): ExprNode {
    const missing = isNull(node, false)
    return caseOf([[missing, changed(node, jsonOperand(value, node), true)]], placeOf(node).root, TYPES.jsonb)
  },

  append(node: ExprNode, item: unknown): ExprNode {
    const { root, path } = placeOf(node)
    const after = param(true, TYPES.bool, 'append')
    return call('jsonb_insert', [root, pathParam([...path, -1]), jsonOperand(item, node), after], TYPES.jsonb)
  },

  remove(node: ExprNode, ...keys: JsonStep[]): ExprNode {
    const { root, path } = placeOf(node)
    if (path.length === 0 && keys.length === 0)
      throw misuse('BAD_ARGUMENT', `${labelOf(node)}.remove: name a key, or take a part first: get('key').remove()`)
    if (keys.length === 0) return binary('jsonRemove', root, pathParam(path), TYPES.jsonb)
    return keys.reduce((from, key) => binary('jsonRemove', from, pathParam([...path, key]), TYPES.jsonb), root)
  },

  update(node: ExprNode, values: unknown): ExprNode {
    if (placeOf(node).path.length === 0) return merged(node, values)
    // Where there is nothing yet the part is made; NULL would make all of it NULL.
    const part = call('coalesce', [node, param({}, TYPES.jsonb, 'update')], TYPES.jsonb)
    return changed(node, merged(part, values), true)
  }
}

function compare(op: Operator, node: ExprNode, right: ExprNode): ExprNode {
  return binary(op, node, right, TYPES.bool)
}

function merged(node: ExprNode, value: unknown): ExprNode {
  return binary('concat', node, jsonOperand(value, node), TYPES.jsonb)
}

/** The whole value that `node` is a part of, with the part another. */
function changed(node: ExprNode, value: ExprNode, create: boolean): ExprNode {
  const { root, path } = placeOf(node)
  if (path.length === 0) return value
  return call('jsonb_set', [root, pathParam(path), value, param(create, TYPES.bool, 'set')], TYPES.jsonb)
}

/** A JSON path. A cast, because older servers know no parameter of its type. */
function jsonPath(path: string): ExprNode {
  if (typeof path !== 'string') throw misuse('WRONG_TYPE', `a JSON path: expected a string, got ${describeType(path)}`)
  return cast(param(path, TYPES.text, 'a JSON path'), { ...TYPES.unknown, name: 'jsonpath' })
}
