import { type Backref, CharField, ForeignKeyField, fn, IntegerField, Model, metadata, model, type Ref, TextField } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { assertQueryCount } from 'pewit/playhouse/test-utils'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) username!: string
  declare tweets: Backref<Tweet>
  declare liked: Backref<Like>
}

@model()
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  declare userId: string
  @ForeignKeyField(() => User, { null: true, backref: '+' }) editor!: Ref<User> | null
  @ForeignKeyField(() => User, { null: true, backref: false }) reviewer!: Ref<User> | null
  @TextField() content!: string
  @IntegerField({ default: 0 }) place!: number
}

abstract class Mark extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: ({ name }) => (name === 'Like' ? 'liked' : false) }) user!: Ref<User>
}

@model()
class Like extends Mark {}

@model()
class Report extends Mark {}

const TABLES = [User, Tweet, Like, Report]

eachServer('backrefs', live => {
  const db = databaseFor(live)
  let huey: User
  let mickey: User
  beforeAll(async () => {
    db.bind(TABLES)
    await db.createTables(TABLES)
    ;[huey, mickey] = await Promise.all(['huey', 'mickey'].map(username => User.create({ username })))
    await Tweet.insertMany(['meow', 'hiss', 'purr'].map((content, place) => ({ user: huey, content, place })))
    await Tweet.create({ user: mickey, content: 'woof' })
    await Like.create({ user: huey })
    await Report.create({ user: huey })
  })
  afterAll(() => db.close())
  const contents = async (query: PromiseLike<Tweet[]>) => (await query).map(({ content }) => content)

  it('are selects of the rows that refer to an instance', async () => {
    expect((await contents(huey.tweets)).sort()).toEqual(['hiss', 'meow', 'purr'])
    expect(await contents(huey.tweets.orderBy(t => t.place.desc()).limit(2))).toEqual(['purr', 'hiss'])
    expect(await contents(huey.tweets.where(t => t.content.startsWith('m')))).toEqual(['meow'])
    expect(await contents(huey.tweets.filter({ place__gte: 1 }).orderBy(t => t.place))).toEqual(['hiss', 'purr'])
    expect([await huey.tweets.count(), await mickey.tweets.count()]).toEqual([3, 1])
    expect(await huey.tweets.where(t => t.content.eq('woof')).exists()).toBe(false)
    expect(await huey.tweets.columns(t => [fn.max(t.place)]).scalar()).toBe(2)
    expect((await huey.tweets.get()).userId).toBe(huey.id)
  })

  it('stay those of the instance, whatever alternatives there are to their conditions', async () => {
    const either = mickey.tweets
      .where(t => t.content.eq('meow'))
      .orWhere(
        t => t.content.eq('woof'),
        t => t.place.eq(2)
      )
    expect(await contents(either)).toEqual(['woof'])
    expect(
      await contents(
        either
          .orWhere(t => t.place.gte(0))
          .where(t => t.place.lt(9))
          .orWhere(t => t.place.eq(1))
      )
    ).toEqual(['woof'])
    expect(await contents(mickey.tweets.orWhere(t => t.content.in(['hiss', 'woof'])))).toEqual(['woof'])
    expect(await mickey.tweets.orWhere(t => t.content.eq('hiss')).exists()).toBe(false)
  })

  it('are live: each time they are awaited they are asked for anew', async () => {
    const { tweets } = mickey
    await assertQueryCount(db, 2, async () => {
      expect(await tweets).toHaveLength(1)
      expect(await tweets).toHaveLength(1)
    })
    const added = await Tweet.create({ user: mickey, content: 'more' })
    expect(await tweets).toHaveLength(2)
    await added.deleteInstance()
  })

  it('are streamed', async () => {
    const seen: string[] = []
    for await (const { content } of huey.tweets.orderBy(t => t.place)) seen.push(content)
    expect(seen).toEqual(['meow', 'hiss', 'purr'])
    let rows = 0
    for await (const tweet of huey.tweets) rows += tweet instanceof Tweet ? 1 : 0
    expect(rows).toBe(3)
  })

  it('are parts of other queries', async () => {
    expect(await contents(Tweet.select().where(t => t.id.in(mickey.tweets)))).toEqual(['woof'])
    const joined = await huey.tweets.join(User, { on: t => t.user }).where((_, u) => u.username.eq('huey'))
    expect(joined).toHaveLength(3)
    expect(await contents(mickey.tweets.union(huey.tweets.where(t => t.place.eq(0))))).toHaveLength(2)
  })

  it('have no name where they are declined', () => {
    expect(metadata(User).backrefs.map(({ from, field, backref }) => [from.name, field.property, backref])).toEqual([
      ['Tweet', 'user', 'tweets'],
      ['Tweet', 'editor', undefined],
      ['Tweet', 'reviewer', undefined],
      ['Like', 'user', 'liked'],
      ['Report', 'user', undefined]
    ])
    expect(Object.keys(Object.getOwnPropertyDescriptors(metadata(User).model.prototype)).sort()).toEqual([
      'constructor',
      'liked',
      'tweets'
    ])
  })

  it('may be named by a function of the model that has the foreign key', async () => {
    expect(await huey.liked.count()).toBe(1)
  })

  it('need an instance that was saved', () => {
    const unsaved = User.new({ username: 'x' })
    expect(() => unsaved.tweets).toThrow(
      expect.objectContaining({ code: 'UNDEFINED_VALUE', message: 'User.tweets: this User has no id yet; save it first' })
    )
  })

  it('are no data, loaded or not', async () => {
    const message = 'User.tweets is no column, but a relation: save the User, then give each Tweet its user'
    expect(() => User.new({ username: 'x', tweets: [] } as object)).toThrow(message)
    const [loaded] = await User.select().withRelated('tweets')
    expect(() => User.new({ ...loaded })).toThrow(message)
    expect(() => User.insertMany([loaded])).toThrow(message)
  })

  it('are not assigned, and say what to do instead', () => {
    expect(() => {
      huey.tweets = [] as never
    }).toThrow('User.tweets is no column, and not assigned: give each Tweet its user')
    expect(() => User.select(User, Tweet).join(Tweet, { on: (u, t) => t.user.eq(u.id), attr: 'tweets' })).toThrow(
      'join: User.tweets is a list of rows; attach Tweet under another name'
    )
  })
})
