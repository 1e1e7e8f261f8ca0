import { statement } from '../ast/build.js'
import type { RawNode, StatementNode } from '../ast/nodes.js'
import type { Compiled } from '../compiler/compile.js'
import type { RawResult } from '../driver/driver.js'
import { rawText } from '../expression/raw.js'
import type { Executor } from './executor.js'
import { Query } from './query.js'

/** Makes the reader for a result whose columns only the server knew. */
export type ResultReader = (result: RawResult) => unknown[]

/** SQL given as text; awaited, it gives rows. */
export class RawQuery<R> extends Query<R[]> {
  readonly #node: StatementNode
  readonly #read: ResultReader

  /** @internal use `Model.raw()` or `db.executeSql()` */
  constructor(executor: () => Executor, body: RawNode, read: ResultReader) {
    super(executor)
    this.#node = statement(body)
    this.#read = read
  }

  /** @internal */
  override toNode(): StatementNode {
    return this.#node
  }

  /** @internal */
  override readResult(result: RawResult, _statement: Compiled): R[] {
    return this.#read(result) as R[]
  }

  /** The first row, or `null`. */
  async first(): Promise<R | null> {
    return (await this.execute())[0] ?? null
  }

  /** The first column of the first row, or `null`. */
  async scalar(): Promise<unknown> {
    const row = await this.first()
    return row === null ? null : (Object.values(row as object)[0] ?? null)
  }
}

/** SQL as text with `$1 … $n` or `?` for the parameters. */
export function rawQuery<R>(executor: () => Executor, text: string, params: readonly unknown[], read: ResultReader): RawQuery<R> {
  return new RawQuery<R>(executor, rawText(text, params), read)
}
