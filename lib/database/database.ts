import { AsyncLocalStorage } from 'node:async_hooks'
import type { LockStrength, RootNode, SystemTime } from '../ast/nodes.js'
import type { Capabilities } from '../compiler/capabilities.js'
import type { Compiled } from '../compiler/compile.js'
import type { Driver, Limits, PoolControl, RawResult, WireStatement } from '../driver/driver.js'
import { DatabaseError, InterfaceError, misuse, OperationalError } from '../errors.js'
import { bindModels, bindModelsFor } from '../model/binding.js'
import { metadata } from '../model/metadata.js'
import type { BindOptions, CreateOptions, DatabaseTraits, DropOptions, ModelDatabase } from '../model/model-database.js'
import { namedTable, namedTables, type Tables } from '../model/named-table.js'
import { type Executor, runNode, type StreamRequest } from '../query/executor.js'
import { Query } from '../query/query.js'
import { rawQuery } from '../query/raw.js'
import {
  type ColumnMetadata,
  columnsOf,
  type ForeignKeyMetadata,
  foreignKeysOf,
  type IndexMetadata,
  indexesOf,
  type KeyedColumn,
  primaryKeyOf,
  sequenceIsThere,
  tableIsThere,
  tablesOf,
  type ViewMetadata,
  viewsOf
} from '../schema/introspection.js'
import { addForeignKey } from '../schema/tables.js'
import { describeType } from '../util/describe.js'
import type { TransactionOptions } from './beginning.js'
import type { Block, Blocks, ManualControl } from './blocks.js'
import { Connector, PATIENCE } from './connector.js'
import { Contexts } from './contexts.js'
import type { DatabaseEvents, DatabaseListener } from './events.js'
import type { Undo } from './hooks.js'
import type { DatabaseOptions } from './options.js'
import { refusePast } from './past.js'
import { prepareDatabase } from './preparation.js'
import type { ServerProfile } from './profile.js'
import { rawRows } from './raw-rows.js'
import type { RunTransactionOptions } from './retry-options.js'
import { checkLimits, nodeOf, Route } from './routes.js'
import { refuseSchemaChange } from './schema-change.js'
import { batchesOf } from './stream.js'
import { createTablesOf, dropTablesOf } from './tables.js'
import { Transactions } from './transactions.js'
import { type Wrapper, wrapperOf } from './wrap.js'

/**
 * A database: where queries run, and where transactions begin. Constructing one touches no network; the first query, or
 * `connect()`, does.
 */
export class Database implements ModelDatabase {
  readonly #connector: Connector
  readonly #transactions: Transactions
  readonly #blocks: Blocks
  readonly #contexts = new Contexts()
  readonly #strictly = new AsyncLocalStorage<boolean>()

  /** @internal use the constructor of a kind of database */
  constructor(profile: ServerProfile, name: string | null, options: DatabaseOptions = {}) {
    this.#connector = new Connector(profile, name, options)
    this.#transactions = new Transactions(
      this.#connector,
      () => this.#driver,
      () => this.prepare()
    )
    this.#blocks = this.#transactions.blocks
    checkNodes(options)
  }

  /**
   * Says, or says anew, which database is meant; options add to those that were given before. A database that is open is
   * closed, once the work on it has ended. Throws `OperationalError` inside a transaction.
   */
  init(name: string, options: DatabaseOptions = {}): void {
    if (this.#blocks.current?.alive) throw new OperationalError('init() cannot be called while a transaction is open')
    checkNodes(options)
    this.#connector.init(name, options)
  }

  /** @internal Adds to the options; connections that stand keep theirs. */
  configure(options: DatabaseOptions): void {
    this.#connector.configure(options)
  }

  /** Listens to what happens: `db.on('query', event => …)`. What a listener throws is a process warning. */
  on<K extends keyof DatabaseEvents>(event: K, listener: DatabaseListener<K>): this {
    this.#connector.events.add(event, listener)
    return this
  }

  /** Listens no more. */
  off<K extends keyof DatabaseEvents>(event: K, listener: DatabaseListener<K>): this {
    this.#connector.events.remove(event, listener)
    return this
  }

  // ── connections ──────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Opens the database; gives true, or false where it is open and `reuseIfOpen` allows it. Rejects with
   * `OperationalError` where it is open, and with `ConnectionLost` (code CONNECT_FAILED), naming host and port, where no
   * server answers within the connect deadline.
   */
  async connect({ reuseIfOpen = false }: { readonly reuseIfOpen?: boolean } = {}): Promise<boolean> {
    if (this.#connector.isOpen && this.#connector.ready) {
      if (reuseIfOpen) return false
      throw new OperationalError('The database is open already; pass { reuseIfOpen: true } where that is fine')
    }
    // What is opened here outlives the block it may be opened in.
    await this.outside(() => this.#connector.open())
    return true
  }

  /**
   * Ends every connection, those of extra nodes too; gives whether the database was open. Transactions, contexts and queries
   * that are running may end first, for up to `timeout` seconds; meanwhile whatever else is started is refused with
   * `InterfaceError`. Rejects with `OperationalError` inside a transaction or a `connectionContext`, which it would wait for.
   */
  async close({ timeout = PATIENCE }: { readonly timeout?: number } = {}): Promise<boolean> {
    if (this.#blocks.current?.alive) throw new OperationalError('The database cannot be closed while a transaction is open')
    if (this.#contexts.current) throw new OperationalError('The database cannot be closed inside connectionContext()')
    const nodes = Object.values(this.#nodes).map(node => node.close({ timeout }))
    const [wasOpen] = await Promise.all([this.#connector.close(timeout), ...nodes])
    return wasOpen
  }

  /** Whether no connection is open. */
  isClosed(): boolean {
    return !this.#connector.isOpen
  }

  /**
   * Runs `fn` with a connection of its own: what is queried inside uses that one, so that `SET` and temporary tables hold
   * there, and for nobody else afterwards. A transaction inside has it to itself until it ends. A context inside another, or
   * inside a transaction, is the same one. Opens the database where it is closed, and closes it again then.
   *
   * Where the connection breaks, what is queried later inside fails with `ConnectionLost`.
   */
  async connectionContext<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    if (this.#blocks.current?.alive || this.#contexts.current) return fn()
    this.#connector.assertNotClosing()
    const opened = await this.connect({ reuseIfOpen: true })
    return this.#contexts.run(this.#connector.driver, fn, opened, () => this.close())
  }

  /** @internal The connection context that this runs in. */
  get context(): { drop(): boolean } | undefined {
    return this.#contexts.current
  }

  /** @internal The connections of the open database. */
  get connections(): PoolControl | undefined {
    return this.#connector.isOpen ? this.#connector.driver.pool : undefined
  }

  /** Where what is started here runs, unless a transaction is open. */
  get #driver(): Driver {
    return this.#contexts.current ?? this.#connector.driver
  }

  /** @internal */
  get place(): object {
    return this.#blocks.current ?? this.#contexts.current ?? this
  }

  get #nodes(): Readonly<Record<string, Database>> {
    return (this.#connector.options.extraNodes ?? {}) as Readonly<Record<string, Database>>
  }

  /**
   * Makes the database ready for what the program wants: creates the `extensions`, or changes settings that the server keeps
   * for itself. What the server refuses is a process warning that says what may not work.
   */
  async prepDatabase(): Promise<void> {
    await prepareDatabase(this, this.#connector.profile.preparations(this.#connector.options))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The server's version as a number: PostgreSQL 18.3 is 180003. Learnt once. */
  async serverVersion(): Promise<number> {
    if (this.#connector.version === undefined) await this.prepare()
    return this.#connector.version as number
  }

  /** What this server can do, by its version: `(await db.capabilities()).skipLocked`. */
  async capabilities(): Promise<Capabilities> {
    await this.serverVersion()
    return this.#connector.capabilities
  }

  // ── queries ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @internal */
  get ready(): boolean {
    return this.#connector.ready
  }

  /** @internal */
  prepare(): Promise<void> {
    return this.outside(() => this.#connector.prepare())
  }

  /** @internal */
  node(name: string): Executor {
    const node = nodeOf(this.#nodes, name)
    return new Route(node, {}, () => {
      if (!this.inTransaction()) return
      throw new InterfaceError(`A query of node "${name}" cannot run inside a transaction; use db.outside() for it`)
    })
  }

  /** @internal */
  limited(limits: Limits): Executor {
    return new Route(this, checkLimits(limits))
  }

  /** @internal */
  get compileKey(): object {
    return this.#connector.compileKey
  }

  /** @internal */
  get rowLock(): LockStrength | undefined {
    return this.#blocks.rowLock
  }

  /** @internal */
  get traits(): DatabaseTraits {
    return this.#connector.capabilities
  }

  /** @internal */
  compile(root: RootNode): Compiled {
    return this.#connector.compile(root)
  }

  /** @internal */
  inline(root: RootNode): string {
    return this.#connector.inline(root)
  }

  /** @internal */
  async run(statement: WireStatement & Partial<Pick<Compiled, 'asOf' | 'schema'>>, limits?: Limits): Promise<RawResult> {
    const scope = this.#blocks.current
    if (scope && statement.asOf !== undefined) refusePast(scope, statement)
    if (scope && statement.schema) refuseSchemaChange(scope, this.#connector)
    try {
      return await (scope ? scope.run(statement, limits) : this.#driver.query(statement, limits))
    } catch (error) {
      // The error was made where the answer arrived; the reader wants to know who asked. The cause keeps the other stack.
      if (error instanceof DatabaseError) Error.captureStackTrace(error, this.run)
      throw error
    }
  }

  /** @internal */
  async *stream(request: StreamRequest, limits: Limits = {}): AsyncGenerator<RawResult> {
    const { current } = this.#blocks
    if (!this.ready) await this.prepare()
    yield* batchesOf(request, this.#connector, current ?? this.#driver, limits)
  }

  /** Runs SQL as it stands, with `$1 … $n` for the parameters; gives the rows as plain objects. */
  executeSql(text: string, params: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return rawQuery<Record<string, unknown>>(() => this, text, params, rawRows).execute()
  }

  /** Runs a query. The same as awaiting it. */
  execute<R>(query: Query<R>): Promise<R> {
    return query.execute()
  }

  /**
   * Breaks off what runs of a query that was started by awaiting it, or by `execute()`, also inside a transaction and on extra
   * nodes: it rejects with `QueryCanceled`. Gives how many statements that were, once they have ended. A query that is to end
   * after a time, or by a signal, had better be given `timeout()` or `signal()`, and has a connection of its own then: where
   * more run at once than there are connections, one that has others behind it on its connection runs on.
   *
   * `const running = report.execute(); …; await db.cancel(report)`
   */
  async cancel(query: Query<unknown>): Promise<number> {
    if (!(query instanceof Query)) throw misuse('WRONG_TYPE', `cancel: expected a query, got ${describeType(query)}`)
    const here = this.#connector.isOpen && query.sent ? this.#connector.driver.cancel?.(query.sent) : undefined
    const counts = await Promise.all([here ?? 0, ...Object.values(this.#nodes).map(node => node.cancel(query))])
    return counts.reduce((sum, count) => sum + count, 0)
  }

  // ── schema ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Creates the models' tables and indexes, those that others refer to first; existing ones are left alone unless `safe` is false. */
  async createTables(models: readonly object[], options: CreateOptions = {}): Promise<void> {
    await createTablesOf(this, models, options)
  }

  /** Drops the models' tables, referring ones first; with `cascade` also what depends on them. */
  async dropTables(models: readonly object[], options: DropOptions = {}): Promise<void> {
    await dropTablesOf(this, models, options)
  }

  /** Adds the constraint of a foreign key to a table that was created without it. */
  async createForeignKey(model: object, property: string): Promise<void> {
    const meta = metadata(model)
    await runNode(this, addForeignKey(meta, meta.field(property)))
  }

  /** Whether a table or view exists: a model's, or one by name. */
  async tableExists(table: object | string, schema?: string): Promise<boolean> {
    return tableIsThere(this, namedTable(table, schema))
  }

  /** Whether a sequence exists. */
  async sequenceExists(name: string, schema?: string): Promise<boolean> {
    return sequenceIsThere(this, { name, schema })
  }

  /** The names of the tables of a schema, in order; of the current one unless it is given, here and in what follows. */
  async getTables(schema?: string): Promise<string[]> {
    return tablesOf(this, schema)
  }

  /** The views of a schema by name, materialised ones too. */
  async getViews(schema?: string): Promise<ViewMetadata[]> {
    return viewsOf(this, schema)
  }

  /**
   * The columns of a table or view, which is a model, an alias or a name, or of several in their order; none where there is
   * no such table, here and in what follows.
   */
  async getColumns(tables: Tables, schema?: string): Promise<ColumnMetadata[]> {
    return (await this.#keyedColumns(tables, schema)).map(({ column }) => column)
  }

  /** The names of the primary key's columns, in the key's order. */
  async getPrimaryKeys(table: object | string, schema?: string): Promise<string[]> {
    return primaryKeyOf(await this.#keyedColumns(table, schema))
  }

  async #keyedColumns(tables: Tables, schema: string | undefined): Promise<KeyedColumn[]> {
    const { hiddenColumns } = await this.capabilities()
    return columnsOf(this, namedTables(tables, schema), hiddenColumns)
  }

  /** The foreign keys of a table, or of several, one entry for each of their columns, by the names of the constraints. */
  async getForeignKeys(tables: Tables, schema?: string): Promise<ForeignKeyMetadata[]> {
    return foreignKeysOf(this, namedTables(tables, schema))
  }

  /** The indexes of a table, or of several, but their primary keys', unique ones first. */
  async getIndexes(tables: Tables, schema?: string): Promise<IndexMetadata[]> {
    const { hiddenColumns } = await this.capabilities()
    return indexesOf(this, namedTables(tables, schema), hiddenColumns)
  }

  /** Binds models to this database, and with them all that are related to them, unless the options say otherwise. */
  bind(models: readonly object[], options?: BindOptions): void {
    bindModels(models, this, options)
  }

  /** Runs a block in which the models are bound to this database; what runs elsewhere meanwhile sees them as they were. */
  bindCtx<T>(models: readonly object[], block: () => T | PromiseLike<T>, options?: BindOptions): Promise<T> {
    return bindModelsFor(models, this, block, options)
  }

  /**
   * Says whether awaiting a relation that is not loaded is an error, `RelationNotLoaded`: a reference as a whole, and a backref
   * that is awaited as it stands. With a block it holds for what runs inside, and nowhere else; gives what the block gives.
   *
   * `db.strictLoading(process.env.NODE_ENV !== 'production')`
   */
  strictLoading(strict: boolean): this
  strictLoading<T>(strict: boolean, block: () => T | PromiseLike<T>): Promise<T>
  strictLoading(strict: boolean, block?: () => unknown): this | Promise<unknown> {
    if (typeof strict !== 'boolean') throw misuse('BAD_ARGUMENT', 'strictLoading: expected true or false')
    if (block) return this.#strictly.run(strict, async () => block())
    this.configure({ strictLoading: strict })
    return this
  }

  /** @internal */
  get loadsStrictly(): boolean {
    return this.#strictly.getStore() ?? this.#connector.options.strictLoading ?? false
  }

  // ── transactions ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether a transaction is open here. */
  inTransaction(): boolean {
    return this.transactionDepth() > 0
  }

  /** How many transaction blocks are open here; savepoints do not count. */
  transactionDepth(): number {
    const { current } = this.#blocks
    return current?.alive ? current.depth : 0
  }

  /** Runs `fn` without the open transaction or connection context: for a timer or cache that outlives the block it is first started in. */
  outside<T>(fn: () => T): T {
    return this.#contexts.outside(() => this.#blocks.outside(fn))
  }

  /**
   * Runs a block in a transaction that commits when the block ends and rolls back when it throws; a block inside another
   * folds into it. Without a block it gives a wrapper for functions and a decorator for methods.
   *
   * `await db.transaction(async () => { … })` → `BEGIN; …; COMMIT`
   *
   * Rejects with what the block throws; with `TransactionAbortedError` where the block swallowed a database error; with
   * `AmbiguousCommitError` where the connection was lost while committing.
   */
  transaction(options?: TransactionOptions): Wrapper
  transaction<T>(block: Block<T>, options?: TransactionOptions): Promise<Awaited<T>>
  transaction(block?: Block<unknown> | TransactionOptions, options?: TransactionOptions): Wrapper | Promise<unknown> {
    if (typeof block !== 'function') return wrapperOf(call => this.#transactions.block(call, block, 'fold'))
    return this.#transactions.block(block, options, 'fold')
  }

  /**
   * Runs a block all or nothing. Inside a transaction it is a savepoint, or refused with `NestedTransactionError`, as the
   * kind of database has it. Without a block it gives a wrapper for functions and a decorator for methods.
   */
  atomic(options?: TransactionOptions): Wrapper
  atomic<T>(block: Block<T>, options?: TransactionOptions): Promise<Awaited<T>>
  atomic(block?: Block<unknown> | TransactionOptions, options?: TransactionOptions): Wrapper | Promise<unknown> {
    const { nestedAtomic } = this.#connector.profile
    if (typeof block !== 'function') return wrapperOf(call => this.#transactions.block(call, block, nestedAtomic))
    return this.#transactions.block(block, options, nestedAtomic)
  }

  /** Runs a part of a transaction that may fail alone: `SAVEPOINT`, then `RELEASE` or `ROLLBACK TO`. Only inside a transaction. */
  savepoint(): Wrapper
  savepoint<T>(block: Block<T>): Promise<Awaited<T>>
  savepoint(block?: Block<unknown>): Wrapper | Promise<unknown> {
    return block ? this.#blocks.savepoint(block) : wrapperOf(call => this.#blocks.savepoint(call))
  }

  /**
   * Runs a callback in a transaction, again and again while it conflicts with others (40001, and deadlocks), with
   * exponential backoff and full jitter, and with locks on what it reads where conflicts are met. The callback must do nothing
   * that cannot be done twice, and change values on rows that it has read itself.
   *
   * `const ok = await db.runTransaction(() => transfer(a, b, 10), { maxAttempts: 10, label: 'transfer' })`
   *
   * Rejects with `ExceededMaxAttempts` after the last attempt, with `DeadlineExceeded` at the deadline, with `AbortError` where
   * the signal is aborted, with `NestedTransactionError` inside a transaction, and with anything else that the callback throws,
   * after a rollback; with `AmbiguousCommitError` where nobody knows whether it was committed.
   */
  runTransaction<T>(
    callback: (db: this) => T | PromiseLike<T>,
    maxAttempts?: number,
    systemTime?: SystemTime,
    priority?: string
  ): Promise<T>
  runTransaction<T>(callback: (db: this) => T | PromiseLike<T>, options?: RunTransactionOptions): Promise<T>
  async runTransaction<T>(
    callback: (db: this) => T | PromiseLike<T>,
    limit?: number | RunTransactionOptions,
    systemTime?: SystemTime,
    priority?: string
  ): Promise<T> {
    const options: RunTransactionOptions =
      typeof limit === 'object' && limit !== null ? limit : { maxAttempts: limit, systemTime, priority }
    return this.#transactions.retried(() => callback(this), callback, options)
  }

  /** A wrapper for functions and a decorator for methods: each call is a `runTransaction`. */
  retryTransaction(options: RunTransactionOptions = {}): Wrapper {
    return wrapperOf((call, fn) => this.#transactions.retried(call, fn, options))
  }

  /** Runs a block on a connection of its own, on which it begins and ends transactions itself. */
  async manualCommit<T>(block: (control: ManualControl) => T | PromiseLike<T>): Promise<T> {
    return this.#transactions.manual(block)
  }

  /** Begins a transaction, inside `manualCommit`; with the options of `transaction`. */
  async begin(options?: TransactionOptions): Promise<void> {
    await this.#blocks.manualControl.begin(options)
  }

  /** Commits it, inside `manualCommit`. */
  async commit(): Promise<void> {
    await this.#blocks.manualControl.commit()
  }

  /** Rolls it back, inside `manualCommit`. */
  async rollback(): Promise<void> {
    await this.#blocks.manualControl.rollback()
  }

  /** @internal */
  atomically<T>(work: () => Promise<T>): Promise<T> {
    return this.transaction(work) as Promise<T>
  }

  /** @internal */
  whenUndone(undo: Undo): void {
    this.#blocks.current?.boundary.work.undo.push(undo)
  }

  /** @internal */
  guarded<T>(work: () => Promise<T>): Promise<T> {
    return this.inTransaction() ? (this.savepoint(work) as Promise<T>) : work()
  }
}

function checkNodes({ extraNodes = {} }: DatabaseOptions): void {
  for (const [name, node] of Object.entries(extraNodes)) {
    if (!(node instanceof Database)) throw misuse('WRONG_TYPE', `extraNodes.${name}: expected a database`)
  }
}
