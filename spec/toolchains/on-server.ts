import { serverAtHand } from './database.js'
import { Money } from './money.js'
import { Tweet } from './tweet.js'
import { User } from './user.js'

/** The same models on a real server, where the environment names one. */
export async function onServer(): Promise<unknown> {
  const server = serverAtHand()
  if (!server) return 'none'
  const models = [User, Tweet]
  try {
    server.bind(models)
    await server.createTables(models)
    return await work(server)
  } finally {
    await server.dropTables(models)
    await server.close()
  }
}

async function work(server: NonNullable<ReturnType<typeof serverAtHand>>): Promise<unknown> {
  await server.runTransaction(async () => {
    const huey = await User.create({ username: 'huey', balance: new Money(1250n) })
    await Tweet.create({ user: huey, content: 'meow huey', createdAt: new Date(1) })
    await Tweet.create({ user: huey, content: 'purr', createdAt: new Date(2), tags: [] })
  })
  const rows = await Tweet.select(Tweet, User)
    .join(User)
    .orderBy(tweet => tweet.createdAt)
  const huey = rows[0].user
  huey.age = 5
  const changed = [huey.dirtyFields, await huey.save(), await huey.save()]
  await huey.liked.add(rows)
  await rows[0].likers.remove(huey)
  const [meow, purr] = await huey.tweets.orderBy(tweet => tweet.createdAt)
  return {
    rows: rows.map(({ content, tags, settings, createdAt, user }) => [content, tags, settings, createdAt, user.username]),
    huey: [huey.role, huey.lives, huey.age, String(huey.balance.cents), huey.nickname],
    changed,
    relations: [(await meow.user).username, purr.userId === huey.id, await huey.mentions().count()],
    liked: (await huey.liked).map(({ content }) => content)
  }
}
