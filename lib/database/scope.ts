import type { RawResult, TransactionConnection, WireStatement } from '../driver/driver.js'
import { ConnectionLost, DatabaseError, DeadlockDetected, SerializationFailure, TransactionClosedError } from '../errors.js'

/** A callback to be run once the outcome of a transaction is known. */
export type Hook = () => unknown

/**
 * One block of one attempt of a transaction. Nested blocks are scopes below it. A scope is never reused: it dies with its
 * block, its attempt or its connection, and every query asks whether the scope it was started in still lives.
 */
export class Scope {
  readonly connection: TransactionConnection
  readonly parent: Scope | undefined
  /** The scope whose rollback undoes this one's work: itself, for an outermost block or a savepoint. */
  readonly boundary: Scope
  /** How many transactions are open, this one included; savepoints do not count. */
  readonly depth: number
  /** The first database error since the boundary began; the server refuses all else until it is rolled back. */
  failure: DatabaseError | undefined
  /** The first conflict of the attempt, even if the program swallowed it. On the outermost scope. */
  conflict: DatabaseError | undefined
  /** Callbacks for the outcome. On boundaries. */
  readonly committed: Hook[] = []
  readonly rolledBack: Hook[] = []
  /** Savepoints below this boundary wait for each other: overlapping ones would undo each other's work. */
  savepoints: Promise<unknown> = Promise.resolve()
  #open = true
  readonly #running = new Map<Promise<unknown>, string>()

  constructor(connection: TransactionConnection, parent: Scope | undefined, isBoundary: boolean, countsAsTransaction = true) {
    this.connection = connection
    this.parent = parent
    this.boundary = isBoundary || !parent ? this : parent.boundary
    this.depth = (parent?.depth ?? 0) + (countsAsTransaction ? 1 : 0)
  }

  /** The outermost scope of the attempt. */
  get outermost(): Scope {
    return this.parent?.outermost ?? this
  }

  /** Whether queries may still be sent from this scope. */
  get alive(): boolean {
    return this.#open && (this.parent?.alive ?? true)
  }

  /** Sends a statement on the transaction's connection, and remembers how it went. */
  async run(statement: WireStatement): Promise<RawResult> {
    this.assertAlive(statement.text)
    const sent = this.connection.query(statement)
    this.#track(sent, statement.text)
    return sent
  }

  /** Throws `TransactionClosedError` where the block has ended. */
  assertAlive(what: string): void {
    if (this.alive) return
    throw new TransactionClosedError(
      `The transaction block that this query belongs to has ended: ${brief(what)}. Await every query inside the block, or use db.outside() for work that outlives it`
    )
  }

  /** Follows a promise that the block must not end before. */
  #track(sent: Promise<unknown>, text: string): void {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) scope.#running.set(sent, text)
    const done = () => {
      for (let scope: Scope | undefined = this; scope; scope = scope.parent) scope.#running.delete(sent)
    }
    sent.then(done, error => {
      done()
      this.note(error)
    })
  }

  /** Remembers a database error that spoils the transaction. */
  note(error: unknown): void {
    if (!(error instanceof DatabaseError) || error.sqlstate === undefined || error instanceof ConnectionLost) return
    this.boundary.failure ??= error
    if (isConflict(error)) this.outermost.conflict ??= error
  }

  /** Ends the scope, waits for what is still running on it, and says what that was. */
  async close(): Promise<string | undefined> {
    this.#open = false
    const running = [...this.#running]
    await Promise.allSettled(running.map(([sent]) => sent))
    return running[0]?.[1]
  }
}

/** Whether running the transaction again may succeed: a serialization failure or a deadlock. */
export function isConflict(error: unknown): error is DatabaseError {
  return error instanceof SerializationFailure || error instanceof DeadlockDetected
}

/** The beginning of a statement, for messages. */
export function brief(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
