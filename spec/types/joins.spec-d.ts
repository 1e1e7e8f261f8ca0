import type { Ref } from 'pewit'
import type { Assignable, Equal, RowOf } from './expect.js'
import { proves } from './expect.js'
import { Account, Category, Favorite, Transfer, Tweet, User } from './models.js'

/** What rows are after joins. */

declare function takesTweet(tweet: Tweet): void

export async function forwards(): Promise<void> {
  const rows = await Tweet.select(Tweet, User)
    .join(User)
    .where((_, u) => u.username.eq('huey'))
    .orderBy(t => t.createdAt.desc())
  proves<Equal<(typeof rows)[0], Tweet & { user: User }>>()
  proves<Equal<(typeof rows)[0]['user'], User>>()
  rows[0].user.username.toUpperCase()
  rows[0].user.greet()
  takesTweet(rows[0])
  await rows[0].save()
  // @ts-expect-error no such column
  rows[0].user.usrename
}

export async function notSelected(): Promise<void> {
  const [row] = await Tweet.select().join(User)
  proves<Equal<typeof row, Tweet>>()
  proves<Equal<typeof row.user, Ref<User>>>()
  const user = await row.user
  proves<Equal<typeof user, User>>()
  // @ts-expect-error the user was not selected, so it may have to be awaited
  row.user.username
  const alone = await Tweet.get(t => t.content.eq('x'))
  // @ts-expect-error nothing was joined
  alone.user.username
  const [byOn] = await Transfer.select().join(Account, { on: t => t.from })
  // @ts-expect-error the account was not selected
  byOn.from.balance
  const [byAttr] = await Transfer.select().join(Account, { attr: 'to' })
  // @ts-expect-error the account was not selected
  byAttr.to.balance
}

export async function outer(): Promise<void> {
  const [row] = await Tweet.select(Tweet, User).leftJoin(User)
  proves<Equal<typeof row.user, User | null>>()
  row.user?.username.toUpperCase()
  await row.save()
  // @ts-expect-error there may be no user
  row.user.username
  // @ts-expect-error a Tweet's user is never null
  takesTweet(row)
  const [typed] = await Tweet.select(Tweet, User).join(User, { type: 'LEFT' })
  proves<Equal<typeof typed.user, User | null>>()
  const [nullable] = await Account.select(Account, User).leftJoin(User)
  proves<Equal<typeof nullable.owner, User | null>>()
  proves<Assignable<typeof nullable, Account>>()
  const [inner] = await Account.select(Account, User).join(User)
  proves<Equal<typeof inner.owner, User>>()
  // @ts-expect-error no such kind of join
  Tweet.select(Tweet, User).join(User, { type: 'OUTSIDE' })
}

export async function chains(): Promise<void> {
  const [row] = await Favorite.select(Favorite, Tweet, User).join(Tweet).join(User)
  proves<Equal<typeof row.tweet.user, User>>()
  row.tweet.user.username.toUpperCase()
  takesTweet(row.tweet)
  proves<Assignable<typeof row, Favorite>>()
  // @ts-expect-error the favorite's own user was not joined
  row.user.username

  const [outerLast] = await Favorite.select(Favorite, Tweet, User).join(Tweet).leftJoin(User)
  proves<Equal<typeof outerLast.tweet.user, User | null>>()
  const [outerBoth] = await Favorite.select(Favorite, Tweet, User).leftJoin(Tweet).leftJoin(User)
  proves<Equal<NonNullable<typeof outerBoth.tweet>['user'], User | null>>()
  // @ts-expect-error there may be no tweet
  outerBoth.tweet.content

  const [switched] = await Favorite.select(Favorite, Tweet, User).join(Tweet).switch(Favorite).join(User)
  proves<Equal<typeof switched.user, User>>()
  proves<Equal<typeof switched.tweet, Tweet>>()
  const [back] = await Favorite.select(Favorite, Tweet, User).join(User).switch().join(Tweet)
  proves<Equal<typeof back.tweet, Tweet>>()
  const author = User.alias('author')
  const [both] = await Favorite.select(Favorite, Tweet, User, author)
    .join(Tweet)
    .switch(Favorite)
    .join(User)
    .switch(Tweet)
    .join(author)
  proves<Equal<typeof both.user, User>>()
  proves<Equal<typeof both.tweet.user, User>>()
  const [from] = await Favorite.select(Favorite, Tweet, User).join(Tweet).join(User, { from: Favorite })
  proves<Equal<typeof from.user, User>>()

  const [gap] = await Favorite.select(Favorite, User).join(Tweet).join(User)
  // @ts-expect-error there is no tweet to attach the user to
  gap.tweet.user
}

export async function aliases(): Promise<void> {
  const parent = Category.alias('p')
  const [row] = await Category.select(Category, parent).join(parent, { on: (c, p) => c.parent.eq(p.id) })
  proves<Equal<typeof row.parent, Category>>()
  row.parent.name.toUpperCase()
  const [outerRow] = await Category.select(Category, parent).leftJoin(parent, { on: (c, p) => c.parent.eq(p.id) })
  proves<Equal<typeof outerRow.parent, Category | null>>()
  const [further] = await Category.select(Category, parent).join(parent, {
    on: (c, p) => c.parent.eq(p.id).and(p.name.ne('x'))
  })
  proves<Equal<typeof further.parent, Category>>()
  const [asValues] = await Category.select(Category, parent).join(parent, {
    on: Category.fields().parent.eq(parent.fields().id)
  })
  proves<Equal<typeof asValues.parent, Category>>()

  const [unselected] = await Category.select(Category).join(parent, { on: (c, p) => c.parent.eq(p.id) })
  proves<Equal<typeof unselected, Category>>()
  const author = User.alias('author')
  const [byAlias] = await Tweet.select(Tweet, author).join(author)
  proves<Equal<typeof byAlias.user, User>>()
  const [other] = await Tweet.select(Tweet, User).join(author)
  // @ts-expect-error User was selected, not its alias
  other.user.username

  const child = Category.alias('child')
  const [reverse] = await Category.select(Category, child).join(child, { on: (c, d) => d.parent.eq(c.id) })
  proves<Equal<typeof reverse, Category>>()
  // @ts-expect-error no such column on the alias
  Category.select(Category, parent).join(parent, { on: (c, p) => c.parent.eq(p.key) })
  // @ts-expect-error a condition or a foreign key
  Category.select(Category, parent).join(parent, { on: c => c.name })
}

export async function ambiguous(): Promise<void> {
  // @ts-expect-error two foreign keys lead there
  Transfer.select(Transfer, Account).join(Account)
  // @ts-expect-error two foreign keys lead there
  Transfer.select(Transfer, Account).leftJoin(Account)
  // @ts-expect-error two foreign keys lead there
  Transfer.select(Transfer, Account).join(Account, { type: 'LEFT' })
  // @ts-expect-error two foreign keys lead back
  Account.select().join(Transfer)
  // @ts-expect-error not a foreign key to that model
  Transfer.select().join(User, { on: t => t.from })

  const [byOn] = await Transfer.select(Transfer, Account).join(Account, { on: t => t.from })
  proves<Equal<typeof byOn.from, Account>>()
  // @ts-expect-error only `from` was joined
  byOn.to.balance
  const [byAttr] = await Transfer.select(Transfer, Account).join(Account, { attr: 'to' })
  proves<Equal<typeof byAttr.to, Account>>()
  const [byCondition] = await Transfer.select(Transfer, Account).leftJoin(Account, { on: (t, a) => t.to.eq(a.id) })
  proves<Equal<typeof byCondition.to, Account | null>>()

  const target = Account.alias('target')
  const [both] = await Transfer.select(Transfer, Account, target)
    .join(Account, { on: t => t.from })
    .switch(Transfer)
    .join(target, { on: t => t.to })
  proves<Equal<typeof both.from, Account>>()
  proves<Equal<typeof both.to, Account>>()
  proves<Assignable<typeof both, Transfer>>()
}

export async function backwards(): Promise<void> {
  const [row] = await User.select(User, Tweet).join(Tweet)
  proves<Equal<typeof row, User>>()
  // @ts-expect-error a reverse join attaches only with attr
  row.tweet
  const [byCondition] = await User.select(User, Tweet).join(Tweet, { on: (u, t) => t.user.eq(u.id) })
  proves<Equal<typeof byCondition, User>>()
  const [named] = await User.select(User, Tweet).join(Tweet, { attr: 'tweet' })
  proves<Equal<typeof named.tweet, Tweet>>()
  proves<Assignable<typeof named, User>>()
  const [maybe] = await User.select(User, Tweet).leftJoin(Tweet, { attr: 'tweet', on: (u, t) => t.user.eq(u.id) })
  proves<Equal<typeof maybe.tweet, Tweet | null>>()
  proves<Assignable<typeof maybe, User>>()
}

export async function sources(): Promise<void> {
  await Favorite.select()
    .join(Tweet)
    .join(User)
    .where((f, t, u) => f.user.eq(u.id).and(t.content.ne('x')))
    .groupBy((_f, _t, u) => u.username)
    .having((_f, t) => t.content.isNull())
    .orderBy((f, _t, u) => [u.username, f.id.desc()])
  const two = Favorite.select().join(Tweet)
  // @ts-expect-error the second source is the tweet
  await two.where((_, u) => u.username.eq('x'))
  // @ts-expect-error there is no third source
  await two.where((_f, _t, u) => u.id.eq('x'))
  const crossed = Tweet.select()
    .crossJoin(User)
    .where((t, u) => t.user.ne(u.id))
  proves<Equal<RowOf<typeof crossed>, Tweet>>()
}
