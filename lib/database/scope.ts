import type { LockStrength } from '../ast/nodes.js'
import type { Limits, RawResult, TransactionConnection, WireStatement } from '../driver/driver.js'
import {
  ConnectionLost,
  DatabaseError,
  DeadlockDetected,
  OperationalError,
  SerializationFailure,
  TransactionClosedError
} from '../errors.js'
import type { Beginning } from './beginning.js'
import { type Afterwards, Hooks } from './hooks.js'

/** What is committed, or undone, as a whole. */
export class Work extends Hooks {
  /** The first database error in it; the server refuses all else until it is rolled back. */
  failure: DatabaseError | undefined
  /** Of a savepoint: writes of the blocks around it that were sent while it was open. Rolling back to it undoes them too. */
  readonly caught = new Map<Work, string>()

  /** Spoils what `caught` writes belong to: this work was rolled back, and they with it. */
  undone(): void {
    for (const [work, text] of this.caught) work.failure ??= caughtError(text)
  }
}

/** What holds for everything in one attempt of a transaction. */
export interface Terms {
  /** How its selects lock the rows that they read. */
  readonly rowLock?: LockStrength
  /** What breaks its statements off. */
  readonly limits?: Limits
  /** The statements that change settings of the transaction. */
  readonly set: Beginning['set']
  /** Whether it shall commit before a statement that changes the schema, where that was said. */
  readonly autocommitBeforeDdl?: boolean
}

/** A statement, and whether the transaction added a lock to it. */
interface ScopedStatement extends WireStatement {
  readonly lockedByTransaction?: boolean
}

/**
 * One block of one attempt of a transaction. Nested blocks are scopes below it. A scope is never reused: it dies with its
 * block, its attempt or its connection, and every query asks whether the scope it was started in still lives.
 */
export class Scope {
  readonly connection: TransactionConnection
  readonly parent: Scope | undefined
  /** The scope whose rollback undoes this one's work: itself, for an outermost block or a savepoint. */
  readonly boundary: Scope
  readonly afterwards: Afterwards
  /** What was done since the boundary began, or was last committed or rolled back. On boundaries. */
  work = new Work()
  /** The savepoint that is open directly below this boundary. */
  savepoint: Scope | undefined
  /** The end of the last one; they wait for each other, since overlapping ones would undo each other's work. */
  lastSavepoint: Promise<unknown> = Promise.resolve()
  /** The first conflict of the attempt, even if the program swallowed it. On the outermost scope. */
  conflict: DatabaseError | undefined
  /** The first error of a statement that would not have failed without the lock that the transaction added. On the outermost scope. */
  lockRefused: DatabaseError | undefined
  readonly terms: Terms
  /** Whether the transaction shall commit before a statement that changes the schema, where that was said. On the outermost scope. */
  autocommitBeforeDdl: boolean | undefined
  #open = true
  readonly #running = new Map<Promise<unknown>, string>()
  readonly #children = new Map<Scope, string>()

  constructor(connection: TransactionConnection, afterwards: Afterwards, terms: Terms, parent?: Scope, isBoundary = !parent) {
    this.connection = connection
    this.afterwards = afterwards
    this.terms = terms
    this.autocommitBeforeDdl = terms.autocommitBeforeDdl
    this.parent = parent
    this.boundary = isBoundary || !parent ? this : parent.boundary
  }

  /** A block below this one: a boundary if it is a savepoint, known by `text`. It counts as running until it is closed. */
  child(savepoint?: string): Scope {
    const child = new Scope(this.connection, this.afterwards, this.terms, this, savepoint !== undefined)
    this.#children.set(child, savepoint ?? 'a nested transaction block')
    return child
  }

  /** The outermost scope of the attempt. */
  get outermost(): Scope {
    return this.parent?.outermost ?? this
  }

  /** How many transactions are open, this one included; savepoints do not count. */
  get depth(): number {
    if (!this.parent) return 1
    return this.parent.depth + (this.boundary === this ? 0 : 1)
  }

  /** Whether queries may still be sent from this scope. */
  get alive(): boolean {
    return this.#open && (this.parent?.alive ?? true)
  }

  /** Sends a statement on the transaction's connection, and remembers how it went. */
  async run(statement: ScopedStatement, limits?: Limits): Promise<RawResult> {
    this.assertAlive(statement.text)
    const sent = this.connection.query(statement, both(limits, this.terms.limits))
    this.#track(sent, statement.text, statement.lockedByTransaction)
    this.#watch(sent, statement.text)
    return sent
  }

  /** Sends control statements of this scope; their errors spoil it like those of queries. */
  async script(text: string): Promise<readonly RawResult[]> {
    this.assertAlive(text)
    const sent = this.connection.script(text)
    this.#track(sent, text)
    return sent
  }

  /** Throws `TransactionClosedError` where the block has ended. */
  assertAlive(what: string): void {
    if (this.alive) return
    throw new TransactionClosedError(
      `The transaction block that this query belongs to has ended: ${brief(what)}. Await every query inside the block, or use db.outside() for work that outlives it`
    )
  }

  /** Gives the work done so far, and begins new work. To be called in the tick in which the statement that ends it is sent. */
  renew(): Work {
    const done = this.work
    this.work = new Work()
    return done
  }

  /** Follows a promise that the block must not end before. */
  #track(sent: Promise<unknown>, text: string, locked = false): void {
    const { work } = this.boundary
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) scope.#running.set(sent, text)
    const done = () => {
      for (let scope: Scope | undefined = this; scope; scope = scope.parent) scope.#running.delete(sent)
    }
    sent.then(done, error => {
      done()
      this.#note(error, work)
      if (locked && isLockRefusal(error)) this.outermost.lockRefused ??= error
    })
  }

  /** Tells the savepoints that are open below this scope of a write that does not belong to them. */
  #watch(sent: Promise<RawResult>, text: string): void {
    const { work } = this.boundary
    const open: Work[] = []
    for (let scope = this.boundary.savepoint; scope; scope = scope.savepoint) open.push(scope.work)
    if (open.length === 0) return
    const written = ({ command }: RawResult) => {
      if (!READS.includes(command)) for (const { caught } of open) caught.set(work, text)
    }
    sent.then(written, () => undefined)
  }

  /** Remembers a database error that spoils the work it happened in. */
  #note(error: unknown, work: Work): void {
    if (!(error instanceof DatabaseError) || error.sqlstate === undefined || error instanceof ConnectionLost) return
    work.failure ??= error
    if (isConflict(error)) this.outermost.conflict ??= error
  }

  /** Ends the scope, waits for the queries still running on it, and says what they were, or which block in it has not ended. */
  async close(): Promise<string | undefined> {
    this.#open = false
    if (this.parent) this.parent.#children.delete(this)
    const [child] = this.#children.values()
    const running = [...this.#running]
    await Promise.allSettled(running.map(([sent]) => sent))
    return running[0]?.[1] ?? child
  }
}

/** Command tags of statements that leave nothing to be undone. */
const READS = ['SELECT', 'SHOW']

/** Whether running the transaction again may succeed: a serialization failure or a deadlock. */
export function isConflict(error: unknown): error is DatabaseError {
  return error instanceof SerializationFailure || error instanceof DeadlockDetected
}

/**
 * What servers answer where rows cannot be locked that can be read: the privilege is missing, the transaction is read only, or
 * what is read is no table.
 */
const LOCK_REFUSALS: readonly (string | undefined)[] = ['42501', '25006', '42809', '0A000']

function isLockRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && LOCK_REFUSALS.includes(error.sqlstate)
}

/** The limits of a statement and those of its transaction. */
function both(own: Limits | undefined, ours: Limits | undefined): Limits | undefined {
  if (!own || !ours) return own ?? ours
  const signals = [own.signal, ours.signal].filter(signal => signal !== undefined)
  return { ...own, signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0] }
}

/** The beginning of a statement, for messages. */
export function brief(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function caughtError(text: string): OperationalError {
  return new OperationalError(
    `A savepoint was rolled back, and with it a statement that the block around it ran at the same time: ${brief(text)}. Await one before the other`
  )
}
