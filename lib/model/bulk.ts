import { DatabaseError, misuse } from '../errors.js'
import { runNode } from '../query/executor.js'
import { type InsertBody, insertsOf, MAX_ROWS, type RowChunk, RowPacker, type Sent } from '../query/insert-rows.js'
import { describeType } from '../util/describe.js'
import { findMetadata, isReference, type Metadata } from './metadata.js'
import { newRowOf, takeIn } from './persist.js'
import { LazyReference, referenceKey, shareOrigin } from './relations.js'
import { isCell, orderOf, witnessesOf } from './row-order.js'
import { validateAll } from './validate.js'
import { checkValue } from './values.js'

/** Many instances into the database at once. */

/** What `bulkCreate` and `bulkUpdate` take. */
export interface BulkOptions {
  /** At most so many rows in one statement; 20,000 unless given. */
  readonly batchSize?: number
}

/** What `bulkCreate` takes. */
export interface BulkCreateOptions extends BulkOptions {
  /** `false` does not ask class-validator. */
  readonly validate?: boolean
}

type Properties = Record<string, unknown>

/** Inserts instances in as few statements as possible, all of them or none. */
export async function bulkCreate(meta: Metadata, given: Iterable<object>, options: BulkCreateOptions = {}): Promise<void> {
  const where = `${meta.name}.bulkCreate`
  const instances = instancesOf(meta, given, where)
  const size = batchSizeOf(options, where)
  if (instances.length !== new Set(instances).size) {
    const twice = instances.findIndex((instance, i) => instances.indexOf(instance) !== i)
    throw misuse('BAD_ARGUMENT', `${where}: instance ${twice} is in the list twice`)
  }
  if (options.validate !== false) await validateAll(instances, meta, where)
  const [first, ...others] = runsOf(meta, instances, where)
  if (!first) return
  for (const run of others) checkAhead(meta, instances, run, where)
  const inserts = insertsOfRun(meta, instances, first, size, where)
  if (others.length === 0 && inserts.length === 1) await insertInstances(meta, inserts[0])
  else
    await meta.requireDatabase().atomically(async () => {
      for (const insert of inserts) await insertInstances(meta, insert)
      for (const run of others) {
        for (const insert of insertsOfRun(meta, instances, run, size, where)) await insertInstances(meta, insert)
      }
    })
  shareOrigin(instances, meta, `${where}(…)`)
}

/** The instances as a list. Throws a `TypeError` that names the first that is none of the model. */
export function instancesOf(meta: Metadata, given: unknown, where: string): object[] {
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
    throw misuse('WRONG_TYPE', `${where}: expected a list of instances, got ${describeType(given)}`)
  const instances = [...(given as Iterable<object>)]
  instances.forEach((instance: unknown, i) => {
    if (typeof instance === 'object' && instance !== null && findMetadata(instance.constructor) === meta) return
    throw misuse('WRONG_TYPE', `${where}, instance ${i}: expected a ${meta.name}, got ${describeType(instance)}`)
  })
  return instances
}

/** How many rows a statement may have. Throws a `TypeError` for no whole number from 1 up. */
export function batchSizeOf({ batchSize = MAX_ROWS }: BulkOptions, where: string): number {
  if (Number.isSafeInteger(batchSize) && batchSize > 0) return Math.min(batchSize, MAX_ROWS)
  throw misuse('BAD_ARGUMENT', `${where}: batchSize must be a whole number from 1 up`)
}

/** Where instances stand in the list: from one index until another. */
interface Run {
  readonly from: number
  readonly to: number
}

/**
 * The instances in parts that can be inserted at once: one that refers to another of the list, whose key the server will
 * make, comes after it. Throws a `TypeError` for a reference to what will have no key.
 */
function runsOf(meta: Metadata, instances: readonly object[], where: string): Run[] {
  const references = meta.fields.filter(isReference)
  const places = new Map(instances.map((instance, i) => [instance, i]))
  const runs: Run[] = []
  let from = 0
  instances.forEach((instance, i) => {
    for (const { property, field } of references) {
      const target = (instance as Properties)[property]
      if (!isUnsaved(target, field)) continue
      const at = places.get(target as object) ?? i
      if (at >= i) {
        const remedy = 'save it first, or put it before in the list'
        throw misuse('UNDEFINED_VALUE', `${where}, instance ${i}.${property}: what it refers to has no key yet; ${remedy}`)
      }
      if (at < from) continue
      runs.push({ from, to: i })
      from = i
    }
  })
  return instances.length === 0 ? [] : [...runs, { from, to: instances.length }]
}

/** Whether a foreign key's value is an instance that has not the key referred to. */
function isUnsaved(target: unknown, field: Parameters<typeof referenceKey>[1]): boolean {
  if (typeof target !== 'object' || target === null || target instanceof LazyReference) return false
  if (!findMetadata(target.constructor)) return false
  const key = referenceKey(target, field)
  return key === undefined || key === null
}

/** Throws for what can be found wrong with instances before the rows they refer to are there. */
function checkAhead(meta: Metadata, instances: readonly object[], { from, to }: Run, where: string): void {
  for (let i = from; i < to; i++) {
    const instance = instances[i] as Properties
    for (const item of meta.fields) {
      if (item.field.madeBy !== 'server') checkValue(meta, item, instance[item.property], `${where}, instance ${i}`)
    }
  }
}

/** Instances to be inserted by one statement. */
interface InstanceInsert {
  readonly instances: readonly object[]
  /** By column, what is sent for them. */
  readonly sent: readonly (readonly Sent[])[]
  readonly body: InsertBody
}

function insertsOfRun(meta: Metadata, instances: readonly object[], run: Run, size: number, where: string): InstanceInsert[] {
  const packer = new RowPacker(meta.source.columns, size)
  const inserts: InstanceInsert[] = []
  let first = run.from
  const take = (chunk: RowChunk | undefined) => {
    if (!chunk) return
    for (const { from, to, body } of insertsOf(meta.source, chunk)) {
      const sent = chunk.sent.map(items => items.slice(from, to))
      inserts.push({ instances: instances.slice(first + from, first + to), sent, body })
    }
    first += chunk.values.length
  }
  for (let i = run.from; i < run.to; i++) {
    const place = `${where}, instance ${i}`
    take(packer.add(newRowOf(instances[i], meta, place), place))
  }
  take(packer.rest())
  return inserts
}

/** Inserts instances, and makes them what the server then has. */
async function insertInstances(meta: Metadata, { instances, sent, body }: InstanceInsert): Promise<void> {
  const { columns } = meta.source
  // What the server makes or may change, and what tells the rows apart in case they come back in another order.
  const returned = columns.filter((_, at) => meta.fields[at].field.normalised || !sent[at].every(isCell))
  const witnesses = returned.length === 0 || instances.length === 1 ? [] : witnessesOf(columns, sent)
  const returning = [...returned, ...witnesses.map(at => columns[at])].map(({ column }) => column)
  const executor = meta.requireDatabase()
  const { count, rows } = await runNode(executor, { kind: 'insert', table: meta.table, replace: false, ...body, returning })
  if (count !== instances.length) {
    const reason = 'a trigger or rule of the table left the others out'
    throw new DatabaseError(`${meta.name}.bulkCreate: of ${instances.length} rows sent ${count} were inserted; ${reason}`)
  }
  const order = orderOf(columns, sent, witnesses, rows, returned.length)
  instances.forEach((instance, i) => {
    const own = sent.map(items => items[i])
    takeIn(instance, meta, own, returned, rows[order(i)] ?? [])
  })
}
