import { withoutEnd } from '../lib/util/text.js'
import { type DecoratorOf, decoratorOf, type FieldDecorator, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** What a text field of limited length takes. */
export interface CharOptions<T> extends FieldOptions<T> {
  /** In characters; 255 unless given, `null` for no limit. */
  readonly maxLength?: number | null
}

/** The field behind {@link CharField}. */
export class CharFieldType extends Field<string> {
  static override readonly ownOptions: readonly string[] = ['maxLength']

  override columnType = 'varchar'
  override jsType = String
  readonly maxLength: number | null

  constructor(options: CharOptions<string> = {}) {
    super(options)
    this.maxLength = options.maxLength === undefined ? 255 : options.maxLength
    if (this.maxLength !== null) this.modifiers = [this.maxLength]
  }

  override refusal(value: unknown): string | undefined {
    const { maxLength } = this
    if (typeof value !== 'string' || maxLength === null || value.length <= maxLength) return undefined
    // The server counts characters, JavaScript UTF-16 units.
    const length = [...value].length
    return length > maxLength ? `${length} characters, but the column holds ${maxLength}` : undefined
  }
}

/** The field behind {@link FixedCharField}. Spaces at the end are the column's filling, and no part of a value. */
export class FixedCharFieldType extends CharFieldType {
  override columnType = 'bpchar'

  override dbValue(value: unknown): unknown {
    return typeof value === 'string' ? withoutEnd(value, ' ') : value
  }

  override jsValue(raw: unknown): unknown {
    return this.dbValue(raw)
  }

  override refusal(value: unknown): string | undefined {
    return super.refusal(this.dbValue(value))
  }
}

/** The field behind {@link TextField}. */
export class TextFieldType extends Field<string> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'text'
  override jsType = String
}

/** The overloads of a text field: plain, or narrowed to some strings by a type argument. */
interface TextFactory<O extends FieldOptions<string>> {
  <const P extends O = O>(options?: P & OnlyKnown<P, O>): DecoratorOf<string, string, P>
  <T extends string>(options: Narrowed<O, T> & { readonly null: true }): FieldDecorator<T | null>
  <T extends string>(options?: Narrowed<O, T>): FieldDecorator<T>
}
type Narrowed<O, T> = Omit<O, keyof FieldOptions<T>> & FieldOptions<T>

/** `VARCHAR(n)`, a string: `@CharField({ maxLength: 40 }) username!: string`. `CharField<'a' | 'b'>()` narrows it. */
export const CharField = standsFor<string, TextFactory<CharOptions<string>>>(
  (options?: object): FieldDecorator<never> => decoratorOf(new CharFieldType(options)),
  CharFieldType
)

/**
 * `CHAR(n)`, a string that the server fills with spaces up to its length; they are taken off when it is read.
 * `FixedCharField<'a' | 'b'>({ maxLength: 1 })` narrows it.
 */
export const FixedCharField = standsFor<string, TextFactory<CharOptions<string>>>(
  (options?: object): FieldDecorator<never> => decoratorOf(new FixedCharFieldType(options)),
  FixedCharFieldType
)

/** `TEXT`, a string of any length. `TextField<'a' | 'b'>()` narrows it. */
export const TextField = standsFor<string, TextFactory<FieldOptions<string>>>(
  (options?: object): FieldDecorator<never> => decoratorOf(new TextFieldType(options)),
  TextFieldType
)
