import { isKeyHolder } from '../../fields/foreign-key.js'
import { typeOfOid } from '../ast/types.js'
import { type DoesNotExist, IntegrityError, ModelDefinitionError } from '../errors.js'
import { rawText, template } from '../expression/raw.js'
import { makeAlias, sourceFields } from '../expression/source.js'
import type {
  Alias,
  Any,
  AnyExpr,
  Changes,
  Class,
  ColumnKey,
  Data,
  DictRow,
  Expr,
  Fields,
  KeyOf,
  ModelSource,
  NewClass,
  Picked,
  Predicate
} from '../expression/types.js'
import { runNode } from '../query/executor.js'
import { Insert } from '../query/insert.js'
import { insertOne, insertRows } from '../query/insert-rows.js'
import { RawQuery } from '../query/raw.js'
import { type Condition, Select, selectFrom } from '../query/select.js'
import { Delete, deleteOf, Update, updateOf } from '../query/update.js'
import { LAYOUT, partialInstance } from './instance.js'
import { findByKey } from './key-lookup.js'
import { findMetadata, type Metadata, type ModelField, metadata } from './metadata.js'
import type { ModelDatabase } from './model-database.js'
import { dirtyFields, keyCondition, type SaveOptions, saveInstance, setBackWhenUndone } from './persist.js'
import { referenceKey } from './relations.js'
import { HYDRATE, type LoadedRow, rows } from './row.js'
import type { Expressions, SelectedModels, SelectedRow } from './selected-row.js'
import { isReference, rowFromData, rowsFrom } from './values.js'

/** Conditions of `get` and its like. */
type Where<M> = Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>)

/**
 * The base of every model. An instance is a plain object: its columns are its own enumerable properties. It is `save`d,
 * `reload`ed and `deleteInstance`d; everything else begins at the class: `User.select()`, `User.create({ … })`.
 */
export class Model {
  /** The row the instance was loaded with; `save` compares with it. */
  #row: LoadedRow | undefined

  static {
    rows.get = instance => (instance as Model).#row
    rows.set = (instance, row) => {
      ;(instance as Model).#row = row
    }
  }

  constructor(data?: object) {
    const { [LAYOUT]: layOut } = new.target as { [LAYOUT]?: (instance: object) => void }
    if (layOut) layOut(this)
    if (data === undefined || (data as unknown) === HYDRATE) return
    const name = new.target.name
    throw new ModelDefinitionError(
      `new ${name}(data) would lose the data: decorate ${name} with @model(), and inside its own class body use this.constructor or ${name}.new(data)`
    )
  }

  /** The error that a missing row throws: `catch (e) { if (e instanceof User.DoesNotExist) … }`. */
  static get DoesNotExist(): typeof DoesNotExist {
    return metadata(this).DoesNotExist
  }

  /** The columns as values: `const account = Account.fields()`, then `account.balance.gte('10')`. */
  static fields<M extends Model>(this: Class<M>): Fields<M> {
    return sourceFields<M>(metadata(this).source)
  }

  /** The model under another name, to be joined with itself: `const parent = Category.alias('p')`. */
  static alias<M extends Model, const N extends string>(this: Class<M>, name: N): Alias<M, N> {
    return makeAlias<M>(metadata(this).source, name) as Alias<M, N>
  }

  /** A new instance, typed; nothing is sent. */
  static new<M extends Model>(this: NewClass<M>, data?: Data<M>): M {
    return new (metadata(this).model as NewClass<M>)(data)
  }

  /**
   * Inserts a row and gives its instance. `User.create({ username: 'huey' })` → `INSERT INTO "user" ("username") VALUES ($1) RETURNING "id"`.
   * Rejects with `ValidationError`, `IntegrityError` or `DataError`; then nothing was written.
   */
  static async create<M extends Model>(this: NewClass<M>, data?: Data<M>, options?: Pick<SaveOptions, 'validate'>): Promise<M> {
    const instance = Model.new.call(this as NewClass<Model>, data as object)
    await instance.save({ ...options, forceInsert: true })
    return instance as M
  }

  /** The one row that meets the conditions, the first of several. Rejects with the model's `DoesNotExist`. */
  static async get<M extends Model>(this: Class<M>, ...conditions: Where<M>[]): Promise<M> {
    return selectAll<M>(this)
      .where(...(conditions as Condition<readonly [M]>[]))
      .get()
  }

  /** The row that meets the conditions, or `null`. */
  static async getOrNone<M extends Model>(this: Class<M>, ...conditions: Where<M>[]): Promise<M | null> {
    return selectAll<M>(this)
      .where(...(conditions as Condition<readonly [M]>[]))
      .getOrNone()
  }

  /** The row of a key; of a composite key, an array of its values. Rejects with the model's `DoesNotExist`. */
  static async getById<M extends Model>(this: Class<M>, key: KeyOf<M> | readonly unknown[]): Promise<M> {
    return (await findByKey(metadata(this), key)) as M
  }

  /**
   * The row with these values, and whether it had to be created, then with `defaults` besides. Safe against another
   * program doing the same: `const [user, created] = await User.getOrCreate({ username: 'huey', defaults: { age: 3 } })`.
   */
  static async getOrCreate<M extends Model>(
    this: NewClass<M>,
    data: Data<M> & { readonly defaults?: Data<M> }
  ): Promise<[instance: M, created: boolean]> {
    const { defaults, ...wanted } = data as Record<string, unknown>
    const meta = metadata(this)
    const fields = sourceFields(meta.source) as Record<string, AnyExpr & { eq(value: unknown): Predicate }>
    const query = selectAll<M>(this).where(...Object.entries(wanted).map(([name, value]) => fields[name].eq(value)))
    const found = await query.getOrNone()
    if (found) return [found, false]
    try {
      const create = () => Model.create.call(this as NewClass<Model>, { ...wanted, ...(defaults as object) })
      return [(await meta.requireDatabase().guarded(create)) as M, true]
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error
      const other = await query.getOrNone()
      if (other) return [other, false]
      throw error
    }
  }

  /**
   * A query for rows: of nothing, the model itself; of models, instances with what is joined attached; of columns and
   * expressions, plain objects.
   *
   * `User.select().where(u => u.age.gte(18))` → `SELECT "t1"."id", … FROM "user" AS "t1" WHERE "t1"."age" >= $1`
   */
  static select<M extends Model>(this: Class<M>): Select<M, readonly [M], M>
  static select<M extends Model, const C extends Picked>(
    this: Class<M>,
    pick: (fields: Fields<M>) => C
  ): Select<M, readonly [M], DictRow<C>, readonly [], C>
  static select<M extends Model, const C extends readonly [AnyExpr, ...AnyExpr[]]>(
    this: Class<M>,
    ...columns: C
  ): Select<M, readonly [M], DictRow<C>, readonly [], C>
  static select<M extends Model, const A extends readonly (ModelSource<Any> | AnyExpr)[]>(
    this: Class<M>,
    ...items: A
  ): Select<M, readonly [M], SelectedRow<M, A>, SelectedModels<A>, Expressions<A>>
  static select<M extends Model, const C extends { readonly [name: string]: AnyExpr }>(
    this: Class<M>,
    pick: C
  ): Select<M, readonly [M], DictRow<C>, readonly [], C>
  static select(...args: unknown[]): never {
    return new Select(stateOf(this, args)) as never
  }

  /** An INSERT of one row; awaited, it gives the primary key. */
  static insert<M extends Model>(this: Class<M>, data: Data<M>): Insert<M, KeyOf<M>> {
    const meta = metadata(this)
    const node = insertOne(meta.source, rowFromData(meta, data, `${meta.name}.insert`))
    return new Insert({ executor: executorOf(meta), source: meta.source, nodes: [node], single: true })
  }

  /** An INSERT of many rows, given as objects, or as arrays in the order of `fields`; awaited, it gives the primary keys. */
  static insertMany<M extends Model>(
    this: Class<M>,
    rows: Iterable<Data<M> | readonly unknown[]>,
    fields?: readonly (ColumnKey<M> | AnyExpr)[]
  ): Insert<M, KeyOf<M>[]> {
    const meta = metadata(this)
    const nodes = insertRows(meta.source, rowsFrom(meta, rows, fields))
    return new Insert({ executor: executorOf(meta), source: meta.source, nodes, single: false })
  }

  /** An INSERT that replaces the whole row of the same primary key, where the server has such a statement (UPSERT). */
  static replace<M extends Model>(this: Class<M>, data: Data<M>): Insert<M, KeyOf<M>> {
    const meta = metadata(this)
    const node = insertOne(meta.source, rowFromData(meta, data, `${meta.name}.replace`), true)
    return new Insert({ executor: executorOf(meta), source: meta.source, nodes: [node], single: true })
  }

  /** Like `replace`, of many rows. */
  static replaceMany<M extends Model>(
    this: Class<M>,
    rows: Iterable<Data<M> | readonly unknown[]>,
    fields?: readonly (ColumnKey<M> | AnyExpr)[]
  ): Insert<M, KeyOf<M>[]> {
    const meta = metadata(this)
    const nodes = insertRows(meta.source, rowsFrom(meta, rows, fields), true)
    return new Insert({ executor: executorOf(meta), source: meta.source, nodes, single: false })
  }

  /**
   * An UPDATE; awaited, it gives how many rows it changed. Values may be expressions, or functions of the columns:
   * `Account.update({ balance: a => a.balance.sub(10) }).where(a => a.id.eq(from))`.
   */
  static update<M extends Model>(this: Class<M>, changes: Changes<M>): Update<M> {
    const meta = metadata(this)
    return new Update(updateOf(executorOf(meta), meta.source, changes))
  }

  /** A DELETE; awaited, it gives how many rows it deleted. */
  static delete<M extends Model>(this: Class<M>): Delete<M> {
    const meta = metadata(this)
    return new Delete(deleteOf(executorOf(meta), meta.source))
  }

  /** Instances from SQL of your own, as a template or with `$1 … $n`: `` User.raw`SELECT * FROM users WHERE age > ${18}` ``. */
  static raw<M extends Model>(this: Class<M>, text: string | TemplateStringsArray, ...params: unknown[]): RawQuery<M> {
    const meta = metadata(this)
    const body = typeof text === 'string' ? rawText(text, params) : template(text, params)
    return new RawQuery<M>(executorOf(meta), body, ({ rows, columns }) => {
      const items = columns.map(({ name }) => meta.fields.find(item => item.columnName === name || item.property === name))
      return rows.map(cells => rawInstance(meta, items, columns, cells))
    })
  }

  /** Binds the model to a database. */
  static bind(this: Class<Model>, database: ModelDatabase | null): void {
    metadata(this).database = database
  }

  /** Creates the table and its indexes. */
  static async createTable(this: Class<Model>, options?: { readonly safe?: boolean }): Promise<void> {
    await metadata(this).requireDatabase().createTables([this], options)
  }

  /** Drops the table. */
  static async dropTable(this: Class<Model>, options?: { readonly safe?: boolean; readonly cascade?: boolean }): Promise<void> {
    await metadata(this).requireDatabase().dropTables([this], options)
  }

  /** Whether the table exists. */
  static async tableExists(this: Class<Model>): Promise<boolean> {
    return metadata(this).requireDatabase().tableExists(this)
  }

  /**
   * Inserts a new instance, or updates the changed columns of a loaded one; gives the number of rows. Changes inside
   * JSON, arrays and dates count. Nothing changed: nothing is sent, and it gives 0.
   */
  async save(options?: SaveOptions): Promise<number> {
    return saveInstance(this, metadata(this.constructor), options)
  }

  /** Reads the row anew into this instance. Rejects with the model's `DoesNotExist` where it is gone. */
  async reload(): Promise<this> {
    const meta = metadata(this.constructor)
    const state = selectFrom(executorOf(meta), meta.source, [])
    const query = new Select({ ...state, node: { ...state.node, where: keyCondition(this, meta) } })
    const fresh = (await query.get()) as object
    setBackWhenUndone(this, meta, meta.source.columns)
    for (const { property } of meta.fields)
      (this as Record<string, unknown>)[property] = (fresh as Record<string, unknown>)[property]
    this.#row = rows.get(fresh)
    return this
  }

  /** Deletes the row; gives 1, or 0 where it was gone already. */
  async deleteInstance(): Promise<number> {
    const meta = metadata(this.constructor)
    const where = keyCondition(this, meta)
    return (await runNode(meta.requireDatabase(), { kind: 'delete', table: meta.table, where, returning: [] })).count
  }

  /** Whether `save` would write anything. */
  isDirty(): boolean {
    return dirtyFields(this, metadata(this.constructor)).length > 0
  }

  /** The properties that `save` would write. */
  get dirtyFields(): readonly string[] {
    return dirtyFields(this, metadata(this.constructor)).map(({ property }) => property)
  }

  /** The primary key's value; of a composite key, an array. */
  getId(): unknown {
    const keys = metadata(this.constructor).primaryKey.map(item => keyValue(this, item))
    return keys.length > 1 ? keys : keys[0]
  }

  /** Whether the other one is the same row: of the same model, with the same key. Unsaved instances equal only themselves. */
  equals(other: unknown): boolean {
    if (this === other) return true
    if (!(other instanceof Model) || findMetadata(other.constructor) !== findMetadata(this.constructor)) return false
    const keys = metadata(this.constructor).primaryKey.map(item => [keyValue(this, item), keyValue(other, item)])
    return keys.length > 0 && keys.every(([mine, theirs]) => mine !== undefined && mine !== null && mine === theirs)
  }

  /** The columns as values that JSON can hold: a bigint as a string, a reference that is not loaded as its key. */
  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(this)) json[name] = jsonValue(value)
    return json
  }
}

function executorOf(meta: Metadata) {
  return () => meta.requireDatabase()
}

function stateOf(owner: object, args: readonly unknown[]) {
  const meta = metadata(owner)
  return selectFrom(executorOf(meta), meta.source, args)
}

function selectAll<M>(owner: object): Select<M, readonly [M], M> {
  return new Select(stateOf(owner, []))
}

function keyValue(instance: object, item: ModelField): unknown {
  const value = (instance as Record<string, unknown>)[item.property]
  return isReference(item) ? referenceKey(value, item.field) : value
}

function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (isKeyHolder(value)) return jsonValue(value.key)
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? value.map(jsonValue) : value
}

/** An instance of what columns came; others than the model's become properties of the server's types. */
function rawInstance(
  meta: Metadata,
  items: readonly (ModelField | undefined)[],
  columns: readonly { readonly name: string; readonly oid: number }[],
  cells: readonly (string | null)[]
): object {
  const values = new Map<ModelField, string | null>()
  items.forEach((item, i) => {
    if (item) values.set(item, cells[i])
  })
  const instance = partialInstance(meta, values)
  items.forEach((item, i) => {
    const cell = cells[i]
    if (!item)
      (instance as Record<string, unknown>)[columns[i].name] = cell === null ? null : typeOfOid(columns[i].oid).decode(cell)
  })
  return instance
}
