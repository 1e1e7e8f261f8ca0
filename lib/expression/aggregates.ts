import { cast, conjunction, over } from '../ast/build.js'
import type { CallNode, ExprNode, OrderNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { condition, labelOf, sortNode } from './operands.js'
import { windowOf } from './windows.js'

/** What calls of aggregates and window functions offer beside what all expressions do. */
export const aggregateMethods = {
  filter(node: ExprNode, ...conditions: unknown[]): ExprNode {
    const call = callOf(node, 'filter')
    return { ...call, filter: conjunction([call.filter, ...conditions.map(item => condition(item, 'filter'))]) }
  },

  orderBy: (node: ExprNode, ...keys: unknown[]) => ordered(callOf(node, 'orderBy'), keysOf(keys, 'orderBy'), false),

  withinGroup(node: ExprNode, ...keys: unknown[]): ExprNode {
    const call = callOf(node, 'withinGroup')
    const [first, ...rest] = keysOf(keys, 'withinGroup')
    if (!first) throw misuse('BAD_ARGUMENT', `${labelOf(node)}.withinGroup needs a sort key`)
    // What lies between two values is a float; servers do not all make one of an integer.
    if (/^percentile_cont$/i.test(call.name)) return ordered(call, [asFloat(first), ...rest], true)
    const within = ordered(call, [first, ...rest], true)
    return /^(mode|percentile_disc)$/i.test(call.name) ? { ...within, type: keyOf(first).type } : within
  },

  over: (node: ExprNode, window?: unknown) => over(callOf(node, 'over'), windowOf(window))
}

function callOf(node: ExprNode, method: string): CallNode {
  if (node.kind === 'call') return node
  throw misuse('BAD_ARGUMENT', `${method}: only the call of a function has it, as in fn.sum(x).${method}(…)`)
}

function keysOf(keys: readonly unknown[], where: string): (OrderNode | ExprNode)[] {
  return keys.flat().map(key => sortNode(key, where))
}

function ordered(call: CallNode, orderBy: CallNode['orderBy'], within: boolean): CallNode {
  return { ...call, orderBy, within }
}

function keyOf(key: OrderNode | ExprNode): ExprNode {
  return key.kind === 'order' ? key.operand : key
}

function asFloat(key: OrderNode | ExprNode): OrderNode | ExprNode {
  const node = keyOf(key)
  if (node.type.category !== 'integer' && node.type.category !== 'exact') return key
  const float = cast(node, TYPES.float8)
  return key.kind === 'order' ? { ...key, operand: float } : float
}
