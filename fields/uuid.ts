import { misuse } from '../lib/errors.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

const UUID = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i

/** The field behind {@link UUIDField}. */
export class UUIDFieldType extends Field<string> {
  override columnType = 'uuid'
  override jsType = String

  override dbValue(value: unknown): unknown {
    if (typeof value === 'string' && !UUID.test(value)) throw misuse('WRONG_TYPE', 'expected a UUID, got another string')
    return value
  }
}

/** `UUID`, a string. */
export const UUIDField = standsFor<
  string,
  <const O extends FieldOptions<string> = {}>(options?: O & OnlyKnown<O, FieldOptions<string>>) => DecoratorOf<string, string, O>
>(options => decoratorOf(new UUIDFieldType(options)), UUIDFieldType)
