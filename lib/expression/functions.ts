import {
  binary,
  call,
  caseOf,
  cast as castNode,
  conjunction,
  exists as existsNode,
  FALSE,
  list,
  not as notNode,
  param,
  TRUE
} from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { arrayOf, type SqlType, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { castType, condition, Expression } from './expression.js'
import { nodeOf } from './operands.js'
import type { Any, AnyExpr, CastResult, Expr, Predicate, Subselect, TextOps, ValueOf } from './types.js'

/** All the conditions together; of none, true. */
export function and(...conditions: Predicate[]): Predicate {
  return wrap<boolean>(conjunction(conditions.map(item => condition(item, 'and'))) ?? TRUE) as Predicate
}

/** Any of the conditions; of none, false. */
export function or(...conditions: Predicate[]): Predicate {
  return wrap<boolean>(
    conjunction(
      conditions.map(item => condition(item, 'or')),
      'or'
    ) ?? FALSE
  ) as Predicate
}

/** The contrary of a condition. */
export function not(value: Predicate): Predicate {
  return wrap<boolean>(notNode(condition(value, 'not'))) as Predicate
}

/** Whether a select finds any row: `EXISTS (SELECT …)`. */
export function exists(query: Subselect): Predicate {
  return wrap<boolean>(existsNode(query.toSelectNode())) as Predicate
}

/** A value as an expression, typed for the server: `SELECT $1`. A number is an `int8` or `float8`, unless `type` names another. */
export function value<T>(of: T, type?: string): Expr<T> {
  return wrap<T>(argument(of, 'value', type === undefined ? undefined : castType(type)))
}

/** `CAST(x AS type)`; the result is read as that type. */
export function cast<const N extends string>(expression: AnyExpr | string | number | boolean, type: N): Expr<CastResult<N>> {
  return wrap(castNode(argument(expression, 'cast'), castType(type)))
}

/** `CASE WHEN … THEN … ELSE … END`. The first result gives the type of all: `caseWhen([[u.age.gte(18), 'adult']], 'minor')`. */
export function caseWhen<T>(
  branches: readonly (readonly [when: Predicate, then: T | Expr<T>])[],
  otherwise?: T | Expr<T> | null
): Expr<T> {
  if (branches.length === 0) throw misuse('BAD_ARGUMENT', 'caseWhen needs at least one branch')
  const first = argument(branches[0][1], 'caseWhen')
  const { type } = first
  const results = branches.map(([, then], i) => (i === 0 ? first : argument(then, 'caseWhen', type)))
  const nodes = branches.map(([when], i) => [condition(when, 'caseWhen'), results[i]] as const)
  return wrap<T>(caseOf(nodes, otherwise === undefined ? undefined : argument(otherwise, 'caseWhen', type), type))
}

/** A row value, for comparisons of several columns at once: `tuple(k.a, k.b).in([[1, 2], [3, 4]])`. */
export function tuple(...items: AnyExpr[]): Tuple {
  return new Tuple(items.map(item => item.node))
}

/** A row value; see {@link tuple}. */
export class Tuple {
  readonly #items: readonly ExprNode[]

  constructor(items: readonly ExprNode[]) {
    this.#items = items
  }

  /** Whether all items are equal to the values. */
  eq(values: readonly unknown[]): Predicate {
    return wrap<boolean>(binary('eq', list(this.#items), this.#row(values), TYPES.bool)) as Predicate
  }

  /** Whether it is among the rows; an empty list is false. */
  in(rows: readonly (readonly unknown[])[]): Predicate {
    if (rows.length === 0) return wrap<boolean>(FALSE) as Predicate
    const among = list(rows.map(row => this.#row(row)))
    return wrap<boolean>({ kind: 'in', operand: list(this.#items), among, negated: false, type: TYPES.bool }) as Predicate
  }

  #row(values: readonly unknown[]): ExprNode {
    if (values.length === this.#items.length) return list(values.map((item, i) => argument(item, 'tuple', this.#items[i].type)))
    throw misuse('BAD_ARGUMENT', `tuple: expected ${this.#items.length} values, got ${values.length}`)
  }
}

/** The types of the functions that are known; any other gives `unknown` and is read by the type of its first argument. */
export interface Functions {
  count(...args: unknown[]): Expr<number>
  sum<E extends AnyExpr>(arg: E): Expr<ValueOf<E> | null>
  avg<E extends AnyExpr>(arg: E): Expr<ValueOf<E> extends number | bigint ? string | number | null : ValueOf<E> | null>
  min<E extends AnyExpr>(arg: E): Expr<ValueOf<E> | null>
  max<E extends AnyExpr>(arg: E): Expr<ValueOf<E> | null>
  coalesce<E extends AnyExpr>(first: E, ...rest: (NonNullable<ValueOf<E>> | AnyExpr)[]): Expr<NonNullable<ValueOf<E>>>
  lower(arg: AnyExpr | string): Expr<string> & TextOps
  upper(arg: AnyExpr | string): Expr<string> & TextOps
  length(arg: AnyExpr | string): Expr<number>
  now(): Expr<Date>
  random(): Expr<number>
  readonly [name: string]: (...args: Any[]) => Expr<Any>
}

/** Any SQL function by its name: `fn.count()`, `fn.lower(u.username)`, `fn.coalesce(u.age, 0)`. */
export const fn: Functions = new Proxy({} as Functions, {
  get: (_, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => invoke(name, args) : undefined)
})

const TEXT_RESULTS = new Set([
  'lower',
  'upper',
  'substr',
  'substring',
  'concat',
  'trim',
  'ltrim',
  'rtrim',
  'replace',
  'to_char',
  'md5',
  'left',
  'right',
  'string_agg'
])
const INTEGER_RESULTS = new Set([
  'count',
  'length',
  'char_length',
  'row_number',
  'rank',
  'dense_rank',
  'ntile',
  'position',
  'strpos',
  'array_length',
  'cardinality'
])
const FLOAT_RESULTS = new Set(['random', 'sqrt', 'power', 'exp', 'ln', 'percent_rank', 'cume_dist'])

function invoke(name: string, args: readonly unknown[]): Expr<unknown> {
  if (!/^[a-z_][\w.]*$/i.test(name)) throw misuse('BAD_ARGUMENT', `"${name}" is not the name of a SQL function`)
  const lower = name.toLowerCase()
  const nodes = args.length === 0 && lower === 'count' ? [STAR_ARGUMENT] : typedArguments(name, args)
  return wrap(call(name, nodes, resultType(lower, nodes)))
}

const STAR_ARGUMENT: ExprNode = { kind: 'keyword', word: '*', type: TYPES.unknown }

/** Plain arguments of `coalesce` and its like take the type of the first. */
function typedArguments(name: string, args: readonly unknown[]): ExprNode[] {
  const alike = /^(coalesce|nullif|greatest|least)$/i.test(name)
  const model = alike ? args.map(nodeOf).find(node => node !== undefined)?.type : undefined
  return args.map(item => argument(item, name, model))
}

function resultType(name: string, args: readonly ExprNode[]): SqlType {
  if (INTEGER_RESULTS.has(name)) return TYPES.int8
  if (TEXT_RESULTS.has(name)) return TYPES.text
  if (FLOAT_RESULTS.has(name)) return TYPES.float8
  if (name === 'now') return TYPES.timestamptz
  if (name === 'gen_random_uuid') return TYPES.uuid
  const first = args[0]?.type ?? TYPES.unknown
  if (name !== 'sum' && name !== 'avg') return first
  return first.category === 'float' ? TYPES.float8 : first.category === 'time' ? first : TYPES.numeric
}

/** A value or expression as a function's argument. */
function argument(item: unknown, where: string, type?: SqlType): ExprNode {
  return nodeOf(item) ?? param(item, type ?? guessType(item, where), where)
}

function guessType(item: unknown, where: string): SqlType {
  if (item === null || typeof item === 'string') return TYPES.text
  if (typeof item === 'boolean') return TYPES.bool
  if (typeof item === 'bigint') return TYPES.int8
  if (typeof item === 'number')
    return Number.isInteger(item) ? (Math.abs(item) < 2 ** 31 ? TYPES.int4 : TYPES.int8) : TYPES.float8
  if (item instanceof Date) return TYPES.timestamptz
  if (item instanceof Uint8Array) return TYPES.bytea
  if (item === undefined) throw misuse('UNDEFINED_VALUE', `${where}: an argument is undefined`)
  if (Array.isArray(item)) return arrayOf(itemType(item, where))
  if (typeof item === 'object' && item.constructor === Object) return TYPES.jsonb
  throw misuse('WRONG_TYPE', `${where}: cannot send ${describeType(item)}; pass a value or an expression`)
}

function itemType(items: readonly unknown[], where: string): SqlType {
  const types = items.filter(item => item !== null).map(item => guessType(item, where))
  if (types.length > 0 && types.every(type => type.category === 'integer')) return TYPES.int8
  return types[0] ?? TYPES.unknown
}

/** A node as a typed expression. */
export function wrap<T>(node: ExprNode): Expr<T> {
  return new Expression(node) as unknown as Expr<T>
}
