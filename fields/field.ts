import { raw } from '../lib/ast/build.js'
import type { ExprNode } from '../lib/ast/nodes.js'
import { type SqlType, typeNamed, variant } from '../lib/ast/types.js'
import { misuse } from '../lib/errors.js'
import type { ComputedName } from '../lib/expression/source.js'
import { didYouMean } from '../lib/util/names.js'

/** An expression, as options take it: `SQL('…')`, or a template of `` sql`` ``. */
interface Expressed {
  readonly node: ExprNode
}

/** What a server computes a column from: an expression, and whether the result is stored (it is) or computed on reading. */
export type Generated = Expressed | { readonly as: Expressed; readonly stored?: boolean }

/** What every field takes. */
export interface FieldOptions<T> {
  /** Allows NULL, and `null` in the property. */
  readonly null?: boolean
  /** Creates an index on the column. */
  readonly index?: boolean
  /** Creates a unique index on the column. */
  readonly unique?: boolean
  /** The value of new instances, or a function that gives one; it is no part of the table. */
  readonly default?: T | (() => T)
  /** The column's name; by default the property's in snake_case. */
  readonly columnName?: string
  readonly primaryKey?: boolean
  /** SQL behind the column's type: `[Check('balance >= 0'), Default(0)]`. */
  readonly constraints?: readonly Expressed[]
  readonly collation?: string
  /** The values meant, with their labels, for programs to read; not enforced. */
  readonly choices?: readonly (readonly [value: T, label: string])[]
  /** For people who fill in forms. */
  readonly helpText?: string
  /** The name for people: `'e-mail address'`. */
  readonly verboseName?: string
  /** The method of the index: `gin`. */
  readonly indexType?: string
  /** What the server computes the column from. It is never written, and read back after each insert and save. */
  readonly generated?: Generated
  /**
   * What the server sets the column to with every update that does not: an expression, or SQL as text. It is read back after
   * each save. Not every server has that. Of a foreign key, what becomes of a row whose target gets another key.
   */
  readonly onUpdate?: string | Expressed
  /**
   * Spreads the primary key, or the column's index, over the cluster by a hash: for values that only grow, which would all
   * be written to one place. Not every server has that.
   */
  readonly hash?: boolean
  /** Into how many buckets; as many as the server likes unless given. */
  readonly buckets?: number
}

const OPTIONS: readonly (keyof FieldOptions<unknown>)[] = [
  'null',
  'index',
  'unique',
  'default',
  'columnName',
  'primaryKey',
  'constraints',
  'collation',
  'choices',
  'helpText',
  'verboseName',
  'indexType',
  'generated',
  'onUpdate',
  'hash',
  'buckets'
]

/** What a field must know of the server its model is bound to. */
export interface ServerTraits {
  /** Whether generated keys fit a JavaScript number. */
  readonly smallSerials: boolean
}

/** Where a field stands, for types that are named after their column. */
export interface FieldPlace {
  readonly schema?: string
  readonly table: string
  readonly column: string
}

/** A type that a table brings along: an enum. */
export interface UserType {
  /** Its name, behind its schema's if it has one. */
  readonly path: readonly string[]
  readonly values: readonly string[]
}

const NO_PARTS: ReadonlyMap<string, ComputedName> = new Map()

/**
 * A column of a model: its SQL type, and the way of its values in and out. To make one, extend this class, set
 * `columnType`, and override `dbValue` and `jsValue`; `field(MyField)` makes the decorator.
 */
export class Field<T = unknown> {
  /** The names of a field's own options. Where they are told, others are refused. */
  static readonly ownOptions?: readonly string[]

  readonly options: FieldOptions<T>
  /** The SQL type: a name of the catalogue (`text`, `int8`, `jsonb`, …), or any type as SQL writes it. */
  columnType = 'text'
  /** What stands in parentheses behind the type in CREATE TABLE. */
  modifiers: readonly (string | number)[] = []
  /** The default that the server computes, as SQL. */
  serverDefault: string | undefined = undefined
  /** The capability that a server needs for the column, if any beside that of its type. */
  readonly needs: string | undefined = undefined
  /** The method of an index of the column, where the server's own would be of no use. */
  readonly indexType: string | undefined = undefined
  /** How the server counts the column, if it does. */
  identity: 'ALWAYS' | 'BY DEFAULT' | undefined = undefined
  /** Whether the server may keep a value in another form than it was sent, so that it is read back after a write. */
  normalised = false
  /** The constructor that the property's declared type has at run time, where it can be checked. */
  jsType: unknown = undefined

  constructor(options: FieldOptions<T> = {}) {
    this.options = options
  }

  /** The value to be stored for a property's value. Never called with null. */
  dbValue(value: unknown): unknown {
    return value
  }

  /** The property's value for a stored one, which comes as the SQL type is read: a Date, a number, … Never called with null. */
  jsValue(raw: unknown): unknown {
    return raw
  }

  /** What is wrong with a value that is to be written, or `undefined`. Types are checked before. */
  refusal(_value: unknown): string | undefined {
    return undefined
  }

  /** Who gives the column its value: the program; the server, where the program gives none; or the server alone. */
  get madeBy(): 'program' | 'either' | 'server' {
    if (this.options.generated || this.identity === 'ALWAYS') return 'server'
    return this.serverDefault !== undefined || this.identity ? 'either' : 'program'
  }

  /** What the server computes the column from, and whether it stores it; nothing for other columns. */
  get generated(): { readonly generated?: ExprNode; readonly stored?: boolean } {
    const { generated } = this.options
    if (!generated) return {}
    // Expressions have a method `as`, so that tells nothing.
    return 'node' in generated
      ? { generated: generated.node, stored: true }
      : { generated: generated.as.node, stored: generated.stored ?? true }
  }

  /** What the server sets the column to with every update that does not, if it does. */
  get onUpdate(): ExprNode | undefined {
    const { onUpdate } = this.options
    return typeof onUpdate === 'string' ? raw([onUpdate]) : onUpdate?.node
  }

  /** Whether a write of other columns may give the column another value, so that it is read back. */
  get followsUpdates(): boolean {
    return this.options.generated !== undefined || this.onUpdate !== undefined
  }

  /** The names under which parts of the value are found, on instances as in queries. */
  parts(_property: string): ReadonlyMap<string, ComputedName> {
    return NO_PARTS
  }

  /** The type that the column's table must bring along, if it needs one. */
  userType(_place: FieldPlace): UserType | undefined {
    return undefined
  }

  /** The SQL type with this field's conversions. */
  typeFor(_traits: ServerTraits, place: FieldPlace): SqlType {
    return withConversions(this, this.baseType(place))
  }

  /** @internal The SQL type without this field's conversions. */
  baseType(_place: FieldPlace): SqlType {
    return typeNamed(this.columnType)
  }
}

function withConversions(field: Field, base: SqlType): SqlType {
  const encodes = field.dbValue !== Field.prototype.dbValue
  const decodes = field.jsValue !== Field.prototype.jsValue
  return variant(base, {
    ...(encodes && { encode: (value: unknown) => base.encode(field.dbValue(value)) }),
    ...(decodes && { decode: (text: string) => field.jsValue(base.decode(text)) })
  })
}

/** Throws a `TypeError` for options that a field has not: a misspelt one would be lost silently. */
export function checkOptions(field: Field): void {
  const { options } = field
  const { ownOptions, name } = field.constructor as typeof Field
  if (!ownOptions) return
  const known = [...OPTIONS, ...ownOptions]
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue
    throw misuse('UNKNOWN_OPTION', `${name.replace(/Type$/, '')} has no option "${option}"${didYouMean(option, known)}`)
  }
  const refuse = (what: string) => misuse('BAD_ARGUMENT', `${name.replace(/Type$/, '')}: ${what}`)
  if (options.generated && (options.default !== undefined || options.primaryKey))
    throw refuse('a generated column takes no default, and is no primary key')
  if (options.generated && field.onUpdate) throw refuse('a generated column is computed anyway, and takes no onUpdate')
}
