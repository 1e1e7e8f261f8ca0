import { aliasOf, named, subquery, table, unnamed } from '../ast/build.js'
import { rewrite } from '../ast/children.js'
import type { CompoundNode, ExprNode, OrderNode, QueryNode, SetOperator } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { Expression } from '../expression/expression.js'
import { findSource } from '../expression/source.js'
import type { Aliased, Any } from '../expression/types.js'
import { describeType } from '../util/describe.js'
import type { SortKeys } from './clause-types.js'
import { sortKeysOf } from './clauses.js'
import { Cte, type CteOptions } from './cte.js'
import { runNode } from './executor.js'
import type { ColumnOf, DictOf, TupleOf } from './join-types.js'
import type { ColumnsOf, CompoundOperand, RenamedRow, SourceRow } from './output-types.js'
import { derivedSource, hoisted, namedColumns, outputsOf, withCtes } from './outputs.js'
import { RowSource } from './row-source.js'
import { RowQuery, type RowsState } from './rows.js'

/** The other side of a compound with such a query. */
type Operand<M, Sel extends readonly unknown[], P> = CompoundOperand<ColumnsOf<M, Sel, P>>

/** How a table of a query's rows is created. */
export interface NewTableOptions {
  readonly schema?: string
  /** Leaves alone a table of that name, which is then not filled; true unless given. */
  readonly safe?: boolean
  /** A table that this connection alone sees. */
  readonly temporary?: boolean
}

/** A query of rows that can be made a part of another: of a compound, of FROM, of WITH, of an expression. */
export abstract class ComposableQuery<M, Row, Sel extends readonly unknown[], P> extends RowQuery<M, Row, Sel, P> {
  /**
   * The rows of both queries, equal ones once; their columns have the same types, and rows are as this query's.
   *
   * `User.select(u => [u.name]).union(Admin.select(a => [a.name]))` → `(SELECT …) UNION (SELECT …)`
   */
  union(other: Operand<M, Sel, P>): Compound<M, Row, Sel, P> {
    return compound(this, other, 'UNION', false)
  }

  /** The rows of both queries, equal ones as often as they are there. */
  unionAll(other: Operand<M, Sel, P>): Compound<M, Row, Sel, P> {
    return compound(this, other, 'UNION', true)
  }

  /** The rows that both queries give, once. */
  intersect(other: Operand<M, Sel, P>): Compound<M, Row, Sel, P> {
    return compound(this, other, 'INTERSECT', false)
  }

  /** The rows that both queries give, as often as both do. */
  intersectAll(other: Operand<M, Sel, P>): Compound<M, Row, Sel, P> {
    return compound(this, other, 'INTERSECT', true)
  }

  /** The rows that the other query does not give, once. */
  except(other: Operand<M, Sel, P>): Compound<M, Row, Sel, P> {
    return compound(this, other, 'EXCEPT', false)
  }

  /** The rows that are left when each of the other query's takes one away. */
  exceptAll(other: Operand<M, Sel, P>): Compound<M, Row, Sel, P> {
    return compound(this, other, 'EXCEPT', true)
  }

  /** The query as a value under a name, for a select list: `columns(u => [u.name, tweets.as('tweets')])` → `(SELECT …) AS "tweets"`. */
  as<const N extends string>(name: N): Aliased<ColumnOf<M, Sel, P> | null, N> {
    return new Expression(named(subquery(this.toSelectNode()), name)) as unknown as Aliased<ColumnOf<M, Sel, P> | null, N>
  }

  /**
   * The query as a source of others: `join`, `from`, and `select` take it, and it gives its columns with `fields()`.
   *
   * `const latest = Tweet.select(t => [t.user, fn.max(t.createdAt).as('at')]).groupBy(t => t.user).alias('latest')`
   * → `… JOIN (SELECT …) AS "latest" ON …`
   */
  alias<const N extends string>(name: N): RowSource<SourceRow<M, Sel, P>, N> {
    return this.#derived(name)
  }

  /** A query of this one's rows: `query.selectFrom(r => [fn.avg(r.n)])` → `SELECT avg("t1"."n") FROM (SELECT …) AS "t1"`. */
  get selectFrom(): RowSource<SourceRow<M, Sel, P>>['select'] {
    const source = this.#derived('')
    return source.select.bind(source)
  }

  #derived<N extends string>(name: N): RowSource<SourceRow<M, Sel, P>, N> {
    const { executor, items, root, attachments, lateral } = this.state
    const [node, ctes] = hoisted(this.#named())
    const from = { ...aliasOf(node, name === '' ? undefined : name), lateral }
    return new RowSource(executor, derivedSource(from, { items, root, attachments, name: name || root.name, ctes }), name)
  }

  /**
   * Creates a table of the query's rows, which has no keys, no indexes and no defaults.
   *
   * `await User.select(u => [u.id, u.username]).where(u => u.active.eq(true)).createTable('active_users')`
   * → `CREATE TABLE IF NOT EXISTS "active_users" AS SELECT …`
   */
  async createTable(name: string, { schema, safe = true, temporary = false }: NewTableOptions = {}): Promise<void> {
    await runNode(this.state.executor(), {
      kind: 'createTableAs',
      table: table(name, schema),
      query: this.#named(),
      safe,
      temporary
    })
  }

  /** Lets the query refer to the sources before it, where it stands in FROM: `LATERAL (SELECT …)`. */
  lateral(): this {
    return this.remade({ lateral: true })
  }

  /** The query as a CTE: named in WITH, and read from by that name. See {@link Cte}. */
  cte<const N extends string>(
    name: N,
    options?: CteOptions & { readonly columns?: undefined }
  ): Cte<SourceRow<M, Sel, P>, N, ColumnsOf<M, Sel, P>>
  cte<const N extends string, const C extends readonly string[]>(
    name: N,
    options: CteOptions<C> & { readonly columns: C }
  ): Cte<RenamedRow<Sel, P, C>, N, ColumnsOf<M, Sel, P>>
  cte(name: string, options: CteOptions = {}): never {
    const { executor, items, root, attachments } = this.state
    const [query, needs] = hoisted(this.#named())
    const state = { executor, items, root, attachments, name, query, options, needs, table: table(name) }
    return new Cte(state) as never
  }

  /** Adds CTEs to WITH, with those they need. One that is joined or selected from is there already. */
  with(...ctes: readonly Cte<Any, string, Any>[]): this {
    return this.remade({ node: ctes.reduce((node, cte) => withCtes(node, cteNodes(cte)), this.state.node) })
  }

  #named(): QueryNode {
    return namedColumns(this.toNode(), this.state.items)
  }
}

/** What must stand in WITH for a CTE. Throws a `TypeError` for anything else. */
export function cteNodes(cte: unknown) {
  const ctes = findSource(cte)?.ctes
  if (ctes) return ctes
  throw misuse(
    cte === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `with: expected a CTE, got ${describeType(cte)}; make one with query.cte('name')`
  )
}

function compound<C>(query: { readonly state: RowsState; toNode(): QueryNode }, other: object, op: SetOperator, all: boolean): C {
  const { state: left } = query
  const where = `${op.toLowerCase()}${all ? 'All' : ''}`
  const [first, before] = hoisted(namedColumns(query.toNode(), left.items))
  const [second, needed] = hoisted(queryNode(other, where))
  if (first.columns.length !== second.columns.length)
    throw misuse('BAD_QUERY', `${where}: this query gives ${first.columns.length} columns, the other ${second.columns.length}`)
  const base: CompoundNode = { kind: 'compound', op, all, left: first, right: second, columns: first.columns, orderBy: [] }
  const node = withCtes(withCtes(base, before), needed)
  return new Compound({ ...left, sources: [], node }) as C
}

function queryNode(other: unknown, where: string): QueryNode {
  if (other instanceof RowQuery) return other.toNode()
  throw misuse(
    other === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected a select or a compound, got ${describeType(other)}`
  )
}

/** Two queries put together: `UNION`, `INTERSECT`, `EXCEPT`. */
export class Compound<M, Row, Sel extends readonly unknown[] = readonly [M], P = unknown> extends ComposableQuery<
  M,
  Row,
  Sel,
  P
> {
  declare readonly state: RowsState<CompoundNode>

  /** @internal */
  override remade<Q>(change: Partial<RowsState>): Q {
    return new Compound({ ...this.state, ...change }) as Q
  }

  /** Replaces the sort keys, which are columns of the result: `.orderBy(row => row.name.desc())` → `ORDER BY "name" DESC`. */
  orderBy(...keys: readonly SortKeys<readonly [SourceRow<M, Sel, P>]>[]): this {
    return this.remade({ node: { ...this.state.node, orderBy: this.#keys(keys) } })
  }

  /** Adds sort keys behind those there are. */
  orderByExtend(...keys: readonly SortKeys<readonly [SourceRow<M, Sel, P>]>[]): this {
    const { node } = this.state
    return this.remade({ node: { ...node, orderBy: [...node.orderBy, ...this.#keys(keys)] } })
  }

  /** The keys with columns by the names they have in the result, the only ones that SQL takes there. */
  #keys(keys: readonly unknown[]): (OrderNode | ExprNode)[] {
    const { items, root } = this.state
    const result = derivedSource(table(''), { items, root, name: root.name })
    const outputs = outputsOf(items)
    const nameOf = (node: ExprNode & { readonly kind: 'column' }): string => {
      const selected = outputs.find(output => {
        const of = unnamed(output.node)
        return of.kind === 'column' && of.source === node.source && of.name === node.name
      })
      return selected?.name ?? node.name
    }
    return sortKeysOf(keys, [result]).map(key =>
      rewrite(key, part => (part.kind === 'column' ? { kind: 'identifier', path: [nameOf(part)], type: part.type } : undefined))
    )
  }

  /** Gives rows as plain objects. */
  dicts(): Compound<M, DictOf<M, Sel, P>, Sel, P> {
    return this.remade({ shape: 'dicts' })
  }

  /** Gives rows as arrays. */
  tuples(): Compound<M, TupleOf<Sel, P>, Sel, P> {
    return this.remade({ shape: 'tuples' })
  }

  /** Gives rows as whatever the function makes of the plain object. */
  objects<R>(make: (row: DictOf<M, Sel, P>) => R): Compound<M, R, Sel, P> {
    return this.remade({ shape: make })
  }
}
