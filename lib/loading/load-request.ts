import { misuse } from '../errors.js'
import { findSource } from '../expression/source.js'
import type { Any } from '../expression/types.js'
import type { Metadata } from '../model/metadata.js'
import { Select } from '../query/select.js'
import { describeType } from '../util/describe.js'
import type { AnySelect, Load } from './load-types.js'
import { instancesOf } from './loading.js'

/** What a caller asks to be loaded, held against all that is known without the query that loads it. */

/** Options, checked. */
export interface CheckedOptions {
  readonly query: AnySelect | undefined
  readonly perParent: number | undefined
}

/** A relation to be loaded, as it was asked for. */
export class LoadRequest implements Load<Any, string, Any> {
  readonly name: string
  /** The model it is of, where that was said. */
  readonly model: Metadata | undefined
  readonly options: CheckedOptions
  /** What is to be loaded for each of its rows: names and further requests. */
  readonly loads: readonly unknown[]

  constructor(name: string, model?: Metadata, options: unknown = {}, loads: readonly unknown[] = []) {
    this.name = name
    this.model = model
    this.options = checkedOptions(options, model ? `load: ${model.name}.${name}` : `load: "${name}"`)
    this.loads = loads
  }

  then(...loads: readonly unknown[]): never {
    // Awaiting anything that has a `then` calls it with functions.
    if (loads.some(given => typeof given === 'function'))
      throw misuse('WRONG_TYPE', `load: "${this.name}" is loaded by a query, and not awaited itself: query.withRelated(load(…))`)
    return new LoadRequest(this.name, this.model, this.options, [...this.loads, ...loads]) as never
  }
}

function checkedOptions(options: unknown, where: string): CheckedOptions {
  refuseOthers(options, ['query', 'perParent'], 'load')
  const { query, perParent } = options as { readonly query?: unknown; readonly perParent?: unknown }
  const checked = { query: query === undefined ? undefined : checkedQuery(query, where), perParent: checkedCount(perParent) }
  if (checked.query) refuseLimits(checked.query, checked.perParent, where)
  return checked
}

/** Throws a `TypeError` for anything but an object with these keys. */
export function refuseOthers(options: unknown, keys: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw misuse('WRONG_TYPE', `${where}: expected options such as { perParent: 3 }, got ${describeType(options)}`)
  const unknown = Object.keys(options).find(key => !keys.includes(key))
  if (unknown !== undefined) throw misuse('UNKNOWN_OPTION', `${where} has no option "${unknown}"; it has ${keys.join(', ')}`)
}

/** A number of rows for each parent, or none. Throws a `TypeError` for anything else. */
export function checkedCount(rows: unknown): number | undefined {
  if (rows === undefined || (Number.isSafeInteger(rows) && (rows as number) > 0)) return rows as number | undefined
  const got = typeof rows === 'number' ? rows : describeType(rows)
  throw misuse('BAD_ARGUMENT', `load: perParent must be a whole number of rows from 1 up, got ${got}`)
}

/** A select of instances. Throws a `TypeError` for anything else. */
export function checkedQuery(query: unknown, where: string): AnySelect {
  if (query instanceof Select) {
    instancesOf(query.state, `${where}: the query`)
    if (!query.state.limited) return query
    const remedy = 'give node(), signal() and timeout() to the query that it is loaded with; they hold for both'
    throw misuse('BAD_QUERY', `${where}: ${remedy}`)
  }
  const got = findSource(query) ? 'a model; give its select()' : describeType(query)
  throw misuse('WRONG_TYPE', `${where}: expected a select, got ${got}`)
}

/** Throws a `TypeError` for limits that would hold for the rows of all parents together. */
export function refuseLimits({ state }: AnySelect, perParent: number | undefined, where: string): void {
  const { limit, offset, distinct, groupBy, lock } = state.node
  if (limit || offset)
    throw misuse(
      'BAD_QUERY',
      `${where}: limit() and offset() would cut off the rows of all parents together; for a number of rows each, use load(…, { perParent })`
    )
  if (perParent !== undefined && (distinct || groupBy.length > 0 || lock))
    throw misuse(
      'BAD_QUERY',
      `${where}: perParent numbers the rows, so the query can have no distinct(), groupBy() or forUpdate()`
    )
}
