import type { Class, ColumnKey } from '../expression/types.js'
import { metadata } from './metadata.js'

/**
 * The label of a value among the `choices` of its field, or `undefined` where it has none: `choiceLabel(Post, 'status', post.status)`.
 * Throws a `TypeError` for a property that is no field.
 */
export function choiceLabel<M, K extends ColumnKey<M>>(model: Class<M>, property: K, value: M[K]): string | undefined {
  const { choices = [] } = metadata(model).field(property).field.options
  return choices.find(([choice]) => choice === value)?.[1]
}
