import { ForeignKeyField, Model, model, type Ref, type Select, sortModels } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { assertQueryCount, type CountedQueries, countQueries } from 'pewit/playhouse/test-utils'
import type { Equal, RowOf } from './expect.js'
import { proves } from './expect.js'
import { type Category, db, Favorite, Tweet, User } from './models.js'

/** References, backrefs, and what is asked for by way of them. */

export async function references(tweet: Tweet, category: Category): Promise<void> {
  const users = await Promise.all([tweet, tweet].map(({ user }) => user))
  proves<Equal<typeof users, User[]>>()
  const parent = await category.parent
  proves<Equal<typeof parent, Category | null>>()
  // @ts-expect-error it may not be loaded
  tweet.user.username
  // @ts-expect-error it is a reference, and no key
  tweet.user = 'key'
  // @ts-expect-error it is never null
  tweet.userId = null
  tweet.user = await User.get({ username: 'huey' })
  tweet.user.username.toUpperCase()
}

export async function backrefs(user: User): Promise<void> {
  const tweets = await user.tweets.where(t => t.content.contains('x')).orderBy(t => t.createdAt)
  proves<Equal<typeof tweets, Tweet[]>>()
  for await (const tweet of user.tweets) proves<Equal<typeof tweet, Tweet>>()
  const best = user.tweets.limit(1)
  proves<Equal<RowOf<typeof best>, Tweet>>()
  const plain: Select<Tweet, readonly [Tweet], Tweet> = user.tweets
  await plain
  // @ts-expect-error it is a select, and no list
  user.tweets.length
  // @ts-expect-error Favorite has no such column
  user.favorites.where(f => f.content.eq('x'))
}

export async function byWay(): Promise<void> {
  const joined = Favorite.select()
    .join(Tweet, { on: f => f.tweet })
    .join(User, { on: (_, t) => t.user })
  joined.where(f => f.tweet.to.content.contains('x').and(f.tweet.to.user.to.username.eq('huey')))
  joined.where(f => f.tweet.to.user.eq(User.new()))
  joined.orderBy(f => f.tweet.to.createdAt.desc())
  // An outer join may have found no row.
  const row = (await joined.columns(f => [f.tweet.to.content]).first()) as { content: string | null }
  const picked = joined.columns(f => [f.tweet.to.content, f.tweet.to.tags])
  proves<Equal<RowOf<typeof picked>, { content: string | null; tags: string[] | null }>>()
  // @ts-expect-error Tweet has no such column
  joined.where(f => f.tweet.to.username.eq('x'))
  // @ts-expect-error it is text
  joined.where(f => f.tweet.to.content.eq(3))
  // @ts-expect-error it is no foreign key
  joined.where(f => f.id.to.id.eq(3n))
  row.content?.toUpperCase()
}

export async function strictness(): Promise<void> {
  proves<Equal<ReturnType<typeof chained>, typeof db>>()
  const rows = await db.strictLoading(true, () => Tweet.select())
  proves<Equal<typeof rows, Tweet[]>>()
  // @ts-expect-error true or false
  db.strictLoading('yes')
}
const chained = () => db.strictLoading(true)

@model({ database: db })
export class Named extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: false }) one!: Ref<User>
  @ForeignKeyField(() => User, { backref: '+' }) two!: Ref<User>
  @ForeignKeyField(() => User, { backref: ({ name }) => (name === 'Named' ? 'named' : false) }) three!: Ref<User>
  // @ts-expect-error a name, false, or a function
  @ForeignKeyField(() => User, { backref: true }) four!: Ref<User>
}

export async function sorting(): Promise<void> {
  const sorted = sortModels([Tweet, User])
  proves<Equal<typeof sorted, (typeof Tweet | typeof User)[]>>()
  await db.createTables(sorted)
  // @ts-expect-error models, and not their names
  sortModels(['Tweet'])
}

export async function counting(): Promise<void> {
  const counted = await countQueries(db, () => Tweet.select(), { onlySelect: true })
  proves<Equal<typeof counted, CountedQueries<Tweet[]>>>()
  const rows = await assertQueryCount(db, 1, () => Tweet.select())
  proves<Equal<typeof rows, Tweet[]>>()
  // @ts-expect-error a number of queries
  await assertQueryCount(db, '1', () => Tweet.select())
  // @ts-expect-error no such option
  await countQueries(db, () => 1, { onlySelects: true })
}
