import {
  type Backref,
  BooleanField,
  CharField,
  DQ,
  ForeignKeyField,
  IntegerField,
  JSONField,
  Model,
  model,
  type Ref,
  TextField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'filter_user' })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) username!: string
  @IntegerField({ null: true }) age!: number | null
  @BooleanField({ default: false }) isAdmin!: boolean
  declare tweets: Backref<Tweet>
}

@model({ tableName: 'filter_tweet' })
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  declare userId: string
  @TextField() content!: string
  @JSONField({ null: true }) data!: unknown
  declare favorites: Backref<Favorite>
}

@model({ tableName: 'filter_favorite' })
class Favorite extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User) user!: Ref<User>
  @ForeignKeyField(() => Tweet, { backref: 'favorites' }) tweet!: Ref<Tweet>
}

@model({ tableName: 'filter_category' })
class Category extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ForeignKeyField(() => Category, { null: true, backref: 'children' }) parent!: Ref<Category> | null
  declare children: Backref<Category>
}

/** A property that is named like an operator, one with two underscores, and a foreign key that is no id. */
@model({ tableName: 'filter_odd' })
class Odd extends Model {
  @CharField() in!: string
  @IntegerField() a__b!: number
  @ForeignKeyField(() => User, { field: 'username', columnName: 'user_name' }) user!: Ref<User>
  @ForeignKeyField(() => Odd, { null: true }) odd!: Ref<Odd> | null
}

const MODELS = [User, Tweet, Favorite, Category, Odd]

eachServer('filters by name', live => {
  const db = databaseFor(live)
  let huey: User
  let mickey: User

  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
    huey = await User.create({ username: 'huey', age: 7 })
    mickey = await User.create({ username: 'mickey', age: 13, isAdmin: true })
    await User.create({ username: '50%', age: null })
    const meow = await Tweet.create({ user: huey, content: 'Meow', data: { a: 1 } })
    await Tweet.create({ user: huey, content: 'purr' })
    const woof = await Tweet.create({ user: mickey, content: 'woof' })
    await Favorite.insertMany([
      { user: mickey, tweet: meow },
      { user: huey, tweet: woof }
    ])
    const root = await Category.create({ name: 'root' })
    const child = await Category.create({ name: 'child', parent: root })
    await Category.create({ name: 'leaf', parent: child })
    const odd = await Odd.create({ in: 'x', a__b: 1, user: 'huey' })
    await Odd.create({ in: 'y', a__b: 2, user: 'mickey', odd })
  })
  afterAll(() => db.close())

  const names = async (query: PromiseLike<User[]>): Promise<string[]> => (await query).map(({ username }) => username).sort()
  const contents = async (query: PromiseLike<Tweet[]>): Promise<string[]> => (await query).map(({ content }) => content).sort()

  it('compare properties, each with its operator', async () => {
    expect(await names(User.filter())).toEqual(['50%', 'huey', 'mickey'])
    expect(await names(User.filter({}))).toEqual(['50%', 'huey', 'mickey'])
    expect(await names(User.filter({ username: 'huey' }))).toEqual(['huey'])
    expect(await names(User.filter({ username__eq: 'huey', age: 8 }))).toEqual([])
    expect(await names(User.filter({ username__ne: 'huey' }))).toEqual(['50%', 'mickey'])
    expect(await names(User.filter({ age__lt: 13 }))).toEqual(['huey'])
    expect(await names(User.filter({ age__lte: 13, age__gt: 7 }))).toEqual(['mickey'])
    expect(await names(User.filter({ age__gte: 7, isAdmin: false }))).toEqual(['huey'])
    expect(await names(User.filter({ age__between: [7, 12] }))).toEqual(['huey'])
    expect(await names(User.filter({ age__in: [7, 99] }))).toEqual(['huey'])
    expect(await names(User.filter({ age__in: [] }))).toEqual([])
    expect(await names(User.filter({ age__notIn: [7] }))).toEqual(['mickey'])
    expect(await names(User.filter({ age: null }))).toEqual(['50%'])
    expect(await names(User.filter({ age__is: null }))).toEqual(['50%'])
    expect(await names(User.filter({ age__isNot: null }))).toEqual(['huey', 'mickey'])
    expect(await names(User.filter({ age__isNull: true }))).toEqual(['50%'])
    expect(await names(User.filter({ age__isNull: false }))).toEqual(['huey', 'mickey'])
  })

  it('look into texts', async () => {
    expect(await names(User.filter({ username__like: 'h%' }))).toEqual(['huey'])
    expect(await names(User.filter({ username__ilike: 'H%' }))).toEqual(['huey'])
    expect(await names(User.filter({ username__notLike: '%y' }))).toEqual(['50%'])
    expect(await names(User.filter({ username__notIlike: '%Y' }))).toEqual(['50%'])
    expect(await names(User.filter({ username__contains: '%' }))).toEqual(['50%'])
    expect(await names(User.filter({ username__startsWith: 'MI' }))).toEqual(['mickey'])
    expect(await names(User.filter({ username__endsWith: 'key' }))).toEqual(['mickey'])
    expect(await names(User.filter({ username__regexp: '^h' }))).toEqual(['huey'])
    expect(await names(User.filter({ username__iregexp: '^H' }))).toEqual(['huey'])
  })

  it('follow foreign keys', async () => {
    expect(await contents(Tweet.filter({ user: huey }))).toEqual(['Meow', 'purr'])
    expect(await contents(Tweet.filter({ user: huey.id, content__contains: 'meow' }))).toEqual(['Meow'])
    expect(await contents(Tweet.filter({ userId: huey.id }))).toEqual(['Meow', 'purr'])
    expect(await contents(Tweet.filter({ user__in: [mickey] }))).toEqual(['woof'])
    expect(await contents(Tweet.filter({ user__username: 'huey' }))).toEqual(['Meow', 'purr'])
    expect(await contents(Tweet.filter({ user__age__gt: 7 }))).toEqual(['woof'])
    expect(await Favorite.filter({ tweet__user__username: 'huey', tweet__content: 'Meow', user__isAdmin: true }).count()).toBe(1)
    expect(await Favorite.filter({ tweet__user__username: 'huey', user__username: 'huey' }).count()).toBe(0)
  })

  it('follow backrefs, with a row for each row there', async () => {
    expect(await names(User.filter({ tweets__content__ilike: '%u%' }))).toEqual(['huey'])
    expect(await names(User.filter({ tweets__content__regexp: 'o|u' }))).toEqual(['huey', 'huey', 'mickey'])
    expect(await names(User.filter({ tweets__favorites__user__username: 'huey' }))).toEqual(['mickey'])
  })

  it('join each relation once, and use the joins that are there', async () => {
    const twice = User.filter({ tweets__content: 'Meow', tweets__user__username: 'huey' }).filter({ tweets__data__isNull: false })
    expect(twice.sql().text.match(/JOIN/g)).toHaveLength(2)
    expect(await names(twice)).toEqual(['huey'])
    const joined = Tweet.select(Tweet, User).join(User).filter({ user__username: 'huey' })
    expect(joined.sql().text.match(/JOIN/g)).toHaveLength(1)
    expect((await joined).map(({ user }) => user.username)).toEqual(['huey', 'huey'])
    const aliased = User.alias('author')
    const through = Tweet.select()
      .join(aliased, { on: t => t.user })
      .filter({ user__username: 'huey' })
    expect(through.sql().text.match(/JOIN/g)).toHaveLength(1)
    expect(await contents(through)).toEqual(['Meow', 'purr'])
  })

  it('leave the query to be joined further, by the sources that it had', async () => {
    const rows = await Tweet.filter({ user__username: 'huey' })
      .join(User)
      .where((t, u) => u.age.eq(7).and(t.content.eq('purr')))
    expect(rows.map(({ content }) => content)).toEqual(['purr'])
  })

  it('go back to the model they came from', async () => {
    const list = async (query: PromiseLike<Category[]>) => (await query).map(({ name }) => name).sort()
    expect(await list(Category.filter({ parent: null }))).toEqual(['root'])
    expect(await list(Category.filter({ parent__name: 'root' }))).toEqual(['child'])
    expect(await list(Category.filter({ parent__parent__name: 'root' }))).toEqual(['leaf'])
    expect(await list(Category.filter({ children__name: 'leaf' }))).toEqual(['child'])
    expect(await list(Category.filter({ children__children__name: 'leaf', parent__isNull: true }))).toEqual(['root'])
    expect(await list(Category.filter({ children__parent__name: 'child' }))).toEqual(['child'])
  })

  it('know properties before operators', async () => {
    expect(await Odd.filter({ in: 'x' }).count()).toBe(1)
    expect(await Odd.filter({ a__b: 2 }).count()).toBe(1)
    expect(await Odd.filter({ odd__in: 'x' }).count()).toBe(1)
    expect(await Odd.filter({ user__age: 7 }).count()).toBe(1)
    expect(await Odd.filter({ user: mickey }).count()).toBe(1)
  })

  it('are put together by DQ', async () => {
    const either = DQ({ age: 13 }).or(DQ({ age: 7 }))
    expect(await names(User.filter(either))).toEqual(['huey', 'mickey'])
    expect(await names(User.filter(either, { isAdmin: false }))).toEqual(['huey'])
    expect(await names(User.filter(DQ({ username: 'huey', age: 13 }).not()))).toEqual(['50%', 'huey', 'mickey'])
    expect(await names(User.filter(DQ({ age__gt: 1 }).and(DQ({ username__contains: 'm' }))))).toEqual(['mickey'])
    expect(await contents(Tweet.filter(DQ({ user__username: 'mickey' }).or(DQ({ content: 'purr' }))))).toEqual(['purr', 'woof'])
    expect(await names(User.filter(DQ({}).or(DQ({ age: 7 }))))).toEqual(['huey'])
  })

  it('are conditions of get and getOrNone', async () => {
    expect((await User.get({ username: 'huey' })).age).toBe(7)
    expect((await User.get({ age__gt: 1 }, u => u.username.eq('mickey'))).age).toBe(13)
    expect((await User.get({ tweets__content: 'woof' })).username).toBe('mickey')
    expect(await User.getOrNone({ username: 'nobody' })).toBeNull()
    await expect(User.get({ username: 'nobody' })).rejects.toBeInstanceOf(User.DoesNotExist)
  })

  it('stream all rows, where a relation gives one several times', async () => {
    const found: string[] = []
    for await (const user of User.filter({ tweets__content__isNot: null }).iterator({ batchSize: 1 })) found.push(user.username)
    expect(found.sort()).toEqual(['huey', 'huey', 'mickey'])
  })

  it('are values, whatever a program puts into them', async () => {
    expect(await names(User.filter({ username: "x' OR true --" }))).toEqual([])
    expect(await contents(Tweet.filter({ data: { a: 1 } }))).toEqual(['Meow'])
    expect(await contents(Tweet.filter({ data: { node: { kind: 'raw', parts: ['TRUE'] } } }))).toEqual([])
  })

  describe('are refused', () => {
    const refusals: readonly (readonly [string, () => unknown, string, RegExp])[] = [
      [
        'an unknown property',
        () => User.filter({ usrename: 'x' } as {}),
        'UNKNOWN_PROPERTY',
        /"usrename": User has no property or relation "usrename"; did you mean "username"/
      ],
      [
        'an unknown operator',
        () => User.filter({ age__gtt: 1 } as {}),
        'UNKNOWN_PROPERTY',
        /"age__gtt": User\.age has no operator "gtt"; did you mean "gt"/
      ],
      [
        'an unknown relation',
        () => Tweet.filter({ usr__username: 'x' } as {}),
        'UNKNOWN_PROPERTY',
        /Tweet has no property or relation "usr"; did you mean "user"/
      ],
      ['a misspelt backref', () => User.filter({ tweet__content: 'x' } as {}), 'UNKNOWN_PROPERTY', /did you mean "tweets"/],
      [
        'an unknown property of a relation',
        () => Tweet.filter({ user__nam: 'x' } as {}),
        'UNKNOWN_PROPERTY',
        /User has no property or relation "nam"/
      ],
      [
        'a relation without a property',
        () => User.filter({ tweets: 1 } as {}),
        'BAD_QUERY',
        /ends at the relation tweets; name a property of it/
      ],
      [
        'an operator of a relation',
        () => User.filter({ tweets__in: [1] } as {}),
        'UNKNOWN_PROPERTY',
        /Tweet has no property or relation "in"/
      ],
      [
        'more behind a property',
        () => User.filter({ age__gt__x: 1 } as {}),
        'UNKNOWN_PROPERTY',
        /User\.age has no operator "gt"|User\.age/
      ],
      ['undefined', () => User.filter({ username: undefined } as {}), 'UNDEFINED_VALUE', /User\.filter: username/],
      ['undefined for isNull', () => User.filter({ username__isNull: undefined } as {}), 'UNDEFINED_VALUE', /username__isNull/],
      ['undefined in DQ', () => User.filter(DQ({ age: undefined }) as {}), 'UNDEFINED_VALUE', /age/],
      [
        'no filter at all',
        () => User.filter(undefined as never),
        'UNDEFINED_VALUE',
        /User\.filter: expected an object of values by name/
      ],
      ['text', () => User.filter('age > 1' as never), 'WRONG_TYPE', /got a string/],
      ['an instance', () => Tweet.filter(huey as never), 'WRONG_TYPE', /got an? User/],
      ['isNull of a word', () => User.filter({ age__isNull: 'yes' } as {}), 'WRONG_TYPE', /expected true or false/],
      ['between one value', () => User.filter({ age__between: [1] } as {}), 'WRONG_TYPE', /expected \[low, high\]/],
      ['a value of a wrong type', () => User.filter({ age: 'three' } as {}), 'WRONG_TYPE', /User\.age/],
      ['less than null', () => User.filter({ age__lt: null } as {}), 'BAD_ARGUMENT', /use isNull/]
    ]
    it.each(refusals)('%s', (_, work, code, message) => {
      expect(work).toThrow(TypeError)
      expect(work).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
    })
  })
})
