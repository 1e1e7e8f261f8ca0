import { declaredFields, type OnlyKnown } from '../../fields/decorate.js'
import type { Field } from '../../fields/field.js'
import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { AutoFieldType } from '../../fields/integer.js'
import { ModelDefinitionError, misuse } from '../errors.js'
import type { Class } from '../expression/types.js'
import { snakeCase } from '../util/names.js'
import { installBackrefs } from './backrefs.js'
import { defineKeyAccessor, initialise, instanceReader, settle } from './instance.js'
import {
  type CompositeKey,
  checkNames,
  findMetadata,
  type IndexOption,
  Metadata,
  type ModelConstructor,
  type ModelField,
  type ModelOptions,
  registerMetadata
} from './metadata.js'
import type { Model } from './model.js'
import { HYDRATE } from './row.js'

type NamesIn<O> =
  | (O extends { readonly primaryKey: CompositeKey<infer N> } ? N : never)
  | (O extends { readonly indexes: readonly (readonly [readonly (infer N extends string)[], boolean])[] } ? N : never)
type CheckNames<O, M> = [Exclude<NamesIn<O>, keyof M>] extends [never]
  ? unknown
  : { 'Pewit: no such property': Exclude<NamesIn<O>, keyof M> }

const OPTIONS: readonly (keyof ModelOptions)[] = [
  'database',
  'tableName',
  'schema',
  'indexes',
  'constraints',
  'primaryKey',
  'tableSettings',
  'temporary',
  'dependsOn',
  'validate'
]

/**
 * Makes a class a model. Options but `tableName` are inherited by subclasses; an abstract base class may carry
 * `database` alone. Without a declared primary key the model has an `id`.
 *
 * ```ts
 * @model({ database: db, indexes: [[['user', 'createdAt'], false]] })
 * class Tweet extends Model { … }
 * ```
 *
 * Throws `ModelDefinitionError` for a declaration that cannot work.
 */
export function model<const O extends ModelOptions = {}>(
  options?: O & OnlyKnown<O, ModelOptions>
): <C extends Class<Model>>(target: C & CheckNames<O, InstanceType<C>>) => void {
  const given = options ?? {}
  for (const name of Object.keys(given)) {
    if (!OPTIONS.includes(name as keyof ModelOptions)) throw misuse('UNKNOWN_OPTION', `@model has no option "${name}"`)
  }
  return (target => defineModel(target as unknown as ModelConstructor, given)) as <C extends Class<Model>>(target: C) => void
}

function defineModel(target: ModelConstructor, given: ModelOptions): ModelConstructor {
  const parent = findMetadata(Object.getPrototypeOf(target) as object)
  const inherited: ModelOptions = { ...parent?.options, tableName: undefined }
  const options: ModelOptions = {
    ...inherited,
    ...given,
    database: given.database === undefined ? parent?.database : given.database
  }
  const wrapper = wrap(target)
  const fields = collectFields(target, options)
  const meta = new Metadata(wrapper, options, fields, instanceReader)
  checkDefinition(meta, target)
  for (const item of fields) defineKeyAccessor(wrapper.prototype, item)
  registerMetadata(target, meta)
  registerMetadata(wrapper, meta)
  installBackrefs(meta)
  return wrapper
}

/**
 * A subclass of the same name that assigns data after all field initialisers have run; assigning it in `Model` would let
 * the initialisers of the class's own fields overwrite it.
 */
function wrap(target: ModelConstructor): ModelConstructor {
  let settled = false
  const { [target.name]: wrapper } = {
    [target.name]: class extends target {
      constructor(data?: unknown) {
        const fresh = new.target === wrapper && data !== HYDRATE
        if (fresh && !settled) {
          settle(findMetadata(wrapper) as Metadata)
          settled = true
        }
        super(new.target === wrapper ? undefined : data)
        if (fresh) initialise(this, findMetadata(wrapper) as Metadata, data as object | undefined)
      }
    }
  } as Record<string, ModelConstructor>
  return wrapper
}

function collectFields(target: ModelConstructor, options: ModelOptions): ModelField[] {
  const declared = new Map<string, Field>()
  for (const owner of ancestors(target)) for (const [property, field] of declaredFields(owner)) declared.set(property, field)
  const composite = options.primaryKey === false || options.primaryKey === undefined ? [] : options.primaryKey.names
  const fields = [...declared].map(([property, field]) => modelField(property, field, composite.includes(property)))
  if (options.primaryKey === undefined && !fields.some(item => item.primaryKey)) {
    if (declared.has('id'))
      throw new ModelDefinitionError(
        `${target.name}.id is declared, but not as the primary key; add { primaryKey: true } or name another key`
      )
    fields.unshift(modelField('id', new AutoFieldType({}, 'auto', true), true))
  }
  return [...fields.filter(item => item.primaryKey), ...fields.filter(item => !item.primaryKey)]
}

/** The class and those it extends, the furthest first. */
function ancestors(target: object): object[] {
  const parent = Object.getPrototypeOf(target) as object | null
  return parent && parent !== Function.prototype ? [...ancestors(parent), target] : [target]
}

function modelField(property: string, field: Field, inCompositeKey: boolean): ModelField {
  const isReference = field instanceof ForeignKeyFieldType
  const column = snakeCase(property)
  const { columnName = isReference && !column.endsWith('_id') ? `${column}_id` : column, primaryKey = false } = field.options
  const keyProperty = isReference ? (field.options.objectIdName ?? `${property}Id`) : undefined
  return { property, columnName, field, primaryKey: primaryKey || inCompositeKey, keyProperty }
}

function checkDefinition(meta: Metadata, target: ModelConstructor): void {
  const { name, fields, options, primaryKey } = meta
  if (options.primaryKey) checkNames(name, options.primaryKey.names, fields, 'primaryKey')
  for (const [names] of options.indexes ?? ([] as readonly IndexOption[])) checkNames(name, names, fields, 'an index')
  const ownKeys = fields.filter(item => item.field.options.primaryKey)
  if (ownKeys.length > 1)
    throw new ModelDefinitionError(
      `${name} has several primary keys (${ownKeys.map(item => item.property).join(', ')}); use compositeKey('a', 'b')`
    )
  if (options.primaryKey && ownKeys.length > 0)
    throw new ModelDefinitionError(`${name} has both a key field and a composite key; leave one out`)
  if (options.primaryKey === false && primaryKey.length > 0)
    throw new ModelDefinitionError(`${name} is declared without primary key, but ${primaryKey[0].property} is one`)
  checkColumns(meta)
  for (const item of fields) checkDesignType(name, item, target)
}

function checkColumns({ name, fields }: Metadata): void {
  const byColumn = new Map<string, ModelField>()
  for (const item of fields) {
    const other = byColumn.get(item.columnName)
    if (other)
      throw new ModelDefinitionError(
        `${name}: ${other.property} and ${item.property} have the same column "${item.columnName}"; give one a columnName`
      )
    byColumn.set(item.columnName, item)
    const clash = fields.find(field => field.property === item.keyProperty)
    if (clash)
      throw new ModelDefinitionError(
        `${name}.${item.property} keeps its key under "${item.keyProperty}", which is a field of its own; give { objectIdName }`
      )
  }
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
