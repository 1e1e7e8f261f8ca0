import {
  CharField,
  DecimalField,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  model,
  ProgrammingError,
  type Ref,
  RelationNotLoaded,
  TextField,
  TransactionClosedError
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { assertQueryCount, countQueries } from 'pewit/playhouse/test-utils'
import { databaseFor } from '../helpers/databases.js'
import { outcome } from '../helpers/driver.js'
import { conflict } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

@model()
class Country extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 20 }) code!: string
}

@model()
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) username!: string
  @ForeignKeyField(() => Country, { null: true }) country!: Ref<Country> | null
  declare countryId: string | null
}

@model()
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User) user!: Ref<User>
  declare userId: string
  @ForeignKeyField(() => User, { null: true }) editor!: Ref<User> | null
  declare editorId: string | null
  @IntegerField() place!: number
  @TextField() content!: string
}

/** Its foreign key is no constraint, so that it can lead nowhere, and its target's is no primary key. */
@model({ primaryKey: false })
class Visit extends Model {
  @ForeignKeyField(() => Country, { field: 'code' }) country!: Ref<Country>
  declare countryId: string
  @IntegerField() place!: number
}

@model()
class Sealed extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { lazyLoad: false }) user!: Ref<User>
  declare userId: string
}

/** The same table without the constraint that a foreign key has. */
@model({ tableName: 'loose' })
class Loose extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User) user!: Ref<User>
  declare userId: string
}

@model()
class Price extends Model {
  @UUIDKeyField() id!: string
  @DecimalField({ maxDigits: 6, decimalPlaces: 2, unique: true }) amount!: string
}

@model()
class Offer extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Price, { field: 'amount' }) price!: Ref<Price>
}

const TABLES = [Price, Offer, Country, User, Tweet, Visit, Sealed, Loose]
const USERS = 10
const TWEETS = 100
const NOWHERE = '00000000-0000-4000-8000-000000000000'

eachServer('references', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind(TABLES)
    await db.createTables(TABLES.filter(table => table !== Loose))
    await db.executeSql('CREATE TABLE loose (id UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL)')
    const countries = ['de', 'fr'].map(code => Country.new({ code }))
    await Country.bulkCreate(countries)
    const users = Array.from({ length: USERS }, (_, i) => User.new({ username: `user ${i}`, country: countries[i % 3] ?? null }))
    await User.bulkCreate(users)
    const user = (i: number) => users[i % USERS]
    const tweets = Array.from({ length: TWEETS }, (_, i) =>
      Tweet.new({ user: user(i), editor: i % 2 ? user(i + 1) : null, place: i, content: `tweet ${i}` })
    )
    await Tweet.bulkCreate(tweets)
    await Visit.insertMany(['de', 'fr', 'de'].map((country, place) => ({ country, place })))
    await Sealed.create({ user: users[0] })
  })
  afterAll(() => db.close())

  const allTweets = () => Tweet.select().orderBy(t => t.place)
  const userOf = async (tweet: Tweet) => (await tweet.user).username
  const expected = (i: number) => `user ${i % USERS}`

  it('of a result that are awaited together cost one query', async () => {
    const tweets = await allTweets()
    const { result, queries } = await countQueries(db, () => Promise.all(tweets.map(userOf)))
    expect(result).toEqual(tweets.map((_, i) => expected(i)))
    expect(queries).toEqual([expect.stringMatching(/^SELECT .* FROM "user" AS "t1" WHERE "t1"."id" = ANY\(\$1\)$/)])
    // They are in their places now.
    await assertQueryCount(db, 0, () => Promise.all(tweets.map(userOf)))
  })

  it('of the same key are the same instance', async () => {
    const tweets = await allTweets()
    const users = await Promise.all(tweets.map(({ user }) => user))
    expect(new Set(users).size).toBe(USERS)
    expect(users[0]).toBe(users[USERS])
    expect(tweets[0].user).toBe(users[0])
  })

  it('of two foreign keys to one model share the query', async () => {
    const tweets = await allTweets()
    const pairs = await assertQueryCount(db, 1, () => Promise.all(tweets.map(tweet => Promise.all([tweet.user, tweet.editor]))))
    expect(pairs[1][1]).toBe(pairs[2][0])
    expect(pairs[0][1]).toBeNull()
  })

  it('are followed further with one query a step', async () => {
    const tweets = await allTweets()
    const codes = await assertQueryCount(db, 2, () =>
      Promise.all(tweets.map(async tweet => (await (await tweet.user).country)?.code))
    )
    expect(codes.slice(0, 4)).toEqual(['de', 'fr', undefined, 'de'])
  })

  it('cost a query each where one is awaited after the other', async () => {
    const tweets = await allTweets().limit(3)
    await assertQueryCount(db, 3, async () => {
      for (const tweet of tweets) await tweet.user
    })
  })

  it('are one query however often one is awaited', async () => {
    const [tweet] = await allTweets().limit(1)
    const lazy = tweet.user
    const { result, queries } = await countQueries(db, () => Promise.all([lazy, lazy, tweet.user]))
    expect(new Set(result).size).toBe(1)
    expect(queries).toEqual([expect.stringContaining('"id" = $1')])
    await assertQueryCount(db, 0, () => Promise.all([lazy, tweet.user]))
  })

  it('are awaited together also where they are awaited at different depths of one tick', async () => {
    const [first, second, third] = await allTweets().limit(3)
    await assertQueryCount(db, 1, () =>
      Promise.all([
        first.user,
        (async () => {
          await undefined
          await undefined
          return second.user
        })(),
        Promise.resolve().then(() => third.user)
      ])
    )
  })

  it('of two results never share an instance', async () => {
    const [some, same] = await Promise.all([allTweets(), allTweets()])
    const { result, count } = await countQueries(db, () => Promise.all([...some, ...same].map(({ user }) => user)))
    expect(count).toBe(2)
    expect(result[0]).toEqual(result[TWEETS])
    expect(result[0]).not.toBe(result[TWEETS])
  })

  it('forget the rows: awaited in another tick, they are another query', async () => {
    const [first, ...rest] = await allTweets()
    const user = await first.user
    const again = rest.find(({ userId }) => userId === user.id) as Tweet
    const other = await assertQueryCount(db, 1, () => again.user)
    expect(other.id).toBe(user.id)
    expect(other).not.toBe(user)
  })

  describe('of any result', () => {
    const results: Record<string, () => Promise<Tweet[]>> = {
      'a compound': async () => [...(await Tweet.select().union(Tweet.select()))],
      'a joined select': async () => Tweet.select(Tweet, User).join(User, { on: t => t.editor }),
      'a subquery': async () => {
        const sub = Tweet.select().alias('sub')
        return (await sub.select()) as Tweet[]
      },
      'raw SQL': async () => Tweet.raw('SELECT * FROM tweet'),
      'raw SQL of some columns': async () => Tweet.raw('SELECT id, user_id FROM tweet'),
      'an insert': async () =>
        Tweet.insertMany((await allTweets().limit(5)).map(({ userId }) => ({ user: userId, place: 200, content: '' }))).returning(
          Tweet
        ),
      'an update': async () => Tweet.update({ content: 'x' }).returning(Tweet),
      bulkCreate: async () => {
        const ids = (await User.select(u => [u.id]).tuples()).map(([id]) => id)
        const tweets = ids.map(id => new Tweet({ user: id, place: 200, content: '' }) as Tweet)
        await Tweet.bulkCreate(tweets)
        return tweets
      }
    }
    afterAll(() => Tweet.delete().where(t => t.place.eq(200)))
    it.each(Object.entries(results))('%s', async (_, run) => {
      const tweets = await run()
      expect(tweets.length).toBeGreaterThan(3)
      const users = await assertQueryCount(db, 1, () => Promise.all(tweets.map(({ user }) => user)))
      expect(users.map(({ id }) => id)).toEqual(tweets.map(({ userId }) => userId))
    })

    it('a joined model', async () => {
      const tweets = await Tweet.select(Tweet, User).join(User, { on: t => t.user })
      const codes = await assertQueryCount(db, 1, () => Promise.all(tweets.map(async ({ user }) => (await user.country)?.code)))
      expect(new Set(codes)).toEqual(new Set(['de', 'fr', undefined]))
    })

    it('a batch of a stream', async () => {
      const { count } = await countQueries(db, async () => {
        const rows: Tweet[] = []
        for await (const tweet of allTweets().iterator({ batchSize: 1000 })) rows.push(tweet)
        return rows
      })
      await assertQueryCount(db, count + 1, async () => {
        const users: PromiseLike<User>[] = []
        for await (const tweet of allTweets().iterator({ batchSize: 1000 })) users.push(tweet.user as PromiseLike<User>)
        return Promise.all(users)
      })
    })
  })

  it('lead by a property that is no primary key', async () => {
    const visits = await Visit.select().orderBy(v => v.place)
    const { result, queries } = await countQueries(db, () => Promise.all(visits.map(({ country }) => country)))
    expect(result.map(({ code }) => code)).toEqual(['de', 'fr', 'de'])
    expect(queries).toEqual([expect.stringContaining('"code" = ANY($1)')])
    const [visit] = await Visit.select().limit(1)
    expect((await visit.country).code).toBe(visit.countryId)
  })

  it('are loaded in chunks where they are very many', async () => {
    const ids = Array.from({ length: 10_001 }, (_, i) => `00000000-0000-4000-9000-${String(i).padStart(12, '0')}`)
    await User.insertMany(ids.map(id => ({ id, username: id })))
    await db.executeSql('INSERT INTO loose (user_id) SELECT id FROM "user" WHERE username LIKE \'00000000-%\'')
    const rows = await Loose.select()
    const users = await assertQueryCount(db, 2, () => Promise.all(rows.map(({ user }) => user)))
    expect(users.every(({ id }, i) => id === rows[i].userId)).toBe(true)
    await Loose.delete()
    await User.delete().where(u => u.username.startsWith('00000000-'))
  })

  describe('that lead nowhere', () => {
    beforeAll(async () => {
      const users = await User.select().limit(3)
      await Loose.insertMany([...users.map(({ id }) => ({ user: id })), { user: NOWHERE }])
    })
    afterAll(() => Loose.delete())

    it('reject alone, with the error of the model', async () => {
      const rows = await Loose.select()
      const settled = await assertQueryCount(db, 1, () => Promise.allSettled(rows.map(({ user }) => user)))
      const [failed, ...others] = settled.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
      expect(others).toEqual([])
      expect(failed.reason).toBeInstanceOf(User.DoesNotExist)
      expect(failed.reason).toMatchObject({ message: expect.stringContaining('No User was found by: SELECT') })
    })

    it('can be awaited again', async () => {
      const rows = await Loose.select()
      await Promise.allSettled(rows.map(({ user }) => user))
      const nowhere = rows.find(({ userId }) => userId === NOWHERE) as Loose
      await expect(Promise.resolve(nowhere.user)).rejects.toBeInstanceOf(User.DoesNotExist)
      const late = await User.create({ id: NOWHERE, username: 'late' })
      expect((await nowhere.user).equals(late)).toBe(true)
      await late.deleteInstance()
    })
  })

  it('all reject where their query fails, and can be awaited again', async () => {
    const tweets = await allTweets().limit(5)
    await db.executeSql('ALTER TABLE "user" RENAME TO away')
    const failed = await Promise.allSettled(tweets.map(({ user }) => user))
    await db.executeSql('ALTER TABLE away RENAME TO "user"')
    for (const each of failed) expect(each).toMatchObject({ status: 'rejected', reason: expect.any(ProgrammingError) })
    expect(await assertQueryCount(db, 1, () => Promise.all(tweets.map(userOf)))).toEqual(tweets.map((_, i) => expected(i)))
  })

  it('are found under keys that are written otherwise than the server does', async () => {
    const prices = [Price.new({ amount: '1.50' }), Price.new({ amount: '2.00' })]
    await Price.bulkCreate(prices)
    const offers = ['1.5', '2.00'].map(price => new Offer({ price }) as Offer)
    await Offer.bulkCreate(offers)
    const found = await Promise.all(offers.map(({ price }) => price))
    expect(found.map(({ id }) => id)).toEqual(prices.map(({ id }) => id))
    const nowhere = ['3', '2.0'].map(price => new Offer({ price }) as Offer)
    const [lost, two] = await Promise.allSettled(nowhere.map(({ price }) => price))
    expect(lost).toMatchObject({ reason: expect.any(Price.DoesNotExist) })
    expect(two).toMatchObject({ value: { amount: '2.00' } })
  })

  it('that are null stay so', async () => {
    const [tweet] = await allTweets().limit(1)
    expect([tweet.editor, tweet.editorId, await tweet.editor]).toEqual([null, null, null])
  })

  it('declared with { lazyLoad: false } are not loaded', async () => {
    const [row] = await Sealed.select()
    await expect(Promise.resolve(row.user)).rejects.toThrow(RelationNotLoaded)
    await expect(Promise.resolve(row.user)).rejects.toThrow('Sealed.user is declared with { lazyLoad: false }')
    const [joined] = await Sealed.select(Sealed, User).join(User)
    expect(joined.user.username).toBe('user 0')
    expect(row.userId).toBe(joined.user.id)
  })

  describe('in transactions', () => {
    it('are loaded where they are awaited', async () => {
      const tweets = await allTweets()
      await db.transaction(async txn => {
        await User.update({ username: fn.upper(User.fields().username) }).execute()
        const names = await assertQueryCount(db, 1, () => Promise.all(tweets.map(userOf)))
        expect(names[0]).toBe('USER 0')
        await txn.rollback()
      })
    })

    it('of one result, awaited in and outside of it, are two queries', async () => {
      const [first, second] = await allTweets().limit(2)
      await db.transaction(async () => {
        await assertQueryCount(db, 2, () => Promise.all([first.user, db.outside(() => Promise.resolve(second.user))]))
      })
    })

    it('are loaded anew by the next attempt', async () => {
      const [tweet] = await allTweets().limit(1)
      const lazy = tweet.user
      const seen: User[] = []
      await db.runTransaction(async () => {
        seen.push(await tweet.user)
        if (seen.length === 1) await db.executeSql(conflict(live))
        seen.push(await lazy)
      })
      expect(seen).toHaveLength(3)
      expect(seen[1]).not.toBe(seen[0])
      expect(seen[2]).toBe(seen[1])
      expect(tweet.user).toBe(seen[1])
    })

    it('are references again where it is rolled back', async () => {
      const [tweet, other] = await allTweets().limit(2)
      await expect(
        db.transaction(async () => {
          await User.update({ username: 'undone' }).where(u => u.id.eq(tweet.userId))
          expect((await tweet.user).username).toBe('undone')
          await db.savepoint(async () => void (await other.user))
          throw new Error('of the block')
        })
      ).rejects.toThrow('of the block')
      expect((await tweet.user).username).toBe('user 0')
      await assertQueryCount(db, 1, () => other.user)
    })

    it('keep what was assigned meanwhile', async () => {
      const [tweet, other] = await allTweets().limit(2)
      const assigned = await other.user
      await db.transaction(async txn => {
        await tweet.user
        tweet.user = assigned
        await txn.rollback()
      })
      expect(tweet.user).toBe(assigned)
    })

    it('that nobody awaited in time reject', async () => {
      const [tweet] = await allTweets().limit(1)
      let late: Promise<unknown> | undefined
      await db.transaction(async () => {
        late = outcome(Promise.resolve(tweet.user) as Promise<unknown>)
      })
      expect(await late).toBeInstanceOf(TransactionClosedError)
      expect((await tweet.user).username).toBe('user 0')
    })

    it('of a read in the transaction are its own', async () => {
      await db.transaction(async () => {
        const tweets = await allTweets()
        await assertQueryCount(db, 1, () => Promise.all(tweets.map(userOf)))
      })
    })
  })

  it('are loaded from the database that their model is bound to when they are awaited', async () => {
    const other = databaseFor(live)
    const tweets = await allTweets()
    try {
      await other.bindCtx([User], () =>
        assertQueryCount(db, 0, () => assertQueryCount(other, 1, () => Promise.all(tweets.map(userOf))))
      )
    } finally {
      await other.close()
    }
  })

  describe('that a program assigns', () => {
    const twoTweets = async () => (await allTweets().limit(2)) as [Tweet, Tweet]

    it('keep the key right: instances, keys and null', async () => {
      const [tweet, other] = await twoTweets()
      const user = await other.user
      tweet.user = user
      expect([tweet.userId, await tweet.user]).toEqual([user.id, user])
      tweet.editor = user
      expect(tweet.editorId).toBe(user.id)
      tweet.editor = null
      expect([tweet.editorId, tweet.editor]).toEqual([null, null])
      tweet.editorId = user.id
      expect(tweet.editorId).toBe(user.id)
      expect((await (tweet as Tweet).editor)?.username).toBe(user.username)
    })

    it('lose the instance with another key, and keep it with the same', async () => {
      const [tweet, other] = await twoTweets()
      const user = await tweet.user
      tweet.userId = user.id
      expect(tweet.user).toBe(user)
      expect(tweet.isDirty('user')).toBe(false)
      tweet.userId = other.userId
      expect(tweet.user).not.toBe(user)
      expect(tweet.isDirty('user')).toBe(true)
      expect((await tweet.user).id).toBe(other.userId)
    })

    it('are not overwritten by what was awaited before', async () => {
      const [tweet, other] = await twoTweets()
      const before = tweet.user
      const loading = Promise.resolve(before)
      tweet.userId = other.userId
      expect((await loading).id).not.toBe(other.userId)
      expect(tweet.userId).toBe(other.userId)
    })

    it('take the key of an instance that is saved later', async () => {
      const user = User.new({ username: 'new' })
      const tweet = Tweet.new({ user, place: 400, content: '' })
      expect(tweet.userId).toBeUndefined()
      await expect(tweet.save()).rejects.toThrow('Tweet.user: the User it refers to has no key yet; save it first')
      await user.save()
      expect(tweet.userId).toBe(user.id)
      await tweet.save()
      expect((await Tweet.getById(tweet.id)).userId).toBe(user.id)
      await tweet.deleteInstance()
      await user.deleteInstance()
    })

    it('must be of the model', async () => {
      const [tweet] = await twoTweets()
      tweet.user = (await Country.get({ code: 'de' })) as never
      await expect(tweet.save()).rejects.toThrow('Tweet.user: expected a User, got a Country')
    })
  })

  it('are loaded anew after a reload', async () => {
    const [tweet] = await allTweets().limit(1)
    const user = await tweet.user
    await tweet.reload()
    const again = await assertQueryCount(db, 1, () => tweet.user)
    expect(again).toEqual(user)
    expect(again).not.toBe(user)
  })
})
