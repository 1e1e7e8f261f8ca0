import type { ConflictNode, InsertNode } from '../ast/nodes.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import type { Source } from '../expression/source.js'
import type { Any, AnyExpr, Class, DictRow, Fields, Picked } from '../expression/types.js'
import { type ColumnName, type ConflictTarget, conflictOf, ignoreOf, type OnConflict } from './conflict.js'
import type { Cte } from './cte.js'
import { type Executor, runNode } from './executor.js'
import type { InsertBody } from './insert-rows.js'
import { Query } from './query.js'
import { decodeCell } from './readers.js'
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

/** What an insert that may leave its row out gives: several keys may be fewer, a single one `null`. */
export type KeyOrNull<R, P> = P extends null ? (R extends readonly unknown[] ? R : R | null) : R

/** @internal What is inserted where it is not at hand: rows that are made while the query runs. */
export interface InsertFeed {
  /** The bodies of the statements, one after the other. Throws a `TypeError` where they cannot be had a second time. */
  open(): Iterable<InsertBody> | AsyncIterable<InsertBody>
}

/** @internal What an insert is made of. */
export interface InsertState {
  readonly executor: () => Executor
  readonly source: Source
  /** One for each statement; several where the rows pass the limits of one. */
  readonly bodies: readonly InsertBody[] | InsertFeed
  /** What all the statements have in common. */
  readonly node: Omit<InsertNode, keyof InsertBody>
  /** Whether the caller gave one row, and gets one key. */
  readonly single: boolean
  /** The rows, or their number; their keys unless given. */
  readonly gives?: Returning | 'count'
}

/**
 * An INSERT; awaited, it gives the primary key of the row, or of each row, or the rows with `returning`. `P` is what was
 * asked for, `K` what it gives when nothing was.
 *
 * The keys of many rows are in the order of the rows: both servers insert the rows of a VALUES list or of `unnest` as they
 * come, and return them as they insert them. With `onConflict` no order is promised. A row that was left out, by
 * `onConflictIgnore` or by a condition of `onConflict`, has no key: `null`, or absent among several.
 *
 * Rows that pass the limits of one statement are sent as several, in a transaction of their own unless one is open: all of
 * them are inserted or none.
 */
export class Insert<M, R, P extends Returned = null, K = R> extends Query<R> {
  readonly #state: InsertState

  /** @internal use `Model.insert()` and its like */
  constructor(state: InsertState) {
    super(state.executor)
    this.#state = state
  }

  #with<Q>(change: Partial<InsertState['node']>, gives = this.#state.gives): Q {
    return new Insert({ ...this.#state, gives, node: { ...this.#state.node, ...change } }) as Q
  }

  /**
   * Updates the row that is in the way: `onConflict({ target: ['key'], preserve: ['value'] })` →
   * `… ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value"`. Throws a `TypeError` for a conflict without target, or
   * with nothing to do.
   */
  onConflict(options: OnConflict<M> & { readonly where: object }): Insert<M, KeyOrNull<R, P>, P, KeyOrNull<K, null>>
  onConflict(options: OnConflict<M>): Insert<M, R, P, K>
  onConflict(options: OnConflict<M>): never {
    return this.#conflict(conflictOf(this.#state.source, options))
  }

  /**
   * Leaves the row that is in the way as it is: `ON CONFLICT DO NOTHING`; with properties, or `{ constraint }`, only for their
   * uniqueness.
   */
  onConflictIgnore(
    ...target: readonly ColumnName<M>[] | readonly [options: ConflictTarget<M>]
  ): Insert<M, KeyOrNull<R, P>, P, KeyOrNull<K, null>> {
    return this.#conflict(ignoreOf(this.#state.source, target))
  }

  /** Gives its values to a row of the same primary key, which keeps its others, where the server has a statement for it (UPSERT). */
  onConflictReplace(): Insert<M, R, P, K> {
    return this.#with({ replace: true, conflict: undefined })
  }

  #conflict<Q>(conflict: ConflictNode): Q {
    if (this.#state.node.replace)
      throw misuse(
        'BAD_QUERY',
        `${this.#state.source.name}.replace decides what happens on a conflict; use insert() with onConflict`
      )
    return this.#with({ conflict })
  }

  /** Gives the inserted rows: instances for the model, plain objects for columns; of nothing, keys again. */
  returning(): Insert<M, K, null, K>
  returning<const C extends Picked>(pick: (fields: Fields<M>) => C): Insert<M, DictRow<C>[], C, K>
  returning(model: Class<M>): Insert<M, M[], 'model', K>
  returning<const C extends readonly AnyExpr[]>(...columns: C): Insert<M, DictRow<C>[], C, K>
  returning(...args: unknown[]): never {
    const { source } = this.#state
    const returning = returningOf(source, args)
    if (returning) return this.#giving(returning)
    const keys = source.primaryKey.map(({ column }) => column)
    return new Insert({ ...this.#state, gives: undefined, node: { ...this.#state.node, returning: keys } }) as never
  }

  /** Gives the returned rows as plain objects. */
  dicts(): Insert<M, ReturnedDict<M, P>[], P, K> {
    return this.#giving(reshaped(this.#rows(), 'dicts', 'dicts()'))
  }

  /** Gives the returned rows as arrays. */
  tuples(): Insert<M, ReturnedTuple<P>[], P, K> {
    return this.#giving(reshaped(this.#rows(), 'tuples', 'tuples()'))
  }

  /** Gives the returned rows as whatever the function makes of the plain object. */
  objects<T>(make: (row: ReturnedDict<M, P>) => T): Insert<M, T[], P, K> {
    return this.#giving(reshaped(this.#rows(), make, 'objects()'))
  }

  /** Adds CTEs to WITH, with those they need: `insertFrom(moved.select(…), fields).with(moved)`. */
  with(...ctes: readonly Cte<Any, string, Any>[]): Insert<M, R, P, K> {
    return this.#with(withAll(this.#state.node, ctes))
  }

  /** The insert as a CTE, whose rows are what it returns: `WITH "added" AS (INSERT … RETURNING …) SELECT … FROM "added" AS "t1"` */
  cte<const A extends string>(name: A): Cte<ReturnedRow<M, P>, A> {
    const { bodies } = this.#state
    if (isList(bodies) && bodies.length > 1)
      throw misuse('BAD_QUERY', `The CTE "${name}": the rows for ${this.#state.source.name} are more than one statement takes`)
    return writeCte(this, this.#state.source, this.#rows(), name)
  }

  #rows(): Returning | undefined {
    const { gives } = this.#state
    return gives === 'count' ? undefined : gives
  }

  #giving<Q>(returning: Returning): Q {
    return this.#with({ returning: returning.nodes }, returning)
  }

  /** Gives how many rows were inserted or updated, and lets no keys come back. */
  asRowCount(): Insert<M, number, 'count', K> {
    return this.#with({ returning: [] }, 'count')
  }

  /** Not there: an INSERT has no conditions. Throws a `TypeError`; conditions on what is updated go into `onConflict`. */
  where(this: never): never {
    throw misuse('BAD_QUERY', 'An INSERT takes no where(); give onConflict({ where }), or select what is inserted: insertFrom')
  }

  /** @internal */
  override withExecutor(executor: () => Executor): this {
    return new Insert({ ...this.#state, executor }) as this
  }

  /** @internal The first statement; there are several only for very many rows. */
  override toNode(): InsertNode {
    const { bodies, node, source } = this.#state
    if (!isList(bodies))
      throw misuse(
        'BAD_QUERY',
        `The rows for ${source.name} are made while the query runs; to see its SQL, pass them as an array`
      )
    if (bodies.length > 0) return { ...node, ...bodies[0] }
    throw misuse('BAD_QUERY', `${source.name}.insertMany: there are no rows to insert`)
  }

  override async execute(): Promise<R> {
    const { bodies } = this.#state
    if (isList(bodies) && bodies.length === 1) return super.execute()
    const parts = await this.#runAll(isList(bodies) ? bodies : bodies.open())
    return (this.#state.gives === 'count' ? parts.reduce<number>((sum, part) => sum + Number(part), 0) : parts.flat()) as R
  }

  /** Runs the statements as their rows come: a single one by itself, several in a transaction. */
  async #runAll(bodies: Iterable<InsertBody> | AsyncIterable<InsertBody>): Promise<unknown[]> {
    const executor = this.executor()
    const { node } = this.#state
    const run = async (body: InsertBody) => this.readResult(await runNode(executor, { ...node, ...body }))
    const rest: AsyncIterator<InsertBody, void> | Iterator<InsertBody, void> =
      Symbol.asyncIterator in bodies ? bodies[Symbol.asyncIterator]() : bodies[Symbol.iterator]()
    try {
      const first = await rest.next()
      if (first.done) return []
      const second = await rest.next()
      if (second.done) return [await run(first.value)]
      return await executor.atomically(async () => {
        const parts: unknown[] = [await run(first.value)]
        for (let next: IteratorResult<InsertBody, void> = second; !next.done; next = await rest.next())
          parts.push(await run(next.value))
        return parts
      })
    } finally {
      await rest.return?.()
    }
  }

  /** @internal */
  override readResult(result: RawResult): R {
    const { gives, single } = this.#state
    if (gives === 'count') return result.count as R
    if (gives) return gives.read(result, `${this.#state.source.name}.insert(…)`) as R
    const keys = result.rows.map(cells => this.#keyOf(cells))
    return (single ? (keys[0] ?? null) : keys) as R
  }

  /** The key of a row: a value, or an array of them for a composite key, or `null` for a model without key. */
  #keyOf(cells: readonly (string | null)[]): unknown {
    const key = this.#state.source.primaryKey.map(({ column }, i) => decodeCell(cells[i], column))
    return key.length > 1 ? key : (key[0] ?? null)
  }
}

function isList(bodies: InsertState['bodies']): bodies is readonly InsertBody[] {
  return Array.isArray(bodies)
}
