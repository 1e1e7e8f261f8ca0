import type { ExprNode } from '../ast/nodes.js'
import type { Any, IsAny } from './any.js'
import type { AnyExpr, Expr, Listed, Members, Ops, Predicate, Subselect } from './methods.js'

/** The types of columns and sources, and of rows. What expressions offer is in methods.ts. */

export type { Any } from './any.js'
export type { CastResult } from './cast-result.js'
export type { JsonKey, JsonKeys, JsonPart } from './json-types.js'
export type {
  Aliased,
  AnyExpr,
  ArrayOps,
  DateParts,
  Expr,
  Interval,
  JsonExpr,
  JsonOps,
  Members,
  Moment,
  Offers,
  Operand,
  Ops,
  Order,
  OrderOptions,
  Predicate,
  Subselect,
  TextOps,
  Typed
} from './methods.js'

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

/** The names of a model's relations: its references, and what leads to many rows. Inferred at the end, so that errors show them. */
export type RelationKey<M> = {
  [K in keyof M]-?: K extends string ? (IsRef<M[K]> extends true ? K : M[K] extends NotAColumn ? K : never) : never
}[keyof M] extends infer K extends string
  ? K
  : never
/** An instance of a model, whatever of its relations is loaded. */
export type Instance<M> = M | Pick<M, Exclude<keyof M, RelationKey<M>>>

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
export type IsRef<T> = IsAny<T> extends true ? false : [Extract<T, LazyRef<Any>>] extends [never] ? false : true

/** The properties of a model that are columns. */
export type ColumnKey<M> = {
  [K in keyof M]-?: K extends 'dirtyFields' ? never : K extends string ? (M[K] extends Method | NotAColumn ? never : K) : never
}[keyof M] &
  string

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
  /**
   * The columns of the row referred to, as the query has joined it along this foreign key; null where an outer join found none.
   *
   * `Tweet.select().join(User, { on: t => t.user }).where(t => t.user.to.username.eq('huey'))` → `… WHERE "t2"."username" = $1`
   *
   * Running the query throws a `TypeError` that names the join to add where there is none.
   */
  readonly to: RelatedFields<M>
  eq(value: Ref<M> | Instance<M> | Key | Expr<Any> | Subselect | null): Predicate<K>
  ne(value: Ref<M> | Instance<M> | Key | Expr<Any> | Subselect | null): Predicate
  in(values: Listed<Ref<M> | Instance<M> | Key | Expr<Any>> | Subselect<Key | null> | Members): Predicate
  notIn(values: Listed<Ref<M> | Instance<M> | Key | Expr<Any>> | Subselect<Key | null> | Members): Predicate
}

/** The type of a model's key: that of its property `id`. */
export type KeyOf<M> = M extends { readonly id: infer I } ? Extract<I, Key> : Key

/** The columns of a model as typed values. */
export type Fields<M> = { readonly [K in ColumnKey<M>]: FieldOf<M[K], K, K> }
/** The same where an outer join may have found no row: every column can be null. */
type OuterFields<M> = { readonly [K in ColumnKey<M>]: FieldOf<M[K] | null, K, K> }
/** The same of what a foreign key leads to, whose own foreign keys tell nothing about the source at hand. */
export type RelatedFields<M> = { readonly [K in ColumnKey<M>]: FieldOf<M[K] | null, K, string> }
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

type IsUnknown<T> = unknown extends T ? true : false
/** An expression that gives a `T`, or a select of one such column. */
export type Giving<T> = { readonly $type: T; readonly node: ExprNode } | Subselect<T>
/**
 * The expressions whose values a column of type `T` takes. Text columns take numbers too: decimals are strings here. JSON and
 * arrays take any: what an expression makes of them is known to the server alone.
 */
export type GivingFor<T> =
  IsAny<T> extends true
    ? AnyExpr
    : IsUnknown<T> extends true
      ? AnyExpr
      : IsRef<T> extends true
        ? Giving<KeyOf<RefTarget<T>> | null>
        : [NonNullable<T>] extends [string]
          ? Giving<string | number | bigint | null>
          : [NonNullable<T>] extends [number | bigint]
            ? Giving<number | bigint | null>
            : [NonNullable<T>] extends [boolean | Date | Uint8Array]
              ? Giving<T | null>
              : AnyExpr

type Settable<T> = T | GivingFor<T> | (IsRef<T> extends true ? Instance<RefTarget<T>> | KeyOf<RefTarget<T>> : never)
/** Values for a new row. Names and types are checked, completeness is not: decorators cannot tell the compiler what is required. */
export type Data<M> = { readonly [K in ColumnKey<M>]?: Settable<M[K]> }
/** Values for an update: plain ones, expressions, or functions of the columns of its sources `S`, the model first. */
export type Changes<M, S extends readonly unknown[] = readonly [M]> = {
  readonly [K in ColumnKey<M>]?: Settable<M[K]> | ((...sources: Sources<S>) => GivingFor<M[K]>)
}

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
