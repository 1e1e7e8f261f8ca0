import type { ExprNode } from '../lib/ast/nodes.js'
import { type SqlType, typeNamed, variant } from '../lib/ast/types.js'

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
  /** SQL behind the column's type: `[SQL('CHECK (balance >= 0)')]`. */
  readonly constraints?: readonly { readonly node: ExprNode }[]
  readonly collation?: string
  /** The values meant, for programs to read; not enforced. */
  readonly choices?: readonly (readonly [value: T, label: string])[]
  readonly helpText?: string
  /** The method of the index: `gin`. */
  readonly indexType?: string
}

/** What a field must know of the server its model is bound to. */
export interface ServerTraits {
  /** Whether generated keys fit a JavaScript number. */
  readonly smallSerials: boolean
}

/**
 * A column of a model: its SQL type, and the way of its values in and out. To make one, extend this class, set
 * `columnType`, and override `dbValue` and `jsValue`; `field(MyField)` makes the decorator.
 */
export class Field<T = unknown> {
  readonly options: FieldOptions<T>
  /** The SQL type: a name of the catalogue (`text`, `int8`, `jsonb`, …), or any type as SQL writes it. */
  columnType = 'text'
  /** What stands in parentheses behind the type in CREATE TABLE. */
  modifiers: readonly (string | number)[] = []
  /** The default that the server computes, as SQL. */
  serverDefault: string | undefined = undefined
  /** Whether the server may keep a value in another form than it was sent, so that it is read back after a write. */
  normalised = false
  /** The constructor that the property's declared type has at run time, where it can be checked. */
  jsType: unknown = undefined
  #type: SqlType | undefined

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

  /** The SQL type with this field's conversions. */
  typeFor(_traits: ServerTraits): SqlType {
    this.#type ??= this.#withConversions(this.baseType())
    return this.#type
  }

  /** @internal The SQL type without this field's conversions. */
  baseType(): SqlType {
    return typeNamed(this.columnType)
  }

  #withConversions(base: SqlType): SqlType {
    const encodes = this.dbValue !== Field.prototype.dbValue
    const decodes = this.jsValue !== Field.prototype.jsValue
    return variant(base, {
      ...(encodes && { encode: (value: unknown) => base.encode(this.dbValue(value)) }),
      ...(decodes && { decode: (text: string) => this.jsValue(base.decode(text)) })
    })
  }
}
