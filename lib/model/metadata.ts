import type { Field, FieldPlace, ServerTraits } from '../../fields/field.js'
import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { column, table as tableNode } from '../ast/build.js'
import type { ColumnNode, ExprNode, TableNode } from '../ast/nodes.js'
import { DoesNotExist, InterfaceError, ModelDefinitionError, misuse } from '../errors.js'
import {
  type CellReader,
  type ComputedName,
  type Reference,
  registerSource,
  type Source,
  type SourceColumn,
  type SourceRelation,
  unknownProperty
} from '../expression/source.js'
import { describeType } from '../util/describe.js'
import { snakeCase } from '../util/names.js'
import { anyBindings, boundHere } from './bindings.js'
import type { ModelDatabase } from './model-database.js'
import type { IndexDefinition, ModelOptions } from './options.js'
import { rows } from './row.js'

/** A field as it stands in one model. */
export interface ModelField {
  readonly property: string
  readonly columnName: string
  readonly field: Field
  readonly primaryKey: boolean
  /** For a foreign key: the property that holds the key alone. */
  readonly keyProperty: string | undefined
}

/** A foreign key as it stands in one model. */
export type ReferenceField = ModelField & { readonly field: ForeignKeyFieldType }

/** A foreign key as what it is between two models. */
export interface Relation {
  /** The model that has the foreign key, and the field that is it. */
  readonly from: Metadata
  readonly field: ReferenceField
  /** The model referred to. */
  readonly to: Metadata
  /** The property of that model under which the rows that refer to it are found, where there is one. */
  readonly backref: string | undefined
}

/** A many-to-many relation, as one of its two models sees it. Its getters throw `ModelDefinitionError` while a model of it is not defined. */
export interface ManyToManyRelation {
  /** The model that has the property under which the related rows are found. */
  readonly from: Metadata
  readonly property: string
  /** The model of the related rows. */
  readonly to: Metadata
  /** The model whose rows are the pairs. */
  readonly through: Metadata
  /** The foreign key of a pair to `from`. */
  readonly near: ReferenceField
  /** The foreign key of a pair to `to`. */
  readonly far: ReferenceField
  /** Whether the through model was made for the relation, and is declared nowhere. */
  readonly implicit: boolean
  /** Whether this is the other side of a relation that `to` declares: its backref. */
  readonly reversed: boolean
}

/** A model's class, as metadata keeps it. */
export type ModelConstructor = new (data?: unknown) => object

/** What is known of a model: Peewee's `_meta`. */
export class Metadata {
  readonly name: string
  readonly tableName: string
  readonly schema: string | undefined
  readonly options: ModelOptions
  /** In order: primary key first, then as declared, those of base classes before. */
  readonly fields: readonly ModelField[]
  /** In the order of `compositeKey`, which is that of the index. */
  readonly primaryKey: readonly ModelField[]
  /** The class that `@model` made; the one to construct. */
  readonly model: ModelConstructor
  /** The error that a missing row of this model throws. */
  readonly DoesNotExist: typeof DoesNotExist
  readonly table: TableNode
  /** The names that can be asked for beside the fields: the parts of their values. */
  readonly computed: ReadonlyMap<string, ComputedName>
  /** The foreign keys of models that lead here, with a backref or without, in the order in which they were defined. */
  readonly backrefs: readonly Relation[] = []
  /** The many-to-many relations by property: those declared here, and the other sides of those of other models. */
  readonly manyToMany: ReadonlyMap<string, ManyToManyRelation> = new Map()
  #database: ModelDatabase | null
  #source: Source | undefined
  /** The sources for both forms that generated keys have. */
  readonly #sources: { small?: Source; large?: Source } = {}
  readonly #read: CellReader
  readonly #changes: (given: object) => object
  readonly #places: ReadonlyMap<string, number>
  #added: readonly IndexDefinition[] = []
  #columns: ReadonlyMap<string, ModelField> | undefined
  #combined: ReadonlyMap<string, ModelField> | undefined

  constructor(
    model: ModelConstructor,
    options: ModelOptions,
    fields: readonly ModelField[],
    reader: (meta: Metadata) => CellReader,
    changes: (meta: Metadata, given: object) => object
  ) {
    this.model = model
    this.name = model.name
    this.options = options
    this.tableName = tableNameOf(model.name, options)
    this.schema = options.schema
    this.fields = fields
    const places = fields.flatMap((item, i) => [item.keyProperty, item.property].map(name => [name, i] as const))
    this.#places = new Map(places.filter((place): place is readonly [string, number] => place[0] !== undefined))
    const names: readonly string[] = options.primaryKey ? options.primaryKey.names : []
    this.primaryKey = fields
      .filter(item => item.primaryKey)
      .sort((one, other) => names.indexOf(one.property) - names.indexOf(other.property))
    this.DoesNotExist = { [`${model.name}DoesNotExist`]: class extends DoesNotExist {} }[`${model.name}DoesNotExist`]
    this.#database = options.database ?? null
    this.table = tableNode(this.tableName, options.schema)
    this.computed = new Map(fields.flatMap(({ field, property }) => [...field.parts(property)]))
    this.#read = reader(this)
    this.#changes = given => changes(this, given)
  }

  // ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The properties of the fields, in order. */
  get fieldNames(): readonly string[] {
    return this.fields.map(({ property }) => property)
  }

  /** The fields by their columns' names. */
  get columns(): ReadonlyMap<string, ModelField> {
    this.#columns ??= new Map(this.fields.map(item => [item.columnName, item]))
    return this.#columns
  }

  /** The fields by every name they go by: their columns', their properties, and those of foreign keys' keys. */
  get combined(): ReadonlyMap<string, ModelField> {
    this.#combined ??= new Map([...this.columns, ...Array.from(this.#places, ([name, at]) => [name, this.fields[at]] as const)])
    return this.#combined
  }

  /** Whether the primary key has several columns. */
  get compositeKey(): boolean {
    return this.primaryKey.length > 1
  }

  /** Whether the server makes the primary key where none is given. */
  get autoIncrement(): boolean {
    return this.primaryKey.length === 1 && this.primaryKey[0].field.madeBy !== 'program'
  }

  /** The defaults of new instances by property: values, or functions that give one. */
  get defaults(): ReadonlyMap<string, unknown> {
    const given = this.fields.filter(({ field }) => field.options.default !== undefined)
    return new Map(given.map(({ property, field }) => [property, field.options.default]))
  }

  /** The field of a property, or of a foreign key's key property. Throws a `TypeError` for none. */
  field(property: string): ModelField {
    const found = this.findField(property)
    if (found) return found
    throw this.noField(property)
  }

  /** The error for a property that is no field where one is needed. */
  noField(property: string): TypeError {
    const rows = this.backrefs.find(({ backref }) => backref === property)
    if (!rows && !this.manyToMany.has(property)) return unknownProperty(this.source, property)
    const remedy = rows ? `give each ${rows.from.name} its ${rows.field.property}` : `call ${property}.set([…]) on it`
    return misuse(
      'UNKNOWN_PROPERTY',
      `${this.name}.${property} is no column, but a relation: save the ${this.name}, then ${remedy}`
    )
  }

  /** The field of a property, or of a foreign key's key property. */
  findField(property: string): ModelField | undefined {
    return this.fields[this.placeOf(property)]
  }

  /** Where among the fields that of a property stands, or -1. */
  placeOf(property: string): number {
    return this.#places.get(property) ?? -1
  }

  // ── relations and indexes ────────────────────────────────────────────────────────────────────────────────────────

  /** The foreign keys of this model. Throws where the model of one is not defined yet. */
  get refs(): readonly Relation[] {
    return this.fields.flatMap(item => {
      if (!isReference(item)) return []
      const target = item.field.target()
      const to = typeof target === 'function' ? findMetadata(target) : undefined
      if (to) return [relationOf(this, item, to)]
      throw new ModelDefinitionError(
        `${this.name}.${item.property} refers to ${describeType(target)}, which is no model; in files that import each other it may not be defined yet`
      )
    })
  }

  /** The models that this one refers to, each with its foreign keys. */
  get modelRefs(): ReadonlyMap<Metadata, readonly Relation[]> {
    return grouped(this.refs, ({ to }) => to)
  }

  /** The models that refer to this one, each with its foreign keys. */
  get modelBackrefs(): ReadonlyMap<Metadata, readonly Relation[]> {
    return grouped(this.backrefs, ({ from }) => from)
  }

  /** Those of the foreign keys of this model whose target is defined. */
  readonly definedRefs: readonly Relation[] = []

  /** @internal Makes a foreign key known to both of its models, once they are defined. */
  static relate(relation: Relation): void {
    ;(relation.to.backrefs as Relation[]).push(relation)
    ;(relation.from.definedRefs as Relation[]).push(relation)
  }

  /** @internal Makes a many-to-many relation known to the model that has its property. */
  static relateMany(relation: ManyToManyRelation): void {
    ;(relation.from.manyToMany as Map<string, ManyToManyRelation>).set(relation.property, relation)
  }

  /** Every index: those of single fields, those of `@model`, and those that were added. */
  get indexes(): readonly IndexDefinition[] {
    const declared = (this.options.indexes ?? []).map(given =>
      'fields' in given ? given : { fields: given[0], unique: given[1] }
    )
    return [...this.fields.filter(item => isIndexed(item, this.primaryKey)).map(ownIndex), ...declared, ...this.#added]
  }

  /** Adds an index, which `createTable` then makes too. */
  addIndex(index: IndexDefinition): void {
    this.#added = [...this.#added, index]
  }

  /** The constraints of the table, behind those of its columns. */
  get constraints(): readonly { readonly node: ExprNode }[] {
    return this.options.constraints ?? []
  }

  // ── the database ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** The database the model is bound to, here in a `bindCtx` or everywhere; or `null`. */
  get database(): ModelDatabase | null {
    return boundHere(this) ?? this.#database
  }

  /** Binds the model to another database. */
  set database(database: ModelDatabase | null) {
    this.#database = database
    this.#source = undefined
  }

  /** The database the model is bound to. Throws `InterfaceError` where there is none. */
  requireDatabase(): ModelDatabase {
    const { database } = this
    if (database) return database
    throw new InterfaceError(`${this.name} has no database: pass one to @model({ database }), or call db.bind([${this.name}])`)
  }

  /** The model as queries see it. The types of generated keys depend on the server. */
  get source(): Source {
    if (this.#source && !anyBindings()) return this.#source
    const traits = this.database?.traits ?? NO_TRAITS
    const size = traits.smallSerials ? 'small' : 'large'
    this.#sources[size] ??= this.#makeSource(traits)
    this.#source = this.#sources[size]
    return this.#source
  }

  #makeSource(traits: ServerTraits): Source {
    const columns = this.fields.map(item => ({ property: item.property, column: this.#column(item, traits) }))
    const keyOf = new Map(this.fields.map((item, i) => [item, columns[i]]))
    const names = new Map<string, SourceColumn>(columns.map(item => [item.property, item]))
    for (const [item, of] of keyOf)
      if (item.keyProperty !== undefined && !names.has(item.keyProperty)) names.set(item.keyProperty, of)
    return {
      name: this.name,
      node: this.table,
      table: this.table,
      columns,
      primaryKey: this.primaryKey.map(item => keyOf.get(item) as SourceColumn),
      references: this.fields.flatMap((item, i) => (isReference(item) ? [reference(item.field, columns[i])] : [])),
      names,
      relations: {
        get: name => this.#relation(name),
        keys: () => this.#relationNames(),
        between: table => this.backrefs.find(({ from }) => from.definedRefs.some(({ to }) => to.table === table))?.from.name
      },
      computed: this.computed,
      changes: this.#changes,
      read: this.#read,
      attach: (owner, property, related) => this.#attach(owner, property, related),
      notFound: sql => new this.DoesNotExist(`No ${this.name} was found by: ${sql}`, sql)
    }
  }

  /** Attaches a row, or that none was found; a key that leads to none is then nothing that `save` would write. */
  #attach(owner: object, property: string, related: object | null): void {
    ;(owner as Record<string, unknown>)[property] = related
    const at = related === null ? this.placeOf(property) : -1
    const row = at < 0 ? undefined : rows.get(owner)
    if (row && row[at] !== null)
      rows.set(
        owner,
        row.map((cell, i) => (i === at ? null : cell))
      )
  }

  /** How to go from this model to the one that a foreign key or a backref leads to. */
  #relation(name: string): SourceRelation | undefined {
    const own = this.fields[this.#places.get(name) ?? -1]
    if (own?.property === name && isReference(own))
      return { source: own.field.targetSource(), from: name, to: referredProperty(own) }
    const many = this.manyToMany.get(name)
    if (many) return throughRelation(many)
    const back = this.backrefs.find(({ backref }) => backref === name)
    if (!back) return undefined
    return { source: back.from.source, from: referredProperty(back.field), to: back.field.property }
  }

  #relationNames(): string[] {
    const references = this.fields.filter(isReference)
    const backrefs = this.backrefs.flatMap(({ backref }) => backref ?? [])
    return [...references.map(({ property }) => property), ...backrefs, ...this.manyToMany.keys()]
  }

  #column(item: ModelField, traits: ServerTraits): ColumnNode {
    const { property, columnName, field } = item
    const name = this.name
    if (!(field instanceof ForeignKeyFieldType)) {
      const node = column(this.table, columnName, typeOf(this, item, traits), name, property)
      const { generated, stored } = field.generated
      return generated ? { ...node, computed: stored ? 'stored' : 'virtual' } : node
    }
    // The target may not be defined yet, or be this very model: its type is asked for when it is used.
    const node: Omit<ColumnNode, 'type'> = { kind: 'column', source: this.table, name: columnName, owner: name, property }
    let type: ColumnNode['type'] | undefined
    return Object.defineProperty(node, 'type', {
      enumerable: true,
      get: () => (type ??= typeOf(this, item, traits))
    }) as ColumnNode
  }
}

/** A relation through a third model, as two steps. */
function throughRelation({ to, through, near, far }: ManyToManyRelation): SourceRelation {
  const via = { source: through.source, from: referredProperty(near), to: near.property }
  return { source: to.source, from: far.property, to: referredProperty(far), via }
}

const NO_TRAITS: ServerTraits = { smallSerials: true }

function tableNameOf(name: string, { tableName = snakeCase }: ModelOptions): string {
  const given: unknown = typeof tableName === 'function' ? tableName(name) : tableName
  if (typeof given === 'string' && given !== '') return given
  throw new ModelDefinitionError(`${name}: tableName must be a name, or a function that gives one, not ${describeType(given)}`)
}

function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

/** Whether a field holds references. */
export function isReference(item: ModelField): item is ReferenceField {
  return item.field instanceof ForeignKeyFieldType
}

/** The property of the other model that a foreign key refers to. */
export function referredProperty({ field }: ReferenceField): string {
  return field.targetColumn().property
}

/**
 * Whether a field has an index of its own. References are followed in both directions, so their columns are indexed unless
 * that is declined; rows are found by the first column of the primary key anyway, but not by the others.
 */
export function isIndexed(item: ModelField, key: readonly ModelField[]): boolean {
  const { index, unique = false } = item.field.options
  if (item === key[0] && (key.length === 1 || !unique)) return false
  return unique || (index ?? isReference(item))
}

function ownIndex({ property, field }: ModelField): IndexDefinition {
  const { options } = field
  const { unique = false, hash, buckets } = options
  return { fields: [property], unique, using: options.indexType ?? (unique ? undefined : field.indexType), hash, buckets }
}

/** Where a field stands. */
export function placeOf({ options, tableName }: Metadata, { columnName }: ModelField): FieldPlace {
  return { schema: options.schema, table: tableName, column: columnName }
}

function typeOf(meta: Metadata, item: ModelField, traits: ServerTraits): ColumnNode['type'] {
  try {
    return item.field.typeFor(traits, placeOf(meta, item))
  } catch (error) {
    if (!(error instanceof ModelDefinitionError)) throw error
    throw new ModelDefinitionError(`${meta.name}.${item.property}: ${error.message}`)
  }
}

function reference(field: ForeignKeyFieldType, { property, column }: SourceColumn): Reference {
  return {
    property,
    column,
    source: () => field.targetSource(),
    target: () => {
      const to = field.targetColumn()
      return { table: field.targetSource().table, column: to.column.name, property: to.property }
    }
  }
}

const known = new WeakMap<object, Metadata>()

/** Makes metadata known for a class; queries then know it too. */
export function registerMetadata(owner: object, meta: Metadata): void {
  known.set(owner, meta)
  known.set(meta.table, meta)
  registerSource(owner, () => meta.source)
}

/** What is known of a model class, of an instance's class, or of a model's table as queries see it; or `undefined`. */
export function findMetadata(owner: object): Metadata | undefined {
  return known.get(owner)
}

/** What is known of the model that a thunk gives, if it is defined by now. */
export function definedModel(target: () => unknown): Metadata | undefined {
  try {
    const model = target()
    return typeof model === 'function' ? findMetadata(model) : undefined
  } catch (error) {
    // A class that is not defined yet: its turn comes with its own decorator.
    if (error instanceof ReferenceError) return undefined
    throw error
  }
}

/** Whether any model that this one extends meets the condition. */
export function anyAbove({ model }: Metadata, test: (above: Metadata) => boolean): boolean {
  for (let owner = parentOf(model); owner; owner = parentOf(owner)) {
    const above = findMetadata(owner)
    if (above && test(above)) return true
  }
  return false
}

function parentOf(owner: object): object | null {
  return Object.getPrototypeOf(owner) as object | null
}

/** What is known of a model: its table, fields, key and database. Throws `ModelDefinitionError` for a class without `@model()`. */
export function metadata(owner: object): Metadata {
  const meta = known.get(owner) ?? known.get(owner.constructor)
  if (meta) return meta
  const name = typeof owner === 'function' ? owner.name : owner.constructor.name
  throw new ModelDefinitionError(`${name} is not a model: decorate the class with @model()`)
}

/** The relation that a foreign key of a model makes. */
export function relationOf(from: Metadata, item: ReferenceField, to: Metadata): Relation {
  const { backref } = item.field.options
  return {
    from,
    field: item,
    to,
    backref: backrefName(from, item, typeof backref === 'function' ? backref(from.model) : backref)
  }
}

/** The name of a backref, if it has one: Peewee declines it with a plus. */
function backrefName({ name }: Metadata, { property }: ModelField, given: unknown): string | undefined {
  if (given === undefined || given === false || given === '+') return undefined
  if (typeof given === 'string' && given !== '') return given
  throw new ModelDefinitionError(
    `${name}.${property}: the backref is a name, false for none, or a function of the model that gives one, not ${describeType(given)}`
  )
}
