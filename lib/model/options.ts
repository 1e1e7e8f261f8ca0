import type { ExprNode, Sharding } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import type { Any, AnyExpr, Expr, Order } from '../expression/types.js'
import type { ModelDatabase } from './model-database.js'

/** What `@model` takes, and what an index is declared by. */

/** How a primary key or an index is spread over a cluster; not every server has that. */
export interface HashOptions {
  /** By a hash of its columns: for values that only grow, which would all be written to one place. */
  readonly hash?: boolean
  /** Into how many buckets, from 2 on; as many as the server likes unless given. */
  readonly buckets?: number
}

/** What an index takes besides its columns. `K` are the names that it may store. */
export interface IndexOptions<K extends string = string> extends HashOptions {
  readonly unique?: boolean
  /** The rows that are indexed, as a condition or a function of the columns that gives one. */
  readonly where?: Expr<boolean> | ((fields: Any) => Expr<boolean>)
  /** The method: `gin`. */
  readonly using?: string
  /** Columns whose values the index keeps too, so that a query of them need not look at the table. */
  readonly storing?: readonly K[]
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
export interface IndexDefinition<K extends string = string> extends IndexOptions<K> {
  readonly fields: readonly IndexPart<K>[] | ((fields: Any) => IndexPart<K> | readonly IndexPart<K>[])
}

/** An index of a model: `[['user', 'createdAt'], unique]`, or a definition of it. */
export type IndexOption<K extends string = string> = readonly [properties: readonly K[], unique: boolean] | IndexDefinition<K>

/** The names of a primary key's properties, and how it is spread; made by `compositeKey`. */
export interface CompositeKey<K extends string = string> extends HashOptions {
  readonly names: readonly K[]
}

/**
 * A primary key of several properties: `@model({ primaryKey: compositeKey('key', 'value') })`. Options may stand behind the
 * names: `compositeKey('day', 'shop', { hash: true })`.
 */
export function compositeKey<const P extends readonly (string | HashOptions)[]>(
  ...parts: P
): CompositeKey<Extract<P[number], string>> {
  const names = parts.filter(part => typeof part === 'string') as Extract<P[number], string>[]
  return { names, ...parts.find(part => typeof part === 'object') }
}

/** How an index or key is spread; throws a `TypeError` for what no server takes. `where` is what messages call it. */
export function shardingOf({ hash, buckets }: HashOptions, where: string): Sharding | undefined {
  if (buckets !== undefined && !hash) throw misuse('BAD_ARGUMENT', `${where}: buckets are those of a hash; add { hash: true }`)
  if (buckets !== undefined && !(Number.isInteger(buckets) && buckets >= 2 && buckets <= MOST_BUCKETS))
    throw misuse('BAD_ARGUMENT', `${where}: buckets is a whole number from 2 to ${MOST_BUCKETS}, not ${buckets}`)
  return hash ? { buckets } : undefined
}

/** The bound of the servers that have this. */
const MOST_BUCKETS = 2048

/** What extensions add to the options of `@model`: they declare it here, and tell by `modelOption` what becomes of it. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to
export interface ModelExtensions {}

/** What `@model` takes. */
export interface ModelOptions extends OwnModelOptions, ModelExtensions {}

/** What `@model` takes by itself. */
interface OwnModelOptions {
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

/** The options by name, which are all there are beside those of extensions. */
export const MODEL_OPTIONS: Readonly<Record<keyof OwnModelOptions, true>> = {
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
