import { column } from '../ast/build.js'
import type { SourceNode } from '../ast/nodes.js'
import { InterfaceError, misuse } from '../errors.js'
import { castType } from '../expression/expression.js'
import { type SourceColumn, sourceOf } from '../expression/source.js'
import type { CastResult } from '../expression/types.js'
import type { Executor } from './executor.js'
import { RowSource } from './row-source.js'

/** Columns by name, with their SQL types; a type with a question mark may be null: `{ id: 'int8', email: 'text?' }`. */
export type ColumnTypes = Readonly<Record<string, string>>

/** The rows of such columns. */
export type TypedRow<C extends ColumnTypes> = {
  -readonly [K in keyof C]: C[K] extends `${infer N}?` ? CastResult<N> | null : CastResult<C[K]>
}

/** The executor of what is bound to no database. */
export function unbound(name: string): () => Executor {
  return () => {
    throw new InterfaceError(`${name} has no database: call bind(db) before a query starts at it`)
  }
}

/** A source that belongs to no model. A query that starts at it needs to be told its database. */
export class FreeSource<M, N extends string = string> extends RowSource<M, N> {
  /** The same, bound to a database, so that queries can start at it. */
  bind(database: Executor): FreeSource<M, N> {
    return new FreeSource(() => database, sourceOf(this, 'bind'), this.name)
  }
}

/** The columns of a source from their names and types. Throws a `TypeError` for what is no type. */
export function typedColumns(node: SourceNode, owner: string, types: ColumnTypes): SourceColumn[] {
  const entries = Object.entries(types)
  if (entries.length === 0) throw misuse('BAD_ARGUMENT', `${owner}: there are no columns`)
  return entries.map(([property, name]) => {
    const type = castType(name.replace(/\?$/, ''))
    return { property, column: column(node, property, type, owner, property) }
  })
}
