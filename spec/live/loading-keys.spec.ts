import {
  type Backref,
  BigIntegerField,
  BlobField,
  BooleanField,
  CharField,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  DoubleField,
  FixedCharField,
  ForeignKeyField,
  IntegerField,
  load,
  Model,
  model,
  type Ref,
  SmallIntegerField,
  TextField,
  UUIDField
} from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Relations by keys of any type: rows find each other by what the server sends for a key. */

/** What a test cannot know by type: models that are made of one field or another. */
type Made = any
type Decorator = (prototype: object, property: string) => void

const key = { primaryKey: true } as const
const KINDS: Readonly<Record<string, readonly [field: unknown, keys: readonly unknown[]]>> = {
  text: [TextField(key), ['', 'NULL', 'null', '{a,"b"}', 'a\\b', ' é😀 ']],
  char: [CharField(key), ['x', 'X', "it's"]],
  fixed: [FixedCharField({ ...key, maxLength: 4 }), ['ab', 'abcd']],
  small: [SmallIntegerField(key), [-1, 0, 32767]],
  integer: [IntegerField(key), [-5, 2_000_000_000]],
  bigint: [BigIntegerField(key), [-1n, 9_007_199_254_740_993n]],
  double: [DoubleField(key), [0.1, -1e300, 1e-7]],
  decimal: [DecimalField({ ...key, maxDigits: 12, decimalPlaces: 3 }), ['1.000', '-0.500', '123456789.125']],
  boolean: [BooleanField(key), [true, false]],
  uuid: [UUIDField(key), ['00000000-0000-4000-8000-00000000000a']],
  date: [DateField(key), ['2024-02-29', '0001-01-01']],
  timestamp: [DateTimeField(key), [new Date(0), new Date('2024-02-29T12:34:56.789Z')]],
  timestamptz: [DateTimeTZField(key), [new Date(1), new Date('1900-01-01T00:00:00Z')]],
  blob: [BlobField(key), [Buffer.from([0, 92, 255, 34]), Buffer.from('{}')]]
}

/** A model with a key of that type, and one that refers to it. */
function modelsFor(kind: string): readonly [parent: Made, child: Made] {
  const parent = defined(`loading_${kind}`, target => (KINDS[kind][0] as Decorator)(target.prototype, 'key'))
  const child = defined(`loading_${kind}_child`, target => {
    ;(IntegerField(key) as Decorator)(target.prototype, 'id')
    ;(ForeignKeyField(() => parent, { backref: 'children' }) as Decorator)(target.prototype, 'parent')
  })
  return [parent, child]
}

function defined(tableName: string, decorate: (target: typeof Model) => void): Made {
  const target = class extends Model {}
  decorate(target)
  return ((model({ tableName }) as (target: typeof Model) => unknown)(target) ?? target) as Made
}

eachServer('relations by keys', live => {
  const db = databaseFor(live)
  afterAll(() => db.close())

  it.each(Object.keys(KINDS))('of type %s', async kind => {
    const [parents, children] = modelsFor(kind)
    db.bind([parents, children])
    await db.createTables([parents, children])
    const keys = KINDS[kind][1]
    await parents.insertMany(keys.map(value => ({ key: value })))
    // Two for each, in turn.
    await children.insertMany([...keys, ...keys].map((parent, id) => ({ id, parent })))
    const query = children.select().orderBy((c: Made) => c.id)
    const down = await parents.select().withRelated(load('children', { query }))
    const ids = new Map(down.map((row: Made) => [String(row.key), row.children.map(({ id }: Made) => id)]))
    expect(ids).toEqual(new Map(keys.map((value, i) => [String(value), [i, i + keys.length]])))
    const first = await parents.select().withRelated('children', { perParent: 1 })
    expect(first.map((row: Made) => row.children.length)).toEqual(keys.map(() => 1))
    const up = await children.select().prefetch(parents)
    for (const row of up) expect(String(row.parent.key)).toBe(String(keys[row.id % keys.length]))
  })
})

@model()
class Person extends Model {
  @IntegerField(key) id!: number
  declare profiles: Backref<Profile>
}

/** Its key is a reference. */
@model()
class Profile extends Model {
  @ForeignKeyField(() => Person, { backref: 'profiles', primaryKey: true }) person!: Ref<Person>
  @TextField() bio!: string
  declare links: Backref<Link>
}

/** Refers to what is a reference in its turn. */
@model()
class Link extends Model {
  @IntegerField(key) id!: number
  @ForeignKeyField(() => Profile, { backref: 'links' }) profile!: Ref<Profile>
}

eachServer('relations by keys that are references', live => {
  const db = databaseFor(live)
  afterAll(() => db.close())

  it('go down and up', async () => {
    db.bind([Person, Profile, Link])
    await db.createTables([Person, Profile, Link])
    await Person.insertMany([{ id: 1 }, { id: 2 }])
    await Profile.insertMany([{ person: 2, bio: 'two' }])
    await Link.insertMany([
      { id: 7, profile: 2 },
      { id: 8, profile: 2 }
    ])
    const down = await Person.select()
      .orderBy(p => p.id)
      .prefetch(
        Profile,
        Link.select().orderBy(l => l.id)
      )
    expect(down.map(p => p.profiles.map(({ bio, links }) => [bio, links.map(({ id }) => id)]))).toEqual([[], [['two', [7, 8]]]])
    const up = await Link.select()
      .orderBy(l => l.id)
      .withRelated(load('profile').then('person'))
    expect(up.map(({ profile }) => [profile.bio, profile.person.id])).toEqual([
      ['two', 2],
      ['two', 2]
    ])
    expect(up[0].profile).toBe(up[1].profile)
  })
})
