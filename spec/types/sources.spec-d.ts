import {
  type ColumnsOf,
  type ColumnTypes,
  type Compound,
  type CompoundOperand,
  type Cte,
  type CteOptions,
  type ExplainOptions,
  type FreeSource,
  fn,
  groupingSets,
  type LockOptions,
  type OuterRow,
  type RenamedRow,
  type RowSource,
  rowsOf,
  type Select,
  type SourceRow,
  type Table,
  type TableOptions,
  type TypedRow,
  table,
  type ValuesList,
  type ValuesOptions,
  type ValuesRow,
  value,
  valuesList,
  window
} from 'pewit'
import type { Equal, RowOf } from './expect.js'
import { proves } from './expect.js'
import { Category, Tweet, User } from './models.js'

/** What stands in FROM beside models, what is put together, and what comes of it. */

const counts = Tweet.select(t => [t.user, fn.count().as('n')]).groupBy(t => t.user)

export async function aliases(): Promise<void> {
  const parent = Category.alias('p')
  proves<Equal<typeof parent, RowSource<Category, 'p'>>>()
  const whole = parent.select().where(p => p.name.eq('x'))
  proves<Equal<RowOf<typeof whole>, Category>>()
  const names = parent.select(p => [p.name])
  proves<Equal<RowOf<typeof names>, { name: string }>>()
  const child = Category.alias('c')
  const [pair] = await child.select(child, parent).join(parent, { on: (c, p) => c.parent.eq(p.id) })
  proves<Equal<typeof pair.parent, Category>>()
  // @ts-expect-error no such column
  parent.select(p => [p.nam])
  // @ts-expect-error no such column
  parent.fields().nam
}

export async function subqueries(): Promise<void> {
  const tally = counts.alias('tally')
  const tallies = tally.select()
  proves<Equal<RowOf<typeof tallies>, { user: string; n: number }>>()
  const rows = User.select()
    .leftJoin(tally, { on: (u, t) => t.user.eq(u.id) })
    .columns((u, t) => [u.username, t.n])
  proves<Equal<RowOf<typeof rows>, { username: string; n: number | null }>>()
  const [attached] = await User.select(User, tally).join(tally, { on: (u, t) => t.user.eq(u.id), attr: 'tally' })
  proves<Equal<typeof attached.tally, { user: string; n: number }>>()
  const adults = User.select()
    .where(u => u.age.gte(18))
    .alias('adults')
  const [tweet] = await Tweet.select(Tweet, adults).join(adults)
  proves<Equal<typeof tweet.user, User>>()
  const top = counts.selectFrom(c => [fn.max(c.n).as('top')])
  proves<Equal<RowOf<typeof top>, { top: number | null }>>()
  const again = counts.selectFrom()
  proves<Equal<RowOf<typeof again>, { user: string; n: number }>>()
  const named = User.select(u => [u.username, Tweet.select(fn.count()).as('tweets')])
  proves<Equal<RowOf<typeof named>, { username: string; tweets: number | null }>>()
  proves<Equal<SourceRow<User, readonly [User], unknown>, User>>()
  // @ts-expect-error the subquery has no such column
  tally.select(t => [t.content])
  // @ts-expect-error nor has it in a join
  User.select().join(tally, { on: (u, t) => t.content.eq(u.id) })
  // @ts-expect-error not attached without attr
  ;(await User.select(User, tally).join(tally, { on: (u, t) => t.user.eq(u.id) }))[0].tally
  // @ts-expect-error the row of a model is no such thing
  proves<Equal<SourceRow<User, readonly [User], unknown>, Tweet>>()
}

export async function from(): Promise<void> {
  const rows = User.select()
    .from(User, Tweet)
    .where((u, t) => t.user.eq(u.id))
    .columns((u, t) => [u.username, t.content])
  proves<Equal<RowOf<typeof rows>, { username: string; content: string }>>()
  const lateral = User.select()
    .from(User, counts.lateral().alias('c'))
    .columns((u, c) => [u.username, c.n])
  proves<Equal<RowOf<typeof lateral>, { username: string; n: number }>>()
  // @ts-expect-error a source
  User.select().from('user')
  // @ts-expect-error at least one
  User.select().from()
}

export async function outer(): Promise<void> {
  const [row] = await Tweet.select(Tweet, User).rightJoin(User)
  proves<Equal<typeof row.user, User>>()
  proves<Equal<typeof row.content, string | null>>()
  row.isDirty()
  const columns = Tweet.select()
    .rightJoin(User)
    .columns((t, u) => [t.content, u.username])
  proves<Equal<RowOf<typeof columns>, { content: string | null; username: string }>>()
  const both = Tweet.select()
    .fullJoin(User)
    .columns((t, u) => [t.content, u.username])
  proves<Equal<RowOf<typeof both>, { content: string | null; username: string | null }>>()
  const [full] = await Tweet.select(Tweet, User).fullJoin(User)
  proves<Equal<typeof full.user, User | null>>()
  const [typed] = await Tweet.select(Tweet, User).join(User, { type: 'RIGHT' })
  proves<Equal<typeof typed.content, string | null>>()
  const [dict] = await Tweet.select().rightJoin(User).dicts()
  proves<Equal<typeof dict.content, string | null>>()
  proves<Equal<OuterRow<{ a: string; b(): void }>, { a: string | null; b(): void }>>()
  // @ts-expect-error there may be no tweet
  row.content.length
  // @ts-expect-error a column may be null
  proves<Equal<OuterRow<{ a: string }>, { a: string }>>()
}

export async function compounds(): Promise<void> {
  const names = User.select(u => [u.username, u.age])
  const both = names.union(Tweet.select(t => [t.content, value(3)]))
  proves<Equal<RowOf<typeof both>, { username: string; age: number | null }>>()
  both.orderBy(r => [r.age.desc(), r.username])
  const scalar = await both.scalar()
  proves<Equal<typeof scalar, string | null>>()
  const tuples = both.tuples()
  proves<Equal<RowOf<typeof tuples>, [string, number | null]>>()
  const dicts = both.dicts()
  proves<Equal<RowOf<typeof dicts>, { username: string; age: number | null }>>()
  const nested = both.except(names.intersect(names))
  proves<Equal<RowOf<typeof nested>, { username: string; age: number | null }>>()
  const models: Compound<User, User> = User.select().unionAll(User.select())
  proves<Equal<RowOf<typeof models>, User>>()
  const byName = User.select(u => ({ a: u.username, b: u.age })).union(Tweet.select(t => ({ a: t.content, b: value(1) })))
  proves<Equal<RowOf<typeof byName>, { a: string; b: number | null }>>()
  const mixed = User.select(u => ({ a: u.username, b: u.username })).union(Tweet.select(t => [t.content, t.id]))
  proves<Equal<RowOf<typeof mixed>, { a: string; b: string }>>()
  User.select().where(u => u.id.in(Tweet.select(t => [t.user]).union(User.select(x => [x.id]))))
  proves<Equal<ColumnsOf<User, readonly [], readonly []>, []>>()
  // @ts-expect-error one column less
  names.union(Tweet.select(t => [t.content]))
  // @ts-expect-error one column more
  names.union(Tweet.select(t => [t.content, value(3), t.id]))
  // @ts-expect-error of another type
  names.union(Tweet.select(t => [value(3), t.content]))
  // @ts-expect-error another model
  User.select().union(Tweet.select())
  // @ts-expect-error another name
  User.select(u => ({ a: u.username })).union(Tweet.select(t => ({ b: t.content })))
  // @ts-expect-error no such column of the result
  both.orderBy(r => r.content)
  // @ts-expect-error a compound has no conditions
  both.where
  // @ts-expect-error a query
  const operand: CompoundOperand<[string]> = 3
  void operand
}

export async function ctes(): Promise<void> {
  const adults = User.select(u => [u.id, u.username])
    .where(u => u.age.gte(18))
    .cte('adults')
  const rows = adults.select(a => [a.username])
  proves<Equal<RowOf<typeof rows>, { username: string }>>()
  const people = User.select().cte('people')
  const [tweet] = await Tweet.select(Tweet, people).join(people)
  proves<Equal<typeof tweet.user, User>>()
  const whole = people.select()
  proves<Equal<RowOf<typeof whole>, User>>()
  const renamed = User.select(u => [u.id, u.age]).cte('r', { columns: ['key', 'years'] })
  const years = renamed.select()
  proves<Equal<RowOf<typeof years>, { key: string; years: number | null }>>()
  proves<Equal<RenamedRow<readonly [], readonly [], readonly []>, {}>>()
  const tree = Category.select(c => [c.id, value(0).as('level')])
    .cte('tree')
    .unionAll(up =>
      Category.select()
        .join(up, { on: (c, t) => c.parent.eq(t.id) })
        .columns((c, t) => [c.id, t.level.add(1).as('level')])
    )
  const levels = tree.select(t => [t.level])
  proves<Equal<RowOf<typeof levels>, { level: number }>>()
  const options: CteOptions = { materialized: true, recursive: false }
  User.select()
    .cte('x', { ...options, columns: undefined })
    .select()
  Tweet.select().with(adults, people)
  const gone = Tweet.delete()
    .returning(t => [t.content])
    .cte('gone')
  const texts = gone.select()
  proves<Equal<RowOf<typeof texts>, { content: string }>>()
  const changed: Cte<Tweet, 'changed'> = Tweet.update({ content: 'x' }).returning(Tweet).cte('changed')
  const added = User.insert({ username: 'x' })
    .returning(u => [u.id])
    .cte('added')
  const keys = added.select()
  proves<Equal<RowOf<typeof keys>, { id: string }>>()
  void changed
  // @ts-expect-error no such column
  adults.select(a => [a.age])
  // @ts-expect-error what follows has another type
  tree.unionAll(() => Category.select(c => [c.id, c.name]))
  // @ts-expect-error no such option
  User.select().cte('x', { materialised: true })
  // @ts-expect-error no CTE
  Tweet.select().with(User)
}

export async function values(): Promise<void> {
  const list = valuesList([['a', 2] as const, ['b', null] as const], { columns: ['k', 'n'], name: 'v' })
  const rows = list.select()
  proves<Equal<RowOf<typeof rows>, { k: string; n: number | null }>>()
  const typed = valuesList([{ k: 'a', at: new Date() }], { columns: { k: 'text', at: 'timestamptz?' } })
  const typedRows = typed.select()
  proves<Equal<RowOf<typeof typedRows>, { k: string; at: Date | null }>>()
  const kept: ValuesList<{ k: string }, 'v'> = valuesList([['a']], { columns: ['k'], name: 'v' })
  const free: FreeSource<{ n: number }, 'n'> = rowsOf(value(3), 'n')
  const options: ValuesOptions<['a'], 'v'> = { columns: ['a'] }
  const columns: ColumnTypes = { id: 'int8' }
  proves<Equal<TypedRow<{ id: 'int8'; name: 'text?' }>, { id: number; name: string | null }>>()
  proves<Equal<ValuesRow<readonly [1, 'a'], readonly ['x', 'y']>, { x: number; y: string }>>()
  const pairs = rowsOf(fn.jsonb_each('{}'), 'e', { key: 'text', value: 'jsonb' }).select(e => [e.key])
  proves<Equal<RowOf<typeof pairs>, { key: string }>>()
  void [kept, free, options, columns]
  // @ts-expect-error no such column
  list.select(v => [v.m])
  // @ts-expect-error names, or names with types
  valuesList([['a']], { columns: 'k' })
  // @ts-expect-error the column is text
  valuesList([{ k: 1 }], { columns: { k: 'text' } })
  // @ts-expect-error a function
  rowsOf(3, 'n')
}

export async function tables(): Promise<void> {
  const users = table('users', { id: 'int8', name: 'text', email: 'text?' })
  const rows = users.select()
  proves<Equal<RowOf<typeof rows>, { id: number; name: string; email: string | null }>>()
  const count = await users.insert({ name: 'x' })
  proves<Equal<typeof count, number>>()
  const changed = await users
    .update({ name: u => u.email })
    .where(u => u.id.eq(1))
    .returning(u => [u.id])
  proves<Equal<typeof changed, { id: number }[]>>()
  const options: TableOptions = { schema: 's' }
  const kept: Table<{ id: number }, 'users'> = table('users', { id: 'int8' }, options)
  void kept
  // @ts-expect-error no such column
  users.insert({ nam: 'x' })
  // @ts-expect-error of another type
  users.update({ name: 3 })
  // @ts-expect-error no such option
  table('users', { id: 'int8' }, { schemas: 's' })
}

export async function raw(): Promise<void> {
  const users = User.raw('SELECT 1')
  proves<Equal<RowOf<typeof users>, User>>()
  const tuples = users.tuples()
  proves<Equal<RowOf<typeof tuples>, unknown[]>>()
  const names = users.objects(row => String(row.name))
  proves<Equal<RowOf<typeof names>, string>>()
  // @ts-expect-error the compiler does not know what was selected
  users.objects(row => row.name.length)
}

export async function clauses(): Promise<void> {
  const options: LockOptions = { of: [User, Tweet], nowait: true, strength: 'no key update' }
  Tweet.select().join(User).forUpdate(options).forUpdate(false).forUpdate()
  User.select()
    .window(window({ orderBy: User.fields().age }))
    .groupBy(u => groupingSets([u.age], []))
  const query: Select<User, readonly [User], User> = User.select()
  const text = await query.explain({ analyze: true } satisfies ExplainOptions)
  proves<Equal<typeof text, string>>()
  const pair = await User.select(u => [u.username, u.age]).scalar({ asTuple: true })
  proves<Equal<typeof pair, [string, number | null] | null>>()
  const named = await User.select(u => [u.username, u.age]).scalar({ asDict: true })
  proves<Equal<typeof named, { username: string; age: number | null } | null>>()
  const raw = await User.raw('SELECT 1').get()
  proves<Equal<typeof raw, User>>()
  // @ts-expect-error one shape, not both
  User.select().scalar({ asDict: true, asTuple: true })
  for await (const user of User.select()) proves<Equal<typeof user, User>>()
  for await (const row of counts.iterator({ batchSize: 10 })) proves<Equal<typeof row, { user: string; n: number }>>()
  const number = await User.select().limit(1).count({ clearLimit: true })
  proves<Equal<typeof number, number>>()
  // @ts-expect-error no such strength
  User.select().forUpdate({ strength: 'exclusive' })
  // @ts-expect-error no such option
  User.select().forUpdate({ skip: true })
  // @ts-expect-error no such format
  User.select().explain({ format: 'xml' })
  // @ts-expect-error a window
  User.select().window('w')
  // @ts-expect-error lists
  groupingSets(User.fields().age)
  // @ts-expect-error a number of rows
  User.select().iterator({ batchSize: '3' })
}
