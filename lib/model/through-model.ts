import type { ManyRows } from '../../fields/many-to-many.js'
import type { Class } from '../expression/types.js'
import { manyToManyOf } from './many-to-many.js'
import { metadata } from './metadata.js'
import type { Model } from './model.js'

/** The names of a model's many-to-many relations. */
export type ManyToManyKey<M> = { [K in keyof M]-?: M[K] extends ManyRows<infer _> ? K : never }[keyof M] & string

/**
 * The model whose rows are the pairs of a many-to-many relation: for joins through it, and for its table where that is not
 * created along with those of both models.
 *
 * `Student.select(s => [s.name]).join(throughModel(Student, 'courses')).join(Course)`
 *
 * Its columns have no types where it was not declared: declare it, and give it as `{ through }`, where they are needed.
 */
export function throughModel<M extends Model>(model: Class<M>, property: ManyToManyKey<M>): typeof Model {
  return manyToManyOf(metadata(model), property).through.model as unknown as typeof Model
}
