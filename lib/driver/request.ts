import { misuse } from '../errors.js'
import { unsendable } from '../util/text.js'
import type { Cell, RawResult, ResultColumn, WireStatement } from './driver.js'

/** A column as the `postgres` package keeps it, once for each prepared statement. */
interface DriverColumn {
  readonly name: string
  readonly type: number
  oid?: number
}

/** What the `postgres` package gives for a statement: the rows, and facts about them. */
export interface DriverResult extends ReadonlyArray<readonly Cell[]> {
  readonly count: number | null
  readonly command: string | null
  readonly columns: readonly DriverColumn[] | null | undefined
}

/** Who carries a request, and is told first how it went. */
export interface Carrier {
  /** The driver answered. */
  answered(request: Sendable, answer: unknown): void
  /** The driver gave an error, as it came. */
  refused(request: Sendable, error: unknown): void
}

/** The server's process behind a connection, as a cancel request names it. */
export interface Backend {
  readonly pid: number | null
  readonly secret: number | null
}

/** A request, whatever it is to give. */
export type Sendable = Request<unknown>

interface Message {
  readonly text: string
  readonly options: RequestOptions
  readonly args?: readonly unknown[]
  readonly params?: readonly (string | null)[]
}

interface RequestOptions {
  readonly prepare: boolean
  readonly simple: boolean
  readonly onexecute?: (connection: unknown) => boolean
}

/** Wraps a parameter so that the driver sends the OID of its type. */
export type Typed = (value: string | null, oid: number) => unknown

const PREPARED: RequestOptions = { prepare: true, simple: false }
const SIMPLE: RequestOptions = { prepare: false, simple: true }
const NO_COLUMNS: readonly ResultColumn[] = []
const NONE: readonly never[] = []

/**
 * One message on its way: everything that the driver's connection reads and writes of a query, and a promise of the answer.
 *
 * It stands in for the driver's own Query, which would be sent through the driver's queues: those stop pipelining at every
 * statement that is new to the connection, and forget queries when a connection breaks.
 */
export class Request<T> {
  readonly done: Promise<T>
  #settle: ((value: unknown) => void) | undefined
  #fail: ((error: unknown) => void) | undefined
  readonly #read: (answer: unknown) => T | undefined
  carrier: Carrier | undefined

  readonly strings: readonly [string]
  readonly args: readonly unknown[]
  readonly params: readonly (string | null)[]
  readonly options: RequestOptions
  readonly tagged = false
  readonly isRaw = 'values'
  readonly origin = ''
  state: Backend | null = null
  statement: unknown = null
  active = false
  cancelled: unknown = null
  prepare = false
  prepared = false
  string = ''
  signature: unknown = ''
  parameters: unknown = undefined
  retried: unknown = undefined
  parsing = false

  /** @param read makes the answer for the caller from the driver's, or `undefined` when that is no result */
  constructor(message: Message, read: (answer: unknown) => T | undefined) {
    this.strings = [message.text]
    this.args = message.args ?? NONE
    this.params = message.params ?? NONE
    this.options = message.options
    this.#read = read
    this.done = new Promise((resolve, reject) => {
      this.#settle = resolve as (value: unknown) => void
      this.#fail = reject
    })
  }

  /** Always false: the driver would spend a flight on asking for the types of the parameters, and we have told it those. */
  get describeFirst(): boolean {
    return false
  }

  set describeFirst(_: unknown) {}

  /** Whether the caller has its answer, or its error. */
  get isSettled(): boolean {
    return this.#settle === undefined
  }

  /** Whether the server has prepared a statement for this request that it keeps now, even if it failed later on. */
  get isNewlyPrepared(): boolean {
    return this.prepare && !this.prepared && this.#statement.columns !== undefined
  }

  /** The name under which the server keeps it. */
  get statementName(): string {
    return this.#statement.name
  }

  get #statement(): { readonly name: string; readonly columns?: unknown } {
    return this.statement as { readonly name: string; readonly columns?: unknown }
  }

  get text(): string {
    return this.strings[0]
  }

  /** The driver's answer. It may come after the request was failed, and then changes nothing. */
  resolve(answer: unknown): void {
    this.active = false
    if (this.#settle) this.carrier?.answered(this, answer)
  }

  /** The driver's error. */
  reject(error: unknown): void {
    this.active = false
    if (this.#settle) this.carrier?.refused(this, error)
  }

  /** Gives the caller the driver's answer; false when that is no result but the stream of a COPY. */
  succeed(answer: unknown): boolean {
    const value = this.#read(answer)
    if (value === undefined) return false
    this.#settle?.(value)
    this.#settle = undefined
    return true
  }

  /** Rejects the caller's promise. */
  fail(error: Error): void {
    if (this.#settle) this.#fail?.(error)
    this.#settle = undefined
  }
}

/** A prepared statement to send. Throws when the driver could not write it, which would confuse the answers of its neighbours. */
export function statementRequest({ text, params, types }: WireStatement, typed: Typed): Request<RawResult> {
  refuseUnsendable(text, params)
  const args = params.map((value, i) => typed(value, types[i] ?? 0))
  return new Request({ text, args, params, options: PREPARED }, rawResultOf)
}

/** Several statements without parameters, in one message. */
export function scriptRequest(text: string): Request<readonly RawResult[]> {
  refuseUnsendable(text, NONE)
  return new Request({ text, options: SIMPLE }, rawResults)
}

/** An empty message, which opens a connection. `onexecute` is called when that stands, with the driver's connection. */
export function openingRequest(onexecute: (connection: unknown) => boolean): Request<readonly RawResult[]> {
  return new Request({ text: '', options: { ...SIMPLE, onexecute } }, rawResults)
}

/**
 * Has the server forget a prepared statement, and the driver with it.
 *
 * @param key the `signature` of a request that prepared it; the driver forgets it where it builds a request that only describes
 */
export function forgettingRequest(name: string, key: unknown): Request<readonly RawResult[]> {
  const request = new Request({ text: `DEALLOCATE "${name}"`, options: SIMPLE }, rawResults)
  return Object.defineProperties(request, { onlyDescribe: { value: true }, signature: { get: () => key, set() {} } })
}

function refuseUnsendable(text: string, params: readonly (string | null | undefined)[]): void {
  if (params.length >= 65_534) {
    throw misuse(
      'BAD_ARGUMENT',
      `The statement has ${params.length} parameters; at most 65,533 can be sent. Split it into several.`
    )
  }
  const missing = params.indexOf(undefined)
  if (missing >= 0) throw misuse('UNDEFINED_VALUE', `Parameter $${missing + 1} is undefined. Pass null for SQL's NULL.`)
  const trouble = unsendable(text)
  if (trouble !== undefined) throw misuse('BAD_ARGUMENT', `The text of a statement contains ${trouble}.`)
}

function rawResultOf(answer: unknown): RawResult | undefined {
  return Array.isArray(answer) ? rawResult(answer as unknown as DriverResult) : undefined
}

function rawResults(answer: unknown): readonly RawResult[] | undefined {
  if (!Array.isArray(answer)) return undefined
  return 'command' in answer ? [rawResult(answer as unknown as DriverResult)] : (answer as DriverResult[]).map(rawResult)
}

function rawResult(result: DriverResult): RawResult {
  // After an error in the middle of a result the driver counts on from there, and leaves holes at the start of the next one.
  const rows = result.length > 0 && result[0] === undefined ? result.filter(() => true) : result
  return { rows, count: result.count ?? 0, command: result.command ?? '', columns: columnsOf(result.columns) }
}

/** The driver's own list, which lives as long as its statement, with `oid` added to its columns the first time. */
function columnsOf(columns: readonly DriverColumn[] | null | undefined): readonly ResultColumn[] {
  if (!columns || columns.length === 0) return NO_COLUMNS
  if (columns[0]?.oid === undefined) for (const column of columns) column.oid = column.type
  return columns as readonly ResultColumn[]
}
