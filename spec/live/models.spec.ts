import { IsEmail, Length } from 'class-validator'
import {
  ArrayField,
  type Backref,
  BigIntegerField,
  BooleanField,
  CharField,
  compositeKey,
  DateTimeTZField,
  DecimalField,
  DoesNotExist,
  ForeignKeyField,
  IntegerField,
  JSONField,
  Model,
  metadata,
  model,
  type Ref,
  TextField,
  ValidationError
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) username!: string
  @IntegerField({ null: true }) age!: number | null
  @BooleanField() active = true
  declare tweets: Backref<Tweet>

  greet(): string {
    return `hello, ${this.username}`
  }
}

@model({ tableName: 'tweets', indexes: [[['user', 'createdAt'], false]] })
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }) user!: Ref<User>
  declare userId: string
  @TextField() content!: string
  @DateTimeTZField({ default: () => new Date('2024-01-02T03:04:05.678Z') }) createdAt!: Date
}

@model()
class Category extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ForeignKeyField(() => Category, { null: true }) parent!: Ref<Category> | null
  declare parentId: string | null
}

@model({ primaryKey: compositeKey('key', 'value') })
class Pair extends Model {
  @CharField() key!: string
  @IntegerField() value!: number
  @IntegerField({ default: 0 }) extra!: number
}

@model()
class Everything extends Model {
  @UUIDKeyField() id!: string
  @CharField({ null: true }) char!: string | null
  @TextField({ null: true }) text!: string | null
  @IntegerField({ null: true }) integer!: number | null
  @BigIntegerField({ null: true }) big!: bigint | null
  @DecimalField({ null: true, maxDigits: 20, decimalPlaces: 4 }) decimal!: string | null
  @BooleanField({ null: true }) flag!: boolean | null
  @DateTimeTZField({ null: true }) moment!: Date | null
  @DateTimeTZField({ null: true, as: 'string' }) exact!: string | null
  @JSONField<{ readonly tags: string[] }>({ null: true }) data!: { readonly tags: string[] } | null
  @ArrayField(TextField, { null: true }) words!: string[] | null
  @ArrayField(IntegerField, { null: true, item: { null: true } }) numbers!: (number | null)[] | null
}

/** A table whose key nobody declared. */
@model()
class Plain extends Model {
  declare id: number | bigint
  @TextField({ null: true }) note!: string | null
}

@model()
class Contact extends Model {
  @UUIDKeyField() id!: string
  @Length(2, 10) @CharField() name!: string
  @IsEmail() @CharField() email!: string
}

const MODELS = [User, Tweet, Category, Pair, Everything, Plain, Contact]

eachServer('models', live => {
  const statements: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => statements.push(sql) })

  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    for (const each of [Tweet, User, Pair, Everything, Plain, Contact]) await (each as typeof User).delete()
    await Category.update({ parent: null })
    await Category.delete()
    statements.length = 0
  })

  describe('create and save', () => {
    it('gives an instance with its generated key, and what the server filled in', async () => {
      const huey = await User.create({ username: 'huey' })
      expect(huey).toBeInstanceOf(User)
      expect({ ...huey }).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), username: 'huey', age: null, active: true })
      expect(Object.keys(huey)).toEqual(['id', 'username', 'age', 'active'])
      expect(huey.greet()).toBe('hello, huey')
      expect(huey.isDirty()).toBe(false)
    })

    it('has its properties in the order of the columns, however they were given', () => {
      expect(Object.keys(User.new({ active: false, age: 1, username: 'huey' }))).toEqual(['id', 'username', 'age', 'active'])
    })

    it('updates the changed columns alone, and sends nothing for no change', async () => {
      const huey = await User.create({ username: 'huey', age: 3 })
      statements.length = 0
      expect(await huey.save()).toBe(0)
      expect(statements).toEqual([])
      huey.age = 4
      expect(huey.dirtyFields).toEqual(['age'])
      expect(await huey.save()).toBe(1)
      expect(statements).toEqual(['UPDATE "user" SET "age" = $1 WHERE "user"."id" = $2'])
      expect((await User.getById(huey.id)).age).toBe(4)
    })

    it('sees changes inside JSON, arrays and dates', async () => {
      const row = await Everything.create({ data: { tags: ['a'] }, words: ['x'], moment: new Date(0) })
      row.data?.tags.push('b')
      row.words?.push('y')
      row.moment?.setTime(1000)
      expect(row.dirtyFields).toEqual(['moment', 'data', 'words'])
      await row.save()
      const again = await Everything.getById(row.id)
      expect([again.data, again.words, again.moment]).toEqual([{ tags: ['a', 'b'] }, ['x', 'y'], new Date(1000)])
      expect(again.isDirty()).toBe(false)
    })

    it('writes only what is asked for, and keeps the rest dirty', async () => {
      const huey = await User.create({ username: 'huey' })
      huey.username = 'zaizee'
      huey.age = 9
      await huey.save({ only: ['age'] })
      expect(huey.dirtyFields).toEqual(['username'])
      expect(await User.get(u => u.age.eq(9))).toMatchObject({ username: 'huey' })
    })

    it('follows the key it was loaded with when the key changes', async () => {
      const pair = await Pair.create({ key: 'a', value: 1 })
      pair.value = 2
      await pair.save()
      expect(await Pair.select().dicts()).toEqual([{ key: 'a', value: 2, extra: 0 }])
    })

    it('inserts again by force', async () => {
      const pair = await Pair.create({ key: 'a', value: 1 })
      pair.value = 2
      expect(await pair.save({ forceInsert: true })).toBe(1)
      expect(await Pair.select().count()).toBe(2)
    })

    it('says when the row is gone', async () => {
      const huey = await User.create({ username: 'huey' })
      await User.delete()
      huey.age = 1
      expect(await huey.save()).toBe(0)
      expect(await huey.deleteInstance()).toBe(0)
      await expect(huey.reload()).rejects.toBeInstanceOf(User.DoesNotExist)
    })

    it('inserts a row of defaults', async () => {
      const plain = await Plain.create()
      expect(['number', 'bigint']).toContain(typeof plain.id)
      expect(plain.note).toBeNull()
      expect(await Plain.getById(plain.id)).toEqual(plain)
    })

    it('stores an expression and reads back what it gave', async () => {
      const huey = await User.create({ username: 'huey', age: 3 })
      huey.age = User.fields().age.add(4) as never
      await huey.save()
      expect(huey.age).toBe(7)
    })

    it('refuses a loaded column that became undefined', async () => {
      const huey = await User.create({ username: 'huey' })
      huey.username = undefined as never
      await expect(huey.save()).rejects.toMatchObject({ code: 'UNDEFINED_VALUE' })
    })
  })

  describe('values', () => {
    const full = {
      char: 'ünï "code" 🦩',
      text: "it's; -- DROP TABLE",
      integer: -2147483648,
      big: 9223372036854775807n,
      decimal: '1234567890123456.7891',
      flag: false,
      moment: new Date('2024-02-29T23:59:59.999Z'),
      exact: '2024-02-29 23:59:59.123456+00',
      data: { tags: ['"', '\\', 'ü'] },
      words: ['a,b', '{}', '"', '\\', 'NULL', '', ' '],
      numbers: [1, null, -3]
    }

    it('come back as they went in, by insert, by select and by save', async () => {
      const row = await Everything.create(full as never)
      const read = await Everything.getById(row.id)
      expect({ ...read }).toEqual({ id: row.id, ...full })
      Object.assign(row, { ...full, integer: 1, words: [] })
      await row.save()
      expect({ ...(await row.reload()) }).toEqual({ id: row.id, ...full, integer: 1, words: [] })
    })

    it('are null where nothing was given', async () => {
      const row = await Everything.create({})
      expect(Object.values({ ...row }).filter(value => value !== null)).toEqual([row.id])
    })

    it('keep microseconds as text', async () => {
      const row = await Everything.create({ exact: '2024-01-01 00:00:00.000001+00' })
      expect((await row.reload()).exact).toContain('.000001')
    })
  })

  describe('get', () => {
    beforeEach(async () => {
      await User.insertMany([
        { username: 'huey', age: 3 },
        { username: 'zaizee', age: 5 }
      ])
    })

    it('gives the row, or an error of the model that carries the SQL', async () => {
      expect(await User.get(u => u.username.eq('huey'))).toMatchObject({ username: 'huey', age: 3 })
      const error = await User.get(u => u.username.eq('mickey')).catch(e => e)
      expect(error).toBeInstanceOf(User.DoesNotExist)
      expect(error).toBeInstanceOf(DoesNotExist)
      expect(error).not.toBeInstanceOf(Tweet.DoesNotExist)
      expect(error).toMatchObject({ name: 'UserDoesNotExist', code: 'DOES_NOT_EXIST', sql: expect.stringContaining('WHERE') })
      expect(error.message).toContain('SELECT')
    })

    it('gives null where none is no error', async () => {
      expect(await User.getOrNone(u => u.username.eq('mickey'))).toBeNull()
      expect(
        await User.select()
          .where(u => u.age.gt(9))
          .first()
      ).toBeNull()
    })

    it('finds composite keys', async () => {
      await Pair.create({ key: 'a', value: 1, extra: 7 })
      expect(await Pair.getById(['a', 1])).toMatchObject({ extra: 7 })
      expect((await Pair.getById(['a', 1])).getId()).toEqual(['a', 1])
      await expect(Pair.getById('a')).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    })

    it('creates what is missing, once', async () => {
      const [mickey, created] = await User.getOrCreate({ username: 'mickey', defaults: { age: 1 } })
      expect([mickey.age, created]).toEqual([1, true])
      const [again, createdAgain] = await User.getOrCreate({ username: 'mickey', defaults: { age: 2 } })
      expect([again.age, again.equals(mickey), createdAgain]).toEqual([1, true, false])
      const racers = await Promise.all(Array.from({ length: 10 }, () => User.getOrCreate({ username: 'racer' })))
      expect(racers.filter(([, made]) => made)).toHaveLength(1)
      expect(new Set(racers.map(([user]) => user.id)).size).toBe(1)
    })
  })

  describe('relations', () => {
    it('take an instance, a key, or the key property', async () => {
      const huey = await User.create({ username: 'huey' })
      const tweets = [
        await Tweet.create({ user: huey, content: 'a' }),
        await Tweet.create({ user: huey.id, content: 'b' }),
        await Tweet.create({ userId: huey.id, content: 'c' })
      ]
      expect(tweets.map(tweet => tweet.userId)).toEqual([huey.id, huey.id, huey.id])
      expect(tweets[0].user).toBe(huey)
      expect(
        await Tweet.select()
          .where(t => t.user.eq(huey))
          .count()
      ).toBe(3)
      expect(
        await Tweet.select()
          .where(t => t.user.in([huey]))
          .count()
      ).toBe(3)
    })

    it('load once, when awaited, and stay loaded', async () => {
      const huey = await User.create({ username: 'huey' })
      const { id } = await Tweet.create({ user: huey, content: 'meow' })
      const tweet = await Tweet.getById(id)
      statements.length = 0
      expect(tweet.userId).toBe(huey.id)
      expect(statements).toEqual([])
      const [first, second] = await Promise.all([tweet.user, tweet.user])
      expect(first).toBe(second)
      expect(tweet.user).toBe(first)
      expect(await tweet.user).toBe(first)
      expect(first.username).toBe('huey')
      expect(statements).toHaveLength(1)
      expect(tweet.isDirty()).toBe(false)
    })

    it('reject with the error of the related model where the row is gone', async () => {
      const huey = await User.create({ username: 'huey' })
      const tweet = await Tweet.create({ user: huey, content: 'meow' })
      tweet.userId = '00000000-0000-4000-8000-000000000000'
      await expect(Promise.resolve(tweet.user)).rejects.toBeInstanceOf(User.DoesNotExist)
      expect(tweet.dirtyFields).toEqual(['user'])
    })

    it('are attached by joins, with one query', async () => {
      const huey = await User.create({ username: 'huey' })
      await Tweet.create({ user: huey, content: 'meow' })
      statements.length = 0
      const [tweet] = await Tweet.select(Tweet, User)
        .join(User)
        .where((_, u) => u.username.eq('huey'))
      expect(tweet).toBeInstanceOf(Tweet)
      expect(tweet.user).toBeInstanceOf(User)
      expect(tweet.user.username).toBe('huey')
      expect(tweet.userId).toBe(huey.id)
      expect(tweet.isDirty()).toBe(false)
      expect(statements).toHaveLength(1)
    })

    it('are null where an outer join finds nothing', async () => {
      const root = await Category.create({ name: 'root' })
      await Category.create({ name: 'leaf', parent: root })
      const parent = Category.alias('parent')
      const rows = await Category.select(Category, parent)
        .leftJoin(parent, { on: (c, p) => c.parent.eq(p.id) })
        .orderBy(c => c.name)
      expect(rows.map(row => [row.name, row.parent?.name])).toEqual([
        ['leaf', 'root'],
        ['root', undefined]
      ])
      expect(rows[1].parent).toBeNull()
    })

    it('are selects from the other side', async () => {
      const huey = await User.create({ username: 'huey' })
      await Tweet.insertMany(['meow', 'purr', 'hiss'].map(content => ({ user: huey, content })))
      expect(await huey.tweets.count()).toBe(3)
      expect((await huey.tweets.where(t => t.content.eq('purr'))).map(t => t.content)).toEqual(['purr'])
    })

    it('go with the row they refer to', async () => {
      const huey = await User.create({ username: 'huey' })
      await Tweet.create({ user: huey, content: 'meow' })
      expect(await huey.deleteInstance()).toBe(1)
      expect(await Tweet.select().count()).toBe(0)
    })

    it('cannot be saved before what they refer to', async () => {
      const tweet = Tweet.new({ user: User.new({ username: 'huey' }), content: 'meow' })
      await expect(tweet.save()).rejects.toMatchObject({
        code: 'UNDEFINED_VALUE',
        message: expect.stringContaining('save it first')
      })
    })
  })

  describe('instances', () => {
    it('are plain objects that JSON can hold', async () => {
      const huey = await User.create({ username: 'huey' })
      const created = await Tweet.create({ user: huey, content: 'meow' })
      const tweet = await Tweet.getById(created.id)
      expect(JSON.parse(JSON.stringify(tweet))).toEqual({
        id: tweet.id,
        user: huey.id,
        content: 'meow',
        createdAt: '2024-01-02T03:04:05.678Z'
      })
      expect(JSON.parse(JSON.stringify({ ...tweet })).user).toBe(huey.id)
      const everything = await Everything.create({ big: 9007199254740993n })
      expect(JSON.parse(JSON.stringify(everything)).big).toBe('9007199254740993')
    })

    it('are equal by key, and unsaved ones only to themselves', async () => {
      const huey = await User.create({ username: 'huey' })
      expect(huey.equals(await User.getById(huey.id))).toBe(true)
      expect(huey.equals(await User.create({ username: 'zaizee' }))).toBe(false)
      expect(User.new().equals(User.new())).toBe(false)
    })

    it('hold what raw SQL gave, and nothing else', async () => {
      await User.create({ username: 'huey', age: 3 })
      const [row] = await User.raw`SELECT username, age * ${2} AS twice FROM "user" WHERE age = ${3}`
      expect(row).toBeInstanceOf(User)
      expect(Object.keys(row)).toEqual(['username', 'twice'])
      expect(row.isDirty()).toBe(false)
    })
  })

  describe('class-validator', () => {
    it('refuses before anything is sent, and names every property', async () => {
      statements.length = 0
      const error = await Contact.create({ name: 'x', email: 'nobody' }).catch(e => e)
      expect(error).toBeInstanceOf(ValidationError)
      expect(error.failures.map((failure: { property: string }) => failure.property).sort()).toEqual(['email', 'name'])
      expect(statements).toEqual([])
    })

    it('can be skipped, and lets valid rows through', async () => {
      await Contact.create({ name: 'x', email: 'nobody' }, { validate: false })
      await Contact.create({ name: 'huey', email: 'huey@example.com' })
      expect(await Contact.select().count()).toBe(2)
    })
  })

  describe('writes by query', () => {
    it('give keys', async () => {
      const id = await User.insert({ username: 'huey' })
      expect((await User.getById(id)).active).toBe(true)
      const keys = await User.insertMany(
        [
          ['a', 1],
          ['b', 2]
        ],
        ['username', 'age']
      )
      expect(
        await User.select()
          .where(u => u.id.in(keys))
          .count()
      ).toBe(2)
      expect(await Pair.insert({ key: 'a', value: 1 })).toEqual(['a', 1])
      expect(await User.insertMany([])).toEqual([])
    })

    it('insert many rows with JSON, arrays, nulls and defaults in one statement', async () => {
      statements.length = 0
      const rows = Array.from({ length: 500 }, (_, i) => ({
        integer: i % 3 === 0 ? null : i,
        data: i % 2 ? { tags: [`t${i}`, '"'] } : null,
        decimal: `${i}.5000`,
        moment: new Date(i * 1000),
        flag: i % 2 === 0
      }))
      await Everything.insertMany(rows)
      expect(statements).toHaveLength(1)
      const read = await Everything.select().orderBy(e => e.decimal)
      expect(read.map(({ integer, data, decimal, moment, flag }) => ({ integer, data, decimal, moment, flag }))).toEqual(rows)
    })

    it('count rows, or give them', async () => {
      await User.insertMany([{ username: 'a', age: 1 }, { username: 'b', age: 2 }, { username: 'c' }])
      expect(await User.update({ age: u => u.age.add(10) }).where(u => u.age.isNull(false))).toBe(2)
      const changed = await User.update({ active: false })
        .where(u => u.age.eq(11))
        .returning(u => [u.username, u.active])
      expect(changed).toEqual([{ username: 'a', active: false }])
      const [gone] = await User.delete()
        .where(u => u.username.eq('c'))
        .returning(User)
      expect(gone).toBeInstanceOf(User)
      expect(await User.delete()).toBe(2)
    })

    it('update the row that is in the way', async () => {
      await User.insert({ username: 'huey', age: 1 })
      await User.insert({ username: 'huey', age: 5 }).onConflict({ target: 'username', preserve: ['age'] })
      expect(await User.select(u => [u.age]).scalar()).toBe(5)
      expect(await User.insert({ username: 'huey', age: 9 }).onConflictIgnore()).toBeNull()
      expect(await User.select().count()).toBe(1)
    })
  })

  it('knows its tables', async () => {
    expect(await User.tableExists()).toBe(true)
    expect(await db.tableExists('no_such_table')).toBe(false)
    expect(metadata(Tweet).tableName).toBe('tweets')
    await Plain.dropTable()
    expect(await Plain.tableExists()).toBe(false)
    await Plain.createTable()
    await expect(Plain.createTable({ safe: false })).rejects.toMatchObject({ sqlstate: '42P07' })
  })
})
