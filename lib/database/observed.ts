import type { Driver, RawResult, TransactionConnection, WireStatement } from '../driver/driver.js'
import { type Events, type QueryTrace, TRACE } from './events.js'

type Answer = RawResult | readonly RawResult[]

/** A driver that tells who listens of everything it sends. */
export function observedDriver(driver: Driver, events: Events): Driver {
  return {
    pool: driver.pool,
    connect: () => driver.connect(),
    query: (statement, limits) =>
      events.watched ? observed(events, statement, () => driver.query(statement, limits)) : driver.query(statement, limits),
    script: text => (events.watched ? observed(events, scripted(text), () => driver.script(text)) : driver.script(text)),
    acquire: async () => new ObservedConnection(await driver.acquire(), events),
    cancel: driver.cancel && (params => driver.cancel?.(params) ?? Promise.resolve(0)),
    close: timeout => driver.close(timeout)
  }
}

class ObservedConnection implements TransactionConnection {
  readonly #connection: TransactionConnection
  readonly #events: Events
  readonly #since = performance.now()
  #released = false

  constructor(connection: TransactionConnection, events: Events) {
    this.#connection = connection
    this.#events = events
  }

  get alive(): boolean {
    return this.#connection.alive
  }

  query(...[statement, limits]: Parameters<TransactionConnection['query']>): Promise<RawResult> {
    const run = () => this.#connection.query(statement, limits)
    return this.#events.watched ? observed(this.#events, statement, run) : run()
  }

  script(...[text, limits]: Parameters<TransactionConnection['script']>): Promise<readonly RawResult[]> {
    const run = () => this.#connection.script(text, limits)
    return this.#events.watched ? observed(this.#events, scripted(text), run) : run()
  }

  onLost(listener: (error: Error) => void): void {
    this.#connection.onLost(listener)
  }

  release(state: 'idle' | 'dirty'): void {
    this.#connection.release(state)
    if (this.#released) return
    this.#released = true
    const { database } = this.#events
    this.#events.emit('release', { database, milliseconds: performance.now() - this.#since, state })
  }
}

/** Runs a statement and tells who listens about it. */
async function observed<T extends Answer>(events: Events, statement: WireStatement, run: () => Promise<T>): Promise<T> {
  const { database, system } = events
  const facts = { database, sql: statement.text, ...(events.parameters ? { params: statement.params } : {}) }
  const id = events.next()
  const started = performance.now()
  const event = (rows: number) => ({ id, ...facts, milliseconds: performance.now() - started, rows })
  try {
    const result = events.traced ? await TRACE.tracePromise<T>(run, { system, ...facts } as QueryTrace) : await run()
    const last = lastOf(result)
    events.emit('query', event(last ? last.rows.length || last.count : 0))
    if (last && events.responseLog) {
      const columns = last.columns.map(({ name }) => name)
      events.tell(events.responseLog, { id, sql: statement.text, columns, rows: last.rows })
    }
    return result
  } catch (error) {
    const failed = { ...event(0), error }
    events.emit('query', failed)
    events.emit('error', failed)
    throw error
  }
}

function lastOf(answer: Answer): RawResult | undefined {
  return Array.isArray(answer) ? (answer as readonly RawResult[]).at(-1) : (answer as RawResult)
}

function scripted(text: string): WireStatement {
  return { text, params: [], types: [] }
}
