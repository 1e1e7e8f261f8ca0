import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The field behind {@link BooleanField}. */
export class BooleanFieldType extends Field<boolean> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'bool'
  override jsType = Boolean
}

/** `BOOLEAN`. */
export const BooleanField = standsFor<
  boolean,
  <const O extends FieldOptions<boolean> = {}>(
    options?: O & OnlyKnown<O, FieldOptions<boolean>>
  ) => DecoratorOf<boolean, boolean, O>
>(options => decoratorOf(new BooleanFieldType(options)), BooleanFieldType)
