import {
  type Backref,
  CharField,
  deferredForeignKey,
  ForeignKeyField,
  ForeignKeyViolation,
  fn,
  IntegerField,
  InterfaceError,
  Model,
  model,
  NotSupportedError,
  ProgrammingError,
  type Ref,
  UniqueViolation
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'ixl_user' })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField() username!: string
  @IntegerField({ null: true }) age!: number | null
}

@model({ tableName: 'ixl_member', indexes: [{ fields: ['user', 'level'], unique: true, name: 'ixl_once' }] })
class Member extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { onDelete: 'CASCADE' }) user!: Ref<User>
  @IntegerField({ default: 1 }) level!: number
}

/** Two that refer to each other, the first by name. */
@model({ tableName: 'ixl_left' })
class Left extends Model {
  @UUIDKeyField() id!: string
  @deferredForeignKey('Right', { null: true, backref: 'lefts' }) right!: Ref<Right> | null
  declare rightId: string | null
}

@model({ tableName: 'ixl_right' })
class Right extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Left, { backref: 'rights' }) left!: Ref<Left>
  declare lefts: Backref<Left>
}

@model({ tableName: 'ixl_later' })
class Later extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { deferrable: 'INITIALLY DEFERRED' }) user!: Ref<User>
}

const MODELS = [User, Member, Left, Right, Later]
const isPostgres = (name: string) => name === 'postgresql'

eachServer('tables and indexes', live => {
  const db = databaseFor(live)
  beforeAll(() => db.bind(MODELS))
  afterEach(() => db.dropTables(MODELS, { cascade: true }))
  afterAll(() => db.close())

  const indexNames = async (table: string): Promise<string[]> => {
    const rows = await db.executeSql('SELECT indexname AS name FROM pg_catalog.pg_indexes WHERE tablename = $1', [table])
    return rows.map(({ name }) => name as string)
  }
  const anyone = '00000000-0000-4000-8000-000000000000'

  it('an index is created when it is awaited, and left alone where it is there', async () => {
    await User.createTable()
    const index = User.index(['username'], { unique: true })
    expect(await index).toBeUndefined()
    await index
    expect(await indexNames('ixl_user')).toContain('ixl_user_username')
    await User.insert({ username: 'huey' })
    await expect(User.insert({ username: 'huey' })).rejects.toBeInstanceOf(UniqueViolation)
    await expect(User.index(['username'], { safe: false })).rejects.toBeInstanceOf(ProgrammingError)
    await expect(db.execute(User.index(['age']))).resolves.toBeUndefined()
    expect(await indexNames('ixl_user')).toContain('ixl_user_age')
  })

  it('an index may be of expressions, sorted, and of some rows', async () => {
    await User.createTable()
    await User.index(u => fn.lower(u.username), { unique: true, name: 'ixl_lower', where: u => u.age.gt(18) })
    await User.index(u => [u.age.desc(), u.username])
    await User.insertMany([
      { username: 'huey', age: 3 },
      { username: 'Huey', age: 4 },
      { username: 'HUEY', age: 19 }
    ])
    await expect(User.insert({ username: 'huey', age: 20 })).rejects.toBeInstanceOf(UniqueViolation)
    expect(await indexNames('ixl_user')).toEqual(expect.arrayContaining(['ixl_lower', 'ixl_user_age_username']))
  })

  it('a table is made of the rows of a query', async () => {
    await User.createTable()
    await User.insertMany([3, 19, 20].map(age => ({ username: `user ${age}`, age })))
    const adults = User.select(u => [u.username, u.age.add(1).as('next')]).where(u => u.age.gt(18))
    await adults.createTable('ixl_adults')
    await adults.createTable('ixl_adults')
    await expect(adults.createTable('ixl_adults', { safe: false })).rejects.toBeInstanceOf(ProgrammingError)
    const rows = await db.executeSql('SELECT username, next FROM ixl_adults ORDER BY username')
    expect(rows.map(({ username, next }) => [username, Number(next)])).toEqual([
      ['user 19', 20],
      ['user 20', 21]
    ])
    await db.executeSql('DROP TABLE ixl_adults')
  })

  it('two nulls may be one value, where the server has that', async () => {
    await User.createTable()
    const index = User.index(['age'], { unique: true, nullsDistinct: false })
    if (!(await db.capabilities()).nullsNotDistinct) return expect(index.execute()).rejects.toBeInstanceOf(NotSupportedError)
    await index
    await User.insert({ username: 'a', age: null })
    await expect(User.insert({ username: 'b', age: null })).rejects.toBeInstanceOf(UniqueViolation)
  })

  it('indexes of the options, and added ones, come with the table', async () => {
    @model({ tableName: 'ixl_own', database: db })
    class Own extends User {}
    Own.addIndex(['username', 'age'], { unique: true })
    Own.addIndex(Own.index(o => fn.upper(o.username), { name: 'ixl_upper' }))
    await db.createTables([Own, User, Member])
    expect(await indexNames('ixl_own')).toEqual(expect.arrayContaining(['ixl_own_username_age', 'ixl_upper']))
    expect(await indexNames('ixl_member')).toEqual(expect.arrayContaining(['ixl_once', 'ixl_member_user_id']))
    await db.createTables([Own, User, Member])
    await Own.dropTable()
    expect(await Own.tableExists()).toBe(false)
    await Own.dropTable()
    await expect(Own.dropTable({ safe: false })).rejects.toBeInstanceOf(ProgrammingError)
  })

  it('truncating empties a table, and with cascade those that refer to it', async () => {
    await db.createTables([User, Member])
    const user = await User.create({ username: 'huey' })
    await Member.create({ user })
    await Member.truncateTable()
    expect(await Member.select().count()).toBe(0)
    expect(await User.select().count()).toBe(1)
    await Member.create({ user })
    await expect(User.truncateTable()).rejects.toThrow()
    await User.truncateTable({ cascade: true })
    expect([await User.select().count(), await Member.select().count()]).toEqual([0, 0])
    const anew = User.truncateTable({ restartIdentity: true, cascade: true })
    if (isPostgres(live.name)) expect(await anew).toBeUndefined()
    else await expect(anew).rejects.toBeInstanceOf(NotSupportedError)
  })

  it('dropping fails where something depends on the table, unless that goes, too', async () => {
    await db.createTables([User, Member])
    await expect(User.dropTable({ restrict: true })).rejects.toThrow()
    expect(await User.tableExists()).toBe(true)
    await User.dropTable({ cascade: true })
    expect(await User.tableExists()).toBe(false)
    await Member.insert({ user: anyone })
  })

  it('tables that refer to each other get the constraint that closes the circle', async () => {
    await db.createTables([Left, Right])
    await db.createTables([Left, Right])
    await expect(Left.insert({ right: anyone })).rejects.toBeInstanceOf(ForeignKeyViolation)
    await expect(Right.insert({ left: anyone })).rejects.toBeInstanceOf(ForeignKeyViolation)
    const left = await Left.create()
    const right = await Right.create({ left })
    left.right = right
    await left.save()
    expect(await right.lefts.count()).toBe(1)
    expect((await Left.get({ right__left__id: left.id } as {})).equals(left)).toBe(true)
  })

  it('or later, by itself', async () => {
    await Left.createTable()
    expect(await Left.insert({ right: anyone })).toEqual(expect.any(String))
    await Left.delete()
    await Right.createTable()
    await Left.createForeignKey('right')
    await expect(Left.insert({ right: anyone })).rejects.toBeInstanceOf(ForeignKeyViolation)
    await expect(Left.createForeignKey('id')).rejects.toThrow(/Left\.id is not a foreign key/)
    await expect(Left.createForeignKey('rigt' as 'right')).rejects.toThrow(/did you mean "right"/)
  })

  it('a constraint may wait for the end of the transaction, where the server has that', async () => {
    await User.createTable()
    if (!(await db.capabilities()).deferrable) return expect(Later.createTable()).rejects.toBeInstanceOf(NotSupportedError)
    await Later.createTable()
    const late = db.transaction(async () => {
      await Later.insert({ user: anyone })
      await User.insert({ id: anyone, username: 'late' })
    })
    await expect(late).resolves.toBeUndefined()
    const never = db.transaction(async () => void (await Later.insert({ user: '00000000-0000-4000-8000-000000000001' })))
    await expect(never).rejects.toBeInstanceOf(ForeignKeyViolation)
  })

  it('a model without database has none of it', async () => {
    @model()
    class Loose extends Model {
      @CharField() name!: string
    }
    const index = Loose.index(['name'])
    expect(index.name).toBe('loose_name')
    await expect(index.execute()).rejects.toBeInstanceOf(InterfaceError)
    await expect(Loose.truncateTable()).rejects.toBeInstanceOf(InterfaceError)
    await expect(Loose.createTable()).rejects.toBeInstanceOf(InterfaceError)
  })
})
