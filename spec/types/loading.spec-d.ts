import {
  type Backref,
  CharField,
  ForeignKeyField,
  type Loaded,
  load,
  type ManyToMany,
  ManyToManyField,
  Model,
  model,
  prefetch,
  type Ref
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import type { Assignable, Equal, RowOf } from './expect.js'
import { proves } from './expect.js'
import { Account, Category, db, Entry, Transfer } from './models.js'

/** What rows are after `prefetch` and `withRelated`. */

@model({ database: db })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField() username!: string
  declare tweets: Backref<Tweet>
  declare favorites: Backref<Favorite>
}

@model({ database: db })
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  @ForeignKeyField(() => Venue, { null: true }) venue!: Ref<Venue> | null
  @CharField() content!: string
  declare favorites: Backref<Favorite>
  @ManyToManyField(() => Tag, { backref: 'tweets' }) tags!: ManyToMany<Tag>
}

@model({ database: db })
class Favorite extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'favorites' }) user!: Ref<User>
  @ForeignKeyField(() => Tweet, { backref: 'favorites' }) tweet!: Ref<Tweet>
}

@model({ database: db })
class Venue extends Model {
  @UUIDKeyField() id!: string
  @CharField() city!: string
}

@model({ database: db })
class Tag extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  declare tweets: ManyToMany<Tweet>
}

@model({ database: db })
class Message extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Person, { backref: 'sent' }) from!: Ref<Person>
  @ForeignKeyField(() => Person, { backref: 'received' }) to!: Ref<Person>
}

@model({ database: db })
class Person extends Model {
  @UUIDKeyField() id!: string
  declare sent: Backref<Message>
  declare received: Backref<Message>
}

export function prefetched(): void {
  const one = User.select().prefetch(Tweet.select().where(t => t.content.ne('')))
  proves<Equal<RowOf<typeof one>, Loaded<User, { tweets: Tweet[] }>>>()
  proves<Equal<RowOf<typeof one>['username'], string>>()
  const three = User.select().prefetch(Tweet, Favorite)
  proves<Equal<RowOf<typeof three>['tweets'][number]['favorites'], Favorite[]>>()
  // @ts-expect-error nothing was put into the user's own favorites, which are a query
  proves<Equal<RowOf<typeof three>['favorites'], Favorite[]>>()
  const elsewhere = User.select().prefetch(Tweet, [Favorite.select(), User])
  proves<Equal<RowOf<typeof elsewhere>, Loaded<Loaded<User, { favorites: Favorite[] }>, { tweets: Tweet[] }>>>()
  const forward = Favorite.select().prefetch(Tweet, [User, 'user'])
  proves<Equal<RowOf<typeof forward>['tweet'], Tweet & { user: User }>>()
  proves<Assignable<RowOf<typeof forward>, Favorite>>()
  const both = Favorite.select().prefetch(Tweet, [User, Favorite])
  proves<Equal<RowOf<typeof both>['user'], User>>()
  const filtered = Tweet.select().prefetch(User.select())
  proves<Equal<RowOf<typeof filtered>['user'], User | null>>()
  const nullable = Tweet.select().prefetch(Venue)
  proves<Equal<RowOf<typeof nullable>['venue'], Venue | null>>()
  const tags = Tweet.select().prefetch(Tag)
  proves<Equal<RowOf<typeof tags>['tags'], Tag[]>>()
  const itself = Category.select().prefetch(Category, Category)
  proves<Equal<RowOf<typeof itself>['children'][number]['children'], Category[]>>()
  const named = Person.select().prefetch([Message, 'sent'], [Message.select(), 'received'])
  proves<Equal<RowOf<typeof named>['sent'], Message[]>>()
  proves<Equal<RowOf<typeof named>['received'], Message[]>>()
  const joined = User.select().prefetch(Tweet.select(Tweet, Venue).join(Venue))
  proves<Equal<RowOf<typeof joined>['tweets'], (Tweet & { venue: Venue })[]>>()
  const aliased = User.select().prefetch(Tweet.alias('t'))
  proves<Equal<RowOf<typeof aliased>['tweets'], Tweet[]>>()
  const asFunction = prefetch(User.select(), Tweet)
  proves<Equal<typeof asFunction, typeof one>>()
  const either = User.select().union(User.select()).prefetch(Tweet)
  proves<Equal<RowOf<typeof either>['tweets'], Tweet[]>>()
}

export function notPrefetched(): void {
  // @ts-expect-error no relation leads there
  User.select().prefetch(Entry)
  // @ts-expect-error nor from what stands before
  User.select().prefetch(Tweet, Entry)
  // @ts-expect-error the account has no backref
  Account.select().prefetch(Transfer)
  // @ts-expect-error two relations lead there
  Person.select().prefetch(Message)
  // @ts-expect-error two foreign keys lead there
  Message.select().prefetch(Person)
  // @ts-expect-error no such relation
  Person.select().prefetch([Message, 'lost'])
  // @ts-expect-error that relation leads to another model
  Person.select().prefetch([Tweet, 'sent'])
  // @ts-expect-error there are no tweets before
  User.select().prefetch([Favorite, Tweet])
  // @ts-expect-error these are no instances
  User.select().prefetch(Tweet.select().dicts())
  // @ts-expect-error nor are these
  User.select().prefetch(Tweet.select(t => [t.content]))
}

export async function read(): Promise<void> {
  const [user] = await User.select().prefetch(Tweet)
  user.tweets[0].content.toUpperCase()
  await user.save()
  // @ts-expect-error an array, and no query
  user.tweets.where()
  const plain = await User.get({ username: 'huey' })
  // @ts-expect-error a query, and no array
  plain.tweets[0]
  const first = await User.select()
    .prefetch(Tweet)
    .where(u => u.username.eq('huey'))
    .first()
  proves<Equal<typeof first, Loaded<User, { tweets: Tweet[] }> | null>>()
}

export function related(): void {
  const byName = User.select().withRelated('tweets', 'favorites')
  proves<Equal<RowOf<typeof byName>, Loaded<Loaded<User, { tweets: Tweet[] }>, { favorites: Favorite[] }>>>()
  const deep = User.select().withRelated(
    load(User, 'tweets', { perParent: 3 }).then(load(Tweet, 'favorites').then('user'), 'tags')
  )
  type DeepTweet = RowOf<typeof deep>['tweets'][number]
  proves<Equal<DeepTweet['favorites'], (Favorite & { user: User })[]>>()
  proves<Equal<DeepTweet['tags'], Tag[]>>()
  const short = User.select().withRelated(load('tweets').then(load('favorites').then('user'), 'tags'), { perParent: 3 })
  proves<Equal<RowOf<typeof short>, RowOf<typeof deep>>>()
  const nullable = Tweet.select().withRelated('venue', 'user')
  proves<Equal<RowOf<typeof nullable>['venue'], Venue | null>>()
  proves<Equal<RowOf<typeof nullable>['user'], User>>()
  proves<Assignable<RowOf<typeof nullable>, Tweet>>()
  const filtered = Tweet.select().withRelated(load('user', { query: User.select().where(u => u.username.ne('')) }))
  proves<Equal<RowOf<typeof filtered>['user'], User | null>>()
  const joined = User.select().withRelated(load(User, 'tweets', { query: Tweet.select(Tweet, Venue).join(Venue) }).then('tags'))
  proves<Equal<RowOf<typeof joined>['tweets'], Loaded<Tweet & { venue: Venue }, { tags: Tag[] }>[]>>()
  const counted = User.select(User, User.fields().username.as('name')).withRelated('tweets')
  proves<Equal<RowOf<typeof counted>['name'], string>>()
}

export function notRelated(): void {
  // @ts-expect-error no such relation
  User.select().withRelated('twets')
  // @ts-expect-error a column is no relation
  User.select().withRelated('username')
  // @ts-expect-error no such relation of the tweet
  User.select().withRelated(load('tweets').then('follower'))
  // @ts-expect-error no such relation, further down
  User.select().withRelated(load('tweets').then(load('favorites').then('author')))
  // @ts-expect-error no such relation of that model
  load(User, 'twets')
  // @ts-expect-error no such relation behind it
  load(User, 'tweets').then('follower')
  // @ts-expect-error a relation of another model
  User.select().withRelated(load(Tweet, 'tags'))
  // @ts-expect-error behind tweets there are relations of tweets
  load(User, 'tweets').then(load(User, 'favorites'))
  // @ts-expect-error rows of another model
  load(User, 'tweets', { query: User.select() })
  // @ts-expect-error rows of another model
  User.select().withRelated(load('tweets', { query: User.select() }))
  // @ts-expect-error no instances
  load('tweets', { query: Tweet.select().dicts() })
  // @ts-expect-error no such option
  load('tweets', { limit: 3 })
  // @ts-expect-error a number of rows
  load('tweets', { perParent: '3' })
  // @ts-expect-error no such option
  User.select().withRelated('tweets', { limit: 3 })
}

/** What a join attached is what it was, with more behind it. */
export async function behindJoins(): Promise<void> {
  const outer = Tweet.select(Tweet, User).leftJoin(User).withRelated(load('user').then('favorites'))
  proves<Equal<RowOf<typeof outer>['user'], Loaded<User, { favorites: Favorite[] }> | null>>()
  const again = Tweet.select(Tweet, User).leftJoin(User).prefetch(User)
  proves<Equal<RowOf<typeof again>['user'], User | null>>()
  const inner = Tweet.select(Tweet, Venue).join(Venue).withRelated('venue', 'user')
  proves<Equal<RowOf<typeof inner>['venue'], Venue>>()
  const [favorite] = await Favorite.select(Favorite, Tweet, User).join(Tweet).join(User).withRelated(load('tweet').then('tags'))
  const names: [string, string] = [favorite.tweet.user.username, favorite.tweet.tags[0].name]
  console.log(names)
  // @ts-expect-error the join may have found none
  ;(await outer)[0].user.favorites
}

/** A row with its relations loaded is a row of its model wherever one is asked for. */
export async function asValues(): Promise<void> {
  const [user] = await User.select().prefetch(Tweet, Favorite)
  const [outer] = await Tweet.select(Tweet, User).leftJoin(User)
  const [tag] = await Tag.select().withRelated('tweets')
  await Tweet.create({ user, content: 'x' })
  await Tweet.insertMany([{ user }])
  await Tweet.update({ user }).where(t => t.user.eq(user).or(t.user.in([user])))
  await Tweet.filter({ user, user__ne: user })
  await Favorite.create({ tweet: outer, user })
  await (await Tweet.getById('1')).tags.add([tag])
  // @ts-expect-error a tweet is no user
  await Tweet.create({ user: outer })
  // @ts-expect-error a tweet is no user
  Tweet.select().where(t => t.user.eq(outer))
  // @ts-expect-error a user is no tag
  await (await Tweet.getById('1')).tags.add([user])
  // @ts-expect-error nor is a plain object
  await Tweet.create({ user: { id: 'x' } })
}
