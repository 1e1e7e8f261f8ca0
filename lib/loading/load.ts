import { misuse } from '../errors.js'
import type { Any, Class, RelationKey } from '../expression/types.js'
import { metadata } from '../model/metadata.js'
import { describeType } from '../util/describe.js'
import { LoadRequest } from './load-request.js'
import type { AnySelect, CheckedQuery, Load, LoadOptions, TargetOf } from './load-types.js'
import { stepFor } from './steps.js'

/**
 * A relation to be loaded with a query, for `withRelated`: a foreign key, a backref or a many-to-many relation, by its name.
 * Given the model, it is held against that at once; else against the query that it is given to.
 *
 * `User.select().withRelated(load(User, 'tweets', { perParent: 3 }).then(load(Tweet, 'favorites')))`
 *
 * Throws a `TypeError` for a relation that the model has not, and for options that do not fit.
 */
export function load<const K extends string, Q extends AnySelect | undefined = undefined>(
  name: K,
  options?: LoadOptions<Q & CheckedQuery<Q, Any>>
): Load<Any, K, Q>
export function load<M extends object, const K extends RelationKey<M>, Q extends AnySelect | undefined = undefined>(
  model: Class<M>,
  name: K,
  options?: LoadOptions<Q & CheckedQuery<Q, TargetOf<M, K>>>
): Load<M, K, Q>
export function load(...args: unknown[]): Load<Any, string, Any> {
  const model = typeof args[0] === 'function' ? metadata(args[0]) : undefined
  const [name, options] = model ? args.slice(1) : args
  if (typeof name !== 'string')
    throw misuse('WRONG_TYPE', `load: expected the name of a relation, as in load(User, 'tweets'), got ${describeType(name)}`)
  const request = new LoadRequest(name, model, options)
  if (model) stepFor(model, request, 'load')
  return request
}
