import type { ServerTraits } from '../../fields/field.js'
import type { Executor } from '../query/executor.js'

/** How tables are created. */
export interface CreateOptions {
  /** Leaves alone what exists; true unless given. */
  readonly safe?: boolean
  /** Tables of this connection alone; what the models say unless given. */
  readonly temporary?: boolean
}

/** How tables are dropped. */
export interface DropOptions {
  /** Does nothing where there is no table; true unless given. */
  readonly safe?: boolean
  /** Drops what depends on it too. */
  readonly cascade?: boolean
  /** Says what is the rule anyway: fails where something depends on it. */
  readonly restrict?: boolean
}

/** How far models are bound: by default with all that are related to them. */
export interface BindOptions {
  /** Those that they refer to; true unless given. */
  readonly bindRefs?: boolean
  /** Those that refer to them; true unless given. */
  readonly bindBackrefs?: boolean
}

/** What models must know of the server they are bound to. */
export interface DatabaseTraits extends ServerTraits {
  /** Whether LIMIT in LATERAL subqueries keeps rows from being read. */
  readonly lateralLimits: boolean
}

/** What models ask of a database; `database` implements it. */
export interface ModelDatabase extends Executor {
  readonly traits: DatabaseTraits
  /** Where a statement that is started here runs: the block of a transaction, a connection context, or the database. */
  readonly place: object
  /** Whether awaiting a relation that is not loaded is an error here. */
  readonly loadsStrictly: boolean
  /** Calls back when the work that is being done here is rolled back; `retry` says that it will be tried again. */
  whenUndone(undo: (retry: boolean) => void): void
  /** Runs work that may meet a database error which the program expects: in a transaction, behind a savepoint. */
  guarded<T>(work: () => Promise<T>): Promise<T>
  createTables(models: readonly object[], options?: CreateOptions): Promise<void>
  dropTables(models: readonly object[], options?: DropOptions): Promise<void>
  createForeignKey(model: object, property: string): Promise<void>
  tableExists(model: object): Promise<boolean>
}
