import {
  type Backref,
  CharField,
  compositeKey,
  type Database,
  DateTimeTZField,
  ForeignKeyField,
  IntegerField,
  InterfaceError,
  JSONField,
  Model,
  metadata,
  model,
  PostgresqlDatabase,
  type Ref,
  RelationNotLoaded
} from 'pewit'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'st_user' })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) username!: string
  @IntegerField({ null: true }) age!: number | null
  @JSONField({ default: {} }) data!: Record<string, unknown>
  declare tweets: Backref<Tweet>
}

@model({ tableName: 'st_tweet' })
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  declare userId: string
  @CharField() content!: string
}

/** Its reference is never loaded by itself, and refers to a name. */
@model({ tableName: 'st_strict' })
class Strict extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { lazyLoad: false, field: 'username', columnName: 'user_name', objectIdName: 'username' })
  user!: Ref<User>
  declare username: string
}

/** Its key is a reference. */
@model({ tableName: 'st_profile' })
class Profile extends Model {
  @ForeignKeyField(() => User, { primaryKey: true }) user!: Ref<User>
  declare userId: string
  @CharField({ default: '' }) bio!: string
}

/** Refers to what is a reference itself. */
@model({ tableName: 'st_visit' })
class Visit extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Profile) profile!: Ref<Profile>
  declare profileId: string
}

@model({ tableName: 'st_pair', primaryKey: compositeKey('a', 'b') })
class Pair extends Model {
  @CharField() a!: string
  @IntegerField() b!: number
  @IntegerField({ default: 0 }) n!: number
}

/** Has a field of the name that `getOrCreate` takes. */
@model({ tableName: 'st_odd' })
class Odd extends Model {
  @UUIDKeyField() id!: string
  @CharField() defaults!: string
  @DateTimeTZField({ null: true }) at!: Date | null
}

const MODELS = [User, Tweet, Strict, Profile, Visit, Pair, Odd]

eachServer("models' own methods", live => {
  const statements: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => statements.push(sql) })
  let huey: User

  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
  })
  beforeEach(async () => {
    for (const each of [Tweet, Strict, Visit, Profile, Pair, Odd, User]) await (each as unknown as typeof User).delete()
    huey = await User.create({ username: 'huey', age: 7 })
    statements.length = 0
  })
  afterAll(() => db.close())

  describe('noop', () => {
    it('gives nothing, and sends nothing', async () => {
      expect(await User.noop()).toEqual([])
      expect(
        await User.noop()
          .where(u => u.age.gt(3))
          .orderBy(u => u.age)
          .dicts()
      ).toEqual([])
      expect(await User.noop().count()).toBe(0)
      expect(await User.noop().exists()).toBe(false)
      expect(await User.noop().scalar()).toBeNull()
      expect(await User.noop().getOrNone()).toBeNull()
      await expect(User.noop().get()).rejects.toBeInstanceOf(User.DoesNotExist)
      for await (const user of User.noop()) throw new Error(`there is ${user.username}`)
      expect(statements).toEqual([])
    })

    it('gives nothing to a query that it is part of', async () => {
      expect(await User.select().where(u => u.id.in(User.noop()))).toEqual([])
      expect(User.noop().sql().text).toMatch(/WHERE FALSE$/)
      const union = User.noop().union(User.select())
      expect((await union).map(({ username }) => username)).toEqual(['huey'])
      expect(await union).toHaveLength(1)
    })
  })

  describe('getOrCreate', () => {
    it('takes defaults beside the values, or among them', async () => {
      const [zaizee, created] = await User.getOrCreate({ username: 'zaizee' }, { defaults: { age: 2, data: { a: 1 } } })
      expect([created, zaizee.age, zaizee.data]).toEqual([true, 2, { a: 1 }])
      const [again, createdAgain] = await User.getOrCreate({ username: 'zaizee', defaults: { age: 5 } })
      expect([createdAgain, again.age, again.id]).toEqual([false, 2, zaizee.id])
      const [mickey] = await User.getOrCreate({ username: 'mickey', defaults: { age: 1 } }, { defaults: { age: 3 } })
      expect(mickey.age).toBe(3)
      const [tweet, isNew] = await Tweet.getOrCreate({ user: huey, content: 'meow' })
      expect([isNew, tweet.userId]).toEqual([true, huey.id])
      expect((await Tweet.getOrCreate({ userId: huey.id, content: 'meow' }))[1]).toBe(false)
    })

    it('leaves a field of that name alone', async () => {
      const [odd] = await Odd.getOrCreate({ defaults: 'x' } as {}, { defaults: { at: new Date(0) } })
      expect(odd).toMatchObject({ defaults: 'x', at: new Date(0) })
      expect((await Odd.getOrCreate({ defaults: 'x' } as {}))[1]).toBe(false)
    })

    it('refuses what would match anything, or nothing', async () => {
      await expect(User.getOrCreate({ username: undefined } as {})).rejects.toThrow(TypeError)
      await expect(User.getOrCreate({ usrename: 'x' } as {})).rejects.toThrow(/did you mean "username"/)
      expect((await User.getOrCreate({ username: 'nobody', age: null }))[1]).toBe(true)
      expect((await User.getOrCreate({ username: 'nobody', age: null }))[1]).toBe(false)
    })

    it('gives other errors to its caller', async () => {
      await expect(User.getOrCreate({ username: 'huey', age: 8 })).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION' })
    })
  })

  describe('instances', () => {
    it('say what has changed, one property or all', () => {
      expect([huey.isDirty(), huey.isDirty('age'), huey.dirtyFields]).toEqual([false, false, []])
      huey.data.theme = 'dark'
      huey.age = 8
      expect([huey.isDirty(), huey.isDirty('age'), huey.isDirty('username'), huey.dirtyFields]).toEqual([
        true,
        true,
        false,
        ['age', 'data']
      ])
      expect(() => huey.isDirty('agee')).toThrow(/did you mean "age"/)
      expect(User.new({ username: 'x' }).dirtyFields).toEqual(['username', 'data'])
      expect(Tweet.new({ userId: huey.id }).isDirty('userId')).toBe(true)
    })

    it('are read anew, without the relations that were loaded', async () => {
      const tweet = await Tweet.create({ user: huey, content: 'meow' })
      await Tweet.update({ content: 'purr' }).where(t => t.id.eq(tweet.id))
      expect(tweet.user).toBe(huey)
      tweet.content = 'lost'
      statements.length = 0
      expect(await tweet.reload()).toBe(tweet)
      expect(tweet.content).toBe('purr')
      expect(tweet.isDirty()).toBe(false)
      expect(tweet.userId).toBe(huey.id)
      expect(statements).toHaveLength(1)
      const user = await tweet.user
      expect(user.equals(huey)).toBe(true)
      expect(user).not.toBe(huey)
      expect(tweet.user).toBe(user)
    })

    it('are text by their key', () => {
      expect(String(huey)).toBe(huey.id)
      expect(`${Pair.new({ a: 'x', b: 2 })}`).toBe('x,2')
    })

    it('that were deleted are changed nowhere, and found no more, but can be inserted again', async () => {
      const [loaded] = await User.select()
      expect(await huey.deleteInstance()).toBe(1)
      expect(await huey.deleteInstance()).toBe(0)
      loaded.age = 99
      expect(await loaded.save()).toBe(0)
      expect(loaded.isDirty('age')).toBe(true)
      await expect(loaded.reload()).rejects.toBeInstanceOf(User.DoesNotExist)
      expect(await loaded.save({ forceInsert: true })).toBe(1)
      expect((await User.getById(huey.id)).age).toBe(99)
    })

    it('are deleted from their class by conditions alone', () => {
      expect((huey as unknown as { delete?: unknown }).delete).toBeUndefined()
    })
  })

  describe('references', () => {
    it('that must not be loaded lazily say so, and have their key', async () => {
      const strict = await Strict.create({ user: huey })
      expect(strict.username).toBe('huey')
      const loaded = await Strict.getById(strict.id)
      expect(loaded.username).toBe('huey')
      statements.length = 0
      await expect(loaded.user).rejects.toBeInstanceOf(RelationNotLoaded)
      await expect(loaded.user).rejects.toMatchObject({
        code: 'RELATION_NOT_LOADED',
        message: expect.stringMatching(/^Strict\.user .*lazyLoad: false/)
      })
      expect(statements).toEqual([])
      const [joined] = await Strict.select(Strict, User).join(User)
      expect(joined.user.age).toBe(7)
      expect(loaded.toJSON()).toEqual({ id: strict.id, user: 'huey' })
    })

    it('may be the primary key', async () => {
      const profile = await Profile.create({ user: huey, bio: 'cat' })
      expect(profile.getId()).toBe(huey.id)
      const loaded = await Profile.getById(huey.id)
      expect([loaded.userId, loaded.bio]).toEqual([huey.id, 'cat'])
      loaded.bio = 'dog'
      expect(await loaded.save()).toBe(1)
      expect((await profile.reload()).bio).toBe('dog')
      expect((await loaded.user).username).toBe('huey')
      expect(loaded.equals(profile)).toBe(true)
      expect(await Profile.filter({ user__username: 'huey' }).count()).toBe(1)
      expect(await loaded.deleteInstance()).toBe(1)
    })

    it('may lead to a model whose key is a reference', async () => {
      const profile = await Profile.create({ user: huey })
      const visit = await Visit.create({ profile })
      expect(visit.profileId).toBe(huey.id)
      const byKey = await Visit.create({ profile: await Profile.getById(huey.id) })
      expect(byKey.profileId).toBe(huey.id)
      expect(Visit.new({ profile: Profile.new({ user: User.new({ username: 'new' }) }) }).profileId).toBeUndefined()
      expect(
        await Visit.select()
          .where(v => v.profile.eq(profile))
          .count()
      ).toBe(2)
      expect((await Visit.getById(visit.id)).isDirty()).toBe(false)
      const loaded = await Visit.select(Visit, Profile, User)
        .join(Profile)
        .join(User)
        .where(v => v.id.eq(visit.id))
        .get()
      expect([loaded.profile.user.username, loaded.profileId, loaded.isDirty()]).toEqual(['huey', huey.id, false])
    })
  })

  describe('getById', () => {
    it('says what is wrong with a key', async () => {
      await expect(User.getById(huey.id)).resolves.toMatchObject({ username: 'huey' })
      await expect(User.getById('00000000-0000-4000-8000-000000000000')).rejects.toBeInstanceOf(User.DoesNotExist)
      await expect(User.getById(null as never)).rejects.toThrow(/a key is never null/)
      await expect(User.getById(undefined as never)).rejects.toThrow(TypeError)
      await expect(Pair.getById('x')).rejects.toThrow('Pair has a key of 2 columns; give their values: [a, b]')
      await expect(Pair.getById(['x', 1, 2])).rejects.toThrow('give their values: [a, b]')
      await Pair.create({ a: 'x', b: 1, n: 5 })
      expect((await Pair.getById(['x', 1])).n).toBe(5)
    })
  })
})

eachServer('binding models', live => {
  @model({ tableName: 'st_parent' })
  class Parent extends Model {
    @UUIDKeyField() id!: string
    declare kids: Backref<Kid>
  }
  @model({ tableName: 'st_kid' })
  class Kid extends Model {
    @UUIDKeyField() id!: string
    @ForeignKeyField(() => Parent, { backref: 'kids' }) parent!: Ref<Parent>
  }
  @model({ tableName: 'st_toy' })
  class Toy extends Model {
    @UUIDKeyField() id!: string
    @ForeignKeyField(() => Kid) kid!: Ref<Kid>
  }
  @model({ tableName: 'st_apart' })
  class Apart extends Model {
    declare id: number | bigint
  }
  const all = [Parent, Kid, Toy, Apart]
  const bound = (database: Database) => all.filter(each => metadata(each).database === database).map(({ name }) => name)

  const db = databaseFor(live)
  const other = databaseFor(live)
  beforeEach(() => {
    for (const each of all) metadata(each).database = null
  })
  afterAll(() => Promise.all([db.close(), other.close()]))

  it('takes along what is related to them', () => {
    db.bind([Kid])
    expect(bound(db)).toEqual(['Parent', 'Kid', 'Toy'])
    other.bind([Kid], { bindBackrefs: false })
    expect(bound(other)).toEqual(['Parent', 'Kid'])
    db.bind([Kid], { bindRefs: false, bindBackrefs: false })
    expect(bound(db)).toEqual(['Kid', 'Toy'])
    Apart.bind(other)
    expect(metadata(Apart).database).toBe(other)
    Apart.bind(null)
    expect(metadata(Apart).database).toBeNull()
  })

  it('for a block binds there, and nowhere else', async () => {
    db.bind([Apart])
    await Apart.createTable()
    let inside!: () => void
    const waiting = new Promise<void>(resolve => {
      inside = resolve
    })
    const block = other.bindCtx([Apart, Kid], async () => {
      expect(bound(other)).toEqual(['Parent', 'Kid', 'Toy', 'Apart'])
      await waiting
      expect(metadata(Apart).database).toBe(other)
      return Apart.select()
    })
    expect(bound(other)).toEqual([])
    expect(metadata(Apart).database).toBe(db)
    inside()
    expect(await block).toEqual([])
    await expect(Kid.select()).rejects.toBeInstanceOf(InterfaceError)
    expect(await Apart.bindCtx(other, () => metadata(Apart).database)).toBe(other)
  })

  it('for a block is nested, and gives errors through', async () => {
    db.bind([Apart])
    await other.bindCtx([Apart], async () => {
      await db.bindCtx([Apart], async () => expect(metadata(Apart).database).toBe(db))
      expect(metadata(Apart).database).toBe(other)
    })
    await expect(other.bindCtx([Apart], () => Promise.reject(new Error('stop')))).rejects.toThrow('stop')
    await expect(
      other.bindCtx([Apart], () => {
        throw new Error('stop at once')
      })
    ).rejects.toThrow('stop at once')
  })

  it('reads generated keys as the server of the block makes them', async () => {
    const isSmall = live.name === 'postgresql'
    const kind = isSmall ? new CockroachDatabase('nowhere') : new PostgresqlDatabase('nowhere')
    db.bind([Apart])
    const keyHere = () => typeof metadata(Apart).source.columns[0].column.type.decode('5')
    expect(keyHere()).toBe(isSmall ? 'number' : 'bigint')
    await kind.bindCtx([Apart], () => expect(keyHere()).toBe(isSmall ? 'bigint' : 'number'))
    expect(keyHere()).toBe(isSmall ? 'number' : 'bigint')
  })
})
