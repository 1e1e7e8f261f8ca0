import { misuse } from '../errors.js'
import { Compound } from '../query/compound.js'
import { Select } from '../query/select.js'
import { describeType } from '../util/describe.js'
import type { CheckedLoads, LoadArgument, WithRelated } from './load-types.js'
import { instancesOf } from './loading.js'
import { prefetchedSteps } from './prefetch.js'
import type { CheckedPrefetch, PrefetchArgument, Prefetched } from './prefetch-types.js'
import { type AnyQuery, following, type LoadDefaults, requestedSteps } from './steps.js'

/** Relations that are loaded with a query: `prefetch` and `withRelated`. */

declare module '../query/select.js' {
  interface Select<
    in out M,
    in out S extends readonly unknown[],
    in out Row,
    in out Sel extends readonly unknown[] = readonly [M],
    in out P = unknown,
    in out C = M,
    in out Path extends readonly string[] | null = readonly []
  > {
    /**
     * Puts the rows of further queries into those of this one, with one statement a query: each into those of the nearest
     * before it whose model has a relation to its own. Conditions and order of the queries hold; rows of many come as arrays,
     * which are empty where there are none, and each knows the row that it belongs to.
     *
     * `User.select().prefetch(Tweet.select().orderBy(t => t.id), Favorite)` →
     * `SELECT … FROM "user" …; SELECT … FROM "tweets" … WHERE "t1"."user_id" = ANY($1) …; SELECT … FROM "favorite" …`
     *
     * A pair says where rows belong: `[Favorite, User]` in those of that model, `[Transfer, 'sent']` under that property.
     * Throws a `TypeError` where there is no relation, where there are several, and for queries of anything but instances.
     */
    prefetch<const A extends readonly PrefetchArgument[]>(
      ...subqueries: A & CheckedPrefetch<M, A>
    ): Select<M, S, Prefetched<M, Row, A>, Sel, P, C, Path>
    /**
     * Loads relations with the rows, with one statement a relation: names, or `load(…)` for what is behind them, which of
     * their rows and how many. Repeats add. Rows that were loaded by a join are taken as they are.
     *
     * `User.select().withRelated(load('tweets').then('favorites'), { perParent: 3 })` → `SELECT … FROM "user" …;
     * SELECT … FROM (SELECT …, row_number() OVER (…) …) … WHERE … <= $2 …; SELECT … FROM "favorite" …`
     *
     * Throws a `TypeError` for a relation that the model has not, and for queries of anything but instances.
     */
    withRelated<const L extends readonly (LoadArgument | LoadDefaults)[]>(
      ...loads: L & CheckedLoads<M, L>
    ): Select<M, S, WithRelated<Row, M, L>, Sel, P, C, Path>
  }
}

declare module '../query/compound.js' {
  interface Compound<M, Row, Sel extends readonly unknown[] = readonly [M], P = unknown> {
    /** As {@link Select.prefetch}. */
    prefetch<const A extends readonly PrefetchArgument[]>(
      ...subqueries: A & CheckedPrefetch<M, A>
    ): Compound<M, Prefetched<M, Row, A>, Sel, P>
    /** As {@link Select.withRelated}. */
    withRelated<const L extends readonly (LoadArgument | LoadDefaults)[]>(
      ...loads: L & CheckedLoads<M, L>
    ): Compound<M, WithRelated<Row, M, L>, Sel, P>
  }
}

function withPrefetched(this: AnyQuery, ...subqueries: unknown[]): never {
  const model = instancesOf(this.state, 'prefetch')
  return following(this, prefetchedSteps(model, subqueries), 'prefetch')
}

function withRelated(this: AnyQuery, ...loads: unknown[]): never {
  const model = instancesOf(this.state, 'withRelated')
  return following(this, requestedSteps(model, loads, 'withRelated'), 'withRelated')
}

Object.assign(Select.prototype, { prefetch: withPrefetched, withRelated })
Object.assign(Compound.prototype, { prefetch: withPrefetched, withRelated })

/** `query.prefetch(…subqueries)`, as a function. */
export function prefetch<
  M,
  S extends readonly unknown[],
  Row,
  Sel extends readonly unknown[],
  P,
  C,
  Path extends readonly string[] | null,
  const A extends readonly PrefetchArgument[]
>(
  query: Select<M, S, Row, Sel, P, C, Path>,
  ...subqueries: A & CheckedPrefetch<M, A>
): Select<M, S, Prefetched<M, Row, A>, Sel, P, C, Path>
export function prefetch<M, Row, Sel extends readonly unknown[], P, const A extends readonly PrefetchArgument[]>(
  query: Compound<M, Row, Sel, P>,
  ...subqueries: A & CheckedPrefetch<M, A>
): Compound<M, Prefetched<M, Row, A>, Sel, P>
export function prefetch(query: AnyQuery, ...subqueries: unknown[]): unknown {
  if (query instanceof Select || query instanceof Compound) return withPrefetched.call(query, ...subqueries)
  throw misuse('WRONG_TYPE', `prefetch: expected a select of a model first, got ${describeType(query)}`)
}
