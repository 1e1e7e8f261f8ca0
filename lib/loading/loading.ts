import { misuse } from '../errors.js'
import { findMetadata, type Metadata, type ModelField } from '../model/metadata.js'
import { LazyReference } from '../model/relations.js'
import { rows } from '../model/row.js'
import type { FollowedQuery, Following, RowsState } from '../query/rows.js'
import type { Link } from './links.js'
import { type KeyedRow, type Reading, rowsOfKeys, type Wanted } from './rows-of-keys.js'

/** Loads the relations of a query's instances, a statement for each relation, and puts them in place. */

/** A relation to be loaded, and what is to be loaded behind it. */
export interface Step extends Wanted {
  /** Whether the query leaves rows out that the relation has. */
  readonly filtered: boolean
  readonly next: readonly Step[]
}

type Properties = Record<string, unknown>

/** What is loaded behind the instances of a query. */
export class Loading implements Following {
  readonly steps: readonly Step[]

  constructor(steps: readonly Step[]) {
    this.steps = steps
  }

  async follow(query: FollowedQuery, rows: readonly unknown[]): Promise<void> {
    // The query may have been changed behind the call that asked for this.
    instancesOf(query.state, 'loading relations')
    const executor = query.executor()
    const { asOf } = executor.compile(query.toNode())
    await loadAll(rows as readonly object[], this.steps, { executor, asOf })
  }
}

/** The model whose instances a query gives. Throws a `TypeError` for a query of anything else. */
export function instancesOf(state: RowsState, where: string): Metadata {
  const { root, items, shape } = state
  const meta = findMetadata(root.table)
  if (meta && shape === 'models' && items.some(item => item.kind === 'model' && item.source === root)) return meta
  const whole = meta ? `all columns of ${meta.name}, as ${meta.name}.select() gives` : 'a model'
  throw misuse('BAD_QUERY', `${where} needs instances: a query of ${whole}, without dicts(), tuples(), objects() or columns()`)
}

async function loadAll(parents: readonly object[], steps: readonly Step[], reading: Reading): Promise<void> {
  // Together: in a transaction they travel in one flight.
  await Promise.all(steps.map(step => loadStep(parents, step, reading)))
}

async function loadStep(parents: readonly object[], step: Step, reading: Reading): Promise<void> {
  const reached = step.link.many ? await loadMany(parents, step, reading) : await loadOne(parents, step, reading)
  await loadAll(reached, step.next, reading)
}

/** Gives each parent an array of the rows that belong to it, and each of those its parent. Gives these rows, each once. */
async function loadMany(parents: readonly object[], step: Step, reading: Reading): Promise<readonly object[]> {
  const { name, from, to, key, inverse, through } = step.link
  const families = new Map<string, { readonly parent: object; readonly children: object[] }>()
  for (const parent of parents) {
    const value = cellOf(parent, from, key)
    if (value !== null && !families.has(value)) families.set(value, { parent, children: [] })
  }
  const found = await rowsOfKeys(step, [...families.keys()], reading)
  const related = through ? shared(found, to) : found
  for (const { instance, key: value } of related) {
    const family = families.get(value)
    family?.children.push(instance)
    if (family && inverse) to.source.attach(instance, inverse.property, family.parent)
  }
  for (const parent of parents) {
    const value = cellOf(parent, from, key)
    const family = value === null ? undefined : families.get(value)
    // A row that a join gave several times has several instances, each with an array of its own.
    setOwn(parent, name, family?.parent === parent ? family.children : [...(family?.children ?? [])])
  }
  return through ? [...new Set(related.map(({ instance }) => instance))] : related.map(({ instance }) => instance)
}

/** The same, with one instance for each row that was found several times. */
function shared(found: readonly KeyedRow[], meta: Metadata): KeyedRow[] {
  if (meta.primaryKey.length === 0) return [...found]
  const instances = new Map<string, object>()
  return found.map(({ instance, key }) => {
    const id = JSON.stringify(meta.primaryKey.map(item => cellOf(instance, meta, item)))
    const first = instances.get(id) ?? instance
    instances.set(id, first)
    return { instance: first, key }
  })
}

/** Gives each parent the row it refers to; those with the same reference have the same instance. Gives these rows, each once. */
async function loadOne(parents: readonly object[], step: Step, reading: Reading): Promise<readonly object[]> {
  const { name, from, key } = step.link
  const waiting = new Map<string, Properties[]>()
  const reached = new Set<object>()
  for (const parent of parents as readonly Properties[]) {
    const there = parent[name]
    // A join attached it, or it is where this one was reached from.
    if (!step.filtered && isLoaded(there)) reached.add(there)
    const value = isLoaded(there) && !step.filtered ? null : cellOf(parent, from, key)
    if (value === null) continue
    const others = waiting.get(value)
    if (others) others.push(parent)
    else waiting.set(value, [parent])
  }
  for (const { instance, key: value } of await rowsOfKeys(step, [...waiting.keys()], reading)) {
    for (const parent of waiting.get(value) ?? []) from.source.attach(parent, name, instance)
    waiting.delete(value)
    reached.add(instance)
  }
  for (const parents of waiting.values()) for (const parent of parents) from.source.attach(parent, name, null)
  return [...reached]
}

function isLoaded(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof LazyReference)
}

/** The value of a field as its row came from the server. */
function cellOf(instance: object, meta: Metadata, { property }: ModelField): string | null {
  return rows.get(instance)?.[meta.placeOf(property)] ?? null
}

/** The array becomes the instance's own, and so comes before the model's accessor. */
function setOwn(instance: object, name: Link['name'], value: readonly object[]): void {
  Object.defineProperty(instance, name, { value, writable: true, enumerable: true, configurable: true })
}
