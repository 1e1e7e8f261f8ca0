import { fn, type Loaded, type Plain } from 'pewit'
import type { Equal, Flat, RowOf } from './expect.js'
import { proves } from './expect.js'
import { Category, type Entry, type Favorite, type Settings, Tweet, User } from './models.js'

/** What queries give, from what was selected. */

const u = User.fields()

export async function picks(): Promise<void> {
  const list = User.select(x => [x.username, fn.count(x.id).as('n')])
  proves<Equal<RowOf<typeof list>, { username: string; n: number }>>()
  const values = User.select(u.username, u.age.as('years'))
  proves<Equal<RowOf<typeof values>, { username: string; years: number | null }>>()
  const named = User.select(x => ({ name: x.username, years: x.age }))
  proves<Equal<RowOf<typeof named>, { name: string; years: number | null }>>()
  const namedValues = User.select({ name: u.username })
  proves<Equal<RowOf<typeof namedValues>, { name: string }>>()
  const key = Tweet.select(t => [t.user, t.userId, t.settings])
  proves<Equal<RowOf<typeof key>, { user: string; userId: string; settings: Settings | null }>>()
  const subqueries = User.select(x => ({
    name: x.username,
    tweets: Tweet.select(t => [fn.count(t.id)]).where(t => t.user.eq(x.id))
  }))
  proves<Equal<RowOf<typeof subqueries>, { name: string; tweets: number | null }>>()
  const [row] = await list
  row.n.toFixed()
  // @ts-expect-error it was not picked
  row.age
  // @ts-expect-error a picked row is a plain object
  await row.save()
  // @ts-expect-error no such column
  User.select(x => [x.usrename])
  // @ts-expect-error columns, not their names
  User.select('username')
  // @ts-expect-error undefined selects nothing
  User.select(undefined)
}

export async function models(): Promise<void> {
  const all = User.select()
  proves<Equal<RowOf<typeof all>, User>>()
  const mixed = User.select(User, fn.count(u.id).as('n'))
  proves<Equal<RowOf<typeof mixed>, User & { n: number }>>()
  const [row] = await mixed
  row.n.toFixed()
  row.greet()
  await row.save()
  // @ts-expect-error nothing of that name was selected
  row.m
}

export async function shapes(): Promise<void> {
  const picked = User.select(x => [x.username, fn.count(x.id).as('n')])
  const tuples = picked.tuples()
  proves<Equal<RowOf<typeof tuples>, [string, number]>>()
  const dicts = picked.dicts()
  proves<Equal<RowOf<typeof dicts>, { username: string; n: number }>>()
  const objects = picked.objects(row => new Map([[row.username, row.n]]))
  proves<Equal<RowOf<typeof objects>, Map<string, number>>>()
  const whole = Tweet.select().dicts()
  proves<
    Equal<
      RowOf<typeof whole>,
      { id: string; user: string; content: string; createdAt: Date; tags: string[]; settings: Settings | null }
    >
  >()
  const nullable = Category.select().dicts()
  proves<Equal<RowOf<typeof nullable>, { id: string; name: string; parent: string | null }>>()
  const mixed = Category.select(Category, fn.count(Category.fields().id).as('n')).dicts()
  proves<Equal<Flat<RowOf<typeof mixed>>, { id: string; name: string; parent: string | null; n: number }>>()
  const [joined] = await Tweet.select(Tweet, User).join(User).dicts()
  proves<Equal<typeof joined.content, string>>()
  proves<Equal<typeof joined.username, unknown>>()
  // @ts-expect-error there is no such column in the tuple
  void (await tuples)[0][2]
  // @ts-expect-error it was not picked
  picked.objects(row => row.age)
  // @ts-expect-error a row of a model has no such column
  void (await whole)[0].usr
}

export async function scalars(): Promise<void> {
  const name = await User.select(x => [x.username]).scalar()
  proves<Equal<typeof name, string | null>>()
  const counted = await User.select(fn.count(u.id)).scalar()
  proves<Equal<typeof counted, number | null>>()
  const named = await User.select(x => ({ years: x.age })).scalar()
  proves<Equal<typeof named, number | null>>()
  const names = await User.select(x => [x.username]).scalars()
  proves<Equal<typeof names, string[]>>()
  // @ts-expect-error there may be no row
  name.toUpperCase()
}

export async function afterJoins(): Promise<void> {
  const joined = Tweet.select().join(User)
  const rows = joined.columns((t, x) => [t.content, x.username.as('author')])
  proves<Equal<RowOf<typeof rows>, { content: string; author: string }>>()
  const tuples = rows.tuples()
  proves<Equal<RowOf<typeof tuples>, [string, string]>>()
  const named = joined.columns((t, x) => ({ text: t.content, by: x.username }))
  proves<Equal<RowOf<typeof named>, { text: string; by: string }>>()
  const first = await rows.scalar()
  proves<Equal<typeof first, string | null>>()
  const outer = Tweet.select()
    .leftJoin(User)
    .columns((t, x) => [t.content, x.username.as('author')])
  proves<Equal<RowOf<typeof outer>, { content: string; author: string | null }>>()
  const extended = Tweet.select(Tweet, User)
    .join(User)
    .columnsExtend((_, x) => [x.username.as('author')])
  proves<Equal<RowOf<typeof extended>, Tweet & { user: User } & { author: string }>>()
  const both = rows.columnsExtend((_, x) => [x.age]).tuples()
  proves<Equal<RowOf<typeof both>, [string, string, number | null]>>()
  const bothDicts = rows.columnsExtend((_, x) => ({ years: x.age })).dicts()
  proves<Equal<Flat<RowOf<typeof bothDicts>>, { content: string; author: string; years: number | null }>>()
  // @ts-expect-error only two sources
  joined.columns((_t, _u, f) => [f.id])
  // @ts-expect-error no such column
  joined.columns((_, x) => [x.content])
}

export async function single(): Promise<void> {
  const got = await User.select().get()
  proves<Equal<typeof got, User>>()
  const perhaps = await User.select().getOrNone()
  proves<Equal<typeof perhaps, User | null>>()
  const first = await Tweet.select(Tweet, User).join(User).first()
  proves<Equal<typeof first, (Tweet & { user: User }) | null>>()
  const some = await User.select().first(3)
  proves<Equal<typeof some, User[]>>()
  const count = await User.select().count()
  proves<Equal<typeof count, number>>()
  const exists = await User.select().exists()
  proves<Equal<typeof exists, boolean>>()
  // @ts-expect-error there may be none
  perhaps.username
  // @ts-expect-error there may be none
  first.content
  // @ts-expect-error a number of rows
  await User.select().first('3')
  // @ts-expect-error it counts everything
  await User.select().count(3)
}

export async function clauses(): Promise<void> {
  await User.select()
    .where(
      x => x.username.eq('huey'),
      x => x.active
    )
    .where(u.age.gt(3))
    .orWhere(x => x.role.eq('admin'))
    .groupBy(User)
    .groupBy(x => [x.age, x.role])
    .groupByExtend(u.seenAt)
    .having(x => fn.count(x.id).gt(3))
    .orderBy(x => x.age.desc(), u.username, [u.role, u.id.asc()])
    .orderByExtend(x => [x.id])
    .distinct(x => [x.age])
    .limit(3)
    .limit(null)
    .offset(3)
    .paginate(2, 10)
  await User.select().where(x => fn.some_predicate(x.age))
  const query = User.select()
  proves<Equal<ReturnType<typeof query.where>, typeof query>>()
  proves<Equal<ReturnType<typeof query.sql>['text'], string>>()
  // @ts-expect-error text is no condition
  await query.where(x => x.username)
  // @ts-expect-error a boolean is no condition: nothing would be compared
  await query.where(x => x.username === x.role)
  // @ts-expect-error undefined would widen the query
  await query.where(undefined)
  // @ts-expect-error a column, not its name
  await query.groupBy('age')
  // @ts-expect-error text is no condition
  await query.having(x => fn.lower(x.username))
  // @ts-expect-error a column, not its name
  await query.orderBy('age')
  // @ts-expect-error a sort key is no condition
  await query.where(x => x.age.desc())
  // @ts-expect-error a number of rows
  await query.limit('3')
  // @ts-expect-error a number of rows
  await query.offset(undefined)
}

export function rowTypes(row: Loaded<Tweet, { user: User | null }>): void {
  proves<Equal<typeof row.user, User | null>>()
  proves<Equal<Plain<Entry>, { key: string; shard: number; value: unknown }>>()
  proves<Equal<Plain<Favorite>, { id: bigint; user: string; tweet: string }>>()
  // @ts-expect-error there may be none
  row.user.username
}
