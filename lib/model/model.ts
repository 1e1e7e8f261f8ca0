import { isKeyHolder } from '../../fields/foreign-key.js'
import { FALSE } from '../ast/build.js'
import { type DoesNotExist, ModelDefinitionError } from '../errors.js'
import { rawText, template } from '../expression/raw.js'
import { renamedSource, sourceFields } from '../expression/source.js'
import type {
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
  Subselect
} from '../expression/types.js'
import type { Condition } from '../query/clause-types.js'
import type { ColumnName } from '../query/conflict.js'
import { runNode } from '../query/executor.js'
import { isFilter } from '../query/filter.js'
import type { CheckedFilter } from '../query/filter-types.js'
import type { Insert } from '../query/insert.js'
import { RawQuery, type ResultReader } from '../query/raw.js'
import { RowSource } from '../query/row-source.js'
import { Select, selectFrom } from '../query/select.js'
import type { Expressions, SelectedModels, SelectedRow } from '../query/selected-row.js'
import { silent } from '../query/silent.js'
import { Delete, deleteOf, Update, updateOf } from '../query/update.js'
import { bindModels, bindModelsFor } from './binding.js'
import { type BulkCreateOptions, type BulkOptions, bulkCreate } from './bulk.js'
import { bulkUpdate } from './bulk-update.js'
import { type DeleteOptions, type Dependency, type DependencyOptions, deleteInstance, dependenciesOf } from './delete.js'
import { getOrCreate } from './get-or-create.js'
import { insertFromOf, insertManyOf, insertOf, type Rows } from './inserts.js'
import { LAYOUT, rawInstance, readRow } from './instance.js'
import { findByKey, rowOfKey } from './key-lookup.js'
import { findMetadata, isReference, type Metadata, type ModelField, metadata } from './metadata.js'
import type { BindOptions, CreateOptions, DropOptions, ModelDatabase } from './model-database.js'
import { ModelIndex } from './model-index.js'
import type { IndexDefinition, IndexOptions, IndexPart } from './options.js'
import { dirtyFields, keyCondition, type SaveOptions, saveInstance, setBackWhenUndone } from './persist.js'
import { referenceKey } from './relations.js'
import { HYDRATE, type LoadedRow, rows } from './row.js'

/** What `truncateTable` takes. */
export interface TruncateOptions {
  /** Lets generated keys begin anew; not every server has that. */
  readonly restartIdentity?: boolean
  readonly cascade?: boolean
}

/** What is indexed: properties by name, columns, expressions and sort keys, or a function of the columns that gives them. */
export type IndexFields<M> =
  | readonly IndexPart<ColumnKey<M>>[]
  | ((fields: Fields<M>) => IndexPart<ColumnKey<M>> | readonly IndexPart<ColumnKey<M>>[])
/** What `Model.index` takes beside the fields. */
export interface ModelIndexOptions<M> extends Omit<IndexOptions<ColumnKey<M>>, 'where'> {
  readonly where?: Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>)
}

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
  static alias<M extends Model, const N extends string>(this: Class<M>, name: N): RowSource<M, N> {
    const meta = metadata(this)
    return new RowSource(executorOf(meta), renamedSource(meta.source, name), name)
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
    const instance = new (metadata(this).model as NewClass<M>)(data)
    await instance.save({ ...options, forceInsert: true })
    return instance
  }

  /**
   * The one row that meets the conditions, the first of several: `User.get(u => u.username.eq('huey'))`, or by name as in
   * `filter`, `User.get({ username: 'huey' })`. Rejects with the model's `DoesNotExist`.
   */
  static get<M extends Model>(this: Class<M>, ...conditions: Where<M>[]): Promise<M>
  static get<M extends Model, const F extends object>(
    this: Class<M>,
    filter: F & CheckedFilter<M, F>,
    ...conditions: Where<M>[]
  ): Promise<M>
  static async get<M extends Model>(this: Class<M>, ...conditions: unknown[]): Promise<M> {
    return selectWhere<M>(this, conditions).get()
  }

  /** The row that meets the conditions, or `null`. */
  static getOrNone<M extends Model>(this: Class<M>, ...conditions: Where<M>[]): Promise<M | null>
  static getOrNone<M extends Model, const F extends object>(
    this: Class<M>,
    filter: F & CheckedFilter<M, F>,
    ...conditions: Where<M>[]
  ): Promise<M | null>
  static async getOrNone<M extends Model>(this: Class<M>, ...conditions: unknown[]): Promise<M | null> {
    return selectWhere<M>(this, conditions).getOrNone()
  }

  /** The row of a key; of a composite key, an array of its values. Rejects with the model's `DoesNotExist`. */
  static async getById<M extends Model>(this: Class<M>, key: KeyOf<M> | readonly unknown[]): Promise<M> {
    const meta = metadata(this)
    return (await findByKey(meta, key, meta.requireDatabase().rowLock)) as M
  }

  /**
   * The row with these values, and whether it had to be created, then with `defaults` besides. Safe against another program
   * doing the same: `const [user, created] = await User.getOrCreate({ username: 'huey' }, { defaults: { age: 3 } })`. The
   * defaults may stand among the values, too, unless the model has a field of that name.
   */
  static async getOrCreate<M extends Model>(
    this: NewClass<M>,
    data: Data<M> & { readonly defaults?: Data<M> },
    options: { readonly defaults?: Data<M> } = {}
  ): Promise<[instance: M, created: boolean]> {
    const meta = metadata(this)
    const { defaults, ...values } = data as { readonly defaults?: object }
    const [wanted, more] = meta.findField('defaults') ? [data, {}] : [values, defaults]
    return (await getOrCreate(meta, wanted, { ...more, ...options.defaults })) as [M, boolean]
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
    return insertOf(metadata(this), data, 'insert')
  }

  /**
   * An INSERT of many rows, given as objects, or as arrays in the order of `fields`; awaited, it gives the primary keys in
   * the order of the rows. Rows of a generator, also of an async one, are read as they are sent, so the query can be awaited once.
   */
  static insertMany<M extends Model>(
    this: Class<M>,
    rows: Rows<Data<M> | readonly unknown[]>,
    fields?: readonly ColumnName<M>[]
  ): Insert<M, KeyOf<M>[]> {
    return insertManyOf(metadata(this), rows, fields, 'insertMany')
  }

  /**
   * An INSERT of what a query gives, a column for each of the fields; awaited, it gives the primary keys.
   * `Archive.insertFrom(Tweet.select(t => [t.content]), ['content'])` → `INSERT INTO "archive" ("content") SELECT "t1"."content" FROM "tweet" AS "t1" RETURNING …`
   */
  static insertFrom<M extends Model>(this: Class<M>, query: Subselect, fields: readonly ColumnName<M>[]): Insert<M, KeyOf<M>[]> {
    return insertFromOf(metadata(this), query, fields)
  }

  /**
   * An INSERT that, where there is a row of the same primary key, gives its values to that one; columns that get none keep
   * theirs. Where the server has such a statement (UPSERT).
   */
  static replace<M extends Model>(this: Class<M>, data: Data<M>): Insert<M, KeyOf<M>> {
    return insertOf(metadata(this), data, 'replace')
  }

  /** Like `replace`, of many rows. */
  static replaceMany<M extends Model>(
    this: Class<M>,
    rows: Rows<Data<M> | readonly unknown[]>,
    fields?: readonly ColumnName<M>[]
  ): Insert<M, KeyOf<M>[]> {
    return insertManyOf(metadata(this), rows, fields, 'replaceMany')
  }

  /**
   * An UPDATE; awaited, it gives how many rows it changed. Values may be expressions, or functions of the columns:
   * `Account.update({ balance: a => a.balance.sub(10) }).where(a => a.id.eq(from))`.
   * Values that need the columns of other sources are given to `set`, behind `from`.
   */
  static update<M extends Model>(this: Class<M>, changes?: Changes<M>): Update<M> {
    const meta = metadata(this)
    return new Update(updateOf(executorOf(meta), meta.source, changes))
  }

  /**
   * Updates the row of a key; of a composite key, an array of its values. Gives the number of rows: 0 where there is none.
   * With `null` for the key it inserts a row.
   */
  static async setById<M extends Model>(
    this: Class<M>,
    key: KeyOf<M> | readonly unknown[] | null,
    changes: Changes<M>
  ): Promise<number> {
    const meta = metadata(this)
    if (key === null) return insertOf<M, number>(meta, changes, 'insert').asRowCount().execute()
    const state = updateOf(executorOf(meta), meta.source, changes)
    return (await runNode(meta.requireDatabase(), { ...state.node, where: rowOfKey(meta, key) })).count
  }

  /** Deletes the row of a key; of a composite key, an array of its values. Gives the number of rows: 0 where there is none. */
  static async deleteById<M extends Model>(this: Class<M>, key: KeyOf<M> | readonly unknown[]): Promise<number> {
    const meta = metadata(this)
    const where = rowOfKey(meta, key)
    return (await runNode(meta.requireDatabase(), { kind: 'delete', table: meta.table, where, returning: [] })).count
  }

  /**
   * Inserts instances in as few statements as possible, all of them or none, and gives them the keys and values that the
   * server made. Like `create` it inserts even those that were loaded. An instance may refer to one before it in the list.
   * Rejects with `ValidationError`, which names the instances that are not valid, before anything is sent.
   */
  static async bulkCreate<M extends Model>(this: Class<M>, instances: Iterable<M>, options?: BulkCreateOptions): Promise<void> {
    await bulkCreate(metadata(this), instances, options)
  }

  /**
   * Updates the named fields of instances in as few statements as possible, all of them or none; gives how many rows there
   * were. `await User.bulkUpdate(users, ['age', 'email'])`
   */
  static async bulkUpdate<M extends Model>(
    this: Class<M>,
    instances: Iterable<M>,
    fields: readonly ColumnName<M>[],
    options?: BulkOptions
  ): Promise<number> {
    return bulkUpdate(metadata(this), instances, fields, options)
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
    const read: ResultReader = ({ rows, columns }, text) => {
      const origin = { text }
      const items = columns.map(({ name }) => meta.fields.find(item => item.columnName === name || item.property === name))
      return rows.map(cells => rawInstance(meta, items, columns, cells, origin))
    }
    return new RawQuery<M>(executorOf(meta), body, read, sql => meta.source.notFound(sql))
  }

  /**
   * A select with conditions by name: properties, operators behind `__`, and relations on the way, which are joined once.
   * `User.filter({ username__ilike: 'h%', tweets__content__contains: 'x', age__in: [1, 2] })`. A backref gives a row for each
   * row that refers to it. `DQ` puts filters together: `User.filter(DQ({ age: 13 }).or(DQ({ age: 7 })))`.
   * Throws a `TypeError` for unknown names and operators.
   */
  static filter<M extends Model, const A extends readonly object[]>(
    this: Class<M>,
    ...filters: A & { readonly [I in keyof A]: CheckedFilter<M, A[I]> }
  ): Select<M, readonly [M], M> {
    return selectAll<M>(this).filter(...filters)
  }

  /** A select that gives nothing, and for which nothing is sent. */
  static noop<M extends Model>(this: Class<M>): Select<M, readonly [M], M> {
    const state = stateOf(this, [])
    return new Select({ ...state, executor: () => silent(state.executor()), node: { ...state.node, where: FALSE } })
  }

  /** Binds the model to a database, and with it those that are related to it, unless the options say otherwise. */
  static bind(this: Class<Model>, database: ModelDatabase | null, options?: BindOptions): void {
    bindModels([this], database, options)
  }

  /** Runs a block in which the model, and those related to it, are bound to a database; elsewhere they stay as they are. */
  static bindCtx<T>(
    this: Class<Model>,
    database: ModelDatabase,
    block: () => T | PromiseLike<T>,
    options?: BindOptions
  ): Promise<T> {
    return bindModelsFor([this], database, block, options)
  }

  /** Creates the table and its indexes. */
  static async createTable(this: Class<Model>, options?: CreateOptions): Promise<void> {
    await metadata(this).requireDatabase().createTables([this], options)
  }

  /** Drops the table. */
  static async dropTable(this: Class<Model>, options?: DropOptions): Promise<void> {
    await metadata(this).requireDatabase().dropTables([this], options)
  }

  /** Deletes every row at once; with `cascade` also those of tables that refer to this one. */
  static async truncateTable(this: Class<Model>, options: TruncateOptions = {}): Promise<void> {
    const { restartIdentity = false, cascade = false } = options
    const { table } = metadata(this)
    await runNode(metadata(this).requireDatabase(), { kind: 'truncate', table, restartIdentity, cascade })
  }

  /** Adds the constraint of a foreign key to a table that was created without it, as with `deferredForeignKey`. */
  static async createForeignKey<M extends Model>(this: Class<M>, property: ColumnKey<M>): Promise<void> {
    await metadata(this).requireDatabase().createForeignKey(this, property)
  }

  /**
   * An index; awaited, it is created. Fields are named, or given as columns, expressions and sort keys.
   *
   * `User.index(u => [fn.lower(u.username)], { name: 'user_lower', unique: true })` →
   * `CREATE UNIQUE INDEX IF NOT EXISTS "user_lower" ON "user" (lower("username"))`
   *
   * Throws where no name can be derived from the columns: an index of expressions alone needs one.
   */
  static index<M extends Model>(this: Class<M>, fields: IndexFields<M>, options?: ModelIndexOptions<M>): ModelIndex {
    return modelIndex(this, fields, options)
  }

  /** Adds an index to those that `createTable` makes. */
  static addIndex<M extends Model>(this: Class<M>, index: ModelIndex): void
  static addIndex<M extends Model>(this: Class<M>, fields: IndexFields<M>, options?: ModelIndexOptions<M>): void
  static addIndex<M extends Model>(this: Class<M>, fields: ModelIndex | IndexFields<M>, options?: ModelIndexOptions<M>): void {
    const index = fields instanceof ModelIndex ? fields : modelIndex(this, fields, options)
    metadata(this).addIndex(index.definition)
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

  /**
   * Reads the row anew into this instance, without the relations that were loaded. Rejects with the model's `DoesNotExist`
   * where it is gone.
   */
  async reload(): Promise<this> {
    const meta = metadata(this.constructor)
    const state = selectFrom(executorOf(meta), meta.source, [])
    const query = new Select({ ...state, node: { ...state.node, where: keyCondition(this, meta) } })
    const row = rows.get((await query.get()) as object) as LoadedRow
    setBackWhenUndone(this, meta, meta.source.columns)
    readRow(this, meta, row)
    this.#row = row
    return this
  }

  /**
   * Deletes the row; gives 1, or 0 where it was gone already. With `recursive` also what depends on it, over any number of
   * models, in one transaction; foreign keys that can be null become null, unless `deleteNullable` is given. The instance stays
   * as it is: `save` then changes no row, unless it is forced to insert one, and `reload` finds none.
   */
  async deleteInstance(options?: DeleteOptions): Promise<number> {
    return deleteInstance(this, metadata(this.constructor), options)
  }

  /**
   * The rows that depend on this one, over any number of models, those that nothing depends on first: for each foreign key
   * which rows they are. Of models that refer to one another in a circle each is gone through once.
   */
  dependencies(options?: DependencyOptions): Dependency[] {
    return dependenciesOf(this, metadata(this.constructor), options)
  }

  /** Whether `save` would write anything, or that property. */
  isDirty(property?: string): boolean {
    const meta = metadata(this.constructor)
    const dirty = dirtyFields(this, meta)
    return property === undefined ? dirty.length > 0 : dirty.includes(meta.field(property))
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
    const meta = metadata(this.constructor)
    if (typeof other !== 'object' || other === null || findMetadata(other.constructor) !== meta) return false
    const keys = meta.primaryKey.map(item => [keyValue(this, item), keyValue(other, item)])
    return keys.length > 0 && keys.every(([mine, theirs]) => mine !== undefined && mine !== null && mine === theirs)
  }

  /** The primary key, as text. */
  toString(): string {
    return String(this.getId())
  }

  /**
   * The columns as values that JSON can hold, with the relations that are loaded: a bigint as a string, a reference that is not
   * loaded as its key, and so an instance in which this one stands.
   */
  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = {}
    writing.add(this)
    try {
      for (const [name, value] of Object.entries(this)) json[name] = jsonValue(value)
    } finally {
      writing.delete(this)
    }
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

function modelIndex<M>(owner: object, fields: IndexFields<M>, options?: ModelIndexOptions<M>): ModelIndex {
  return new ModelIndex(owner, { ...options, fields } as IndexDefinition)
}

/** A select with conditions of both kinds: filters by name, and expressions or functions that give one. */
function selectWhere<M>(owner: object, given: readonly unknown[]): Select<M, readonly [M], M> {
  const filters = given.filter(isFilter)
  const conditions = given.filter(item => !isFilter(item)) as Condition<readonly [M]>[]
  return selectAll<M>(owner)
    .filter(...(filters as never[]))
    .where(...conditions)
}

function keyValue(instance: object, item: ModelField): unknown {
  const value = (instance as Record<string, unknown>)[item.property]
  return isReference(item) ? referenceKey(value, item.field) : value
}

/** The instances of which `toJSON` is being made; loaded relations lead back to them. */
const writing = new Set<object>()

function jsonValue(value: unknown): unknown {
  if (value instanceof Model) return writing.has(value) ? jsonValue(value.getId()) : value.toJSON()
  if (typeof value === 'bigint') return String(value)
  if (isKeyHolder(value)) return jsonValue(value.key)
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? value.map(jsonValue) : value
}
