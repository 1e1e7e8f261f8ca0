import type { Any } from '../lib/expression/types.js'
import { decoratorOf, type FieldDecorator, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The field behind {@link JSONField}. */
export class JSONFieldType extends Field<unknown> {
  override columnType = 'jsonb'
}

/** The overloads of a JSON field. */
interface JSONFactory {
  <T = Any>(options: FieldOptions<T> & { readonly null: true }): FieldDecorator<T | null>
  <T = Any>(options?: FieldOptions<T>): FieldDecorator<T>
}

/** `JSONB`, any value that JSON can hold: `@JSONField<Settings>() settings!: Settings`. A `null` is SQL's NULL. */
export const JSONField = standsFor<unknown, JSONFactory>(
  (options?: FieldOptions<unknown>): FieldDecorator<Any> => decoratorOf(new JSONFieldType(options)),
  JSONFieldType
)
