import type { TruncatePart } from './date-parts.js'
import type { Any, AnyExpr, Expr, JsonKey, Order, Typed, ValueOf } from './types.js'
import type { Window, WindowOptions } from './windows.js'

/** The types of functions. */

/** What the call of an aggregate or a window function offers beside what all expressions do. */
export interface CallOps<Result> {
  /** Only the rows for which the conditions hold: `count("t1"."id") FILTER (WHERE …)`. */
  filter(...conditions: Expr<boolean | null>[]): this
  /** The order in which the rows are taken: `string_agg("t1"."name", $1 ORDER BY "t1"."id" ASC)`. */
  orderBy(...keys: (AnyExpr | Order)[]): this
  /** The order in which rows are ranked: `percentile_cont($1) WITHIN GROUP (ORDER BY "t1"."age")`. */
  withinGroup(...keys: (AnyExpr | Order)[]): this
  /** For each row, over the rows of its window; without one, over all: `sum("t1"."value") OVER (PARTITION BY "t1"."counter")`. */
  over(window?: Window | WindowOptions): Result
}

/** A result that stands under the function's name in rows. */
export type Named<T, N extends string> = Typed<T> & { readonly $name: N }
/** The call of a known function. */
export type Computed<T, N extends string> = Named<T, N> & CallOps<Named<T, N>>

/** A sum or mean: exact types give exact strings, floats numbers; both kinds of columns are numbers to the compiler. */
type Total<T> = NonNullable<T> extends number ? string | number | null : string | null
/** What can be null if the argument can. */
type Or<E, T> = T | NullIn<E>
type NullIn<E> = E extends AnyExpr ? Extract<ValueOf<E>, null> : Extract<E, null>
/** The value of an argument. */
type Of<E> = E extends AnyExpr ? ValueOf<E> : E extends number ? number : E extends string ? string : E
type Text = AnyExpr | string
type Num = AnyExpr | number
type Coalesced<T, R extends readonly unknown[]> =
  | NonNullable<T>
  | (R extends readonly [...unknown[], infer L] ? NullIn<L> : NullIn<{ readonly $type: T; readonly node: Any }>)
/** The greatest or least of several: null where all are. */
type Extreme<T, R extends readonly unknown[]> =
  | NonNullable<T>
  | (null extends T ? ([Exclude<R[number], AnyExpr>] extends [never] ? NullIn<R[number]> : never) : never)
type Rest<E> = readonly (NonNullable<ValueOf<E>> | AnyExpr | null)[]

/** The types of the functions that are known; any other is read by the type that the server says, or as `typed` says. */
export interface Functions {
  count(...args: unknown[]): Computed<number, 'count'>
  sum<E extends AnyExpr>(arg: E): Computed<Total<ValueOf<E>>, 'sum'>
  avg<E extends AnyExpr>(arg: E): Computed<Total<ValueOf<E>>, 'avg'>
  min<E extends AnyExpr>(arg: E): Computed<ValueOf<E> | null, 'min'>
  max<E extends AnyExpr>(arg: E): Computed<ValueOf<E> | null, 'max'>
  bool_and(arg: Expr<boolean | null>): Computed<boolean | null, 'bool_and'>
  bool_or(arg: Expr<boolean | null>): Computed<boolean | null, 'bool_or'>
  every(arg: Expr<boolean | null>): Computed<boolean | null, 'every'>
  array_agg<E extends AnyExpr>(arg: E): Computed<ValueOf<E>[] | null, 'array_agg'>
  /** Texts joined by a separator. */
  string_agg(arg: AnyExpr, separator: Text): Computed<string | null, 'string_agg'>
  json_agg(arg: AnyExpr): Computed<Any, 'json_agg'>
  jsonb_agg(arg: AnyExpr): Computed<Any, 'jsonb_agg'>
  json_object_agg(key: AnyExpr, value: AnyExpr): Computed<Any, 'json_object_agg'>
  jsonb_object_agg(key: AnyExpr, value: AnyExpr): Computed<Any, 'jsonb_object_agg'>
  /** The value that so large a part of the rows lies below: `fn.percentile_cont(0.5).withinGroup(u.age)`. */
  percentile_cont(fraction: number): Computed<number | null, 'percentile_cont'>

  /** The first that is not null; never null where the last argument never is. */
  coalesce<E extends AnyExpr, const R extends Rest<E>>(first: E, ...rest: R): Computed<Coalesced<ValueOf<E>, R>, 'coalesce'>
  /** NULL where both are equal, else the first. */
  nullif<E extends Text | Num>(arg: E, equal: NonNullable<Of<E>> | AnyExpr): Computed<Of<E> | null, 'nullif'>
  greatest<E extends AnyExpr, const R extends Rest<E>>(first: E, ...rest: R): Computed<Extreme<ValueOf<E>, R>, 'greatest'>
  least<E extends AnyExpr, const R extends Rest<E>>(first: E, ...rest: R): Computed<Extreme<ValueOf<E>, R>, 'least'>

  lower<E extends Text>(arg: E): Computed<Or<E, string>, 'lower'>
  upper<E extends Text>(arg: E): Computed<Or<E, string>, 'upper'>
  initcap<E extends Text>(arg: E): Computed<Or<E, string>, 'initcap'>
  reverse<E extends Text>(arg: E): Computed<Or<E, string>, 'reverse'>
  md5<E extends Text>(arg: E): Computed<Or<E, string>, 'md5'>
  length<E extends Text>(arg: E): Computed<Or<E, number>, 'length'>
  trim<E extends Text>(arg: E): Computed<Or<E, string>, 'trim'>
  btrim<E extends Text>(arg: E, characters?: Text): Computed<Or<E, string>, 'btrim'>
  ltrim<E extends Text>(arg: E, characters?: Text): Computed<Or<E, string>, 'ltrim'>
  rtrim<E extends Text>(arg: E, characters?: Text): Computed<Or<E, string>, 'rtrim'>
  left<E extends Text>(arg: E, length: Num): Computed<Or<E, string>, 'left'>
  right<E extends Text>(arg: E, length: Num): Computed<Or<E, string>, 'right'>
  /** From a place, which counts from 1. */
  substr<E extends Text>(arg: E, from: Num, length?: Num): Computed<Or<E, string>, 'substr'>
  substring<E extends Text>(arg: E, from: Num | string, length?: Num): Computed<Or<E, string>, 'substring'>
  replace<E extends Text>(arg: E, part: Text, by: Text): Computed<Or<E, string>, 'replace'>
  lpad<E extends Text>(arg: E, length: Num, fill?: Text): Computed<Or<E, string>, 'lpad'>
  rpad<E extends Text>(arg: E, length: Num, fill?: Text): Computed<Or<E, string>, 'rpad'>
  repeat<E extends Text>(arg: E, times: Num): Computed<Or<E, string>, 'repeat'>
  split_part<E extends Text>(arg: E, separator: Text, part: Num): Computed<Or<E, string>, 'split_part'>
  /** Where the part begins, from 1; 0 where it is not in the text. */
  strpos<E extends Text>(arg: E, part: Text): Computed<Or<E, number>, 'strpos'>
  /** All of the arguments as text; those that are null are left out. */
  concat(...args: unknown[]): Computed<string, 'concat'>
  concat_ws(separator: Text, ...args: unknown[]): Computed<string, 'concat_ws'>
  to_char<E extends AnyExpr>(arg: E, format: Text): Computed<Or<E, string>, 'to_char'>

  abs<E extends Num>(arg: E): Computed<Of<E>, 'abs'>
  ceil<E extends Num>(arg: E): Computed<Of<E>, 'ceil'>
  floor<E extends Num>(arg: E): Computed<Of<E>, 'floor'>
  round<E extends Num>(arg: E, digits?: Num): Computed<Of<E>, 'round'>
  trunc<E extends Num>(arg: E, digits?: Num): Computed<Of<E>, 'trunc'>
  sign<E extends Num>(arg: E): Computed<Of<E>, 'sign'>
  mod<E extends Num>(arg: E, by: Num): Computed<Of<E>, 'mod'>
  sqrt<E extends Num>(arg: E): Computed<Or<E, number>, 'sqrt'>
  exp<E extends Num>(arg: E): Computed<Or<E, number>, 'exp'>
  ln<E extends Num>(arg: E): Computed<Or<E, number>, 'ln'>
  power<E extends Num>(arg: E, exponent: Num): Computed<Or<E, number>, 'power'>
  random(): Computed<number, 'random'>
  /** Every number from one to another, a row each. */
  generate_series<E extends Num>(from: E, to: Num, step?: Num): Computed<Of<E>, 'generate_series'>

  now(): Computed<Date, 'now'>
  date_trunc<E extends AnyExpr>(part: TruncatePart, arg: E): Computed<ValueOf<E>, 'date_trunc'>
  date_part<E extends AnyExpr>(part: string, arg: E): Computed<Or<E, number>, 'date_part'>
  gen_random_uuid(): Computed<string, 'gen_random_uuid'>

  to_jsonb(arg: unknown): Computed<Any, 'to_jsonb'>
  json_build_object(...keysAndValues: unknown[]): Computed<Any, 'json_build_object'>
  jsonb_build_object(...keysAndValues: unknown[]): Computed<Any, 'jsonb_build_object'>
  json_build_array(...items: unknown[]): Computed<Any, 'json_build_array'>
  jsonb_build_array(...items: unknown[]): Computed<Any, 'jsonb_build_array'>
  jsonb_array_length(arg: AnyExpr): Computed<number | null, 'jsonb_array_length'>
  jsonb_typeof(arg: unknown): Computed<string | null, 'jsonb_typeof'>
  jsonb_extract_path(arg: AnyExpr, ...path: JsonKey[]): Computed<Any, 'jsonb_extract_path'>
  array_length(arg: AnyExpr, dimension: number): Computed<number | null, 'array_length'>
  cardinality(arg: AnyExpr | readonly (string | number | boolean | null)[]): Computed<number | null, 'cardinality'>

  row_number(): Computed<number, 'row_number'>
  rank(): Computed<number, 'rank'>
  dense_rank(): Computed<number, 'dense_rank'>
  percent_rank(): Computed<number, 'percent_rank'>
  cume_dist(): Computed<number, 'cume_dist'>
  ntile(groups: Num): Computed<number, 'ntile'>
  /** The value so many rows before, by default one, or else the default. */
  lag<E extends AnyExpr>(arg: E, offset?: Num, otherwise?: ValueOf<E> | AnyExpr): Computed<ValueOf<E> | null, 'lag'>
  /** The value so many rows behind, by default one, or else the default. */
  lead<E extends AnyExpr>(arg: E, offset?: Num, otherwise?: ValueOf<E> | AnyExpr): Computed<ValueOf<E> | null, 'lead'>
  first_value<E extends AnyExpr>(arg: E): Computed<ValueOf<E> | null, 'first_value'>
  last_value<E extends AnyExpr>(arg: E): Computed<ValueOf<E> | null, 'last_value'>
  /** The value of the n-th row of the window, from 1. */
  nth_value<E extends AnyExpr>(arg: E, n: Num): Computed<ValueOf<E> | null, 'nth_value'>

  readonly [name: string]: (...args: Any[]) => Expr<Any> & CallOps<Expr<Any>>
}
