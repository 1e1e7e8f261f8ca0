import type { Limits, RawResult, TransactionConnection } from '../driver/driver.js'
import {
  AbortError,
  AmbiguousCommitError,
  ConnectionLost,
  DatabaseError,
  NestedTransactionError,
  OperationalError,
  QueryCanceled,
  SchemaChangeFailed,
  TransactionAbortedError,
  TransactionClosedError
} from '../errors.js'
import type { Beginning } from './beginning.js'
import type { Ending, Hook } from './hooks.js'
import { brief, type Scope, type Work } from './scope.js'

/** How a transaction is begun and ended on one kind of server. */
export interface Protocol extends Beginning {
  /** Sent to commit, in one flight. */
  readonly commit: string
  /** Sent to begin a new attempt inside the same transaction, where the server has that. */
  readonly restart?: string
}

/** What `commit()` and `rollback()` of a block's transaction do. */
export interface Control {
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** What a block's callback is given: its transaction. */
export class Transaction {
  readonly #scope: Scope
  readonly #control: Control

  /** @internal */
  constructor(scope: Scope, control: Control) {
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

  /**
   * Says whether statements that change the schema, from here to the end of the transaction, first commit what was done before
   * them: `await txn.autocommitBeforeDdl(false)` → `SET LOCAL autocommit_before_ddl = off`.
   *
   * Rejects with `NotSupportedError` where the server has no such setting; then nothing is sent.
   */
  async autocommitBeforeDdl(enabled = true): Promise<void> {
    const { terms } = this.#scope
    this.#scope.assertAlive('autocommitBeforeDdl()')
    await this.#scope.script(terms.set({ autocommitBeforeDdl: enabled }))
    this.#scope.outermost.autocommitBeforeDdl = enabled
  }

  /** Runs `fn` after the block, outside it, once what was done so far is committed. In order, and awaited. */
  onCommit(fn: Hook): void {
    this.#scope.assertAlive('onCommit()')
    this.#scope.boundary.work.committed.push(fn)
  }

  /** Runs `fn` after the block, outside it, once what was done so far is rolled back. In order, and awaited. */
  onRollback(fn: Hook): void {
    this.#scope.assertAlive('onRollback()')
    this.#scope.boundary.work.rolledBack.push(fn)
  }
}

/** Sends COMMIT for what was done, and holds the server to it: both answer the COMMIT of an aborted transaction with success. */
export async function commit(
  connection: TransactionConnection,
  { commit: text }: Pick<Protocol, 'commit'>,
  work: Work
): Promise<void> {
  if (work.failure) throw verdict(work.failure)
  // Known before COMMIT is sent, a lost connection is no ambiguity.
  if (!connection.alive)
    throw new ConnectionLost('The connection was lost before the transaction was committed; nothing of it was kept')
  let results: readonly RawResult[]
  try {
    results = await connection.script(text)
  } catch (error) {
    throw isDefinite(error) ? error : ambiguous(error, text)
  }
  if (results.at(-1)?.command !== 'COMMIT') throw verdict(work.failure)
}

/** Whether the server itself said that COMMIT failed. All else, a lost connection above all, leaves its outcome open. */
function isDefinite(error: unknown): boolean {
  if (error instanceof AmbiguousCommitError) return true
  return error instanceof DatabaseError && !(error instanceof ConnectionLost) && !OPEN_STATES.includes(error.sqlstate)
}

/** No answer, and "transaction resolution unknown". */
const OPEN_STATES: readonly (string | undefined)[] = [undefined, '08007']

function ambiguous(cause: unknown, sql: string): AmbiguousCommitError {
  return new AmbiguousCommitError(
    'The connection was lost while the transaction was being committed: its changes are there, or not. Look before doing it again',
    { cause, sql }
  )
}

/** How a transaction ended whose COMMIT failed so. */
export function endingOf(error: unknown): Ending {
  if (error instanceof SchemaChangeFailed) return 'committed'
  return error instanceof AmbiguousCommitError ? 'unknown' : 'rolledBack'
}

/** Seconds that a server has to roll back. To close the connection does the same. */
const ROLLBACK_TIME = 5

/**
 * Rolls back and says whether the connection is fit for another transaction. The server may have ended the transaction already,
 * or not answer any more.
 */
export async function rollback(connection: TransactionConnection, signal?: AbortSignal): Promise<'idle' | 'dirty'> {
  if (!connection.alive) return 'dirty'
  try {
    await connection.script('ROLLBACK', { signal: signal?.aborted ? undefined : signal, timeout: ROLLBACK_TIME })
    return 'idle'
  } catch (error) {
    // "There is no transaction in progress" is one server's answer after a failed COMMIT, and means that it is idle.
    return UNANSWERED.some(kind => error instanceof kind) ? 'dirty' : 'idle'
  }
}

/** Errors of a statement whose end is not known. */
const UNANSWERED = [ConnectionLost, AbortError, QueryCanceled]

/** What servers say to a ROLLBACK where they have ended the transaction already; one has no code of its own for it. */
const NO_TRANSACTION: readonly (string | undefined)[] = ['25P01', 'XXUUU']

/** Rolls back what the program asks to. That the server has done so already, as after a failed COMMIT, is no error. */
export async function rollBackNow(connection: TransactionConnection): Promise<void> {
  try {
    await connection.script('ROLLBACK')
  } catch (error) {
    if (!(error instanceof DatabaseError) || !NO_TRANSACTION.includes(error.sqlstate)) throw error
  }
}

/** The error of a block that ended normally although its transaction had failed: the failure itself where that says more. */
export function verdict(failure: DatabaseError | undefined): DatabaseError {
  const saysMore = [AmbiguousCommitError, ConnectionLost, TransactionAbortedError].some(kind => failure instanceof kind)
  return failure && saysMore ? failure : aborted(failure)
}

function aborted(cause: DatabaseError | undefined): TransactionAbortedError {
  return new TransactionAbortedError(
    'A database error inside the block had aborted the transaction, so nothing was committed. Where an error is expected, wrap the statement in db.savepoint()',
    { cause, sqlstate: '25P02' }
  )
}

/** The error of a block that ended while queries or blocks of it were running. */
export function leftRunning(text: string): TransactionClosedError {
  return new TransactionClosedError(
    `The block ended while this was still running inside it: ${brief(text)}. Await every query and every nested block`
  )
}

/** The controls of a nested block, which decides nothing. */
export const NESTED_CONTROL: Control = {
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

/** The error of ending a transaction, or a savepoint, under a savepoint that is open inside it. */
export function savepointOpen(what: string): NestedTransactionError {
  return new NestedTransactionError(`${what} would end a savepoint that is open inside the block; let it end first`)
}

/**
 * Sends BEGIN, and waits for it unless it is sure to succeed. Gives the promise of its answer.
 *
 * @param limits of one that is waited for; another must not be broken off, or what travels with it would run by itself
 */
export async function begin(
  connection: TransactionConnection,
  { begin, sureToBegin }: Pick<Protocol, 'begin' | 'sureToBegin'>,
  limits?: Limits
): Promise<{ readonly begun: Promise<unknown> }> {
  const begun = connection.script(begin, sureToBegin ? undefined : limits)
  if (!sureToBegin) await begun
  // It is awaited before COMMIT; until then a lost connection is told by what runs on it.
  begun.catch(() => undefined)
  return { begun }
}

/** The error of a statement that only a block has a place for. */
export function notInTransaction(what: string): OperationalError {
  return new OperationalError(`${what} needs an open transaction; start one with db.transaction() or db.atomic()`)
}
