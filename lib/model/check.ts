import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { ModelDefinitionError } from '../errors.js'
import { nodeOf } from '../expression/operands.js'
import { describeType } from '../util/describe.js'
import { didYouMean } from '../util/names.js'
import { checkExtensions } from './extensions.js'
import { findMetadata, isIndexed, type Metadata, type ModelConstructor, type ModelField } from './metadata.js'
import { type IndexDefinition, type IndexOption, shardingOf } from './options.js'

/** Holds a model's declaration against what can work. Throws `ModelDefinitionError`, which says what to change. */
export function checkDefinition(meta: Metadata, target: ModelConstructor): void {
  checkOptions(meta)
  checkKeys(meta)
  checkSharding(meta)
  checkColumns(meta)
  for (const item of meta.fields) {
    checkProperty(meta.name, item, target)
    checkDesignType(meta.name, item, target)
  }
  checkExtensions(meta)
}

function checkOptions(meta: Metadata): void {
  const { name, options } = meta
  if (options.schema === '')
    throw new ModelDefinitionError(`${name}: the schema is an empty name; leave it out for the default one`)
  for (const [at, given] of (options.indexes ?? []).entries()) checkIndex(meta, at, given)
  for (const [at, given] of (options.constraints ?? []).entries()) {
    if (nodeOf(given)) continue
    throw new ModelDefinitionError(
      `${name}: constraint ${at} is ${describeType(given)}; write SQL('CHECK (…)'), whose text goes behind the columns`
    )
  }
  const settings: readonly unknown[] = [options.tableSettings ?? []].flat()
  for (const given of settings) {
    if (typeof given !== 'string')
      throw new ModelDefinitionError(`${name}: tableSettings are text behind the table's parenthesis, not ${describeType(given)}`)
  }
  for (const given of (options.dependsOn ?? []) as readonly unknown[]) {
    if (typeof given === 'function' && findMetadata(given)) continue
    throw new ModelDefinitionError(
      `${name}: dependsOn takes models, not ${describeType(given)}; in files that import each other one of them is not defined yet`
    )
  }
}

function checkIndex(meta: Metadata, at: number, given: IndexOption): void {
  const fields: unknown = Array.isArray(given) ? given[0] : (given as { readonly fields?: unknown } | null)?.fields
  if (typeof fields === 'function') return
  if (!Array.isArray(fields) || fields.length === 0 || (Array.isArray(given) && typeof given[1] !== 'boolean')) {
    throw new ModelDefinitionError(
      `${meta.name}: index ${at} is written [['a', 'b'], unique], with true or false for unique, or { fields: ['a', 'b'], … }`
    )
  }
  if (!Array.isArray(given)) checkNames(meta, (given as IndexDefinition).storing ?? [], "an index's storing")
  const names = fields.filter(item => typeof item === 'string')
  if (names.length + fields.filter(item => typeof item === 'object').length === fields.length)
    return checkNames(meta, names, 'an index')
  throw new ModelDefinitionError(`${meta.name}: index ${at} names something that is neither a property nor an expression`)
}

function checkKeys(meta: Metadata): void {
  const { name, options, fields, primaryKey } = meta
  const ownKeys = fields.filter(item => item.field.options.primaryKey)
  if (options.primaryKey) checkCompositeKey(meta, options.primaryKey.names, ownKeys)
  if (ownKeys.length > 1)
    throw new ModelDefinitionError(
      `${name} has several primary keys (${ownKeys.map(item => item.property).join(', ')}); use compositeKey('a', 'b')`
    )
  if (options.primaryKey === false && primaryKey.length > 0)
    throw new ModelDefinitionError(`${name} is declared without primary key, but ${primaryKey[0].property} is one`)
  for (const { property, field } of primaryKey) {
    if (field.options.null)
      throw new ModelDefinitionError(`${name}.${property} is a primary key, which is never null; leave { null: true } out`)
  }
}

/** A hash spreads a key or an index, so there must be one; of a composite key, it is said once. */
function checkSharding({ name, options, fields, primaryKey }: Metadata): void {
  if (options.primaryKey) shardingOf(options.primaryKey, `${name}, its compositeKey`)
  for (const item of fields) {
    const where = `${name}.${item.property}`
    if (!shardingOf(item.field.options, where)) continue
    if (item.primaryKey && primaryKey.length > 1)
      throw new ModelDefinitionError(
        `${where} is a part of the key; say { hash: true } of all of it: compositeKey(…, { hash: true })`
      )
    if (!item.primaryKey && !isIndexed(item, primaryKey))
      throw new ModelDefinitionError(`${where}: { hash: true } spreads an index or a primary key; add { index: true }`)
  }
}

function checkCompositeKey(meta: Metadata, names: readonly string[], ownKeys: readonly ModelField[]): void {
  const { name } = meta
  if (!Array.isArray(names) || names.length === 0)
    throw new ModelDefinitionError(`${name}: primaryKey is compositeKey('a', 'b') or false, or { primaryKey: true } at one field`)
  checkNames(meta, names, 'primaryKey')
  if (new Set(names).size < names.length) throw new ModelDefinitionError(`${name}: primaryKey names a property twice`)
  if (ownKeys.length > 0) throw new ModelDefinitionError(`${name} has both a key field and a composite key; leave one out`)
}

/** Throws for names that are no property of the model. */
function checkNames({ name: model, fields }: Metadata, names: readonly string[], where: string): void {
  const properties = fields.map(item => item.property)
  for (const name of names) {
    if (!properties.includes(name))
      throw new ModelDefinitionError(`${model}: ${where} names "${name}", which is no field${didYouMean(name, properties)}`)
  }
}

function checkColumns({ name, fields }: Metadata): void {
  const byColumn = new Map<string, ModelField>()
  const byKey = new Map<string, ModelField>()
  for (const item of fields) {
    const other = byColumn.get(item.columnName)
    if (other)
      throw new ModelDefinitionError(
        `${name}: ${other.property} and ${item.property} have the same column "${item.columnName}"; give one a columnName`
      )
    byColumn.set(item.columnName, item)
    if (item.keyProperty === undefined) continue
    const where = `${name}.${item.property} keeps its key under "${item.keyProperty}"`
    if (fields.some(field => field.property === item.keyProperty))
      throw new ModelDefinitionError(`${where}, which is a field of its own; give { objectIdName }`)
    const sharing = byKey.get(item.keyProperty)
    if (sharing) throw new ModelDefinitionError(`${where}, as ${sharing.property} does; give one another { objectIdName }`)
    byKey.set(item.keyProperty, item)
  }
}

/** A property that instances have anyway could not be a column: one of the two would be lost. */
function checkProperty(name: string, { property, keyProperty, field }: ModelField, target: ModelConstructor): void {
  const prototype = target.prototype as object
  if (isMember(prototype, property))
    throw new ModelDefinitionError(
      `${name}.${property} is a method or an accessor of the class; give the field another name and { columnName: '${property}' }`
    )
  if (keyProperty !== undefined && field instanceof ForeignKeyFieldType && isMember(prototype, keyProperty))
    throw new ModelDefinitionError(
      `${name}.${property} keeps its key under "${keyProperty}", which is a member of the class; give { objectIdName }`
    )
}

/** Whether a class or one it extends has a method or accessor, other than the key of a foreign key that a model of it has. */
function isMember(prototype: object, name: string): boolean {
  for (let owner: object | null = prototype; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    if (!Object.hasOwn(owner, name)) continue
    const meta = findMetadata(owner.constructor)
    return !(meta?.model.prototype === owner && meta.placeOf(name) >= 0)
  }
  return false
}

const CHECKED_TYPES: readonly unknown[] = [String, Number, Boolean, BigInt, Date, Array, Uint8Array]

/** Holds the property's declared type, where the compiler left it, against the field's. */
function checkDesignType(name: string, { property, field }: ModelField, target: ModelConstructor): void {
  const reflect = Reflect as { getMetadata?: (key: string, target: object, property: string) => unknown }
  const design = reflect.getMetadata?.('design:type', target.prototype as object, property)
  if (field.options.null || field.jsType === undefined || !CHECKED_TYPES.includes(design) || design === field.jsType) return
  throw new ModelDefinitionError(
    `${name}.${property} is declared as ${(design as { name: string }).name}, but its field gives ${(field.jsType as { name: string }).name}`
  )
}
