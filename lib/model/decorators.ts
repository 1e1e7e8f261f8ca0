import { declaredFields, type OnlyKnown } from '../../fields/decorate.js'
import type { Field } from '../../fields/field.js'
import { ForeignKeyFieldType, nameModel } from '../../fields/foreign-key.js'
import { AutoFieldType } from '../../fields/integer.js'
import { ModelDefinitionError, misuse } from '../errors.js'
import type { Class } from '../expression/types.js'
import { snakeCase } from '../util/names.js'
import { installBackrefs } from './backrefs.js'
import { checkDefinition } from './check.js'
import { isModelOption } from './extensions.js'
import { defineKeyAccessor, initialise, instanceReader, settle } from './instance.js'
import { installManyToMany } from './many-to-many.js'
import { findMetadata, Metadata, type ModelConstructor, type ModelField, metadata, registerMetadata } from './metadata.js'
import type { Model } from './model.js'
import { type CompositeKey, MODEL_OPTIONS, type ModelOptions } from './options.js'
import { defineParts } from './parts.js'
import { HYDRATE } from './row.js'
import { checkedChanges } from './values.js'

type NamesIn<O> =
  | (O extends { readonly primaryKey: CompositeKey<infer N> } ? N : never)
  | (O extends { readonly indexes: readonly (infer I)[] } ? NamesInIndex<I> : never)
type NamesInIndex<I> = I extends readonly [readonly (infer N extends string)[], boolean]
  ? N
  :
      | (I extends { readonly fields: readonly (infer F)[] } ? Extract<F, string> : never)
      | (I extends { readonly storing: readonly (infer S extends string)[] } ? S : never)
type CheckNames<O, M> = [Exclude<NamesIn<O>, keyof M>] extends [never]
  ? unknown
  : { 'Pewit: no such property': Exclude<NamesIn<O>, keyof M> }

/**
 * Makes a class a model. Options but `tableName` are inherited by subclasses, as the fields are; an abstract base class
 * may carry `database` alone, or be no model at all. Each decorated class has a table of its own, with the columns of those
 * it extends. Without a declared primary key the model has an `id`.
 *
 * ```ts
 * @model({ database: db, indexes: [[['user', 'createdAt'], false]] })
 * class Tweet extends Model { … }
 * ```
 *
 * Throws `ModelDefinitionError` for a declaration that cannot work.
 */
export function model<const O extends ModelOptions = {}>(
  options?: ModelOptions & O & OnlyKnown<O, ModelOptions>
): <C extends Class<Model>>(target: C & CheckNames<O, InstanceType<C>>) => void {
  const given = options ?? {}
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(MODEL_OPTIONS, name) && !isModelOption(name))
      throw misuse('UNKNOWN_OPTION', `@model has no option "${name}"`)
  }
  return (target => defineModel(target as unknown as ModelConstructor, given)) as <C extends Class<Model>>(target: C) => void
}

function defineModel(target: ModelConstructor, given: ModelOptions): ModelConstructor {
  const parent = findMetadata(Object.getPrototypeOf(target) as object)
  const tableName = typeof parent?.options.tableName === 'function' ? parent.options.tableName : undefined
  const options: ModelOptions = {
    ...parent?.options,
    tableName,
    ...given,
    database: given.database === undefined ? parent?.database : given.database
  }
  const wrapper = wrap(target)
  const fields = collectFields(target, options)
  const meta = new Metadata(wrapper, options, fields, instanceReader, checkedChanges)
  checkDefinition(meta, target)
  for (const item of fields) defineKeyAccessor(wrapper.prototype, item)
  defineParts(meta)
  registerMetadata(target, meta)
  registerMetadata(wrapper, meta)
  nameModel(wrapper.name, wrapper)
  installBackrefs(meta)
  installManyToMany(meta, ancestors(target), (through, ofThrough) => metadata(defineModel(through, ofThrough)))
  return wrapper
}

/**
 * A subclass of the same name that assigns data after all field initialisers have run; assigning it in `Model` would let
 * the initialisers of the class's own fields overwrite it.
 */
function wrap(target: ModelConstructor): ModelConstructor {
  let settled = false
  let relations: readonly string[] = []
  const { [target.name]: wrapper } = {
    [target.name]: class extends target {
      constructor(data?: unknown) {
        const own = new.target === wrapper
        if (own && !settled) settleOnce()
        super(own ? undefined : data)
        if (own) for (const name of relations) delete (this as Record<string, unknown>)[name]
        if (own && data !== HYDRATE) initialise(this, findMetadata(wrapper) as Metadata, data as object | undefined)
      }
    }
  } as Record<string, ModelConstructor>
  /** It makes an instance itself. */
  const settleOnce = (): void => {
    settled = true
    try {
      relations = settle(findMetadata(wrapper) as Metadata)
    } catch (error) {
      settled = false
      throw error
    }
  }
  return wrapper
}

function collectFields(target: ModelConstructor, options: ModelOptions): ModelField[] {
  const declared = new Map<string, Field>()
  for (const owner of ancestors(target)) for (const [property, field] of declaredFields(owner)) declared.set(property, field)
  // What is no composite key is refused later, with a message.
  const composite = (options.primaryKey || undefined)?.names ?? []
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
