import { AsyncLocalStorage } from 'node:async_hooks'
import type { Driver } from '../driver/driver.js'
import { Context } from './context.js'

/** The connection context of each asynchronous one. */
export class Contexts {
  readonly #storage = new AsyncLocalStorage<Context | undefined>()
  /** How many are open. */
  #count = 0
  /** Whether the database is to be closed after the last one. */
  #closes = false

  /** The one that a query started here belongs to. One that has ended is none. */
  get current(): Context | undefined {
    if (this.#count === 0) return undefined
    const context = this.#storage.getStore()
    return context?.open ? context : undefined
  }

  /** Runs `fn` as if there were none. */
  outside<T>(fn: () => T): T {
    return this.#count === 0 ? fn() : this.#storage.run(undefined, fn)
  }

  /**
   * Runs `fn` in a context of its own.
   *
   * @param opened whether the database was opened for it: then it is closed after the last context that overlaps with it
   */
  async run<T>(driver: Driver, fn: () => T | PromiseLike<T>, opened: boolean, close: () => Promise<unknown>): Promise<T> {
    const context = new Context(driver)
    this.#closes ||= opened
    this.#count++
    try {
      await context.connect()
      return await this.#storage.run(context, async () => fn())
    } finally {
      await context.close()
      if (--this.#count === 0 && this.#closes) {
        this.#closes = false
        await close()
      }
    }
  }
}
