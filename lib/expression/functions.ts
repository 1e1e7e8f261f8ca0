import {
  binary,
  call,
  caseOf,
  cast as castNode,
  conjunction,
  exists as existsNode,
  FALSE,
  isIn,
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
import { commonType, guessType, isSubselect, nodeOf, plainParam, widest } from './operands.js'
import type { Any, AnyExpr, CastResult, Expr, Ops, Predicate, Subselect, ValueOf } from './types.js'

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
  if (typeof query !== 'object' || query === null || !isSubselect(query)) throw refused('exists', 'a select', query)
  const select = query.toSelectNode()
  // A model without key gives no columns, which not every server takes.
  return wrap<boolean>(existsNode(select.columns.length > 0 ? select : { ...select, columns: [TRUE] })) as Predicate
}

/** A value as an expression, typed for the server: `SELECT $1`. A whole number is an `int4` or `int8`, another a `float8`, unless `type` says. */
export function value<T>(of: T, type?: string): Expr<T> {
  return wrap<T>(argument(of, 'value', type === undefined ? undefined : castType(type)))
}

/** `CAST(x AS type)`; the result is read as that type. */
export function cast<const N extends string>(expression: AnyExpr | string | number | boolean, type: N): Expr<CastResult<N>> {
  return wrap(castNode(argument(expression, 'cast'), castType(type)))
}

/** `CASE WHEN … THEN … ELSE … END`: `caseWhen([[u.age.gte(18), 'adult']], 'minor')`. The first expression among the results, or else the values, give the type. */
export function caseWhen<T>(
  branches: readonly (readonly [when: Predicate, then: T | Expr<T>])[],
  otherwise?: T | Expr<T> | null
): Expr<T> {
  if (branches.length === 0) throw misuse('BAD_ARGUMENT', 'caseWhen needs at least one branch')
  const results: unknown[] = branches.map(([, then]) => then)
  const type = typeOfAll(otherwise === undefined ? results : [...results, otherwise], 'caseWhen')
  const nodes = branches.map(([when, then]) => [condition(when, 'caseWhen'), argument(then, 'caseWhen', type)] as const)
  const last = otherwise === undefined ? [] : [argument(otherwise, 'caseWhen', type)]
  return wrap<T>(caseOf(nodes, last[0], widest([...nodes.map(([, then]) => then), ...last])))
}

/** The type of results that stand for one another: that of the first expression, else what all values have. */
function typeOfAll(items: readonly unknown[], where: string): SqlType {
  const node = items.map(nodeOf).find(item => item !== undefined)
  if (node) return node.type
  const type = commonType(items, where)
  return type === TYPES.unknown ? TYPES.text : type
}

/** A row value, for comparisons of several columns at once: `tuple(k.a, k.b).in([[1, 2], [3, 4]])`. */
export function tuple(...items: AnyExpr[]): Tuple {
  return new Tuple(items.map(item => argument(item, 'tuple')))
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
  in(rows: readonly (readonly unknown[])[] | Subselect): Predicate {
    const select = nodeOf(rows)
    if (select?.kind === 'subquery') return wrap<boolean>(isIn(list(this.#items), select.select, false)) as Predicate
    if (!Array.isArray(rows)) throw refused('tuple.in', 'a list of rows', rows)
    if (rows.length === 0) return wrap<boolean>(FALSE) as Predicate
    return wrap<boolean>(isIn(list(this.#items), list(rows.map(row => this.#row(row))), false)) as Predicate
  }

  #row(values: readonly unknown[]): ExprNode {
    if (!Array.isArray(values)) throw refused('tuple', 'a list of values', values)
    if (values.length === this.#items.length) return list(values.map((item, i) => argument(item, 'tuple', this.#items[i].type)))
    throw misuse('BAD_ARGUMENT', `tuple: expected ${this.#items.length} values, got ${values.length}`)
  }
}

/** The result of a function, which stands under the function's name in rows. */
export type Computed<T, N extends string> = Expr<T> & Ops<NonNullable<T>> & { readonly $name: N }
/** A sum or mean: exact types give exact strings, floats numbers; both kinds of columns are numbers to the compiler. */
type Total<T> = NonNullable<T> extends number ? string | number | null : string | null

/** The types of the functions that are known; any other is read by the type that the server says. */
export interface Functions {
  count(...args: unknown[]): Computed<number, 'count'>
  sum<E extends AnyExpr>(arg: E): Computed<Total<ValueOf<E>>, 'sum'>
  avg<E extends AnyExpr>(arg: E): Computed<Total<ValueOf<E>>, 'avg'>
  min<E extends AnyExpr>(arg: E): Computed<ValueOf<E> | null, 'min'>
  max<E extends AnyExpr>(arg: E): Computed<ValueOf<E> | null, 'max'>
  /** The first that is not null; never null where the last argument never is. */
  coalesce<E extends AnyExpr, const R extends readonly (NonNullable<ValueOf<E>> | AnyExpr | null)[]>(
    first: E,
    ...rest: R
  ): Computed<Coalesced<ValueOf<E>, R>, 'coalesce'>
  lower(arg: AnyExpr | string): Computed<string, 'lower'>
  upper(arg: AnyExpr | string): Computed<string, 'upper'>
  length(arg: AnyExpr | string): Computed<number, 'length'>
  now(): Computed<Date, 'now'>
  random(): Computed<number, 'random'>
  readonly [name: string]: (...args: Any[]) => Expr<Any>
}

type Coalesced<T, R extends readonly unknown[]> =
  | NonNullable<T>
  | (R extends readonly [...unknown[], infer L] ? NullIn<L> : NullIn<T>)
type NullIn<T> = T extends AnyExpr ? Extract<ValueOf<T>, null> : Extract<T, null>

/** Any SQL function by its name: `fn.count()`, `fn.lower(u.username)`, `fn.coalesce(u.age, 0)`. */
export const fn: Functions = new Proxy({} as Functions, {
  get: (_, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => invoke(name, args) : undefined)
})

/** What a known function gives. The servers disagree on some, so it is decided here and not by their OIDs. */
type Result = SqlType | ((args: readonly ExprNode[]) => SqlType)

const first = (args: readonly ExprNode[]): SqlType => args[0]?.type ?? TYPES.unknown
const second = (args: readonly ExprNode[]): SqlType => args[1]?.type ?? TYPES.unknown

/** Of exact numbers an exact one, of floats a float. */
function statistic(args: readonly ExprNode[]): SqlType {
  const type = first(args)
  return type.category === 'float' ? TYPES.float8 : type.category === 'time' ? type : TYPES.numeric
}

const NAMES: readonly (readonly [result: Result, names: string])[] = [
  [
    TYPES.text,
    `lower upper initcap substr substring left right trim btrim ltrim rtrim lpad rpad replace translate overlay reverse repeat
     concat concat_ws format split_part regexp_replace string_agg to_char to_hex chr md5 encode quote_literal quote_ident
     version current_database current_schema jsonb_typeof json_typeof`
  ],
  [
    TYPES.int8,
    `count length char_length character_length octet_length bit_length ascii position strpos row_number rank dense_rank ntile
     array_length array_position array_upper array_lower cardinality jsonb_array_length json_array_length extract`
  ],
  [TYPES.float8, 'random sqrt cbrt power exp ln percent_rank cume_dist pi degrees radians sin cos tan date_part'],
  [TYPES.bool, 'exists every bool_and bool_or starts_with isnan'],
  [TYPES.timestamptz, 'now clock_timestamp statement_timestamp transaction_timestamp to_timestamp'],
  [
    TYPES.jsonb,
    `to_json to_jsonb json_agg jsonb_agg json_object_agg jsonb_object_agg json_build_object jsonb_build_object
     json_build_array jsonb_build_array jsonb_set jsonb_insert`
  ],
  [TYPES.uuid, 'gen_random_uuid'],
  [statistic, 'sum avg stddev stddev_pop stddev_samp variance var_pop var_samp'],
  [args => arrayOf(first(args)), 'array array_agg'],
  [second, 'date_trunc array_prepend'],
  [widest, 'coalesce nullif greatest least'],
  [
    first,
    `min max abs ceil ceiling floor round trunc sign mod lag lead first_value last_value nth_value mode any_value
     array_append array_remove array_replace array_cat`
  ]
]

const RESULTS: ReadonlyMap<string, Result> = new Map(
  NAMES.flatMap(([result, names]) => names.split(/\s+/).map(name => [name, result] as const))
)

/** The type of what a function gives; that of an unknown one is for the server to say. */
function resultType(name: string, args: readonly ExprNode[]): SqlType {
  const result = RESULTS.get(name) ?? TYPES.unknown
  return typeof result === 'function' ? result(args) : result
}

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
  const type = alike ? typeOfAll(args, name) : undefined
  return args.map(item => argument(item, name, type))
}

/** A value or expression as a function's argument. */
function argument(item: unknown, where: string, type?: SqlType): ExprNode {
  return nodeOf(item) ?? (type ? plainParam(item, type, where) : param(item, guessType(item, where), where))
}

function refused(where: string, expected: string, got: unknown): TypeError {
  return misuse(got === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE', `${where}: expected ${expected}, got ${describeType(got)}`)
}

/** A node as a typed expression. */
export function wrap<T>(node: ExprNode): Expr<T> {
  return new Expression(node) as unknown as Expr<T>
}
