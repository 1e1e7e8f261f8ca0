import { type SqlType, TYPES, variant } from '../lib/ast/types.js'
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
  override columnType = 'timestamptz'
  readonly as: 'date' | 'string'

  constructor(options: DateTimeOptions = {}) {
    super(options)
    this.as = options.as ?? 'date'
    this.normalised = this.as === 'string'
    this.jsType = this.as === 'string' ? String : Date
  }

  override baseType(): SqlType {
    return this.as === 'string' ? variant(TYPES.timestamptz, { decode: text => text }) : TYPES.timestamptz
  }
}

/** `TIMESTAMPTZ`, a Date; with `{ as: 'string' }` the server's text, which keeps microseconds. */
export const DateTimeTZField = standsFor<
  Date,
  <const O extends DateTimeOptions = {}>(options?: O & OnlyKnown<O, DateTimeOptions>) => DecoratorOf<FormOf<O>, FormOf<O>, O>
>(options => decoratorOf(new DateTimeTZFieldType(options)), DateTimeTZFieldType)
