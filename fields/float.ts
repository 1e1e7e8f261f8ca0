import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The field behind {@link DoubleField}. */
export class DoubleFieldType extends Field<number> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'float8'
  override jsType = Number
}

/** The field behind {@link FloatField}. */
export class FloatFieldType extends DoubleFieldType {
  override columnType = 'float4'
  // It holds some seven digits of a number.
  override normalised = true

  override refusal(value: unknown): string | undefined {
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
    const single = Math.fround(value)
    const fits = Number.isFinite(single) && (single !== 0 || value === 0)
    return fits ? undefined : 'a number beyond what a REAL holds (some 1e-45 to 3.4e38); use a DoubleField'
  }
}

/** `REAL`, a number of some seven digits, `NaN` and the infinities included. */
export const FloatField = standsFor<
  number,
  <const O extends FieldOptions<number> = {}>(options?: O & OnlyKnown<O, FieldOptions<number>>) => DecoratorOf<number, number, O>
>(options => decoratorOf(new FloatFieldType(options)), FloatFieldType)

/** `DOUBLE PRECISION`, any JavaScript number, `NaN` and the infinities included. */
export const DoubleField = standsFor<
  number,
  <const O extends FieldOptions<number> = {}>(options?: O & OnlyKnown<O, FieldOptions<number>>) => DecoratorOf<number, number, O>
>(options => decoratorOf(new DoubleFieldType(options)), DoubleFieldType)
