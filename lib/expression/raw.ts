import { param, raw } from '../ast/build.js'
import type { ExprNode, RawNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { value, wrap } from './functions.js'
import { nodeOf } from './operands.js'
import type { Any, Expr, Predicate } from './types.js'

/** SQL as text, usable wherever an expression is, as a condition too. */
export type Fragment = Expr<Any> & Predicate

/**
 * SQL as text with values in it: `` sql`lower(${u.name}) = ${name}` ``. What is interpolated is a parameter, unless it is an
 * expression, another fragment, or `sql.identifier(name)`.
 */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Fragment {
  return wrap(template(strings, values)) as Fragment
}

/** An identifier inside `` sql`` ``, quoted; several parts are joined by dots. */
sql.identifier = (...path: string[]): Expr<unknown> => wrap({ kind: 'identifier', path, type: TYPES.unknown })

/** SQL as text with `$1 … $n` (or `?`) for the parameters, in Peewee's manner: `SQL('now() - interval ?', '1 day')`. */
export function SQL(text: string, ...params: unknown[]): Fragment {
  return wrap(rawText(text, params)) as Fragment
}

/** The parts of a template. */
export function template(strings: TemplateStringsArray, values: readonly unknown[]): RawNode {
  return raw(strings.flatMap((text, i) => (i === 0 ? [text] : [interpolated(values[i - 1], i), text])))
}

/** The parts of a text with `$n` or `?` placeholders. Throws a `TypeError` where their number is not that of the parameters. */
export function rawText(text: string, params: readonly unknown[]): RawNode {
  const numbered = /\$\d/.test(text)
  const pieces = text.split(numbered ? /(\$\d+)/ : params.length > 0 ? /(\?)/ : /(?!)/)
  let next = 0
  let highest = 0
  const parts = pieces.map((piece, i): string | ExprNode => {
    if (i % 2 === 0) return piece
    const at = numbered ? Number(piece.slice(1)) : ++next
    highest = Math.max(highest, at)
    return at <= params.length ? interpolated(params[at - 1], at) : piece
  })
  if (highest === params.length) return raw(parts)
  throw misuse('BAD_ARGUMENT', `The SQL has ${highest} placeholders, but ${params.length} parameters were given`)
}

/** A parameter in raw SQL. A string is sent untyped: only the server knows what stands beside it. */
function interpolated(item: unknown, at: number): ExprNode {
  const node = nodeOf(item)
  if (node) return node
  return typeof item === 'string' || item === null ? param(item, TYPES.unknown, `parameter ${at}`) : rawValue(item)
}

function rawValue(item: unknown): ExprNode {
  return value(item).node
}
