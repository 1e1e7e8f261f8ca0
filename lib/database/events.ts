import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { Cell, OpenedConnection, RawResult } from '../driver/driver.js'
import type { DatabaseError } from '../errors.js'

/** What happened to one statement. */
export interface QueryEvent {
  /** Counts the statements of one database object that were watched, from 1. */
  readonly id: number
  /** The database's name. */
  readonly database: string
  readonly sql: string
  /** The parameters as they were sent; only where the option `logParameters` asks for them. */
  readonly params?: readonly (string | null)[]
  /** From sending to the answer. */
  readonly milliseconds: number
  /** Rows returned or touched. */
  readonly rows: number
  readonly error?: unknown
}

/** A statement that failed. */
export interface ErrorEvent extends QueryEvent {
  readonly error: unknown
}

/** What a statement gave, for `logResponses`. */
export interface ResponseEvent {
  /** Of the `QueryEvent`. */
  readonly id: number
  readonly sql: string
  readonly columns: readonly string[]
  /** As the server wrote them. */
  readonly rows: readonly (readonly Cell[])[]
}

/** An attempt of a retried transaction that conflicted, and after which there will be another. */
export interface RetryEvent {
  readonly database: string
  /** Attempts made so far. */
  readonly attempts: number
  /** How long the next one waits. */
  readonly milliseconds: number
  readonly cause: DatabaseError
  /** What the program calls the transaction, if anything. */
  readonly label?: string
  /** Whether the next one locks what it reads. */
  readonly locks: boolean
}

/** A connection that stands. */
export interface ConnectEvent extends OpenedConnection {
  readonly database: string
}

/** A connection that was given back by the transaction, context or stream that held it. */
export interface ReleaseEvent {
  readonly database: string
  /** How long it was held. */
  readonly milliseconds: number
  /** `dirty`: it was not fit for another one, and was closed. */
  readonly state: 'idle' | 'dirty'
}

/** The events of a database. `node:diagnostics_channel` has them too, as `pewit:query` and so on. */
export interface DatabaseEvents {
  readonly query: QueryEvent
  readonly error: ErrorEvent
  readonly retry: RetryEvent
  readonly connect: ConnectEvent
  readonly release: ReleaseEvent
}

/** Takes the events of one kind. */
export type DatabaseListener<K extends keyof DatabaseEvents> = (event: DatabaseEvents[K]) => void

/** Takes what happened to statements. */
export type QueryLog = (event: QueryEvent) => void

/** Takes what statements gave. */
export type ResponseLog = (event: ResponseEvent) => void

/** What a tracing channel tells of a statement: at its start, and then with how it ended. */
export interface QueryTrace {
  /** The kind of server: `postgresql`, or how a dialect names its own. */
  readonly system: string
  readonly database: string
  readonly sql: string
  readonly params?: readonly (string | null)[]
  result?: RawResult | readonly RawResult[]
  error?: unknown
}

const CHANNELS = {
  query: channel('pewit:query'),
  error: channel('pewit:error'),
  retry: channel('pewit:retry'),
  connect: channel('pewit:connect'),
  release: channel('pewit:release')
}
const NAMES = Object.keys(CHANNELS) as (keyof DatabaseEvents)[]

/** `tracing:pewit:query:start`, `:asyncEnd`, `:error` and so on, for spans around statements. */
export const TRACE = tracingChannel<unknown, QueryTrace>('pewit:query')

/** Who listens to one database. */
export class Events {
  readonly #listeners = new Map<string, Set<(event: never) => void>>(NAMES.map(name => [name, new Set()]))
  readonly #queries: ReadonlySet<unknown>
  readonly #errors: ReadonlySet<unknown>
  log: QueryLog | undefined
  responseLog: ResponseLog | undefined
  /** Whether events of statements tell the parameters. */
  parameters = false
  database = ''
  system = ''
  #count = 0

  constructor() {
    this.#queries = this.#of('query')
    this.#errors = this.#of('error')
  }

  /** Whether anybody wants to hear of statements; until then they cost nothing. */
  get watched(): boolean {
    if (this.log !== undefined || this.responseLog !== undefined || this.#queries.size > 0 || this.#errors.size > 0) return true
    return CHANNELS.query.hasSubscribers || CHANNELS.error.hasSubscribers || this.traced
  }

  /** Whether anybody makes spans of statements. */
  get traced(): boolean {
    return TRACE.start.hasSubscribers || TRACE.asyncEnd.hasSubscribers
  }

  /** The number of another statement. */
  next(): number {
    return ++this.#count
  }

  add(name: string, listener: (event: never) => void): void {
    this.#of(name).add(listener)
  }

  remove(name: string, listener: (event: never) => void): void {
    this.#of(name).delete(listener)
  }

  /** Tells all who listen. What one of them throws is a process warning: what was done must not look failed. */
  emit<K extends keyof DatabaseEvents>(name: K, event: DatabaseEvents[K]): void {
    if (name === 'query') this.tell(this.log, event as never)
    for (const listener of [...this.#of(name)]) this.tell(listener, event as never)
    if (CHANNELS[name].hasSubscribers) CHANNELS[name].publish(event)
  }

  tell<T>(listener: ((event: T) => void) | undefined, event: T): void {
    try {
      listener?.(event)
    } catch (failure) {
      process.emitWarning(failure instanceof Error ? failure : String(failure))
    }
  }

  #of(name: string): Set<(event: never) => void> {
    const found = this.#listeners.get(name)
    if (found) return found
    throw new TypeError(`There is no event "${name}"; there are ${NAMES.join(', ')}`)
  }
}

/** The log that an option means, or none. */
export function queryLog(option: boolean | QueryLog | undefined): QueryLog | undefined {
  if (typeof option === 'function') return option
  return option ? printQuery : undefined
}

/** The log of responses that an option means, or none. */
export function responseLog(option: boolean | ResponseLog | undefined): ResponseLog | undefined {
  if (typeof option === 'function') return option
  return option ? printResponse : undefined
}

function printQuery({ id, sql, params = [], milliseconds, rows, error }: QueryEvent): void {
  const values = params.map((value, i) => `\n  -- $${i + 1} = ${value === null ? 'NULL' : JSON.stringify(value)}`).join('')
  const end = error === undefined ? `${rows} ${rows === 1 ? 'row' : 'rows'}` : `failed: ${String(error)}`
  console.log(`Query ${id}: ${sql}${values}\n  -- ${milliseconds.toFixed(1)} ms, ${end}`)
}

function printResponse({ id, columns, rows }: ResponseEvent): void {
  const lines = rows.map(cells => `\n  ${cells.map((cell, i) => `${columns[i] ?? i} = ${cell ?? 'NULL'}`).join(', ')}`)
  console.log(`Query ${id} response:${lines.join('') || ' no rows'}`)
}
