import { fn, load } from 'pewit'
import { assertQueryCount, countQueries } from '../../playhouse/test-utils.js'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { createSocial, Favorite, Folder, Tag, Tweet, User } from '../helpers/social.js'

eachServer('withRelated', live => {
  const db = databaseFor(live)
  const users = () => User.select().orderBy(u => u.username)
  const byViews = () => Tweet.select().orderBy(t => t.views)
  const mostViewed = () => Tweet.select().orderBy(t => t.views.desc())

  beforeAll(() => createSocial(db), 120_000)
  afterAll(() => db.close())

  it('loads relations by their names, with one statement each', async () => {
    const rows = await assertQueryCount(db, 3, () => users().withRelated('tweets', 'favorites'))
    expect(rows.map(u => [u.username, u.tweets.length, u.favorites.length])).toEqual([
      ['huey', 3, 1],
      ['mickey', 2, 2],
      ['zaizee', 0, 1]
    ])
  })

  it('loads what is behind them, over any number of models', async () => {
    const [huey] = await assertQueryCount(db, 4, () =>
      users().withRelated(load(User, 'tweets', { query: byViews() }).then(load(Tweet, 'favorites').then('user')))
    )
    expect(huey.tweets.map(t => [t.content, t.favorites.map(f => f.user.username).sort()])).toEqual([
      ['meow', ['mickey', 'zaizee']],
      ['hiss', ['mickey']],
      ['purr', []]
    ])
    const [ofMickey, alsoOfMickey] = huey.tweets.flatMap(t => t.favorites).filter(f => f.user.username === 'mickey')
    expect(ofMickey.user).toBe(alsoOfMickey.user)
  })

  it('loads the same three levels with three statements by a prefetch and by names', async () => {
    const named = await assertQueryCount(db, 3, () => users().withRelated(load('tweets').then('favorites')))
    const fetched = await assertQueryCount(db, 3, () => users().prefetch(Tweet, Favorite))
    expect(named).toEqual(fetched)
  })

  it('keeps the conditions and the order of the queries, and counts rows for each parent', async () => {
    const seen = Tweet.select()
      .where(t => t.views.lt(9))
      .orderBy(t => t.views.desc())
    const rows = await assertQueryCount(db, 2, () => users().withRelated(load('tweets', { query: seen, perParent: 1 })))
    expect(rows.map(u => u.tweets.map(({ content }) => content))).toEqual([['hiss'], ['woof'], []])
    const two = await users().withRelated(load('tweets', { query: mostViewed() }), { perParent: 2 })
    expect(two.map(u => u.tweets.map(({ content }) => content))).toEqual([['purr', 'hiss'], ['woof', 'whine'], []])
    expect(two[0].tweets[0].user).toBe(two[0])
  })

  it('counts the rows of each parent where the relation leads through a third model, too', async () => {
    const tags = await assertQueryCount(db, 2, () =>
      Tag.select()
        .orderBy(t => t.name)
        .withRelated(load('tweets', { query: mostViewed(), perParent: 1 }))
    )
    expect(tags.map(tag => tag.tweets.map(({ content }) => content))).toEqual([['hiss'], ['woof'], ['woof']])
    expect(tags[1].tweets[0]).toBe(tags[2].tweets[0])
  })

  it('counts joined rows with what was joined', async () => {
    const query = Tweet.select(Tweet, User)
      .leftJoin(User, { on: t => t.editor })
      .orderBy((t, e) => [e.username.asc({ nulls: 'last' }), t.views])
    const [huey] = await users().withRelated(load('tweets', { query, perParent: 2 }))
    expect(huey.tweets.map(t => [t.content, t.editor?.username])).toEqual([
      ['hiss', 'zaizee'],
      ['meow', undefined]
    ])
  })

  it('drops equal rows of each parent, and groups them for each, too', async () => {
    const oneOf = Tweet.select()
      .distinct(t => t.views.gte(0))
      .orderBy(t => [t.views.gte(0), t.views.desc()])
    const rows = await users().withRelated(load('tweets', { query: oneOf }))
    expect(rows.map(u => u.tweets.map(({ content }) => content))).toEqual([['purr'], ['woof'], []])
    const liked = Tweet.select(Tweet, fn.count(Favorite.fields().id).as('likes'))
      .leftJoin(Favorite)
      .groupBy(Tweet)
      .orderBy(t => t.views)
    const [huey] = await users().withRelated(load('tweets', { query: liked }))
    expect(huey.tweets.map(t => [t.content, t.likes])).toEqual([
      ['meow', 2],
      ['hiss', 1],
      ['purr', 0]
    ])
    const tags = await Tag.select()
      .orderBy(t => t.name)
      .withRelated(load('tweets', { query: liked }))
    expect(tags.map(tag => tag.tweets.map(t => [t.content, t.likes]))).toEqual([
      [
        ['meow', 2],
        ['hiss', 1]
      ],
      [
        ['whine', 0],
        ['woof', 1]
      ],
      [
        ['meow', 2],
        ['woof', 1]
      ]
    ])
    const oneTag = await Tag.select()
      .orderBy(t => t.name)
      .withRelated(load('tweets', { query: oneOf }))
    expect(oneTag.map(tag => tag.tweets.map(({ content }) => content))).toEqual([['hiss'], ['woof'], ['woof']])
  })

  it('takes what a join attached, and loads only what is behind it', async () => {
    const tweets = await assertQueryCount(db, 2, () =>
      Tweet.select(Tweet, User)
        .join(User, { on: t => t.user })
        .orderBy(t => t.views)
        .withRelated(load('user').then('favorites'))
    )
    expect(tweets.map(({ user }) => user.favorites.length)).toEqual([1, 2, 1, 2, 1])
  })

  it('comes back to the instance it came from', async () => {
    const rows = await assertQueryCount(db, 3, () => users().withRelated(load('tweets').then(load('user').then('favorites'))))
    for (const user of rows) for (const tweet of user.tweets) expect(tweet.user).toBe(user)
    expect(rows[0].tweets[0].user.favorites).toHaveLength(1)
  })

  it('loads references, null where there is none', async () => {
    const rows = await assertQueryCount(db, 2, () => byViews().withRelated('editor'))
    expect(rows.map(({ editor }) => editor?.username ?? null)).toEqual([null, null, 'zaizee', 'mickey', null])
    const folders = await Folder.select()
      .orderBy(f => f.path)
      .withRelated('parent', 'children')
    expect(folders.map(({ parent }) => parent?.path ?? null)).toEqual([null, '/', '/a', '/a', '/'])
    expect(folders[2].parent).toBe(folders[3].parent)
  })

  it('gives null where the query leaves out what is referred to', async () => {
    const query = User.select().where(u => u.username.eq('huey'))
    const rows = await byViews().withRelated(load('user', { query }))
    expect(rows.map(({ user }) => (user === null ? null : user.username))).toEqual(['huey', null, 'huey', null, 'huey'])
    expect(rows.some(row => row.isDirty())).toBe(false)
  })

  it('loads beside a prefetch, of a live relation, and what a query of it loads', async () => {
    const [huey] = await users().prefetch(Tweet).withRelated('favorites')
    expect([huey.tweets.length, huey.favorites.length]).toEqual([3, 1])
    const plain = await User.get(u => u.username.eq('huey'))
    const tweets = await plain.tweets.orderBy(t => t.views).withRelated('tags')
    expect(tweets.map(({ tags }) => tags.length)).toEqual([2, 1, 0])
    const [nested] = await users().withRelated(load('tweets', { query: byViews().withRelated('favorites') }))
    expect(nested.tweets.map(({ favorites }) => favorites.length)).toEqual([2, 1, 0])
    const [onTags] = await Tag.select()
      .where(t => t.name.eq('loud'))
      .withRelated(load('tweets', { query: byViews() }).then('user'))
    expect(onTags.tweets.map(({ user }) => user.username)).toEqual(['huey', 'mickey'])
  })

  it('sends a statement for each in a transaction, too', async () => {
    await db.transaction(async () => {
      const { count } = await countQueries(db, () => users().withRelated('tweets', 'favorites', 'sent', 'received'))
      expect(count).toBe(5)
    })
  })

  it('runs all of it where the query runs, the queries of a query for rows too', async () => {
    const other = databaseFor(live)
    try {
      const tweets = load('tweets', { query: byViews().withRelated('favorites') })
      const alone = { bindRefs: false, bindBackrefs: false }
      const { count } = await countQueries(other, () =>
        other.bindCtx([User], async () => users().withRelated(tweets.then('tags')), alone)
      )
      expect(count).toBe(4)
    } finally {
      await other.close()
    }
  })

  it('loads for aliases and CTEs, whose rows are those of the model', async () => {
    const [ofAlias] = await User.alias('u')
      .select()
      .where(u => u.username.eq('huey'))
      .withRelated('tweets')
    expect(ofAlias.tweets).toHaveLength(3)
    const hueys = User.select()
      .where(u => u.username.eq('huey'))
      .cte('hueys')
    const [ofCte] = await hueys.select().withRelated(load('tweets').then('tags'))
    expect(ofCte.tweets.map(({ tags }) => tags.length).sort()).toEqual([0, 1, 2])
  })

  it('is what strict loading asks for', async () => {
    db.strictLoading(true)
    try {
      const [huey] = await users().prefetch(byViews()).withRelated(load('favorites').then('tweet'))
      expect([huey.tweets.length, huey.favorites[0].tweet.content]).toEqual([3, 'woof'])
      expect(await huey.tweets[0].user).toBe(huey)
      await expect(Promise.resolve(huey.tweets[0].favorites)).rejects.toThrow('Tweet.favorites is not loaded')
      const [again] = await huey.tweets[0].favorites.where(f => f.user.ne(huey)).withRelated('user')
      expect(again.user.username).toBeDefined()
    } finally {
      db.strictLoading(false)
    }
  })

  it('rejects what was made a query of something else meanwhile', async () => {
    const query = users().withRelated('tweets')
    await expect(query.dicts()).rejects.toThrow('loading relations needs instances: a query of all columns of User')
    await expect(query.columns(u => [u.id])).rejects.toThrow('loading relations needs instances')
    expect(await query.columns(u => [u.username]).scalar()).toBe('huey')
  })

  it('rejects with what the server says of a query', async () => {
    const wrong = Tweet.select().where(t => t.content.cast('int').eq(1))
    await expect(users().withRelated(load('tweets', { query: wrong }))).rejects.toMatchObject({
      sql: expect.stringContaining('tweet')
    })
  })
})
