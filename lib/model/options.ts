import type { ExprNode } from '../ast/nodes.js'
import type { Any, AnyExpr, Expr, Order } from '../expression/types.js'
import type { ModelDatabase } from './model-database.js'

/** What `@model` takes, and what an index is declared by. */

/** What an index takes besides its columns. */
export interface IndexOptions {
  readonly unique?: boolean
  /** The rows that are indexed, as a condition or a function of the columns that gives one. */
  readonly where?: Expr<boolean> | ((fields: Any) => Expr<boolean>)
  /** The method: `gin`. */
  readonly using?: string
  /** By default `<table>_<column>_<column>`; an index of expressions alone needs one. */
  readonly name?: string
  /** Whether an index of that name is left as it is; true unless given. */
  readonly safe?: boolean
  /** Whether two nulls are two values of a unique index; true unless given. */
  readonly nullsDistinct?: boolean
}

/** What is indexed: a property's name, a column or another expression, or a sort key. */
export type IndexPart<K extends string = string> = K | AnyExpr | Order

/** An index with everything it can have: `{ fields: ['name'], unique: true, where: u => u.active.eq(true) }`. */
export interface IndexDefinition<K extends string = string> extends IndexOptions {
  readonly fields: readonly IndexPart<K>[] | ((fields: Any) => IndexPart<K> | readonly IndexPart<K>[])
}

/** An index of a model: `[['user', 'createdAt'], unique]`, or a definition of it. */
export type IndexOption<K extends string = string> = readonly [properties: readonly K[], unique: boolean] | IndexDefinition<K>

/** The names of a primary key's properties; made by `compositeKey`. */
export interface CompositeKey<K extends string = string> {
  readonly names: readonly K[]
}

/** A primary key of several properties: `@model({ primaryKey: compositeKey('key', 'value') })`. */
export function compositeKey<const K extends string>(...names: K[]): CompositeKey<K> {
  return { names }
}

/** What `@model` takes. */
export interface ModelOptions {
  readonly database?: ModelDatabase | null
  /** By default the class name in snake_case. A name is not inherited; a function of the class's name is. */
  readonly tableName?: string | ((modelName: string) => string)
  readonly schema?: string
  readonly indexes?: readonly IndexOption[]
  /** SQL behind the columns: `[SQL('CHECK (a < b)')]`. */
  readonly constraints?: readonly { readonly node: ExprNode }[]
  /** `compositeKey('a', 'b')`, or `false` for a table without key. */
  readonly primaryKey?: CompositeKey | false
  /** SQL behind the table's closing parenthesis. */
  readonly tableSettings?: string | readonly string[]
  readonly temporary?: boolean
  /** Models whose tables must be created first. */
  readonly dependsOn?: readonly object[]
  /** Whether `save` and `create` ask class-validator; true unless given. */
  readonly validate?: boolean
}

/** The options by name, which are all there are. */
export const MODEL_OPTIONS: Readonly<Record<keyof ModelOptions, true>> = {
  database: true,
  tableName: true,
  schema: true,
  indexes: true,
  constraints: true,
  primaryKey: true,
  tableSettings: true,
  temporary: true,
  dependsOn: true,
  validate: true
}
