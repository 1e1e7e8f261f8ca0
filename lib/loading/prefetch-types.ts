import type { Alias, Any, Class, IsRef, IsUnion, ModelOf, NotAColumn, RefKeys, RelationKey } from '../expression/types.js'
import type { AttachAt } from '../query/join-types.js'
import type { AnySelect, Held, NotInstances, QueryProblem, RelationTarget, Same } from './load-types.js'

/** The types of rows that further queries are put into. */

/** What gives rows to `prefetch`: a model, an alias of one, or a select. */
export type PrefetchSource = Class<Any> | Alias<Any> | AnySelect
/** The same, with the model before it that they belong to, or the property there that takes them. */
export type PrefetchArgument = PrefetchSource | readonly [rows: PrefetchSource, into: Class<Any> | string]

/** A query among those of a prefetch. */
interface Entry {
  readonly model: unknown
  readonly row: unknown
  /** Where it is said that its rows belong. */
  readonly into: unknown
  /** Whether it may leave rows out. */
  readonly select: boolean
}

type EntryOf<A> = A extends readonly [infer Q, infer Into] ? EntryFor<Q, Into> : EntryFor<A, undefined>
interface EntryFor<Q, Into> extends Entry {
  readonly model: Q extends AnySelect ? NonNullable<Q['$rows']>['model'] : ModelOf<Q>
  readonly row: Q extends AnySelect ? NonNullable<Q['$rows']>['row'] : ModelOf<Q>
  readonly into: Into
  readonly select: Q extends AnySelect ? true : false
}
interface Root<M, Row> extends Entry {
  readonly model: M
  readonly row: Row
  readonly into: undefined
  readonly select: true
}

type ManyKeys<M, D> = {
  [K in keyof M]-?: M[K] extends NotAColumn ? (Same<RelationTarget<M[K]>, D> extends true ? K : never) : never
}[keyof M] extends infer K extends string
  ? K
  : never
/** The properties of `M` that take rows of `D`: those that take many, else references. */
type KeysBetween<M, D> = [ManyKeys<M, D>] extends [never] ? RefKeys<M, D> : ManyKeys<M, D>
/** The property of a query's rows that takes those of a later one; `never` for none. */
type KeyIn<Near extends Entry, Last extends Entry> = Last['into'] extends string
  ? Extract<RelationKey<Near['model']>, Last['into']> extends infer K extends keyof Near['model']
    ? Same<RelationTarget<Near['model'][K]>, Last['model']> extends true
      ? K & string
      : never
    : never
  : Last['into'] extends Class<infer T>
    ? Same<Near['model'], T> extends true
      ? KeysBetween<Near['model'], Last['model']>
      : never
    : KeysBetween<Near['model'], Last['model']>

/** The property that takes the rows of a query, of the nearest query before it that has any. */
type KeyBefore<B extends readonly Entry[], Last extends Entry> = B extends readonly [
  ...infer Rest extends readonly Entry[],
  infer Near extends Entry
]
  ? [KeyIn<Near, Last>] extends [never]
    ? KeyBefore<Rest, Last>
    : KeyIn<Near, Last>
  : never

/** The queries before one, with its rows in the nearest that takes them. */
type PutInto<B extends readonly Entry[], Last extends Entry> = B extends readonly [
  ...infer Rest extends readonly Entry[],
  infer Near extends Entry
]
  ? [KeyIn<Near, Last>] extends [never]
    ? readonly [...PutInto<Rest, Last>, Near]
    : readonly [...Rest, Filled<Near, Last, KeyIn<Near, Last>>]
  : readonly []
interface Filled<Near extends Entry, Last extends Entry, K extends string> extends Entry {
  readonly model: Near['model']
  readonly row: AttachAt<Near['row'], readonly [], K, ValueIn<Near['row'], Near['model'], K, Last>>
  readonly into: Near['into']
  readonly select: Near['select']
}
type ValueIn<Row, M, K, Last extends Entry> = K extends keyof M
  ? IsRef<M[K]> extends true
    ? Last['row'] | Extract<Held<Row, M, K>, null> | (Last['select'] extends true ? null : never)
    : Last['row'][]
  : never

/** From the last query to the first, so that rows are whole before they are put into others. */
type Folded<E extends readonly Entry[]> = E extends readonly [infer R extends Entry]
  ? R['row']
  : E extends readonly [...infer Rest extends readonly Entry[], infer Last extends Entry]
    ? Folded<PutInto<Rest, Last>>
    : never
type Entries<A extends readonly unknown[]> = { readonly [I in keyof A]: EntryOf<A[I]> }

/** The rows of a query with those of further ones in them: `Loaded<User, { tweets: Tweet[] }>`. */
export type Prefetched<M, Row, A extends readonly unknown[]> = number extends A['length']
  ? Row
  : Folded<readonly [Root<M, Row>, ...Entries<A>]>

/** Shows in the compiler's error. */
export interface NoWayHere {
  readonly 'Pewit: no relation of what stands before leads here; a backref must be declared on the model': never
}
/** Shows in the compiler's error. */
export interface SeveralWays<K> {
  readonly 'Pewit: several relations lead here; name one with [query, name]': K
}
type Problem<B extends readonly Entry[], A> = [QueryProblem<A extends readonly [infer Q, unknown] ? Q : A, Any>] extends [never]
  ? [KeyBefore<B, EntryOf<A>>] extends [never]
    ? NoWayHere
    : IsUnion<KeyBefore<B, EntryOf<A>>> extends true
      ? SeveralWays<KeyBefore<B, EntryOf<A>>>
      : unknown
  : NotInstances
type Checked<B extends readonly Entry[], A extends readonly unknown[]> = A extends readonly [infer H, ...infer T]
  ? readonly [Problem<B, H>, ...Checked<readonly [...B, EntryOf<H>], T>]
  : readonly []
/** The queries of a prefetch, each held against those before it. */
export type CheckedPrefetch<M, A extends readonly unknown[]> = number extends A['length']
  ? unknown
  : Checked<readonly [Root<M, unknown>], A>
