/** What Pewit asks of a driver. `postgres-js` is the real one, `recording` the one for specs without a server. */

/** A statement as it goes over the wire: text with `$n`, and each parameter as text with its type's OID (0: the server decides). */
export interface WireStatement {
  readonly text: string
  readonly params: readonly (string | null)[]
  readonly types: readonly number[]
}

/** One cell as the server wrote it, or `null`. */
export type Cell = string | null

/** A column of a result, as the server described it. */
export interface ResultColumn {
  readonly name: string
  readonly oid: number
}

/** What a statement gave: its rows as arrays of text, how many rows it touched, and the server's command tag. */
export interface RawResult {
  readonly rows: readonly (readonly Cell[])[]
  readonly count: number
  readonly command: string
  readonly columns: readonly ResultColumn[]
}

/** A connection that belongs to one transaction at a time, and that no other query can reach. */
export interface TransactionConnection {
  /** False from the moment the connection is known to be broken or was given back. */
  readonly alive: boolean
  /**
   * Runs one prepared statement. Statements handed over in one tick travel together.
   * Rejects with an error of `errors.ts`; with `ConnectionLost` when the connection breaks, or is broken already.
   */
  query(statement: WireStatement): Promise<RawResult>
  /** Runs several parameterless statements in one message and one flight. The last result bears the last statement's tag. */
  script(text: string): Promise<readonly RawResult[]>
  /** Calls back once, when the connection breaks while it is held. */
  onLost(listener: (error: Error) => void): void
  /** Gives the connection back for the next transaction; one that is broken, or not `idle`, is ended instead. */
  release(state: 'idle' | 'dirty'): void
}

/** A database as one driver reaches it. */
export interface Driver {
  /** Makes sure the server answers, within the connect deadline. Rejects with `ConnectionLost` (code CONNECT_FAILED), naming host and port. */
  connect(): Promise<void>
  /** Runs one prepared statement on any free connection. */
  query(statement: WireStatement): Promise<RawResult>
  /** Runs several parameterless statements in one message on any free connection. */
  script(text: string): Promise<readonly RawResult[]>
  /** A connection for a transaction; waits, first come first served, while `max` of them are in use. */
  acquire(): Promise<TransactionConnection>
  /** Ends every connection, after waiting up to `timeout` seconds for the work in flight. */
  close(timeout: number): Promise<void>
}

/** Where and how to connect: the options of the `postgres` package that Pewit passes through. */
export interface DriverOptions {
  /** A database name or a connection URL. */
  readonly database: string
  /** Seconds in which a connection must stand, all hosts and tries included. */
  readonly connectTimeout: number
  /** The user's own options for `postgres`. */
  readonly passthrough: Readonly<Record<string, unknown>>
}

/** Makes a driver; it must not touch the network before `connect` or the first statement. */
export type DriverFactory = (options: DriverOptions) => Driver
