import type { ExprNode } from '../ast/nodes.js'
import { TYPES, typeOfOid } from '../ast/types.js'
import type { Cell, RawResult, ResultColumn } from '../driver/driver.js'
import type { RowOrigin, Source } from '../expression/source.js'
import type { SelectedItem } from './selection.js'

/** From rows of text to what the caller gets. A reader is made once a query and used for every row. */
export type RowReader = (cells: readonly Cell[], origin: RowOrigin) => unknown

/** How rows are shaped. */
export type RowShape = 'models' | 'dicts' | 'tuples' | ((row: never) => unknown)

/** A joined model that is attached to another under a property. */
export interface Attachment {
  readonly owner: Source
  readonly property: string
  readonly related: Source
}

/** The reader for a selection. */
export function makeReader(
  items: readonly SelectedItem[],
  shape: RowShape,
  root?: Source,
  attachments: readonly Attachment[] = [],
  columns: readonly ResultColumn[] = []
): RowReader {
  return shapedReader(withServerTypes(items, columns), shape, root, attachments)
}

/** The selection with the server's types for expressions whose type only the server knows. */
function withServerTypes(items: readonly SelectedItem[], columns: readonly ResultColumn[]): readonly SelectedItem[] {
  return offsets(items).map(({ item, offset }) => {
    if (item.kind === 'model' || item.node.type !== TYPES.unknown || !columns[offset]) return item
    return { ...item, node: { ...item.node, type: typeOfOid(columns[offset].oid) } as ExprNode }
  })
}

function shapedReader(
  items: readonly SelectedItem[],
  shape: RowShape,
  root: Source | undefined,
  attachments: readonly Attachment[]
): RowReader {
  if (shape === 'tuples') return tupleReader(items)
  const models = items.some(item => item.kind === 'model')
  if (shape === 'models') return models ? graphReader(items, root, attachments) : dictReader(items)
  const dicts = dictReader(items)
  return shape === 'dicts' ? dicts : (cells, origin) => shape(dicts(cells, origin) as never)
}

/** All rows of a result, each read by the reader. `text` says where they come from. */
export function readRows(result: RawResult, reader: RowReader, text: string): unknown[] {
  const { rows } = result
  const origin: RowOrigin = { text }
  const read = new Array<unknown>(rows.length)
  for (let i = 0; i < rows.length; i++) read[i] = reader(rows[i], origin)
  return read
}

/** A cell as the type of its expression says. */
export function decodeCell(cell: Cell, node: ExprNode): unknown {
  return cell === null ? null : node.type.decode(cell)
}

function tupleReader(items: readonly SelectedItem[]): RowReader {
  const nodes = items.flatMap(item => (item.kind === 'model' ? item.source.columns.map(({ column }) => column) : [item.node]))
  return cells => nodes.map((node, i) => decodeCell(cells[i], node))
}

function dictReader(items: readonly SelectedItem[]): RowReader {
  const columns = flatItems(items)
  return cells => {
    const row: Record<string, unknown> = {}
    for (let i = 0; i < columns.length; i++) row[columns[i].name] = decodeCell(cells[i], columns[i].node)
    return row
  }
}

/** The names and nodes of flat rows; a name that occurs again is suffixed `_2`, `_3`. */
export function flatItems(items: readonly SelectedItem[]): { readonly name: string; readonly node: ExprNode }[] {
  const flat = items.flatMap(item =>
    item.kind === 'model'
      ? item.source.columns.map(({ property, column }) => ({ name: property, node: column as ExprNode }))
      : [item]
  )
  const seen = new Map<string, number>()
  return flat.map(({ name, node }) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return { name: times === 1 ? name : `${name}_${times}`, node }
  })
}

/** Instances with their joined instances attached, and expressions as properties of the first. */
function graphReader(items: readonly SelectedItem[], root: Source | undefined, attachments: readonly Attachment[]): RowReader {
  const parts = offsets(items)
  const only = parts.length === 1 && parts[0].item.kind === 'model' ? parts[0].item.source : undefined
  if (only) return (cells, origin) => only.read(cells, 0, origin)
  return (cells, origin) => {
    const found = new Map<Source, object | null>()
    for (const { item, offset } of parts) {
      if (item.kind === 'model')
        found.set(item.source, isMissing(cells, offset, item.source, root) ? null : item.source.read(cells, offset, origin))
    }
    const first = (root && found.get(root)) ?? found.values().next().value ?? null
    attach(found, attachments)
    for (const { item, offset } of parts) {
      if (item.kind === 'expression' && first)
        (first as Record<string, unknown>)[item.name] = decodeCell(cells[offset], item.node)
    }
    return first
  }
}

function attach(found: ReadonlyMap<Source, object | null>, attachments: readonly Attachment[]): void {
  for (const { owner, property, related } of attachments) {
    const instance = found.get(owner)
    const value = found.get(related)
    if (instance && value !== undefined) owner.attach(instance, property, value)
  }
}

function offsets(items: readonly SelectedItem[]): { readonly item: SelectedItem; readonly offset: number }[] {
  let next = 0
  return items.map(item => {
    const offset = next
    next += item.kind === 'model' ? item.source.columns.length : 1
    return { item, offset }
  })
}

/** Whether an outer join found no row of a source: its key, or all of it, is null. */
function isMissing(cells: readonly Cell[], offset: number, source: Source, root: Source | undefined): boolean {
  if (source === root) return false
  const { columns, primaryKey } = source
  const decisive = primaryKey.length > 0 ? primaryKey : columns
  return decisive.every(key => cells[offset + columns.indexOf(key)] === null)
}
