import type { ExprNode } from '../ast/nodes.js'
import type { RawResult } from '../driver/driver.js'
import { misuse } from '../errors.js'
import type { Source } from '../expression/source.js'
import type { DictRow, Plain, TupleRow } from '../expression/types.js'
import { resolve } from './clauses.js'
import { makeReader, type RowReader, type RowShape, readRows } from './readers.js'
import { type SelectedItem, selectedNodes, selectionOf } from './selection.js'

/** What a write gives back: nothing asked for, a count, whole instances, or the expressions picked. */
export type Returned = null | 'count' | 'model' | object

/** A returned row, as that of a source. */
export type ReturnedRow<M, P> = P extends 'model' ? M : P extends object ? DictRow<P> : never
/** A returned row as a plain object. */
export type ReturnedDict<M, P> = P extends 'model' ? Plain<M> : P extends object ? DictRow<P> : never
/** A returned row as an array. */
export type ReturnedTuple<P> = P extends 'model' ? unknown[] : P extends object ? TupleRow<P> : never

/** What a write gives back of the rows it touched. */
export class Returning {
  readonly #items: readonly SelectedItem[]
  readonly #source: Source
  readonly #shape: RowShape
  #reader: RowReader | undefined

  /** @internal use `returningOf` */
  constructor(source: Source, items: readonly SelectedItem[], shape: RowShape = 'models') {
    this.#items = items
    this.#source = source
    this.#shape = shape
  }

  /** What is returned. */
  get items(): readonly SelectedItem[] {
    return this.#items
  }

  /** The nodes of the RETURNING list. */
  get nodes(): ExprNode[] {
    return selectedNodes(this.#items)
  }

  /** The same rows in another shape. */
  shaped(shape: RowShape): Returning {
    return new Returning(this.#source, this.#items, shape)
  }

  /** The rows: in their shape, else instances where a model was asked for, else plain objects. `text` says where they come from. */
  read(result: RawResult, text: string): unknown[] {
    this.#reader ??= makeReader(this.#items, this.#shape, this.#source, [], result.columns)
    return readRows(result, this.#reader, text)
  }
}

/** What `returning` means by its arguments: models, columns, expressions, or functions of the sources' columns; nothing for none. */
export function returningOf(
  source: Source,
  args: readonly unknown[],
  sources: readonly Source[] = [source]
): Returning | undefined {
  if (args.length === 0) return undefined
  const resolved = args.map(arg => resolve(arg, sources))
  return new Returning(source, selectionOf(resolved, 'returning'))
}

/** The rows in a shape. Throws a `TypeError` where no rows were asked for. */
export function reshaped(returning: Returning | undefined, shape: RowShape, where: string): Returning {
  if (returning) return returning.shaped(shape)
  throw misuse('BAD_QUERY', `${where} shapes the rows of returning(…); say first what is to be returned`)
}
