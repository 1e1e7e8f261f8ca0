import type { ExprNode } from '../ast/nodes.js'
import type { RawResult } from '../driver/driver.js'
import type { Source } from '../expression/source.js'
import { resolve } from './clauses.js'
import { makeReader, type RowReader, readRows } from './readers.js'
import { type SelectedItem, selectedNodes, selectionOf } from './selection.js'

/** What a write gives back of the rows it touched. */
export class Returning {
  readonly #items: readonly SelectedItem[]
  readonly #source: Source
  #reader: RowReader | undefined

  /** `args` are models, columns, expressions, or functions of the model's columns; none means the whole model. */
  constructor(source: Source, args: readonly unknown[]) {
    const resolved = args.map(arg => resolve(arg, [source]))
    this.#items = args.length === 0 ? [{ kind: 'model', source }] : selectionOf(resolved, 'returning')
    this.#source = source
  }

  /** The nodes of the RETURNING list. */
  get nodes(): ExprNode[] {
    return selectedNodes(this.#items)
  }

  /** The rows: instances where a model was asked for, else plain objects. */
  read(result: RawResult): unknown[] {
    this.#reader ??= makeReader(this.#items, 'models', this.#source, [], result.columns)
    return readRows(result, this.#reader)
  }
}
