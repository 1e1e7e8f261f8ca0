import { and, caseWhen, cast, EXCLUDED, type Expr, exists, type Fields, fn, not, or, SQL, sql, tuple, value } from 'pewit'
import type { Assignable, Equal } from './expect.js'
import { proves } from './expect.js'
import { Account, Category, Entry, Favorite, type Settings, Transfer, Tweet, User } from './models.js'

/** What a column offers, and what it takes. */

export const u = User.fields()
export const t = Tweet.fields()
export const f = Favorite.fields()
export const a = Account.fields()
export const c = Category.fields()

export function names(): void {
  proves<Equal<keyof Fields<User>, 'id' | 'username' | 'role' | 'age' | 'active' | 'seenAt'>>()
  proves<Equal<keyof Fields<Tweet>, 'id' | 'user' | 'userId' | 'content' | 'createdAt' | 'tags' | 'settings'>>()
  // @ts-expect-error no such column
  void u.usrename
  // @ts-expect-error a backref is no column
  void u.tweets
  // @ts-expect-error a method is no column
  void u.greet
  // @ts-expect-error what every model has is no column
  void u.save
  // @ts-expect-error columns are read only
  u.username = u.role
}

export function comparisons(huey: User, tweet: Tweet, name: string | undefined): void {
  u.username.eq('huey')
  u.username.eq(u.role)
  u.username.eq(null)
  u.username.ne(t.content)
  u.age.eq(3)
  u.age.eq(null)
  u.age.lt(fn.max(u.age))
  u.seenAt.gte(new Date())
  u.active.eq(true)
  u.role.eq('admin')
  f.id.eq(1n)
  u.age.between(1, 9)
  u.age.gt(User.select(x => [fn.avg(x.age)]))
  a.balance.gte('10.50')
  // @ts-expect-error a string column takes strings
  u.username.eq(3)
  // @ts-expect-error a number column takes numbers
  u.age.eq('3')
  // @ts-expect-error a column of another type
  u.age.eq(u.username)
  // @ts-expect-error a Date, not its text
  u.seenAt.gte('2024-01-01')
  // @ts-expect-error not among the column's values
  u.role.eq('owner')
  f.id.eq(1)
  f.id.lt(u.age)
  // @ts-expect-error a number column is compared with numbers
  u.age.eq(1n)
  // @ts-expect-error an undefined value would widen the query
  u.username.eq(undefined)
  // @ts-expect-error it may be undefined
  u.username.eq(name)
  // @ts-expect-error `< NULL` is never true
  u.age.lt(null)
  // @ts-expect-error a model is no value
  u.username.eq(huey)
  // @ts-expect-error both ends are of the column's type
  u.age.between(1, 'x')
  void tweet
}

export function lists(): void {
  u.username.in(['huey', 'mickey'])
  u.username.in(new Set(['huey']))
  u.username.in([])
  u.age.notIn([1, u.age])
  u.id.in(Tweet.select(x => [x.userId]))
  u.role.in(User.select(x => [x.username]))
  u.id.in(User.select())
  u.age.in(User.select(x => ({ years: x.age })))
  // @ts-expect-error a string is iterable, but no list
  u.username.in('huey')
  // @ts-expect-error items of another type
  u.username.in([1])
  // @ts-expect-error null is in no list
  u.username.in([null])
  // @ts-expect-error undefined is in no list
  u.username.in([undefined])
  // @ts-expect-error a subquery of numbers
  u.username.in(User.select(x => [x.age]))
  // @ts-expect-error a subquery of bigints
  u.id.in(Favorite.select())
  // @ts-expect-error a subquery of two columns
  u.username.in(User.select(x => [x.username, x.role]))
}

export function text(): void {
  u.username.like('h%')
  u.username.ilike(fn.lower(u.username))
  u.username.contains('ue')
  u.role.startsWith('adm')
  u.username.concat('!').endsWith('!')
  u.username.regexp('^h').and(u.username.notLike('%x'))
  // @ts-expect-error a number column has no like
  u.age.like('3%')
  // @ts-expect-error a Date column has no contains
  u.seenAt.contains('2024')
  // @ts-expect-error a boolean column has no startsWith
  u.active.startsWith('t')
  // @ts-expect-error a pattern is text
  u.username.like(3)
  // @ts-expect-error a pattern is never undefined
  u.username.contains(undefined)
}

export function arithmetic(): void {
  proves<Assignable<ReturnType<typeof sum>, Expr<number | null>>>()
  function sum() {
    return u.age.add(1).mul(u.age).sub(2n).div(2).neg()
  }
  a.balance.sub(10).add('0.50').mul(a.version)
  const total: Expr<string | number> = a.version.mul(a.balance)
  void total
  f.id.add(1).mod(10n).bitAnd(f.id)
  const later: Expr<Date> = u.seenAt.add('1 day')
  const earlier: Expr<Date> = u.seenAt.sub(`${3} hours`)
  const interval: Expr<string> = t.createdAt.sub(u.seenAt)
  void [later, earlier, interval]
  // @ts-expect-error no number
  u.age.add('x')
  // @ts-expect-error no interval
  u.seenAt.add('x')
  // @ts-expect-error a number of what?
  u.seenAt.add(1)
  // @ts-expect-error instants are not multiplied
  u.seenAt.mul(2)
  // @ts-expect-error a boolean is no number
  u.active.add(1)
  // @ts-expect-error a JSON value is no number
  t.settings.add(1)
}

export function conditions(): void {
  and(u.age.gt(3), u.active).or(not(u.username.eq('x')))
  u.active.and(u.age.isNull()).not()
  or(u.age.isNull(false), exists(Tweet.select()))
  // @ts-expect-error text is no condition
  and(u.username)
  // @ts-expect-error a number column has no and
  u.age.and(u.active)
  // @ts-expect-error undefined is no condition
  and(undefined)
  // @ts-expect-error only a select exists
  exists(User.update({ age: 3 }))
}

export function foreignKeys(huey: User, tweet: Tweet, root: Category): void {
  t.user.eq(huey)
  t.user.eq(huey.id)
  t.user.eq(tweet.user)
  t.user.eq(u.id)
  t.user.eq(null)
  t.userId.eq(huey.id)
  t.user.in([huey, 'a7f1'])
  t.user.in(User.select())
  t.user.notIn(User.select(x => [x.id]))
  u.id.eq(t.user)
  c.parent.eq(root).or(c.parent.isNull())
  c.parent.eq(root.parent)
  // @ts-expect-error a tweet is no user
  t.user.eq(tweet)
  // @ts-expect-error tweets are no users
  t.user.in([tweet])
  // @ts-expect-error a Date is no key
  t.user.eq(new Date())
  // @ts-expect-error undefined is no key
  t.user.eq(undefined)
  // @ts-expect-error a subquery of instants has no keys
  t.user.in(Tweet.select(x => [x.createdAt]))
  // @ts-expect-error the key has no text methods
  t.user.like('x')
  // @ts-expect-error the key alone takes no instance
  t.userId.eq(huey)
}

export function json(): void {
  const theme: Expr<string | null> = t.settings.get('theme').asText()
  t.settings.get('tabs', 0, 'name').asText().like('a%')
  t.settings.get('tabs', 0).asInt().gt(3)
  t.settings.contains({ theme: 'dark' })
  t.settings.asText()
  t.settings.eq({ theme: 'dark', tabs: [] })
  Entry.fields().value.get('a').eq({ b: 1 })
  void theme
  // @ts-expect-error a path is made of keys and indexes
  t.settings.get(true)
  // @ts-expect-error JSON has no like of its own
  t.settings.like('x')
  // @ts-expect-error not the type of the column
  t.settings.eq({ theme: 'blue', tabs: [] })
}

export function arrays(): void {
  const first: Expr<string | null> = t.tags.at(0)
  t.tags.contains('a', 'b').and(t.tags.containsAny('c'))
  t.tags.containedBy(t.tags)
  t.tags.length().gt(2)
  t.tags.eq(['a'])
  void first
  // @ts-expect-error items are strings
  t.tags.contains(3)
  // @ts-expect-error an index is a number
  t.tags.at('0')
  // @ts-expect-error an array has no like
  t.tags.like('a')
  // @ts-expect-error an array of strings
  t.tags.eq('a')
}

export function naming(): void {
  u.age.asc()
  u.age.desc({ nulls: 'last' })
  const named = u.age.as('years')
  proves<Equal<(typeof named)['$alias'], 'years'>>()
  proves<Equal<(typeof named)['$type'], number | null>>()
  proves<Equal<ReturnType<typeof texts>['$type'], string>>()
  function texts() {
    return u.age.cast('text')
  }
  const cased = cast(u.username, 'int8')
  proves<Equal<(typeof cased)['$type'], number>>()
  // @ts-expect-error first or last
  u.age.desc({ nulls: 'least' })
  // @ts-expect-error a name
  u.age.as(3)
  // @ts-expect-error a type's name
  u.age.cast(3)
}

export function functions(amount: number): void {
  const count: Expr<number> = fn.count(u.id)
  const lower: Expr<string> = fn.lower(u.username)
  lower.eq('huey')
  fn.lower(u.username).like('h%')
  fn.coalesce(u.age, 0).add(1)
  fn.coalesce(
    Tweet.select(x => [fn.count(x.id)]),
    0
  ).add(1)
  fn.some_function(u.age, 1, 'x').eq('anything')
  const age: Expr<string> = caseWhen([[u.age.gte(18), 'adult']], 'minor')
  tuple(u.id, u.age).in([['a', 1]])
  tuple(u.id, u.age).eq(['a', 1])
  const three: Expr<number> = value(3)
  const fragment = sql`${u.age} + ${amount}`
  u.age.eq(fragment)
  and(sql`true`, SQL('now() > ?', new Date()))
  sql`${sql.identifier('users', 'age')} > 3`
  void [count, age, three, EXCLUDED.age]
  // @ts-expect-error count gives a number
  fn.count(u.id).eq('3')
  // @ts-expect-error lower takes text or an expression
  fn.lower(3)
  // @ts-expect-error the results have one type
  caseWhen([[u.age.gte(18), 'adult']], 3)
  // @ts-expect-error a condition stands first
  caseWhen([[u.username, 'adult']], 'minor')
  // @ts-expect-error rows are arrays
  tuple(u.id, u.age).in(['a', 1])
  // @ts-expect-error a tuple is made of expressions
  tuple('a', 1)
  // @ts-expect-error another type
  value(3).eq('x')
  // @ts-expect-error identifiers are strings
  sql.identifier(3)
  // @ts-expect-error SQL as text
  SQL(3)
}

/** Two references to one model are two columns. */
export const transferKeys = [Transfer.fields().from, Transfer.fields().to] as const
export const setting: Settings | undefined = undefined
