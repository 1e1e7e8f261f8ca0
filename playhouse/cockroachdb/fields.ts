import {
  BigIntegerFieldType,
  type BigIntegerOptions,
  type DecoratorOf,
  decoratorOf,
  type FieldOptions,
  type OnlyKnown,
  standsFor,
  UUIDFieldType
} from '../../fields/index.js'
import { misuse } from '../../lib/extend.js'
import { uuidv7 } from './uuid7.js'

/** The field behind {@link UUIDKeyField}. */
export class UUIDKeyFieldType extends UUIDFieldType {
  override serverDefault = 'gen_random_uuid()'

  constructor(options: FieldOptions<string> = {}) {
    super(keyOptions('UUIDKeyField', options))
  }
}

/** The field behind {@link RowIDField}. */
export class RowIDFieldType extends BigIntegerFieldType {
  override serverDefault = 'unique_rowid()'
  override readonly needs = 'rowIds'

  constructor(options: BigIntegerOptions = {}) {
    super(keyOptions('RowIDField', options))
  }
}

/** The field behind {@link UUIDv7KeyField}. */
export class UUIDv7KeyFieldType extends UUIDFieldType {
  constructor(options: FieldOptions<string> = {}) {
    super({ default: () => uuidv7(), ...keyOptions('UUIDv7KeyField', options) })
  }
}

/** The primary key that the server makes; its default is the field's own, so others cannot be given. */
function keyOptions<O extends FieldOptions<unknown>>(name: string, options: O): O {
  if (options.constraints !== undefined)
    throw misuse('UNKNOWN_OPTION', `${name} takes no constraints: its default is what makes it a key`)
  return { primaryKey: true, ...options }
}

type FormOf<O> = O extends { readonly as: 'number' } ? number : O extends { readonly as: 'string' } ? string : bigint

/** `UUID DEFAULT gen_random_uuid()`, a primary key that spreads over all ranges; a string. */
export const UUIDKeyField = standsFor<
  string,
  <const O extends FieldOptions<string> = {}>(options?: O & OnlyKnown<O, FieldOptions<string>>) => DecoratorOf<string, string, O>
>(options => decoratorOf(new UUIDKeyFieldType(options)), UUIDKeyFieldType)

/**
 * `UUID`, a primary key that grows with time and is known before the row is written; a string. The program makes it, as
 * version 7 of RFC 9562 has it, each greater than the one before. Keys that grow are all written to one range of a table:
 * `{ hash: true }` spreads them over several, and so does a `UUIDKeyField`.
 */
export const UUIDv7KeyField = standsFor<
  string,
  <const O extends FieldOptions<string> = {}>(options?: O & OnlyKnown<O, FieldOptions<string>>) => DecoratorOf<string, string, O>
>(options => decoratorOf(new UUIDv7KeyFieldType(options)), UUIDv7KeyFieldType)

/** `INT8 DEFAULT unique_rowid()`, a primary key that grows with time; a bigint unless `{ as: 'string' }`. */
export const RowIDField = standsFor<
  bigint,
  <const O extends BigIntegerOptions = {}>(options?: O & OnlyKnown<O, BigIntegerOptions>) => DecoratorOf<FormOf<O>, FormOf<O>, O>
>(options => decoratorOf(new RowIDFieldType(options)), RowIDFieldType)
