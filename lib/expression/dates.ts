import { binary, call, cast, extract, param } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { PARTS, TRUNCATE_PARTS } from './date-parts.js'
import { labelOf } from './operands.js'

/** What dates and times offer beside what all expressions do: their parts, as numbers on every server. */
export const dateMethods = {
  ...Object.fromEntries(
    Object.entries(PARTS).map(([name, part]) => [name, (node: ExprNode) => extract(part, timeOf(node, name))])
  ),

  truncate(node: ExprNode, part: unknown): ExprNode {
    const time = timeOf(node, 'truncate')
    if (!TRUNCATE_PARTS.some(known => known === part))
      throw misuse('BAD_ARGUMENT', `${labelOf(node)}.truncate: expected one of ${TRUNCATE_PARTS.join(', ')}, got ${String(part)}`)
    const cut = call('date_trunc', [param(part, TYPES.text, 'truncate'), time], time.type)
    // Servers give an instant for a date, and an interval for a time.
    return [TYPES.date.oid, TYPES.time.oid].includes(time.type.oid) ? cast(cut, time.type) : cut
  },

  toTimestamp: (node: ExprNode) => extract('EPOCH', timeOf(node, 'toTimestamp'))
}

/** What has parts. Throws a `TypeError` for what certainly is no date or time. */
function timeOf(node: ExprNode, method: string): ExprNode {
  const { category, oid, name } = node.type
  if (category === 'time' || oid === 0) return node
  if (node.type.perSecond !== undefined) return instantOf(node)
  throw misuse('WRONG_TYPE', `${labelOf(node)}.${method}: expected a date or time, got ${name}; cast it, or see fromTimestamp()`)
}

/** The instant that a number of seconds since 1970 is, or of what makes them up. */
export function instantOf(node: ExprNode, perSecond = node.type.perSecond ?? 1): ExprNode {
  const epoch = param(new Date(0), TYPES.timestamptz, 'fromTimestamp')
  const unit = param(`${1 / perSecond} seconds`, TYPES.interval, 'fromTimestamp')
  return binary('add', epoch, binary('mul', node, unit, TYPES.interval), TYPES.timestamptz)
}
