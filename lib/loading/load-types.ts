import type { Any, IsAny } from '../expression/any.js'
import type { IsRef, LazyRef, NotAColumn, RefTarget, RelationKey } from '../expression/types.js'
import type { AttachAt } from '../query/join-types.js'
import type { Select } from '../query/select.js'

/** The types of relations that are loaded with a query. */

/** The model that a relation leads to, by the type of its property. */
export type RelationTarget<P> =
  IsRef<P> extends true ? RefTarget<P> : P extends NotAColumn & PromiseLike<readonly (infer R)[]> ? R : never

/** The model that a relation of a model leads to, by its name. */
export type TargetOf<M, K> = IsAny<M> extends true ? Any : K extends keyof M ? RelationTarget<M[K]> : never

/** A select of any rows. */
export type AnySelect = Select<Any, Any, Any, Any, Any, Any, Any>

/** How a relation is loaded. */
export interface LoadOptions<Q = AnySelect> {
  /** Which of the rows, in which order, and with what beside: a select of their model. */
  readonly query?: Q
  /** How many rows for each parent, at most, in the order of the query, else in that of the primary key. */
  readonly perParent?: number
}

/** A relation that a query is to load, and what is to be loaded behind it; made with `load()`. */
export interface Load<M, K extends string, Q = undefined, L extends readonly unknown[] = readonly []> {
  /** The name of the relation. */
  readonly name: K
  /** The same with what is to be loaded for each of its rows; a repeat adds. */
  then<const N extends readonly LoadArgument[]>(
    ...loads: N & CheckedLoads<TargetOf<M, K>, N>
  ): Load<M, K, Q, readonly [...L, ...N]>
  /** @internal tells of which model it is, by type */
  readonly $model?: (model: M) => M
  /** @internal the type of its query */
  readonly $query?: Q
  /** @internal */
  readonly $loads?: L
}
/** What names a relation to be loaded. */
export type LoadArgument = string | Load<Any, string, Any, readonly unknown[]>

/** What a select gives, and of which model. */
interface RowsOf<Q> {
  readonly model: Q extends AnySelect ? NonNullable<Q['$rows']>['model'] : never
  readonly row: Q extends AnySelect ? NonNullable<Q['$rows']>['row'] : never
}
/** Whether two types stand for each other. */
export type Same<A, B> = [A, B] extends [B, A] ? true : false

/** Shows in the compiler's error. */
export interface NoSuchRelation<K, Known> {
  readonly 'Pewit: no such relation': K
  readonly 'the model has': Known
}
/** Shows in the compiler's error. */
export interface OfAnotherModel {
  readonly 'Pewit: this relation is of another model': never
}
/** Shows in the compiler's error. */
export interface NotInstances {
  readonly 'Pewit: the query must give instances of the model that the relation leads to': never
}

/** What is wrong with a query for rows of `T`; `never` for nothing. */
export type QueryProblem<Q, T> = Q extends AnySelect
  ? RowsOf<Q>['row'] extends { readonly dirtyFields: readonly string[] }
    ? IsAny<T> extends true
      ? never
      : Same<RowsOf<Q>['model'], T> extends true
        ? never
        : NotInstances
    : NotInstances
  : never
/** The query, where nothing is wrong with it. */
export type CheckedQuery<Q, T> = [QueryProblem<Q, T>] extends [never] ? unknown : QueryProblem<Q, T>

type LoadProblem<M, H> = H extends string
  ? H extends RelationKey<M>
    ? never
    : NoSuchRelation<H, RelationKey<M>>
  : H extends Load<infer O, infer K, infer Q, infer L>
    ? K extends RelationKey<M>
      ? IsAny<O> extends true
        ? QueryProblem<Q, TargetOf<M, K>> | LoadProblem<TargetOf<M, K>, L[number]>
        : Same<O, M> extends true
          ? never
          : OfAnotherModel
      : NoSuchRelation<K, RelationKey<M>>
    : never
type CheckedLoad<M, H> = [LoadProblem<M, H>] extends [never] ? unknown : LoadProblem<M, H>
/** The relations to be loaded, held against those of the model. */
export type CheckedLoads<M, L> = IsAny<M> extends true ? unknown : { readonly [I in keyof L]: CheckedLoad<M, L[I]> }

/** The row with relations of its model loaded: `Loaded<User, { tweets: Tweet[] }>`. */
export type WithRelated<Row, M, L extends readonly unknown[]> = L extends readonly [infer H, ...infer T]
  ? WithRelated<WithOne<Row, M, H>, M, T>
  : Row
type WithOne<Row, M, H> = H extends string
  ? AttachAt<Row, readonly [], H, RelatedValue<Row, M, H, undefined, readonly []>>
  : H extends Load<Any, infer K, infer Q, infer L>
    ? AttachAt<Row, readonly [], K, RelatedValue<Row, M, K, Q, L>>
    : Row

/** What the property of a loaded relation holds: an array, or an instance; `null` where there may be none, or the query may leave it out. */
type RelatedValue<Row, M, K, Q, L extends readonly unknown[]> = K extends keyof M
  ? IsRef<M[K]> extends true
    ? WithRelated<ReferredRow<Held<Row, M, K>, Q>, RelationTarget<M[K]>, L> | NullOfReferred<Held<Row, M, K>, Q>
    : WithRelated<Q extends AnySelect ? RowsOf<Q>['row'] : RelationTarget<M[K]>, RelationTarget<M[K]>, L>[]
  : never
type ReferredRow<P, Q> = Q extends AnySelect ? RowsOf<Q>['row'] : NonNullable<Exclude<P, LazyRef<Any>>>
type NullOfReferred<P, Q> = Extract<P, null> | (Q extends AnySelect ? null : never)
/** What a property of the row holds so far: a join may have attached something. */
export type Held<Row, M, K extends keyof M> = K extends keyof Row ? Row[K] : M[K]
