import { aliasOf, call, conjunction, EMPTY_SELECT, STAR, TRUE } from '../ast/build.js'
import type { JoinType, SelectNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import type { Compiled } from '../compiler/compile.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import { type Source, sourceOf } from '../expression/source.js'
import type { Any, AnyExpr, DictRow, Expr, ModelOf, ModelSource, Order, Picked, RefKeys, Sources } from '../expression/types.js'
import { conditionsOf, countParam, expressionsOf, resolve, sortKeysOf } from './clauses.js'
import { type Executor, runNode } from './executor.js'
import { type JoinRequest, joined, planJoin } from './join.js'
import type {
  ColumnOf,
  DictOf,
  FirstOf,
  Inferable,
  JoinedPath,
  JoinedRow,
  JoinOn,
  LeftOf,
  Nullable,
  PathOf,
  PathTo,
  Picks,
  TupleOf
} from './join-types.js'
import { Query } from './query.js'
import { type Attachment, makeReader, type RowReader, type RowShape, readRows } from './readers.js'
import { type SelectedItem, selectedNodes, selectionOf } from './selection.js'
import { withSharedExpressions } from './shared-expressions.js'

/** A condition, or a function of the query's sources that gives one. */
export type Condition<S extends readonly unknown[]> = Expr<boolean> | ((...sources: Sources<S>) => Expr<boolean>)
/** A sort key or several, or a function of the query's sources that gives them. */
export type SortKeys<S extends readonly unknown[]> =
  | SortKey
  | readonly SortKey[]
  | ((...sources: Sources<S>) => SortKey | readonly SortKey[])
type SortKey = Order | AnyExpr
/** Expressions or models to group by, or a function of the query's sources that gives them. */
export type GroupKeys<S extends readonly unknown[]> =
  | AnyExpr
  | ModelSource<unknown>
  | readonly (AnyExpr | ModelSource<unknown>)[]
  | ((...sources: Sources<S>) => AnyExpr | readonly AnyExpr[])

/** @internal What a select is made of. */
export interface SelectState {
  readonly executor: () => Executor
  readonly root: Source
  readonly items: readonly SelectedItem[]
  /** In join order. */
  readonly sources: readonly Source[]
  /** The source that the next join starts from. */
  readonly current: Source
  readonly attachments: readonly Attachment[]
  readonly shape: RowShape
  readonly node: SelectNode
}

/** @internal A select of a model and what was asked of it. */
export function selectFrom(executor: () => Executor, root: Source, args: readonly unknown[]): SelectState {
  const resolved = args.map(arg => resolve(arg, [root]))
  const items = resolved.length === 0 ? [{ kind: 'model', source: root } as const] : selectionOf(resolved, `${root.name}.select`)
  const node: SelectNode = { ...EMPTY_SELECT, columns: selectedNodes(items), from: [root.node] }
  return { executor, root, items, sources: [root], current: root, attachments: [], shape: 'models', node }
}

/**
 * A SELECT. `M` is the model it starts from, `S` its sources in join order, `Row` what it gives, `Sel` the models selected,
 * `P` the expressions picked, `C` the model that the next join starts from and `Path` where that one is attached.
 */
export class Select<
  M,
  S extends readonly unknown[],
  Row,
  Sel extends readonly unknown[] = readonly [M],
  P = unknown,
  C = M,
  Path extends readonly string[] | null = readonly []
> extends Query<Row[]> {
  /** @internal the type of the one column, for IN and comparisons */
  declare readonly $column?: ColumnOf<M, Sel, P>
  readonly #state: SelectState
  #node: SelectNode | undefined
  #reader: RowReader | undefined

  /** @internal use `Model.select()` */
  constructor(state: SelectState) {
    super(state.executor)
    this.#state = state
  }

  #with<Q>(change: Partial<SelectState>): Q {
    return new Select({ ...this.#state, ...change }) as unknown as Q
  }

  #clause(change: Partial<SelectNode>): this {
    return this.#with({ node: { ...this.#state.node, ...change } })
  }

  /** Adds conditions; all of them, and all given before, must hold. `.where(u => u.age.gte(18))` → `WHERE "t1"."age" >= $1` */
  where(...conditions: readonly Condition<S>[]): this {
    const { node, sources } = this.#state
    return this.#clause({ where: conjunction([node.where, ...conditionsOf(conditions, sources, 'where')]) })
  }

  /** Adds alternatives to the conditions given before: any of them may hold instead. */
  orWhere(...conditions: readonly Condition<S>[]): this {
    const { node, sources } = this.#state
    return this.#clause({ where: conjunction([node.where, ...conditionsOf(conditions, sources, 'orWhere')], 'or') })
  }

  /** Replaces what rows are grouped by; a model stands for all its columns. */
  groupBy(...keys: readonly GroupKeys<S>[]): this {
    return this.#clause({ groupBy: expressionsOf(keys, this.#state.sources, 'groupBy') })
  }

  /** Adds to what rows are grouped by. */
  groupByExtend(...keys: readonly GroupKeys<S>[]): this {
    const { node, sources } = this.#state
    return this.#clause({ groupBy: [...node.groupBy, ...expressionsOf(keys, sources, 'groupByExtend')] })
  }

  /** Adds conditions on groups. */
  having(...conditions: readonly Condition<S>[]): this {
    const { node, sources } = this.#state
    return this.#clause({ having: conjunction([node.having, ...conditionsOf(conditions, sources, 'having')]) })
  }

  /** Replaces the sort keys; without arguments the rows are unordered. `.orderBy(t => t.createdAt.desc())` */
  orderBy(...keys: readonly SortKeys<S>[]): this {
    return this.#clause({ orderBy: sortKeysOf(keys, this.#state.sources) })
  }

  /** Adds sort keys behind those there are. */
  orderByExtend(...keys: readonly SortKeys<S>[]): this {
    const { node, sources } = this.#state
    return this.#clause({ orderBy: [...node.orderBy, ...sortKeysOf(keys, sources)] })
  }

  /** At most so many rows; `null` takes the limit away. */
  limit(rows: number | null): this {
    return this.#clause({ limit: countParam(rows, 'limit') })
  }

  /** Leaves out so many rows first. */
  offset(rows: number | null): this {
    return this.#clause({ offset: countParam(rows, 'offset') })
  }

  /** A page of the rows, counted from 1. */
  paginate(page: number, rowsPerPage = 20): this {
    return this.limit(rowsPerPage).offset((Math.max(page, 1) - 1) * rowsPerPage)
  }

  /** Drops equal rows; with expressions, keeps the first row of each of their values (`DISTINCT ON`). */
  distinct(...on: readonly (boolean | GroupKeys<S>)[]): this {
    if (on.length === 0 || typeof on[0] === 'boolean') return this.#clause({ distinct: on[0] !== false })
    return this.#clause({ distinct: expressionsOf(on, this.#state.sources, 'distinct') })
  }

  /**
   * Joins a model along the one foreign key between it and the model joined last. Where the model was selected, its
   * instance is attached under the foreign key's name. Two foreign keys need `on` or `attr`.
   *
   * `Tweet.select(Tweet, User).join(User)` → `… FROM "tweets" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"`
   */
  join<D extends ModelSource<Any>, T extends JoinType = 'INNER', F extends ModelSource<Any> = never>(
    dest: D & Inferable<LeftOf<F, C>, ModelOf<D>>,
    options?: { from?: F; type?: T; on?: undefined; attr?: undefined }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, RefKeys<LeftOf<F, C>, ModelOf<D>>, Nullable<ModelOf<D>, T>>
  join<D extends ModelSource<Any>, const K extends string, T extends JoinType = 'INNER', F extends ModelSource<Any> = never>(
    dest: D,
    options: { attr: K; on?: JoinOn<S, ModelOf<D>, string>; from?: F; type?: T }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, K, Nullable<ModelOf<D>, T>>
  join<D extends ModelSource<Any>, K extends string, T extends JoinType = 'INNER', F extends ModelSource<Any> = never>(
    dest: D,
    options: { on: JoinOn<S, ModelOf<D>, K>; from?: F; type?: T; attr?: undefined }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, Extract<K, RefKeys<LeftOf<F, C>, ModelOf<D>>>, Nullable<ModelOf<D>, T>>
  join(dest: unknown, options: JoinOptions = {}): never {
    return this.#join(dest, options)
  }

  /** Joins like `join`, and keeps rows for which nothing is found; what is attached is then `null`. */
  leftJoin<D extends ModelSource<Any>, F extends ModelSource<Any> = never>(
    dest: D & Inferable<LeftOf<F, C>, ModelOf<D>>,
    options?: { from?: F; on?: undefined; attr?: undefined }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, RefKeys<LeftOf<F, C>, ModelOf<D>>, ModelOf<D> | null>
  leftJoin<D extends ModelSource<Any>, const K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { attr: K; on?: JoinOn<S, ModelOf<D>, string>; from?: F }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, K, ModelOf<D> | null>
  leftJoin<D extends ModelSource<Any>, K extends string, F extends ModelSource<Any> = never>(
    dest: D,
    options: { on: JoinOn<S, ModelOf<D>, K>; from?: F; attr?: undefined }
  ): Joined<M, S, Row, Sel, P, PathOf<F, Row, M, Path>, D, Extract<K, RefKeys<LeftOf<F, C>, ModelOf<D>>>, ModelOf<D> | null>
  leftJoin(dest: unknown, options: JoinOptions = {}): never {
    return this.#join(dest, { ...options, type: 'LEFT' })
  }

  /** Joins every row with every row of another model. */
  crossJoin<D extends ModelSource<Any>>(dest: D): Select<M, [...S, ModelOf<D>], Row, Sel, P, ModelOf<D>, null> {
    return this.#join(dest, { type: 'CROSS' })
  }

  /** Makes the next join start from a model joined before; from the first one without an argument. */
  switch(): Select<M, S, Row, Sel, P, M, readonly []>
  switch<D extends ModelSource<Any>>(source: D): Select<M, S, Row, Sel, P, ModelOf<D>, PathTo<Row, M, ModelOf<D>>>
  switch(source?: unknown): never {
    return this.#with({ current: source === undefined ? this.#state.root : this.#member(source, 'switch') })
  }

  #join<Q>(dest: unknown, options: JoinOptions): Q {
    const { sources, attachments, node } = this.#state
    const current = options.from === undefined ? this.#state.current : this.#member(options.from, 'join')
    const right = sourceOf(dest, 'join')
    const all = [...sources, right]
    const on = resolve(options.on, all)
    if (on === undefined && options.on !== undefined)
      throw misuse('UNDEFINED_VALUE', 'join: the function given as `on` gives undefined')
    const request: JoinRequest = { type: options.type ?? 'INNER', attr: options.attr, on }
    const plan = planJoin(current, right, request)
    return this.#with({
      sources: all,
      current: right,
      attachments:
        plan.property === undefined ? attachments : [...attachments, { owner: current, property: plan.property, related: right }],
      node: { ...node, from: [joined(node.from[0], right.node, request.type, plan.on), ...node.from.slice(1)] }
    })
  }

  #member(value: unknown, where: string): Source {
    const source = sourceOf(value, where)
    if (this.#state.sources.includes(source)) return source
    throw misuse('BAD_QUERY', `${where}: ${source.name} is not among the sources of this query`)
  }

  /** Replaces what is selected, with the columns of all sources at hand: `.columns((t, u) => [t.content, u.username.as('author')])`. */
  columns<const Q extends Picked>(pick: ((...sources: Sources<S>) => Q) | Q): Select<M, S, DictRow<Q>, readonly [], Q, C, Path> {
    return this.#select([resolve(pick, this.#state.sources)])
  }

  /** Adds expressions to what is selected; beside models they become properties of the first one's instance. */
  columnsExtend<const Q extends Picked>(
    pick: ((...sources: Sources<S>) => Q) | Q
  ): Select<M, S, Row & DictRow<Q>, Sel, Picks<P, Q>, C, Path> {
    return this.#select([resolve(pick, this.#state.sources)], this.#state.items)
  }

  #select<Q>(picked: readonly unknown[], before: readonly SelectedItem[] = []): Q {
    const items = [...before, ...selectionOf(picked, 'columns')]
    return this.#with({ items, node: { ...this.#state.node, columns: selectedNodes(items) } })
  }

  /** Gives rows as plain objects. */
  dicts(): Select<M, S, DictOf<M, Sel, P>, Sel, P, C, Path> {
    return this.#with({ shape: 'dicts' })
  }

  /** Gives rows as arrays. */
  tuples(): Select<M, S, TupleOf<Sel, P>, Sel, P, C, Path> {
    return this.#with({ shape: 'tuples' })
  }

  /** Gives rows as whatever the function makes of the plain object. */
  objects<R>(make: (row: DictOf<M, Sel, P>) => R): Select<M, S, R, Sel, P, C, Path> {
    return this.#with({ shape: make })
  }

  /** The first row. Rejects with the model's `DoesNotExist` where there is none. */
  async get(): Promise<Row> {
    const query = this.#atMost(1)
    const [row] = await query.execute()
    if (row === undefined) throw this.#state.root.notFound(query.sql().text)
    return row
  }

  /** The first row, or `null`. */
  async getOrNone(): Promise<Row | null> {
    const [row] = await this.#atMost(1).execute()
    return row ?? null
  }

  /** The first row or `null`; with a number, the first rows. */
  first(): Promise<Row | null>
  first(rows: number): Promise<Row[]>
  first(rows?: number): Promise<Row | null | Row[]> {
    return rows === undefined ? this.getOrNone() : this.#atMost(rows).execute()
  }

  /** The first column of the first row, or `null`. */
  async scalar(): Promise<FirstOf<Sel, P> | null> {
    const [row] = (await this.#atMost(1).#with<Query<unknown[][]>>({ shape: 'tuples' }).execute()) as unknown[][]
    return (row?.[0] ?? null) as never
  }

  /** The first column of every row. */
  async scalars(): Promise<FirstOf<Sel, P>[]> {
    const rows = await this.#with<Query<unknown[][]>>({ shape: 'tuples' }).execute()
    return rows.map(row => row[0]) as never
  }

  /** How many rows the query gives. */
  async count(): Promise<number> {
    const { node } = this.#state
    const inner: SelectNode = { ...this.toNode(), orderBy: node.limit || Array.isArray(node.distinct) ? node.orderBy : [] }
    const counted: SelectNode = this.#isPlain()
      ? { ...inner, columns: [COUNT] }
      : { ...EMPTY_SELECT, columns: [COUNT], from: [aliasOf(inner, 'counted')] }
    return Number((await runNode(this.executor(), counted)).rows[0][0])
  }

  /** Whether the query gives any row. */
  async exists(): Promise<boolean> {
    const node = this.#atMost(1).toNode()
    const probe: SelectNode = this.#isPlain(true) ? { ...node, columns: [TRUE], orderBy: [] } : node
    return (await runNode(this.executor(), probe)).rows.length > 0
  }

  /** Whether there is a row for each row of the sources that meets the conditions: nothing is folded together, or cut off. */
  #isPlain(cut = false): boolean {
    const { distinct, groupBy, having, limit, offset, columns } = this.#state.node
    if (distinct || groupBy.length > 0 || having || (!cut && (limit || offset))) return false
    return columns.every(({ kind }) => kind === 'column')
  }

  /** The first so many rows, or fewer where the query says so already. */
  #atMost(rows: number): this {
    const { limit } = this.#state.node
    const less = limit?.kind === 'param' && Number(limit.value) < rows
    return less ? this : this.limit(rows)
  }

  /** @internal */
  override toNode(): SelectNode {
    return withSharedExpressions(this.#state.node)
  }

  /** @internal The node as a subquery; a whole model stands for its key. */
  toSelectNode(): SelectNode {
    const { items } = this.#state
    const node = this.toNode()
    if (items.length !== 1 || items[0].kind !== 'model') return node
    this.#node ??= { ...node, columns: items[0].source.primaryKey.map(({ column }) => column) }
    return this.#node
  }

  /** @internal */
  override readResult(result: RawResult, _statement: Compiled): Row[] {
    const { items, shape, root, attachments } = this.#state
    this.#reader ??= makeReader(items, shape, root, attachments, result.columns)
    return readRows(result, this.#reader) as Row[]
  }
}

/**
 * The select with one more source `D`, which is attached to the row under `K` as `V`, if it was selected. `V` among the
 * sources says whether columns can be null. Wrapped, so that editors show the select and not this name.
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
  V
> = {
  select: Select<M, [...S, V], JoinedRow<Row, Path, Sel, D, K, V>, Sel, P, ModelOf<D>, JoinedPath<Path, Sel, D, K>>
}['select']

const COUNT = call('count', [STAR], TYPES.int8)

interface JoinOptions {
  readonly type?: JoinType
  readonly on?: unknown
  readonly attr?: string
  readonly from?: unknown
}
