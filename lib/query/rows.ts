import { aliasOf, call, EMPTY_SELECT, STAR, TRUE } from '../ast/build.js'
import type { ExprNode, LockStrength, QueryNode, SelectNode, SystemTime } from '../ast/nodes.js'
import { type Referred, TYPES } from '../ast/types.js'
import type { Compiled } from '../compiler/compile.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import { columnNamed, type Source, type SourceColumn } from '../expression/source.js'
import { describeType } from '../util/describe.js'
import { countParam, pastTime } from './clauses.js'
import { type Executor, runNode } from './executor.js'
import type { ColumnOf, DictOf, FirstOf, TupleOf } from './join-types.js'
import { lockedSelect } from './locking.js'
import type { ColumnsOf } from './output-types.js'
import { derivedSource, hoisted, withCtes } from './outputs.js'
import { pagesOf } from './pages.js'
import { Query } from './query.js'
import { type Attachment, makeReader, type RowReader, type RowShape, readRows } from './readers.js'
import type { SelectedItem } from './selection.js'
import { withSharedExpressions } from './shared-expressions.js'

/** @internal What is done with the instances of a query before the caller gets them. */
export interface Following {
  follow(query: FollowedQuery, rows: readonly unknown[]): Promise<void>
}

/** @internal The query whose instances they are. */
export interface FollowedQuery {
  readonly state: RowsState
  executor(): Executor
  toNode(): QueryNode
}

/** @internal What a query of rows is made of. */
export interface RowsState<N extends QueryNode = QueryNode> {
  readonly executor: () => Executor
  readonly root: Source
  readonly items: readonly SelectedItem[]
  /** Those whose columns functions are given, in join order. */
  readonly sources: readonly Source[]
  /** Those that are joined besides. */
  readonly ensured?: readonly Source[]
  readonly attachments: readonly Attachment[]
  readonly shape: RowShape
  readonly node: N
  /** Whether it may refer to the sources before it, as a source itself. */
  readonly lateral?: boolean
  readonly following?: Following
  /** Whether it has a node, a signal or a time limit of its own. */
  readonly limited?: boolean
  /** Whether a transaction that locks what it reads leaves these rows alone. */
  readonly unlocked?: boolean
  /** The condition at the head of WHERE to which there are no alternatives: whose rows they are. */
  readonly bound?: ExprNode
}

/** @internal All sources of a query. */
export function allSources({ sources, ensured = [] }: RowsState): readonly Source[] {
  return [...sources, ...ensured]
}

/** How many rows a stream asks for at a time, unless the program says. */
const BATCH = 500
const COUNT = call('count', [STAR], TYPES.int8)

/**
 * A query that gives rows, a select or a compound: what can be done with its result. `M` is the model it starts from, `Row`
 * what it gives, `Sel` the models selected, `P` the expressions picked.
 */
export abstract class RowQuery<M, Row, Sel extends readonly unknown[], P> extends Query<Row[]> {
  /** @internal the type of the one column, for IN and comparisons */
  declare readonly $column?: ColumnOf<M, Sel, P>
  /** @internal the types of the columns, for compounds */
  declare readonly $columns?: ColumnsOf<M, Sel, P>
  /** @internal the type of its rows, and of their model */
  declare readonly $rows?: { readonly model: M; readonly row: Row }
  /** @internal */
  readonly state: RowsState
  #subquery: QueryNode | undefined
  #reader: RowReader | undefined

  /** @internal */
  constructor(state: RowsState) {
    super(state.executor)
    this.state = state
  }

  /** @internal The same query with other parts. */
  abstract remade<Q>(change: Partial<RowsState>): Q

  /** @internal */
  override withExecutor(executor: () => Executor): this {
    return this.remade({ executor, limited: true })
  }

  /** At most so many rows; `null` takes the limit away. */
  limit(rows: number | null): this {
    return this.remade({ node: { ...this.state.node, limit: countParam(rows, 'limit') } })
  }

  /** Leaves out so many rows first; `null` takes that away. */
  offset(rows: number | null): this {
    return this.remade({ node: { ...this.state.node, offset: countParam(rows, 'offset') } })
  }

  /**
   * Reads as of a time in the past, where the server can: a Date, an ISO string, an interval (`'-10s'`), or what a function of
   * the server's extension gives. A statement reads as of one time: that of a query inside another holds for all of it, and a
   * second one must be the same. `null` takes the time away. Relations that are loaded later come from the present. Inside a
   * transaction, which has a time of its own, the query rejects with `NotSupportedError`; one that writes or locks is a `TypeError`.
   *
   * `User.select().where(u => u.id.eq(1)).asOf('-10s')` → `SELECT … FROM "user" AS "t1" AS OF SYSTEM TIME '-10s' WHERE …`
   */
  asOf(time: SystemTime | null): this {
    return this.remade({ node: { ...this.state.node, asOf: pastTime(time) } })
  }

  /** A page of the rows, counted from 1. */
  paginate(page: number, rowsPerPage = 20): this {
    if (!Number.isSafeInteger(page))
      throw misuse(
        page === undefined ? 'UNDEFINED_VALUE' : 'BAD_ARGUMENT',
        `paginate: expected the whole number of a page, got ${typeof page === 'number' ? page : describeType(page)}`
      )
    return this.limit(rowsPerPage).offset((Math.max(page, 1) - 1) * rowsPerPage)
  }

  /** The first row. Rejects with the model's `DoesNotExist` where there is none. */
  async get(): Promise<Row> {
    const query = this.#atMost(1)
    const [row] = await query.execute()
    if (row === undefined) throw this.state.root.notFound(query.sql().text)
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

  /** The first column of the first row, or `null`; with `asTuple` or `asDict` all its columns, as an array or a plain object. */
  scalar(): Promise<FirstOf<Sel, P> | null>
  scalar(options: { readonly asTuple: true }): Promise<TupleOf<Sel, P> | null>
  scalar(options: { readonly asDict: true }): Promise<DictOf<M, Sel, P> | null>
  async scalar(options: { readonly asTuple?: boolean; readonly asDict?: boolean } = {}): Promise<unknown> {
    if (options.asDict) return this.#shaped<object>('dicts').first()
    const row = await this.#shaped<unknown[]>('tuples').first()
    return (options.asTuple ? row : row?.[0]) ?? null
  }

  /** The first column of every row. */
  async scalars(): Promise<FirstOf<Sel, P>[]> {
    return (await this.#shaped<unknown[]>('tuples').execute()).map(row => row[0]) as never
  }

  #shaped<R>(shape: RowShape): RowQuery<M, R, Sel, P> {
    return this.remade({ shape, following: undefined })
  }

  /** How many rows the query gives; with `clearLimit`, how many it would give without its limit and offset. */
  async count({ clearLimit = false }: { readonly clearLimit?: boolean } = {}): Promise<number> {
    const node = this.toNode()
    const { rows } = await runNode(this.executor(), counting(clearLimit ? unlimited(node) : node))
    return Number(rows[0]?.[0] ?? 0)
  }

  /** Whether the query gives any row. */
  async exists(): Promise<boolean> {
    const node = this.#atMost(1).toNode()
    const probe: QueryNode = isPlain(unlimited(node)) ? ({ ...node, columns: [TRUE], orderBy: [] } as SelectNode) : node
    return (await runNode(this.executor(), probe)).rows.length > 0
  }

  /** The first so many rows, or fewer where the query says so already. */
  #atMost(rows: number): this {
    const { limit } = this.state.node
    const less = limit?.kind === 'param' && Number(limit.value) < rows
    return less ? this : this.limit(rows)
  }

  /** Gives the rows one after the other, of which no more than a batch is held: `for await (const row of query)`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Row> {
    return this.iterator()
  }

  /**
   * Gives the rows one after the other, of which no more than `batchSize` (500) are held. They are read with a cursor, inside
   * a transaction of its own or the open one; the connection is free again when the loop ends, however it ends. Where a server
   * has no cursors, the rows are read in pages by primary key, as of one time; for that the query must give rows of models
   * as they are, joined by inner joins, and in no other order than that of their keys. Any other query is read there whole.
   *
   * `for await (const tweet of Tweet.select().iterator({ batchSize: 100 })) …` → `DECLARE … CURSOR FOR SELECT …; FETCH 100 …`
   */
  async *iterator({ batchSize = BATCH }: { readonly batchSize?: number } = {}): AsyncIterableIterator<Row> {
    const executor = this.executor()
    const node = this.toNode()
    if (!Number.isSafeInteger(batchSize) || batchSize < 1)
      throw misuse('BAD_ARGUMENT', `iterator: batchSize must be a whole number of rows from 1 up`)
    const pages = node.kind === 'select' ? pagesOf(node, allSources(this.state)) : undefined
    for await (const batch of executor.stream({ node, batchSize, pages })) yield* await this.readResult(batch)
  }

  /** @internal */
  override toNode(): QueryNode {
    const { node } = this.state
    return node.kind === 'select' ? withSharedExpressions(node) : node
  }

  /** @internal */
  override lockedNode(strength: LockStrength): QueryNode | undefined {
    return this.state.unlocked ? undefined : lockedSelect(this.toNode(), allSources(this.state), strength)
  }

  /** @internal The node as a subquery; a whole model stands for its key, or for what a foreign key to it refers to. */
  toSelectNode(referred?: Referred): QueryNode {
    const { items } = this.state
    const node = this.toNode()
    const [item] = items
    if (items.length !== 1 || item.kind !== 'model') return node
    const property = referred?.(item.source.table)
    if (property !== undefined) return ofWhole(node, this.state, source => [columnNamed(source, property)])
    if (item.source.primaryKey.length === 0) return node
    this.#subquery ??= ofWhole(node, this.state, ({ primaryKey }) => primaryKey)
    return this.#subquery
  }

  /** @internal */
  override readResult(result: RawResult, { text }: Pick<Compiled, 'text'> = this.sql()): Row[] | Promise<Row[]> {
    const { items, shape, root, attachments, following } = this.state
    this.#reader ??= makeReader(items, shape, root, attachments, result.columns)
    const rows = readRows(result, this.#reader, text) as Row[]
    return following ? following.follow(this, rows).then(() => rows) : rows
  }
}

/** Columns of a query of a whole model. */
function ofWhole(node: QueryNode, { items, root }: RowsState, pick: (of: Source) => readonly SourceColumn[]): QueryNode {
  const from = aliasOf(node)
  const whole =
    node.kind === 'select' ? (items[0] as { source: Source }).source : derivedSource(from, { items, root, name: root.name })
  const columns = pick(whole).map(({ column }) => column)
  return node.kind === 'select' ? { ...node, columns } : { ...EMPTY_SELECT, columns, from: [from] }
}

function unlimited<N extends QueryNode>(node: N): N {
  return { ...node, limit: undefined, offset: undefined }
}

/** The number of a query's rows: without the order, unless it says which rows they are. */
function counting(query: QueryNode): SelectNode {
  const [node, ctes] = hoisted(query.kind === 'select' ? { ...query, lock: undefined } : query)
  const ordered = node.limit || (node.kind === 'select' && Array.isArray(node.distinct))
  const inner: QueryNode = ordered ? node : { ...node, orderBy: [] }
  const counted: SelectNode = isPlain(inner) ? inner : { ...EMPTY_SELECT, columns: [], from: [aliasOf(inner, 'counted')] }
  return withCtes({ ...counted, columns: [COUNT] }, ctes)
}

/** Whether there is a row for each row of the sources that meets the conditions: nothing is folded together, or cut off. */
function isPlain(node: QueryNode): node is SelectNode {
  if (node.kind !== 'select') return false
  const { distinct, groupBy, having, limit, offset, columns } = node
  if (distinct || groupBy.length > 0 || having || limit || offset) return false
  return columns.every(({ kind }) => kind === 'column')
}
