import { prefetch } from 'pewit'
import { assertQueryCount, countQueries } from '../../playhouse/test-utils.js'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { createSocial, Favorite, Folder, Message, SOCIAL, Tag, Tweet, User } from '../helpers/social.js'

eachServer('prefetch', live => {
  const db = databaseFor(live)
  const users = () => User.select().orderBy(u => u.username)
  const byViews = () => Tweet.select().orderBy(t => t.views)
  const contentsOf = (rows: readonly { readonly username: string; readonly tweets: readonly Tweet[] }[]) =>
    rows.map(({ username, tweets }) => [username, tweets.map(({ content }) => content)])

  beforeAll(() => createSocial(db), 120_000)
  afterAll(() => db.close())

  it('puts the rows of each query into those of the query before, with one statement a query', async () => {
    const rows = await assertQueryCount(db, 3, () => users().prefetch(byViews(), Favorite))
    expect(rows.map(u => [u.username, u.tweets.map(t => [t.content, t.favorites.length])])).toEqual([
      [
        'huey',
        [
          ['meow', 2],
          ['hiss', 1],
          ['purr', 0]
        ]
      ],
      [
        'mickey',
        [
          ['whine', 0],
          ['woof', 1]
        ]
      ],
      ['zaizee', []]
    ])
  })

  it('lets children know their parents, which are the same instances', async () => {
    const [huey] = await users().prefetch(byViews(), Favorite)
    for (const tweet of huey.tweets) {
      expect(tweet.user).toBe(huey)
      expect(tweet.userId).toBe(huey.id)
      for (const favorite of tweet.favorites) expect(favorite.tweet).toBe(tweet)
    }
    expect([huey.isDirty(), huey.tweets[0].isDirty()]).toEqual([false, false])
    await assertQueryCount(db, 0, () => Promise.all(huey.tweets.map(tweet => tweet.user)))
  })

  it('keeps the conditions and the order of the queries', async () => {
    const loud = Tweet.select()
      .where(t => t.views.gt(4))
      .orderBy(t => t.views.desc())
    const rows = await users().prefetch(loud)
    expect(contentsOf(rows)).toEqual([
      ['huey', ['purr', 'hiss']],
      ['mickey', ['woof']],
      ['zaizee', []]
    ])
    const both = await users()
      .where(u => u.username.ne('huey'))
      .limit(1)
      .prefetch(loud)
    expect(contentsOf(both)).toEqual([['mickey', ['woof']]])
  })

  it('sends a stable text for any number of rows', async () => {
    const few = await countQueries(db, () => users().limit(1).prefetch(Tweet))
    const many = await countQueries(db, () => users().limit(3).prefetch(Tweet))
    expect(few.queries).toEqual(many.queries)
  })

  it('sends nothing more where nothing was found', async () => {
    const none = users().where(u => u.username.eq('nobody'))
    expect(await assertQueryCount(db, 1, () => none.prefetch(Tweet, Favorite))).toEqual([])
    // Nobody likes what zaizee wrote, since that is nothing.
    await assertQueryCount(db, 2, () =>
      users()
        .where(u => u.username.eq('zaizee'))
        .prefetch(Tweet, Favorite)
    )
    expect(await assertQueryCount(db, 0, () => User.noop().prefetch(Tweet))).toEqual([])
  })

  it('finds a model that the rows refer to, each row of it once', async () => {
    const tweets = await assertQueryCount(db, 2, () => byViews().prefetch([User, 'user']))
    expect(tweets.map(({ user }) => user.username)).toEqual(['huey', 'mickey', 'huey', 'mickey', 'huey'])
    expect(tweets[0].user).toBe(tweets[2].user)
    expect(tweets.some(tweet => tweet.isDirty())).toBe(false)
  })

  it('gives null where the query for what is referred to leaves it out, and does not write that', async () => {
    const tweets = await byViews().prefetch([User.select().where(u => u.username.eq('huey')), 'user'])
    expect(tweets.map(({ user }) => (user === null ? null : user.username))).toEqual(['huey', null, 'huey', null, 'huey'])
    expect(await tweets[1].save()).toBe(0)
    expect((await Tweet.getById(tweets[1].id)).userId).not.toBeNull()
    tweets[1].user = tweets[0].user
    expect(tweets[1].dirtyFields).toEqual(['user'])
  })

  it('puts rows where it is told to', async () => {
    const rows = await assertQueryCount(db, 3, () => users().prefetch(byViews(), [Favorite, User]))
    expect(rows.map(({ favorites }) => favorites.length)).toEqual([1, 2, 1])
    const written = await users().prefetch([Message, 'sent'], [Message, 'received'])
    expect(written.map(u => [u.sent.map(m => m.text), u.received.map(m => m.text)])).toEqual([
      [['hello'], ['hi']],
      [['hi'], ['hello']],
      [[], []]
    ])
    expect(written[0].sent[0].from).toBe(written[0])
  })

  it('goes down a model that refers to itself, by the column it refers to', async () => {
    const top = Folder.select().where(f => f.parent.isNull())
    const [root] = await assertQueryCount(db, 3, () =>
      top.prefetch(
        Folder.select().orderBy(f => f.path),
        Folder.select().orderBy(f => f.path)
      )
    )
    expect(root.children.map(f => [f.path, f.children.map(({ path }) => path)])).toEqual([
      ['/a', ['/a/b', '/a/c']],
      ['/d', []]
    ])
    expect(root.children[0].children[0].parent).toBe(root.children[0])
  })

  it('goes through a third model, with an instance for each row', async () => {
    const tweets = await assertQueryCount(db, 2, () => byViews().prefetch(Tag.select().orderBy(t => t.name)))
    expect(tweets.map(({ tags }) => tags.map(({ name }) => name))).toEqual([
      ['cat', 'loud'],
      ['dog'],
      ['cat'],
      ['dog', 'loud'],
      []
    ])
    expect(tweets[0].tags[0]).toBe(tweets[2].tags[0])
    const tags = await assertQueryCount(db, 2, () =>
      Tag.select()
        .orderBy(t => t.name)
        .prefetch(byViews())
    )
    expect(tags.map(tag => tag.tweets.map(({ content }) => content))).toEqual([
      ['meow', 'hiss'],
      ['whine', 'woof'],
      ['meow', 'woof']
    ])
  })

  it('takes aliases, compounds, and rows with more than their columns', async () => {
    const t = Tweet.alias('t')
    const [huey] = await users().prefetch(t.select().where(t.fields().views.lt(5)))
    expect(huey.tweets.map(({ content }) => content)).toEqual(['meow'])
    const either = User.select()
      .where(u => u.username.eq('huey'))
      .union(User.select().where(u => u.username.eq('zaizee')))
      .orderBy(u => u.username)
    expect(contentsOf(await either.prefetch(byViews()))).toEqual([
      ['huey', ['meow', 'hiss', 'purr']],
      ['zaizee', []]
    ])
    const [joined] = await users().prefetch(
      Tweet.select(Tweet, User, Tweet.fields().views.mul(2).as('twice'))
        .leftJoin(User, { on: x => x.editor })
        .orderBy(x => x.views)
    )
    expect(joined.tweets.map(x => [x.twice, x.editor?.username ?? null])).toEqual([
      [2, null],
      [10, 'zaizee'],
      [18, null]
    ])
    expect(joined.tweets[0].user).toBe(joined)
    const [behind] = await users().prefetch(
      Tweet.select(User, Tweet)
        .join(User, { on: x => x.user })
        .orderBy(x => x.views)
    )
    expect(behind.tweets.map(({ content }) => content)).toEqual(['meow', 'hiss', 'purr'])
  })

  it('gives each row of a join an array of its own', async () => {
    const pairs = await User.select(User, Tweet)
      .join(Tweet, { attr: 'one', on: (u, t) => t.user.eq(u.id) })
      .where(u => u.username.eq('mickey'))
      .prefetch(byViews())
    expect(pairs.map(({ tweets }) => tweets.length)).toEqual([2, 2])
    expect(pairs[0].tweets).not.toBe(pairs[1].tweets)
    expect(pairs[0].tweets[0]).toBe(pairs[1].tweets[0])
    pairs[0].tweets.pop()
    expect(pairs[1].tweets).toHaveLength(2)
  })

  it('loads for each way to run a query', async () => {
    const query = users().prefetch(byViews())
    expect((await query.first())?.tweets).toHaveLength(3)
    expect((await query.get()).tweets).toHaveLength(3)
    expect(contentsOf(await query.first(2))).toHaveLength(2)
    expect(await assertQueryCount(db, 1, () => query.count())).toBe(3)
    expect(await assertQueryCount(db, 1, () => query.exists())).toBe(true)
    expect(await assertQueryCount(db, 1, () => query.scalars())).toHaveLength(3)
    expect(await prefetch(users(), byViews())).toEqual(await query)
    const again = await query
    expect(again[0].tweets[0]).not.toBe((await query)[0].tweets[0])
  })

  it('loads for each batch of a stream', async () => {
    const seen: unknown[] = []
    const { count } = await countQueries(
      db,
      async () => {
        for await (const user of users().prefetch(byViews()).iterator({ batchSize: 2 })) seen.push(...contentsOf([user]))
      },
      { onlySelect: true }
    )
    expect(seen).toEqual(contentsOf(await users().prefetch(byViews())))
    expect(count).toBeGreaterThanOrEqual(2)
  })

  it('is a part of the transaction it runs in', async () => {
    await expect(
      db.transaction(async () => {
        const huey = await User.get(u => u.username.eq('huey'))
        await Tweet.create({ user: huey, content: 'inside' })
        const [row] = await users().prefetch(byViews())
        expect(row.tweets.map(({ content }) => content)).toContain('inside')
        throw new Error('undo')
      })
    ).rejects.toThrow('undo')
    const [row] = await users().prefetch(byViews())
    expect(row.tweets.map(({ content }) => content)).not.toContain('inside')
  })

  it('runs where the query runs', async () => {
    const other = databaseFor(live)
    try {
      const { count } = await countQueries(other, () => other.bindCtx(SOCIAL, () => users().prefetch(Tweet)))
      expect(count).toBe(2)
    } finally {
      await other.close()
    }
    const alone = { bindRefs: false, bindBackrefs: false }
    const third = databaseFor(live)
    try {
      const { count } = await countQueries(third, () => third.bindCtx([User], async () => users().prefetch(Tweet), alone))
      expect(count).toBe(2)
    } finally {
      await third.close()
    }
    const stopped = AbortSignal.abort()
    await expect(users().prefetch(Tweet).signal(stopped)).rejects.toThrow()
  })

  it('is written as JSON without going round in circles', async () => {
    const [huey] = await users().prefetch(byViews(), Favorite)
    const json = JSON.parse(JSON.stringify(huey))
    expect(json.tweets[0]).toMatchObject({ content: 'meow', user: huey.id })
    expect(json.tweets[0].favorites[0].tweet).toBe(huey.tweets[0].id)
  })

  it('is forgotten when the instance is read anew', async () => {
    const [huey] = await users().prefetch(byViews())
    const again: User = (await huey.reload()) as never
    expect(await again.tweets.count()).toBe(3)
  })

  it('takes more rows than a message takes keys', async () => {
    await db.transaction(async () => {
      const many = Array.from({ length: 10_050 }, (_, i) => ({ username: `user ${i}` }))
      const keys = await User.insertMany(many)
      await Tweet.insertMany([keys[0], keys[10_049]].map((user, i) => ({ user, content: `of many ${i}` })))
      const rows = await assertQueryCount(db, 3, () =>
        User.select()
          .where(u => u.username.startsWith('user '))
          .prefetch(Tweet)
      )
      expect(rows.filter(({ tweets }) => tweets.length === 1)).toHaveLength(2)
      await Tweet.delete().where(t => t.content.startsWith('of many'))
      await User.delete().where(u => u.username.startsWith('user '))
    })
  }, 60_000)
})
