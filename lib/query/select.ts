import { EMPTY_SELECT } from '../ast/build.js'
import type { JoinType, SelectNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { type Source, sourceOf } from '../expression/source.js'
import type { Any, AnyExpr, DictRow, Fields, ModelOf, ModelSource, Picked, RefKeys, Sources } from '../expression/types.js'
import { ClauseQuery } from './clause-query.js'
import { resolve } from './clauses.js'
import type { Executor } from './executor.js'
import { attachmentOf, type JoinRequest, joinedTo, planJoin } from './join.js'
import type {
  DictOf,
  Inferable,
  JoinedPath,
  JoinedRow,
  JoinOn,
  Kept,
  KeptDict,
  KeptRow,
  LeftOf,
  Nullable,
  PathOf,
  PathTo,
  Picks,
  SourceModels,
  TupleOf
} from './join-types.js'
import { withCtes } from './outputs.js'
import { RowSource } from './row-source.js'
import { allSources, type RowsState } from './rows.js'
import type { Expressions, SelectedModels, SelectedRow } from './selected-row.js'
import { type SelectedItem, selectedNodes, selectionOf } from './selection.js'

/** @internal What a select is made of. */
export interface SelectState extends RowsState<SelectNode> {
  /** The source that the next join starts from. */
  readonly current: Source
}

/** @internal A select of a source and what was asked of it. */
export function selectFrom(executor: () => Executor, root: Source, args: readonly unknown[]): SelectState {
  const resolved = args.map(arg => resolve(arg, [root]))
  const items = resolved.length === 0 ? wholeOf(root) : selectionOf(resolved, `${root.name}.select`)
  const node: SelectNode = { ...EMPTY_SELECT, columns: selectedNodes(items), from: [root.node] }
  return {
    executor,
    root,
    items,
    sources: [root],
    current: root,
    attachments: [],
    shape: 'models',
    node: withCtes(node, root.ctes)
  }
}

/** All of a source: of one without a model its columns, whose types the server may know better. */
function wholeOf(source: Source): readonly SelectedItem[] {
  if (!source.plain) return [{ kind: 'model', source }]
  return source.columns.map(({ column: node, property: name }) => ({ kind: 'expression', node, name }))
}

/**
 * A SELECT. `M` is the model it starts from, `S` its sources in join order, `Row` what it gives, `Sel` the models selected,
 * `P` the expressions picked, `C` the model that the next join starts from and `Path` where that one is attached. By `in out`
 * two selects are compared by these types alone, and not by all of their methods, which takes the compiler seconds.
 */
export class Select<
  in out M,
  in out S extends readonly unknown[],
  in out Row,
  in out Sel extends readonly unknown[] = readonly [M],
  in out P = unknown,
  in out C = M,
  in out Path extends readonly string[] | null = readonly []
> extends ClauseQuery<M, S, Row, Sel, P> {
  declare readonly state: SelectState

  /** @internal use `Model.select()` */
  constructor(state: SelectState) {
    super(state)
  }

  /** @internal */
  override remade<Q>(change: Partial<SelectState>): Q {
    return new Select({ ...this.state, ...change }) as unknown as Q
  }

  /**
   * Replaces what the query reads from, by models, aliases, subqueries and their like; joins go on from the first of them.
   * A lateral subquery may refer to those before it.
   *
   * `User.select().from(User, latest.alias('l'))` → `… FROM "user" AS "t1", (SELECT …) AS "l"`
   */
  from<const D extends readonly [ModelSource<Any>, ...ModelSource<Any>[]]>(
    ...sources: D
  ): Select<M, SourceModels<D>, Row, Sel, P, ModelOf<D[0]>, PathTo<Row, M, ModelOf<D[0]>>> {
    const all = sources.map(source => sourceOf(source, 'from'))
    if (all.length === 0) throw misuse('BAD_ARGUMENT', 'from: there are no sources to select from')
    const node = all.reduce((of, { ctes }) => withCtes(of, ctes), this.state.node)
    const from = all.map(of => of.node)
    return this.remade({ sources: all, ensured: [], current: all[0], attachments: [], node: { ...node, from } })
  }

  /**
   * Joins a model along the one foreign key between it and the model joined last. Where the model was selected, its
   * instance is attached under the foreign key's name. Two foreign keys need `on` or `attr`; a subquery, CTE or list of values
   * needs `on`, and `attr` to be attached. With `lateral`, a subquery may refer to what was joined before.
   *
   * `Tweet.select(Tweet, User).join(User)` → `… FROM "tweets" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"`
   */
  join<D extends ModelSource<Any>, T extends JoinType = 'INNER', F extends ModelSource<Any> = never>(
    dest: D & Inferable<LeftOf<F, C>, ModelOf<D>>,
    options?: { from?: F; type?: T; on?: undefined; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, RefKeys<LeftOf<F, C>, ModelOf<D>>, T>
  join<D extends ModelSource<Any>, const K extends string, T extends JoinType = 'INNER', F extends ModelSource<Any> = never>(
    dest: D,
    options: { attr: K; on?: JoinOn<S, ModelOf<D>, string>; from?: F; type?: T; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, K, T>
  join<D extends ModelSource<Any>, K extends string, T extends JoinType = 'INNER', F extends ModelSource<Any> = never>(
    dest: D,
    options: { on: JoinOn<S, ModelOf<D>, K>; from?: F; type?: T; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, Extract<K, RefKeys<LeftOf<F, C>, ModelOf<D>>>, T>
  join(dest: unknown, options: JoinOptions = {}): never {
    return this.#join(dest, options)
  }

  /** Joins like `join`, and keeps rows for which nothing is found; what is attached is then `null`. */
  leftJoin<D extends ModelSource<Any>, F extends ModelSource<Any> = never>(
    dest: D & Inferable<LeftOf<F, C>, ModelOf<D>>,
    options?: { from?: F; on?: undefined; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, RefKeys<LeftOf<F, C>, ModelOf<D>>, 'LEFT'>
  leftJoin<D extends ModelSource<Any>, const K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { attr: K; on?: JoinOn<S, ModelOf<D>, string>; from?: F; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, K, 'LEFT'>
  leftJoin<D extends ModelSource<Any>, K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { on: JoinOn<S, ModelOf<D>, K>; from?: F; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, Extract<K, RefKeys<LeftOf<F, C>, ModelOf<D>>>, 'LEFT'>
  leftJoin(dest: unknown, options: JoinOptions = {}): never {
    return this.#join(dest, { ...options, type: 'LEFT' })
  }

  /**
   * Joins like `join`, and keeps what is joined where nothing before leads to it: such a row is an instance of the query's model
   * whose columns are all `null`, with what was joined attached. Attached rows of earlier joins are then `null`.
   */
  rightJoin<D extends ModelSource<Any>, F extends ModelSource<Any> = never>(
    dest: D & Inferable<LeftOf<F, C>, ModelOf<D>>,
    options?: { from?: F; on?: undefined; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, RefKeys<LeftOf<F, C>, ModelOf<D>>, 'RIGHT'>
  rightJoin<D extends ModelSource<Any>, const K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { attr: K; on?: JoinOn<S, ModelOf<D>, string>; from?: F; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, K, 'RIGHT'>
  rightJoin<D extends ModelSource<Any>, K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { on: JoinOn<S, ModelOf<D>, K>; from?: F; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, Extract<K, RefKeys<LeftOf<F, C>, ModelOf<D>>>, 'RIGHT'>
  rightJoin(dest: unknown, options: JoinOptions = {}): never {
    return this.#join(dest, { ...options, type: 'RIGHT' })
  }

  /** Joins like `leftJoin` and `rightJoin` at once: rows of both sides are kept. */
  fullJoin<D extends ModelSource<Any>, F extends ModelSource<Any> = never>(
    dest: D & Inferable<LeftOf<F, C>, ModelOf<D>>,
    options?: { from?: F; on?: undefined; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, RefKeys<LeftOf<F, C>, ModelOf<D>>, 'FULL'>
  fullJoin<D extends ModelSource<Any>, const K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { attr: K; on?: JoinOn<S, ModelOf<D>, string>; from?: F; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, K, 'FULL'>
  fullJoin<D extends ModelSource<Any>, K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { on: JoinOn<S, ModelOf<D>, K>; from?: F; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, Extract<K, RefKeys<LeftOf<F, C>, ModelOf<D>>>, 'FULL'>
  fullJoin(dest: unknown, options: JoinOptions = {}): never {
    return this.#join(dest, { ...options, type: 'FULL' })
  }

  /** Joins like `join`, from a source that was joined before: the same as `{ from: src }`. */
  joinFrom<F extends ModelSource<Any>, D extends ModelSource<Any>, T extends JoinType = 'INNER'>(
    src: F,
    dest: D & Inferable<LeftOf<F, C>, ModelOf<D>>,
    options?: { type?: T; on?: undefined; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, RefKeys<LeftOf<F, C>, ModelOf<D>>, T>
  joinFrom<F extends ModelSource<Any>, D extends ModelSource<Any>, const K extends string, T extends JoinType = 'INNER'>(
    src: F,
    dest: D,
    options: { attr: K; on?: JoinOn<S, ModelOf<D>, string>; type?: T; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, K, T>
  joinFrom<F extends ModelSource<Any>, D extends ModelSource<Any>, K extends string, T extends JoinType = 'INNER'>(
    src: F,
    dest: D,
    options: { on: JoinOn<S, ModelOf<D>, K>; type?: T; attr?: undefined; lateral?: boolean }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, Extract<K, RefKeys<LeftOf<F, C>, ModelOf<D>>>, T>
  joinFrom(src: unknown, dest: unknown, options: JoinOptions = {}): never {
    return this.#join(dest, { ...options, from: src })
  }

  /** Joins every row with every row of another source. */
  crossJoin<D extends ModelSource<Any>>(
    dest: D,
    options: { readonly lateral?: boolean } = {}
  ): Select<M, [...S, ModelOf<D>], Row, Sel, P, ModelOf<D>, null> {
    return this.#join(dest, { ...options, type: 'CROSS' })
  }

  /** Joins `dest` from `src`, unless the query has joined it already. Its columns are not among those that functions are given. */
  ensureJoin(
    src: ModelSource<Any>,
    dest: ModelSource<Any>,
    options: { readonly on?: AnyExpr; readonly type?: JoinType } = {}
  ): this {
    const source = sourceOf(dest, 'ensureJoin')
    if (allSources(this.state).includes(source)) return this
    const { sources, current, ensured = [] } = this.state
    return this.#join<this>(dest, { ...options, from: src }).remade({ sources, current, ensured: [...ensured, source] })
  }

  /** Makes the next join start from a model joined before; from the first one without an argument. */
  switch(): Select<M, S, Row, Sel, P, M, readonly []>
  switch<D extends ModelSource<Any>>(source: D): Select<M, S, Row, Sel, P, ModelOf<D>, PathTo<Row, M, ModelOf<D>>>
  switch(source?: unknown): never {
    return this.remade({ current: source === undefined ? this.state.root : this.member(source, 'switch') })
  }

  #join<Q>(dest: unknown, options: JoinOptions): Q {
    const { sources, attachments, node, items } = this.state
    const left = options.from === undefined ? this.state.current : this.member(options.from, 'join')
    const right = sourceOf(dest, 'join')
    const all = [...sources, right]
    const on = resolve(options.on, all)
    if (on === undefined && options.on !== undefined)
      throw misuse('UNDEFINED_VALUE', 'join: the function given as `on` gives undefined')
    const { type = 'INNER', attr, lateral } = options
    const request: JoinRequest = { type, attr, on, lateral }
    const plan = planJoin(left, right, request)
    const attachment = attachmentOf(left, right, plan, attachments, items)
    return this.remade({
      sources: all,
      current: right,
      attachments: attachment ? [...attachments, attachment] : attachments,
      node: { ...withCtes(node, right.ctes), from: joinedTo(node.from, left.node, right.node, request, plan.on) }
    })
  }

  /** Replaces what is selected, with the columns of all sources at hand: `.columns((t, u) => [t.content, u.username.as('author')])`. */
  columns<const Q extends Picked>(pick: ((...sources: Sources<S>) => Q) | Q): Select<M, S, DictRow<Q>, readonly [], Q, C, Path> {
    return this.#select([resolve(pick, this.state.sources)])
  }

  /** Adds expressions to what is selected; beside models they become properties of the first one's instance. */
  columnsExtend<const Q extends Picked>(
    pick: ((...sources: Sources<S>) => Q) | Q
  ): Select<M, S, Row & DictRow<Q>, Sel, Picks<P, Q>, C, Path> {
    return this.#select([resolve(pick, this.state.sources)], this.state.items)
  }

  #select<Q>(picked: readonly unknown[], before: readonly SelectedItem[] = []): Q {
    const items = [...before, ...selectionOf(picked, 'columns')]
    return this.remade({ items, node: { ...this.state.node, columns: selectedNodes(items) } })
  }

  /** Gives rows as plain objects. */
  dicts(): Select<M, S, KeptDict<S, DictOf<M, Sel, P>>, Sel, P, C, Path> {
    return this.remade({ shape: 'dicts' })
  }

  /** Gives rows as arrays. */
  tuples(): Select<M, S, TupleOf<Sel, P>, Sel, P, C, Path> {
    return this.remade({ shape: 'tuples' })
  }

  /** Gives rows as whatever the function makes of the plain object. */
  objects<R>(make: (row: KeptDict<S, DictOf<M, Sel, P>>) => R): Select<M, S, R, Sel, P, C, Path> {
    return this.remade({ shape: make })
  }
}

/**
 * The select with one more source `D`, which is attached to the row under `K`, if it was selected, by a join of type `T`: outer
 * joins may find nothing. Wrapped, so that editors show the select and not this name.
 */
type Joined<
  M,
  S extends readonly unknown[],
  Row,
  Sel extends readonly unknown[],
  P,
  Path extends readonly string[] | null,
  D,
  K,
  T extends JoinType
> = {
  select: Select<
    M,
    [...Kept<S, T>, Nullable<ModelOf<D>, T>],
    JoinedRow<KeptRow<Row, T>, Path, Sel, D, K, Nullable<ModelOf<D>, T>>,
    Sel,
    P,
    ModelOf<D>,
    JoinedPath<Path, Sel, D, K>
  >
}['select']

/** A select of all of a source: of instances, or of its columns. */
export type WholeSelect<M> = M extends { readonly dirtyFields: readonly string[] }
  ? Select<M, readonly [M], M>
  : Select<M, readonly [M], M, readonly [], Fields<M>>

interface JoinOptions {
  readonly type?: JoinType
  readonly on?: unknown
  readonly attr?: string
  readonly from?: unknown
  readonly lateral?: boolean
}

declare module './row-source.js' {
  interface RowSource<M, N extends string = string> {
    /** A query for its rows: of nothing, all its columns; else what is asked for, as of `Model.select`. */
    select(): WholeSelect<M>
    select<const C extends Picked>(pick: (fields: Fields<M>) => C): Select<M, readonly [M], DictRow<C>, readonly [], C>
    select<const C extends readonly [AnyExpr, ...AnyExpr[]]>(...columns: C): Select<M, readonly [M], DictRow<C>, readonly [], C>
    select<const A extends readonly (ModelSource<Any> | AnyExpr)[]>(
      ...items: A
    ): Select<M, readonly [M], SelectedRow<M, A>, SelectedModels<A>, Expressions<A>>
    select<const C extends { readonly [name: string]: AnyExpr }>(pick: C): Select<M, readonly [M], DictRow<C>, readonly [], C>
  }
}

// A query is made of sources, and a source of a query: the second half of that circle is closed here.
RowSource.prototype.select = function (this: RowSource<unknown>, ...args: unknown[]): never {
  return new Select(selectFrom(this.executor, sourceOf(this, 'select'), args)) as never
}
