import { ConnectionLost, SerializationFailure } from 'pewit'
import type { Driver, DriverFactory, DriverOptions, RawResult, TransactionConnection, WireStatement } from 'pewit/extend'

/**
 * What befalls a statement of a transaction, as the one who sent it sees it.
 *
 * - `conflict`: the server refuses it with 40001, and the transaction waits to be rolled back; `late conflict`: it does so after it
 *   has run it; `ended`: it refuses COMMIT so, and the transaction is gone
 * - `cut before`, `cut during`, `cut after`: the connection breaks before it is sent, before or while the server runs it, and
 *   after that but before its answer arrives
 */
export type Fault = 'conflict' | 'late conflict' | 'ended' | 'cut before' | 'cut during' | 'cut after'

/** Is asked before each statement of a transaction is sent, in the context of whoever sends it. */
export type Faults = (text: string) => Fault | undefined

/** Drivers that are the given ones, but for the faults on connections of transactions. All else is as the servers do it. */
export function faulty(factory: DriverFactory, faults: Faults): DriverFactory {
  return (options: DriverOptions): Driver => {
    const driver = factory(options)
    return {
      pool: driver.pool,
      connect: () => driver.connect(),
      query: (statement, limits) => driver.query(statement, limits),
      script: text => driver.script(text),
      acquire: async () => new FaultyConnection(await driver.acquire(), faults),
      close: timeout => driver.close(timeout)
    }
  }
}

class FaultyConnection implements TransactionConnection {
  readonly #real: TransactionConnection
  readonly #faults: Faults
  readonly #listeners: ((error: Error) => void)[] = []
  /** Rejects when the connection breaks, once it is to break. */
  #cut: Promise<never> | undefined
  #broken = false

  constructor(real: TransactionConnection, faults: Faults) {
    this.#real = real
    this.#faults = faults
  }

  get alive(): boolean {
    return !this.#broken && this.#real.alive
  }

  query(statement: WireStatement, limits?: Parameters<TransactionConnection['query']>[1]): Promise<RawResult> {
    return this.#send(statement.text, () => this.#real.query(statement, limits))
  }

  script(text: string, limits?: Parameters<TransactionConnection['script']>[1]): Promise<readonly RawResult[]> {
    return this.#send(text, () => this.#real.script(text, limits))
  }

  onLost(listener: (error: Error) => void): void {
    this.#listeners.push(listener)
    this.#real.onLost(listener)
  }

  release(state: 'idle' | 'dirty'): void {
    this.#real.release(state)
  }

  async #send<T>(text: string, send: () => Promise<T>): Promise<T> {
    if (this.#cut) return this.#unheard(send)
    const fault = this.#faults(text)
    if (fault === undefined) return send()
    if (fault.startsWith('cut')) {
      this.#cut = this.#break(fault, text, send)
      return this.#cut
    }
    // One that is to begin the transaction must, or what was sent behind it would run outside of any.
    if (fault === 'late conflict' || text.startsWith('BEGIN')) await send()
    await this.#abort(fault)
    throw new SerializationFailure('restart transaction: a conflict that was made up', { sqlstate: '40001', sql: text })
  }

  /** Sent behind a statement whose answer never arrives; answers come in order, so this one's does not either. */
  #unheard<T>(send: () => Promise<T>): Promise<T> {
    if (!this.#broken) send().catch(() => undefined)
    return this.#cut as Promise<never>
  }

  async #break(fault: Fault, sql: string, send: () => Promise<unknown>): Promise<never> {
    const lost = new ConnectionLost('The connection was cut', { sql })
    const sent = fault === 'cut before' ? undefined : send().catch(() => undefined)
    if (fault === 'cut after') await sent
    this.#broken = true
    this.#real.release('dirty')
    for (const listener of this.#listeners.splice(0)) listener(lost)
    throw lost
  }

  /** Has the server itself refuse whatever comes, until it is rolled back; or end the transaction. */
  async #abort(fault: Fault): Promise<void> {
    await this.#real.script(fault === 'ended' ? 'ROLLBACK' : 'SELECT 1 / 0').catch(() => undefined)
  }
}
