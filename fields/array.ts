import { arrayOf, type SqlType } from '../lib/ast/types.js'
import { misuse } from '../lib/errors.js'
import {
  type DecoratorOf,
  decoratorOf,
  type FieldClass,
  fieldClassOf,
  type Item,
  type NullOf,
  type OnlyKnown,
  standsFor
} from './decorate.js'
import { Field, type FieldOptions } from './field.js'

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
  override jsType = Array
  readonly item: Field

  constructor(item: Field, options: ArrayOptions<unknown> = {}) {
    super(options)
    this.item = item
    this.columnType = `${item.columnType}[]`
    this.modifiers = item.modifiers
  }

  override baseType(): SqlType {
    return arrayOf(this.item.typeFor({ smallSerials: true }))
  }
}

/** `T[]` of one dimension: `@ArrayField(TextField) tags!: string[]`. Arrays in arrays are what a JSONField is for. */
export function ArrayField<T, const O extends ArrayOptions<NoInfer<T>> = {}>(
  item: Item<T>,
  options?: O & OnlyKnown<O, ArrayOptions<T>>
): DecoratorOf<ItemOf<T, O>[], ItemOf<T, O>[], O> {
  const ItemType = fieldClassOf(item)
  if ((ItemType as unknown) === ArrayFieldType)
    throw misuse('BAD_ARGUMENT', 'ArrayField takes no ArrayField: arrays have one dimension; use a JSONField')
  if (!ItemType) throw misuse('WRONG_TYPE', 'ArrayField: expected a field, as in ArrayField(TextField)')
  return decoratorOf(new ArrayFieldType(new ItemType(options?.item as never), options as ArrayOptions<unknown>))
}
standsFor(ArrayField, ArrayFieldType as unknown as FieldClass)
