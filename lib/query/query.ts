import type { ExplainMode, ExplainNode, LockStrength, RootNode } from '../ast/nodes.js'
import type { Compiled } from '../compiler/compile.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import { type Executor, runNode } from './executor.js'

/** A statement and its parameters, as `sql()` shows them. */
export interface SqlText {
  readonly text: string
  readonly values: readonly unknown[]
}

/** How a plan is told. */
export interface ExplainOptions {
  /** Runs the query, and tells its times. */
  readonly analyze?: boolean
  /** Tells more of each step. */
  readonly verbose?: boolean
  /** As JSON, where the server has that; lines of text unless given. */
  readonly format?: 'json'
  /** What the optimizer made, how the plan is distributed, how it is vectorized, or what types it has, where the server tells that. */
  readonly mode?: ExplainMode
}

const EXPLAIN_OPTIONS: readonly string[] = ['analyze', 'verbose', 'format', 'mode'] satisfies (keyof ExplainOptions)[]
const EXPLAIN_MODES: readonly unknown[] = [undefined, 'opt', 'distsql', 'vec', 'types'] satisfies (ExplainMode | undefined)[]

/** Throws a `TypeError` for options of `explain` that there are not. */
function checkExplain(options: ExplainOptions): void {
  const unknown = Object.keys(options).find(name => !EXPLAIN_OPTIONS.includes(name))
  if (unknown !== undefined)
    throw misuse('UNKNOWN_OPTION', `explain has no option "${unknown}"; it has ${EXPLAIN_OPTIONS.join(', ')}`)
  if (options.format !== undefined && options.format !== 'json') throw misuse('BAD_ARGUMENT', "explain: `format` must be 'json'")
  if (!EXPLAIN_MODES.includes(options.mode))
    throw misuse('BAD_ARGUMENT', `explain: \`mode\` must be one of ${EXPLAIN_MODES.slice(1).join(', ')}`)
}

/**
 * A query: immutable, and awaitable. It runs when it is awaited, and again each time it is awaited.
 * Never return one from an async function to pass it on: that would run it.
 */
export abstract class Query<R> implements PromiseLike<R> {
  readonly #executor: () => Executor
  #compiled: { readonly key: object; readonly lock: LockStrength | undefined; readonly statement: Compiled } | undefined

  constructor(executor: () => Executor) {
    this.#executor = executor
  }

  /** The statement as data. */
  abstract toNode(): RootNode

  /** @internal The same where a transaction locks the rows that it reads, if this query reads any that can be locked. */
  lockedNode(_strength: LockStrength): RootNode | undefined {
    return undefined
  }

  /** @internal What the caller gets of a result. */
  abstract readResult(result: RawResult, statement: Compiled): R | PromiseLike<R>

  /** @internal The same query on another executor. */
  abstract withExecutor(executor: () => Executor): this

  /**
   * The same query on one of the database's extra nodes, which the option `extraNodes` names: `query.node('replica')`.
   * Running it rejects with `InterfaceError` for an unknown name, and inside a transaction.
   */
  node(name: string): this {
    return this.withExecutor(() => this.#executor().node(name))
  }

  /**
   * The same query, broken off on the server when the signal is aborted; then it rejects with `AbortError`, the signal's
   * reason as its cause. In a transaction that fails the transaction.
   */
  signal(signal: AbortSignal): this {
    return this.withExecutor(() => this.#executor().limited({ signal }))
  }

  /** The same query, broken off on the server after so many seconds; then it rejects with `QueryCanceled`. */
  timeout(seconds: number): this {
    return this.withExecutor(() => this.#executor().limited({ timeout: seconds }))
  }

  /** Runs the query. The same as awaiting it. */
  async execute(): Promise<R> {
    const executor = this.#executor()
    if (!executor.ready) await executor.prepare()
    const statement = this.#compile(executor, executor.rowLock)
    return this.readResult(await executor.run(statement), statement)
  }

  then<A = R, B = never>(
    resolve?: ((value: R) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    return this.execute().then(resolve, reject)
  }

  /** Runs the query, and handles its failure. */
  catch<B = never>(reject: (reason: unknown) => B | PromiseLike<B>): Promise<R | B> {
    return this.execute().catch(reject)
  }

  /** Runs the query, and calls back when it has ended either way. */
  finally(callback: () => void): Promise<R> {
    return this.execute().finally(callback)
  }

  /** The statement and its parameters. Before the first connection it is the one for the newest server; `{ for: db }` is exact. */
  sql(options: { readonly for?: Executor } = {}): SqlText {
    const executor = options.for ?? this.#executor()
    const { text, values } = this.#compile(executor, executor.rowLock)
    return { text, values }
  }

  /**
   * The server's plan for the query, line by line. With `analyze` the query is run, a write too, and its times are told: where
   * nothing is to be kept, roll back the transaction around it.
   *
   * `console.log(await User.select().explain())` → `EXPLAIN SELECT …`
   */
  async explain(options: ExplainOptions = {}): Promise<string> {
    checkExplain(options)
    const { analyze = false, verbose = false, format, mode } = options
    const query = this.toNode() as ExplainNode['query']
    const { rows } = await runNode(this.#executor(), { kind: 'explain', query, analyze, verbose, format, mode })
    return rows.map(([line]) => line).join('\n')
  }

  /** The statement with its values written into it, for debugging only. */
  toString(): string {
    return this.#executor().inline(this.toNode())
  }

  /** @internal The parameters of the statement that it was sent as last: that very list tells what runs of it. */
  get sent(): readonly (string | null)[] | undefined {
    return this.#compiled?.statement.params
  }

  /** @internal The database the query runs on. */
  executor(): Executor {
    return this.#executor()
  }

  #compile(executor: Executor, lock?: LockStrength): Compiled {
    const key = executor.compileKey
    if (this.#compiled?.key !== key || this.#compiled.lock !== lock) {
      const node = (lock && this.lockedNode(lock)) ?? this.toNode()
      this.#compiled = { key, lock, statement: executor.compile(node) }
    }
    return this.#compiled.statement
  }
}
