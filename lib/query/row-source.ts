import { registerSource, renamedSource, type Source, sourceFields } from '../expression/source.js'
import type { Alias, Fields } from '../expression/types.js'
import type { Executor } from './executor.js'

/**
 * What can stand in FROM beside models: a model under another name, a subquery, a CTE, a table, a list of values, a
 * function. `M` are its rows; its `select` begins a query at it.
 *
 * `const parent = Category.alias('p'); await parent.select()` → `SELECT "p"."id", … FROM "category" AS "p"`
 */
export class RowSource<M, N extends string = string> implements Alias<M, N> {
  /** @internal the type of its rows; absent at run time */
  declare readonly $model?: M
  /** The name it goes by; of a subquery without one, empty. */
  readonly name: N
  readonly #source: Source

  /** @internal The database that queries of it run on. */
  readonly executor: () => Executor

  /** @internal use `Model.alias()`, `query.alias()` and their like */
  constructor(executor: () => Executor, source: Source, name: N) {
    this.executor = executor
    this.name = name
    this.#source = source
    registerSource(this, () => source)
  }

  /** Its columns as values: `const p = parent.fields()`, then `p.name.eq('root')`. */
  fields(): Fields<M> {
    return sourceFields<M>(this.#source)
  }

  /** The same under another name, to stand in one query twice. */
  alias<const A extends string>(name: A): RowSource<M, A> {
    return new RowSource(this.executor, renamedSource(this.#source, name), name)
  }
}
