import { conjunction } from '../ast/build.js'
import type { ConflictNode, InsertNode } from '../ast/nodes.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import { resolveExcluded } from '../expression/excluded.js'
import { nodeOf } from '../expression/operands.js'
import type { Source } from '../expression/source.js'
import type { AnyExpr, Changes, Class, ColumnKey, DictRow, Expr, Fields, Picked } from '../expression/types.js'
import { assignmentsOf, columnOf } from './assignments.js'
import { conditionsOf } from './clauses.js'
import { type Executor, runNode } from './executor.js'
import { Query } from './query.js'
import { decodeCell } from './readers.js'
import { Returning } from './returning.js'

/** What to do with a row whose key exists already. */
export interface OnConflict<M> {
  /** The properties, or columns, whose uniqueness is meant. */
  readonly target?: ColumnName<M> | readonly ColumnName<M>[]
  /** The name of the unique constraint, instead of a target. */
  readonly constraint?: string
  /** Values to set on the row that is in the way; expressions may use its columns and `EXCLUDED`. */
  readonly update?: Changes<M>
  /** The properties to take over from the new row. */
  readonly preserve?: readonly ColumnName<M>[]
  /** Updates only where this holds. */
  readonly where?: Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>)
  /** The condition of the partial index that the target means. */
  readonly targetWhere?: Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>)
}

/** A property's name, or its column. */
export type ColumnName<M> = ColumnKey<M> | AnyExpr

/** @internal What an insert is made of. */
export interface InsertState {
  readonly executor: () => Executor
  readonly source: Source
  /** One statement each; several where the rows pass the limit of parameters. */
  readonly nodes: readonly InsertNode[]
  /** Whether the caller gave one row, and gets one key. */
  readonly single: boolean
  readonly returning?: Returning
}

/**
 * An INSERT; awaited, it gives the primary key of the row, or of each row, or the rows with `returning`.
 * With `onConflictIgnore`, a row that was not inserted has no key: `null`, or absent among several.
 */
export class Insert<M, R> extends Query<R> {
  readonly #state: InsertState

  /** @internal use `Model.insert()` and its like */
  constructor(state: InsertState) {
    super(state.executor)
    this.#state = state
  }

  #with<Q>(change: Partial<InsertNode>, returning = this.#state.returning): Insert<M, Q> {
    return new Insert({ ...this.#state, returning, nodes: this.#state.nodes.map(node => ({ ...node, ...change })) })
  }

  /** Updates the row that is in the way: `onConflict({ target: ['key'], preserve: ['value'] })`. */
  onConflict(options: OnConflict<M>): Insert<M, R> {
    return this.#conflict(conflictOf(this.#state.source, options))
  }

  /** Leaves the row that is in the way as it is: `ON CONFLICT DO NOTHING`; with properties, only for their uniqueness. */
  onConflictIgnore(...target: readonly ColumnName<M>[]): Insert<M, R extends readonly unknown[] ? R : R | null> {
    return this.#conflict({ kind: 'conflict', target: targetOf(this.#state.source, target), set: [] })
  }

  #conflict<Q>(conflict: ConflictNode): Insert<M, Q> {
    if (this.#state.nodes.some(({ replace }) => replace))
      throw misuse(
        'BAD_QUERY',
        `${this.#state.source.name}.replace decides what happens on a conflict; use insert() with onConflict`
      )
    return this.#with({ conflict })
  }

  /** Gives the inserted rows: instances for nothing or the model, plain objects for columns. */
  returning(): Insert<M, M[]>
  returning<const C extends Picked>(pick: (fields: Fields<M>) => C): Insert<M, DictRow<C>[]>
  returning(model: Class<M>): Insert<M, M[]>
  returning<const C extends readonly AnyExpr[]>(...columns: C): Insert<M, DictRow<C>[]>
  returning(...args: unknown[]): Insert<M, never> {
    const returning = new Returning(this.#state.source, args)
    return this.#with({ returning: returning.nodes }, returning)
  }

  /** @internal The first statement; there are several only for very many rows. */
  override toNode(): InsertNode {
    const [node] = this.#state.nodes
    if (node) return node
    throw misuse('BAD_QUERY', `${this.#state.source.name}.insertMany: there are no rows to insert`)
  }

  override async execute(): Promise<R> {
    const { nodes } = this.#state
    if (nodes.length === 1) return super.execute()
    if (nodes.length === 0) return [] as R
    const executor = this.executor()
    return executor.atomically(async () => {
      const parts: unknown[][] = []
      for (const node of nodes) parts.push(this.readResult(await runNode(executor, node)) as unknown[])
      return parts.flat() as R
    })
  }

  /** @internal */
  override readResult(result: RawResult): R {
    const { returning, single } = this.#state
    if (returning) return returning.read(result) as R
    const keys = result.rows.map(cells => this.#keyOf(cells))
    return (single ? (keys[0] ?? null) : keys) as R
  }

  /** The key of a row: a value, or an array of them for a composite key, or `null` for a model without key. */
  #keyOf(cells: readonly (string | null)[]): unknown {
    const key = this.#state.source.primaryKey.map(({ column }, i) => decodeCell(cells[i], column))
    return key.length > 1 ? key : (key[0] ?? null)
  }
}

function conflictOf<M>(source: Source, options: OnConflict<M>): ConflictNode {
  const { target, constraint, update = {}, preserve = [], where, targetWhere } = options
  const targets = target === undefined ? [] : targetOf(source, Array.isArray(target) ? target : [target])
  if (targets.length > 0 && constraint !== undefined)
    throw misuse('BAD_QUERY', 'onConflict: only one of target and constraint may be given')
  if (targets.length === 0 && constraint === undefined) {
    throw misuse(
      'BAD_QUERY',
      `onConflict: say which uniqueness is meant: { target: ['${source.primaryKey[0]?.property ?? '…'}'] }`
    )
  }
  const preserved = preserve
    .map(key => columnOf(source, key).column)
    .map(({ name, type }) => ({ column: name, value: { kind: 'excluded', name, type } as const }))
  const set = [...preserved, ...assignmentsOf(source, update)].map(({ column, value }) => ({
    column,
    value: resolveExcluded(value, source)
  }))
  if (set.length === 0) throw misuse('BAD_QUERY', 'onConflict: nothing to update or preserve; use onConflictIgnore()')
  const node = (given: unknown) =>
    conjunction(
      given === undefined ? [] : conditionsOf([given], [source], 'onConflict').map(item => resolveExcluded(item, source))
    )
  return { kind: 'conflict', target: targets, constraint, targetWhere: node(targetWhere), set, where: node(where) }
}

function targetOf(source: Source, target: readonly unknown[]): ConflictNode['target'] {
  return target.map(item => {
    const node = nodeOf(item)
    return node && node.kind !== 'column' ? node : columnOf(source, item).column.name
  })
}
