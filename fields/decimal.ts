import { misuse } from '../lib/errors.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** What a field of exact decimals takes. */
export interface DecimalOptions extends FieldOptions<string | number> {
  /** Digits in all; 10 unless given. */
  readonly maxDigits?: number
  /** Digits behind the point; 5 unless given. */
  readonly decimalPlaces?: number
  /** As what values are read: exact strings, or numbers. */
  readonly as?: 'string' | 'number'
  /** Lets the server round values with more decimals; refused with `DataError` unless given. */
  readonly autoRound?: boolean
}
type FormOf<O> = O extends { readonly as: 'number' } ? number : string

/** The field behind {@link DecimalField}. */
export class DecimalFieldType extends Field<string | number> {
  override columnType = 'numeric'
  override normalised = true
  readonly as: 'string' | 'number'
  readonly #decimalPlaces: number
  readonly #autoRound: boolean

  constructor(options: DecimalOptions = {}) {
    super(options)
    const { maxDigits = 10, decimalPlaces = 5 } = options
    if (decimalPlaces > maxDigits)
      throw misuse('BAD_ARGUMENT', `DecimalField: ${decimalPlaces} decimal places do not fit ${maxDigits} digits`)
    this.as = options.as ?? 'string'
    this.#decimalPlaces = decimalPlaces
    this.#autoRound = options.autoRound ?? false
    this.modifiers = [maxDigits, decimalPlaces]
    this.jsType = this.as === 'number' ? Number : String
  }

  override refusal(value: unknown): string | undefined {
    if (this.#autoRound || (typeof value !== 'string' && typeof value !== 'number')) return undefined
    const text = String(value)
    const point = text.indexOf('.')
    if (point < 0 || text.length - point - 1 <= this.#decimalPlaces) return undefined
    const [, decimals = ''] = /\.(\d*?)0*$/.exec(text) ?? []
    if (decimals.length <= this.#decimalPlaces) return undefined
    return `${decimals.length} decimals, but the column holds ${this.#decimalPlaces}; round it, or declare { autoRound: true }`
  }

  override jsValue(raw: unknown): unknown {
    return this.as === 'number' ? Number(raw) : raw
  }
}

/** `NUMERIC(p, s)`, an exact string (`'10.50'`), or a number with `{ as: 'number' }`. */
export const DecimalField = standsFor<
  string,
  <const O extends DecimalOptions = {}>(options?: O & OnlyKnown<O, DecimalOptions>) => DecoratorOf<FormOf<O>, FormOf<O>, O>
>(options => decoratorOf(new DecimalFieldType(options)), DecimalFieldType)
