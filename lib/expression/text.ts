import { binary, call, cast, param, undefinedValue } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { guessType, labelOf, nodeOf, textual } from './operands.js'

/** What text offers beside what all expressions do; what is no text is cast to it. */
export const textMethods = {
  contains: (node: ExprNode, value: unknown) => pattern(node, value, '%', '%'),
  startsWith: (node: ExprNode, value: unknown) => pattern(node, value, '', '%'),
  endsWith: (node: ExprNode, value: unknown) => pattern(node, value, '%', ''),
  concat: (node: ExprNode, value: unknown) => binary('concat', textual(node), joined(value, node), TYPES.text),
  length: (node: ExprNode) => call('length', [node], TYPES.int8)
}

/** What `||` takes beside text: text, and anything else cast to it. */
function joined(value: unknown, beside: ExprNode): ExprNode {
  const node = nodeOf(value)
  if (node) return textual(node)
  if (value === null || typeof value === 'string') return param(value, TYPES.text, labelOf(beside))
  return textual(param(value, guessType(value, labelOf(beside)), labelOf(beside)))
}

/** Text to be found as it stands: `%`, `_` and `\` lose their meaning. */
function pattern(left: ExprNode, value: unknown, before: string, after: string): ExprNode {
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
