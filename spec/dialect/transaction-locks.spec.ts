import {
  and,
  type Backref,
  BooleanField,
  CharField,
  caseWhen,
  exists,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  model,
  type Query,
  type Ref,
  SQL,
  valuesList
} from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'

@model()
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) name!: string
  declare tweets: Backref<Tweet>
}

@model()
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  @ForeignKeyField(() => User, { field: 'name', null: true }) editor!: Ref<User> | null
  @IntegerField() likes!: number
  @BooleanField({ default: false }) done!: boolean
}

const KEY = '8c2a3b1e-0000-4000-8000-000000000000'
const driver = recordingDriver(({ text }) => {
  if (text === 'SELECT version()') return { rows: [['CockroachDB CCL v25.4.3 (x86_64-pc-linux-gnu)']] }
  if (/^SELECT "t1"."id", "t1"."name" FROM/.test(text)) return { rows: [[KEY, 'huey']] }
  return /^SELECT "t1"."id", "t1"."user_id",.*"done" FROM/.test(text) ? { rows: [[KEY, KEY, 'huey', '3', 'f']] } : undefined
})
const db = new CockroachDatabase('shop', { driver: driver.factory })
beforeAll(() => db.bind([User, Tweet]))

/** How each select ends that work sends in a transaction which locks what it reads. */
async function endings(work: () => unknown): Promise<string[]> {
  driver.clear()
  await db.runTransaction(work as () => Promise<unknown>, { locking: 'always' })
  return driver.statements
    .map(({ text }) => text)
    .filter(text => /^\(?(SELECT|WITH|DECLARE)/.test(text) && text !== 'SELECT version()')
    .map(text => / (FOR (?:NO KEY )?(?:UPDATE|SHARE).*)$/.exec(text)?.[1] ?? '')
}

const LOCK = 'FOR NO KEY UPDATE'
const u = User.alias('u')
const tweets = () => Tweet.select()
const joined = () => Tweet.select(Tweet, User).join(User, { on: t => t.user })

describe('a transaction with { locking: "always" } locks', () => {
  const cases: [name: string, query: () => PromiseLike<unknown>, ending: string][] = [
    ['rows of a model', tweets, LOCK],
    [
      'some of them, in an order',
      () =>
        tweets()
          .where(t => t.likes.gt(3))
          .orderBy(t => t.likes.desc())
          .limit(3)
          .offset(1),
      LOCK
    ],
    ['those of an alias', () => u.select(), LOCK],
    ['some columns of them', () => Tweet.select(t => [t.id, t.likes.add(1).as('more')]), LOCK],
    ['and functions that give one value a row', () => Tweet.select(t => [t.id, fn.abs(t.likes).as('abs')]), LOCK],
    ['as plain objects', () => tweets().dicts(), LOCK],
    ['as arrays', () => tweets().tuples(), LOCK],
    ['one column of one row', () => Tweet.select(t => [t.likes]).scalar(), LOCK],
    ['in a random order', () => tweets().orderBy(fn.random()), LOCK],
    ['what get() finds', () => Tweet.get(t => t.likes.eq(3)), LOCK],
    ['what getOrNone() finds', () => Tweet.getOrNone({ likes: 3 }), LOCK],
    ['what getById() finds', () => Tweet.getById(KEY), LOCK],
    ['what first() finds', () => tweets().first(), LOCK],
    ['what filter() finds, with what it joins', () => Tweet.filter({ user__name: 'huey' }), LOCK],
    ['with a limit of time', () => tweets().timeout(5), LOCK],
    ['what reload() reads', async () => (await Tweet.getById(KEY)).reload(), LOCK],
    ['both sides of an inner join', joined, LOCK],
    ['what a relation gives that is asked', () => User.new({ id: KEY, name: 'huey' }).tweets.where(t => t.likes.gt(1)), LOCK],
    ['the sure side of a left join', () => Tweet.select().leftJoin(User, { on: t => t.user }), `${LOCK} OF "t1"`],
    ['the sure side of a right join', () => Tweet.select().rightJoin(User, { on: t => t.user }), `${LOCK} OF "t2"`],
    [
      'all sure sides of several joins',
      () =>
        Tweet.select()
          .join(User, { on: t => t.user })
          .leftJoin(u, { from: Tweet, on: (t, _, e) => t.editor.eq(e.name) }),
      `${LOCK} OF "t1", "t2"`
    ],
    [
      'the table beside a subquery',
      () => {
        const most = Tweet.select(t => [t.user, fn.max(t.likes).as('most')])
          .groupBy(t => t.user)
          .alias('m')
        return Tweet.select(Tweet).join(most, { on: (t, m) => t.user.eq(m.user) })
      },
      `${LOCK} OF "t1"`
    ],
    [
      'the table beside a CTE',
      () => {
        const liked = Tweet.select(t => [t.id])
          .where(t => t.likes.gt(1))
          .cte('liked')
        return Tweet.select(Tweet).join(liked, { on: (t, l) => t.id.eq(l.id) })
      },
      `${LOCK} OF "t2"`
    ],
    [
      'the table beside a list of values',
      () => Tweet.select(Tweet).join(valuesList([[1]], { columns: ['n'], name: 'v' }), { on: (t, v) => t.likes.eq(v.n) }),
      `${LOCK} OF "t1"`
    ],
    ['but not what the program locks itself', () => tweets().forUpdate(), 'FOR UPDATE'],
    ['in its own way', () => tweets().forUpdate({ nowait: true, strength: 'share' }), 'FOR SHARE NOWAIT'],
    ['nor what it says not to', () => tweets().forUpdate(false), ''],
    ['nor different rows', () => tweets().distinct(), ''],
    ['nor those that are different in some columns', () => tweets().distinct(t => [t.user]), ''],
    ['nor groups', () => Tweet.select(t => [t.user]).groupBy(t => t.user), ''],
    ['nor conditions on groups', () => Tweet.select(() => [SQL('1')]).having(() => SQL('true') as never), ''],
    ['nor aggregates', () => Tweet.select(t => [fn.sum(t.likes).as('likes')]), ''],
    ['nor aggregates within expressions', () => Tweet.select(t => [fn.sum(t.likes).add(1).as('likes')]), ''],
    ['nor those in a branch', () => Tweet.select(t => [caseWhen([[t.done, fn.count(t.id)]], 0).as('n')]), ''],
    ['nor what a function of the program may be', () => Tweet.select(t => [fn.my_function(t.likes).as('x')]), ''],
    ['nor by such a function', () => tweets().orderBy(t => fn.my_function(t.likes)), ''],
    ['nor raw SQL', () => Tweet.select(() => [SQL('count(*)')]), ''],
    [
      'nor window functions',
      () =>
        Tweet.select(t => [
          t.id,
          fn
            .rowNumber()
            .over({ orderBy: [t.likes] })
            .as('n')
        ]),
      ''
    ],
    ['nor scalar subqueries', () => Tweet.select(t => [t.id, User.select(x => [fn.count(x.id)]).as('n')]), ''],
    ['nor a full join', () => Tweet.select().fullJoin(User, { on: t => t.user }), ''],
    ['nor what is selected from a subquery', () => tweets().alias('x').select(), ''],
    ['nor compounds', () => tweets().union(tweets()), ''],
    ['nor a count', () => tweets().count(), ''],
    ['nor whether there is one', () => tweets().exists(), ''],
    ['nor raw queries', () => Tweet.raw('SELECT * FROM "tweet"'), ''],
    [
      'nor queries inside others',
      () => User.select(x => [fn.count(x.id)]).where(x => exists(tweets().where(t => t.user.eq(x.id)))),
      ''
    ],
    [
      'nor a stream',
      async () => {
        for await (const _ of tweets().iterator({ batchSize: 10 }));
      },
      ''
    ]
  ]

  it.each(cases)('%s', async (_, query, ending) => {
    const found = await endings(query)
    expect(found.at(-1) ?? '').toBe(ending)
  })

  it('not what a reference leads to', async () => {
    expect(await endings(async () => (await Tweet.getById(KEY)).user)).toEqual([LOCK, ''])
    expect(await endings(async () => (await Tweet.getById(KEY)).editor)).toEqual([LOCK, ''])
  })

  it('and says so in its SQL, also in that of what was not found', async () => {
    const shown = await db.runTransaction(() => tweets().sql().text, { locking: 'always' })
    expect(shown.endsWith(LOCK)).toBe(true)
    const missing = await db.runTransaction(
      () =>
        tweets()
          .where(t => t.id.isNull())
          .columns(t => [t.id])
          .get()
          .catch(e => e),
      {
        locking: 'always'
      }
    )
    expect(missing.sql.endsWith(LOCK)).toBe(true)
  })

  it('nothing where it only reads', async () => {
    for (const options of [{ readOnly: true }, { systemTime: '-10s' }]) {
      driver.clear()
      await db.runTransaction(tweets, { locking: 'always', ...options })
      expect(driver.statements.map(({ text }) => text).filter(text => text.includes('FOR '))).toEqual([])
    }
  })

  it('by itself: the same query outside of it, or in another transaction, does not', async () => {
    const query: Query<Tweet[]> = tweets().where(t => and(t.likes.gt(1), t.done.eq(false)))
    driver.clear()
    const both = [query, Tweet.getById(KEY)].length
    expect(both).toBe(2)
    driver.clear()
    for (const lock of [false, true, false, true]) {
      const run = async () => [await query, await Tweet.getById(KEY)]
      await (lock ? db.runTransaction(run, { locking: 'always' }) : db.transaction(run))
    }
    await db.runTransaction(() => db.outside(() => query.execute()), { locking: 'always' })
    const locked = driver.statements.filter(({ text }) => text.startsWith('SELECT "')).map(({ text }) => text.endsWith(LOCK))
    expect(locked).toEqual([false, false, true, true, false, false, true, true, false])
    expect(query.sql().text).not.toContain('FOR')
  })
})
