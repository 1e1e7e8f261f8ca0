import { type SqlType, TYPES, variant } from '../lib/ast/types.js'
import { ModelDefinitionError, misuse } from '../lib/errors.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions, type ServerTraits } from './field.js'

/** As what an eight-byte integer is read: `number` fails beyond ±2⁵³. */
export type IntegerForm = 'number' | 'bigint' | 'string'
type FormOf<O, Default> = O extends { readonly as: 'number' }
  ? number
  : O extends { readonly as: 'string' }
    ? string
    : O extends { readonly as: 'bigint' }
      ? bigint
      : Default

/** What a field of eight-byte integers takes. */
export interface BigIntegerOptions extends FieldOptions<number | bigint | string> {
  /** As what values are read. */
  readonly as?: IntegerForm
}

const FORMS: Readonly<Record<IntegerForm, SqlType>> = {
  number: TYPES.int8,
  bigint: variant(TYPES.int8, { decode: BigInt }),
  string: variant(TYPES.int8, { decode: text => text })
}
const JS_TYPES = { number: Number, bigint: BigInt, string: String }

/** The field behind {@link IntegerField}. */
export class IntegerFieldType extends Field<number> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'int4'
  override jsType = Number
  /** The least number that is too large for the column. */
  readonly limit: number = 2 ** 31

  override refusal(value: unknown): string | undefined {
    const { limit } = this
    if (typeof value === 'number' && value >= -limit && value < limit) return undefined
    // What is no integer is refused with its own words.
    if (typeof value === 'object' || !/^[+-]?\d+$/.test(String(value))) return undefined
    if (Number(value) >= -limit && Number(value) < limit) return undefined
    return `an integer beyond ±2^${Math.log2(limit)}, which the column does not hold`
  }
}

/** The field behind {@link SmallIntegerField}. */
export class SmallIntegerFieldType extends IntegerFieldType {
  override columnType = 'int2'
  override readonly limit = 2 ** 15
}

/** The field behind {@link BigIntegerField}. */
export class BigIntegerFieldType extends Field<number | bigint | string> {
  static override readonly ownOptions: readonly string[] = ['as']

  override columnType = 'int8'
  readonly as: IntegerForm

  constructor(options: BigIntegerOptions = {}, form: IntegerForm = 'bigint') {
    super(options)
    checkForm(options.as)
    this.as = options.as ?? form
    this.jsType = JS_TYPES[this.as]
  }

  override baseType(): SqlType {
    return FORMS[this.as]
  }
}

/** The field behind {@link AutoField}, and of the `id` that models without a declared key have. */
export class AutoFieldType extends Field<number | bigint | string> {
  static override readonly ownOptions: readonly string[] = ['as']

  override columnType = 'auto'
  readonly as: IntegerForm | undefined
  /** Whether the model declared it; an implicit `id` takes the form that is safe on its server. */
  readonly implicit: boolean

  constructor(options: BigIntegerOptions = {}, columnType = 'auto', implicit = false) {
    super({ ...options, primaryKey: true })
    if (options.primaryKey === false) throw misuse('BAD_ARGUMENT', 'AutoField is always the primary key: a table counts one key')
    checkForm(options.as)
    this.columnType = columnType
    this.implicit = implicit
    this.as = options.as
    if (!implicit) this.jsType = JS_TYPES[this.as ?? 'number']
  }

  override get madeBy(): 'either' {
    return 'either'
  }

  override typeFor(traits: ServerTraits): SqlType {
    if (this.implicit) return FORMS[traits.smallSerials ? 'number' : 'bigint']
    if (!traits.smallSerials && (this.as ?? 'number') === 'number') {
      throw new ModelDefinitionError(
        "Generated keys of this server pass 2^53 and do not fit a number: declare the key { as: 'bigint' } or { as: 'string' }, or use a UUID key"
      )
    }
    return FORMS[this.as ?? 'number']
  }
}

/** What an identity takes. */
export interface IdentityOptions extends BigIntegerOptions {
  /** Refuses values of the program's own. */
  readonly always?: boolean
}

/** The field behind {@link IdentityField}. */
export class IdentityFieldType extends BigIntegerFieldType {
  static override readonly ownOptions: readonly string[] = ['as', 'always']

  constructor(options: IdentityOptions = {}) {
    super({ primaryKey: true, ...options }, 'number')
    // A sequence of its own counts it from 1, on every server.
    this.columnType = this.as === 'number' ? 'identity' : 'bigidentity'
    this.identity = options.always ? 'ALWAYS' : 'BY DEFAULT'
  }
}

function checkForm(form: IntegerForm | undefined): void {
  if (form === undefined || Object.hasOwn(FORMS, form)) return
  throw misuse('BAD_ARGUMENT', `{ as } of an integer is one of ${Object.keys(FORMS).join(', ')}`)
}

/** `INTEGER`, a number. */
export const IntegerField = standsFor<
  number,
  <const O extends FieldOptions<number> = {}>(options?: O & OnlyKnown<O, FieldOptions<number>>) => DecoratorOf<number, number, O>
>(options => decoratorOf(new IntegerFieldType(options)), IntegerFieldType)

/** `SMALLINT`, a number from -32768 to 32767. */
export const SmallIntegerField = standsFor<
  number,
  <const O extends FieldOptions<number> = {}>(options?: O & OnlyKnown<O, FieldOptions<number>>) => DecoratorOf<number, number, O>
>(options => decoratorOf(new SmallIntegerFieldType(options)), SmallIntegerFieldType)

/** `BIGINT`, a bigint unless `{ as: 'number' | 'string' }`. */
export const BigIntegerField = standsFor<
  bigint,
  <const O extends BigIntegerOptions = {}>(
    options?: O & OnlyKnown<O, BigIntegerOptions>
  ) => DecoratorOf<FormOf<O, bigint>, FormOf<O, bigint>, O>
>(options => decoratorOf(new BigIntegerFieldType(options)), BigIntegerFieldType)

/** `SERIAL`, a primary key that the server counts; a number unless `{ as: 'bigint' | 'string' }`. */
export function AutoField<const O extends BigIntegerOptions = {}>(
  options?: O & OnlyKnown<O, BigIntegerOptions>
): DecoratorOf<FormOf<O, number>, FormOf<O, number>, O> {
  return decoratorOf(new AutoFieldType(options))
}

/** `BIGSERIAL`, a primary key that the server counts; a number unless `{ as: 'bigint' | 'string' }`. */
export function BigAutoField<const O extends BigIntegerOptions = {}>(
  options?: O & OnlyKnown<O, BigIntegerOptions>
): DecoratorOf<FormOf<O, number>, FormOf<O, number>, O> {
  return decoratorOf(new AutoFieldType(options, 'bigauto'))
}

/**
 * `INTEGER GENERATED BY DEFAULT AS IDENTITY` (`BIGINT` unless read as numbers), a primary key that a sequence of its own
 * counts from 1; a number unless `{ as: 'bigint' | 'string' }`. With `{ always: true }` no program can give it a value.
 */
export function IdentityField<const O extends IdentityOptions = {}>(
  options?: O & OnlyKnown<O, IdentityOptions>
): DecoratorOf<FormOf<O, number>, FormOf<O, number>, O> {
  return decoratorOf(new IdentityFieldType(options))
}
