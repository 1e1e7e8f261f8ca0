import { arrayOf, type SqlType } from '../lib/ast/types.js'
import { misuse } from '../lib/errors.js'
import {
  type DecoratorOf,
  decoratorOf,
  type FieldClass,
  fieldClassOf,
  fieldOf,
  type Item,
  type NullOf,
  type OnlyKnown,
  standsFor
} from './decorate.js'
import { checkOptions, Field, type FieldOptions, type FieldPlace, type UserType } from './field.js'

/** What an array field takes. */
export interface ArrayOptions<T> extends FieldOptions<readonly (T | null)[]> {
  /** Options of the items' field: `{ maxLength: 20 }`; with `{ null: true }` items may be null. */
  readonly item?: { readonly null?: boolean; readonly [option: string]: unknown }
}

/** The items of an array field, which its options for them can change. */
type ItemOf<T, O> = O extends { readonly item: infer I } ? FormOf<T, I> | NullOf<I> : T
type FormOf<T, I> = I extends { readonly as: infer F extends keyof Forms } ? Forms[F] : T
interface Forms {
  number: number
  bigint: bigint
  string: string
  date: Date
}

/** The field behind {@link ArrayField}. */
export class ArrayFieldType extends Field<readonly unknown[]> {
  static override readonly ownOptions: readonly string[] = ['item']

  override jsType = Array
  override readonly indexType = 'gin'
  readonly item: Field

  constructor(item: Field, options: ArrayOptions<unknown> = {}) {
    super(options)
    this.item = item
    this.columnType = `${item.columnType}[]`
    this.modifiers = item.modifiers
    this.normalised = item.normalised
  }

  override baseType(place: FieldPlace): SqlType {
    return arrayOf(this.item.typeFor({ smallSerials: true }, place))
  }

  override userType(place: FieldPlace): UserType | undefined {
    return this.item.userType(place)
  }

  override refusal(value: unknown): string | undefined {
    if (!Array.isArray(value)) return undefined
    for (const [index, item] of value.entries()) {
      const refusal = item === null || item === undefined ? undefined : this.item.refusal(item)
      if (refusal !== undefined) return `item ${index}: ${refusal}`
    }
    return undefined
  }
}

/**
 * `T[]` of one dimension: `@ArrayField(TextField) tags!: string[]`, of an enum `@ArrayField(EnumField(['a', 'b']))`. Arrays
 * in arrays are what a JSONField is for.
 */
export function ArrayField<T, const O extends ArrayOptions<NoInfer<T>> = {}>(
  item: Item<T>,
  options?: O & OnlyKnown<O, ArrayOptions<T>>
): DecoratorOf<ItemOf<T, O>[], ItemOf<T, O>[], O> {
  const given = fieldOf(item)
  if (given && !(given instanceof ArrayFieldType)) return decoratorOf(new ArrayFieldType(given, options as ArrayOptions<unknown>))
  const ItemType = given ? ArrayFieldType : fieldClassOf(item)
  if ((ItemType as unknown) === ArrayFieldType)
    throw misuse('BAD_ARGUMENT', 'ArrayField takes no ArrayField: arrays have one dimension; use a JSONField')
  if (!ItemType) throw misuse('WRONG_TYPE', 'ArrayField: expected a field, as in ArrayField(TextField)')
  const field = new ItemType(options?.item as never)
  checkOptions(field)
  return decoratorOf(new ArrayFieldType(field, options as ArrayOptions<unknown>))
}
standsFor(ArrayField, ArrayFieldType as unknown as FieldClass)
