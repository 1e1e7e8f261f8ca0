import { misuse } from '../errors.js'
import { findSource } from '../expression/source.js'
import type { RowsState } from '../query/rows.js'
import { Select, selectFrom } from '../query/select.js'
import { describeType } from '../util/describe.js'
import { type Link, linkNamed } from './links.js'
import { LoadRequest } from './load.js'
import type { AnySelect } from './load-types.js'
import { instancesOf, Loading, type Step } from './loading.js'
import type { Metadata } from './metadata.js'

/** From what a caller wants loaded with a query to the steps that load it; and what is refused. */

/** A query of rows, whichever. */
interface AnyQuery {
  readonly state: RowsState
  remade<Q>(change: Partial<RowsState>): Q
}

/** What `withRelated` takes behind the relations, for those named there that have none of their own. */
export interface LoadDefaults {
  /** How many rows for each parent, at most. */
  readonly perParent?: number
}

/** The query with more to be loaded behind its instances. */
export function following(query: AnyQuery, steps: readonly Step[], where: string): never {
  const before = query.state.following instanceof Loading ? query.state.following.steps : []
  return query.remade({ following: new Loading(distinct([...before, ...steps], where)) })
}

/** The steps for what `withRelated` was given. */
export function requestedSteps(model: Metadata, given: readonly unknown[], where: string): Step[] {
  const last = given.at(-1)
  const isDefaults = typeof last === 'object' && last !== null && !(last instanceof LoadRequest)
  const { perParent } = isDefaults ? (last as LoadDefaults) : {}
  return stepsOf(model, isDefaults ? given.slice(0, -1) : given, where, perParent)
}

function stepsOf(model: Metadata, given: readonly unknown[], where: string, perParent?: number): Step[] {
  return distinct(
    given.map(item => stepOf(model, requestOf(item, where), where, perParent)),
    where
  )
}

function requestOf(item: unknown, where: string): LoadRequest {
  if (item instanceof LoadRequest) return item
  if (typeof item === 'string') return new LoadRequest(item, undefined, {})
  throw misuse(
    item === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected the name of a relation or load(…), got ${describeType(item)}`
  )
}

function stepOf(from: Metadata, request: LoadRequest, where: string, perParentByDefault?: number): Step {
  const { name, model, options, loads } = request
  if (model && model !== from)
    throw misuse('BAD_QUERY', `${where}: load(${model.name}, '${name}') is of ${model.name}, but here are rows of ${from.name}`)
  const link = linkNamed(from, name, where)
  const perParent = options.perParent ?? (link.many ? perParentByDefault : undefined)
  checkPerParent(link, perParent)
  const query = rowsQuery(link.to, options.query, `load: ${from.name}.${name}`)
  checkLimits(query, perParent, `load: ${from.name}.${name}`)
  return { link, query, perParent, filtered: options.query !== undefined, next: stepsOf(link.to, loads, where) }
}

/** Each relation is loaded once: its property holds one result. */
function distinct(steps: readonly Step[], where: string): Step[] {
  const twice = steps.find(({ link }, i) => steps.findIndex(other => other.link.name === link.name) < i)
  if (!twice) return [...steps]
  const { from, name } = twice.link
  throw misuse(
    'BAD_QUERY',
    `${where}: ${from.name}.${name} is named twice; give all that is behind it to one: load('${name}').then(…, …)`
  )
}

function checkPerParent({ many, from, name, to }: Link, perParent: number | undefined): void {
  if (perParent === undefined) return
  if (!Number.isSafeInteger(perParent) || perParent < 1)
    throw misuse('BAD_ARGUMENT', `load: perParent must be a whole number of rows from 1 up, got ${String(perParent)}`)
  if (!many)
    throw misuse('BAD_ARGUMENT', `load: perParent is for relations to many rows; ${from.name}.${name} leads to one ${to.name}`)
}

/** The query for rows of a model: what was given, held against the model, or a select of it. */
export function rowsQuery(model: Metadata, given: unknown, where: string): AnySelect {
  if (given === undefined) return new Select(selectFrom(() => model.requireDatabase(), model.source, []))
  if (!(given instanceof Select)) {
    const got = findSource(given) ? 'a source; give its select()' : describeType(given)
    throw misuse('WRONG_TYPE', `${where}: expected a select of ${model.name}, got ${got}`)
  }
  const meta = instancesOf(given.state, `${where}: the query`)
  if (meta === model) return given
  throw misuse('BAD_QUERY', `${where} leads to ${model.name}, but the query gives rows of ${meta.name}`)
}

/** Throws a `TypeError` for limits that would hold for the rows of all parents together. */
export function checkLimits({ state }: AnySelect, perParent: number | undefined, where: string): void {
  const { limit, offset, distinct: isDistinct, groupBy, lock } = state.node
  if (limit || offset)
    throw misuse(
      'BAD_QUERY',
      `${where}: limit() and offset() would cut off the rows of all parents together; for a number of rows each, use load(…, { perParent })`
    )
  if (perParent !== undefined && (isDistinct || groupBy.length > 0 || lock))
    throw misuse(
      'BAD_QUERY',
      `${where}: perParent numbers the rows, so the query can have no distinct(), groupBy() or forUpdate()`
    )
}
