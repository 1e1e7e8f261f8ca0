import { fn, groupingSets, rowsOf, table, valuesList, window } from 'pewit'
import { Category, Friend, KV, models, Tweet, User } from '../dialect/tables/models.js'
import { bindModels, checkMisuse, databases, type Misuse, statementFor } from '../helpers/dialects.js'

bindModels(models)

const u = User.fields()
const any = (value: unknown) => value as never
const sql = (query: { toNode(): object }) => statementFor('postgresql', query as never)

const joins: readonly Misuse[] = [
  [
    'a column by way of a foreign key that was not joined',
    'BAD_QUERY',
    'Tweet.user leads to User, which this query has not joined; add .join(User, { on: t => t.user })',
    () => sql(Tweet.select().where(t => t.user.to.username.eq('x')))
  ],
  [
    'the same, joined along another one',
    'BAD_QUERY',
    'Friend.other leads to User, which this query has not joined; add .join(User, { on: t => t.other })',
    () =>
      sql(
        Friend.select()
          .join(User, { on: f => f.user })
          .where(f => f.other.to.username.eq('x'))
      )
  ],
  [
    'the same, two steps away',
    'BAD_QUERY',
    'Category.parent leads to Category, which this query has not joined; add .join(Category, { on: t => t.parent })',
    () => {
      const p = Category.alias('p')
      return sql(Category.select(c => [c.parent.to.parent.to.name]).join(p, { on: c => c.parent }))
    }
  ],
  [
    'the same in an update',
    'BAD_QUERY',
    'Tweet.user leads to User, which a statement without joins cannot follow; use t => t.user.in(User.select().where(…))',
    () => sql(Tweet.update({ content: '' }).where(t => t.user.to.username.eq('x')))
  ],
  [
    'the same of a source that is not there',
    'BAD_QUERY',
    'Tweet.user is used, but "tweet" is not among the sources of this query; join it first',
    () => sql(User.select().where(Tweet.fields().user.to.username.eq('x')))
  ],
  [
    'no property of the model referred to',
    'UNKNOWN_PROPERTY',
    'User has no property "usernam"; did you mean "username"?',
    () => Tweet.select().where(t => (t.user.to as unknown as Record<string, typeof u.username>).usernam.eq('x'))
  ],
  [
    'unrelated models',
    'BAD_QUERY',
    'There is no foreign key between Tweet and KV; pass the condition: join(KV, { on: (…) => … })',
    () => Tweet.select().join(KV)
  ],
  [
    'a cross join with a condition',
    'BAD_QUERY',
    'A cross join takes no condition; leave `on` out',
    () => Tweet.select().join(User, { type: 'CROSS', on: u.username.eq('x') })
  ],
  [
    'joinFrom what is not there',
    'BAD_QUERY',
    'join: Category is not among the sources of this query',
    () => Tweet.select().joinFrom(Category, User, { on: u.username.eq('x') })
  ],
  [
    'a column in the place of what is attached',
    'BAD_QUERY',
    'join: Tweet.content is a column; attach User under another name',
    () => Tweet.select(Tweet, User).join(User, { attr: 'content' })
  ],
  [
    "a key's name in that place",
    'BAD_QUERY',
    'join: Tweet.userId is a column; attach User under another name',
    () => Tweet.select(Tweet, User).join(User, { attr: 'userId' })
  ],
  [
    'two sources attached in one place',
    'BAD_QUERY',
    'join: User is attached to Tweet as "user" already; give another `attr`',
    () => {
      const other = User.alias('other')
      return Tweet.select(Tweet, User, other).join(User).switch().join(other)
    }
  ],
  [
    'a subquery without a condition',
    'BAD_QUERY',
    /There is no foreign key between Tweet and s; pass the condition/,
    () => Tweet.select().join(KV.select(k => [k.key]).alias('s'))
  ]
]

const sources: readonly Misuse[] = [
  ['from nothing', 'BAD_ARGUMENT', 'from: there are no sources to select from', () => User.select().from(...any([]))],
  [
    'from what is no source',
    'WRONG_TYPE',
    /from: expected a model or an alias, got a string/,
    () => User.select().from(any('user'))
  ],
  ['a source twice', 'BAD_QUERY', /"user" is a source of this query twice/, () => sql(User.select().from(User, User))],
  [
    'a subquery twice',
    'BAD_QUERY',
    /the alias "s" is a source of this query twice/,
    () => {
      const s = KV.select(k => [k.key]).alias('s')
      return sql(s.select().from(s, s))
    }
  ],
  [
    'a column of a subquery that it does not give',
    'UNKNOWN_PROPERTY',
    's has no property "kei"; did you mean "key"?',
    () =>
      KV.select(k => [k.key])
        .alias('s')
        .select(s => [(s as unknown as Record<string, never>).kei])
  ],
  ['no function', 'WRONG_TYPE', 'rowsOf: expected a function, got a number', () => rowsOf(any(3), 'n')],
  ['a column that is no function', 'WRONG_TYPE', /rowsOf: expected a function/, () => rowsOf(u.age, 'n')],
  ['no rows of values', 'BAD_ARGUMENT', 'v: there are no rows', () => valuesList([], { columns: ['k'], name: 'v' })],
  [
    'a row of values too short',
    'BAD_ARGUMENT',
    'v: row 1 has 1 values for 2 columns',
    () => valuesList([['a', 1], any(['b'])], { columns: ['k', 'n'], name: 'v' })
  ],
  [
    'an undefined value',
    'UNDEFINED_VALUE',
    'valuesList: row 0: n is undefined; pass null for NULL',
    () => valuesList([any({ k: 'a' })], { columns: { k: 'text', n: 'int8' } })
  ],
  [
    'a value of another type',
    'WRONG_TYPE',
    /v\.n: expected an integer, got a string/,
    () => valuesList([any(['x'])], { columns: { n: 'int8' }, name: 'v' })
  ],
  [
    'no row of values',
    'WRONG_TYPE',
    'v: row 0: expected an array or an object, got a number',
    () => valuesList([any(3)], { columns: ['k'], name: 'v' })
  ],
  ['no type', 'BAD_ARGUMENT', /is not the name of a SQL type/, () => table('t', { id: 'int8; drop' })],
  ['no columns', 'BAD_ARGUMENT', 't: there are no columns', () => table('t', {})],
  [
    'a column that the table has not',
    'UNKNOWN_PROPERTY',
    't has no property "nam"; did you mean "name"?',
    () => table('t', { name: 'text' }).insert(any({ nam: 1 }))
  ],
  [
    'a row too long for the table',
    'BAD_ARGUMENT',
    't.insert, row 0 has 2 values for 1 columns',
    () => table('t', { name: 'text' }).insertMany([['a', 'b']])
  ]
]

const composed: readonly Misuse[] = [
  [
    'a compound with nothing',
    'UNDEFINED_VALUE',
    'union: expected a select or a compound, got undefined',
    () => KV.select().union(any(undefined))
  ],
  [
    'a compound with a write',
    'WRONG_TYPE',
    /exceptAll: expected a select or a compound, got/,
    () => KV.select().exceptAll(any(KV.delete()))
  ],
  [
    'a compound of other columns',
    'BAD_QUERY',
    'intersect: this query gives 4 columns, the other 1',
    () => KV.select().intersect(any(KV.select(k => [k.id])))
  ],
  [
    'a recursion of other columns',
    'BAD_QUERY',
    'The CTE "t": the first query gives 4 columns, what follows 1',
    () =>
      KV.select()
        .cte('t')
        .unionAll(() => any(KV.select(k => [k.id])))
  ],
  [
    'a recursion of a recursion',
    'BAD_QUERY',
    'The CTE "t" has no first query that union could go on from',
    () => {
      const ids = () => KV.select(k => [k.id])
      return ids().cte('t').unionAll(ids).unionAll(ids)
    }
  ],
  [
    'with a model',
    'WRONG_TYPE',
    /with: expected a CTE, got .*; make one with query\.cte\('name'\)/,
    () => KV.select().with(any(KV))
  ],
  [
    'two CTEs of one name',
    'BAD_QUERY',
    'Two CTEs of this query have the name "c"; give one of them another',
    () => {
      const [a, b] = [KV.select(k => [k.id]).cte('c'), User.select(x => [x.id]).cte('c')]
      return sql(a.select().with(b))
    }
  ],
  [
    'a write without rows as a CTE',
    'BAD_QUERY',
    'The CTE "c" has no columns: say what the write gives with returning(…)',
    () => KV.delete().cte('c')
  ]
]

const clauses: readonly Misuse[] = [
  [
    'nowait and skipLocked',
    'BAD_QUERY',
    'forUpdate: only one of nowait and skipLocked may be given',
    () => KV.select().forUpdate({ nowait: true, skipLocked: true })
  ],
  [
    'a strength that does not exist',
    'BAD_ARGUMENT',
    /strength. must be one of update, no key update, share, key share/,
    () => KV.select().forUpdate({ strength: any('exclusive') })
  ],
  [
    'an option that does not exist',
    'UNKNOWN_OPTION',
    /forUpdate has no option "skip"/,
    () => KV.select().forUpdate(any({ skip: true }))
  ],
  [
    'a lock of what is not there',
    'BAD_QUERY',
    'forUpdate: User is not among the sources of this query',
    () => KV.select().forUpdate({ of: User })
  ],
  ['no window', 'WRONG_TYPE', 'window: expected a window, got a string', () => KV.select().window(any('w'))],
  [
    'two windows of one name',
    'BAD_QUERY',
    'window: two windows have the name "w"; give one of them another with as()',
    () => KV.select().window(window({}), window({}))
  ],
  ['groupings that are no lists', 'WRONG_TYPE', /groupingSets: expected lists of expressions/, () => groupingSets(any(u.age))],
  [
    'an undefined expression among them',
    'UNDEFINED_VALUE',
    /groupingSets: expected an expression/,
    () => groupingSets(any([undefined]))
  ]
]

describe('joins refuse', () => checkMisuse(joins))
describe('sources refuse', () => checkMisuse(sources))
describe('what is put together refuses', () => checkMisuse(composed))
describe('clauses refuse', () => checkMisuse(clauses))

describe('a source without a database', () => {
  it('says so where a query starts at it', async () => {
    const list = valuesList([[1]], { columns: ['n'], name: 'v' })
    await expect(list.select()).rejects.toMatchObject({
      name: 'InterfaceError',
      message: expect.stringContaining('call bind(db)')
    })
    expect(list.bind(databases.postgresql).select().sql().text).toContain('unnest($1)')
  })

  it('needs none where it is joined', () => {
    const list = valuesList([['a']], { columns: ['k'] })
    expect(
      KV.select(k => [fn.count(k.id)])
        .join(list, { on: (k, v) => k.key.eq(v.k) })
        .sql().text
    ).toContain('unnest')
  })
})
