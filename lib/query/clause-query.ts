import { conjunction } from '../ast/build.js'
import type { ExprNode, IndexHint, LockNode, LockStrength, SelectNode, WindowNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { type Source, sourceOf } from '../expression/source.js'
import type { Any, ModelSource } from '../expression/types.js'
import { Window } from '../expression/windows.js'
import { describeType } from '../util/describe.js'
import type { Condition, GroupKeys, SortKeys } from './clause-types.js'
import { conditionsOf, expressionsOf, sortKeysOf } from './clauses.js'
import { ComposableQuery } from './compound.js'
import { filtered } from './filter.js'
import type { CheckedFilter } from './filter-types.js'
import { indexHintOf, withHint } from './hints.js'
import { allSources, type RowsState } from './rows.js'

/** How rows are locked. */
export interface LockOptions {
  /** The models or aliases of the query whose rows are locked; all of them unless given. */
  readonly of?: ModelSource<Any> | readonly ModelSource<Any>[]
  /** Fails at once (55P03) where another transaction has locked a row. */
  readonly nowait?: boolean
  /** Leaves out rows that other transactions have locked. */
  readonly skipLocked?: boolean
  /** `update` unless given. Servers that have no weaker locks take none for `share` and `key share`. */
  readonly strength?: LockStrength
}

const STRENGTHS: readonly string[] = ['update', 'no key update', 'share', 'key share'] satisfies LockStrength[]
const LOCK_OPTIONS: readonly string[] = ['of', 'nowait', 'skipLocked', 'strength'] satisfies (keyof LockOptions)[]

/** A select's clauses behind FROM: which of the rows it gives, in what groups, and in what order. `S` are its sources in join order. */
export abstract class ClauseQuery<
  M,
  S extends readonly unknown[],
  Row,
  Sel extends readonly unknown[],
  P
> extends ComposableQuery<M, Row, Sel, P> {
  declare readonly state: RowsState<SelectNode>

  /** @internal */
  clause(change: Partial<SelectNode>): this {
    return this.remade({ node: { ...this.state.node, ...change } })
  }

  /** Adds conditions; all of them, and all given before, must hold. `.where(u => u.age.gte(18))` → `WHERE "t1"."age" >= $1` */
  where(...conditions: readonly Condition<S>[]): this {
    const { node, sources } = this.state
    return this.clause({ where: conjunction([node.where, ...conditionsOf(conditions, sources, 'where')]) })
  }

  /**
   * Adds conditions by name on the model that the query starts from: properties, operators behind `__`, and relations on the
   * way. What is joined already is used, and what is not is joined; its columns are for these conditions alone.
   *
   * `User.select().filter({ tweets__content__contains: 'x' })` → `… INNER JOIN "tweets" AS "tweets" ON … WHERE "tweets"."content" ILIKE $1`
   */
  filter<const A extends readonly object[]>(...filters: A & { readonly [I in keyof A]: CheckedFilter<M, A[I]> }): this {
    return this.clause(filtered(this.state.node, this.state.root, filters))
  }

  /**
   * Adds alternatives to the conditions given before: any of them may hold instead. Behind `user.tweets` they are still
   * conditions on that user's.
   */
  orWhere(...conditions: readonly Condition<S>[]): this {
    const { node, sources, bound } = this.state
    const any = conjunction([without(node.where, bound), ...conditionsOf(conditions, sources, 'orWhere')], 'or')
    return this.clause({ where: conjunction([bound, any]) })
  }

  /**
   * Replaces what rows are grouped by; a model stands for all its columns. Several groupings at once are made with
   * `fn.rollup(…)`, `fn.cube(…)` and `groupingSets(…)`, where the server has them.
   */
  groupBy(...keys: readonly GroupKeys<S>[]): this {
    return this.clause({ groupBy: expressionsOf(keys, this.state.sources, 'groupBy') })
  }

  /** Adds to what rows are grouped by. */
  groupByExtend(...keys: readonly GroupKeys<S>[]): this {
    const { node, sources } = this.state
    return this.clause({ groupBy: [...node.groupBy, ...expressionsOf(keys, sources, 'groupByExtend')] })
  }

  /** Adds conditions on groups. */
  having(...conditions: readonly Condition<S>[]): this {
    const { node, sources } = this.state
    return this.clause({ having: conjunction([node.having, ...conditionsOf(conditions, sources, 'having')]) })
  }

  /**
   * Names windows, so that several functions have the same one: `window(w)` → `WINDOW "w" AS (…)`. Replaces those named before.
   * Throws a `TypeError` where two have one name.
   */
  window(...windows: readonly Window[]): this {
    return this.clause({ windows: windows.length === 0 ? undefined : windowsOf(windows) })
  }

  /** Replaces the sort keys; without arguments the rows are unordered. `.orderBy(t => t.createdAt.desc())` */
  orderBy(...keys: readonly SortKeys<S>[]): this {
    return this.clause({ orderBy: sortKeysOf(keys, this.state.sources) })
  }

  /** Adds sort keys behind those there are. */
  orderByExtend(...keys: readonly SortKeys<S>[]): this {
    const { node, sources } = this.state
    return this.clause({ orderBy: [...node.orderBy, ...sortKeysOf(keys, sources)] })
  }

  /** Drops equal rows; with expressions, keeps the first row of each of their values (`DISTINCT ON`). */
  distinct(...on: readonly (boolean | GroupKeys<S>)[]): this {
    if (on.length === 0 || typeof on[0] === 'boolean') return this.clause({ distinct: on[0] !== false })
    return this.clause({ distinct: expressionsOf(on, this.state.sources, 'distinct') })
  }

  /**
   * Locks the rows that are read until the transaction ends; `false` takes that away, and has them not locked by a
   * transaction with `locking` either.
   *
   * `Task.select().where(t => t.done.eq(false)).limit(1).forUpdate({ skipLocked: true })` → `… LIMIT $2 FOR UPDATE SKIP LOCKED`
   */
  forUpdate(options: boolean | LockOptions = true): this {
    if (options === false) return this.remade({ unlocked: true, node: { ...this.state.node, lock: undefined } })
    return this.clause({ lock: lockOf(options === true ? {} : options, source => this.member(source, 'forUpdate').node) })
  }

  /**
   * Has the server read a table by an index, and no other one: by its name, or with more said of it. The query's first table is
   * meant, unless `of` names another; `null` takes the hint away. Not on every server.
   *
   * `Tweet.select().indexHint('tweet_created_at')` → `… FROM "tweet"@"tweet_created_at" AS "t1"`
   */
  indexHint(hint: string | IndexHint | null, { of }: { readonly of?: ModelSource<Any> } = {}): this {
    const { node, root } = this.state
    const source = of === undefined ? root : this.member(of, 'indexHint')
    return this.clause({ hints: withHint(node.hints, source, hint === null ? undefined : indexHintOf(hint)) })
  }

  /** @internal The source of this query that a model or alias stands for. Throws a `TypeError` where it is none of them. */
  member(value: unknown, where: string): Source {
    const source = sourceOf(value, where)
    if (allSources(this.state).includes(source)) return source
    throw misuse('BAD_QUERY', `${where}: ${source.name} is not among the sources of this query`)
  }
}

/** The conditions behind the one at the head of them, where there is one. */
function without(where: ExprNode | undefined, head: ExprNode | undefined): ExprNode | undefined {
  if (where === head) return undefined
  if (head === undefined || where?.kind !== 'binary' || where.op !== 'and') return where
  return conjunction([without(where.left, head), where.right])
}

function windowsOf(windows: readonly unknown[]): WindowNode[] {
  const names = new Set<string>()
  return windows.map(given => {
    if (!(given instanceof Window))
      throw misuse(
        given === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
        `window: expected a window, got ${describeType(given)}`
      )
    const { name = '' } = given.node
    if (names.has(name))
      throw misuse('BAD_QUERY', `window: two windows have the name "${name}"; give one of them another with as()`)
    names.add(name)
    return given.node
  })
}

function lockOf(options: LockOptions, nodeOf: (source: unknown) => Source['node']): LockNode {
  const unknown = Object.keys(options).find(key => !LOCK_OPTIONS.includes(key))
  if (unknown !== undefined)
    throw misuse('UNKNOWN_OPTION', `forUpdate has no option "${unknown}"; it has ${LOCK_OPTIONS.join(', ')}`)
  const { of = [], nowait = false, skipLocked = false, strength = 'update' } = options
  if (nowait && skipLocked) throw misuse('BAD_QUERY', 'forUpdate: only one of nowait and skipLocked may be given')
  if (!STRENGTHS.includes(strength))
    throw misuse('BAD_ARGUMENT', `forUpdate: \`strength\` must be one of ${STRENGTHS.join(', ')}`)
  const others = nowait ? 'nowait' : skipLocked ? 'skip locked' : undefined
  return { kind: 'lock', strength, of: (Array.isArray(of) ? of : [of]).map(nodeOf), others }
}
