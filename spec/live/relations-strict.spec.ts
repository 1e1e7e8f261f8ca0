import {
  type Backref,
  CharField,
  ForeignKeyField,
  type ManyToMany,
  ManyToManyField,
  Model,
  model,
  type Ref,
  RelationNotLoaded,
  TextField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { assertQueryCount } from 'pewit/playhouse/test-utils'
import { databaseFor } from '../helpers/databases.js'
import { outcome } from '../helpers/driver.js'
import { eachServer } from '../helpers/live.js'

@model()
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 40 }) username!: string
  declare tweets: Backref<Tweet>
}

@model()
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  declare userId: string
  @TextField() content!: string
}

@model()
class Topic extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 40 }) name!: string
  @ManyToManyField(() => Tweet, { backref: 'topics' }) tweets!: ManyToMany<Tweet>
}

eachServer('strict loading', live => {
  const db = databaseFor(live)
  let huey: User
  beforeAll(async () => {
    db.bind([User, Tweet, Topic])
    await db.createTables([User, Tweet, Topic])
    huey = await User.create({ username: 'huey' })
    await Tweet.insertMany(['meow', 'hiss'].map(content => ({ user: huey, content })))
  })
  afterEach(() => db.strictLoading(false))
  afterAll(() => db.close())
  const load = (lazy: unknown) => outcome(Promise.resolve(lazy))

  it('refuses to load a reference, and says whose row it is', async () => {
    expect(db.strictLoading(true)).toBe(db)
    const [tweet] = await Tweet.select().where(t => t.content.eq('meow'))
    const error = (await assertQueryCount(db, 0, () => load(tweet.user))) as Error
    expect(error).toBeInstanceOf(RelationNotLoaded)
    expect(error.message).toMatch(/^Tweet\.user is not loaded, and strict loading is on: join it or prefetch it, or use userId/)
    expect(error.message).toMatch(/The row came from: SELECT .* FROM "tweet" AS "t1" WHERE "t1"."content" = \$1$/)
    expect(await load((await Tweet.getById(tweet.id)).user)).toMatchObject({ message: expect.stringContaining('"id" = $1') })
    expect(tweet.userId).toBe(huey.id)
    db.strictLoading(false)
    expect((await tweet.user).username).toBe('huey')
  })

  it('refuses references whose key the program gave', async () => {
    db.strictLoading(true)
    const tweet = new Tweet({ user: huey.id, content: '' }) as Tweet
    expect(await load(tweet.user)).toMatchObject({ message: expect.not.stringContaining('The row came from') })
    const created = Tweet.new({ user: huey, content: '' })
    expect(await load(created.user)).toBe(huey)
  })

  it('lets what is loaded be read', async () => {
    db.strictLoading(true)
    const [tweet] = await Tweet.select(Tweet, User).join(User)
    expect(await load(tweet.user)).toMatchObject({ username: 'huey' })
    const other = await Tweet.select().first()
    if (other) other.user = huey
    expect(await load(other?.user)).toBe(huey)
  })

  it('refuses to load the rows of a backref, but not to query them', async () => {
    db.strictLoading(true)
    const error = (await assertQueryCount(db, 0, () => load(huey.tweets))) as Error
    expect(error).toBeInstanceOf(RelationNotLoaded)
    expect(error.message).toMatch(
      /^User\.tweets is not loaded, and strict loading is on: prefetch it, or query its rows: user\.tweets\./
    )
    const streamed = async () => {
      for await (const tweet of huey.tweets) return tweet
      return undefined
    }
    expect(await outcome(streamed())).toBeInstanceOf(RelationNotLoaded)
    expect(await huey.tweets.count()).toBe(2)
    expect(await huey.tweets.exists()).toBe(true)
    expect((await huey.tweets.where(t => t.content.eq('hiss'))).length).toBe(1)
    expect((await huey.tweets.orderBy(t => t.content).first())?.content).toBe('hiss')
    expect((await Tweet.select().where(t => t.id.in(huey.tweets))).length).toBe(2)
  })

  it('holds for many-to-many relations, but not for what changes and queries them', async () => {
    const topic = await Topic.create({ name: 'cats' })
    const tweets = await Tweet.select()
    db.strictLoading(true)
    expect(await topic.tweets.add(tweets)).toBe(2)
    const error = (await assertQueryCount(db, 0, () => load(topic.tweets))) as Error
    expect(error).toBeInstanceOf(RelationNotLoaded)
    expect(error.message).toMatch(/^Topic\.tweets is not loaded, .*: topic\.tweets\.where\(…\)$/)
    expect(await topic.tweets.where(t => t.content.eq('hiss'))).toHaveLength(1)
    expect(await topic.tweets.set([tweets[0]])).toEqual({ added: 0, removed: 1 })
    expect(await topic.tweets.clear()).toBe(1)
    const [loaded] = await Topic.select().prefetch(Tweet)
    expect(loaded.tweets).toEqual([])
  })

  it('can hold for a block, and be lifted for one', async () => {
    const [tweet] = await Tweet.select()
    const refused = await db.strictLoading(true, () => load(tweet.user))
    expect(refused).toBeInstanceOf(RelationNotLoaded)
    const during = db.strictLoading(true, async () => {
      await undefined
      return load(huey.tweets)
    })
    expect(await load(huey.tweets)).toHaveLength(2)
    expect(await during).toBeInstanceOf(RelationNotLoaded)
    db.strictLoading(true)
    expect(await db.strictLoading(false, () => load(tweet.user))).toMatchObject({ username: 'huey' })
    await expect(db.strictLoading(true, () => Promise.reject(new Error('of the block')))).rejects.toThrow('of the block')
  })

  it('is an option of the database', async () => {
    const strict = databaseFor(live, { strictLoading: true })
    try {
      await strict.bindCtx([User, Tweet], async () => {
        const [tweet] = await Tweet.select()
        expect(await load(tweet.user)).toBeInstanceOf(RelationNotLoaded)
      })
    } finally {
      await strict.close()
    }
    expect(() => databaseFor(live, { strictLoading: 'yes' as never })).toThrow('strictLoading: expected true or false')
    expect(() => db.strictLoading('yes' as never)).toThrow('strictLoading: expected true or false')
  })
})
