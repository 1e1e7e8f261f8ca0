import { conjunction } from '../ast/build.js'
import type { DeleteNode, IndexHint, UpdateNode } from '../ast/nodes.js'
import type { Compiled } from '../compiler/compile.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import { type Source, sourceOf } from '../expression/source.js'
import type {
  Any,
  AnyExpr,
  Changes,
  Class,
  DictRow,
  Expr,
  Fields,
  ModelOf,
  ModelSource,
  Picked,
  Sources
} from '../expression/types.js'
import { assignmentsOf } from './assignments.js'
import { conditionsOf } from './clauses.js'
import type { Cte } from './cte.js'
import type { Executor } from './executor.js'
import { indexHintOf } from './hints.js'
import { withCtes } from './outputs.js'
import { Query } from './query.js'
import type { RowShape } from './readers.js'
import {
  type Returned,
  type ReturnedDict,
  type ReturnedRow,
  type ReturnedTuple,
  type Returning,
  reshaped,
  returningOf
} from './returning.js'
import { withAll, writeCte } from './write-cte.js'

/** @internal What an update or delete is made of. */
export interface WriteState<N extends UpdateNode | DeleteNode> {
  readonly executor: () => Executor
  readonly source: Source
  readonly sources: readonly Source[]
  readonly node: N
  readonly returning?: Returning
}

/** @internal An update of a model's table; without changes, those of `set` are to come. */
export function updateOf(executor: () => Executor, source: Source, changes: object | undefined): WriteState<UpdateNode> {
  const set = changes === undefined ? [] : assignmentsOf(source, changes)
  if (changes !== undefined && set.length === 0) throw nothingToSet(source)
  return { executor, source, sources: [source], node: { kind: 'update', table: source.table, set, from: [], returning: [] } }
}

/** @internal A delete from a model's table. */
export function deleteOf(executor: () => Executor, source: Source): WriteState<DeleteNode> {
  return { executor, source, sources: [source], node: { kind: 'delete', table: source.table, returning: [] } }
}

/** The models of several sources. */
type ModelsOf<D extends readonly unknown[]> = { readonly [I in keyof D]: ModelOf<D[I]> }

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
  withClause(ctes: readonly unknown[]): WriteState<N> {
    return { ...this.state, node: withAll(this.state.node, ctes) }
  }

  /** @internal */
  withHint(hint: string | IndexHint | null): WriteState<N> {
    return { ...this.state, node: { ...this.state.node, hint: hint === null ? undefined : indexHintOf(hint) } }
  }

  /** @internal */
  withReturning(args: readonly unknown[]): WriteState<N> {
    return this.giving(returningOf(this.state.source, args, this.state.sources))
  }

  /** @internal */
  inShape(shape: RowShape, where: string): WriteState<N> {
    return this.giving(reshaped(this.state.returning, shape, where))
  }

  /** @internal */
  giving(returning: Returning | undefined): WriteState<N> {
    return { ...this.state, returning, node: { ...this.state.node, returning: returning?.nodes ?? [] } }
  }

  /** @internal */
  override toNode(): N {
    return this.state.node
  }

  /** @internal */
  override readResult(result: RawResult, { text }: Compiled): R {
    return (this.state.returning ? this.state.returning.read(result, text) : result.count) as R
  }
}

/**
 * An UPDATE of a model's rows; awaited, it gives how many it changed, or the rows with `returning`. `S` are its sources, `P`
 * what was asked for.
 */
export class Update<M, R = number, S extends readonly unknown[] = readonly [M], P extends Returned = null> extends Write<
  UpdateNode,
  R
> {
  /** @internal */
  override withExecutor(executor: () => Executor): this {
    return new Update({ ...this.state, executor }) as this
  }

  /** Adds conditions. Without any, every row is updated. */
  where(...conditions: readonly (Expr<boolean> | ((...sources: Sources<S>) => Expr<boolean>))[]): Update<M, R, S, P> {
    return new Update(this.withConditions(conditions))
  }

  /**
   * Adds sources whose columns conditions and values may use: models, aliases, queries under a name.
   * `Account.update().from(Transfer).set({ balance: (a, t) => a.balance.add(t.amount) }).where((a, t) => t.to.eq(a.id))` →
   * `UPDATE "account" SET "balance" = "account"."balance" + "t1"."amount" FROM "transfer" AS "t1" WHERE "t1"."to_id" = "account"."id"`
   */
  from<const D extends readonly ModelSource<Any>[]>(...sources: D): Update<M, R, readonly [...S, ...ModelsOf<D>], P> {
    const added = sources.map(source => sourceOf(source, 'from'))
    const { node } = this.state
    const from = [...node.from, ...added.map(source => source.node)]
    const withAdded = added.reduce((of, { ctes }) => withCtes(of, ctes), node)
    return new Update({ ...this.state, sources: [...this.state.sources, ...added], node: { ...withAdded, from } })
  }

  /** Adds values, as `update` takes them; a function is given the columns of all sources so far, in order. */
  set(changes: Changes<M, S>): Update<M, R, S, P> {
    const { node, source, sources } = this.state
    return new Update({
      ...this.state,
      node: { ...node, set: [...node.set, ...assignmentsOf(source, changes, sources, node.set)] }
    })
  }

  /** Gives the changed rows: instances for the model, plain objects for columns; of nothing, their number again. */
  returning(): Update<M, number, S>
  returning<const C extends Picked>(pick: (...sources: Sources<S>) => C): Update<M, DictRow<C>[], S, C>
  returning(model: Class<M>): Update<M, M[], S, 'model'>
  returning<const C extends readonly AnyExpr[]>(...columns: C): Update<M, DictRow<C>[], S, C>
  returning(...args: unknown[]): never {
    return new Update(this.withReturning(args)) as never
  }

  /** Gives the returned rows as plain objects. */
  dicts(): Update<M, ReturnedDict<M, P>[], S, P> {
    return new Update(this.inShape('dicts', 'dicts()'))
  }

  /** Gives the returned rows as arrays. */
  tuples(): Update<M, ReturnedTuple<P>[], S, P> {
    return new Update(this.inShape('tuples', 'tuples()'))
  }

  /** Gives the returned rows as whatever the function makes of the plain object. */
  objects<T>(make: (row: ReturnedDict<M, P>) => T): Update<M, T[], S, P> {
    return new Update(this.inShape(make, 'objects()'))
  }

  /** Has the server find the rows by an index, and no other one. Not on every server. `UPDATE "user"@"user_age" SET …` */
  indexHint(hint: string | IndexHint | null): Update<M, R, S, P> {
    return new Update(this.withHint(hint))
  }

  /** Adds CTEs to WITH, with those they need. */
  with(...ctes: readonly Cte<Any, string, Any>[]): Update<M, R, S, P> {
    return new Update(this.withClause(ctes))
  }

  /** The update as a CTE, whose rows are what it returns: `WITH "moved" AS (UPDATE … RETURNING …) SELECT … FROM "moved" AS "t1"` */
  cte<const A extends string>(name: A): Cte<ReturnedRow<M, P>, A> {
    return writeCte(this, this.state.source, this.state.returning, name)
  }

  /** @internal */
  override toNode(): UpdateNode {
    const { node, source } = this.state
    if (node.set.length > 0) return node
    throw nothingToSet(source)
  }
}

function nothingToSet(source: Source): TypeError {
  return misuse('BAD_QUERY', `${source.name}.update: nothing to set`)
}

/** A DELETE of a model's rows; awaited, it gives how many it deleted, or the rows with `returning`. `P` is what was asked for. */
export class Delete<M, R = number, P extends Returned = null> extends Write<DeleteNode, R> {
  /** @internal */
  override withExecutor(executor: () => Executor): this {
    return new Delete({ ...this.state, executor }) as this
  }

  /** Adds conditions. Without any, every row is deleted. */
  where(...conditions: readonly (Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>))[]): Delete<M, R, P> {
    return new Delete(this.withConditions(conditions))
  }

  /** Gives the deleted rows: instances for the model, plain objects for columns; of nothing, their number again. */
  returning(): Delete<M>
  returning<const C extends Picked>(pick: (fields: Fields<M>) => C): Delete<M, DictRow<C>[], C>
  returning(model: Class<M>): Delete<M, M[], 'model'>
  returning<const C extends readonly AnyExpr[]>(...columns: C): Delete<M, DictRow<C>[], C>
  returning(...args: unknown[]): never {
    return new Delete(this.withReturning(args)) as never
  }

  /** Gives the returned rows as plain objects. */
  dicts(): Delete<M, ReturnedDict<M, P>[], P> {
    return new Delete(this.inShape('dicts', 'dicts()'))
  }

  /** Gives the returned rows as arrays. */
  tuples(): Delete<M, ReturnedTuple<P>[], P> {
    return new Delete(this.inShape('tuples', 'tuples()'))
  }

  /** Gives the returned rows as whatever the function makes of the plain object. */
  objects<T>(make: (row: ReturnedDict<M, P>) => T): Delete<M, T[], P> {
    return new Delete(this.inShape(make, 'objects()'))
  }

  /** Has the server find the rows by an index, and no other one. Not on every server. `DELETE FROM "user"@"user_age" WHERE …` */
  indexHint(hint: string | IndexHint | null): Delete<M, R, P> {
    return new Delete(this.withHint(hint))
  }

  /** Adds CTEs to WITH, with those they need. */
  with(...ctes: readonly Cte<Any, string, Any>[]): Delete<M, R, P> {
    return new Delete(this.withClause(ctes))
  }

  /** The delete as a CTE, whose rows are what it returns: `WITH "gone" AS (DELETE … RETURNING …) SELECT … FROM "gone" AS "t1"` */
  cte<const A extends string>(name: A): Cte<ReturnedRow<M, P>, A> {
    return writeCte(this, this.state.source, this.state.returning, name)
  }
}
