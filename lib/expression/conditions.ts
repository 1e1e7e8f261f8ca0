import {
  call,
  cast as castNode,
  conjunction,
  exists as existsNode,
  FALSE,
  not as notNode,
  operation,
  TRUE
} from '../ast/build.js'
import { MATCHES } from '../ast/operators.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { argument, refused } from './arguments.js'
import { instantOf } from './dates.js'
import { castType, wrap } from './expression.js'
import { condition, isSubselect, nodeOf, operand } from './operands.js'
import type { Any, AnyExpr, CastResult, Expr, Predicate, Subselect, Typed } from './types.js'

/** Functions that make conditions and values: `and`, `exists`, `any`, `cast`, `op`, … */

/** All the conditions together; of none, true. */
export function and(...conditions: Predicate[]): Predicate {
  return wrap(conjunction(conditions.map(item => condition(item, 'and'))) ?? TRUE)
}

/** Any of the conditions; of none, false. */
export function or(...conditions: Predicate[]): Predicate {
  const nodes = conditions.map(item => condition(item, 'or'))
  return wrap(conjunction(nodes, 'or') ?? FALSE)
}

/** The contrary of a condition. */
export function not(value: Predicate): Predicate {
  return wrap(notNode(condition(value, 'not')))
}

/** Whether a select finds any row: `EXISTS (SELECT …)`. */
export function exists(query: Subselect): Predicate {
  if (typeof query !== 'object' || query === null || !isSubselect(query)) throw refused('exists', 'a select', query)
  const select = query.toSelectNode()
  // A model without key gives no columns, which not every server takes.
  return wrap(existsNode(select.columns.length > 0 || select.kind !== 'select' ? select : { ...select, columns: [TRUE] }))
}

/** Whether a select finds no row: `NOT EXISTS (SELECT …)`. */
export function notExists(query: Subselect): Predicate {
  return not(exists(query))
}

/** What `any` and its like take: an array, an expression of one, or a select of one column. */
type Several<E> = readonly E[] | Expr<readonly E[] | null> | Subselect<E>

/** Any of the values, beside a comparison: `u.age.gt(any([1, 2]))` → `"t1"."age" > any($1)`. */
export function any<E>(values: Several<E>): Expr<E> {
  return quantified('any', values)
}

/** The same as {@link any}. */
export function some<E>(values: Several<E>): Expr<E> {
  return quantified('some', values)
}

/** All of the values, beside a comparison: `u.age.gte(all(User.select(x => [x.age])))` → `"t1"."age" >= all(SELECT …)`. */
export function all<E>(values: Several<E>): Expr<E> {
  return quantified('all', values)
}

function quantified<E>(name: string, values: Several<E>): Expr<E> {
  if (!Array.isArray(values) && !nodeOf(values)) throw refused(name, 'an array or a select', values)
  const node = argument(values, name)
  return wrap(call(name, [node], node.type.element ?? node.type))
}

/** A value as an expression, typed for the server: `SELECT $1`. A whole number is an `int4` or `int8`, another a `float8`, unless `type` says; a list is one array. */
export function value<T>(of: T, type?: string): Typed<T> {
  return wrap(argument(of, 'value', type === undefined ? undefined : castType(type)))
}

/** `CAST(x AS type)`; the result is read as that type. */
export function cast<const N extends string>(expression: AnyExpr | string | number | boolean, type: N): Typed<CastResult<N>> {
  return wrap(castNode(argument(expression, 'cast'), castType(type)))
}

/**
 * The instant that a number of seconds since 1970 is; of milliseconds with a `perSecond` of 1000. A TimestampField knows its own.
 *
 * `fromTimestamp(e.createdMs, 1000)` → `$1 + ("t1"."created_ms" * $2)`, of 1970 and `0.001 seconds`
 */
export function fromTimestamp(seconds: Expr<Date | number | bigint | null>, perSecond?: number): Typed<Date> {
  const node = nodeOf(seconds)
  if (!node) throw refused('fromTimestamp', 'a column or an expression', seconds)
  return wrap(instantOf(node, perSecond))
}

/** Operators that are words; those of signs are told by their characters. */
const WORDS: ReadonlySet<string> = new Set([
  ...Object.values(MATCHES),
  ...['AND', 'OR', 'IS', 'IS NOT', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'],
  ...['SIMILAR TO', 'NOT SIMILAR TO', 'OVERLAPS', 'AT TIME ZONE']
])
const SIGNS = /^[-+*/<>=~!@#%^&|`?]+$/

/**
 * An operator that has no method, between two operands: `op(d.place, '<->', point)` → `"t1"."place" <-> $1`. A plain value on the
 * right has the type of the left side. The result is read as the type that is named, else as the server says.
 *
 * Throws a `TypeError` (BAD_ARGUMENT) for text that is no operator.
 */
export function op(left: unknown, operator: string, right: unknown): Expr<Any> & Predicate
export function op<const N extends string>(left: unknown, operator: string, right: unknown, type: N): Typed<CastResult<N>>
export function op(left: unknown, operator: string, right: unknown, type?: string): Any {
  const first = argument(left, 'op')
  const words = String(operator).trim().toUpperCase()
  const known = WORDS.has(words)
  if (!known && (!SIGNS.test(operator) || /--|\/\*/.test(operator)))
    throw misuse('BAD_ARGUMENT', `op: "${operator}" is not an operator`)
  // Servers shift by an int4, whatever is shifted: a number by its own type.
  const shifts = first.type.category === 'integer' && /^(<<|>>)$/.test(operator)
  const second = shifts ? argument(right, 'op') : operand(right, first)
  return wrap(operation(known ? words : operator, first, second, type === undefined ? TYPES.unknown : castType(type)))
}
