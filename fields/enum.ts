import { type SqlType, TYPES, typeNamed } from '../lib/ast/types.js'
import { DataError, misuse } from '../lib/errors.js'
import { describeType } from '../lib/util/describe.js'
import { joinedName, quoteName } from '../lib/util/identifiers.js'
import { unsendable } from '../lib/util/text.js'
import { type DecoratorOf, decoratorOf, type Item, type OnlyKnown } from './decorate.js'
import { Field, type FieldOptions, type FieldPlace, type UserType } from './field.js'

/** What a field of an enum takes. */
export interface EnumOptions<V> extends FieldOptions<V> {
  /** The type's name, which several fields can share; `<table>_<column>` unless given. */
  readonly name?: string
}

/** The field behind {@link EnumField}. */
export class EnumFieldType extends Field<string> {
  static override readonly ownOptions: readonly string[] = ['name']

  override jsType = String
  readonly values: readonly string[]
  readonly #name: string | undefined

  constructor(values: readonly string[], options: EnumOptions<string> = {}) {
    super(options)
    checkValues(values)
    this.values = [...values]
    this.#name = options.name
  }

  override userType({ schema, table, column }: FieldPlace): UserType {
    const name = this.#name ?? joinedName(table, column)
    return { path: schema === undefined ? [name] : [schema, name], values: this.values }
  }

  override baseType(place: FieldPlace): SqlType {
    const name = this.userType(place).path.map(quoteName).join('.')
    return { ...typeNamed(name), byName: true, encode: value => this.#encode(value) }
  }

  #encode(value: unknown): string {
    if (typeof value !== 'string') throw misuse('WRONG_TYPE', `expected a string, got ${describeType(value)}`)
    if (this.values.includes(value)) return TYPES.text.encode(value)
    throw new DataError(`expected one of ${this.values.map(item => `'${item}'`).join(', ')}, got another string`, {
      sqlstate: '22P02'
    })
  }
}

function checkValues(values: unknown): void {
  if (!Array.isArray(values) || values.length === 0 || !values.every(item => typeof item === 'string'))
    throw misuse('WRONG_TYPE', "EnumField: expected its values, as in EnumField(['draft', 'published'])")
  for (const value of values) {
    const trouble = unsendable(value)
    if (trouble !== undefined) throw misuse('BAD_ARGUMENT', `EnumField: the value ${JSON.stringify(value)} contains ${trouble}`)
  }
  if (new Set(values).size < values.length) throw misuse('BAD_ARGUMENT', 'EnumField: a value is there twice')
}

/**
 * A named enum type, which `createTables` creates: `@EnumField(['draft', 'published']) status!: 'draft' | 'published'`.
 * It is dropped with the table, unless others use it. A value that is not among them is a `DataError` before anything is sent.
 */
export function EnumField<const V extends string, const O extends EnumOptions<NoInfer<V>> = {}>(
  values: readonly V[],
  options?: O & OnlyKnown<O, EnumOptions<V>>
): DecoratorOf<V, V, O> & Item<V> {
  return decoratorOf(new EnumFieldType(values, options as EnumOptions<string>))
}
