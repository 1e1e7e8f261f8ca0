import {
  type Backref,
  CharField,
  compositeKey,
  deferredForeignKey,
  ForeignKeyField,
  ForeignKeyViolation,
  IntegerField,
  Model,
  model,
  type Ref
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'dep_user' })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) username!: string
  declare tweets: Backref<Tweet>
}

/** Refers twice to one model: once by a key that can be null. */
@model({ tableName: 'dep_tweet' })
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  @ForeignKeyField(() => User, { null: true }) editor!: Ref<User> | null
  declare editorId: string | null
  @CharField() content!: string
}

/** Depends on a user in two ways, and through each of them on others. */
@model({ tableName: 'dep_favorite' })
class Favorite extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User) user!: Ref<User>
  @ForeignKeyField(() => Tweet) tweet!: Ref<Tweet>
}

@model({ tableName: 'dep_account' })
class Account extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { null: true }) owner!: Ref<User> | null
  declare ownerId: string | null
}

@model({ tableName: 'dep_posting' })
class Posting extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Account) account!: Ref<Account>
}

/** Its primary key is a foreign key, to which another one leads. */
@model({ tableName: 'dep_profile' })
class Profile extends Model {
  @ForeignKeyField(() => User, { primaryKey: true }) user!: Ref<User>
  declare userId: string
}

@model({ tableName: 'dep_photo' })
class Photo extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Profile) profile!: Ref<Profile>
}

/** Its key has foreign keys in it. */
@model({ tableName: 'dep_membership', primaryKey: compositeKey('user', 'level') })
class Membership extends Model {
  @ForeignKeyField(() => User) user!: Ref<User>
  declare userId: string
  @IntegerField() level!: number
}

/** Refers to a column that is no key. */
@model({ tableName: 'dep_mention' })
class Mention extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { field: 'username', columnName: 'username' }) user!: Ref<User>
}

const OF_USERS = [User, Tweet, Favorite, Account, Posting, Profile, Photo, Membership, Mention]

@model({ tableName: 'dep_category' })
class Category extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ForeignKeyField(() => Category, { null: true, backref: 'children' }) parent!: Ref<Category> | null
  declare children: Backref<Category>
}

@model({ tableName: 'dep_product' })
class Product extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Category) category!: Ref<Category>
}

/** Each refers to another of its kind, the first to itself. */
@model({ tableName: 'dep_link', primaryKey: compositeKey('list', 'place') })
class Link extends Model {
  @CharField() list!: string
  @IntegerField() place!: number
  @CharField({ unique: true }) name!: string
  @ForeignKeyField(() => Link, { field: 'name', columnName: 'before' }) before!: Ref<Link>
}

@model({ tableName: 'dep_author' })
class Author extends Model {
  @UUIDKeyField() id!: string
  @deferredForeignKey('Book', { null: true }) best!: Ref<Book> | null
  declare bestId: string | null
}

@model({ tableName: 'dep_book' })
class Book extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Author) author!: Ref<Author>
  declare authorId: string
}

@model({ tableName: 'dep_review' })
class Review extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Book) book!: Ref<Book>
}

const MODELS = [...OF_USERS, Category, Product, Link, Author, Book, Review]

eachServer('dependent rows', live => {
  const statements: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => statements.push(sql) })

  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
  })
  beforeEach(async () => {
    await Author.update({ best: null })
    for (const each of [Favorite, Tweet, Posting, Account, Photo, Profile, Membership, Mention, User])
      await (each as unknown as typeof User).delete()
    for (const each of [Product, Category, Link, Review, Book, Author]) await (each as unknown as typeof User).delete()
  })
  afterAll(() => db.close())

  const counts = async (models: readonly (typeof Model)[]): Promise<Record<string, number>> => {
    const found = await Promise.all(models.map(each => (each as typeof User).select().count()))
    return Object.fromEntries(models.map((each, i) => [each.name, found[i]]))
  }

  /** A user with a row of each model, and another one who shares some of them. */
  async function populate() {
    const huey = await User.create({ username: 'huey' })
    const zaizee = await User.create({ username: 'zaizee' })
    const own = await Tweet.create({ user: huey, content: 'mine' })
    const edited = await Tweet.create({ user: zaizee, editor: huey, content: 'edited' })
    await Favorite.insertMany([
      { user: zaizee, tweet: own },
      { user: huey, tweet: edited },
      { user: zaizee, tweet: edited }
    ])
    const account = await Account.create({ owner: huey })
    await Posting.create({ account })
    const profile = await Profile.create({ user: huey })
    await Photo.create({ profile })
    await Membership.insertMany([
      { user: huey, level: 1 },
      { user: huey, level: 2 },
      { user: zaizee, level: 1 }
    ])
    await Mention.create({ user: huey })
    return { huey, zaizee, edited, account }
  }

  describe('deleteInstance', () => {
    it('alone fails where rows depend on the instance', async () => {
      const { huey } = await populate()
      await expect(huey.deleteInstance()).rejects.toBeInstanceOf(ForeignKeyViolation)
      expect(await User.select().count()).toBe(2)
    })

    it('with recursive deletes what depends on it, and makes references null that can be', async () => {
      const { huey, edited, account } = await populate()
      statements.length = 0
      expect(await huey.deleteInstance({ recursive: true })).toBe(1)
      const ends = statements.filter(text => /^(BEGIN|COMMIT)/.test(text)).map(text => text.split(/[ ;]/)[0])
      expect(ends.slice(-1)).toEqual(['COMMIT'])
      expect(statements.filter(text => text.startsWith('SELECT'))).toEqual([])
      expect(await counts(OF_USERS)).toEqual({
        User: 1,
        Tweet: 1,
        Favorite: 1,
        Account: 1,
        Posting: 1,
        Profile: 0,
        Photo: 0,
        Membership: 1,
        Mention: 0
      })
      expect((await edited.reload()).editorId).toBeNull()
      expect((await account.reload()).ownerId).toBeNull()
      expect(await huey.deleteInstance({ recursive: true })).toBe(0)
    })

    it('with deleteNullable deletes those rows, too, and what depends on them', async () => {
      const { huey } = await populate()
      expect(await huey.deleteInstance({ recursive: true, deleteNullable: true })).toBe(1)
      expect(await counts(OF_USERS)).toEqual({
        User: 1,
        Tweet: 0,
        Favorite: 0,
        Account: 0,
        Posting: 0,
        Profile: 0,
        Photo: 0,
        Membership: 1,
        Mention: 0
      })
    })

    it('does all of it or nothing', async () => {
      const { huey } = await populate()
      await db.executeSql('CREATE TABLE dep_stranger (id INT PRIMARY KEY, user_id UUID REFERENCES dep_user (id))')
      await db.executeSql('INSERT INTO dep_stranger VALUES (1, $1::uuid)', [huey.id])
      const before = await counts(OF_USERS)
      await expect(huey.deleteInstance({ recursive: true })).rejects.toBeInstanceOf(ForeignKeyViolation)
      expect(await counts(OF_USERS)).toEqual(before)
      await db.executeSql('DROP TABLE dep_stranger')
    })

    it('goes by the key that was loaded', async () => {
      const { huey, zaizee } = await populate()
      const loaded = await User.getById(huey.id)
      loaded.id = zaizee.id
      loaded.username = zaizee.username
      expect(await loaded.deleteInstance({ recursive: true })).toBe(1)
      expect((await User.select()).map(({ username }) => username)).toEqual(['zaizee'])
      expect(await Membership.select().count()).toBe(1)
    })

    it('deletes one row of a composite key', async () => {
      const { huey } = await populate()
      const membership = await Membership.get({ user: huey, level: 2 })
      membership.level = 1
      expect(await membership.deleteInstance({ recursive: true })).toBe(1)
      expect((await Membership.filter({ user: huey })).map(({ level }) => level)).toEqual([1])
    })

    it('says that an instance which was not saved has no key', async () => {
      await expect(User.new({ username: 'x' }).deleteInstance({ recursive: true })).rejects.toThrow(
        /has no id yet; save it first/
      )
    })

    it('takes part in the open transaction', async () => {
      const { huey } = await populate()
      const block = db.transaction(async () => {
        await huey.deleteInstance({ recursive: true })
        expect(await User.select().count()).toBe(1)
        throw new Error('undo')
      })
      await expect(block).rejects.toThrow('undo')
      expect((await counts(OF_USERS)).User).toBe(2)
    })
  })

  describe('of models that refer to themselves', () => {
    async function tree() {
      const root = await Category.create({ name: 'root' })
      const child = await Category.create({ name: 'child', parent: root })
      const leaf = await Category.create({ name: 'leaf', parent: child })
      const other = await Category.create({ name: 'other' })
      for (const category of [root, child, leaf, other]) await Product.create({ category })
      return { root, child, leaf, other }
    }
    const left = async () => (await Category.select().orderBy(c => c.name)).map(({ name }) => name)

    it('lose the reference where it can be null', async () => {
      const { root } = await tree()
      expect(await root.deleteInstance({ recursive: true })).toBe(1)
      expect(await left()).toEqual(['child', 'leaf', 'other'])
      expect(await Category.filter({ parent: null }).count()).toBe(2)
      expect(await Product.select().count()).toBe(3)
    })

    it('go with all that is below, however deep', async () => {
      const { child } = await tree()
      expect(await child.deleteInstance({ recursive: true, deleteNullable: true })).toBe(1)
      expect(await left()).toEqual(['other', 'root'])
      expect(await Product.select().count()).toBe(2)
      expect(await child.deleteInstance({ recursive: true, deleteNullable: true })).toBe(0)
    })

    it('go in a circle of rows, too', async () => {
      const { root, leaf } = await tree()
      root.parent = leaf
      await root.save()
      expect(await root.deleteInstance({ recursive: true, deleteNullable: true })).toBe(1)
      expect(await left()).toEqual(['other'])
    })

    it('go where the reference cannot be null, by a composite key', async () => {
      const insert = (place: number, name: string, before: string) => Link.insert({ list: 'a', place, name, before })
      await insert(1, 'first', 'first')
      await insert(2, 'second', 'first')
      await insert(3, 'third', 'second')
      const second = await Link.getById(['a', 2])
      expect(await second.deleteInstance({ recursive: true })).toBe(1)
      expect((await Link.select()).map(({ name }) => name)).toEqual(['first'])
      const first = await Link.getById(['a', 1])
      expect(await first.deleteInstance({ recursive: true })).toBe(1)
      expect(await Link.select().count()).toBe(0)
    })
  })

  describe('of models that refer to each other', () => {
    async function shelves() {
      const author = await Author.create({})
      const book = await Book.create({ author })
      author.best = book
      await author.save()
      const fan = await Author.create({ best: book })
      const other = await Book.create({ author: fan })
      await Review.create({ book })
      await Review.create({ book: other })
      return { author, fan, other }
    }

    it('lose the reference that can be null', async () => {
      const { author, fan } = await shelves()
      expect(await author.deleteInstance({ recursive: true })).toBe(1)
      expect(await counts([Author, Book, Review])).toEqual({ Author: 1, Book: 1, Review: 1 })
      expect((await fan.reload()).bestId).toBeNull()
    })

    it('all go, round the circle', async () => {
      const { author } = await shelves()
      expect(await author.deleteInstance({ recursive: true, deleteNullable: true })).toBe(1)
      expect(await counts([Author, Book, Review])).toEqual({ Author: 0, Book: 0, Review: 0 })
    })

    it('go from the other end', async () => {
      const { other } = await shelves()
      expect(await other.deleteInstance({ recursive: true, deleteNullable: true })).toBe(1)
      expect(await counts([Author, Book, Review])).toEqual({ Author: 2, Book: 1, Review: 1 })
    })
  })

  describe('dependencies', () => {
    const named = (list: ReturnType<User['dependencies']>) =>
      list.map(({ model: { name }, field }) => `${name}.${field.property}`)

    it('are all rows that depend on an instance, those that nothing depends on first', async () => {
      const { huey } = await populate()
      const list = huey.dependencies()
      expect(named(list)).toEqual(
        [
          'Photo.profile',
          'Profile.user',
          'Membership.user',
          'Mention.user',
          'Favorite.user',
          'Favorite.tweet',
          'Tweet.user',
          'Tweet.editor',
          'Posting.account',
          'Account.owner'
        ].sort((a, b) => named(list).indexOf(a) - named(list).indexOf(b))
      )
      const place = (name: string) => named(list).indexOf(name)
      expect(place('Photo.profile')).toBeLessThan(place('Profile.user'))
      expect(place('Favorite.tweet')).toBeLessThan(place('Tweet.user'))
      expect(place('Posting.account')).toBeLessThan(place('Account.owner'))
      const rows = await Promise.all(
        list.map(({ model: each, where }) => (each as unknown as typeof User).select().where(where).count())
      )
      expect(Object.fromEntries(named(list).map((name, i) => [name, rows[i]]))).toEqual({
        'Favorite.tweet': 3,
        'Favorite.user': 1,
        'Tweet.user': 1,
        'Tweet.editor': 1,
        'Account.owner': 1,
        'Posting.account': 1,
        'Profile.user': 1,
        'Photo.profile': 1,
        'Membership.user': 2,
        'Mention.user': 1
      })
    })

    it('leave out what can be null, or what depends on it', async () => {
      const { huey } = await populate()
      const required = named(huey.dependencies({ searchNullable: false }))
      expect(required).not.toContain('Account.owner')
      expect(required).not.toContain('Posting.account')
      expect(required).toContain('Tweet.user')
      const shallow = named(huey.dependencies({ excludeNullChildren: true }))
      expect(shallow).toContain('Account.owner')
      expect(shallow).not.toContain('Posting.account')
    })

    it('end where models refer to themselves or in a circle', async () => {
      const root = await Category.create({ name: 'root' })
      expect(named(root.dependencies())).toEqual(['Product.category', 'Category.parent'])
      const author = await Author.create({})
      expect(named(author.dependencies()).sort()).toEqual(['Author.best', 'Book.author', 'Review.book'])
    })
  })
})
