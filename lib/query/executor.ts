import type { LockStrength, QueryNode, RootNode } from '../ast/nodes.js'
import type { Compiled } from '../compiler/compile.js'
import type { Limits, RawResult } from '../driver/driver.js'
import type { Pages } from './pages.js'

/** A query to be read batch by batch. */
export interface StreamRequest {
  readonly node: QueryNode
  /** How many rows a batch has at most. */
  readonly batchSize: number
  /** How it is read without a cursor, where that is possible. */
  readonly pages: Pages | undefined
}

/** What a query asks of a database. */
export interface Executor {
  /** True once the server's version is known, so that statements can be compiled for it. */
  readonly ready: boolean
  /** Learns the server's version. Rejects with `InterfaceError` where the database is closed or not initialised. */
  prepare(): Promise<void>
  /** The statement for this server; for the newest one while its version is not known. */
  compile(root: RootNode): Compiled
  /** The statement with its values written into it. */
  inline(root: RootNode): string
  /** Changes whenever statements would compile to another text. */
  readonly compileKey: object
  /** How the open transaction locks the rows that its queries read, where it does. */
  readonly rowLock?: LockStrength | undefined
  /** Runs a statement in the open transaction, else on a free connection. */
  run(compiled: Compiled, limits?: Limits): Promise<RawResult>
  /** Reads the rows of a query batch by batch, as much as it takes at a time: in the open transaction, else in one of its own. */
  stream(request: StreamRequest, limits?: Limits): AsyncIterable<RawResult>
  /** Runs `work` all or nothing: in the open transaction, else in one of its own. */
  atomically<T>(work: () => Promise<T>): Promise<T>
  /** The database's extra node of that name. Throws `InterfaceError` for an unknown one. */
  node(name: string): Executor
  /** The same database, for statements that may be broken off. */
  limited(limits: Limits): Executor
}

/** Compiles and runs a statement, once the server's version is known. */
export async function runNode(executor: Executor, root: RootNode): Promise<RawResult> {
  return (await compileAndRun(executor, root)).result
}

/** The same, with what was sent. */
export async function compileAndRun(
  executor: Executor,
  root: RootNode
): Promise<{ readonly result: RawResult; readonly statement: Compiled }> {
  if (!executor.ready) await executor.prepare()
  const statement = executor.compile(root)
  return { result: await executor.run(statement), statement }
}
