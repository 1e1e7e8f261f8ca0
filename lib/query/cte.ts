import { cast, named, table as tableNode, unnamed } from '../ast/build.js'
import type { CompoundNode, CteNode, ExprNode, QueryNode, TableNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import type { Executor } from './executor.js'
import type { CompoundOperand } from './output-types.js'
import { type Derivation, derivedSource, hoisted, withCtes } from './outputs.js'
import { RowSource } from './row-source.js'

/** How a query is made a CTE. */
export interface CteOptions<C extends readonly string[] = readonly string[]> {
  /** Other names for its columns, in their order. */
  readonly columns?: C
  /** Writes WITH RECURSIVE; `union` and `unionAll` do so by themselves. */
  readonly recursive?: boolean
  /** Whether the server computes it once and keeps it; it decides unless told. */
  readonly materialized?: boolean
}

/** @internal What a CTE is made of. */
export interface CteState extends Omit<Derivation, 'ctes' | 'columns'> {
  readonly executor: () => Executor
  readonly query: CteNode['query']
  readonly options: CteOptions
  /** The CTEs that it reads from. */
  readonly needs: readonly CteNode[]
  readonly table: TableNode
}

/**
 * A query that stands in WITH, and is read from by its name. It gets there by itself with `cte.select(…)`, `join(cte)` and
 * `from(cte)`; for another use, with `query.with(cte)`. `T` are the types of its columns.
 *
 * `const adults = User.select().where(u => u.age.gte(18)).cte('adults'); await adults.select()`
 * → `WITH "adults" AS (SELECT …) SELECT … FROM "adults" AS "t1"`
 */
export class Cte<M, N extends string = string, T = unknown> extends RowSource<M, N> {
  readonly #state: CteState

  /** @internal use `query.cte()` */
  constructor(state: CteState) {
    super(state.executor, sourceOfCte(state, [...state.needs, nodeOfCte(state)]), state.name as N)
    this.#state = state
  }

  /**
   * The CTE with what follows from it, again and again until nothing new does; equal rows are found once. The function is
   * given the rows found last, as a source. The types of the columns are those of the first query.
   */
  union(term: (found: RowSource<M, N>) => CompoundOperand<T>): Cte<M, N, T> {
    return this.#recursive(false, term)
  }

  /**
   * Like `union`, with equal rows as often as they are found; in a circle it never ends.
   *
   * `Category.select().where(c => c.parent.isNull()).cte('tree').unionAll(tree => Category.select().join(tree, { on: (c, t) => c.parent.eq(t.id) }))`
   * → `WITH RECURSIVE "tree" AS ((SELECT …) UNION ALL (SELECT …))`
   */
  unionAll(term: (found: RowSource<M, N>) => CompoundOperand<T>): Cte<M, N, T> {
    return this.#recursive(true, term)
  }

  #recursive(all: boolean, term: (found: RowSource<M, N>) => CompoundOperand<T>): Cte<M, N, T> {
    const state = this.#state
    const { query: first } = state
    if (first.kind !== 'select' && (first.kind !== 'compound' || state.options.recursive))
      throw misuse('BAD_QUERY', `The CTE "${this.name}" has no first query that union could go on from`)
    const table = tableNode(this.name)
    const found = new RowSource<M, N>(state.executor, sourceOfCte({ ...state, table }), this.name)
    const [following, needs] = hoisted(term(found).toNode() as QueryNode)
    const [left, right] = alike(first, following, this.name)
    const query: CompoundNode = { kind: 'compound', op: 'UNION', all, left, right, columns: left.columns, orderBy: [] }
    const options = { ...state.options, recursive: true }
    return new Cte({ ...state, table, query, options, needs: withCtes({ with: state.needs }, needs).with as readonly CteNode[] })
  }
}

function nodeOfCte({ table, query, options }: CteState): CteNode {
  const { columns, recursive = false, materialized } = options
  return { kind: 'cte', table, query, columns, recursive, materialized }
}

function sourceOfCte(state: CteState, ctes?: readonly CteNode[]) {
  return derivedSource(state.table, { ...state, columns: state.options.columns, ctes })
}

/**
 * The two terms of a recursion with the types of their columns made the same: the servers want them exactly so, and do not
 * take an int8 for an int4, or a varchar for a text.
 */
function alike(left: QueryNode, right: QueryNode, name: string): [QueryNode, QueryNode] {
  if (left.columns.length !== right.columns.length) {
    const counts = `${left.columns.length} columns, what follows ${right.columns.length}`
    throw misuse('BAD_QUERY', `The CTE "${name}": the first query gives ${counts}`)
  }
  if (left.kind !== 'select' || right.kind !== 'select') return [left, right]
  const types = left.columns.map((node, i) => sharedType(unnamed(node), unnamed(right.columns[i])))
  const cast = (node: ExprNode, i: number) => castTo(node, types[i])
  return [
    { ...left, columns: left.columns.map(cast) },
    { ...right, columns: right.columns.map(cast) }
  ]
}

/** The type that both columns are cast to, or none where they have the same one already. */
function sharedType(left: ExprNode, right: ExprNode): ExprNode['type'] | undefined {
  const { type } = left
  if (type.oid === 0) return undefined
  if (left.kind === 'column' && right.kind === 'column' && type.oid === right.type.oid) return undefined
  return type.category === 'text' ? TYPES.text : type
}

function castTo(node: ExprNode, type: ExprNode['type'] | undefined): ExprNode {
  const bare = unnamed(node)
  if (!type || (bare.kind === 'cast' && bare.type.oid === type.oid)) return node
  const changed = cast(bare, type)
  if (node.kind === 'named') return named(changed, node.name)
  return node.kind === 'column' ? named(changed, node.name) : changed
}
