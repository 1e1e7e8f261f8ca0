import type { ExprNode, OrderNode, SelectNode } from '../ast/nodes.js'
import type { TypeName } from '../ast/types.js'

/** The types of the fluent face: what a column of a model offers, and what a clause takes. */

/** Any type at all, where the compiler can infer nothing from less: constructor parameters, and the types of others' expressions. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Any = any

/** A reference to a row that may not be loaded; see {@link Ref}. */
export interface LazyRef<M> extends PromiseLike<M> {
  /** The key of the row referred to. */
  readonly key: unknown
  /** Never there: an instance has it, so nothing is both, and `Ref<User> & User` is `User`. */
  readonly dirtyFields?: undefined
  /** @internal tells a reference from any other promise, by type */
  readonly $ref: (model: M) => M
}

/** A foreign key's property: the related instance where it is loaded, else a reference to be awaited. */
export type Ref<M> = M | LazyRef<M>

/** A value that can be a key. */
export type Key = string | number | bigint

type IsAny<T> = 0 extends 1 & T ? true : false
type Method = (...args: never[]) => void
/** Marks properties that are relations, not columns. */
export interface NotAColumn {
  readonly $relation: true
}

/** The model a reference leads to. */
export type RefTarget<T> = Extract<T, LazyRef<Any>> extends LazyRef<infer R> ? R : never
/** Whether a property is a reference. */
export type IsRef<T> = IsAny<T> extends true ? false : [Extract<T, LazyRef<Any>>] extends [never] ? false : true

/** The properties of a model that are columns. */
export type ColumnKey<M> = {
  [K in keyof M]-?: K extends 'dirtyFields' ? never : K extends string ? (M[K] extends Method | NotAColumn ? never : K) : never
}[keyof M] &
  string

/** A value for a column of type `T`: a value, or an expression of that type. */
export type Operand<T> = NonNullable<T> | Expr<T | null>

/** An interval: text like `'1 day'` and `'-90 minutes'`, or an expression. */
type Interval = `${number} ${string}` | Expr<string | null>
/** What can be calculated with: numbers, and decimals as strings. */
type Numeric = Expr<string | number | bigint | null>
/** What a `T` is calculated with. */
type Term<T> = Operand<T> | number | bigint | Expr<number | bigint | null>

/** The values that compare with a `T` in a list: of a narrowed type all of its kind. */
type Kin<T> = T extends string ? string : T extends number | bigint ? number | bigint : T

/** A select of one column, for IN, comparisons and EXISTS. */
export interface Subselect<T = unknown> {
  /** @internal */
  readonly $column?: T
  /** @internal */
  toSelectNode(): SelectNode
}

/** How a sort key treats nulls. */
export interface OrderOptions {
  readonly nulls?: 'first' | 'last'
}

/** A sort key. */
export interface Order {
  readonly node: OrderNode
}

/** Several values. A string is none, though it is iterable. */
type Listed<T> = Iterable<T> & object

/** An expression whose result has the TypeScript type `T`. */
export interface Expr<out T> {
  /** @internal the result's type; absent at run time */
  readonly $type: T
  readonly node: ExprNode

  /** `=`; with `null` IS NULL. */
  eq(value: Operand<T> | Subselect | null): Predicate
  /** `<>`; with `null` IS NOT NULL. */
  ne(value: Operand<T> | Subselect | null): Predicate
  lt(value: Operand<T> | Subselect): Predicate
  lte(value: Operand<T> | Subselect): Predicate
  gt(value: Operand<T> | Subselect): Predicate
  gte(value: Operand<T> | Subselect): Predicate
  /** Whether it is among the values; an empty list is false. One array parameter: the text does not grow with the list. */
  in(values: Listed<Operand<T>> | Subselect<Kin<T> | null>): Predicate
  /** Whether it is not among the values; an empty list is true. */
  notIn(values: Listed<Operand<T>> | Subselect<Kin<T> | null>): Predicate
  isNull(yes?: boolean): Predicate
  between(low: Operand<T>, high: Operand<T>): Predicate
  add(this: Numeric, value: Term<T>): Expr<T>
  sub(this: Numeric, value: Term<T>): Expr<T>
  mul(this: Numeric, value: Term<T>): Expr<T>
  /** Division; of integers it is integer division, on every server. */
  div(this: Numeric, value: Term<T>): Expr<T>
  mod(this: Numeric, value: Term<T>): Expr<T>
  neg(this: Numeric): Expr<T>
  bitAnd(this: Numeric, value: Term<T>): Expr<T>
  bitOr(this: Numeric, value: Term<T>): Expr<T>
  bitXor(this: Numeric, value: Term<T>): Expr<T>
  asc(options?: OrderOptions): Order
  desc(options?: OrderOptions): Order
  as<const N extends string>(name: N): Aliased<T, N>
  /** `CAST(x AS type)`; the result is read as that type. */
  cast<const N extends string>(type: N): Expr<CastResult<N>>
  collate(collation: string): Expr<T>
  /** `DISTINCT x`, inside an aggregate. */
  distinct(): Expr<T>
}

/** What a cast to the named SQL type gives. */
export type CastResult<N extends string> =
  Lowercase<N> extends 'bool' | 'boolean'
    ? boolean
    : Lowercase<N> extends
          | 'int2'
          | 'int4'
          | 'int8'
          | 'int'
          | 'integer'
          | 'smallint'
          | 'bigint'
          | 'float4'
          | 'float8'
          | 'real'
          | 'float'
          | 'double precision'
      ? number
      : Lowercase<N> extends 'timestamp' | 'timestamptz'
        ? Date
        : Lowercase<N> extends 'json' | 'jsonb'
          ? unknown
          : Lowercase<N> extends TypeName | 'string' | 'decimal' | 'char'
            ? string
            : N extends `${string}[]`
              ? unknown[]
              : string

/** A condition. `K` names the foreign key it compares, where it compares one. */
export interface Predicate<K extends string = string> extends Expr<boolean> {
  /** @internal */
  readonly $on?: K
  and(other: Predicate): Predicate<K>
  or(other: Predicate): Predicate
  not(): Predicate
}

/** An expression under a name of its own. */
export interface Aliased<out T, out N extends string> extends Expr<T> {
  readonly $alias: N
}

/** What a text column offers beside comparison. */
export interface TextOps {
  like(pattern: Operand<string>): Predicate
  ilike(pattern: Operand<string>): Predicate
  notLike(pattern: Operand<string>): Predicate
  notIlike(pattern: Operand<string>): Predicate
  /** Whether the text contains the string; case-insensitive, `%`, `_` and `\` have no meaning. */
  contains(part: Operand<string>): Predicate
  /** Whether the text starts with the string; case-insensitive. */
  startsWith(part: Operand<string>): Predicate
  /** Whether the text ends with the string; case-insensitive. */
  endsWith(part: Operand<string>): Predicate
  regexp(pattern: Operand<string>): Predicate
  iregexp(pattern: Operand<string>): Predicate
  concat(text: Operand<string>): Expr<string> & TextOps
}

/** What an array column offers beside comparison. Values are listed, or given as one expression of an array. */
export interface ArrayOps<E> {
  /** The item at an index that counts from 0, or null. */
  at(index: number): Expr<E | null>
  /** Whether it has all of the values. */
  contains(...values: readonly E[] | readonly [array: Expr<readonly E[] | null>]): Predicate
  /** Whether it has any of the values. */
  containsAny(...values: readonly E[] | readonly [array: Expr<readonly E[] | null>]): Predicate
  /** Whether it has nothing but the values. */
  containedBy(...values: readonly E[] | readonly [array: Expr<readonly E[] | null>]): Predicate
  /** How many items it has. */
  length(): Expr<number>
}

/** What a JSON column offers beside comparison. */
export interface JsonOps {
  /** The value at a path of keys and indexes. */
  get(...path: (string | number)[]): JsonExpr
  /** Whether it contains the JSON value. */
  contains(value: unknown): Predicate
  /** Whether the JSON value contains it. */
  containedBy(value: unknown): Predicate
  /** As text; a JSON string without its quotes. */
  asText(): Expr<string | null> & TextOps
  asInt(): Expr<number | null>
  asFloat(): Expr<number | null>
}

/** A part of a JSON value. */
export interface JsonExpr extends Expr<unknown>, JsonOps {}

type Scalar = string | number | bigint | boolean | Date | Uint8Array | null
/** The methods of a type. Of a list of scalars those of an array and a path: a JSON column can have that type too. */
/** The methods that an expression of a type has beside those of all. */
export type Ops<T> =
  IsAny<T> extends true
    ? JsonOps
    : [T] extends [string]
      ? TextOps
      : [T] extends [boolean]
        ? Pick<Predicate, 'and' | 'or' | 'not'>
        : [T] extends [Date]
          ? Moment
          : [T] extends [Scalar]
            ? unknown
            : [T] extends [readonly Scalar[]]
              ? ArrayOps<T[number]> & Pick<JsonOps, 'get'>
              : JsonOps
/** The methods of an instant: an interval later or earlier, and the interval between two. */
export type Moment = {
  add(interval: Interval): Expr<Date> & Moment
  sub(interval: Interval): Expr<Date> & Moment
  sub(instant: Operand<Date>): Expr<string>
}

/** A column of a model under its property's name. */
export interface Col<out T, out K extends string> extends Expr<T> {
  readonly $name: K
}

/** A column of type `T`, with the methods of its type. */
export type Column<T, K extends string> = Col<T, K> & Ops<NonNullable<T>>

/** A foreign key's column. Takes an instance, a reference, a key, or another expression. */
export interface RefColumn<M, T, K extends string> extends Omit<Expr<T>, 'eq' | 'ne' | 'in' | 'notIn'> {
  readonly $name: K
  readonly $model: M
  eq(value: Ref<M> | Key | Expr<Any> | Subselect | null): Predicate<K>
  ne(value: Ref<M> | Key | Expr<Any> | Subselect | null): Predicate
  in(values: Listed<Ref<M> | Key | Expr<Any>> | Subselect<Key | null>): Predicate
  notIn(values: Listed<Ref<M> | Key | Expr<Any>> | Subselect<Key | null>): Predicate
}

/** The type of a model's key: that of its property `id`. */
export type KeyOf<M> = M extends { readonly id: infer I } ? Extract<I, Key> : Key

/** The columns of a model as typed values. */
export type Fields<M> = { readonly [K in ColumnKey<M>]: FieldOf<M[K], K, K> }
/** The same where an outer join may have found no row: every column can be null. */
type OuterFields<M> = { readonly [K in ColumnKey<M>]: FieldOf<M[K] | null, K, K> }
/** The same on the right of a join, where a comparison with a foreign key tells nothing about the left side. */
export type RightFields<M> = { readonly [K in ColumnKey<M>]: FieldOf<M[K], K, string> }
type FieldOf<T, K extends string, On extends string> =
  IsRef<T> extends true ? RefColumn<RefTarget<T>, KeyOf<RefTarget<T>> | Extract<T, null>, On> : Column<T, K>

/** The columns of each source of a query, in join order. A source that an outer join may not find is `M | null`. */
export type Sources<S extends readonly unknown[]> = {
  [I in keyof S]: null extends S[I] ? OuterFields<NonNullable<S[I]>> : Fields<S[I]>
}

/** A class whose instances are `M`. */
export type Class<M> = abstract new (...args: Any[]) => M
/** A class that can be constructed. */
export type NewClass<M> = new (...args: Any[]) => M

/** A model under another name. */
export interface Alias<M, N extends string = string> {
  readonly name: N
  fields(): Fields<M>
  /** @internal */
  readonly $model?: M
}

/** A model, or an alias of one. */
export type ModelSource<M> = Class<M> | Alias<M>
/** The model of a source. */
export type ModelOf<S> = S extends Class<infer M> ? M : S extends Alias<infer M> ? M : never
/** A source as queries remember that it was selected: the model, or the alias itself. */
export type Selected<S> = S extends Class<infer M> ? M : S extends Alias<Any> ? S : never

/** What can be picked for the rows of a query: expressions, or expressions by name. */
export type Picked = readonly AnyExpr[] | { readonly [name: string]: AnyExpr }
/** Any expression; a select of one column and one row is one too. */
export type AnyExpr = { readonly $type: Any; readonly node: ExprNode } | Subselect

/** The name an expression has in a row. */
export type NameOf<E> = E extends { readonly $alias: infer N extends string }
  ? N
  : E extends { readonly $name: infer N extends string }
    ? N
    : never
/** The type of an expression's result; a select as a value is null where it finds no row. */
export type ValueOf<E> = E extends { readonly $type: infer T } ? T : E extends Subselect<infer T> ? T | null : never
/** The row of picked expressions as a tuple. */
export type TupleRow<P> = P extends readonly unknown[]
  ? { -readonly [I in keyof P]: ValueOf<P[I]> }
  : P extends object
    ? ValueOf<P[keyof P]>[]
    : never
/** The row of picked expressions as an object. */
export type DictRow<P> = P extends readonly unknown[]
  ? { [E in P[number] as NameOf<E>]: ValueOf<E> }
  : { -readonly [K in keyof P]: ValueOf<P[K]> }
/** A model's columns as a plain object. A foreign key stands under its own name, not under that of its key's property. */
export type Plain<M> = {
  [K in ColumnKey<M> as IsKeyName<M, K> extends true ? never : K]: IsRef<M[K]> extends true
    ? KeyOf<RefTarget<M[K]>> | Extract<M[K], null>
    : M[K]
}
/** Whether a property is `userId` beside a reference `user`. */
type IsKeyName<M, K> = K extends `${infer R}Id` ? (R extends keyof M ? IsRef<M[R]> : false) : false

type Settable<T> = T | AnyExpr | (IsRef<T> extends true ? Key : never)
/** Values for a new row. Names and types are checked, completeness is not: decorators cannot tell the compiler what is required. */
export type Data<M> = { readonly [K in ColumnKey<M>]?: Settable<M[K]> }
/** Values for an update: plain ones, expressions, or functions of the model's columns. */
export type Changes<M> = { readonly [K in ColumnKey<M>]?: Settable<M[K]> | ((fields: Fields<M>) => AnyExpr) }

/** The names of the foreign keys of `M` that lead to `D`. Inferred at the end, so that errors show them and not this type. */
export type RefKeys<M, D> = {
  [K in keyof M]-?: IsRef<M[K]> extends true ? ([RefTarget<M[K]>, D] extends [D, RefTarget<M[K]>] ? K : never) : never
}[keyof M] extends infer K extends string
  ? K
  : never

/** A row with a related row attached. */
export type Attach<Row, K extends string, V> = Row & { [P in K]: V }
/** A row whose relations have other types than the model's: `Loaded<Tweet, { user: User | null }>`. */
export type Loaded<Row, R extends object> = Omit<Row, keyof R> & R
/** Whether a type is a union of several. */
export type IsUnion<T, U = T> = [T] extends [never] ? false : T extends U ? ([U] extends [T] ? false : true) : never
