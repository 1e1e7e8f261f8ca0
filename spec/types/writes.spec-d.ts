import { caseWhen, EXCLUDED, fn, sql } from 'pewit'
import type { Equal } from './expect.js'
import { proves } from './expect.js'
import { Account, Entry, Favorite, Transfer, Tweet, User } from './models.js'

/** What inserts, updates and deletes take, and what they give. */

export async function insert(huey: User): Promise<void> {
  const key = await User.insert({ username: 'huey', age: null })
  proves<Equal<typeof key, string>>()
  const rowId = await Favorite.insert({ user: huey, tweet: 'key' })
  proves<Equal<typeof rowId, bigint>>()
  await Tweet.insert({ userId: huey.id, content: fn.lower('X'), createdAt: sql`now()`, settings: { theme: 'dark', tabs: [] } })
  const keys = await User.insertMany([{ username: 'huey' }, { username: 'mickey', role: 'admin' }])
  proves<Equal<typeof keys, string[]>>()
  await User.insertMany([['huey', 3]], ['username', User.fields().age])
  // @ts-expect-error no such column
  await User.insert({ usrename: 'huey' })
  // @ts-expect-error another type
  await User.insert({ username: 3 })
  // @ts-expect-error the column takes no null
  await User.insert({ username: null })
  // @ts-expect-error not among the column's values
  await User.insert({ role: 'owner' })
  // @ts-expect-error a backref is no column
  await User.insert({ tweets: [] })
  // @ts-expect-error an account is no user
  await Tweet.insert({ user: new Account() })
  // @ts-expect-error the key's property takes keys alone
  await Tweet.insert({ userId: huey })
  // @ts-expect-error not the JSON's type
  await Tweet.insert({ settings: { theme: 'blue', tabs: [] } })
  // @ts-expect-error no such column
  await User.insertMany([{ usrename: 'huey' }])
  // @ts-expect-error no such column
  await User.insertMany([['huey']], ['usrename'])
  // @ts-expect-error values only: there is no row yet
  await User.insert({ age: u => u.age.add(1) })
}

export async function insertReturning(): Promise<void> {
  const rows = await User.insert({ username: 'huey' }).returning(u => [u.id, u.age.as('years')])
  proves<Equal<typeof rows, { id: string; years: number | null }[]>>()
  const instances = await User.insertMany([{ username: 'huey' }]).returning(User)
  proves<Equal<typeof instances, User[]>>()
  const cleared = await User.insert({ username: 'huey' }).returning(User).returning()
  proves<Equal<typeof cleared, string>>()
  const dicts = await User.insert({ username: 'huey' })
    .returning(u => [u.id, u.age])
    .dicts()
  proves<Equal<typeof dicts, { id: string; age: number | null }[]>>()
  const tuples = await User.insertMany([])
    .returning(u => [u.id, u.age])
    .tuples()
  proves<Equal<typeof tuples, [string, number | null][]>>()
  const ages = await User.insert({ username: 'huey' })
    .returning(User)
    .objects(({ age }) => age)
  proves<Equal<typeof ages, (number | null)[]>>()
  const count = await User.insertMany([{ username: 'huey' }]).asRowCount()
  proves<Equal<typeof count, number>>()
  // @ts-expect-error an insert has no conditions
  User.insert({ username: 'huey' }).where()
  const values = await User.insert({ username: 'huey' }).returning(User.fields().id)
  proves<Equal<typeof values, { id: string }[]>>()
  // @ts-expect-error it was not returned
  rows[0].username
  // @ts-expect-error no such column
  await User.insert({ username: 'huey' }).returning(u => [u.usrename])
  // @ts-expect-error another model
  await User.insert({ username: 'huey' }).returning(Tweet)
}

export async function conflicts(): Promise<void> {
  const key = await Entry.insert({ key: 'a', shard: 1, value: {} }).onConflict({
    target: ['key', Entry.fields().shard],
    preserve: ['value'],
    update: { value: EXCLUDED.value, shard: e => e.shard.add(1) },
    where: e => e.shard.gt(1),
    targetWhere: Entry.fields().shard.lt(9)
  })
  void key
  await User.insert({ username: 'huey' }).onConflict({ constraint: 'user_username', update: { age: 3 } })
  const ignored = await User.insert({ username: 'huey' }).onConflictIgnore('username')
  proves<Equal<typeof ignored, string | null>>()
  const several = await User.insertMany([{ username: 'huey' }]).onConflictIgnore()
  proves<Equal<typeof several, string[]>>()
  const byOptions = await User.insert({ username: 'huey' }).onConflictIgnore({ target: 'username', targetWhere: u => u.active })
  proves<Equal<typeof byOptions, string | null>>()
  await User.insert({ username: 'huey' }).onConflictIgnore({ constraint: 'user_username' })
  const maybe = await User.insert({ username: 'huey' }).onConflict({
    target: 'username',
    preserve: ['age'],
    where: u => u.age.lt(EXCLUDED.age)
  })
  proves<Equal<typeof maybe, string | null>>()
  const counted = await User.insert({ username: 'huey' }).asRowCount().onConflictIgnore()
  proves<Equal<typeof counted, number>>()
  const replacing = await User.insert({ username: 'huey' }).onConflictReplace()
  proves<Equal<typeof replacing, string>>()
  // @ts-expect-error no such option
  await User.insert({ username: 'huey' }).onConflictIgnore({ index: 'user_username' })
  const rows = await User.insert({ username: 'huey' })
    .onConflictIgnore()
    .returning(u => [u.id])
  proves<Equal<typeof rows, { id: string }[]>>()
  const replaced = await User.replace({ id: 'key', username: 'huey' })
  proves<Equal<typeof replaced, string>>()
  const replacedMany = await User.replaceMany([{ id: 'key', username: 'huey' }])
  proves<Equal<typeof replacedMany, string[]>>()
  // @ts-expect-error no such column
  await User.insert({ username: 'huey' }).onConflict({ target: 'usrename', preserve: ['age'] })
  // @ts-expect-error no such column
  await User.insert({ username: 'huey' }).onConflict({ target: 'username', preserve: ['ages'] })
  // @ts-expect-error another type
  await User.insert({ username: 'huey' }).onConflict({ target: 'username', update: { age: 'x' } })
  // @ts-expect-error text is no condition
  await User.insert({ username: 'huey' }).onConflict({ target: 'username', preserve: ['age'], where: u => u.username })
  // @ts-expect-error no such column
  await User.insert({ username: 'huey' }).onConflictIgnore('usrename')
  // @ts-expect-error it may not have been inserted
  ignored.toUpperCase()
  // @ts-expect-error no such column
  await User.replace({ usrename: 'huey' })
}

/** Expressions are of the column's type. */
export async function expressions(huey: User): Promise<void> {
  const u = User.fields()
  await User.update({ age: u.age.add(1), username: u.username.concat('x'), active: a => a.age.gt(3) })
  await User.update({ age: caseWhen([[u.active, 1]], u.age), username: fn.lower(u.username) })
  await User.insert({ username: fn.upper('x'), age: fn.length('x') })
  await Tweet.update({ user: u.id, createdAt: t => t.createdAt.add('1 day'), settings: sql`'{}'` })
  await Tweet.update({ user: t => t.user, userId: huey.id })
  await Account.update({ balance: Account.select(a => [fn.sum(a.balance)]), owner: User.select(o => [o.id]) })
  await Account.update({ balance: a => a.balance.mul(2) })
  await Account.update({ balance: Tweet.select(() => [fn.count()]) })
  // @ts-expect-error text for a number
  await User.update({ age: u.username })
  // @ts-expect-error text for a number, by a function
  await User.update({ age: a => a.username })
  // @ts-expect-error a number for a condition
  await User.update({ active: u.age })
  // @ts-expect-error a condition for text
  await User.update({ username: u.active })
  // @ts-expect-error a number for an instant
  await Tweet.update({ createdAt: u.age })
  // @ts-expect-error a select of text for a number
  await User.update({ age: User.select(o => [o.username]) })
  // @ts-expect-error a number for a key that is text
  await Tweet.update({ user: u.age })
  // @ts-expect-error a number for text
  await Tweet.update({ user: 3 })
  // @ts-expect-error text for a number
  await User.insert({ username: 'x', age: fn.lower('x') })
}

export async function sources(): Promise<void> {
  const other = User.alias('o')
  const joined = Tweet.update().from(User)
  const rows = await Tweet.update()
    .from(User, other)
    .set({ content: (t, u, o) => u.username.concat(o.username).concat(t.content), user: (_, u) => u.id })
    .where((t, u, o) => t.user.eq(u.id).and(o.age.gt(u.age)))
    .returning((t, u, o) => [t.content, u.age, o.username.as('other')])
  proves<Equal<typeof rows, { content: string; age: number | null; other: string }[]>>()
  // @ts-expect-error no such column of that source
  joined.set({ content: (_, u) => u.content })
  // @ts-expect-error another type
  joined.set({ content: (_, u) => u.active })
  // @ts-expect-error there is one source
  Tweet.update().set({ content: (_t, u) => u.username })
}

export async function manyRows(huey: User): Promise<void> {
  async function* rows(): AsyncGenerator<{ username: string }> {
    yield { username: 'huey' }
  }
  const keys = await User.insertMany(rows())
  proves<Equal<typeof keys, string[]>>()
  await User.insertMany(new Set([{ username: 'huey' }]))
  const copied = await User.insertFrom(
    User.select(u => [u.username]),
    ['username', User.fields().age]
  )
  proves<Equal<typeof copied, string[]>>()
  const nothing = await User.bulkCreate([huey], { batchSize: 10, validate: false })
  proves<Equal<typeof nothing, void>>()
  const updated = await User.bulkUpdate(new Set([huey]), ['age', User.fields().username], { batchSize: 10 })
  proves<Equal<typeof updated, number>>()
  // @ts-expect-error no such column
  await User.insertFrom(User.select(), ['usrename'])
  // @ts-expect-error no query
  await User.insertFrom(User, ['username'])
  // @ts-expect-error another model
  await User.bulkCreate([new Tweet()])
  // @ts-expect-error no such column
  await User.bulkUpdate([huey], ['usrename'])
  // @ts-expect-error another model
  await User.bulkUpdate([new Tweet()], ['age'])
  // @ts-expect-error no such option
  await User.bulkUpdate([huey], ['age'], { validate: true })
}

export async function byKey(): Promise<void> {
  const set = await User.setById('key', { age: 3, username: u => u.username.concat('x') })
  proves<Equal<typeof set, number>>()
  await User.setById(null, { username: 'x' })
  const deleted = await User.deleteById('key')
  proves<Equal<typeof deleted, number>>()
  await Entry.setById(['a', 1], { value: {} })
  await Entry.deleteById(['a', 1])
  // @ts-expect-error the key is text
  await User.setById(3, { age: 3 })
  // @ts-expect-error no such column
  await User.setById('key', { ages: 3 })
  // @ts-expect-error the key is text
  await User.deleteById(3n)
  // @ts-expect-error a row is deleted by its key
  await User.deleteById()
}

export async function update(from: bigint, huey: User): Promise<void> {
  const account = Account.fields()
  const count = await Account.update({ balance: account.balance.sub(10) }).where(account.id.eq(from))
  proves<Equal<typeof count, number>>()
  const rows = await Account.update({ balance: a => a.balance.sub(10), owner: huey })
    .where(a => a.id.eq(from))
    .returning(account.balance)
  proves<Equal<typeof rows, { balance: string }[]>>()
  const picked = await Account.update({ owner: null }).returning(a => ({ left: a.balance }))
  proves<Equal<typeof picked, { left: string }[]>>()
  const instances = await Account.update({ balance: '0' }).returning(Account)
  proves<Equal<typeof instances, Account[]>>()
  const cleared = await Account.update({ balance: '0' }).returning(Account).returning()
  proves<Equal<typeof cleared, number>>()
  const tuples = await Account.update({ balance: '0' })
    .returning(a => [a.balance])
    .tuples()
  proves<Equal<typeof tuples, [string][]>>()
  await Account.update({ balance: sql`0` })
    .from(Transfer)
    .where((a, t) => t.from.eq(a.id))
  await User.update({ age: Tweet.select(t => [fn.count(t.id)]) })
  await User.update({ age: u => Tweet.select(t => [fn.count(t.id)]).where(t => t.user.eq(u.id)) })
  await User.update({ active: true }).where(
    u => u.active,
    u => u.age.gt(3)
  )
  // @ts-expect-error no such column
  await Account.update({ balanse: '0' })
  // @ts-expect-error another type
  await Account.update({ balance: 0 })
  // @ts-expect-error the column takes no null
  await Account.update({ balance: null })
  // @ts-expect-error a tweet is no user
  await Account.update({ owner: new Tweet() })
  // @ts-expect-error text is no condition
  await Account.update({ balance: '0' }).where(a => a.balance)
  // @ts-expect-error undefined would update every row
  await Account.update({ balance: '0' }).where(undefined)
  // @ts-expect-error no such column
  await Account.update({ balance: a => a.balanse })
  // @ts-expect-error it was not returned
  rows[0].owner
}

export async function remove(): Promise<void> {
  const count = await User.delete().where(u => u.age.lt(3))
  proves<Equal<typeof count, number>>()
  const rows = await User.delete().returning(u => [u.id])
  proves<Equal<typeof rows, { id: string }[]>>()
  const instances = await User.delete()
    .where(u => u.active)
    .returning(User)
  proves<Equal<typeof instances, User[]>>()
  // @ts-expect-error no such column
  await User.delete().where(u => u.ages.lt(3))
  // @ts-expect-error undefined would delete every row
  await User.delete().where(undefined)
  // @ts-expect-error which rows is said by where
  await User.delete({ age: 3 })
}
