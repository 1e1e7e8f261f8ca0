import {
  ArrayField,
  CharField,
  compositeKey,
  DecimalField,
  EnumField,
  ForeignKeyField,
  IntegerField,
  Model,
  model,
  type Ref,
  SmallIntegerField,
  SQL,
  TextField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'ins_user', indexes: [{ fields: ['age', 'name'], name: 'ins_age_name' }] })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 40, unique: true }) name!: string
  @SmallIntegerField({ null: true }) age!: number | null
  @DecimalField({ maxDigits: 8, decimalPlaces: 3, constraints: [SQL('DEFAULT 1.5')] }) weight!: string
  @ArrayField(TextField) tags!: string[]
  @EnumField(['calm', 'angry'], { name: 'ins_mood' }) mood!: 'calm' | 'angry'
}

@model({ tableName: 'ins_part', primaryKey: compositeKey('shelf', 'bin') })
class Part extends Model {
  @CharField({ maxLength: 10 }) bin!: string
  @IntegerField() shelf!: number
  @ForeignKeyField(() => User, { onDelete: 'CASCADE', onUpdate: 'SET NULL', null: true }) owner!: Ref<User> | null
}

@model({ tableName: 'ins_item', schema: 'ins_other' })
class Item extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User) user!: Ref<User>
}

const MODELS = [User, Part, Item]

eachServer('introspection', live => {
  const queries: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => queries.push(sql) })
  beforeAll(async () => {
    db.bind(MODELS)
    await db.executeSql('CREATE SCHEMA ins_other')
    await db.createTables(MODELS)
    for (const sql of SETUP) await db.executeSql(sql)
  })
  afterAll(() => db.close())

  it('names tables in order, of the current schema or another', async () => {
    expect(await db.getTables()).toEqual(['Ins "odd" table', 'ins_bare', 'ins_kid', 'ins_part', 'ins_user'])
    expect(await db.getTables('ins_other')).toEqual(['ins_item', 'ins_user'])
    expect(await db.getTables('nowhere')).toEqual([])
  })

  it('finds tables, views and sequences', async () => {
    const found = ['ins_user', 'ins_names', User, Item, User.alias('u'), 'ins_nope'].map(name => db.tableExists(name))
    expect(await Promise.all(found)).toEqual([true, true, true, true, true, false])
    expect([await db.tableExists('ins_item'), await db.tableExists('ins_item', 'ins_other')]).toEqual([false, true])
    expect([await db.sequenceExists('ins_seq'), await db.sequenceExists('ins_user')]).toEqual([true, false])
    expect([await db.sequenceExists('ins_seq', 'ins_other'), await db.sequenceExists('ins_seq', 'public')]).toEqual([false, true])
  })

  it('tells the columns of a model', async () => {
    const columns = await db.getColumns(User)
    expect(columns.map(({ name }) => name)).toEqual(['id', 'name', 'age', 'weight', 'tags', 'mood'])
    expect(columns.map(({ fullType }) => fullType.replace(/^public\./, ''))).toEqual([
      'uuid',
      'character varying(40)',
      'smallint',
      'numeric(8,3)',
      'text[]',
      'ins_mood'
    ])
    expect(columns.slice(0, 4).map(({ dataType }) => dataType)).toEqual(['uuid', 'character varying', 'smallint', 'numeric'])
    expect(columns.filter(column => column.null).map(({ name }) => name)).toEqual(['age'])
    expect(columns.filter(column => column.primaryKey).map(({ name }) => name)).toEqual(['id'])
    expect(columns.map(column => column.plainDefault)).toEqual(['gen_random_uuid()', null, null, '1.5', null, null])
    expect(columns[1]).toEqual({
      name: 'name',
      dataType: 'character varying',
      fullType: 'character varying(40)',
      null: false,
      primaryKey: false,
      table: 'ins_user',
      default: null,
      plainDefault: null,
      identity: false,
      generated: null
    })
  })

  it('takes a table by name, model or alias, and a schema', async () => {
    const names = async (table: object | string, schema?: string) => (await db.getColumns(table, schema)).map(({ name }) => name)
    expect(await names('ins_user')).toEqual(await names(User))
    expect(await names(User.alias('u'))).toEqual(await names(User))
    expect(await names(Item)).toEqual(['id', 'user_id'])
    expect(await names('ins_item')).toEqual([])
    expect(await names('ins_user', 'ins_other')).toEqual(['other'])
    await expect(db.getColumns(class Stranger {})).rejects.toThrow('Stranger is not a model')
  })

  it('leaves out what the server added, where a table has no key', async () => {
    expect((await db.getColumns('ins_bare')).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(await db.getPrimaryKeys('ins_bare')).toEqual([])
    expect(await db.getIndexes('ins_bare')).toEqual([])
  })

  it('leaves out columns that were dropped', async () => {
    expect((await db.getColumns('ins_kid')).map(({ name }) => name)).toEqual(['id', 'at_bin', 'at_shelf', 'odd'])
  })

  it('tells computed columns from defaults', async () => {
    const columns = await db.getColumns('ins_bare')
    expect(columns.map(({ name, generated }) => [name, generated !== null])).toEqual([
      ['a', false],
      ['b', true]
    ])
    expect(columns[1]).toMatchObject({ default: null, plainDefault: null })
    expect(columns[1].generated).toMatch(/a \* 2/)
  })

  it('tells identities, where the server has them', async () => {
    if (!(await db.capabilities()).identity) return
    await db.executeSql('CREATE TABLE ins_other.ins_counted (n INT8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m INT8)')
    const columns = await db.getColumns('ins_counted', 'ins_other')
    await db.executeSql('DROP TABLE ins_other.ins_counted')
    expect(columns.map(({ identity, default: sql }) => [identity, sql])).toEqual([
      [true, null],
      [false, null]
    ])
  })

  it('tells the columns of views, materialised ones too', async () => {
    for (const view of ['ins_names', 'ins_kept']) {
      expect((await db.getColumns(view)).map(({ name, dataType }) => [name, dataType])).toEqual([['name', 'character varying']])
    }
  })

  it('tells views with their queries', async () => {
    const views = await db.getViews()
    expect(views.map(({ name, materialized }) => [name, materialized])).toEqual([
      ['ins_kept', true],
      ['ins_names', false]
    ])
    for (const { sql } of views) expect(sql).toMatch(/^SELECT[^;]+$/)
    expect(await db.getViews('ins_other')).toEqual([])
  })

  it('tells primary keys in the order of the key', async () => {
    expect(await db.getPrimaryKeys('ins_kid')).toEqual(['odd', 'id'])
    expect((await db.getColumns('ins_kid')).filter(column => column.primaryKey).map(({ name }) => name)).toEqual(['id', 'odd'])
    expect(await db.getPrimaryKeys(Part)).toEqual(['shelf', 'bin'])
    expect(await db.getPrimaryKeys('Ins "odd" table')).toEqual(['A "key"'])
    expect(await db.getPrimaryKeys('ins_nope')).toEqual([])
  })

  it('tells foreign keys with their actions', async () => {
    const [key, ...others] = await db.getForeignKeys(Part)
    expect(others).toEqual([])
    expect(key).toEqual({
      column: 'owner_id',
      destTable: 'ins_user',
      destColumn: 'id',
      destSchema: 'public',
      table: 'ins_part',
      name: expect.stringContaining('owner_id'),
      onDelete: 'CASCADE',
      onUpdate: 'SET NULL'
    })
    expect(await db.getForeignKeys(Item)).toMatchObject([
      { table: 'ins_item', destTable: 'ins_user', onDelete: 'NO ACTION', onUpdate: 'NO ACTION' }
    ])
    expect(await db.getForeignKeys(User)).toEqual([])
  })

  it('tells foreign keys of several columns in the order of the key, under one name', async () => {
    const keys = await db.getForeignKeys('ins_kid')
    expect(keys.map(({ name, column, destColumn }) => [name, column, destColumn])).toEqual([
      ['ins_kid_at', 'at_shelf', 'shelf'],
      ['ins_kid_at', 'at_bin', 'bin'],
      ['ins_kid_odd', 'odd', 'A "key"']
    ])
    expect(keys.map(({ onDelete, onUpdate }) => [onDelete, onUpdate])).toEqual([
      ['RESTRICT', 'NO ACTION'],
      ['RESTRICT', 'NO ACTION'],
      ['SET DEFAULT', 'CASCADE']
    ])
  })

  it('tells indexes but the key: unique ones first, columns in order', async () => {
    const indexes = await db.getIndexes(User)
    expect(indexes.map(({ columns, unique, table }) => [columns, unique, table])).toEqual([
      [['name'], true, 'ins_user'],
      [['age', 'name'], false, 'ins_user']
    ])
    expect(indexes[1].name).toBe('ins_age_name')
    for (const { sql } of indexes) expect(sql).toMatch(/^CREATE (UNIQUE )?INDEX [^;]+$/)
  })

  it('tells indexes of expressions, partial ones, and those that store more', async () => {
    const indexes = await db.getIndexes('Ins "odd" table')
    expect(indexes.map(({ name, columns }) => [name, columns.map(text => text.replace(/::\w+/g, ''))])).toEqual([
      ['ins_odd_part', ['n', 'A "key"']],
      ['ins_odd_expr', [expect.stringMatching(/^lower\(\(?"B, c\)"/), 'n', expect.stringMatching(/n \+ 1/)]],
      ['ins_odd_more', ['n']]
    ])
    expect(indexes[0].unique).toBe(true)
    expect(indexes[0].sql).toMatch(/WHERE \(?n > 0/)
  })

  it('tells of several tables at once, in their order, with one statement', async () => {
    const tables = ['ins_part', Item, User.alias('u'), 'ins_nope', 'ins_bare']
    queries.length = 0
    const columns = await db.getColumns(tables)
    const indexes = await db.getIndexes(tables)
    const keys = await db.getForeignKeys(tables)
    expect(queries).toHaveLength(3)
    const one = async <T>(get: (table: object | string) => Promise<T[]>) => (await Promise.all(tables.map(get))).flat()
    expect(columns).toEqual(await one(table => db.getColumns(table)))
    expect(indexes).toEqual(await one(table => db.getIndexes(table)))
    expect(keys).toEqual(await one(table => db.getForeignKeys(table)))
    expect([...new Set(columns.map(({ table }) => table))]).toEqual(['ins_part', 'ins_item', 'ins_user', 'ins_bare'])
    expect((await db.getColumns(['ins_user', 'ins_item'], 'ins_other')).map(({ name }) => name)).toEqual([
      'other',
      'id',
      'user_id'
    ])
    expect(await db.getColumns(await db.getTables('nowhere'))).toEqual([])
    expect([await db.getIndexes([]), await db.getForeignKeys([])]).toEqual([[], []])
  })

  it('asks once for each', async () => {
    queries.length = 0
    await db.getTables()
    await db.getViews()
    await db.getColumns(User)
    await db.getPrimaryKeys(User)
    await db.getForeignKeys(User)
    await db.getIndexes(User)
    expect(queries).toHaveLength(6)
  })
})

/** What models do not make. */
const SETUP = [
  'CREATE TABLE ins_other.ins_user (other INT8 PRIMARY KEY)',
  'CREATE TABLE ins_bare (a INT8, b INT8 GENERATED ALWAYS AS (a * 2) STORED)',
  `CREATE TABLE "Ins ""odd"" table" ("A ""key""" INT8 PRIMARY KEY, "B, c)" TEXT, n INT8)`,
  `CREATE UNIQUE INDEX ins_odd_part ON "Ins ""odd"" table" (n DESC, "A ""key""") WHERE n > 0`,
  `CREATE INDEX ins_odd_expr ON "Ins ""odd"" table" (lower("B, c)") DESC, n, (n + 1))`,
  `CREATE INDEX ins_odd_more ON "Ins ""odd"" table" (n) INCLUDE ("B, c)")`,
  `CREATE TABLE ins_kid (id INT8, at_bin VARCHAR(10), at_shelf INTEGER, odd INT8 DEFAULT 1, PRIMARY KEY (odd, id),
    CONSTRAINT ins_kid_at FOREIGN KEY (at_shelf, at_bin) REFERENCES ins_part (shelf, bin) ON DELETE RESTRICT,
    CONSTRAINT ins_kid_odd FOREIGN KEY (odd) REFERENCES "Ins ""odd"" table" ("A ""key""") ON DELETE SET DEFAULT ON UPDATE CASCADE)`,
  'CREATE VIEW ins_names AS SELECT name FROM ins_user',
  'CREATE MATERIALIZED VIEW ins_kept AS SELECT name FROM ins_user',
  'CREATE SEQUENCE ins_seq',
  'ALTER TABLE ins_kid ADD COLUMN gone INT8',
  'ALTER TABLE ins_kid DROP COLUMN gone'
]
