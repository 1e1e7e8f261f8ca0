import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The field behind {@link BlobField}. */
export class BlobFieldType extends Field<Uint8Array> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'bytea'
  override jsType = Uint8Array
}

/** `BYTEA` (`BYTES`), a Buffer; any Uint8Array can be written. */
export const BlobField = standsFor<
  Uint8Array,
  <const O extends FieldOptions<Uint8Array> = {}>(
    options?: O & OnlyKnown<O, FieldOptions<Uint8Array>>
  ) => DecoratorOf<Buffer, Uint8Array, O>
>(options => decoratorOf(new BlobFieldType(options)), BlobFieldType)
