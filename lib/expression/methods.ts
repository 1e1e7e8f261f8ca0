import type { ExprNode, OrderNode, QueryNode } from '../ast/nodes.js'
import type { Referred } from '../ast/types.js'
import type { Any, IsAny } from './any.js'
import type { CastResult } from './cast-result.js'
import type { Part, TruncatePart } from './date-parts.js'
import type { JsonKey, JsonKeys, JsonPart } from './json-types.js'

/** What expressions offer, by the type of their values. */

/** A value for a column of type `T`: a value, or an expression of that type. */
export type Operand<T> = NonNullable<T> | Expr<T | null> | Counterpart<T>
/** Large integers are compared with others, too. */
type Counterpart<T> = T extends bigint ? number | Expr<number | bigint | null> : never

/** An interval: text like `'1 day'` and `'-90 minutes'`, or an expression. */
export type Interval = `${number} ${string}` | Expr<string | null>
/** What can be calculated with: numbers, and decimals as strings. */
type Numeric = Expr<string | number | bigint | null>
/** Numbers. Beside a decimal they give one, or a float beside a float: the compiler cannot tell INTEGER from REAL. */
type Counted = Expr<number | bigint | null>
/** What a `T` is calculated with. */
type Term<T> = Operand<T> | number | bigint | Expr<number | bigint | null>

/** The values that compare with a `T` in a list: of a narrowed type all of its kind. */
type Kin<T> = T extends string ? string : T extends number | bigint ? number | bigint : T

/** A select of one column, for IN, comparisons and EXISTS. */
export interface Subselect<T = unknown> {
  /** @internal */
  readonly $column?: T
  /** @internal */
  toSelectNode(referred?: Referred): QueryNode
}

/** A source that stands for all of its rows where a list is asked for. */
export interface Members {
  /** @internal */
  toMembers(): QueryNode
}

/** Any expression; a select of one column and one row is one too. */
export type AnyExpr = { readonly $type: Any; readonly node: ExprNode } | Subselect

/** How a sort key sorts. */
export interface OrderOptions {
  readonly nulls?: 'first' | 'last'
  /** Sorts text by the rules of a collation: `"t1"."name" COLLATE "C" ASC`. */
  readonly collation?: string
}

/** A sort key. */
export interface Order {
  readonly node: OrderNode
}

/** Several values. A string is none, though it is iterable. */
export type Listed<T> = Iterable<T> & object

/** An expression of type `T` with the methods of that type. */
export type Typed<T> = Expr<T> & Ops<NonNullable<T>>

/** An expression whose result has the TypeScript type `T`. */
export interface Expr<out T> {
  /** @internal the result's type; absent at run time */
  readonly $type: T
  readonly node: ExprNode

  /** `=`; with `null` IS NULL. */
  eq(value: Operand<T> | Subselect | null): Predicate
  /** `<>`; with `null` IS NOT NULL. */
  ne(value: Operand<T> | Subselect | null): Predicate
  /** `<`. Of text by the rules of its collation. */
  lt(value: Operand<T> | Subselect): Predicate
  /** `<=` */
  lte(value: Operand<T> | Subselect): Predicate
  /** `>` */
  gt(value: Operand<T> | Subselect): Predicate
  /** `>=` */
  gte(value: Operand<T> | Subselect): Predicate
  /** Whether it is another value, where NULL is a value like any other: `IS DISTINCT FROM`. */
  isDistinctFrom(value: Operand<T> | Subselect | null): Predicate
  /** Whether it is the same value, where NULL is a value like any other: `IS NOT DISTINCT FROM`. */
  isNotDistinctFrom(value: Operand<T> | Subselect | null): Predicate
  /** Whether it is among the values; an empty list is false. One array parameter: the text does not grow with the list. */
  in(values: Listed<Operand<T>> | Subselect<Kin<T> | null> | Members): Predicate
  /** Whether it is not among the values; an empty list is true. */
  notIn(values: Listed<Operand<T>> | Subselect<Kin<T> | null> | Members): Predicate
  /** `IS NULL`, or with `false` IS NOT NULL. */
  isNull(yes?: boolean): Predicate
  /** `BETWEEN low AND high`, both included. */
  between(low: Operand<T>, high: Operand<T>): Predicate
  /** `+`. The result has the wider type of the two: exact beside integers, float beside exact ones. */
  add(this: Numeric, value: Term<T>): Expr<T>
  add(this: Counted, value: Expr<string | null>): Expr<string | number>
  /** `-` */
  sub(this: Numeric, value: Term<T>): Expr<T>
  sub(this: Counted, value: Expr<string | null>): Expr<string | number>
  /** `*` */
  mul(this: Numeric, value: Term<T>): Expr<T>
  mul(this: Counted, value: Expr<string | null>): Expr<string | number>
  /** Division; of integers it is integer division, on every server. */
  div(this: Numeric, value: Term<T>): Expr<T>
  div(this: Counted, value: Expr<string | null>): Expr<string | number>
  /** What a division leaves, `%`; it has the sign of the left side. */
  mod(this: Numeric, value: Term<T>): Expr<T>
  /** `-x` */
  neg(this: Numeric): Expr<T>
  /** `&` */
  bitAnd(this: Numeric, value: Term<T>): Expr<T>
  /** `|` */
  bitOr(this: Numeric, value: Term<T>): Expr<T>
  /** `#` */
  bitXor(this: Numeric, value: Term<T>): Expr<T>
  /** A sort key, upwards: `"t1"."age" ASC NULLS LAST`. */
  asc(options?: OrderOptions): Order
  /** A sort key, downwards. */
  desc(options?: OrderOptions): Order
  /** The expression under a name of its own: `… AS "name"`. */
  as<const N extends string>(name: N): Aliased<T, N>
  /** `CAST(x AS type)`; the result is read as that type. */
  cast<const N extends string>(type: N): Typed<CastResult<N>>
  /** The same SQL, its result read as that type: for what only the server would know the type of. */
  typed<const N extends string>(type: N): Typed<CastResult<N>>
  /** The same SQL, its results given through the function, nulls excepted. */
  converter<R>(convert: (value: NonNullable<T>) => R): Expr<R | Extract<T, null>>
  /** `x COLLATE collation`. */
  collate(collation: string): Expr<T>
  /** `DISTINCT x`, inside an aggregate. */
  distinct(): Expr<T>
}

/** A condition. `K` names the foreign key it compares, where it compares one. */
export interface Predicate<K extends string = string> extends Expr<boolean> {
  /** @internal */
  readonly $on?: K
  /** `x AND y` */
  and(other: Predicate): Predicate<K>
  /** `x OR y` */
  or(other: Predicate): Predicate
  /** `NOT x`; twice it is the condition itself. */
  not(): Predicate
  /** `IS TRUE`, `IS FALSE`, `IS NULL`: never NULL itself. */
  is(value: boolean | null): Predicate
  /** `IS NOT TRUE`, `IS NOT FALSE`, `IS NOT NULL`: never NULL itself. */
  isNot(value: boolean | null): Predicate
}

/** An expression under a name of its own. */
export interface Aliased<out T, out N extends string> extends Expr<T> {
  readonly $alias: N
}

/** What text is compared with by a pattern. */
interface Matching {
  /** `LIKE`: `%` stands for any text, `_` for one character, and `\` takes the next one literally. */
  like(pattern: Operand<string>): Predicate
  /** `ILIKE`: the same, case-insensitive. */
  ilike(pattern: Operand<string>): Predicate
  /** `NOT LIKE` */
  notLike(pattern: Operand<string>): Predicate
  /** `NOT ILIKE` */
  notIlike(pattern: Operand<string>): Predicate
  /** Whether the text starts with the string; case-insensitive: `ILIKE 'part%'`, with what is special in it escaped. */
  startsWith(part: Operand<string>): Predicate
  /** Whether the text ends with the string; case-insensitive: `ILIKE '%part'`. */
  endsWith(part: Operand<string>): Predicate
  /** Whether a part of the text matches the regular expression: `~`. */
  regexp(pattern: Operand<string>): Predicate
  /** The same, case-insensitive: `~*`. */
  iregexp(pattern: Operand<string>): Predicate
}

/** What a text column offers beside comparison; dates and times that are strings have their parts too. */
export interface TextOps extends Matching, DateParts<string> {
  /** Whether the text contains the string; case-insensitive, and `%`, `_` and `\` have no meaning: `ILIKE '%part%'`. */
  contains(part: Operand<string>): Predicate
  /** `||`; what is no text is cast to it. */
  concat(text: string | number | bigint | AnyExpr): Typed<string>
}

/** The parts of dates and times. Of anything else they are a `TypeError`. */
export type DateParts<T> = { readonly [P in Part]: () => Expr<number> } & {
  /** The begin of the year, month, day, … it is in: `date_trunc('month', x)`. */
  truncate(part: TruncatePart): Typed<T>
  /** Seconds since 1970, or the seconds of an interval: `EXTRACT(EPOCH FROM x)`. */
  toTimestamp(): Expr<number>
}

/** The methods of an instant: an interval later or earlier, the interval between two, and its parts. */
export type Moment = DateParts<Date> & {
  /** So much later: `"t1"."at" + $1` */
  add(interval: Interval): Typed<Date>
  /** So much earlier: `"t1"."at" - $1` */
  sub(interval: Interval): Typed<Date>
  /** The interval between the two. */
  sub(instant: Operand<Date>): Typed<string>
}

/** Values of an array, listed, or given as one expression of an array. */
type Items<E> = readonly E[] | readonly [array: Expr<readonly E[] | null>]

/** What an array column offers beside comparison. */
export interface ArrayOps<E> {
  /** The item at an index that counts from 0, or null: `("t1"."tags")[$1]`. */
  at(index: number | Expr<number | null>): Typed<E | null>
  /** The items from an index to another, which is not included; both count from 0: `("t1"."tags")[$1:$2]`. Not every server has it. */
  slice(from: number, to?: number): Typed<E[]>
  /** Whether it has all of the values: `@>`. */
  contains(...values: Items<E>): Predicate
  /** Whether it has any of the values: `&&`. */
  containsAny(...values: Items<E>): Predicate
  /** Whether it has nothing but the values: `<@`. */
  containedBy(...values: Items<E>): Predicate
  /** How many items it has: `coalesce(array_length(x, 1), 0)`. */
  length(): Expr<number>
  /** The index of the first such item, from 0; null where there is none: `array_position(x, item) - 1`. */
  indexOf(item: Operand<E>): Expr<number | null>
  /** With one more item at the end: `array_append(x, item)`. */
  append(item: E | Expr<E | null>): Typed<E[]>
  /** With one more item at the begin: `array_prepend(item, x)`. */
  prepend(item: E | Expr<E | null>): Typed<E[]>
  /** Without the items that are equal to the value: `array_remove(x, item)`. */
  remove(item: E | Expr<E | null>): Typed<E[]>
  /** Followed by the items of another: `array_cat(x, other)`. */
  concat(other: readonly E[] | Expr<readonly E[] | null>): Typed<E[]>
}

/** What a JSON column offers beside comparison. */
export interface JsonOps<T = Any> {
  /** The value at a path of keys and indexes: `"t1"."data" -> $1`. */
  get(): JsonExpr<T>
  get<const K extends JsonKeys<T>>(key: K): JsonExpr<JsonPart<T, K>>
  get<const K extends JsonKeys<T>, const L extends JsonKeys<JsonPart<T, K>>>(
    key: K,
    next: L
  ): JsonExpr<JsonPart<JsonPart<T, K>, L>>
  get<
    const K extends JsonKeys<T>,
    const L extends JsonKeys<JsonPart<T, K>>,
    const N extends JsonKeys<JsonPart<JsonPart<T, K>, L>>
  >(key: K, next: L, last: N): JsonExpr<JsonPart<JsonPart<JsonPart<T, K>, L>, N>>
  get(key: JsonKey, next: JsonKey, third: JsonKey, fourth: JsonKey, ...path: JsonKey[]): JsonExpr<Any>
  /** The value at any path, as one parameter: `"t1"."data" #> $1`. */
  extract(...path: JsonKey[]): JsonExpr<Any>
  /** Whether it contains the JSON value: `@>`. */
  contains(value: unknown): Predicate
  /** Whether the JSON value contains it: `<@`. */
  containedBy(value: unknown): Predicate
  /** Whether it has the key, or the string among its items: `?`. */
  hasKey(key: string): Predicate
  /** Whether it has all of the keys: `?&`. */
  hasKeys(...keys: string[]): Predicate
  /** Whether it has any of the keys: `?|`. */
  hasAnyKeys(...keys: string[]): Predicate
  /** As text, a JSON string without its quotes: `x ->> $1`. */
  asText(): Typed<string | null>
  /** As an integer: `CAST(x ->> $1 AS int8)`. */
  asInt(): Expr<number | null>
  /** As a number: `CAST(x ->> $1 AS float8)`. */
  asFloat(): Expr<number | null>
  /** As a boolean: `CAST(x ->> $1 AS bool)`. */
  asBool(): Typed<boolean | null>
  /** How many items a JSON array has: `jsonb_array_length(x)`. */
  length(): Expr<number | null>
  /** Objects merged, arrays joined: `||`. */
  concat(value: unknown): JsonExpr<Any>
  /** Whether the JSON path finds anything: `@?`. */
  pathExists(path: string): Predicate
  /** What the predicate of a JSON path says: `@@`. */
  pathMatch(path: string): Predicate
  /** All that the JSON path finds, a row each: `jsonb_path_query(x, path)`. */
  pathQuery(path: string): JsonExpr<Any>
  /** All that the JSON path finds, as a JSON array. */
  pathQueryArray(path: string): JsonExpr<Any[]>
  /** The first that the JSON path finds, or null. */
  pathQueryFirst(path: string): JsonExpr<Any>
  /** The whole value with one more item at the end of the array that this is, for updates: `jsonb_insert(x, path, item, true)`. */
  append(item: unknown): JsonExpr<Any>
  /** The whole value without what is at this path, or at these keys of it, for updates: `x #- path`. */
  remove(...keys: JsonKey[]): JsonExpr<Any>
  /** The whole value with keys of the object that this is set, for updates: `x || values`. Nested objects are replaced, not merged. */
  update(values: object): JsonExpr<Any>
}

/** A part of a JSON value. */
export interface JsonExpr<T = unknown> extends Expr<T>, JsonOps<T>, Matching {
  /** The whole value with this path set, created where it is missing, for updates: `jsonb_set(x, path, value, true)`. */
  set(value: T | AnyExpr): JsonExpr<Any>
  /** The whole value with this path set, where there is one, for updates: `jsonb_set(x, path, value, false)`. */
  replace(value: T | AnyExpr): JsonExpr<Any>
  /** The whole value with this path set, where there is none yet, for updates. */
  insert(value: T | AnyExpr): JsonExpr<Any>
}

/**
 * Marks the type of a property whose column offers the methods `O`, for authors of fields: `type Path = string & Offers<PathOps>`.
 * Values need not be marked, and have nothing of it at run time.
 */
export interface Offers<O> {
  /** @internal */
  readonly $ops?: () => O
}

type Scalar = string | number | bigint | boolean | Date | Uint8Array | null
/** The methods that an expression of a type has beside those of all: what the type says that it offers, else what its kind does. */
export type Ops<T> =
  IsAny<T> extends true ? JsonOps : [T] extends [Offers<infer O>] ? (unknown extends O ? KindOps<T> : O) : KindOps<T>
/** Of a list of scalars those of an array, and `get`: a JSON column can have that type too. */
type KindOps<T> = [T] extends [string]
  ? TextOps
  : [T] extends [boolean]
    ? Pick<Predicate, 'and' | 'or' | 'not' | 'is' | 'isNot'>
    : [T] extends [Date]
      ? Moment
      : [T] extends [Scalar]
        ? unknown
        : [T] extends [readonly Scalar[]]
          ? ArrayOps<T[number]> & Pick<JsonOps<T>, 'get'>
          : JsonOps<T>
