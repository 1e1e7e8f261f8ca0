import { aliasOf, binary, caseOf, cast, column, conjunction, param } from '../ast/build.js'
import type { AliasNode, ColumnNode, ExprNode, UpdateNode } from '../ast/nodes.js'
import { located, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import type { SourceColumn } from '../expression/source.js'
import { columnsNamed } from '../query/assignments.js'
import { runNode } from '../query/executor.js'
import { arrayOfColumn, isPlain, type RowChunk, RowPacker, type Sent } from '../query/insert-rows.js'
import { type BulkOptions, batchSizeOf, instancesOf } from './bulk.js'
import type { Metadata, ModelField } from './metadata.js'
import { keyParams, takeIn } from './persist.js'
import { rows as loadedRows } from './row.js'
import { isCell } from './row-order.js'
import { checkValue } from './values.js'

/** One instance to be updated. */
interface Item {
  readonly instance: object
  /** Its place in the caller's list. */
  readonly index: number
  readonly key: readonly (string | null)[]
}

/** A batch: its instances, and what each is to have in the fields. */
interface Batch {
  readonly items: readonly Item[]
  readonly chunk: RowChunk
}

/**
 * Updates some fields of many instances in as few statements as possible, all of them or none; gives how many rows there were.
 *
 * The values travel as one array a column, with the keys and the rows' numbers beside them:
 * `UPDATE t SET c = u.c3 FROM (SELECT … FROM unnest($1, $2, $3)) AS u (c1, c2, c3) WHERE t.id = u.c2 RETURNING u.c1`.
 */
export async function bulkUpdate(
  meta: Metadata,
  given: Iterable<object>,
  names: readonly unknown[],
  options: BulkOptions = {}
): Promise<number> {
  const where = `${meta.name}.bulkUpdate`
  const instances = instancesOf(meta, given, where)
  const fields = fieldsOf(meta, names, where)
  const size = batchSizeOf(options, where)
  const items = itemsOf(meta, instances, where)
  const batches = batchesOf(meta, items, fields, size, where)
  if (batches.length === 0) return 0
  if (batches.length === 1) return updateBatch(meta, batches[0], fields)
  return meta.requireDatabase().atomically(async () => {
    let count = 0
    for (const batch of batches) count += await updateBatch(meta, batch, fields)
    return count
  })
}

function fieldsOf(meta: Metadata, names: readonly unknown[], where: string): ModelField[] {
  if (!Array.isArray(names) || names.length === 0)
    throw misuse('BAD_ARGUMENT', `${where}: name the fields that are to be updated: bulkUpdate(instances, ['…'])`)
  return columnsNamed(meta.source, names, where).map(({ property }) => meta.field(property))
}

/** The instances with their keys, each once. Throws a `TypeError` for one without key, and for two of the same row. */
function itemsOf(meta: Metadata, instances: readonly object[], where: string): Item[] {
  const seen = new Map<string, Item>()
  instances.forEach((instance, index) => {
    const key = keyOf(instance, meta, `${where}, instance ${index}`)
    const text = JSON.stringify(key)
    const other = seen.get(text)
    if (other && other.instance !== instance)
      throw misuse('BAD_ARGUMENT', `${where}: instances ${other.index} and ${index} are the same row; which of them is meant?`)
    if (!other) seen.set(text, { instance, index, key })
  })
  return [...seen.values()]
}

function keyOf(instance: object, meta: Metadata, where: string): (string | null)[] {
  try {
    return keyParams(instance, meta).map(({ text }) => text)
  } catch (error) {
    throw located(error, where)
  }
}

function columnsOf(meta: Metadata, fields: readonly ModelField[]): SourceColumn[] {
  return fields.map(item => meta.source.columns[meta.fields.indexOf(item)])
}

function batchesOf(meta: Metadata, items: readonly Item[], fields: readonly ModelField[], size: number, where: string): Batch[] {
  const packer = new RowPacker(columnsOf(meta, fields), size)
  const batches: Batch[] = []
  let from = 0
  const take = (chunk: RowChunk | undefined) => {
    if (!chunk) return
    batches.push({ items: items.slice(from, from + chunk.values.length), chunk })
    from += chunk.values.length
  }
  for (const { instance, index } of items) {
    const place = `${where}, instance ${index}`
    take(packer.add(valuesOf(instance, meta, fields, place), place))
  }
  take(packer.rest())
  return batches
}

function valuesOf(instance: object, meta: Metadata, fields: readonly ModelField[], where: string): unknown[] {
  return fields.map(item => {
    const value = (instance as Record<string, unknown>)[item.property]
    if (value === undefined)
      throw misuse('UNDEFINED_VALUE', `${where}.${item.property}: the value is undefined; assign null for NULL`)
    checkValue(meta, item, value, where)
    return value
  })
}

async function updateBatch(meta: Metadata, batch: Batch, fields: readonly ModelField[]): Promise<number> {
  const returned = returnedOf(meta, batch, fields)
  const result = await runNode(meta.requireDatabase(), updateNode(meta, batch, columnsOf(meta, fields), returned))
  for (const [number, ...cells] of result.rows) {
    const at = Number(number)
    const { instance } = batch.items[at]
    const row = loadedRows.get(instance)
    // One that was not loaded stays new: what its other properties hold is not known to be in the row.
    if (row) takeIn(instance, meta, sentOf(meta, batch, fields, at), returned, cells, row)
  }
  return result.count
}

/** The columns whose values the server makes, or may change. */
function returnedOf(meta: Metadata, { chunk }: Batch, fields: readonly ModelField[]): SourceColumn[] {
  return meta.source.columns.filter((_, i) => {
    const { field } = meta.fields[i]
    const at = fields.indexOf(meta.fields[i])
    return at < 0 ? field.followsUpdates : field.normalised || !chunk.sent[at].every(isCell)
  })
}

/** What was sent for the fields of one item, in the order of the model's columns. */
function sentOf(meta: Metadata, { chunk }: Batch, fields: readonly ModelField[], at: number): Sent[] {
  return meta.fields.map(item => chunk.sent[fields.indexOf(item)]?.[at])
}

function updateNode(
  meta: Metadata,
  { items, chunk }: Batch,
  columns: readonly SourceColumn[],
  returned: readonly SourceColumn[]
): UpdateNode {
  const { primaryKey } = meta.source
  const arrays = [
    arrayOfColumn(TYPES.int8, [...items.keys()], Array.from(items.keys(), String)),
    ...primaryKey.map(({ column: { type } }, i) => {
      const keys = items.map(({ key }) => key[i])
      return arrayOfColumn(type, keys, keys)
    }),
    ...columns.map(({ column: { type } }, at) =>
      arrayOfColumn(
        type,
        chunk.values.map(values => values[at]),
        chunk.sent[at].map(textOf)
      )
    )
  ]
  const source: AliasNode = {
    ...aliasOf({ kind: 'unnest', columns: arrays }, meta.tableName === 'u' ? 'v' : 'u'),
    columns: arrays.map((_, i) => `c${i + 1}`)
  }
  const sent = (place: number, type = TYPES.int8 as ColumnNode['type']) =>
    column(source, `c${place}`, type, meta.name, 'bulkUpdate')
  return {
    kind: 'update',
    table: meta.table,
    set: columns.map(({ column: to }, at) => {
      const value = sent(2 + primaryKey.length + at, to.type)
      return { column: to.name, value: isPlain(chunk, at) ? value : withExpressions(value, sent(1), chunk, at) }
    }),
    from: [source],
    where: conjunction(primaryKey.map(({ column: key }, i) => binary('eq', key, sent(2 + i, key.type), TYPES.bool))),
    returning: [sent(1), ...returned.map(item => item.column)]
  }
}

function textOf(sent: Sent): string | null {
  return isCell(sent) ? sent : null
}

/** The value that was sent, or of the rows that have one their expression. */
function withExpressions(value: ExprNode, number: ExprNode, { sent }: RowChunk, at: number): ExprNode {
  const branches = sent[at].flatMap((node, i) => {
    if (node === undefined || isCell(node)) return []
    return [[param(i, TYPES.int8, 'bulkUpdate'), cast(node, value.type)] as const]
  })
  return caseOf(branches, value, value.type, number)
}
