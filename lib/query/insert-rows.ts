import { DEFAULT, param } from '../ast/build.js'
import type { ExprNode, InsertNode, UnnestNode } from '../ast/nodes.js'
import { arrayOf, TYPES } from '../ast/types.js'
import { nodeOf } from '../expression/operands.js'
import type { Source, SourceColumn } from '../expression/source.js'
import { valueNode } from './assignments.js'

/** Values for one row, in the order of the source's columns; `undefined` where a column is left out. */
export type RowValues = readonly unknown[]

/** A column of a source, and where its values stand in rows. */
interface Place extends SourceColumn {
  readonly at: number
}

/** The limit of the protocol is 65,535, that of the driver a little less. */
const MAX_PARAMETERS = 65_000
/** Rows in one statement of arrays: enough to make the round trip cheap, few enough to bound its size. */
const ROWS_PER_UNNEST = 20_000

/** The INSERT of one row; a row without values is DEFAULT VALUES. */
export function insertOne(source: Source, row: RowValues, replace = false): InsertNode {
  const places = placesGiven(source, [row])
  const base = insertBase(source, places, replace)
  return places.length === 0 ? base : { ...base, source: { kind: 'values', rows: [valuesOf(places, row)] } }
}

/**
 * The INSERTs of many rows, as few as the limits allow. Plain values travel as one array a column, so that the text is
 * the same for any number of rows; rows with expressions, with gaps, or of types without arrays as a VALUES list.
 */
export function insertRows(source: Source, rows: readonly RowValues[], replace = false): InsertNode[] {
  const columns = placesGiven(source, rows)
  const base = insertBase(source, columns, replace)
  if (columns.length === 0) return rows.map(() => base)
  if (rows.length > 1 && columns.every(column => isArrayable(column, rows))) {
    return chunked(rows, ROWS_PER_UNNEST).map(chunk => ({ ...base, source: unnestOf(columns, chunk) }))
  }
  const size = Math.max(1, Math.floor(MAX_PARAMETERS / columns.length))
  return chunked(rows, size).map(chunk => ({
    ...base,
    source: { kind: 'values', rows: chunk.map(row => valuesOf(columns, row)) }
  }))
}

function insertBase(source: Source, columns: readonly Place[], replace: boolean): InsertNode {
  const returning = source.primaryKey.map(({ column }) => column)
  return { kind: 'insert', table: source.table, columns: columns.map(({ column }) => column.name), replace, returning }
}

/** The columns that any row gives. */
function placesGiven(source: Source, rows: readonly RowValues[]): Place[] {
  const places = source.columns.map((column, at) => ({ ...column, at }))
  return places.filter(({ at }) => rows.some(row => row[at] !== undefined))
}

function isArrayable({ column, at }: Place, rows: readonly RowValues[]): boolean {
  if (column.type.arrayOid === 0 && column.type.category !== 'json') return false
  return rows.every(row => row[at] !== undefined && nodeOf(row[at]) === undefined)
}

function unnestOf(columns: readonly Place[], rows: readonly RowValues[]): UnnestNode {
  return {
    kind: 'unnest',
    columns: columns.map(({ column, at }) => {
      const { type, owner, property } = column
      // JSON goes as text: one of the servers has no arrays of it.
      const json = type.category === 'json'
      const element = json ? { ...TYPES.text, encode: type.encode } : type
      return {
        array: param(
          rows.map(row => row[at]),
          arrayOf(element),
          `${owner}.${property}`
        ),
        cast: json ? type : undefined
      }
    })
  }
}

function valuesOf(columns: readonly Place[], row: RowValues): ExprNode[] {
  return columns.map(place => (row[place.at] === undefined ? DEFAULT : valueNode(row[place.at], place)))
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
