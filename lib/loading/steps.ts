import { misuse } from '../errors.js'
import type { Metadata } from '../model/metadata.js'
import type { RowsState } from '../query/rows.js'
import { Select, selectFrom } from '../query/select.js'
import { describeType } from '../util/describe.js'
import { linkNamed } from './links.js'
import { checkedCount, LoadRequest, refuseOthers } from './load-request.js'
import type { AnySelect } from './load-types.js'
import { instancesOf, Loading, type Step } from './loading.js'

/** From what a caller wants loaded with a query to the steps that load it. */

/** A query of rows, whichever. */
export interface AnyQuery {
  readonly state: RowsState
  remade<Q>(change: Partial<RowsState>): Q
}

/** What `withRelated` takes behind the relations, for those named there that say nothing of it. */
export interface LoadDefaults {
  /** How many rows for each parent, at most. */
  readonly perParent?: number
}

/** The query with more to be loaded behind its instances. */
export function following(query: AnyQuery, steps: readonly Step[], where: string): never {
  const { following: before } = query.state
  const all = before instanceof Loading ? [...before.steps, ...steps] : steps
  return query.remade({ following: new Loading(distinct(all, where)) })
}

/** The steps for what `withRelated` was given. */
export function requestedSteps(model: Metadata, given: readonly unknown[], where: string): readonly Step[] {
  const last = given.at(-1)
  if (typeof last !== 'object' || last === null || Array.isArray(last) || last instanceof LoadRequest)
    return stepsFor(model, given, where)
  refuseOthers(last, ['perParent'], where)
  return stepsFor(model, given.slice(0, -1), where, checkedCount((last as LoadDefaults).perParent))
}

function stepsFor(model: Metadata, given: readonly unknown[], where: string, perParent?: number): readonly Step[] {
  return distinct(
    given.map(item => stepFor(model, requestOf(item, where), where, perParent)),
    where
  )
}

function requestOf(item: unknown, where: string): LoadRequest {
  if (item instanceof LoadRequest) return item
  if (typeof item === 'string') return new LoadRequest(item)
  throw misuse(
    item === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected the name of a relation or load(…), got ${describeType(item)}`
  )
}

/** The step that loads a relation of a model. Throws a `TypeError` where there is no such relation, or it does not fit. */
export function stepFor(from: Metadata, request: LoadRequest, where: string, perParentByDefault?: number): Step {
  const { name, model, options, loads } = request
  if (model && model !== from)
    throw misuse('BAD_QUERY', `${where}: load(${model.name}, '${name}') is of ${model.name}, but here are rows of ${from.name}`)
  const link = linkNamed(from, name, where)
  if (!link.many && options.perParent !== undefined)
    throw misuse(
      'BAD_ARGUMENT',
      `load: perParent is for relations to many rows; ${from.name}.${name} leads to one ${link.to.name}`
    )
  const { perParent = link.many ? perParentByDefault : undefined } = options
  const query = rowsOf(link.to, options.query, `load: ${from.name}.${name}`)
  return { link, query, perParent, filtered: options.query !== undefined, next: stepsFor(link.to, loads, where) }
}

/** The query for rows of a model: the one that was given, or a select of all. Throws a `TypeError` for rows of another model. */
export function rowsOf(model: Metadata, given: AnySelect | undefined, where: string): AnySelect {
  if (!given) return new Select(selectFrom(() => model.requireDatabase(), model.source, []))
  const meta = instancesOf(given.state, where)
  if (meta === model) return given
  throw misuse('BAD_QUERY', `${where} leads to ${model.name}, but the query gives rows of ${meta.name}`)
}

/** The steps, each relation once: its property holds one result. */
function distinct(steps: readonly Step[], where: string): readonly Step[] {
  const names = steps.map(({ link }) => link.name)
  const twice = steps.find(({ link }, i) => names.indexOf(link.name) < i)?.link
  if (!twice) return steps
  const label = `${twice.from.name}.${twice.name}`
  throw misuse(
    'BAD_QUERY',
    `${where}: ${label} is named twice; give all that is behind it to one: load('${twice.name}').then(…, …)`
  )
}
