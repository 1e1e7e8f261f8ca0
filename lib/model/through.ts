import { decoratorOf } from '../../fields/decorate.js'
import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import type { ManyToManyOptions } from '../../fields/many-to-many.js'
import { ModelDefinitionError } from '../errors.js'
import { describeType } from '../util/describe.js'
import { didYouMean, snakeCase } from '../util/names.js'
import { findMetadata, isReference, type Metadata, type ModelConstructor, type ReferenceField } from './metadata.js'
import type { ModelOptions } from './options.js'

/** The models between the two of a many-to-many relation. */

/** Makes a class a model. */
export type Define = (target: ModelConstructor, options: ModelOptions) => Metadata

/** The through model, and its two foreign keys. */
export interface Through {
  readonly meta: Metadata
  readonly near: ReferenceField
  readonly far: ReferenceField
}

/** The two sides of a relation, and its name for messages: `Student.courses`. */
interface Sides {
  readonly from: Metadata
  readonly to: Metadata
  readonly name: string
}

/** The model that is made for a relation: two foreign keys, unique together. */
export function makeThrough({ from, to, name }: Sides, options: ManyToManyOptions, define: Define): Through {
  for (const meta of [from, to]) {
    if (meta.primaryKey.length !== 1)
      throw new ModelDefinitionError(
        `${name}: ${meta.name} has a key of ${meta.primaryKey.length} columns, to which no foreign key leads; declare a model for the pairs and give it as { through }`
      )
  }
  const [near, far] = from.name === to.name ? [`from${from.name}`, `to${to.name}`] : [propertyFor(from), propertyFor(to)]
  const modelName = `${from.name}${to.name}Through`
  const root = rootOf(from.model)
  const { [modelName]: through } = { [modelName]: class extends root {} } as Record<string, ModelConstructor>
  const { onDelete, onUpdate, tableName = `${from.tableName}_${to.tableName}_through` } = options
  const actions = { ...(onDelete && { onDelete }), ...(onUpdate && { onUpdate }) }
  // The unique index finds pairs by the first key, too.
  declareKey(through, near, new ForeignKeyFieldType(() => from.model, { ...actions, index: false }))
  declareKey(through, far, new ForeignKeyFieldType(() => to.model, actions))
  const { database, schema } = from
  // No table that stays may refer to one that goes with its connection.
  const temporary = from.options.temporary || to.options.temporary
  const meta = define(through, { database, schema, tableName, temporary, indexes: [[[near, far], true]] })
  const [first, second] = meta.fields.filter(isReference)
  return { meta, near: first, far: second }
}

function declareKey(through: ModelConstructor, property: string, field: ForeignKeyFieldType): void {
  const decorate = decoratorOf(field) as (prototype: object, key: string) => void
  decorate(through.prototype as object, property)
}

/** `BlogPost` → `blogPost` */
export function propertyFor({ name }: Metadata): string {
  return snakeCase(name).replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** The furthest class that a model extends: `Model` itself. */
function rootOf(model: object): ModelConstructor {
  const parent = Object.getPrototypeOf(model) as object
  return parent === Function.prototype ? (model as ModelConstructor) : rootOf(parent)
}

/** What is known of a model. Throws `ModelDefinitionError`, which begins with what leads there, for what is none. */
export function modelOf(target: unknown, leads: string): Metadata {
  const meta = typeof target === 'function' ? findMetadata(target) : undefined
  if (meta) return meta
  const what = typeof target === 'function' && target.name ? target.name : describeType(target)
  throw new ModelDefinitionError(`${leads} ${what}, which is no model; in files that import each other it may not be defined yet`)
}

/** The model that a relation was declared to lead through, with its foreign keys to both sides. */
export function findThrough(relation: Sides, options: ManyToManyOptions): Through {
  const meta = modelOf(options.through?.(), `${relation.name} leads through`)
  const { throughFields } = options
  const { from, to } = relation
  if (throughFields)
    return { meta, near: namedKey(relation, meta, throughFields[0], from), far: namedKey(relation, meta, throughFields[1], to) }
  return { meta, near: onlyKey(relation, meta, from), far: onlyKey(relation, meta, to) }
}

function keysTo(meta: Metadata, target: Metadata): ReferenceField[] {
  return meta.refs.filter(({ to }) => to === target).map(({ field }) => field)
}

function namedKey(relation: Sides, meta: Metadata, property: string, target: Metadata): ReferenceField {
  const keys = keysTo(meta, target)
  const found = keys.find(key => key.property === property)
  if (found) return found
  const near = didYouMean(
    property,
    keys.map(key => key.property)
  )
  throw new ModelDefinitionError(`${relation.name}: ${meta.name} has no foreign key "${property}" to ${target.name}${near}`)
}

function onlyKey(relation: Sides, meta: Metadata, target: Metadata): ReferenceField {
  const keys = keysTo(meta, target)
  if (keys.length === 1 && relation.from !== relation.to) return keys[0]
  if (keys.length === 0)
    throw new ModelDefinitionError(`${relation.name} leads through ${meta.name}, which has no foreign key to ${target.name}`)
  const names = keys.map(({ property }) => property)
  if (keys.length === 1)
    throw new ModelDefinitionError(
      `${relation.name} leads through ${meta.name}, which has one foreign key to ${target.name} (${names[0]}) where a pair needs two`
    )
  throw new ModelDefinitionError(
    `${relation.name} leads through ${meta.name}, which has several foreign keys to ${target.name} (${names.join(', ')}); say which one leads here and which one there: { throughFields: ['${names[0]}', '${names[1]}'] }`
  )
}
