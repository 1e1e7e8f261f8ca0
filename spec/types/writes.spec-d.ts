import { EXCLUDED, fn, sql } from 'pewit'
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
  const whole = await User.insert({ username: 'huey' }).returning()
  proves<Equal<typeof whole, User[]>>()
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
  const instances = await Account.update({ balance: '0' }).returning()
  proves<Equal<typeof instances, Account[]>>()
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
