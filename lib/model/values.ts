import { param, undefinedValue } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { DataError, misuse, NotNullViolation } from '../errors.js'
import { nodeOf } from '../expression/operands.js'
import { type Part, sourceFields } from '../expression/source.js'
import { columnsNamed } from '../query/assignments.js'
import type { RowValues } from '../query/insert-rows.js'
import { describeType } from '../util/describe.js'
import type { Metadata, ModelField } from './metadata.js'
import { HYDRATE } from './row.js'

/** What is to be written: names resolved, defaults filled in, and whatever the server would refuse refused before. */

type Properties = Record<string, unknown>

/** The values of a new row that a program gave as an object. `where` is what messages call it. */
export function rowFromData(meta: Metadata, data: object, where: string): RowValues {
  const row = new Array<unknown>(meta.fields.length)
  let parts: (readonly [part: Part, value: unknown])[] | undefined
  for (const [name, value] of Object.entries(data)) {
    const at = meta.placeOf(name)
    const part = at < 0 ? meta.computed.get(name)?.part : undefined
    if (at < 0 && !part) throw meta.noField(name)
    if (value === undefined) throw undefinedValue(`${where}.${name}`)
    if (part) parts = [...(parts ?? []), [part, value]]
    else row[at] = value
  }
  for (const [part, value] of parts ?? []) {
    const at = meta.placeOf(part.of)
    row[at] = part.set(row[at] ?? initialValues(meta)[part.of] ?? defaultValue(meta, meta.fields[at]), value)
  }
  return completed(meta, row, where)
}

/** The changes of an update, checked like new rows, with each part of a value in its column. */
export function checkedChanges(meta: Metadata, given: object): object {
  const changes: Properties = {}
  const parts: (readonly [part: Part, value: unknown])[] = []
  for (const [name, value] of Object.entries(given)) {
    const item = meta.findField(name)
    const part = item ? undefined : meta.computed.get(name)?.part
    if (part && value === undefined) throw undefinedValue(`${meta.name}.${name}`)
    if (part) parts.push([part, value])
    else changes[name] = value
    if (item) checkChange(meta, item, value)
  }
  for (const [part, value] of parts) changes[part.of] = withPart(meta, part, changes[part.of], value)
  return changes
}

function checkChange(meta: Metadata, item: ModelField, value: unknown): void {
  refuseServerMade(meta, item, value, meta.name)
  if (value !== undefined && typeof value !== 'function' && !nodeOf(value)) checkValue(meta, item, value)
}

/** A change of a whole value, or the column as it is, with a part of it changed. */
function withPart(meta: Metadata, part: Part, whole: unknown, value: unknown): unknown {
  if (typeof whole === 'function') return (...fields: unknown[]) => part.set(whole(...fields), value)
  return part.set(whole ?? (sourceFields(meta.source) as Properties)[part.of], value)
}

/** The values of a new row that a program gave in an order. */
function rowFromTuple(meta: Metadata, values: readonly unknown[], fields: readonly ModelField[], where: string): RowValues {
  if (values.length !== fields.length)
    throw misuse('BAD_ARGUMENT', `${where}: ${values.length} values for ${fields.length} fields`)
  const row = new Array<unknown>(meta.fields.length)
  fields.forEach(({ property }, i) => {
    if (values[i] === undefined) throw undefinedValue(`${where}.${property}`)
    row[meta.placeOf(property)] = values[i]
  })
  return completed(meta, row, where)
}

/** The fields a row of an array means: those named, else all that the server does not generate. */
function tupleFields(meta: Metadata, names: readonly unknown[] | undefined, where: string): readonly ModelField[] {
  if (!names) return meta.fields.filter(({ field }) => field.madeBy === 'program')
  return columnsNamed(meta.source, names, where).map(({ property }) => meta.field(property))
}

/** The row with its defaults, every value checked. */
function completed(meta: Metadata, row: unknown[], where: string): RowValues {
  let initial: Properties | undefined
  for (let i = 0; i < row.length; i++) {
    const item = meta.fields[i]
    if (row[i] === undefined) {
      initial ??= initialValues(meta)
      row[i] = initial[item.property] ?? defaultValue(meta, item)
    }
    checkValue(meta, item, row[i], where)
  }
  return row
}

const uninitialised = new WeakSet<Metadata>()
const NOTHING: Properties = {}

/** What the class-field initialisers of a model give, anew for each row; most models have none. */
function initialValues(meta: Metadata): Properties {
  if (uninitialised.has(meta)) return NOTHING
  const values = new meta.model(HYDRATE) as Properties
  if (meta.fields.every(({ property }) => values[property] === undefined)) uninitialised.add(meta)
  return values
}

/** The default of a field; a function is called, and objects are copied: rows must not share them. */
export function defaultValue(meta: Metadata, item: ModelField): unknown {
  const { default: given } = item.field.options
  const value: unknown = typeof given === 'function' ? given() : copyOf(given)
  if (value === undefined || value === null || typeof value === 'object') return value
  // In the property's own form: a 0 may stand for '0' or 0n.
  const { column } = meta.source.columns[meta.placeOf(item.property)]
  const { text } = param(value, column.type, `${meta.name}.${item.property}, its default`)
  return column.type.decode(text as string)
}

/** Not `structuredClone`: its copies are of another realm under some test runners, and then no Dates to anybody. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  if (value instanceof Date) return new Date(value)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]))
}

/** Throws for a value that the server would refuse with less to say about it. */
export function checkValue(meta: Metadata, item: ModelField, value: unknown, where = meta.name): void {
  const { property, field, columnName } = item
  if (value !== undefined) refuseServerMade(meta, item, value, where)
  if (value === null || value === undefined) {
    if (value === undefined ? !isRequired(item) : field.options.null) return
    throw new NotNullViolation(`${where}.${property} is required: give it a value or a default, or declare it { null: true }`, {
      sqlstate: '23502',
      table: meta.tableName,
      column: columnName
    })
  }
  const refusal = field.refusal(value)
  if (refusal === undefined) return
  throw new DataError(`${where}.${property}: ${refusal}`, {
    ...(/^(varchar|bpchar)/.test(field.columnType) ? { code: 'STRING_TOO_LONG', sqlstate: '22001' } : { sqlstate: '22003' }),
    table: meta.tableName,
    column: columnName
  })
}

/** Throws where a program gives a column a value that the server alone makes. */
export function refuseServerMade(meta: Metadata, { property, field }: ModelField, value: unknown, where = meta.name): void {
  if (field.madeBy !== 'server' || value === undefined) return
  throw misuse('BAD_ARGUMENT', `${where}.${property} is generated by the server; leave it out`)
}

/** Whether a new row must name the column: it takes no null, and nothing else gives it a value. */
function isRequired(item: ModelField): boolean {
  const { field } = item
  const { options } = field
  return !options.null && field.madeBy === 'program' && !(options.constraints ?? []).some(({ node }) => isDefault(node))
}

/** Whether a constraint can be a default: raw SQL, unless it is a check. */
function isDefault(node: ExprNode): boolean {
  return node.kind !== 'raw' || typeof node.parts[0] !== 'string' || !/^\s*(CHECK|CONSTRAINT)\b/i.test(node.parts[0])
}

/**
 * Reads the rows of `insertMany`: objects, or arrays in the order of the fields named. Made once a query, which messages know
 * as `query`; they call a row what the reader is told.
 */
export function rowReader(
  meta: Metadata,
  names: readonly unknown[] | undefined,
  query: string
): (row: unknown, where: string) => RowValues {
  let fields: readonly ModelField[] | undefined
  return (row, where) => {
    if (Array.isArray(row)) {
      fields ??= tupleFields(meta, names, query)
      return rowFromTuple(meta, row, fields, where)
    }
    if (typeof row === 'object' && row !== null) return rowFromData(meta, row, where)
    throw misuse('WRONG_TYPE', `${where}: expected an object or an array, got ${describeType(row)}`)
  }
}
