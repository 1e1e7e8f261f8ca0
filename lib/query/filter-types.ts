import type { Any, Expr, Instance, IsRef, Key, NotAColumn, Operand, Ref, RefTarget, Subselect } from '../expression/types.js'
import type { FilterOperator, FilterTree } from './filter.js'

/** The types of filters by name: `{ username__ilike: 'h%', tweets__content__contains: 'x' }`. */

/** A value of a property in a filter. */
type Value<P> = IsRef<P> extends true ? Ref<RefTarget<P>> | Instance<RefTarget<P>> | Key | Expr<Any> : Operand<P>
/** What `contains` takes: a part of a text, items of an array, a part of a JSON value. */
type Contained<P> = [P] extends [string | null]
  ? Operand<string>
  : [P] extends [readonly (infer E)[] | null]
    ? E | readonly E[]
    : unknown

interface OperatorValues<P> {
  readonly eq: Value<P> | Subselect | null
  readonly ne: Value<P> | Subselect | null
  readonly is: Value<P> | null
  readonly isNot: Value<P> | null
  readonly lt: Value<P> | Subselect
  readonly lte: Value<P> | Subselect
  readonly gt: Value<P> | Subselect
  readonly gte: Value<P> | Subselect
  readonly in: (Iterable<Value<P>> & object) | Subselect
  readonly notIn: (Iterable<Value<P>> & object) | Subselect
  readonly isNull: boolean
  readonly between: readonly [low: Value<P>, high: Value<P>]
  readonly like: Operand<string>
  readonly ilike: Operand<string>
  readonly notLike: Operand<string>
  readonly notIlike: Operand<string>
  readonly regexp: Operand<string>
  readonly iregexp: Operand<string>
  readonly contains: Contained<P>
  readonly startsWith: Operand<string>
  readonly endsWith: Operand<string>
}

type Method = (...args: never[]) => void
/** The model that a property leads to: that of a reference, or of the rows of a backref. */
type Related<P> = IsRef<P> extends true ? RefTarget<P> : P extends NotAColumn & PromiseLike<readonly (infer R)[]> ? R : never

/** What a key of a filter takes, or a message where there is no such property, relation or operator. */
export type FilterValue<M, K> = K extends keyof M
  ? M[K] extends Method | NotAColumn
    ? NoSuchFilter<K>
    : OperatorValues<M[K]>['eq']
  : K extends `${infer H}__${infer T}`
    ? H extends keyof M
      ? StepValue<M[H], T, K>
      : NoSuchFilter<K>
    : string extends K
      ? unknown
      : NoSuchFilter<K>
type StepValue<P, T extends string, K> = [Related<P>] extends [never]
  ? T extends FilterOperator
    ? OperatorValues<P>[T]
    : NoSuchFilter<K>
  : T extends keyof Related<P>
    ? FilterValue<Related<P>, T>
    : T extends FilterOperator
      ? P extends NotAColumn
        ? NoSuchFilter<K>
        : OperatorValues<P>[T]
      : FilterValue<Related<P>, T>
/** Shows in the compiler's error. */
export interface NoSuchFilter<K> {
  readonly 'Pewit: no such property, relation or operator': K
}

/** A filter of a model, held against its properties. */
export type CheckedFilter<M, F> =
  F extends FilterTree<infer G> ? FilterTree<CheckedFilter<M, G>> : { readonly [K in keyof F]: FilterValue<M, K> }
