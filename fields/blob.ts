import { type DecoratorOf, decoratorOf, type Item, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The field behind {@link BlobField}. */
export class BlobFieldType extends Field<Uint8Array> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'bytea'
  override jsType = Uint8Array
}

type BlobFactory = <const O extends FieldOptions<Uint8Array> = {}>(
  options?: O & OnlyKnown<O, FieldOptions<Uint8Array>>
) => DecoratorOf<Buffer, Uint8Array, O>

// The type is written out, because what later compilers infer (`Uint8Array<…>`) TypeScript 5.4 cannot read.
/** `BYTEA` (`BYTES`), a Buffer; any Uint8Array can be written. */
export const BlobField: BlobFactory & Item<Uint8Array> = standsFor<Uint8Array, BlobFactory>(
  options => decoratorOf(new BlobFieldType(options)),
  BlobFieldType
)
