import { type SqlType, TYPES, variant } from '../lib/ast/types.js'
import { misuse } from '../lib/errors.js'
import { parseInstant } from '../lib/util/instants.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** What a field of instants takes. */
export interface DateTimeOptions extends FieldOptions<Date | string> {
  /** As what values are read: a Date has milliseconds, the server's text microseconds. */
  readonly as?: 'date' | 'string'
}
type FormOf<O> = O extends { readonly as: 'string' } ? string : Date

/** The field behind {@link DateTimeTZField}. */
export class DateTimeTZFieldType extends Field<Date | string> {
  static override readonly ownOptions: readonly string[] = ['as']

  override columnType = 'timestamptz'
  readonly as: 'date' | 'string'

  constructor(options: DateTimeOptions = {}) {
    super(options)
    if (options.as !== undefined && options.as !== 'date' && options.as !== 'string')
      throw misuse('BAD_ARGUMENT', "{ as } of a field of instants is 'date' or 'string'")
    this.as = options.as ?? 'date'
    this.normalised = this.as === 'string'
    this.jsType = this.as === 'string' ? String : Date
  }

  /** What would be written, and then could not be read. */
  override refusal(value: unknown): string | undefined {
    if (typeof value !== 'string' || this.as === 'string' || parseInstant(value.trim())) return undefined
    return "text of no instant in the form of '2024-01-31 12:00:00'; pass a Date, or declare the column with { as: 'string' }"
  }

  override baseType(): SqlType {
    const base = TYPES[this.columnType as 'timestamp' | 'timestamptz']
    return this.as === 'string' ? variant(base, { decode: text => text }) : base
  }
}

const OFFSET = /[-+]\d\d(:?\d\d)?(:?\d\d)?\s*(BC)?$/i

/** Whether a text says how far from UTC it is, behind a time of day. */
function hasOffset(text: string): boolean {
  const { index } = OFFSET.exec(text) ?? {}
  if (index === undefined) return false
  const [clock] = text.slice(0, index).split(/[-+]/).slice(-1)
  return /\d:?\d\d/.test(clock)
}

/** The field behind {@link DateTimeField}. */
export class DateTimeFieldType extends DateTimeTZFieldType {
  override columnType = 'timestamp'

  override dbValue(value: unknown): unknown {
    if (typeof value !== 'string' || !hasOffset(value)) return value
    throw misuse(
      'WRONG_TYPE',
      'a time with an offset from UTC, which the column would ignore; pass a Date, or use a DateTimeTZField'
    )
  }
}

/** Text that the server reads, and writes in a form of its own. */
class MomentFieldType extends Field<string> {
  static override readonly ownOptions: readonly string[] = []

  override jsType = String
  override normalised = true
}

/** The field behind {@link DateField}. */
export class DateFieldType extends MomentFieldType {
  override columnType = 'date'
}

/** The field behind {@link TimeField}. */
export class TimeFieldType extends MomentFieldType {
  override columnType = 'time'
}

/** The field behind {@link IntervalField}. */
export class IntervalFieldType extends MomentFieldType {
  override columnType = 'interval'
}

/** `TIMESTAMPTZ`, a Date; with `{ as: 'string' }` the server's text, which keeps microseconds. */
export const DateTimeTZField = standsFor<
  Date,
  <const O extends DateTimeOptions = {}>(options?: O & OnlyKnown<O, DateTimeOptions>) => DecoratorOf<FormOf<O>, FormOf<O>, O>
>(options => decoratorOf(new DateTimeTZFieldType(options)), DateTimeTZFieldType)

/**
 * `TIMESTAMP`, a Date, in UTC whatever the time zone of the process or the session; with `{ as: 'string' }` the server's
 * text, which keeps microseconds and has no zone.
 */
export const DateTimeField = standsFor<
  Date,
  <const O extends DateTimeOptions = {}>(options?: O & OnlyKnown<O, DateTimeOptions>) => DecoratorOf<FormOf<O>, FormOf<O>, O>
>(options => decoratorOf(new DateTimeFieldType(options)), DateTimeFieldType)

type MomentFactory = <const O extends FieldOptions<string> = {}>(
  options?: O & OnlyKnown<O, FieldOptions<string>>
) => DecoratorOf<string, string, O>

/** `DATE`, a string: `'2024-02-29'`. */
export const DateField = standsFor<string, MomentFactory>(options => decoratorOf(new DateFieldType(options)), DateFieldType)

/** `TIME`, a string: `'03:04:05.5'`. */
export const TimeField = standsFor<string, MomentFactory>(options => decoratorOf(new TimeFieldType(options)), TimeFieldType)

/** `INTERVAL`, a string, which the server writes in its own way: `'90 minutes'` is read as `'01:30:00'`. */
export const IntervalField = standsFor<string, MomentFactory>(
  options => decoratorOf(new IntervalFieldType(options)),
  IntervalFieldType
)
