import type { Driver, Limits, RawResult, TransactionConnection, WireStatement } from '../driver/driver.js'
import { OperationalError } from '../errors.js'

/**
 * The one connection of a `connectionContext`, as a driver. Plain queries are sent as they come; a transaction has the
 * connection to itself, so that what else runs in the context waits for its end.
 */
export class Context implements Driver {
  readonly #driver: Driver
  #connection: TransactionConnection | undefined
  /** The end of the last transaction that was begun or waits to begin. */
  #turn: Promise<void> | undefined
  readonly #running = new Set<Promise<unknown>>()
  #over = false

  constructor(driver: Driver) {
    this.#driver = driver
  }

  /** Whether queries started in the context are still its own. */
  get open(): boolean {
    return !this.#over
  }

  /** Takes a connection. */
  async connect(): Promise<void> {
    this.#connection ??= await this.#driver.acquire()
  }

  query(statement: WireStatement, limits?: Limits): Promise<RawResult> {
    return this.#track(this.#use(connection => connection.query(statement, limits)))
  }

  script(text: string): Promise<readonly RawResult[]> {
    return this.#track(this.#use(connection => connection.script(text)))
  }

  async acquire(): Promise<TransactionConnection> {
    const before = this.#turn
    let end = () => {}
    const turn = new Promise<void>(resolve => {
      end = resolve
    })
    this.#turn = turn
    const done = () => {
      if (this.#turn === turn) this.#turn = undefined
      end()
    }
    try {
      await before
      await this.connect()
      return new Turn(this.#connection as TransactionConnection, done)
    } catch (error) {
      done()
      throw error
    }
  }

  /** Closes the connection; what comes next takes another one. Gives whether there was one. Throws inside a transaction. */
  drop(): boolean {
    if (this.#turn) throw new OperationalError('The connection cannot be closed while a transaction is open on it')
    const connection = this.#connection
    this.#connection = undefined
    connection?.release('dirty')
    return connection !== undefined
  }

  /** Gives the connection back, when what is running on it has ended. */
  async close(): Promise<void> {
    while (this.#running.size > 0 || this.#turn) await Promise.allSettled([...this.#running, this.#turn])
    this.#over = true
    this.#connection?.release(this.#connection.alive ? 'idle' : 'dirty')
    this.#connection = undefined
  }

  async #use<T>(run: (connection: TransactionConnection) => Promise<T>): Promise<T> {
    // Not awaited where there is none: what is started in one tick travels together.
    if (this.#turn) await this.#turn
    if (!this.#connection) await this.connect()
    return run(this.#connection as TransactionConnection)
  }

  #track<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running)
    const done = () => this.#running.delete(running)
    running.then(done, done)
    return running
  }
}

/** The context's connection in the hands of one transaction. */
class Turn implements TransactionConnection {
  readonly #connection: TransactionConnection
  readonly #done: () => void
  #released = false

  constructor(connection: TransactionConnection, done: () => void) {
    this.#connection = connection
    this.#done = done
  }

  get alive(): boolean {
    return !this.#released && this.#connection.alive
  }

  query(statement: WireStatement, limits?: Limits): Promise<RawResult> {
    return this.#connection.query(statement, limits)
  }

  script(text: string, limits?: Limits): Promise<readonly RawResult[]> {
    return this.#connection.script(text, limits)
  }

  onLost(listener: (error: Error) => void): void {
    this.#connection.onLost(listener)
  }

  release(state: 'idle' | 'dirty'): void {
    if (this.#released) return
    this.#released = true
    // The context has lost its connection, and with it what was set there: nothing of it may run on another one.
    if (state === 'dirty') this.#connection.release('dirty')
    this.#done()
  }
}
