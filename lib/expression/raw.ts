import { param, raw } from '../ast/build.js'
import type { ExprNode, RawNode } from '../ast/nodes.js'
import { arrayOf, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { wrap } from './expression.js'
import { guessType, nodeOf } from './operands.js'
import type { Any, Expr, Predicate, Typed } from './types.js'

/** SQL as text, usable wherever an expression is; one of no declared type as a condition too. */
export type Fragment<T = Any> = 0 extends 1 & T ? Expr<Any> & Predicate : Typed<T>

/**
 * SQL as text with values in it: `` sql`lower(${u.name}) = ${name}` ``. What is interpolated is a parameter, unless it is an
 * expression, another fragment, or `sql.identifier(name)`. What it gives is read as the server says it is, unless `typed` says
 * otherwise; the compiler is told by `` sql<number>`…` ``.
 */
export function sql<T = Any>(strings: TemplateStringsArray, ...values: unknown[]): Fragment<T> {
  return wrap(template(strings, values))
}

/** An identifier inside `` sql`` ``, quoted; several parts are joined by dots. */
sql.identifier = (...path: string[]): Expr<unknown> => wrap({ kind: 'identifier', path, type: TYPES.unknown })

/** SQL as text with `$1 … $n` (or `?`) for the parameters, in Peewee's manner: `SQL('now() - interval ?', '1 day')`. */
export function SQL<T = Any>(text: string, ...params: unknown[]): Fragment<T> {
  return wrap(rawText(text, params))
}

/** The parts of a template. */
export function template(strings: TemplateStringsArray, values: readonly unknown[]): RawNode {
  return raw(strings.flatMap((text, i) => (i === 0 ? [text] : [interpolated(values[i - 1], i), text])))
}

/** Placeholders, and what they may stand in without being any: strings, quoted names, dollar quotes, comments. */
const PIECES = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[a-z_]\w*)?\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|\$\d+|\?/gi
const NUMBERED = /^\$\d+$/

/** The parts of a text with `$n` or `?` placeholders. Throws a `TypeError` where their number is not that of the parameters. */
export function rawText(text: string, params: readonly unknown[]): RawNode {
  const pieces = piecesOf(text)
  const numbered = pieces.some(piece => NUMBERED.test(piece))
  const isPlaceholder = (piece: string) => (numbered ? NUMBERED.test(piece) : piece === '?' && params.length > 0)
  // One node a parameter: named twice, it stays one and the same.
  const nodes = params.map((item, i) => interpolated(item, i + 1))
  let next = 0
  let highest = 0
  const parts = pieces.map((piece): string | ExprNode => {
    if (!isPlaceholder(piece)) return piece
    const at = numbered ? Number(piece.slice(1)) : ++next
    highest = Math.max(highest, at)
    return nodes[at - 1] ?? piece
  })
  if (highest === params.length) return raw(parts)
  throw misuse('BAD_ARGUMENT', `The SQL has ${highest} placeholders, but ${params.length} parameters were given`)
}

function piecesOf(text: string): string[] {
  const pieces: string[] = []
  let end = 0
  for (const { 0: piece, index } of text.matchAll(PIECES)) {
    pieces.push(text.slice(end, index), piece)
    end = index + piece.length
  }
  return [...pieces, text.slice(end)]
}

/** A parameter in raw SQL. A string, or an array of strings, is sent untyped: only the server knows what stands beside it. */
function interpolated(item: unknown, at: number): ExprNode {
  const node = nodeOf(item)
  if (node) return node
  const type = isUntyped(item) ? TYPES.unknown : Array.isArray(item) && item.every(isUntyped) ? STRINGS : undefined
  const where = `parameter ${at}`
  return param(item, type ?? guessType(item, where), where)
}

const STRINGS = arrayOf(TYPES.unknown)

function isUntyped(item: unknown): boolean {
  return typeof item === 'string' || item === null
}
