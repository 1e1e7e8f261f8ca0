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

/** What may break a statement off before it is answered. */
export interface Limits {
  /** Aborted: the server is asked to break the statement off. Rejects with `AbortError`, whose cause is the signal's reason. */
  readonly signal?: AbortSignal
  /** Seconds, counted from when the statement is handed over; then the same, with `QueryCanceled`. */
  readonly timeout?: number
}

/** A connection that belongs to one transaction at a time, and that no other query can reach. */
export interface TransactionConnection {
  /** False from the moment the connection is known to be broken or was given back. */
  readonly alive: boolean
  /**
   * Runs one prepared statement. Statements handed over in one tick travel together.
   * Rejects with an error of `errors.ts`; with `ConnectionLost` when the connection breaks, or is broken already.
   */
  query(statement: WireStatement, limits?: Limits): Promise<RawResult>
  /** Runs several parameterless statements in one message and one flight. The last result bears the last statement's tag. */
  script(text: string, limits?: Limits): Promise<readonly RawResult[]>
  /** Calls back once, when the connection breaks while it is held. */
  onLost(listener: (error: Error) => void): void
  /** Gives the connection back for the next transaction; one that is broken, or not `idle`, is ended instead. */
  release(state: 'idle' | 'dirty'): void
}

/** How many connections there are, and what they do. */
export interface PoolStats {
  /** How many may be held at a time: by transactions, contexts and streams. */
  readonly max: number
  /** Held now. */
  readonly used: number
  /** Ready to be held. */
  readonly idle: number
  /** How many wait to hold one. */
  readonly waiting: number
  /** Those that everybody shares for plain queries. */
  readonly shared: number
}

/** What can be asked of the connections of a driver. */
export interface PoolControl {
  stats(): PoolStats
  /** Ends the connections that nobody uses. */
  closeIdle(): Promise<void>
  /** Breaks off the connections that have been held for more than so many seconds; gives how many. */
  closeStale(seconds: number): number
  /** Ends every connection, those in use included: what runs on them fails with `ConnectionLost`. New ones can be made. */
  closeAll(): Promise<void>
}

/** How a server that does not listen to cancel requests is asked to break off what a session of it runs. */
export interface SessionCancel {
  /** A statement that gives the name of the session it runs in. */
  readonly session: string
  /** The statement that, from another session, breaks off what the one of this name runs. */
  cancel(session: string): string
}

/** A database as one driver reaches it. */
export interface Driver {
  /** Makes sure the server answers, within the connect deadline. Rejects with `ConnectionLost` (code CONNECT_FAILED), naming host and port. */
  connect(): Promise<void>
  /** Runs one prepared statement on any free connection. */
  query(statement: WireStatement, limits?: Limits): Promise<RawResult>
  /** Runs several parameterless statements in one message on any free connection. */
  script(text: string): Promise<readonly RawResult[]>
  /** A connection for a transaction; waits, first come first served, while `max` of them are in use. */
  acquire(): Promise<TransactionConnection>
  /** Ends every connection, after waiting up to `timeout` seconds for the work in flight. */
  close(timeout: number): Promise<void>
  /**
   * Breaks off what was sent, or waits to be sent, with this very list of parameters, and waits for its end; gives how many
   * there were. One that shares its connection with others that were sent behind it, and might be hit instead, runs on; in a
   * transaction, which fails as a whole, it does not.
   */
  cancel?(params: WireStatement['params']): Promise<number>
  /** Has statements broken off by statements, from now on: the server does not listen to cancel requests. */
  cancelBySession?(how: SessionCancel): Promise<void>
  /** Its connections, where the driver has any to speak of. */
  readonly pool?: PoolControl
}

/** A connection that stands, as it is told to those who listen. */
export interface OpenedConnection {
  /** Whether everybody shares it for plain queries, or one holds it at a time. */
  readonly kind: 'shared' | 'held'
  /** What it took to connect. */
  readonly milliseconds: number
}

/** Limits of the connections that are held. */
export interface PoolSettings {
  readonly max: number
  /** Seconds to wait for one: 0 fails at once, `Infinity` waits for ever. */
  readonly patience: number
  /** Seconds after which a connection is too old to be held again; 0 for never. */
  readonly lifetime: number
}

/** In which order several hosts are tried: as given; another order, or the next one first, for each new connection. */
export type HostOrder = 'given' | 'random' | 'roundRobin'

/** Where and how to connect: the options of the `postgres` package that Pewit passes through. */
export interface DriverOptions {
  /** A database name or a connection URL. */
  readonly database: string
  /** Seconds in which a connection must stand, all hosts and tries included. */
  readonly connectTimeout: number
  /** The user's own options for `postgres`. */
  readonly passthrough: Readonly<Record<string, unknown>>
  /** As `passthrough` and the driver have it, unless given. */
  readonly pool?: PoolSettings
  /** As given, unless said otherwise. */
  readonly hostOrder?: HostOrder
  /** How many prepared statements a connection keeps; 256 unless given. */
  readonly preparedStatements?: number
  /** Called when a connection stands. */
  onConnect?(connection: OpenedConnection): void
}

/** Makes a driver; it must not touch the network before `connect` or the first statement. */
export type DriverFactory = (options: DriverOptions) => Driver
