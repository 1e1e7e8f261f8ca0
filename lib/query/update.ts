import { conjunction } from '../ast/build.js'
import type { DeleteNode, UpdateNode } from '../ast/nodes.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import { type Source, sourceOf } from '../expression/source.js'
import type { Any, AnyExpr, Class, DictRow, Expr, Fields, ModelOf, ModelSource, Picked, Sources } from '../expression/types.js'
import { assignmentsOf } from './assignments.js'
import { conditionsOf } from './clauses.js'
import type { Executor } from './executor.js'
import { Query } from './query.js'
import { Returning } from './returning.js'

/** @internal What an update or delete is made of. */
export interface WriteState<N extends UpdateNode | DeleteNode> {
  readonly executor: () => Executor
  readonly source: Source
  readonly sources: readonly Source[]
  readonly node: N
  readonly returning?: Returning
}

/** @internal An update of a model's table. */
export function updateOf(executor: () => Executor, source: Source, changes: object): WriteState<UpdateNode> {
  const set = assignmentsOf(source, changes)
  if (set.length === 0) throw misuse('BAD_QUERY', `${source.name}.update: nothing to set`)
  return { executor, source, sources: [source], node: { kind: 'update', table: source.table, set, from: [], returning: [] } }
}

/** @internal A delete from a model's table. */
export function deleteOf(executor: () => Executor, source: Source): WriteState<DeleteNode> {
  return { executor, source, sources: [source], node: { kind: 'delete', table: source.table, returning: [] } }
}

/** What updates and deletes share. `R` is what they give: the number of rows, or the rows. */
abstract class Write<N extends UpdateNode | DeleteNode, R> extends Query<R> {
  /** @internal */
  readonly state: WriteState<N>

  constructor(state: WriteState<N>) {
    super(state.executor)
    this.state = state
  }

  /** @internal */
  withConditions(conditions: readonly unknown[]): WriteState<N> {
    const { node, sources } = this.state
    return { ...this.state, node: { ...node, where: conjunction([node.where, ...conditionsOf(conditions, sources, 'where')]) } }
  }

  /** @internal */
  withReturning(args: readonly unknown[]): WriteState<N> {
    const returning = new Returning(this.state.source, args)
    return { ...this.state, returning, node: { ...this.state.node, returning: returning.nodes } }
  }

  /** @internal */
  override toNode(): N {
    return this.state.node
  }

  /** @internal */
  override readResult(result: RawResult): R {
    return (this.state.returning ? this.state.returning.read(result) : result.count) as R
  }
}

/** An UPDATE of a model's rows; awaited, it gives how many it changed, or the rows with `returning`. `S` are its sources. */
export class Update<M, R = number, S extends readonly unknown[] = readonly [M]> extends Write<UpdateNode, R> {
  /** Adds conditions. Without any, every row is updated. */
  where(...conditions: readonly (Expr<boolean> | ((...sources: Sources<S>) => Expr<boolean>))[]): Update<M, R, S> {
    return new Update(this.withConditions(conditions))
  }

  /** Adds sources whose columns conditions and values may use: `UPDATE … FROM`. */
  from<D extends ModelSource<Any>>(source: D): Update<M, R, readonly [...S, ModelOf<D>]> {
    const added = sourceOf(source, 'from')
    const { node, sources } = this.state
    return new Update({ ...this.state, sources: [...sources, added], node: { ...node, from: [...node.from, added.node] } })
  }

  /** Gives the changed rows: instances for nothing or the model, plain objects for columns. */
  returning(): Update<M, M[], S>
  returning<const C extends Picked>(pick: (fields: Fields<M>) => C): Update<M, DictRow<C>[], S>
  returning(model: Class<M>): Update<M, M[], S>
  returning<const C extends readonly AnyExpr[]>(...columns: C): Update<M, DictRow<C>[], S>
  returning(...args: unknown[]): Update<M, never, S> {
    return new Update(this.withReturning(args))
  }
}

/** A DELETE of a model's rows; awaited, it gives how many it deleted, or the rows with `returning`. */
export class Delete<M, R = number> extends Write<DeleteNode, R> {
  /** Adds conditions. Without any, every row is deleted. */
  where(...conditions: readonly (Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>))[]): Delete<M, R> {
    return new Delete(this.withConditions(conditions))
  }

  /** Gives the deleted rows: instances for nothing or the model, plain objects for columns. */
  returning(): Delete<M, M[]>
  returning<const C extends Picked>(pick: (fields: Fields<M>) => C): Delete<M, DictRow<C>[]>
  returning(model: Class<M>): Delete<M, M[]>
  returning<const C extends readonly AnyExpr[]>(...columns: C): Delete<M, DictRow<C>[]>
  returning(...args: unknown[]): Delete<M, never> {
    return new Delete(this.withReturning(args))
  }
}
