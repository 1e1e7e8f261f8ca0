import { misuse } from '../lib/errors.js'
import { withoutEnd } from '../lib/util/text.js'
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
  static override readonly ownOptions: readonly string[] = ['maxDigits', 'decimalPlaces', 'as', 'autoRound']

  override columnType = 'numeric'
  override normalised = true
  readonly as: 'string' | 'number'
  readonly #wholeDigits: number
  readonly #decimalPlaces: number
  readonly #autoRound: boolean

  constructor(options: DecimalOptions = {}) {
    super(options)
    const { maxDigits = 10, decimalPlaces = 5 } = options
    if (decimalPlaces > maxDigits)
      throw misuse('BAD_ARGUMENT', `DecimalField: ${decimalPlaces} decimal places do not fit ${maxDigits} digits`)
    this.as = options.as ?? 'string'
    this.#wholeDigits = maxDigits - decimalPlaces
    this.#decimalPlaces = decimalPlaces
    this.#autoRound = options.autoRound ?? false
    this.modifiers = [maxDigits, decimalPlaces]
    this.jsType = this.as === 'number' ? Number : String
  }

  override refusal(value: unknown): string | undefined {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined
    const text = String(value)
    if (this.#clearlyFits(text)) return undefined
    const [whole, decimals] = digitsOf(text)
    if (whole > this.#wholeDigits)
      return `${whole} digits before the point, but the column holds ${this.#wholeDigits}; declare more { maxDigits }`
    if (this.#autoRound || decimals <= this.#decimalPlaces) return undefined
    return `${decimals} decimals, but the column holds ${this.#decimalPlaces}; round it, or declare { autoRound: true }`
  }

  /** Without counting digits one by one: most values are short. */
  #clearlyFits(text: string): boolean {
    const point = text.indexOf('.')
    const end = point < 0 ? text.length : point
    return end <= this.#wholeDigits && text.length - end - 1 <= this.#decimalPlaces && !/e/i.test(text)
  }

  override jsValue(raw: unknown): unknown {
    return this.as === 'number' ? Number(raw) : raw
  }
}

const NUMBER = /^\s*[+-]?(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?\s*$/i

/** How many digits a number has before and behind the point, zeros at the ends not counted; of no number, none. */
function digitsOf(text: string): readonly [whole: number, decimals: number] {
  const [, whole = '', part = '', exponent = '0'] = NUMBER.exec(text) ?? []
  const digits = whole + part
  const point = whole.length + Number(exponent)
  const first = digits.search(/[1-9]/)
  if (first < 0) return [0, 0]
  return [Math.max(0, point - first), Math.max(0, withoutEnd(digits, '0').length - point)]
}

/** `NUMERIC(p, s)`, an exact string (`'10.50'`), or a number with `{ as: 'number' }`. */
export const DecimalField = standsFor<
  string,
  <const O extends DecimalOptions = {}>(options?: O & OnlyKnown<O, DecimalOptions>) => DecoratorOf<FormOf<O>, FormOf<O>, O>
>(options => decoratorOf(new DecimalFieldType(options)), DecimalFieldType)
