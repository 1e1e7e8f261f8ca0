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
  /** @internal tells a reference from any other promise, by type */
  readonly $ref: (model: M) => M
}

/** A foreign key's property: the related instance where it is loaded, else a reference to be awaited. */
export type Ref<M> = M | LazyRef<M>

/** A value that can be a key. */
export type Key = string | number | bigint

type Method = (...args: never[]) => void
/** Marks properties that are relations, not columns. */
export interface NotAColumn {
  readonly $relation: true
}

/** The model a reference leads to. */
export type RefTarget<T> = Extract<T, LazyRef<Any>> extends LazyRef<infer R> ? R : never
/** Whether a property is a reference. */
export type IsRef<T> = [Extract<T, LazyRef<Any>>] extends [never] ? false : true

/** The properties of a model that are columns. */
export type ColumnKey<M> = {
  [K in keyof M]-?: K extends 'dirtyFields' ? never : K extends string ? (M[K] extends Method | NotAColumn ? never : K) : never
}[keyof M] &
  string

/** A value for a column of type `T`: a value, or an expression of that type. */
export type Operand<T> = NonNullable<T> | Expr<T> | Expr<NonNullable<T>> | Expr<NonNullable<T> | null>

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

/** An expression whose result has the TypeScript type `T`. */
export interface Expr<T> {
  /** @internal the result's type; absent at run time */
  readonly $type: T
  readonly node: ExprNode

  /** `=`; with `null` IS NULL. */
  eq(value: Operand<T> | Subselect<T> | null): Predicate
  /** `<>`; with `null` IS NOT NULL. */
  ne(value: Operand<T> | Subselect<T> | null): Predicate
  lt(value: Operand<T> | Subselect<T>): Predicate
  lte(value: Operand<T> | Subselect<T>): Predicate
  gt(value: Operand<T> | Subselect<T>): Predicate
  gte(value: Operand<T> | Subselect<T>): Predicate
  /** Whether it is among the values; an empty list is false. One array parameter: the text does not grow with the list. */
  in(values: Iterable<Operand<T>> | Subselect): Predicate
  /** Whether it is not among the values; an empty list is true. */
  notIn(values: Iterable<Operand<T>> | Subselect): Predicate
  isNull(yes?: boolean): Predicate
  between(low: Operand<T>, high: Operand<T>): Predicate
  add(value: Operand<T> | number | bigint): Expr<T>
  sub(value: Operand<T> | number | bigint): Expr<T>
  mul(value: Operand<T> | number | bigint): Expr<T>
  /** Division; of integers it is integer division, on every server. */
  div(value: Operand<T> | number | bigint): Expr<T>
  mod(value: Operand<T> | number | bigint): Expr<T>
  neg(): Expr<T>
  bitAnd(value: Operand<T>): Expr<T>
  bitOr(value: Operand<T>): Expr<T>
  bitXor(value: Operand<T>): Expr<T>
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
  and(other: Predicate): Predicate
  or(other: Predicate): Predicate
  not(): Predicate
}

/** An expression under a name of its own. */
export interface Aliased<T, N extends string> extends Expr<T> {
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

/** What an array column offers beside comparison. */
export interface ArrayOps<E> {
  /** The item at an index that counts from 0, or null. */
  at(index: number): Expr<E | null>
  /** Whether it has all of the values. */
  contains(...values: E[]): Predicate
  /** Whether it has any of the values. */
  containsAny(...values: E[]): Predicate
  /** Whether it has nothing but the values. */
  containedBy(...values: E[]): Predicate
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
}

/** A part of a JSON value. */
export interface JsonExpr extends Expr<unknown>, JsonOps {
  /** As text; a JSON string without its quotes. */
  asText(): Expr<string | null> & TextOps
  asInt(): Expr<number | null>
  asFloat(): Expr<number | null>
}

type Ops<T> = T extends string
  ? TextOps
  : T extends Date | Uint8Array | number | bigint | boolean
    ? unknown
    : T extends readonly (infer E)[]
      ? ArrayOps<E>
      : T extends object
        ? JsonOps
        : unknown

/** A column of a model under its property's name. */
export interface Col<T, K extends string> extends Expr<T> {
  readonly $name: K
}

/** A column of type `T`, with the methods of its type. */
export type Column<T, K extends string> = Col<T, K> & Ops<NonNullable<T>>

/** A foreign key's column. Takes an instance, a key, or another expression. */
export interface RefColumn<M, T, K extends string> extends Omit<Expr<T>, 'eq' | 'ne' | 'in' | 'notIn'> {
  readonly $name: K
  readonly $model: M
  eq(value: M | Key | Expr<Any> | Subselect | null): Predicate<K>
  ne(value: M | Key | Expr<Any> | Subselect | null): Predicate<K>
  in(values: Iterable<M | Key> | Subselect): Predicate<K>
  notIn(values: Iterable<M | Key> | Subselect): Predicate<K>
}

/** The type of a model's key: that of its property `id`. */
export type KeyOf<M> = M extends { readonly id: infer I } ? Extract<I, Key> : Key

/** The columns of a model as typed values. */
export type Fields<M> = {
  readonly [K in ColumnKey<M>]: IsRef<M[K]> extends true
    ? RefColumn<RefTarget<M[K]>, KeyOf<RefTarget<M[K]>> | (null extends M[K] ? null : never), K>
    : Column<M[K], K>
}

/** The columns of each source of a query, in join order. */
export type Sources<S extends readonly unknown[]> = { [I in keyof S]: Fields<S[I]> }

/** A class whose instances are `M`. */
export type Class<M> = abstract new (...args: Any[]) => M
/** A class that can be constructed. */
export type NewClass<M> = new (...args: Any[]) => M

/** A model under another name. */
export interface Alias<M> {
  readonly name: string
  fields(): Fields<M>
  /** @internal */
  readonly $model?: M
}

/** A model, or an alias of one. */
export type ModelSource<M> = Class<M> | Alias<M>
/** The model of a source. */
export type ModelOf<S> = S extends Class<infer M> ? M : S extends Alias<infer M> ? M : never

/** What can be picked for the rows of a query: expressions, or expressions by name. */
export type Picked = readonly AnyExpr[] | { readonly [name: string]: AnyExpr }
/** Any expression. */
export type AnyExpr = { readonly $type: Any; readonly node: ExprNode }

/** The name an expression has in a row. */
export type NameOf<E> = E extends { readonly $alias: infer N extends string }
  ? N
  : E extends { readonly $name: infer N extends string }
    ? N
    : never
/** The type of an expression's result. */
export type ValueOf<E> = E extends { readonly $type: infer T } ? T : never
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
/** A model's columns as a plain object. */
export type Plain<M> = { [K in ColumnKey<M>]: IsRef<M[K]> extends true ? KeyOf<RefTarget<M[K]>> | Extract<M[K], null> : M[K] }

type Settable<M, K extends keyof M> =
  | (IsRef<M[K]> extends true ? M[K] | Key : M[K])
  | (null extends M[K] ? null : never)
  | AnyExpr
/** Values for a new row. Names and types are checked, completeness is not: decorators cannot tell the compiler what is required. */
export type Data<M> = { readonly [K in ColumnKey<M>]?: Settable<M, K> }
/** Values for an update: plain ones, expressions, or functions of the model's columns. */
export type Changes<M> = { readonly [K in ColumnKey<M>]?: Settable<M, K> | ((fields: Fields<M>) => AnyExpr) }

/** The names of the foreign keys of `M` that lead to `D`. */
export type RefKeys<M, D> = {
  [K in keyof M]-?: IsRef<M[K]> extends true ? ([RefTarget<M[K]>, D] extends [D, RefTarget<M[K]>] ? K : never) : never
}[keyof M] &
  string

/** A row with a related row attached. */
export type Attach<Row, K extends string, V> = Row & { [P in K]: V }
/** A row whose relations have other types than the model's: `Loaded<Tweet, { user: User | null }>`. */
export type Loaded<Row, R extends object> = Omit<Row, keyof R> & R
export type IsUnion<T, U = T> = T extends U ? ([U] extends [T] ? false : true) : never
