import { AsyncLocalStorage } from 'node:async_hooks'
import type { LockStrength } from '../ast/nodes.js'
import type { Driver, TransactionConnection } from '../driver/driver.js'
import { InterfaceError, misuse, NestedTransactionError, OperationalError } from '../errors.js'
import type { Beginning, TransactionOptions } from './beginning.js'
import { controlOf, Savepoint, settled } from './controls.js'
import { Afterwards } from './hooks.js'
import { Scope } from './scope.js'
import {
  begin,
  commit,
  endingOf,
  leftRunning,
  NESTED_CONTROL,
  notInTransaction,
  type Protocol,
  rollBackNow,
  rollback,
  savepointOpen,
  Transaction,
  verdict
} from './transaction.js'

/** A function that is run as a block. */
export type Block<T> = (transaction: Transaction) => T | PromiseLike<T>

/** The open transaction of each asynchronous context, and the blocks that open, nest and end it. */
export class Blocks {
  readonly #context = new AsyncLocalStorage<Scope | undefined>()
  #savepoints = 0
  /** How many blocks are open whose selects lock what they read. */
  #locking = 0

  /** The scope that a query started here belongs to. */
  get current(): Scope | undefined {
    return this.#context.getStore()
  }

  /** How a select that is started here locks the rows that it reads. */
  get rowLock(): LockStrength | undefined {
    return this.#locking > 0 ? this.current?.terms.rowLock : undefined
  }

  /** Runs `fn` as if no transaction were open. */
  outside<T>(fn: () => T): T {
    return this.#context.run(undefined, fn)
  }

  /** Runs `body` inside a scope, awaiting its result there, and closes the scope. */
  async inside<T>(scope: Scope, body: () => T | PromiseLike<T>): Promise<T> {
    const locks = scope.terms.rowLock ? 1 : 0
    this.#locking += locks
    let result: T
    try {
      result = await this.#context.run(scope, async () => body())
    } catch (error) {
      await scope.close()
      throw error
    } finally {
      this.#locking -= locks
    }
    const running = await scope.close()
    if (running !== undefined) throw leftRunning(running)
    return result
  }

  /** A transaction of its own: commits when `body` ends, rolls back when it throws. */
  async outermost<T>(driver: Driver, protocol: Protocol, body: Block<T>): Promise<T> {
    const afterwards = new Afterwards()
    return afterwards.follow(this.#outermost(driver, protocol, body, afterwards))
  }

  async #outermost<T>(driver: Driver, protocol: Protocol, body: Block<T>, afterwards: Afterwards): Promise<T> {
    const connection = await driver.acquire()
    const scope = new Scope(connection, afterwards, protocol)
    try {
      const { begun } = await begin(connection, protocol)
      const result = await this.inside(scope, () => body(new Transaction(scope, controlOf(scope, protocol))))
      await begun
      await commit(connection, protocol, scope.work)
      connection.release('idle')
      afterwards.settle(scope.work, 'committed')
      return result
    } catch (error) {
      connection.release(await rollback(connection))
      afterwards.settle(scope.work, endingOf(error))
      throw error
    }
  }

  /** A block inside a transaction: it emits nothing and decides nothing. */
  async nested<T>(parent: Scope, body: Block<T>): Promise<T> {
    parent.assertAlive('a nested transaction block')
    if (parent.depth === 0) {
      throw new InterfaceError('Inside manualCommit() a block joins the transaction that begin() opens; call begin() first')
    }
    const scope = parent.child()
    return this.inside(scope, () => body(new Transaction(scope, NESTED_CONTROL)))
  }

  /** A part of a transaction that can fail alone. */
  async savepoint<T>(body: Block<T>): Promise<T> {
    const parent = this.current
    parent?.assertAlive('SAVEPOINT')
    if (!parent?.depth) throw notInTransaction('savepoint()')
    const { boundary } = parent
    const name = `s${++this.#savepoints}`
    const scope = parent.child(`SAVEPOINT ${name}`)
    const turn = boundary.lastSavepoint.then(() => this.#savepoint(scope, parent, name, body)).finally(() => scope.close())
    boundary.lastSavepoint = turn.catch(() => undefined)
    return turn
  }

  async #savepoint<T>(scope: Scope, parent: Scope, name: string, body: Block<T>): Promise<T> {
    const savepoint = new Savepoint(scope, parent, name)
    await savepoint.begin()
    try {
      const result = await this.inside(scope, () => body(new Transaction(scope, savepoint)))
      if (scope.work.failure) throw verdict(scope.work.failure)
      await savepoint.release()
      return result
    } catch (error) {
      await savepoint.undo()
      throw error
    }
  }

  /** A connection of its own on which the program begins and ends transactions itself. */
  async manual<T>(driver: Driver, begin: MakeBeginning, body: (control: ManualControl) => T | PromiseLike<T>): Promise<T> {
    this.current?.assertAlive('manualCommit()')
    if (this.current) throw new NestedTransactionError('manualCommit() cannot start inside a transaction')
    const afterwards = new Afterwards()
    return afterwards.follow(this.#manual(new ManualScope(await driver.acquire(), afterwards, begin), body))
  }

  async #manual<T>(scope: ManualScope, body: (control: ManualControl) => T | PromiseLike<T>): Promise<T> {
    const { connection, afterwards } = scope
    try {
      const result = await this.inside(scope, () => body(new ManualControl(scope)))
      if (scope.began)
        throw new OperationalError(
          'manualCommit() ended with an open transaction, which was rolled back; call commit() or rollback()'
        )
      return result
    } finally {
      connection.release(scope.began ? await rollback(connection) : connection.alive ? 'idle' : 'dirty')
      afterwards.settle(scope.work, 'rolledBack')
    }
  }

  /** The controls of the surrounding `manualCommit`. Throws `InterfaceError` outside one. */
  get manualControl(): ManualControl {
    if (this.current instanceof ManualScope) return new ManualControl(this.current)
    throw new InterfaceError('begin(), commit() and rollback() are for manualCommit(); elsewhere use transaction() or atomic()')
  }
}

/** How a transaction with these options begins. Throws for those that make no sense here. */
type MakeBeginning = (options: TransactionOptions) => Beginning

/** A scope in which the program sends BEGIN itself. */
export class ManualScope extends Scope {
  /** Whether the program has begun a transaction. */
  began = false
  /** Whether the last one was ended by a COMMIT that failed: then there is nothing to roll back. */
  commitFailed = false
  readonly beginning: MakeBeginning

  constructor(connection: TransactionConnection, afterwards: Afterwards, beginning: MakeBeginning) {
    super(connection, afterwards, { set: settings => beginning({}).set(settings) })
    this.beginning = beginning
  }

  override get depth(): number {
    return this.began ? 1 : 0
  }
}

/** Begins and ends transactions by hand, inside `manualCommit`. */
export class ManualControl {
  readonly #scope: ManualScope

  /** @internal */
  constructor(scope: ManualScope) {
    this.#scope = scope
  }

  /** Begins a transaction, with the options of `transaction`. */
  async begin(options: TransactionOptions = {}): Promise<void> {
    const scope = this.#scope
    scope.assertAlive('BEGIN')
    if (scope.began) throw misuse('BAD_QUERY', 'A transaction has begun already; commit or roll back first')
    const { begin, autocommitBeforeDdl } = scope.beginning(options)
    const begun = scope.connection.script(begin)
    scope.autocommitBeforeDdl = autocommitBeforeDdl
    scope.began = true
    scope.commitFailed = false
    scope.renew()
    await begun.catch(error => {
      scope.began = false
      throw error
    })
  }

  /** Commits it. Rejects with `TransactionAbortedError` where an error had aborted it: then `rollback()` ends it. */
  async commit(): Promise<void> {
    const scope = this.#ready('COMMIT')
    if (scope.work.failure) throw verdict(scope.work.failure)
    const ended = commit(scope.connection, { commit: 'COMMIT' }, scope.work)
    scope.began = false
    await settled(scope, ended, 'committed').catch(error => {
      scope.commitFailed = true
      throw error
    })
  }

  /** Rolls it back. Does nothing behind a `commit()` that failed, for the server has done so. */
  async rollback(): Promise<void> {
    if (this.#scope.commitFailed) return
    const scope = this.#ready('ROLLBACK')
    const ended = rollBackNow(scope.connection)
    scope.began = false
    await settled(scope, ended, 'rolledBack')
  }

  #ready(what: string): ManualScope {
    this.#scope.assertAlive(what)
    if (!this.#scope.began) throw misuse('BAD_QUERY', 'No transaction has begun; call begin() first')
    if (this.#scope.savepoint) throw savepointOpen(what)
    return this.#scope
  }
}
