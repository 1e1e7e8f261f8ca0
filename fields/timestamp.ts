import { type SqlType, TYPES, variant } from '../lib/ast/types.js'
import { DataError, misuse } from '../lib/errors.js'
import { describeType } from '../lib/util/describe.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** What a field of counted instants takes. */
export interface TimestampOptions extends FieldOptions<Date> {
  /** Ticks a second: 1 (unless given), 10, 100, … 1,000,000; or how many decimals of a second, 2 to 6. */
  readonly resolution?: number
}

const RESOLUTIONS: readonly number[] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

/** The field behind {@link TimestampField}. */
export class TimestampFieldType extends Field<Date> {
  static override readonly ownOptions: readonly string[] = ['resolution']

  override columnType = 'int8'
  override jsType = Date
  /** Ticks a second. */
  readonly resolution: number

  constructor({ resolution = 1, ...options }: TimestampOptions = {}) {
    super({ default: () => new Date(), ...options })
    this.resolution = ticksOf(resolution)
    // What is finer than the ticks is lost.
    this.normalised = this.resolution < 1_000
  }

  override baseType(): SqlType {
    const codec = {
      encode: (value: unknown) => String(ticksAt(value, this.resolution)),
      decode: (text: string) => dateAt(BigInt(text), this.resolution)
    }
    return { ...variant(TYPES.int8, codec), perSecond: this.resolution }
  }
}

function ticksOf(resolution: number): number {
  if (RESOLUTIONS.includes(resolution)) return resolution
  if (Number.isInteger(resolution) && resolution >= 2 && resolution <= 6) return 10 ** resolution
  throw misuse(
    'BAD_ARGUMENT',
    `TimestampField: resolution must be one of ${RESOLUTIONS.join(', ')}, or a number of decimals, 2 to 6`
  )
}

function ticksAt(value: unknown, resolution: number): bigint {
  if (!(value instanceof Date)) throw misuse('WRONG_TYPE', `expected a Date, got ${describeType(value)}`)
  const milliseconds = value.getTime()
  if (Number.isNaN(milliseconds)) throw misuse('WRONG_TYPE', 'expected a Date, got an invalid one')
  if (resolution >= 1_000) return BigInt(milliseconds) * BigInt(resolution / 1_000)
  // Whole seconds are those of the clock; smaller ticks are the nearest.
  return BigInt(resolution === 1 ? Math.floor(milliseconds / 1_000) : Math.round((milliseconds * resolution) / 1_000))
}

function dateAt(ticks: bigint, resolution: number): Date {
  const date = new Date(Number((ticks * 1_000n) / BigInt(resolution)))
  if (!Number.isNaN(date.getTime())) return date
  throw new DataError(`An instant of ${ticks} ticks of 1/${resolution} s has no JavaScript Date; cast the column to text`)
}

/**
 * `BIGINT`, an instant as the number of seconds since 1970, or of smaller ticks: `{ resolution: 1000 }`. A Date; now, unless
 * given. Queries calculate with it as with any instant: `e.at.year()`, `e.at.add('1 day')`.
 */
export const TimestampField = standsFor<
  Date,
  <const O extends TimestampOptions = {}>(options?: O & OnlyKnown<O, TimestampOptions>) => DecoratorOf<Date, Date, O>
>(options => decoratorOf(new TimestampFieldType(options)), TimestampFieldType)
