import {
  type Backref,
  CharField,
  compositeKey,
  type Data,
  type Dependency,
  type DoesNotExist,
  deferredForeignKey,
  type Fields,
  ForeignKeyField,
  fn,
  type GraphEdge,
  type IndexDefinition,
  IntegerField,
  type KeyOf,
  Model,
  type ModelField,
  type ModelIndex,
  metadata,
  model,
  modelGraph,
  type Ref,
  type Relation
} from 'pewit'
import type { Assignable, Equal, RowOf } from './expect.js'
import { proves } from './expect.js'
import { Account, Category, db, Entry, Favorite, Tweet, User } from './models.js'

/** What the class of a model offers, and its instances. */

export async function making(huey: User, category: Category): Promise<void> {
  const made = User.new({ username: 'huey', age: 3, active: true })
  proves<Equal<typeof made, User>>()
  const created = await User.create({ username: 'huey' })
  proves<Equal<typeof created, User>>()
  await User.create({}, { validate: false })
  new User({ username: 'huey' })
  new User()
  await Tweet.create({ user: huey, content: 'meow' })
  await Tweet.create({ user: huey.id, content: 'meow' })
  await Tweet.create({ userId: huey.id, content: 'meow', tags: ['a'] })
  await Category.create({ name: 'a', parent: category })
  await Category.create({ name: 'a', parent: null })
  proves<Assignable<{ username: string }, Data<User>>>()
  // @ts-expect-error no such property
  User.new({ usrename: 'huey' })
  // @ts-expect-error another type
  User.new({ username: 3 })
  // @ts-expect-error no such property
  await User.create({ usrename: 'huey' })
  // @ts-expect-error another type
  await User.create({ age: '3' })
  // @ts-expect-error a tweet is no user
  await Tweet.create({ user: new Tweet() })
  // @ts-expect-error not nullable
  await Tweet.create({ user: null })
  // @ts-expect-error a method is no column
  await User.create({ greet: () => 'x' })
  // @ts-expect-error an object of values
  new User('huey')
}

export async function finding(): Promise<void> {
  const got = await User.get(u => u.username.eq('huey'), User.fields().age.gt(3))
  proves<Equal<typeof got, User>>()
  const flagged = await User.get(u => u.active)
  proves<Equal<typeof flagged, User>>()
  const perhaps = await User.getOrNone(u => u.username.eq('huey'))
  proves<Equal<typeof perhaps, User | null>>()
  const byId = await User.getById('key')
  proves<Equal<typeof byId, User>>()
  await Favorite.getById(1n)
  await Entry.getById(['a', 1])
  const [instance, wasCreated] = await User.getOrCreate({ username: 'huey', defaults: { age: 3 } })
  proves<Equal<typeof instance, User>>()
  proves<Equal<typeof wasCreated, boolean>>()
  proves<Equal<KeyOf<User>, string>>()
  proves<Equal<KeyOf<Favorite>, bigint>>()
  // @ts-expect-error no such column
  await User.get(u => u.usrename.eq('huey'))
  // @ts-expect-error undefined would find any row
  await User.get(undefined)
  // @ts-expect-error there may be none
  perhaps.username
  // @ts-expect-error the key is a string
  await User.getById(3)
  // @ts-expect-error the key is a bigint
  await Favorite.getById('key')
  // @ts-expect-error no such column
  await User.getOrCreate({ usrename: 'huey' })
  // @ts-expect-error no such column
  await User.getOrCreate({ username: 'huey', defaults: { years: 3 } })
}

export async function instances(tweet: Tweet, huey: User): Promise<void> {
  const saved = await huey.save({ only: ['age'], forceInsert: true, validate: false })
  proves<Equal<typeof saved, number>>()
  const fresh = await huey.reload()
  proves<Equal<typeof fresh, User>>()
  const deleted = await huey.deleteInstance()
  proves<Equal<typeof deleted, number>>()
  proves<Equal<ReturnType<typeof huey.isDirty>, boolean>>()
  proves<Equal<typeof huey.dirtyFields, readonly string[]>>()
  huey.equals(tweet)
  huey.age = null
  tweet.user = huey
  tweet.userId = huey.id
  const loaded = await tweet.user
  proves<Equal<typeof loaded, User>>()
  // @ts-expect-error not nullable
  huey.username = null
  // @ts-expect-error another type
  huey.age = '3'
  // @ts-expect-error keys go through userId
  tweet.user = huey.id
  // @ts-expect-error a tweet is no user
  tweet.user = tweet
  // @ts-expect-error no such option
  await huey.save({ forceUpdate: true })
}

export async function references(tweet: Tweet, category: Category): Promise<void> {
  const user = await tweet.user
  user.username.toUpperCase()
  const parent = await category.parent
  proves<Equal<typeof parent, Category | null>>()
  // @ts-expect-error it may have to be awaited
  tweet.user.username
  // @ts-expect-error there may be none
  parent.name
}

export async function backrefs(huey: User): Promise<void> {
  const all = huey.tweets
  proves<Equal<typeof all, Backref<Tweet>>>()
  const tweets = await huey.tweets.where(t => t.content.contains('meow')).orderBy(t => t.createdAt)
  proves<Equal<typeof tweets, Tweet[]>>()
  const counted = await huey.tweets.count()
  proves<Equal<typeof counted, number>>()
  const joined = huey.favorites.join(Tweet).columns((_, t) => [t.content])
  proves<Equal<RowOf<typeof joined>, { content: string }>>()
  // @ts-expect-error it is a query, not an array
  huey.tweets[0]
  // @ts-expect-error no such column
  await huey.tweets.where(t => t.username.eq('x'))
}

@model({ database: db })
export abstract class Base extends Model {
  @IntegerField() version!: number
}

@model({
  tableName: 'children',
  schema: 'public',
  primaryKey: compositeKey('name', 'version'),
  indexes: [
    [['name', 'version'], true],
    [['name'], false]
  ],
  dependsOn: [User],
  tableSettings: 'WITH (x = 1)',
  temporary: false,
  validate: false
})
export class Child extends Base {
  @CharField() name!: string
}

@model({ primaryKey: false })
export class Log extends Model {
  @CharField() line!: string
}

// @ts-expect-error a key of a property that is not there
@model({ primaryKey: compositeKey('name', 'verison') })
export class WrongKey extends Base {
  @CharField() name!: string
}

// @ts-expect-error an index of a property that is not there
@model({ indexes: [[['nmae'], false]] })
export class WrongIndex extends Base {
  @CharField() name!: string
}

// @ts-expect-error an index says whether it is unique
@model({ indexes: [[['name']]] })
export class HalfIndex extends Base {
  @CharField() name!: string
}

// @ts-expect-error a database, not its name
@model({ database: 'my_app' })
export class WrongDatabase extends Base {}

// @ts-expect-error no such option
@model({ table: 'x', validate: true })
export class WrongOption extends Base {}

// @ts-expect-error only models can be made models
@model()
export class NoModel {}

export async function about(): Promise<void> {
  const meta = metadata(User)
  proves<Equal<typeof meta.tableName, string>>()
  proves<Equal<typeof meta.fields, readonly ModelField[]>>()
  proves<Equal<typeof meta.primaryKey, readonly ModelField[]>>()
  const error = new User.DoesNotExist('x')
  proves<Assignable<typeof error, DoesNotExist>>()
  await User.createTable({ safe: true })
  await User.dropTable({ safe: true, cascade: true })
  proves<Equal<Awaited<ReturnType<typeof User.tableExists>>, boolean>>()
  await db.createTables([User, Tweet], { safe: false })
  db.bind([User])
  const raw = await User.raw`SELECT * FROM "user" WHERE age > ${18}`
  proves<Equal<typeof raw, User[]>>()
  const alias = Account.alias('a')
  proves<Equal<typeof alias.name, 'a'>>()
  alias.fields().balance.eq('1')
  // @ts-expect-error the table's name is no option of createTable
  await User.createTable({ tableName: 'x' })
  // @ts-expect-error models, not their names
  await db.createTables(['User'])
  // @ts-expect-error a class, not its name
  metadata('User')
  // @ts-expect-error no such column
  alias.fields().balanse
  // @ts-expect-error a name
  Account.alias(3)
  // @ts-expect-error a method needs its instance
  await User.save()
}

/** Relation types come from functions that give the class, so files may import each other. */
export function relationTypes(ref: Ref<User>, back: Backref<Tweet>): void {
  proves<Assignable<User, Ref<User>>>()
  void back.where(t => t.user.eq(ref))
  // @ts-expect-error a Tweet is no user
  const wrong: Ref<User> = new Tweet()
  void wrong
}

export async function indexing(): Promise<void> {
  const index = User.index(u => [fn.lower(u.username), u.age.desc()], { unique: true, where: u => u.active.eq(true), name: 'x' })
  proves<Equal<typeof index, ModelIndex>>()
  proves<Equal<Awaited<typeof index>, void>>()
  proves<Equal<typeof index.name, string>>()
  User.addIndex(index)
  User.addIndex(['username', 'age'], { using: 'btree', nullsDistinct: true, safe: false })
  Tweet.addIndex(t => t.user)
  await User.truncateTable({ restartIdentity: true, cascade: true })
  await User.createTable({ temporary: true })
  await User.dropTable({ restrict: true })
  await Tweet.createForeignKey('user')
  proves<Assignable<{ fields: ['a']; unique: true }, IndexDefinition>>()
  // @ts-expect-error no such property
  User.index(['usrename'])
  // @ts-expect-error no such column
  User.index(u => u.usrename)
  // @ts-expect-error no such option
  User.index(['username'], { uniqe: true })
  // @ts-expect-error a condition
  User.index(['username'], { where: u => u.username })
  // @ts-expect-error no such property
  await Tweet.createForeignKey('usr')
  // @ts-expect-error one of the known options
  await User.truncateTable({ casade: true })
}

export async function deleting(huey: User): Promise<void> {
  proves<Equal<Awaited<ReturnType<typeof huey.deleteInstance>>, number>>()
  await huey.deleteInstance({ recursive: true, deleteNullable: true })
  const [first] = huey.dependencies({ searchNullable: false, excludeNullChildren: true })
  proves<Equal<typeof first, Dependency>>()
  await Tweet.delete().where(first.where)
  proves<Equal<ReturnType<typeof huey.isDirty>, boolean>>()
  huey.isDirty('age')
  const nothing = User.noop()
  proves<Equal<Awaited<typeof nothing>, User[]>>()
  // @ts-expect-error no such option
  await huey.deleteInstance({ recursiv: true })
  // @ts-expect-error rows are deleted by their class
  await huey.delete()
}

@model({
  tableName: name => name.toUpperCase(),
  indexes: [
    [['name'], true],
    { fields: ['name', 'userId'], unique: true },
    { fields: (f: Fields<Deferring>) => fn.lower(f.name) }
  ]
})
export class Deferring extends Base {
  @CharField() name!: string
  @deferredForeignKey('User') user!: Ref<User>
  declare userId: string
  @deferredForeignKey('User', { null: true, backref: of => of.name, onDelete: 'SET NULL' }) other!: Ref<User> | null
  @ForeignKeyField(() => User, { deferrable: 'INITIALLY DEFERRED', lazyLoad: false, backref: of => of.name }) third!: Ref<User>
  // @ts-expect-error a reference
  @deferredForeignKey('User') text!: string
  // @ts-expect-error null, as the option says
  @deferredForeignKey('User', { null: true }) never!: Ref<User>
  // @ts-expect-error no null, as the option does not say so
  @deferredForeignKey('User') nullable!: Ref<User> | null
  // @ts-expect-error no such option
  @deferredForeignKey('User', { onDeleted: 'CASCADE' }) wrong!: Ref<User>
  // @ts-expect-error when it is checked
  @ForeignKeyField(() => User, { deferrable: 'LATER' }) late!: Ref<User>
}

// @ts-expect-error an index of a property that is none
@model({ indexes: [[['name'], true], { fields: ['nam'] }] })
export class WrongDefinition extends Base {
  @CharField() name!: string
}

export async function binding(): Promise<void> {
  db.bind([User], { bindRefs: false, bindBackrefs: false })
  User.bind(db)
  const rows = await db.bindCtx([User, Tweet], () => User.select())
  proves<Equal<typeof rows, User[]>>()
  const count = await User.bindCtx(db, async () => 3)
  proves<Equal<typeof count, number>>()
  const meta = metadata(Tweet)
  proves<Equal<typeof meta.refs, readonly Relation[]>>()
  proves<Equal<typeof meta.columns, ReadonlyMap<string, ModelField>>>()
  proves<Equal<(typeof steps)[0], GraphEdge>>()
  const steps = modelGraph(Tweet, { backrefs: false })
  // @ts-expect-error no such option
  db.bind([User], { refs: false })
  // @ts-expect-error a database
  User.bind('my_app')
}

export async function creating(): Promise<void> {
  const [user, created] = await User.getOrCreate({ username: 'huey' }, { defaults: { age: 3 } })
  proves<Equal<typeof user, User>>()
  proves<Equal<typeof created, boolean>>()
  // @ts-expect-error no such property
  await User.getOrCreate({ username: 'huey' }, { defaults: { years: 3 } })
}
