import type { TransactionConnection } from '../driver/driver.js'
import {
  AmbiguousCommitError,
  ConnectionLost,
  type DatabaseError,
  misuse,
  NestedTransactionError,
  OperationalError,
  TransactionAbortedError,
  TransactionClosedError
} from '../errors.js'
import { brief, type Hook, type Scope } from './scope.js'

/** How a transaction is begun and ended on one kind of server. */
export interface Protocol {
  /** Sent to begin, in one flight. */
  readonly begin: string
  /** Sent to commit, in one flight. */
  readonly commit: string
  /** Sent to begin a new attempt inside the same transaction, where the server has that. */
  readonly restart?: string
}

/** What a block's callback is given: its transaction. */
export class Transaction {
  readonly #scope: Scope
  readonly #control: { readonly commit: () => Promise<void>; readonly rollback: () => Promise<void> }

  /** @internal */
  constructor(scope: Scope, control: { readonly commit: () => Promise<void>; readonly rollback: () => Promise<void> }) {
    this.#scope = scope
    this.#control = control
  }

  /** Commits what was done so far, and begins a new transaction. Of the outermost block or a savepoint only. */
  async commit(): Promise<void> {
    this.#scope.assertAlive('COMMIT')
    await this.#control.commit()
  }

  /** Undoes what was done so far, and begins a new transaction. Of the outermost block or a savepoint only. */
  async rollback(): Promise<void> {
    this.#scope.assertAlive('ROLLBACK')
    await this.#control.rollback()
  }

  /** Runs `fn` after the block, outside it, once what was done so far is committed. In order, and awaited. */
  onCommit(fn: Hook): void {
    this.#scope.boundary.committed.push(fn)
  }

  /** Runs `fn` after the block, outside it, once what was done so far is rolled back. In order, and awaited. */
  onRollback(fn: Hook): void {
    this.#scope.boundary.rolledBack.push(fn)
  }
}

/** What is to be run when the outermost block has ended. */
export class Afterwards {
  readonly #hooks: Hook[] = []

  /** Takes over the hooks of a scope whose outcome is known. */
  settle(scope: Scope, outcome: 'committed' | 'rolledBack'): void {
    this.#hooks.push(...scope[outcome])
    scope.committed.length = 0
    scope.rolledBack.length = 0
  }

  /** The result of a block, once the hooks have run. A block's own error comes before one of a hook. */
  async follow<T>(block: Promise<T>): Promise<T> {
    let result: T
    try {
      result = await block
    } catch (error) {
      await this.#run().catch(failure => process.emitWarning(failure instanceof Error ? failure : String(failure)))
      throw error
    }
    await this.#run()
    return result
  }

  /** Runs all hooks in order; the first error is thrown when all have run. */
  async #run(): Promise<void> {
    const errors: unknown[] = []
    for (const hook of this.#hooks) {
      try {
        await hook()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}

/** Sends COMMIT and holds the server to it: both servers answer the COMMIT of an aborted transaction with success. */
export async function commit(connection: TransactionConnection, protocol: Protocol, scope: Scope): Promise<void> {
  if (scope.failure) throw aborted(scope.failure)
  // Known before COMMIT is sent, a lost connection is no ambiguity.
  if (!connection.alive)
    throw new ConnectionLost('The connection was lost before the transaction was committed; nothing of it was kept')
  try {
    const results = await connection.script(protocol.commit)
    if (results.at(-1)?.command !== 'COMMIT') throw aborted(undefined)
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error
    throw new AmbiguousCommitError(
      'The connection was lost while the transaction was being committed: its changes are there, or not. Look before doing it again',
      { cause: error, sql: protocol.commit }
    )
  }
}

/** Rolls back and says whether the connection is fit for another transaction. The server may have ended the transaction already. */
export async function rollback(connection: TransactionConnection): Promise<'idle' | 'dirty'> {
  if (!connection.alive) return 'dirty'
  try {
    await connection.script('ROLLBACK')
    return 'idle'
  } catch (error) {
    // "There is no transaction in progress" is one server's answer after a failed COMMIT, and means that it is idle.
    return error instanceof ConnectionLost ? 'dirty' : 'idle'
  }
}

/** The error of a block that ended normally although its transaction was aborted. */
export function aborted(cause: DatabaseError | undefined): TransactionAbortedError {
  return new TransactionAbortedError(
    'A database error inside the block had aborted the transaction, so nothing was committed. Where an error is expected, wrap the statement in db.savepoint()',
    { cause, sqlstate: '25P02' }
  )
}

/** The error of a block that ended while queries of it were running. */
export function leftRunning(text: string): TransactionClosedError {
  return new TransactionClosedError(
    `The block ended while a query of it was still running, and was rolled back: ${brief(text)}. Await every query inside the block`
  )
}

/** The controls of a nested block, which decides nothing. */
export const NESTED_CONTROL = {
  commit: () =>
    Promise.reject(
      new NestedTransactionError(
        'commit() of a nested block would commit the outer one; call it on the outermost, or use db.savepoint()'
      )
    ),
  rollback: () =>
    Promise.reject(
      new NestedTransactionError('rollback() of a nested block would undo the outer one; throw, or use db.savepoint()')
    )
}

/** The transaction isolation levels of SQL. */
export type IsolationLevel = 'serializable' | 'repeatable read' | 'read committed' | 'read uncommitted'
const LEVELS: readonly IsolationLevel[] = ['serializable', 'repeatable read', 'read committed', 'read uncommitted']

/** What can be said of a transaction when it begins. */
export interface TransactionOptions {
  readonly isolation?: IsolationLevel
  readonly readOnly?: boolean
  /** Reads as of a time in the past: a Date, an ISO string, or an interval (`'-10s'`). Such a transaction is read only. Not on every server. */
  readonly systemTime?: SystemTime
  /** `low`, `normal` or `high`, in any case. Not on every server. */
  readonly priority?: string
}

/** A time in the past: a Date, an ISO string, an interval string, or what a server's own function makes. */
export type SystemTime = Date | string | { readonly systemTime: string }

/** BEGIN with the modes that all servers have, and `more` that one has. Throws a `TypeError` for a level that does not exist. */
export function beginText({ isolation, readOnly }: TransactionOptions, ...more: (string | undefined)[]): string {
  if (isolation !== undefined && !LEVELS.includes(isolation)) {
    throw misuse('BAD_ARGUMENT', `isolation: expected one of ${LEVELS.join(', ')}, got "${isolation}"`)
  }
  const modes = [isolation && `ISOLATION LEVEL ${isolation.toUpperCase()}`, readOnly && 'READ ONLY', ...more].filter(Boolean)
  return ['BEGIN', modes.join(', ')].filter(Boolean).join(' ')
}

/** The error of a statement that only a block has a place for. */
export function notInTransaction(what: string): OperationalError {
  return new OperationalError(`${what} needs an open transaction; start one with db.transaction() or db.atomic()`)
}
