import { fn } from 'pewit'
import { assertQueryCount } from '../../playhouse/test-utils.js'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { createSocial, Favorite, Folder, Message, Tag, Tweet, User } from '../helpers/social.js'

/** What joins attach: one statement, and a graph of instances for each row. */
eachServer('joined graphs', live => {
  const db = databaseFor(live)

  beforeAll(() => createSocial(db), 120_000)
  afterAll(() => db.close())

  it('go over several levels', async () => {
    const rows = await assertQueryCount(db, 1, () =>
      Favorite.select(Favorite, Tweet, User)
        .join(Tweet)
        .join(User, { on: (_, t) => t.user })
        .orderBy((_, t, u) => [u.username, t.views])
    )
    expect(rows.map(({ tweet }) => [tweet.user.username, tweet.content])).toEqual([
      ['huey', 'meow'],
      ['huey', 'meow'],
      ['huey', 'hiss'],
      ['mickey', 'woof']
    ])
    expect(rows.some(row => row.isDirty() || row.tweet.isDirty() || row.tweet.user.isDirty())).toBe(false)
  })

  it('have null where an outer join found nothing, and nothing behind that', async () => {
    const editor = User.alias('editor')
    const rows = await assertQueryCount(db, 1, () =>
      Tweet.select(Tweet, User, editor)
        .join(User, { on: t => t.user })
        .switch(Tweet)
        .leftJoin(editor, { on: t => t.editor })
        .orderBy(t => t.views)
    )
    expect(rows.map(t => [t.user.username, t.editor?.username ?? null])).toEqual([
      ['huey', null],
      ['mickey', null],
      ['huey', 'zaizee'],
      ['mickey', 'mickey'],
      ['huey', null]
    ])
    const [chain] = await User.select(User, Tweet, Favorite)
      .leftJoin(Tweet, { attr: 'latest', on: (u, t) => t.user.eq(u.id) })
      .leftJoin(Favorite, { attr: 'like', on: (_, t, f) => f.tweet.eq(t.id) })
      .where(u => u.username.eq('zaizee'))
    expect(chain.latest).toBeNull()
  })

  it('are not changed by what a condition left out', async () => {
    const [tweet] = await Tweet.select(Tweet, User)
      .leftJoin(User, { on: (t, u) => t.user.eq(u.id).and(u.username.eq('nobody')) })
      .where(t => t.content.eq('meow'))
    expect([tweet.user, tweet.dirtyFields]).toEqual([null, []])
    tweet.views += 1
    await tweet.save()
    const again = await Tweet.select(Tweet, User)
      .join(User, { on: t => t.user })
      .where(t => t.content.eq('meow'))
      .get()
    expect([again.views, again.user.username]).toEqual([2, 'huey'])
  })

  it('join a model with itself, and one model by two foreign keys', async () => {
    const parent = Folder.alias('parent')
    const folders = await assertQueryCount(db, 1, () =>
      Folder.select(Folder, parent)
        .leftJoin(parent, { on: (f, p) => f.parent.eq(p.path) })
        .orderBy(f => f.path)
    )
    expect(folders.map(f => [f.path, f.parent?.path ?? null])).toEqual([
      ['/', null],
      ['/a', '/'],
      ['/a/b', '/a'],
      ['/a/c', '/a'],
      ['/d', '/']
    ])
    const to = User.alias('to')
    const messages = await assertQueryCount(db, 1, () =>
      Message.select(Message, User, to)
        .join(User, { attr: 'from', on: m => m.from })
        .switch(Message)
        .join(to, { on: m => m.to })
        .orderBy(m => m.text)
    )
    expect(messages.map(m => [m.from.username, m.to.username, m.text])).toEqual([
      ['huey', 'mickey', 'hello'],
      ['mickey', 'huey', 'hi']
    ])
  })

  it('attach what refers to them where it is named', async () => {
    const rows = await assertQueryCount(db, 1, () =>
      User.select(User, Tweet)
        .join(Tweet, { attr: 'tweet', on: (u, t) => t.user.eq(u.id) })
        .orderBy((u, t) => [u.username, t.views])
    )
    expect(rows.map(u => [u.username, u.tweet.content])).toEqual([
      ['huey', 'meow'],
      ['huey', 'hiss'],
      ['huey', 'purr'],
      ['mickey', 'whine'],
      ['mickey', 'woof']
    ])
  })

  it('have instances of their own in each row', async () => {
    const rows = await Tweet.select(Tweet, User)
      .join(User, { on: t => t.user })
      .where((_, u) => u.username.eq('huey'))
    expect(rows[0].user).toEqual(rows[1].user)
    expect(rows[0].user).not.toBe(rows[1].user)
  })

  it('stand beside aggregates', async () => {
    const rows = await assertQueryCount(db, 1, () =>
      User.select(User, fn.count(Tweet.fields().id).as('written'), fn.max(Tweet.fields().views).as('most'))
        .leftJoin(Tweet, { on: (u, t) => t.user.eq(u.id) })
        .groupBy(User)
        .orderBy(u => u.username)
    )
    expect(rows.map(u => [u.username, u.written, u.most])).toEqual([
      ['huey', 3, 9],
      ['mickey', 2, 7],
      ['zaizee', 0, null]
    ])
    expect(rows[0]).toBeInstanceOf(User)
    const authors = await Tweet.select(User, fn.count(Tweet.fields().id).as('written'))
      .join(User, { on: t => t.user })
      .groupBy(User)
      .orderBy((_, u) => u.username)
      .dicts()
    expect(authors).toMatchObject([
      { username: 'huey', written: 3 },
      { username: 'mickey', written: 2 }
    ])
  })

  it('are started from by what is loaded behind them', async () => {
    const rows = await assertQueryCount(db, 2, () =>
      Favorite.select(Favorite, Tweet)
        .join(Tweet)
        .orderBy((_, t) => t.views)
        .withRelated('user')
    )
    expect(rows.map(({ tweet, user }) => [tweet.content, user.username]).sort()).toEqual([
      ['hiss', 'mickey'],
      ['meow', 'mickey'],
      ['meow', 'zaizee'],
      ['woof', 'huey']
    ])
    expect(await Tag.select().count()).toBe(3)
  })
})
