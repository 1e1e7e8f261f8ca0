import { param } from '../ast/build.js'
import type { ExprNode, ParamNode, RootNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import type { SourceColumn } from '../expression/source.js'
import { valueNode } from '../query/assignments.js'
import { runNode } from '../query/executor.js'
import type { RowValues, Sent } from '../query/insert-rows.js'
import { readCell } from './instance.js'
import { keyIs, requireKey } from './key-lookup.js'
import type { Metadata, ModelField } from './metadata.js'
import { isUnchanged, type LoadedRow, rows } from './row.js'
import { runShape } from './statements.js'
import { validateInstance } from './validate.js'
import { checkValue, refuseServerMade } from './values.js'

/** Instances into the database. */

type Properties = Record<string, unknown>
type Cells = readonly (string | null)[]
/** What is written to each column, in metadata order; nothing where a column is left out. */
type Nodes = readonly (ExprNode | undefined)[]

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
  checkOnly(meta, options.only)
  if (options.validate !== false) await validateInstance(instance, meta)
  const row = rows.get(instance)
  return row && !options.forceInsert
    ? updateInstance(instance, meta, row, options.only)
    : insertInstance(instance, meta, options.only)
}

function checkOnly(meta: Metadata, only: readonly string[] | undefined): void {
  for (const name of only ?? []) meta.field(name)
  if (only?.length === 0) throw misuse('BAD_ARGUMENT', `${meta.name}.save: only names no property, so there is no data to save`)
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
  const nodes = newRowOf(instance, meta, meta.name, only).map((value, i) =>
    value === undefined ? undefined : valueNode(value, meta.source.columns[i])
  )
  const returned = meta.source.columns.filter((_, i) => nodes[i]?.kind !== 'param' || meta.fields[i].field.normalised)
  const result = await runWrite(meta, 'insert', nodes, [], () => insertNode(meta, nodes, returned))
  takeIn(instance, meta, nodes, returned, result.rows[0] ?? [])
  return result.count
}

/** What a new row is to have of an instance, checked; nothing where a column is left out. `where` is what messages call it. */
export function newRowOf(instance: object, meta: Metadata, where: string, only?: readonly string[]): RowValues {
  return meta.fields.map((item, i) => {
    const value = isAmong(item, only) ? writable(instance, meta, i) : undefined
    checkValue(meta, item, value, where)
    return value
  })
}

/** The value that a new row is to have; of a column that the server makes, none. */
function writable(instance: object, meta: Metadata, at: number): unknown {
  const item = meta.fields[at]
  const value = (instance as Properties)[item.property]
  if (item.field.madeBy !== 'server') return value
  const row = rows.get(instance)
  if (!row || !isUnchanged(value, row[at], meta.source.columns[at].column.type)) refuseServerMade(meta, item, value)
  return undefined
}

function insertNode(meta: Metadata, nodes: Nodes, returned: readonly SourceColumn[]): RootNode {
  const given = meta.source.columns.flatMap(({ column }, i) => (nodes[i] ? [{ name: column.name, node: nodes[i] }] : []))
  return {
    kind: 'insert',
    table: meta.table,
    columns: given.map(({ name }) => name),
    source: given.length === 0 ? undefined : { kind: 'values', rows: [given.map(({ node }) => node)] },
    replace: false,
    returning: returned.map(({ column }) => column)
  }
}

async function updateInstance(
  instance: object,
  meta: Metadata,
  row: LoadedRow,
  only: readonly string[] | undefined
): Promise<number> {
  // Also where nothing is written, or the write fails.
  setBackWhenUndone(instance, meta)
  const changed = dirtyFields(instance, meta).filter(item => isAmong(item, only))
  if (changed.length === 0) return 0
  const nodes = meta.fields.map((item, i) => (changed.includes(item) ? changedNode(instance, meta, i) : undefined))
  const returned = meta.source.columns.filter((_, i) => {
    const { normalised, followsUpdates } = meta.fields[i].field
    return nodes[i] ? nodes[i]?.kind !== 'param' || normalised : followsUpdates
  })
  const key = keyParams(instance, meta)
  const result = await runWrite(meta, 'update', nodes, key, () => updateNode(meta, nodes, key, returned))
  if (result.count === 0) return 0
  takeIn(instance, meta, nodes, returned, result.rows[0] ?? [], row)
  return result.count
}

function changedNode(instance: object, meta: Metadata, at: number): ExprNode {
  const item = meta.fields[at]
  const value = (instance as Properties)[item.property]
  if (value === undefined) {
    const message = `${meta.name}.${item.property} was loaded and is now undefined; assign null for NULL`
    throw misuse('UNDEFINED_VALUE', message)
  }
  checkValue(meta, item, value)
  return valueNode(value, meta.source.columns[at])
}

function updateNode(meta: Metadata, nodes: Nodes, key: readonly ParamNode[], returned: readonly SourceColumn[]): RootNode {
  const set = meta.source.columns.flatMap(({ column }, i) => (nodes[i] ? [{ column: column.name, value: nodes[i] }] : []))
  const returning = returned.map(({ column }) => column)
  return { kind: 'update', table: meta.table, set, from: [], where: keyIs(meta, key), returning }
}

/** Runs a write of an instance; one of plain values alone is compiled once for each set of columns. */
async function runWrite(meta: Metadata, verb: string, nodes: Nodes, key: readonly ParamNode[], make: () => RootNode) {
  let shape = verb
  const params: (string | null)[] = []
  for (const node of nodes) {
    shape += node ? '1' : '0'
    if (!node) continue
    if (node.kind !== 'param') return runNode(meta.requireDatabase(), make())
    params.push(node.text)
  }
  for (const { text } of key) params.push(text)
  return (await runShape(meta, shape, params, make)).result
}

function isAmong({ property, keyProperty }: ModelField, only: readonly string[] | undefined): boolean {
  return !only || only.includes(property) || (keyProperty !== undefined && only.includes(keyProperty))
}

function sentCell(sent: Sent): string | null | undefined {
  if (typeof sent !== 'object' || sent === null) return sent
  return sent.kind === 'param' ? sent.text : undefined
}

/** Makes the instance what the server now has: the cells that were sent, and those it gave back, over those it had. */
export function takeIn(
  instance: object,
  meta: Metadata,
  sent: readonly Sent[],
  returned: readonly SourceColumn[],
  cells: Cells,
  before: LoadedRow = []
): void {
  setBackWhenUndone(instance, meta, returned)
  const row = meta.source.columns.map((column, at) => {
    const i = returned.indexOf(column)
    const cell = i >= 0 ? (cells[i] ?? null) : sentCell(sent[at])
    // What was written and is not as it was given: an expression, a rounded number, a default of another form.
    const value = (instance as Properties)[column.property]
    const mayDiffer = cell !== undefined && (i >= 0 || typeof value !== 'object')
    if (mayDiffer && (meta.fields[at].field.normalised || !isUnchanged(value, cell, column.column.type)))
      readCell(instance, meta, at, cell)
    return cell === undefined ? before[at] : cell
  })
  rows.set(instance, row)
}

/**
 * Sees to it that an instance forgets what a rolled-back transaction wrote or read into it: it is dirty again, or new again,
 * and without the values of those columns. Before another attempt it also loses its changes, which the attempt will make anew.
 */
export function setBackWhenUndone(instance: object, meta: Metadata, columns: readonly SourceColumn[] = []): void {
  const row = rows.get(instance)
  const before = columns.map(({ property }) => [property, (instance as Properties)[property]] as const)
  meta.requireDatabase().whenUndone(retry => {
    rows.set(instance, row)
    for (const [property, value] of before) (instance as Properties)[property] = value
    if (!retry || !row) return
    row.forEach((cell, at) => {
      if (cell !== undefined) readCell(instance, meta, at, cell)
    })
  })
}

/** The condition that means the instance's row: by the key it was loaded with. Throws a `TypeError` for an instance without key. */
export function keyCondition(instance: object, meta: Metadata): ExprNode {
  return keyIs(meta, keyParams(instance, meta))
}

/** The key that the instance was loaded with, else the one it has. */
export function keyParams(instance: object, meta: Metadata): ParamNode[] {
  requireKey(meta)
  return meta.primaryKey.map(item => keyParam(instance, meta, item))
}

/** The value by which other rows are meant: the one that the instance was loaded with, else the one it has. */
export function keyParam(instance: object, meta: Metadata, item: ModelField): ParamNode {
  const at = meta.fields.indexOf(item)
  const { column } = meta.source.columns[at]
  const cell = rows.get(instance)?.[at]
  if (cell !== undefined && cell !== null)
    return { kind: 'param', value: column.type.decode(cell), text: cell, type: column.type }
  return param(savedKey(instance, meta, item), column.type, `${meta.name}.${item.property}`)
}

function savedKey(instance: object, meta: Metadata, { property }: ModelField): unknown {
  const key = (instance as Properties)[property]
  if (key !== undefined && key !== null) return key
  throw misuse('UNDEFINED_VALUE', `This ${meta.name} has no ${property} yet; save it first`)
}
