import { RelationNotLoaded } from '../errors.js'
import type { RowOrigin } from '../expression/source.js'
import { Select, type SelectState } from '../query/select.js'
import type { Metadata } from './metadata.js'
import type { ModelDatabase } from './model-database.js'

/** What must not be loaded by awaiting it, where a database is strict. */

/** Throws `RelationNotLoaded` for a reference where the database that it leads to is strict. */
export function refuseWhereStrict(to: Metadata, relation: string, keyProperty: string, origin: RowOrigin | undefined): void {
  if (!to.requireDatabase().loadsStrictly) return
  const from = origin ? `. The row came from: ${origin.text}` : ''
  throw notLoaded(relation, `join it or prefetch it, or use ${keyProperty}, which costs no query${from}`)
}

function notLoaded(relation: string, remedy: string): RelationNotLoaded {
  return new RelationNotLoaded(`${relation} is not loaded, and strict loading is on: ${remedy}`)
}

/**
 * What `user.tweets` gives: a select of the rows of a relation. As long as nothing more is asked of it, reading it is loading
 * the relation; behind `where` and its like it is a query of its own.
 */
export class RelationRows<M> extends Select<M, readonly [M], M> {
  readonly #relation: string | undefined

  /** `relation` is what messages call it, as long as these are all of its rows. */
  constructor(state: SelectState, relation: string | undefined) {
    super(state)
    this.#relation = relation
  }

  override async execute(): Promise<M[]> {
    this.#refuseWhereStrict()
    return super.execute()
  }

  override async *iterator(options?: { readonly batchSize?: number }): AsyncIterableIterator<M> {
    this.#refuseWhereStrict()
    yield* super.iterator(options)
  }

  #refuseWhereStrict(): void {
    const relation = this.#relation
    if (relation === undefined || !(this.executor() as ModelDatabase).loadsStrictly) return
    const example = `${relation[0].toLowerCase()}${relation.slice(1)}.where(…)`
    throw notLoaded(relation, `prefetch it, or query its rows: ${example}`)
  }
}
