import { cast, param } from '../lib/ast/build.js'
import { TYPES } from '../lib/ast/types.js'
import { wrap } from '../lib/expression/expression.js'
import type { Any, Expr } from '../lib/expression/types.js'
import { decoratorOf, type FieldDecorator, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The field behind {@link JSONField}. */
export class JSONFieldType extends Field<unknown> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'jsonb'
  override readonly indexType = 'gin'
}

/** The overloads of a JSON field. */
interface JSONFactory {
  <T = Any>(options: FieldOptions<T> & { readonly null: true }): FieldDecorator<T | null>
  <T = Any>(options?: FieldOptions<T>): FieldDecorator<T>
}

/**
 * `JSONB`, any value that JSON can hold: `@JSONField<Settings>() settings!: Settings`. A `null` is SQL's NULL; for the
 * null of JSON write {@link JSON_NULL}. Both are read as `null`.
 */
export const JSONField = standsFor<unknown, JSONFactory>(
  (options?: FieldOptions<unknown>): FieldDecorator<Any> => decoratorOf(new JSONFieldType(options)),
  JSONFieldType
)

/** The same as {@link JSONField}, which is binary. */
export const BinaryJSONField = JSONField

/** The null of JSON as a value of its own, where a plain `null` is SQL's NULL: `Doc.create({ data: JSON_NULL })`. */
export const JSON_NULL: Expr<Any> = wrap(cast(param('null', TYPES.text, 'JSON_NULL'), TYPES.jsonb))
