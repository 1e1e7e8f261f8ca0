import type { ServerTraits } from '../../fields/field.js'
import type { Executor } from '../query/executor.js'

/** What models ask of a database; `database` implements it. */
export interface ModelDatabase extends Executor {
  readonly traits: ServerTraits
  /** Calls back when the work that is being done here is rolled back; `retry` says that it will be tried again. */
  whenUndone(undo: (retry: boolean) => void): void
  /** Runs work that may meet a database error which the program expects: in a transaction, behind a savepoint. */
  guarded<T>(work: () => Promise<T>): Promise<T>
  createTables(models: readonly object[], options?: { readonly safe?: boolean }): Promise<void>
  dropTables(models: readonly object[], options?: { readonly safe?: boolean; readonly cascade?: boolean }): Promise<void>
  tableExists(model: object): Promise<boolean>
}
