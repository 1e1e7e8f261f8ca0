import { misuse } from '../lib/errors.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

const UUID = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i

/** As servers write it, and as values of properties are, so that keys can be compared. */
const CANONICAL = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

function withHyphens(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The field behind {@link UUIDField}. */
export class UUIDFieldType extends Field<string> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'uuid'
  override jsType = String

  override dbValue(value: unknown): unknown {
    if (typeof value !== 'string' || CANONICAL.test(value)) return value
    if (!UUID.test(value)) throw misuse('WRONG_TYPE', 'expected a UUID, got another string')
    return withHyphens(value.toLowerCase().replace(/[{}-]/g, ''))
  }
}

/** `UUID`, a string. */
export const UUIDField = standsFor<
  string,
  <const O extends FieldOptions<string> = {}>(options?: O & OnlyKnown<O, FieldOptions<string>>) => DecoratorOf<string, string, O>
>(options => decoratorOf(new UUIDFieldType(options)), UUIDFieldType)

/** The field behind {@link BinaryUUIDField}. */
export class BinaryUUIDFieldType extends UUIDFieldType {
  override columnType = 'bytea'

  override dbValue(value: unknown): unknown {
    return typeof value === 'string' ? Buffer.from((super.dbValue(value) as string).replaceAll('-', ''), 'hex') : value
  }

  override jsValue(raw: unknown): unknown {
    return withHyphens(Buffer.from(raw as Uint8Array).toString('hex'))
  }
}

/** A UUID as sixteen bytes of `BYTEA` (`BYTES`), a string; for tables that are there already. */
export const BinaryUUIDField = standsFor<
  string,
  <const O extends FieldOptions<string> = {}>(options?: O & OnlyKnown<O, FieldOptions<string>>) => DecoratorOf<string, string, O>
>(options => decoratorOf(new BinaryUUIDFieldType(options)), BinaryUUIDFieldType)
