import { misuse } from '../errors.js'
import { findSource, type Source } from '../expression/source.js'
import { findMetadata, type Metadata } from '../model/metadata.js'
import { Select, selectFrom } from '../query/select.js'
import { describeType } from '../util/describe.js'
import { type Link, linksOf } from './links.js'
import { checkedQuery, refuseLimits } from './load-request.js'
import type { AnySelect } from './load-types.js'
import type { Step } from './loading.js'
import { rowsOf } from './steps.js'

/** From queries of several models to the relations between them, as Peewee's `prefetch` finds them. */

/** A query among those of a prefetch. */
interface Entry {
  readonly model: Metadata
  /** What is put into its rows. */
  readonly next: Step[]
}

/** Rows, and where it was said that they belong. */
interface Subquery {
  readonly model: Metadata
  /** The select that was given; `undefined` for all rows of the model. */
  readonly query: AnySelect | undefined
  readonly into: Metadata | string | undefined
}

/** The steps that put the rows of each query into those of the nearest one before it that has a relation to its model. */
export function prefetchedSteps(root: Metadata, subqueries: readonly unknown[]): readonly Step[] {
  const entries: Entry[] = [{ model: root, next: [] }]
  for (const given of subqueries) {
    const { model, query, into } = subqueryOf(given)
    const [near, link] = nearest(entries, model, into)
    if (query) refuseLimits(query, undefined, `prefetch: ${near.model.name}.${link.name}`)
    const next: Step[] = []
    const rows = rowsOf(model, query, 'prefetch')
    near.next.push({ link, query: rows, perParent: undefined, filtered: query !== undefined, next })
    entries.push({ model, next })
  }
  return entries[0].next
}

function subqueryOf(given: unknown): Subquery {
  const [rows, into] = Array.isArray(given) ? (given as unknown[]) : [given]
  return { ...givenRows(rows), into: into === undefined || typeof into === 'string' ? into : modelOf(findSource(into), into) }
}

function givenRows(rows: unknown): Omit<Subquery, 'into'> {
  if (rows instanceof Select) {
    const query = checkedQuery(rows, 'prefetch')
    return { model: modelOf(query.state.root, rows), query }
  }
  const source = findSource(rows)
  const model = modelOf(source, rows)
  if (!source || source === model.source) return { model, query: undefined }
  return { model, query: new Select(selectFrom(() => model.requireDatabase(), source, [])) }
}

function modelOf(source: Source | undefined, given: unknown): Metadata {
  const meta = source && findMetadata(source.table)
  if (meta) return meta
  throw misuse(
    given === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `prefetch: expected a model or a select of one, or [select, model], got ${describeType(given)}`
  )
}

/** The nearest query before one that takes its rows, and the relation that does. */
function nearest(entries: readonly Entry[], model: Metadata, into: Subquery['into']): readonly [Entry, Link] {
  for (const entry of entries.toReversed()) {
    if (typeof into === 'object' && into !== entry.model) continue
    const links = linksOf(entry.model).filter(({ to, name }) => to === model && (typeof into !== 'string' || name === into))
    const many = links.filter(link => link.many)
    const found = many.length > 0 ? many : links
    if (found.length === 1) return [entry, found[0]]
    if (found.length > 1) throw ambiguous(entry.model, model, found)
  }
  throw unrelated(entries, model, into)
}

function ambiguous(from: Metadata, to: Metadata, links: readonly Link[]): TypeError {
  const names = links.map(({ name }) => name)
  return misuse(
    'BAD_QUERY',
    `prefetch: more than one relation leads from ${from.name} to ${to.name} (${names.join(', ')}); say which: [${to.name}, '${names[0]}']`
  )
}

function unrelated(entries: readonly Entry[], model: Metadata, into: Subquery['into']): TypeError {
  const models = entries.map(entry => entry.model)
  const hidden = model.definedRefs.find(({ to, backref }) => models.includes(to) && backref === undefined)
  if (hidden && into === undefined) {
    const key = `${model.name}.${hidden.field.property}`
    return misuse(
      'BAD_QUERY',
      `prefetch: ${key} leads to ${hidden.to.name}, but has no backref under which its rows would be found there; give it one: { backref: '…' }`
    )
  }
  const from = typeof into === 'object' ? into.name : models.map(({ name }) => name).join(' or ')
  const named = typeof into === 'string' ? ` "${into}"` : ''
  return misuse('BAD_QUERY', `prefetch: there is no relation${named} from ${from} to ${model.name}`)
}
