import { typeOfOid } from '../ast/types.js'
import { ModelDefinitionError } from '../errors.js'
import type { CellReader, Part, RowOrigin } from '../expression/source.js'
import { isReference, type Metadata, type ModelField, type ReferenceField } from './metadata.js'
import { LazyReference, referenceKey, referenceValue } from './relations.js'
import { HYDRATE, type LoadedRow, rows } from './row.js'
import { defaultValue, refuseServerMade } from './values.js'

/** How instances are filled: from rows, from a program's data, with defaults. */

type Properties = Record<string, unknown>

/** Where a model's class keeps what gives new instances their properties in order; read by `Model`'s constructor. */
export const LAYOUT = Symbol('layout')

/**
 * Looks at a first instance, once a model: refuses class fields that hide a relation's accessor, and sees to it that
 * instances have their columns in metadata order even where class fields define them in another. Gives the class fields of
 * decorated relations, which must be taken away from each instance, the last one first: so it stays as fast as any other.
 */
export function settle(meta: Metadata): readonly string[] {
  const probe = new meta.model(HYDRATE)
  const isDecorated = (name: string) => meta.manyToMany.get(name)?.reversed === false
  for (const name of [
    ...meta.fields.map(({ keyProperty }) => keyProperty),
    ...meta.backrefs.map(({ backref }) => backref),
    ...[...meta.manyToMany.keys()].filter(name => !isDecorated(name)),
    ...meta.computed.keys()
  ]) {
    if (name === undefined || !Object.hasOwn(probe, name)) continue
    throw new ModelDefinitionError(
      `${meta.name}.${name} hides an accessor of ${meta.computed.has(name) ? 'a flag' : 'a relation'}: write \`declare ${name}: …\` instead of \`${name}!: …\``
    )
  }
  const own = Object.keys(probe)
  const relations = own.filter(isDecorated)
  const kept = own.filter(name => !isDecorated(name))
  const names = meta.fields.map(({ property }) => property)
  const isInOrder = kept.filter(name => names.includes(name)).every((name, i) => name === names[i])
  if (!isInOrder || kept.some((name, i) => name !== own[i]))
    Object.defineProperty(meta.model, LAYOUT, { configurable: true, value: layout([...new Set([...names, ...kept])]) })
  return relations.reverse()
}

function layout(names: readonly string[]): (instance: object) => void {
  return instance => {
    for (const name of names) (instance as Properties)[name] = undefined
  }
}

/** Fills a new instance from data, then from defaults. Throws a `TypeError` for a property that is no field. */
export function initialise(instance: object, meta: Metadata, data: object | undefined): void {
  const properties = instance as Properties
  const given = new Map<ModelField, unknown>()
  let parts: (readonly [part: Part, value: unknown])[] | undefined
  for (const [name, value] of Object.entries(data ?? {})) {
    const field = meta.findField(name)
    if (!field && !meta.computed.get(name)?.part) throw meta.noField(name)
    if (value === undefined) continue
    if (field) {
      refuseServerMade(meta, field, value)
      given.set(field, value)
    } else parts = [...(parts ?? []), [meta.computed.get(name)?.part as Part, value]]
  }
  // All of them, and in order, whatever the class fields and the data named: instances of a model look alike.
  for (const item of meta.fields) {
    const value = given.has(item) ? given.get(item) : properties[item.property]
    properties[item.property] = propertyValue(value === undefined ? defaultValue(meta, item) : value, instance, item)
  }
  for (const [part, value] of parts ?? []) properties[part.of] = part.set(properties[part.of], value)
}

/** The value a property takes for what a program gave. */
function propertyValue(given: unknown, owner: object, item: ModelField): unknown {
  return isReference(item) ? referenceValue(given, owner, item) : given
}

/** Reads instances from the cells of rows. Made once a model; the loop is the hottest of all. */
export function instanceReader(meta: Metadata): CellReader {
  let plan:
    | {
        readonly names: string[]
        readonly decoders: ((text: string) => unknown)[]
        readonly references: (ReferenceField | undefined)[]
      }
    | undefined
  let plannedFor: unknown
  return (cells, offset, origin) => {
    if (!plan || plannedFor !== meta.source) {
      settle(meta)
      plannedFor = meta.source
      plan = {
        names: meta.fields.map(({ property }) => property),
        decoders: meta.source.columns.map(({ column }) => column.type.decode),
        references: meta.fields.map(item => (isReference(item) ? item : undefined))
      }
    }
    const { names, decoders, references } = plan
    const instance = new meta.model(HYDRATE) as Properties
    for (let i = 0; i < names.length; i++) {
      const cell = cells[offset + i]
      const value = cell === null ? null : decoders[i](cell)
      const reference = references[i]
      instance[names[i]] = reference && value !== null ? new LazyReference(value, instance, reference, origin) : value
    }
    rows.set(instance, offset === 0 && cells.length === names.length ? cells : cells.slice(offset, offset + names.length))
    return instance
  }
}

/** Gives an instance the value of one of its columns. */
export function readCell(instance: object, meta: Metadata, at: number, cell: string | null, origin?: RowOrigin): void {
  const item = meta.fields[at]
  const value = cell === null ? null : meta.source.columns[at].column.type.decode(cell)
  const isLazy = value !== null && isReference(item)
  ;(instance as Properties)[item.property] = isLazy ? new LazyReference(value, instance, item, origin) : value
}

/** An instance of which only some columns came; the others are absent. */
function partialInstance(meta: Metadata, values: ReadonlyMap<ModelField, string | null>, origin: RowOrigin): object {
  const instance = new meta.model(HYDRATE) as Properties
  const row: LoadedRow = meta.fields.map(item => values.get(item))
  row.forEach((cell, at) => {
    if (cell === undefined) delete instance[meta.fields[at].property]
    else readCell(instance, meta, at, cell, origin)
  })
  rows.set(instance, row)
  return instance
}

/** Gives an instance the values of a row, and takes from it the rows that were loaded along backrefs and their like. */
export function readRow(instance: object, meta: Metadata, row: LoadedRow): void {
  row.forEach((cell, at) => {
    if (cell !== undefined) readCell(instance, meta, at, cell)
  })
  for (const { backref } of meta.backrefs) if (backref !== undefined) delete (instance as Properties)[backref]
  for (const property of meta.manyToMany.keys()) delete (instance as Properties)[property]
}

/** An instance of what columns came; others than the model's become properties of the server's types. */
export function rawInstance(
  meta: Metadata,
  items: readonly (ModelField | undefined)[],
  columns: readonly { readonly name: string; readonly oid: number }[],
  cells: readonly (string | null)[],
  origin: RowOrigin
): object {
  const values = new Map<ModelField, string | null>()
  items.forEach((item, i) => {
    if (item) values.set(item, cells[i])
  })
  const instance = partialInstance(meta, values, origin)
  items.forEach((item, i) => {
    const cell = cells[i]
    if (!item) (instance as Properties)[columns[i].name] = cell === null ? null : typeOfOid(columns[i].oid).decode(cell)
  })
  return instance
}

/** Puts a key's accessor (`userId`) on the model's prototype. */
export function defineKeyAccessor(prototype: object, item: ModelField): void {
  const { property, keyProperty } = item
  if (keyProperty === undefined || !isReference(item)) return
  const { field } = item
  Object.defineProperty(prototype, keyProperty, {
    configurable: true,
    get(this: Properties) {
      return referenceKey(this[property], field)
    },
    set(this: Properties, key: unknown) {
      // With the same key again, what is loaded is still it.
      const isSame = key !== undefined && referenceKey(this[property], field) === key
      if (!isSame) this[property] = referenceValue(key, this, item)
    }
  })
}
