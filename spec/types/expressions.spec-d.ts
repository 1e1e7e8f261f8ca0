import {
  all,
  any,
  type CallOps,
  type CastResult,
  type Computed,
  caseWhen,
  currentRow,
  type DateParts,
  type Expr,
  type Fragment,
  fn,
  following,
  fromTimestamp,
  type JsonExpr,
  type JsonKeys,
  type JsonPart,
  type Named,
  notExists,
  op,
  or,
  preceding,
  SQL,
  some,
  sql,
  type Typed,
  tuple,
  value,
  type Window,
  type WindowOptions,
  window
} from 'pewit'
import type { Assignable, Equal } from './expect.js'
import { proves } from './expect.js'
import { Account, Entry, Favorite, type Settings, Tweet, User } from './models.js'

/** Functions, windows, JSON, arrays, dates, and fragments. */

const u = User.fields()
const t = Tweet.fields()
const f = Favorite.fields()
const a = Account.fields()

type Value<E extends { readonly $type: unknown }> = E['$type']

export function aggregates(): void {
  const ages = fn.array_agg(u.age).orderBy(u.age.desc(), u.id)
  proves<Equal<Value<typeof ages>, (number | null)[] | null>>()
  const names = fn.string_agg(u.username, ',').orderBy(u.id).filter(u.active, u.age.gt(3))
  proves<Equal<Value<typeof names>, string | null>>()
  const median = fn.percentile_cont(0.5).withinGroup(u.age.desc())
  proves<Equal<Value<typeof median>, number | null>>()
  const adults: Computed<number, 'count'> = fn.count(u.id).filter(u.age.gte(18))
  const grown: Expr<boolean | null> = fn.bool_and(u.age.gt(3))
  void [adults, grown]
  // @ts-expect-error text is no condition
  fn.count(u.id).filter(u.username)
  // @ts-expect-error a column is no aggregate
  u.age.filter(u.active)
  // @ts-expect-error undefined is no sort key
  fn.array_agg(u.age).orderBy(undefined)
  // @ts-expect-error a condition is asked for
  fn.bool_or(u.age)
  // @ts-expect-error the fraction is a number
  fn.percentile_cont('0.5')
}

export function knownFunctions(): void {
  proves<Equal<Value<ReturnType<typeof least>>, number>>()
  function least() {
    return fn.least(u.age, 3)
  }
  const name: Expr<string> = fn.replace(fn.substr(u.username, 1, 3), 'a', 'b')
  const place: Expr<number> = fn.strpos(u.username, 'x')
  const absent: Expr<string | null> = fn.nullif(u.username, '')
  const rounded: Expr<string> = fn.round(a.balance, 1)
  const root: Expr<number | null> = fn.sqrt(u.age)
  const day: Expr<Date | null> = fn.date_trunc('day', u.seenAt)
  const three: Expr<number> = fn.abs(-3)
  fn.concat_ws(' ', u.username, 3, null).like('h%')
  fn.some_function(u.age).typed('int8').add(1)
  void [name, place, absent, rounded, root, day, three]
  // @ts-expect-error text has no root
  fn.sqrt('x')
  // @ts-expect-error part is misspelt
  fn.date_trunc('days', u.seenAt)
  // @ts-expect-error a separator is needed
  fn.string_agg(u.username)
  // @ts-expect-error another type than the column's
  fn.coalesce(u.age, 'x')
  // @ts-expect-error another type than the column's
  fn.greatest(u.age, 'x')
  // @ts-expect-error random takes nothing
  fn.random(3)
}

export function windows(): void {
  const byUser = window({ partitionBy: t.user, orderBy: [t.createdAt.desc(), t.id] }).as('by_user')
  const options: WindowOptions = {
    extends: byUser,
    frame: { type: 'groups', start: preceding(2), end: following(), exclude: 'ties' }
  }
  const named: Window = byUser
  const rank: Named<number, 'rank'> = fn.rank().over(byUser)
  const before = fn.lag(u.age, 1, 0).over({ orderBy: u.id, frame: { start: preceding(), end: currentRow } })
  proves<Equal<Value<typeof before>, number | null>>()
  fn.sum(u.age).filter(u.active).over()
  fn.first_value(u.username).over(options).as('first')
  void [rank, named]
  // @ts-expect-error what is over a window is no aggregate any more
  fn.count().over().filter(u.active)
  // @ts-expect-error a window is none of its name
  fn.rank().over('by_user')
  // @ts-expect-error misspelt
  fn.rank().over({ partition: t.user })
  // @ts-expect-error rows, range or groups
  fn.rank().over({ frame: { type: 'row' } })
  // @ts-expect-error bounds are made by preceding and following
  fn.rank().over({ frame: { start: 2 } })
  // @ts-expect-error not what can be excluded
  fn.rank().over({ frame: { start: preceding(), exclude: 'rows' } })
  // @ts-expect-error a column has no window
  u.age.over()
}

export function json(): void {
  const theme = t.settings.get('theme')
  proves<Equal<typeof theme, JsonExpr<'dark' | 'light' | null>>>()
  proves<Equal<JsonKeys<Settings>, 'theme' | 'tabs'>>()
  proves<Equal<JsonPart<Settings, 'tabs'>, Settings['tabs'] | null>>()
  const open = t.settings.get('tabs', 0, 'open')
  proves<Equal<Value<typeof open>, boolean | null>>()
  const text: Expr<string | null> = t.settings.get('tabs').get(0).get('name').asText()
  theme
    .eq('dark')
    .and(theme.in(['light']))
    .or(theme.startsWith('d'))
  theme.eq(null)
  t.settings.hasKeys('theme', 'tabs')
  t.settings.extract('anything', 0, 'at', 'all').asInt().add(1)
  Entry.fields().value.get('a', 0, 'b', 'c', 1).eq({ d: 1 })
  Tweet.update({ settings: x => x.settings.get('theme').set('dark') })
  Tweet.update({ settings: x => x.settings.get('tabs').append({ name: 'x', open: true }) })
  Tweet.update({ settings: x => x.settings.update({ theme: 'dark' }) })
  t.settings.get('tabs').length().gt(1)
  t.settings.pathExists('$.tabs[*] ? (@.open)')
  void text
  // @ts-expect-error no such key
  t.settings.get('them')
  // @ts-expect-error no such key further in
  t.settings.get('tabs', 0, 'nam')
  // @ts-expect-error an array has indexes
  t.settings.get('tabs', 'name')
  // @ts-expect-error not among the values
  theme.eq('blue')
  // @ts-expect-error not among the values
  theme.set('blue')
  // @ts-expect-error the whole is set by assigning it
  t.settings.set({ theme: 'dark', tabs: [] })
  // @ts-expect-error keys are text
  t.settings.hasKey(3)
  // @ts-expect-error a JSON path is text
  t.settings.pathExists(['a'])
  // @ts-expect-error a text column has no keys
  u.username.hasKey('a')
}

export function arrays(): void {
  const tags: Typed<string[]> = t.tags.append('a').prepend('b').remove('c').concat(['d'])
  const place: Expr<number | null> = t.tags.indexOf('a')
  t.tags.at(0).startsWith('a')
  t.tags.at(u.age).eq('x')
  t.tags.slice(1, 3).contains('a')
  u.username
    .eq(any(['a', 'b']))
    .or(u.username.ne(all(t.tags)))
    .or(u.age.lt(some(User.select(x => [x.age]))))
  Tweet.update({ tags: x => x.tags.append('a') })
  void [tags, place]
  // @ts-expect-error items are strings
  t.tags.append(3)
  // @ts-expect-error items are strings
  t.tags.concat([3])
  // @ts-expect-error an array, not an item
  t.tags.concat('a')
  // @ts-expect-error numbers among strings
  u.username.eq(any([1, 2]))
  // @ts-expect-error a value is not several
  u.age.eq(any(3))
  // @ts-expect-error a number has no items
  u.age.at(0)
}

export function dates(): void {
  const year: Expr<number> = t.createdAt.year()
  const month: Typed<Date> = t.createdAt.truncate('month')
  const parts: DateParts<Date> = t.createdAt
  t.createdAt.add('1 day').dayOfWeek().eq(0)
  u.seenAt.toTimestamp().gt(0)
  u.username.year()
  const at: Expr<Date> = fromTimestamp(a.version, 1000)
  void [year, month, parts, at]
  // @ts-expect-error part is misspelt
  t.createdAt.truncate('months')
  // @ts-expect-error no part of an instant
  t.createdAt.age()
  // @ts-expect-error a number has no parts
  u.age.year()
  // @ts-expect-error text is no number of seconds
  fromTimestamp(u.username)
}

export function cases(): void {
  const kind: Expr<string> = caseWhen(u.role, [['admin', 'x']], 'y')
  const absent = caseWhen([[u.active, 1]])
  proves<Equal<Value<typeof absent>, number | null>>()
  caseWhen([[u.active, u.age]], 3).add(1)
  void kind
  // @ts-expect-error not among the column's values
  caseWhen(u.role, [['owner', 1]], 2)
  // @ts-expect-error the default has another type
  caseWhen(u.role, [['admin', 1]], 'y')
  // @ts-expect-error a branch is a pair
  caseWhen([[u.active]], 1)
}

export function comparisons(): void {
  u.age.isDistinctFrom(null).and(u.age.isNotDistinctFrom(3)).and(u.age.gt(1).is(true).isNot(null))
  u.username.concat(3).concat(u.age).like('x')
  u.username.asc({ collation: 'C', nulls: 'first' })
  tuple(u.username, u.age).lt(['a', 3])
  tuple(u.username, u.age).gte(tuple(u.role, u.age))
  tuple(u.username, u.age).notIn([['a', null]])
  or(notExists(Tweet.select()), u.active.is(false))
  const plus = u.age.converter(age => age.toFixed(1))
  proves<Equal<Value<typeof plus>, string | null>>()
  // @ts-expect-error true, false or null
  u.active.is(1)
  // @ts-expect-error a number is not true
  u.age.is(true)
  // @ts-expect-error not the column's type
  u.age.isDistinctFrom('x')
  // @ts-expect-error as many values as items
  tuple(u.username, u.age).eq(['a'])
  // @ts-expect-error the second is a number
  tuple(u.username, u.age).lt(['a', 'b'])
  // @ts-expect-error a text column's converter takes text
  u.username.converter((age: number) => age)
  // @ts-expect-error text is no interval
  t.createdAt.add('soon')
}

export function fragments(): void {
  const count = sql<number>`count(*)`
  proves<Equal<Value<typeof count>, number>>()
  proves<Equal<typeof count, Fragment<number>>>()
  count.add(1)
  const seconds: Expr<number> = SQL<number>('extract(epoch from now())')
  const whole: Typed<number> = sql`1`.typed('int8')
  const shifted: Expr<number> = op(u.age, '<<', 2, 'int4')
  User.select().where(op(u.username, '~~', 'h%'))
  u.age.eq(op(u.age, '<<', 2))
  value(['a', 'b']).contains('a')
  proves<Equal<CastResult<'timestamptz'>, Date>>()
  proves<Assignable<CallOps<Expr<number>>['filter'], (...conditions: Expr<boolean>[]) => unknown>>()
  void [seconds, whole, shifted, f]
  // @ts-expect-error the fragment is a number
  count.like('x')
  // @ts-expect-error an operator is text
  op(u.age, 3, 2)
  // @ts-expect-error a type's name
  sql`1`.typed(8)
}
