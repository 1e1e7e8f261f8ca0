import { statement } from '../ast/build.js'
import type { RawNode, StatementNode } from '../ast/nodes.js'
import { typeOfOid } from '../ast/types.js'
import type { Compiled } from '../compiler/compile.js'
import type { RawResult } from '../driver/driver.js'
import { DoesNotExist } from '../errors.js'
import { rawText } from '../expression/raw.js'
import type { Source } from '../expression/source.js'
import type { Executor } from './executor.js'
import { Query } from './query.js'
import { makeReader, type RowShape, readRows } from './readers.js'
import type { SelectedItem } from './selection.js'

/** Makes the reader for a result whose columns only the server knew. */
export type ResultReader = (result: RawResult, text: string) => unknown[]

/** SQL given as text; awaited, it gives rows. */
export class RawQuery<R> extends Query<R[]> {
  readonly #node: StatementNode
  readonly #read: ResultReader
  readonly #notFound: Source['notFound']

  /** @internal use `Model.raw()` or `db.executeSql()` */
  constructor(executor: () => Executor, body: RawNode, read: ResultReader, notFound: Source['notFound']) {
    super(executor)
    this.#node = statement(body)
    this.#read = read
    this.#notFound = notFound
  }

  /** @internal */
  override toNode(): StatementNode {
    return this.#node
  }

  /** @internal */
  override readResult(result: RawResult, { text }: Compiled): R[] {
    return this.#read(result, text) as R[]
  }

  /** @internal */
  override withExecutor(executor: () => Executor): this {
    return new RawQuery<R>(executor, this.#node.body, this.#read, this.#notFound) as this
  }

  /** Gives rows as plain objects, by the names of the columns; a second `count` is `count_2`. */
  dicts(): RawQuery<Record<string, unknown>> {
    return this.#shaped('dicts')
  }

  /** Gives rows as arrays. */
  tuples(): RawQuery<unknown[]> {
    return this.#shaped('tuples')
  }

  /** Gives rows as whatever the function makes of the plain object. */
  objects<T>(make: (row: Record<string, unknown>) => T): RawQuery<T> {
    return this.#shaped(make)
  }

  /** The same statement, its columns read by the types that the server says. */
  #shaped<T>(shape: RowShape): RawQuery<T> {
    return new RawQuery(
      () => this.executor(),
      this.#node.body,
      (result, text) => readRows(result, makeReader(itemsOf(result), shape), text),
      this.#notFound
    )
  }

  /** The first row. Rejects with the model's `DoesNotExist` where there is none. */
  async get(): Promise<R> {
    const [row] = await this.execute()
    if (row === undefined) throw this.#notFound(this.sql().text)
    return row
  }

  /** The first row, or `null`. */
  async getOrNone(): Promise<R | null> {
    return this.first()
  }

  /** The first row, or `null`. */
  async first(): Promise<R | null> {
    return (await this.execute())[0] ?? null
  }

  /** The first column of the first row, or `null`. */
  async scalar(): Promise<unknown> {
    return (await this.tuples().first())?.[0] ?? null
  }

  /** The first column of every row. */
  async scalars(): Promise<unknown[]> {
    return (await this.tuples()).map(row => row[0])
  }
}

/** What a result has, as if it had been selected. */
function itemsOf({ columns }: RawResult): SelectedItem[] {
  return columns.map(({ name, oid }) => {
    return { kind: 'expression', node: { kind: 'identifier', path: [name], type: typeOfOid(oid) }, name }
  })
}

/** SQL as text with `$1 … $n` or `?` for the parameters. */
export function rawQuery<R>(executor: () => Executor, text: string, params: readonly unknown[], read: ResultReader): RawQuery<R> {
  return new RawQuery<R>(executor, rawText(text, params), read, sql => new DoesNotExist(`No row was found by: ${sql}`, sql))
}
