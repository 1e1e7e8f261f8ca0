import { nextTick } from 'node:process'
import { EMPTY_SELECT, param } from '../ast/build.js'
import type { ExprNode, InNode, SelectNode } from '../ast/nodes.js'
import { equality, membership } from '../expression/operands.js'
import { columnNamed, type RowOrigin, type SourceColumn } from '../expression/source.js'
import { compileAndRun } from '../query/executor.js'
import { findByKey } from './key-lookup.js'
import type { Metadata } from './metadata.js'
import { MAX_KEYS, runShape } from './statements.js'

/**
 * Loads the rows that references lead to. Those of one result that are awaited in one tick, in the same transaction, share a
 * query. Keys are held until it is sent, and rows not at all, so that two results never share an instance.
 */

/** A key that is waited for, by as many references as have it. */
interface Waiting {
  readonly key: unknown
  readonly resolve: (instance: object | PromiseLike<object>) => void
  readonly reject: (reason: unknown) => void
  readonly loaded: Promise<object>
}

/** By their wire texts. */
type Keys = ReadonlyMap<string, Waiting>

/** The keys of a query that is about to be sent. */
interface Batch {
  readonly target: Metadata
  /** The property of the target that has the keys. */
  readonly property: string
  /** Where it will run: a block of a transaction, a connection context, or a database. */
  readonly place: object
  readonly waiting: Map<string, Waiting>
}

/** The batches that still take keys. */
const gathering = new WeakMap<RowOrigin, Batch[]>()

/**
 * The instance of `target` whose `property` has a value, loaded together with others that rows of the same origin refer to.
 * Rejects with the model's `DoesNotExist`.
 */
export function loadReferenced(target: Metadata, property: string, key: unknown, origin?: RowOrigin): Promise<object> {
  if (!origin) return loadOne(target, property, key)
  const text = wireText(columnNamed(target.source, property), key)
  const { waiting } = batchOf(origin, target, property)
  const known = waiting.get(text)
  if (known) return known.loaded
  const fresh = waitingFor(key)
  waiting.set(text, fresh)
  return fresh.loaded
}

/** The batch that takes a key now; a new one is sent when this tick is over. */
function batchOf(origin: RowOrigin, target: Metadata, property: string): Batch {
  const { place } = target.requireDatabase()
  const open = gathering.get(origin) ?? []
  const there = open.find(of => of.place === place && of.target === target && of.property === property)
  if (there) return there
  const batch: Batch = { target, property, place, waiting: new Map() }
  gathering.set(origin, [...open, batch])
  afterThisTick(() => {
    gathering.set(origin, gathering.get(origin)?.filter(of => of !== batch) ?? [])
    send(batch, origin)
  })
  return batch
}

/** Calls back when all that can run now has run: what is awaited in this tick is known by then. */
function afterThisTick(work: () => void): void {
  void Promise.resolve().then(() => nextTick(work))
}

function waitingFor(key: unknown): Waiting {
  const settle = {} as Pick<Waiting, 'resolve' | 'reject'>
  const loaded = new Promise<object>((resolve, reject) => Object.assign(settle, { resolve, reject }))
  return { key, loaded, ...settle }
}

function send({ target, property, waiting }: Batch, origin: RowOrigin): void {
  const keys = [...waiting]
  for (let from = 0; from < keys.length; from += MAX_KEYS) {
    const some = new Map(keys.slice(from, from + MAX_KEYS))
    answer(target, property, some, origin).catch(error => {
      for (const { reject } of some.values()) reject(error)
    })
  }
}

/** Loads the rows of some keys, and gives each to those that wait for it. */
async function answer(target: Metadata, property: string, keys: Keys, { asGiven }: RowOrigin): Promise<void> {
  const [first] = keys.values()
  if (keys.size === 1) return first.resolve(await loadOne(target, property, first.key))
  const { rows, text } = await rowsOf(
    target,
    property,
    Array.from(keys.values(), ({ key }) => key)
  )
  // They are a result, too: what they refer to is loaded together in its turn.
  const origin: RowOrigin = { text }
  const column = columnNamed(target.source, property)
  const at = target.source.columns.indexOf(column)
  const missing = new Map(keys)
  for (const cells of rows) {
    const own = wireText(column, column.column.type.decode(cells[at] as string))
    keys.get(own)?.resolve(target.source.read(cells, 0, origin))
    missing.delete(own)
  }
  for (const { key, resolve, reject } of missing.values()) {
    // A program may have written a key otherwise than the server, which alone knows that the two are equal.
    if (asGiven) resolve(loadOne(target, property, key))
    else reject(target.source.notFound(text))
  }
}

async function loadOne(target: Metadata, property: string, key: unknown): Promise<object> {
  const { primaryKey } = target.source
  if (primaryKey.length === 1 && primaryKey[0].property === property) return findByKey(target, key)
  const { rows, text } = await rowsOf(target, property, [key])
  if (rows.length === 0) throw target.source.notFound(text)
  return target.source.read(rows[0], 0, { text })
}

/** The rows whose property has one of the values. */
async function rowsOf(target: Metadata, property: string, keys: readonly unknown[]) {
  const { column } = columnNamed(target.source, property)
  const where = keys.length === 1 ? equality(column, keys[0], false) : membership(column, keys, false)
  const value = where.kind === 'binary' ? where.right : (where as InNode).among
  const make = () => selectWhere(target, where)
  if (value.kind === 'param') {
    const { result, text } = await runShape(target, `${property} ${where.kind}`, [value.text], make)
    return { rows: result.rows, text }
  }
  // A type without arrays: each key is a parameter.
  const { result, statement } = await compileAndRun(target.requireDatabase(), make())
  return { rows: result.rows, text: statement.text }
}

function selectWhere({ source }: Metadata, where: ExprNode): SelectNode {
  return { ...EMPTY_SELECT, columns: source.columns.map(({ column }) => column), from: [source.node], where }
}

function wireText({ column }: SourceColumn, key: unknown): string {
  return param(key, column.type, `${column.owner}.${column.property}`).text as string
}
