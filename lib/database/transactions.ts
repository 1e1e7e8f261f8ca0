import type { Capabilities } from '../compiler/capabilities.js'
import type { Driver } from '../driver/driver.js'
import { misuse, NestedTransactionError } from '../errors.js'
import { TRANSACTION_OPTIONS, type TransactionOptions } from './beginning.js'
import { type Block, Blocks, type ManualControl } from './blocks.js'
import type { Connector } from './connector.js'
import { CallSites, LockPlan } from './locking.js'
import { refuseOthers } from './options.js'
import { type Retried, retried } from './retry.js'
import { checkRetryOptions, type RunTransactionOptions } from './retry-options.js'
import { Stopping } from './stopping.js'
import type { Protocol } from './transaction.js'

/** What a block does inside a transaction: it folds into the open one, is a savepoint, or is refused. */
export type Nesting = 'fold' | 'savepoint' | 'refuse'

/** The transactions of a database: which protocol each takes, and what happens where one is open already. */
export class Transactions {
  readonly blocks = new Blocks()
  readonly #connector: Connector
  readonly #driver: () => Driver
  readonly #prepare: () => Promise<void>
  readonly #callSites = new CallSites()

  /**
   * @param driver gives that which connections are taken from
   * @param prepare learns the server's version
   */
  constructor(connector: Connector, driver: () => Driver, prepare: () => Promise<void>) {
    this.#connector = connector
    this.#driver = driver
    this.#prepare = prepare
  }

  /** Runs a block: in a transaction of its own where none is open. */
  async block(block: Block<unknown>, options: TransactionOptions = {}, nesting: Nesting): Promise<unknown> {
    const { current } = this.blocks
    if (!current) return this.#outermost(block, options)
    current.assertAlive('a nested transaction block')
    if (nesting === 'refuse') {
      throw new NestedTransactionError(
        'atomic() cannot start inside a transaction here: use transaction() to join the open one, savepoint() for a part that may fail, or runTransaction() outside it'
      )
    }
    if (Object.values(options).some(option => option !== undefined)) {
      throw misuse('BAD_ARGUMENT', 'Options of a transaction can only be given to the outermost block')
    }
    return nesting === 'fold' ? this.blocks.nested(current, block) : this.blocks.savepoint(block)
  }

  async #outermost(block: Block<unknown>, options: TransactionOptions): Promise<unknown> {
    const protocol = await this.#protocol(capabilities => this.#plainProtocol('transaction', options, capabilities))
    return this.blocks.outermost(this.#driver(), protocol, block)
  }

  /** How a transaction with these options begins, at the database's isolation level where they do not say. */
  #plainProtocol(where: string, options: TransactionOptions, capabilities: Capabilities): Protocol {
    refuseOthers(where, options, TRANSACTION_OPTIONS)
    const { isolationLevel } = this.#connector.options
    const isolation = options.isolation ?? (options.systemTime === undefined ? isolationLevel : undefined)
    return this.#connector.profile.protocol({ ...options, isolation }, capabilities)
  }

  /** How a transaction begins here. What no server takes is refused before anything is sent, even to learn which one this is. */
  async #protocol(make: (capabilities: Capabilities) => Protocol): Promise<Protocol> {
    const protocol = make(this.#connector.capabilities)
    if (this.#connector.ready) return protocol
    await this.#prepare()
    return make(this.#connector.capabilities)
  }

  /** Runs a callback in a transaction, again and again while it conflicts with others. */
  async retried<T>(
    body: () => T | PromiseLike<T>,
    callback: (...args: never[]) => unknown,
    options: RunTransactionOptions
  ): Promise<T> {
    const { current } = this.blocks
    if (current) {
      current.assertAlive('runTransaction()')
      throw new NestedTransactionError(
        'runTransaction() cannot start inside a transaction: only the outermost block can be run again'
      )
    }
    const { transaction, limit, deadline, locking, serializable } = checkRetryOptions(options)
    const { backoff, signal, label } = options
    const { profile, events } = this.#connector
    const stopping = new Stopping(deadline, signal)
    try {
      stopping.check(undefined)
      const protocol = await this.#protocol(capabilities => profile.retryProtocol(transaction, capabilities))
      const plan = new LockPlan(this.#callSites, { locking, label, callback, safeWithout: serializable })
      const strength = this.#connector.capabilities.noKeyUpdate ? 'no key update' : 'update'
      const onRetry: Retried<T>['onRetry'] = attempt => {
        const event = { database: events.database, ...attempt, ...(label === undefined ? {} : { label }) }
        events.emit('retry', event)
        return options.onRetry?.(event)
      }
      const on = { blocks: this.blocks, driver: this.#driver(), protocol }
      return await retried({ ...on, body, limit, backoff, stopping, plan, strength, onRetry })
    } finally {
      stopping.end()
    }
  }

  /** Runs a block on a connection of its own, on which it begins and ends transactions itself. */
  async manual<T>(block: (control: ManualControl) => T | PromiseLike<T>): Promise<T> {
    await this.#prepare()
    const begin = (options: TransactionOptions) => this.#plainProtocol('begin', options, this.#connector.capabilities)
    return this.blocks.manual(this.#driver(), begin, block)
  }
}
