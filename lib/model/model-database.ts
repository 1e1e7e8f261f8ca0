import type { ServerTraits } from '../../fields/field.js'
import type { Executor } from '../query/executor.js'

/** What models ask of a database; `database` implements it. */
export interface ModelDatabase extends Executor {
  readonly traits: ServerTraits
  /** Runs work that may meet a database error which the program expects: in a transaction, behind a savepoint. */
  guarded<T>(work: () => Promise<T>): Promise<T>
  createTables(models: readonly object[], options?: { readonly safe?: boolean }): Promise<void>
  dropTables(models: readonly object[], options?: { readonly safe?: boolean; readonly cascade?: boolean }): Promise<void>
  tableExists(model: object): Promise<boolean>
}
