import { and, caseWhen, cast, EXCLUDED, exists, fn, metadata, SQL, sql, tuple, value } from 'pewit'
import { runTransaction } from 'pewit/playhouse/cockroachdb'
import { Category, db, Note, Tweet, User } from './models.js'

/** Nothing here says its type: the compiler must be able to write all of them. */

export const users = User.fields()
export const tweets = Tweet.fields()
export const parent = Category.alias('parent')
export const parentFields = parent.fields()

export const columns = {
  text: users.username,
  nullable: users.age,
  custom: users.balance,
  moment: tweets.createdAt,
  reference: tweets.user,
  array: tweets.tags,
  json: tweets.settings,
  path: tweets.settings.get('theme'),
  pathText: tweets.settings.get('theme').asText(),
  named: users.age.as('years'),
  sum: users.age.add(1),
  later: tweets.createdAt.add('1 day'),
  concatenated: users.username.concat('!'),
  order: users.age.desc(),
  casted: users.age.cast('text')
}
export const conditions = {
  equal: users.username.eq('huey'),
  key: tweets.user.eq(users.id),
  both: and(users.age.gt(3), exists(Tweet.select())),
  row: tuple(users.id, users.age).in([['a', 1]])
}
export const expressions = {
  count: fn.count(users.id),
  lower: fn.lower(users.username),
  other: fn.date_trunc('day', tweets.createdAt),
  cases: caseWhen([[users.age.gte(18), 'adult']], 'minor'),
  cast: cast(users.age, 'text'),
  value: value(3),
  fragment: sql`now()`,
  raw: SQL('now()'),
  excluded: EXCLUDED.age
}

export const all = User.select()
export const filtered = User.select().where(u => u.username.eq('huey'))
export const joined = Tweet.select(Tweet, User).join(User)
export const outer = Tweet.select(Tweet, User).leftJoin(User)
export const self = Category.select(Category, parent).join(parent, { on: (c, p) => c.parent.eq(p.id) })
export const picked = User.select(u => [u.username, fn.count(u.id).as('n')])
export const named = User.select(u => ({ name: u.username }))
export const mixed = User.select(User, fn.count(users.id).as('n'))
export const tuples = picked.tuples()
export const dicts = Tweet.select().dicts()
export const objects = picked.objects(row => [row.username])
export const outerColumns = outer.columns((t, u) => [t.content, u.username])
export const notes = Note.select().where(n => n.updatedAt.lt(new Date()))

export const inserting = User.insert({ username: 'huey' })
export const insertingMany = User.insertMany([{ username: 'huey' }])
export const ignoring = User.insert({ username: 'huey' }).onConflictIgnore()
export const returning = User.insert({ username: 'huey' }).returning(u => [u.id])
export const updating = User.update({ age: u => u.age.add(1) }).where(u => u.age.isNull())
export const updatingFrom = User.update({ age: 1 }).from(Tweet)
export const updated = User.update({ age: 1 }).returning(User)
export const deleting = Tweet.delete().returning(t => [t.content])
export const raw = User.raw`SELECT 1`

export const rows = async () => [(await joined)[0], (await outer)[0], (await picked)[0], (await mixed)[0]] as const
export const author = async (tweet: Tweet) => tweet.user
export const written = (user: User) => user.tweets.where(t => t.content.ne(''))
export const one = async () => [await User.get(u => u.age.gt(3)), await User.getOrCreate({ username: 'huey' })] as const

export const about = metadata(User)
export const createUser = db.transaction()(async (username: string) => User.create({ username }))
export const transferred = () => db.runTransaction(() => User.select(), { maxAttempts: 3 })
export const transferredToo = () => runTransaction(db, () => User.select().count(), 3)
export class Accounts {
  @db.retryTransaction()
  async open(username: string) {
    return User.create({ username })
  }
}
