import { binary, conjunction } from '../ast/build.js'
import type { ExprNode, ParamNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import type { SourceColumn } from '../expression/source.js'
import { valueNode } from '../query/assignments.js'
import { runNode } from '../query/executor.js'
import { insertOne } from '../query/insert-rows.js'
import { propertyValue } from './instance.js'
import type { Metadata, ModelField } from './metadata.js'
import { isUnchanged, type LoadedRow, rows } from './row.js'
import { validateInstance } from './validate.js'
import { checkValue } from './values.js'

/** Instances into the database. */

type Properties = Record<string, unknown>
type Cells = readonly (string | null)[]

/** What `save` takes. */
export interface SaveOptions {
  /** Inserts even an instance that was loaded. */
  readonly forceInsert?: boolean
  /** Writes these properties alone. */
  readonly only?: readonly string[]
  /** `false` does not ask class-validator. */
  readonly validate?: boolean
}

/** Inserts a new instance, or updates the changed columns of a loaded one; gives how many rows that touched. */
export async function saveInstance(instance: object, meta: Metadata, options: SaveOptions = {}): Promise<number> {
  for (const name of options.only ?? []) meta.field(name)
  if (options.validate !== false) await validateInstance(instance, meta)
  const row = rows.get(instance)
  return row && !options.forceInsert
    ? updateInstance(instance, meta, row, options.only)
    : insertInstance(instance, meta, options.only)
}

/** The properties of an instance that differ from its loaded row. */
export function dirtyFields(instance: object, meta: Metadata): ModelField[] {
  const row = rows.get(instance)
  return meta.fields.filter((item, i) => {
    const value = (instance as Properties)[item.property]
    return row ? !isUnchanged(value, row[i], meta.source.columns[i].column.type) : value !== undefined
  })
}

async function insertInstance(instance: object, meta: Metadata, only: readonly string[] | undefined): Promise<number> {
  const properties = instance as Properties
  const values = new Map<SourceColumn, unknown>()
  meta.fields.forEach((item, i) => {
    const value = isAmong(item, only) ? properties[item.property] : undefined
    checkValue(meta, item, value)
    if (value !== undefined) values.set(meta.source.columns[i], value)
  })
  const nodes = meta.source.columns.map(column => (values.has(column) ? valueNode(values.get(column), column) : undefined))
  const returned = meta.source.columns.filter((_, i) => nodes[i]?.kind !== 'param')
  const node = insertOne(meta.source, values)
  const result = await runNode(meta.requireDatabase(), { ...node, returning: returned.map(({ column }) => column) })
  takeIn(instance, meta, sentRow(nodes), returned, result.rows[0] ?? [])
  return result.count
}

async function updateInstance(
  instance: object,
  meta: Metadata,
  row: LoadedRow,
  only: readonly string[] | undefined
): Promise<number> {
  const changed = dirtyFields(instance, meta).filter(item => isAmong(item, only))
  if (changed.length === 0) return 0
  const properties = instance as Properties
  const nodes: (ExprNode | undefined)[] = meta.fields.map((item, i) => {
    if (!changed.includes(item)) return undefined
    const value = properties[item.property]
    if (value === undefined)
      throw misuse('UNDEFINED_VALUE', `${meta.name}.${item.property} was loaded and is now undefined; assign null for NULL`)
    checkValue(meta, item, value)
    return valueNode(value, meta.source.columns[i])
  })
  const set = nodes.flatMap((value, i) => (value ? [{ column: meta.source.columns[i].column.name, value }] : []))
  const returned = meta.source.columns.filter((_, i) => nodes[i] !== undefined && nodes[i]?.kind !== 'param')
  const returning = returned.map(({ column }) => column)
  const result = await runNode(meta.requireDatabase(), {
    kind: 'update',
    table: meta.table,
    set,
    from: [],
    where: keyCondition(instance, meta),
    returning
  })
  if (result.count > 0)
    takeIn(
      instance,
      meta,
      row.map((cell, i) => sentCell(nodes[i]) ?? (nodes[i] ? null : cell)),
      returned,
      result.rows[0] ?? []
    )
  return result.count
}

function isAmong({ property, keyProperty }: ModelField, only: readonly string[] | undefined): boolean {
  return !only || only.includes(property) || (keyProperty !== undefined && only.includes(keyProperty))
}

function sentRow(nodes: readonly (ExprNode | undefined)[]): LoadedRow {
  return nodes.map(sentCell)
}

function sentCell(node: ExprNode | undefined): string | null | undefined {
  return node?.kind === 'param' ? node.text : undefined
}

/** Makes the instance what the server now has: the cells that were sent, and those it gave back. */
function takeIn(instance: object, meta: Metadata, sent: LoadedRow, returned: readonly SourceColumn[], cells: Cells): void {
  const row = [...sent]
  returned.forEach((column, i) => {
    const at = meta.source.columns.indexOf(column)
    const cell = cells[i] ?? null
    const item = meta.fields[at]
    row[at] = cell
    ;(instance as Properties)[item.property] =
      cell === null ? null : propertyValue(column.column.type.decode(cell), instance, item)
  })
  rows.set(instance, row)
}

/** The condition that means the instance's row: by the key it was loaded with. Throws a `TypeError` for an instance without key. */
export function keyCondition(instance: object, meta: Metadata): ExprNode {
  if (meta.primaryKey.length === 0)
    throw misuse(
      'BAD_QUERY',
      `${meta.name} has no primary key, so its rows cannot be told apart; use ${meta.name}.update(…).where(…)`
    )
  const row = rows.get(instance)
  const conditions = meta.primaryKey.map(item => {
    const at = meta.fields.indexOf(item)
    const { column } = meta.source.columns[at]
    const cell = row?.[at]
    const key: ExprNode = cell
      ? loadedParam(cell, column.type)
      : valueNode(savedKey(instance, meta, item), meta.source.columns[at])
    return binary('eq', column, key, TYPES.bool)
  })
  return conjunction(conditions) as ExprNode
}

function savedKey(instance: object, meta: Metadata, { property }: ModelField): unknown {
  const key = (instance as Properties)[property]
  if (key !== undefined && key !== null) return key
  throw misuse('UNDEFINED_VALUE', `This ${meta.name} has no ${property} yet; save it first`)
}

function loadedParam(cell: string, type: ParamNode['type']): ParamNode {
  return { kind: 'param', value: type.decode(cell), text: cell, type }
}
