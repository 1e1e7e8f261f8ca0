import type { Field, ServerTraits } from '../../fields/field.js'
import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { column, table as tableNode } from '../ast/build.js'
import type { ColumnNode, ExprNode, TableNode } from '../ast/nodes.js'
import { DoesNotExist, InterfaceError, ModelDefinitionError } from '../errors.js'
import {
  type CellReader,
  type Reference,
  registerSource,
  type Source,
  type SourceColumn,
  unknownProperty
} from '../expression/source.js'
import { didYouMean, snakeCase } from '../util/names.js'
import type { ModelDatabase } from './model-database.js'

/** A field as it stands in one model. */
export interface ModelField {
  readonly property: string
  readonly columnName: string
  readonly field: Field
  readonly primaryKey: boolean
  /** For a foreign key: the property that holds the key alone. */
  readonly keyProperty: string | undefined
}

/** An index over several columns: `[['user', 'createdAt'], unique]`. */
export type IndexOption<K extends string = string> = readonly [properties: readonly K[], unique: boolean]

/** The names of a primary key's properties; made by `compositeKey`. */
export interface CompositeKey<K extends string = string> {
  readonly names: readonly K[]
}

/** What `@model` takes. */
export interface ModelOptions {
  readonly database?: ModelDatabase | null
  /** By default the class name in snake_case. Not inherited. */
  readonly tableName?: string
  readonly schema?: string
  readonly indexes?: readonly IndexOption[]
  /** SQL behind the columns: `[SQL('CHECK (a < b)')]`. */
  readonly constraints?: readonly { readonly node: ExprNode }[]
  /** `compositeKey('a', 'b')`, or `false` for a table without key. */
  readonly primaryKey?: CompositeKey | false
  /** SQL behind the table's closing parenthesis. */
  readonly tableSettings?: string | readonly string[]
  readonly temporary?: boolean
  /** Models whose tables must be created first. */
  readonly dependsOn?: readonly object[]
  /** Whether `save` and `create` ask class-validator; true unless given. */
  readonly validate?: boolean
}

/** A model's class, as metadata keeps it. */
export type ModelConstructor = new (data?: unknown) => object

/** What is known of a model: Peewee's `_meta`. */
export class Metadata {
  readonly name: string
  readonly tableName: string
  readonly options: ModelOptions
  /** In order: primary key first, then as declared, those of base classes before. */
  readonly fields: readonly ModelField[]
  readonly primaryKey: readonly ModelField[]
  /** The class that `@model` made; the one to construct. */
  readonly model: ModelConstructor
  /** The error that a missing row of this model throws. */
  readonly DoesNotExist: typeof DoesNotExist
  #database: ModelDatabase | null
  #source: Source | undefined
  readonly #read: CellReader
  readonly #places: ReadonlyMap<string, number>
  readonly table: TableNode
  /** The names under which other models' rows are found on instances. */
  readonly backrefs = new Set<string>()

  constructor(
    model: ModelConstructor,
    options: ModelOptions,
    fields: readonly ModelField[],
    reader: (meta: Metadata) => CellReader
  ) {
    this.model = model
    this.name = model.name
    this.options = options
    this.tableName = options.tableName ?? snakeCase(model.name)
    this.fields = fields
    const places = fields.flatMap((item, i) => [item.keyProperty, item.property].map(name => [name, i] as const))
    this.#places = new Map(places.filter((place): place is readonly [string, number] => place[0] !== undefined))
    this.primaryKey = fields.filter(item => item.primaryKey)
    this.DoesNotExist = { [`${model.name}DoesNotExist`]: class extends DoesNotExist {} }[`${model.name}DoesNotExist`]
    this.#database = options.database ?? null
    this.table = tableNode(this.tableName, options.schema)
    this.#read = reader(this)
  }

  /** The database the model is bound to, or `null`. */
  get database(): ModelDatabase | null {
    return this.#database
  }

  /** Binds the model to another database. */
  set database(database: ModelDatabase | null) {
    this.#database = database
    // The types of generated keys depend on the server.
    this.#source = undefined
  }

  /** The database the model is bound to. Throws `InterfaceError` where there is none. */
  requireDatabase(): ModelDatabase {
    if (this.#database) return this.#database
    throw new InterfaceError(`${this.name} has no database: pass one to @model({ database }), or call db.bind([${this.name}])`)
  }

  /** The model as queries see it. */
  get source(): Source {
    this.#source ??= this.#makeSource()
    return this.#source
  }

  /** The field of a property, or of a foreign key's key property. Throws a `TypeError` for none. */
  field(property: string): ModelField {
    const found = this.findField(property)
    if (found) return found
    throw unknownProperty(this.source, property)
  }

  /** The field of a property, or of a foreign key's key property. */
  findField(property: string): ModelField | undefined {
    return this.fields[this.placeOf(property)]
  }

  /** Where among the fields that of a property stands, or -1. */
  placeOf(property: string): number {
    return this.#places.get(property) ?? -1
  }

  #makeSource(): Source {
    const traits: ServerTraits = this.#database?.traits ?? { smallSerials: true }
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
      references: this.fields.flatMap((item, i) =>
        item.field instanceof ForeignKeyFieldType ? [reference(item.field, columns[i])] : []
      ),
      names,
      read: this.#read,
      attach: attachRelated,
      notFound: sql => new this.DoesNotExist(`No ${this.name} was found by: ${sql}`, sql)
    }
  }

  #column({ property, columnName, field }: ModelField, traits: ServerTraits): ColumnNode {
    const name = this.name
    if (!(field instanceof ForeignKeyFieldType))
      return column(this.table, columnName, typeOf(field, traits, name, property), name, property)
    // The target may not be defined yet, or be this very model: its type is asked for when it is used.
    const node: Omit<ColumnNode, 'type'> = { kind: 'column', source: this.table, name: columnName, owner: name, property }
    let type: ColumnNode['type'] | undefined
    return Object.defineProperty(node, 'type', {
      enumerable: true,
      get: () => (type ??= typeOf(field, traits, name, property))
    }) as ColumnNode
  }
}

function attachRelated(owner: object, property: string, related: object | null): void {
  ;(owner as Record<string, unknown>)[property] = related
}

function typeOf(field: Field, traits: ServerTraits, model: string, property: string): ColumnNode['type'] {
  try {
    return field.typeFor(traits)
  } catch (error) {
    throw error instanceof ModelDefinitionError ? new ModelDefinitionError(`${model}.${property}: ${error.message}`) : error
  }
}

function reference(field: ForeignKeyFieldType, { property, column }: SourceColumn): Reference {
  return {
    property,
    column,
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
  registerSource(owner, () => meta.source)
}

/** What is known of a model class or of an instance's class, or `undefined`. */
export function findMetadata(owner: object): Metadata | undefined {
  return known.get(owner)
}

/** What is known of a model: its table, fields, key and database. Throws `ModelDefinitionError` for a class without `@model()`. */
export function metadata(owner: object): Metadata {
  const meta = known.get(owner) ?? known.get(owner.constructor)
  if (meta) return meta
  const name = typeof owner === 'function' ? owner.name : owner.constructor.name
  throw new ModelDefinitionError(`${name} is not a model: decorate the class with @model()`)
}

/** A primary key of several properties: `@model({ primaryKey: compositeKey('key', 'value') })`. */
export function compositeKey<const K extends string>(...names: K[]): CompositeKey<K> {
  return { names }
}

/** Throws `ModelDefinitionError` for names in options that are no property of the model. */
export function checkNames(model: string, names: readonly string[], fields: readonly ModelField[], where: string): void {
  for (const name of names) {
    if (fields.some(item => item.property === name)) continue
    throw new ModelDefinitionError(
      `${model}: ${where} names "${name}", which is no field${didYouMean(
        name,
        fields.map(item => item.property)
      )}`
    )
  }
}
