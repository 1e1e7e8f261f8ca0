import { AsyncLocalStorage } from 'node:async_hooks'
import type { Driver, TransactionConnection } from '../driver/driver.js'
import { ConnectionLost, InterfaceError, misuse, NestedTransactionError, OperationalError } from '../errors.js'
import { Scope } from './scope.js'
import {
  Afterwards,
  aborted,
  commit,
  leftRunning,
  NESTED_CONTROL,
  notInTransaction,
  type Protocol,
  rollback,
  Transaction
} from './transaction.js'

/** A function that is run as a block. */
export type Block<T> = (transaction: Transaction) => T | PromiseLike<T>

/** The open transaction of each asynchronous context, and the blocks that open, nest and end it. */
export class Blocks {
  readonly #context = new AsyncLocalStorage<Scope | undefined>()

  /** The scope that a query started here belongs to. */
  get current(): Scope | undefined {
    return this.#context.getStore()
  }

  /** Runs `fn` as if no transaction were open. */
  outside<T>(fn: () => T): T {
    return this.#context.run(undefined, fn)
  }

  /** Runs `body` inside a scope, awaiting its result there, and closes the scope. */
  async inside<T>(scope: Scope, body: () => T | PromiseLike<T>): Promise<T> {
    let result: T
    try {
      result = await this.#context.run(scope, async () => body())
    } catch (error) {
      await scope.close()
      throw error
    }
    const running = await scope.close()
    if (running !== undefined) throw leftRunning(running)
    return result
  }

  /** A transaction of its own: commits when `body` ends, rolls back when it throws. */
  async outermost<T>(driver: Driver, protocol: Protocol, body: Block<T>): Promise<T> {
    const afterwards = new Afterwards()
    return this.outside(() => afterwards.follow(this.#outermost(driver, protocol, body, afterwards)))
  }

  async #outermost<T>(driver: Driver, protocol: Protocol, body: Block<T>, afterwards: Afterwards): Promise<T> {
    const connection = await driver.acquire()
    const scope = new Scope(connection, undefined, true)
    try {
      await connection.script(protocol.begin)
      const result = await this.inside(scope, () => body(new Transaction(scope, this.#control(scope, protocol, afterwards))))
      await commit(connection, protocol, scope)
      connection.release('idle')
      afterwards.settle(scope, 'committed')
      return result
    } catch (error) {
      connection.release(await rollback(connection))
      afterwards.settle(scope, 'rolledBack')
      throw error
    }
  }

  /** The controls of an outermost block: each ends the transaction and begins another. */
  #control(scope: Scope, protocol: Protocol, afterwards: Afterwards) {
    const { connection } = scope
    return {
      commit: async () => {
        await commit(connection, protocol, scope)
        afterwards.settle(scope, 'committed')
        await connection.script(protocol.begin)
      },
      rollback: async () => {
        await connection.script('ROLLBACK')
        scope.failure = undefined
        afterwards.settle(scope, 'rolledBack')
        await connection.script(protocol.begin)
      }
    }
  }

  /** A block inside a transaction: it emits nothing and decides nothing. */
  async nested<T>(parent: Scope, body: Block<T>): Promise<T> {
    parent.assertAlive('a nested transaction block')
    const scope = new Scope(parent.connection, parent, false)
    return this.inside(scope, () => body(new Transaction(scope, NESTED_CONTROL)))
  }

  /** A part of a transaction that can fail alone. */
  async savepoint<T>(body: Block<T>): Promise<T> {
    const parent = this.current
    if (!parent) throw notInTransaction('savepoint()')
    parent.assertAlive('SAVEPOINT')
    const { boundary } = parent
    const turn = boundary.savepoints.then(() => this.#savepoint(parent, body))
    boundary.savepoints = turn.catch(() => undefined)
    return turn
  }

  async #savepoint<T>(parent: Scope, body: Block<T>): Promise<T> {
    const { connection } = parent
    const name = `s${++this.#savepoints}`
    const scope = new Scope(connection, parent, true, false)
    const run = (text: string) => this.#script(parent, text)
    const undo = async () => {
      await run(`ROLLBACK TO SAVEPOINT ${name}`)
      scope.failure = undefined
    }
    const control = {
      commit: async () => {
        await run(`RELEASE SAVEPOINT ${name}; SAVEPOINT ${name}`)
        promote(scope, parent)
      },
      rollback: undo
    }
    await run(`SAVEPOINT ${name}`)
    try {
      const result = await this.inside(scope, () => body(new Transaction(scope, control)))
      if (scope.failure) throw aborted(scope.failure)
      await run(`RELEASE SAVEPOINT ${name}`)
      promote(scope, parent)
      return result
    } catch (error) {
      if (connection.alive && parent.alive) await undo().catch(failure => parent.note(failure))
      parent.boundary.rolledBack.push(...scope.rolledBack)
      throw error
    }
  }

  #savepoints = 0

  /** Sends control statements of a scope; their errors spoil it like those of queries. */
  async #script(scope: Scope, text: string): Promise<void> {
    if (!scope.connection.alive) throw new ConnectionLost('The connection was lost inside the transaction')
    try {
      await scope.connection.script(text)
    } catch (error) {
      scope.note(error)
      throw error
    }
  }

  /** A connection of its own on which the program begins and ends transactions itself. */
  async manual<T>(driver: Driver, body: (control: ManualControl) => T | PromiseLike<T>): Promise<T> {
    if (this.current) throw new NestedTransactionError('manualCommit() cannot start inside a transaction')
    const connection = await driver.acquire()
    const scope = new ManualScope(connection)
    const control = new ManualControl(scope)
    try {
      const result = await this.inside(scope, () => body(control))
      if (scope.began)
        throw new OperationalError(
          'manualCommit() ended with an open transaction, which was rolled back; call commit() or rollback()'
        )
      return result
    } finally {
      connection.release(scope.began ? await rollback(connection) : connection.alive ? 'idle' : 'dirty')
    }
  }

  /** The controls of the surrounding `manualCommit`. Throws `InterfaceError` outside one. */
  get manualControl(): ManualControl {
    if (this.current instanceof ManualScope) return new ManualControl(this.current)
    throw new InterfaceError('begin(), commit() and rollback() are for manualCommit(); elsewhere use transaction() or atomic()')
  }
}

/** A scope in which the program sends BEGIN itself. */
export class ManualScope extends Scope {
  /** Whether the program has begun a transaction. */
  began = false

  constructor(connection: TransactionConnection) {
    super(connection, undefined, true, false)
  }
}

/** Begins and ends transactions by hand, inside `manualCommit`. */
export class ManualControl {
  readonly #scope: ManualScope

  /** @internal */
  constructor(scope: ManualScope) {
    this.#scope = scope
  }

  /** Begins a transaction. */
  async begin(): Promise<void> {
    if (this.#scope.began) throw misuse('BAD_QUERY', 'A transaction has begun already; commit or roll back first')
    await this.#scope.connection.script('BEGIN')
    this.#scope.began = true
    this.#scope.failure = undefined
  }

  /** Commits it. Rejects with `TransactionAbortedError` where an error had aborted it. */
  async commit(): Promise<void> {
    this.#requireBegun()
    const scope = this.#scope
    await commit(scope.connection, { begin: 'BEGIN', commit: 'COMMIT' }, scope)
    scope.began = false
  }

  /** Rolls it back. */
  async rollback(): Promise<void> {
    this.#requireBegun()
    await this.#scope.connection.script('ROLLBACK')
    this.#scope.began = false
    this.#scope.failure = undefined
  }

  #requireBegun(): void {
    if (!this.#scope.began) throw misuse('BAD_QUERY', 'No transaction has begun; call begin() first')
  }
}

/** What a released savepoint's hooks wait for is now the outcome of the block around it. */
function promote(scope: Scope, parent: Scope): void {
  parent.boundary.committed.push(...scope.committed.splice(0))
  parent.boundary.rolledBack.push(...scope.rolledBack.splice(0))
}
