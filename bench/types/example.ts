/** The models of the contract's first page and ten typical queries; what they cost above the baseline has a budget. */
import 'reflect-metadata'
import { type Backref, CharField, DateTimeTZField, ForeignKeyField, fn, load, Model, model, type Ref } from 'pewit'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'

const db = new CockroachDatabase('my_app', { user: 'root', host: '10.1.0.8' })

@model({ database: db })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) username!: string
  declare tweets: Backref<Tweet>
}

@model({ database: db, tableName: 'tweets', indexes: [[['user', 'createdAt'], false]] })
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }) user!: Ref<User>
  declare userId: string
  @CharField() content!: string
  @DateTimeTZField({ default: () => new Date() }) createdAt!: Date
}

export async function queries(): Promise<unknown[]> {
  await db.createTables([User, Tweet])
  const huey = await User.create({ username: 'huey' })
  const joined = await Tweet.select(Tweet, User)
    .join(User)
    .where((_, u) => u.username.eq('huey'))
    .orderBy(t => t.createdAt.desc())
  const counted = await User.select(u => [u.username, fn.count(u.id).as('tweets')])
    .join(Tweet)
    .groupBy(u => u.username)
    .having(u => fn.count(u.id).gt(3))
    .tuples()
  const outer = await Tweet.select(Tweet, User).leftJoin(User).limit(10)
  const authors = await Tweet.select()
    .join(User)
    .columns((t, u) => [t.content, u.username.as('author')])
    .dicts()
  const among = await Tweet.select()
    .where(t => t.user.in(User.select(u => [u.id]).where(u => u.username.startsWith('h'))))
    .count()
  const one = await User.get(u => u.username.eq('huey').or(u.username.eq('mickey')))
  const key = await Tweet.insert({ user: huey, content: 'meow' })
  const rows = await Tweet.insertMany([{ user: huey, content: 'purr' }]).returning(t => [t.id, t.createdAt])
  const changed = await Tweet.update({ content: t => t.content.concat('!') })
    .where(t => t.id.eq(key))
    .returning(t => [t.content])
  const gone = await db.runTransaction(() => Tweet.delete().where(t => t.user.eq(huey)), { maxAttempts: 3 })
  const fetched = await User.select().prefetch(Tweet.select().orderBy(t => t.createdAt))
  const related = await User.select().withRelated(load('tweets', { perParent: 3 }).then('user'))
  const names = [
    joined[0].user.username,
    counted[0][1],
    outer[0].user?.username,
    authors[0].author,
    one.username,
    fetched[0].tweets[0].content,
    related[0].tweets[0].user.username
  ]
  return [names, among, rows[0].createdAt, changed[0].content, gone]
}
