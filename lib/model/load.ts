import { misuse } from '../errors.js'
import type { Any, Class } from '../expression/types.js'
import { describeType } from '../util/describe.js'
import type { AnySelect, CheckedQuery, Load, LoadOptions, RelationKey, TargetOf } from './load-types.js'
import { type Metadata, metadata } from './metadata.js'

/** A relation to be loaded, as it was asked for. */
export class LoadRequest implements Load<Any, string, Any> {
  readonly name: string
  /** The model it is of, where that was said. */
  readonly model: Metadata | undefined
  readonly options: LoadOptions<unknown>
  /** What is to be loaded for each of its rows: names and further requests. */
  readonly loads: readonly unknown[]

  constructor(name: string, model: Metadata | undefined, options: LoadOptions<unknown>, loads: readonly unknown[] = []) {
    this.name = name
    this.model = model
    this.options = options
    this.loads = loads
  }

  then(...loads: readonly unknown[]): never {
    // Awaiting anything that has a `then` calls it with functions.
    if (loads.some(given => typeof given === 'function'))
      throw misuse('WRONG_TYPE', `load: "${this.name}" is loaded by a query, and not awaited itself: query.withRelated(load(…))`)
    return new LoadRequest(this.name, this.model, this.options, [...this.loads, ...loads]) as never
  }
}

const OPTIONS: readonly string[] = ['query', 'perParent'] satisfies (keyof LoadOptions)[]

/**
 * A relation to be loaded with a query, for `withRelated`: a foreign key, a backref or a many-to-many relation, by its name. With
 * the model, the names are those of the model; without, they are held against the query that it is given to.
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
  const [name, options = {}] = model ? args.slice(1) : args
  if (typeof name !== 'string')
    throw misuse('WRONG_TYPE', `load: expected the name of a relation, as in load(User, 'tweets'), got ${describeType(name)}`)
  return new LoadRequest(name, model, checkedOptions(options))
}

function checkedOptions(options: unknown): LoadOptions<unknown> {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw misuse('WRONG_TYPE', `load: expected options such as { perParent: 3 }, got ${describeType(options)}`)
  const unknown = Object.keys(options).find(key => !OPTIONS.includes(key))
  if (unknown === undefined) return options
  throw misuse('UNKNOWN_OPTION', `load has no option "${unknown}"; it has ${OPTIONS.join(', ')}`)
}
