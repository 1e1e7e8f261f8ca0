import {
  type Backref,
  BooleanField,
  CharField,
  Check,
  CheckViolation,
  compositeKey,
  DateTimeTZField,
  ForeignKeyField,
  IntegerField,
  Model,
  metadata,
  model,
  type Ref,
  SQL,
  TextField,
  UniqueViolation
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

const dawn = () => new Date('2024-01-01T00:00:00Z')

/** A base that is no model. */
abstract class Stamped extends Model {
  @DateTimeTZField({ default: dawn }) createdAt!: Date
  @DateTimeTZField({ null: true }) deletedAt!: Date | null

  get isDeleted(): boolean {
    return this.deletedAt !== null
  }

  static alive<M extends Stamped>(this: new () => M): PromiseLike<M[]> {
    return (this as unknown as typeof Stamped).select().where(s => s.deletedAt.isNull()) as unknown as PromiseLike<M[]>
  }
}

/** One that is, for its options. */
@model({
  indexes: [[['createdAt', 'deletedAt'], false]],
  constraints: [Check('deleted_at IS NULL OR deleted_at >= created_at', 'order_of_times')],
  tableName: name => `inh_${name.toLowerCase()}`
})
abstract class Base extends Stamped {
  @UUIDKeyField() id!: string
}

@model({ tableName: 'inh_owner' })
class Owner extends Base {
  @CharField() name!: string
  declare animals: Backref<Animal>
  declare dogs: Backref<Dog>
}

/** A model that others extend, with a table of its own. */
@model()
class Animal extends Base {
  @CharField({ maxLength: 20 }) name!: string
  @IntegerField({ default: 4 }) legs!: number
  @ForeignKeyField(() => Owner, { null: true, backref: of => `${of.name.toLowerCase()}s` }) owner!: Ref<Owner> | null
  declare ownerId: string | null
  declare toys: Backref<Toy>

  describe(): string {
    return `${this.name} has ${this.legs} legs`
  }
}

@model()
class Dog extends Animal {
  @BooleanField() barks = true

  override describe(): string {
    return `${super.describe()} and ${this.barks ? 'barks' : 'is silent'}`
  }
}

/** Declares a field anew, which keeps its place. */
@model()
class Spider extends Animal {
  @IntegerField({ default: 8 }) declare legs: number
  @TextField({ null: true }) web!: string | null
}

@model()
class Puppy extends Dog {
  @IntegerField() weeks!: number
}

@model()
class Toy extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Animal, { backref: 'toys' }) animal!: Ref<Animal>
}

/** A composite key with a foreign key in it, for those that extend it. */
@model({ primaryKey: compositeKey('owner', 'place'), tableName: 'inh_slot' })
class Slot extends Model {
  @ForeignKeyField(() => Owner) owner!: Ref<Owner>
  declare ownerId: string
  @IntegerField() place!: number
}

@model()
class NamedSlot extends Slot {
  @CharField({ unique: true }) name!: string
}

/** Does without the key of its base. */
@model({ primaryKey: false })
class Loose extends Slot {}

/** Has one of its own instead. */
@model({ primaryKey: undefined })
class Numbered extends Slot {
  @UUIDKeyField() id!: string
}

const MODELS = [Owner, Animal, Dog, Spider, Puppy, Toy, Slot, NamedSlot, Loose, Numbered]

eachServer('models that extend others', live => {
  const db = databaseFor(live)

  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
  })
  afterAll(() => db.close())

  const fieldsOf = (of: object) => metadata(of).fieldNames

  it('have the fields of those they extend, the key first, then as declared from the furthest on', () => {
    expect(fieldsOf(Owner)).toEqual(['id', 'createdAt', 'deletedAt', 'name'])
    expect(fieldsOf(Animal)).toEqual(['id', 'createdAt', 'deletedAt', 'name', 'legs', 'owner'])
    expect(fieldsOf(Dog)).toEqual([...fieldsOf(Animal), 'barks'])
    expect(fieldsOf(Puppy)).toEqual([...fieldsOf(Dog), 'weeks'])
    expect(fieldsOf(Spider)).toEqual([...fieldsOf(Animal), 'web'])
    expect(fieldsOf(NamedSlot)).toEqual(['owner', 'place', 'name'])
  })

  it('have the options of those they extend, and a table each', async () => {
    expect(MODELS.map(each => metadata(each).tableName)).toEqual([
      'inh_owner',
      'inh_animal',
      'inh_dog',
      'inh_spider',
      'inh_puppy',
      'toy',
      'inh_slot',
      'named_slot',
      'loose',
      'numbered'
    ])
    expect(metadata(Puppy).indexes.map(({ fields }) => fields)).toContainEqual(['createdAt', 'deletedAt'])
    await expect(Puppy.create({ name: 'x', weeks: 1, deletedAt: new Date(0) })).rejects.toBeInstanceOf(CheckViolation)
    expect(metadata(Puppy).database).toBe(db)
    expect(Puppy.DoesNotExist).not.toBe(Dog.DoesNotExist)
  })

  it('are written and read with all of their columns, and are instances of all of their classes', async () => {
    const puppy = await Puppy.create({ name: 'rex', weeks: 3 })
    expect(Object.keys(puppy)).toEqual(fieldsOf(Puppy))
    const loaded = await Puppy.getById(puppy.id)
    expect(loaded).toEqual(puppy)
    expect(loaded).toMatchObject({ legs: 4, barks: true, createdAt: dawn(), deletedAt: null })
    for (const each of [Puppy, Dog, Animal, Base, Stamped, Model]) expect(loaded).toBeInstanceOf(each)
    expect(loaded).not.toBeInstanceOf(Spider)
    expect(loaded.describe()).toBe('rex has 4 legs and barks')
    expect(loaded.isDeleted).toBe(false)
    expect(await Dog.select().count()).toBe(0)
    expect(await Animal.select().count()).toBe(0)
    loaded.barks = false
    expect(loaded.dirtyFields).toEqual(['barks'])
    expect(await loaded.save()).toBe(1)
    expect((await Puppy.alive()).map(({ name }) => name)).toEqual(['rex'])
    expect(loaded.equals(await Puppy.getById(puppy.id))).toBe(true)
    expect(loaded.equals(Dog.new({ id: puppy.id, name: 'x' }))).toBe(false)
  })

  it('declare a field anew', async () => {
    const spider = await Spider.create({ name: 'itsy' })
    expect(spider.legs).toBe(8)
    expect((await Spider.get(s => s.legs.eq(8))).describe()).toBe('itsy has 8 legs')
    expect((await Animal.create({ name: 'cat' })).legs).toBe(4)
  })

  it('share a foreign key, with a backref each', async () => {
    const owner = await Owner.create({ name: 'huey' })
    const cat = await Animal.create({ name: 'cat', owner })
    await Dog.create({ name: 'dog', owner })
    expect((await owner.animals).map(({ name }) => name)).toEqual(['cat'])
    expect((await owner.dogs).map(({ name }) => name)).toEqual(['dog'])
    expect((await (await Dog.get({ owner__name: 'huey' })).owner)?.name).toBe('huey')
    expect(await Owner.filter({ dogs__barks: true }).count()).toBe(1)
    await Toy.create({ animal: cat })
    expect(await cat.toys.count()).toBe(1)
    const models = owner.dependencies().map(({ model: { name } }) => name)
    expect(models).toEqual(
      expect.arrayContaining(['Animal', 'Dog', 'Spider', 'Puppy', 'Toy', 'Slot', 'NamedSlot', 'Loose', 'Numbered'])
    )
  })

  it('have a composite key with foreign keys in it', async () => {
    const owner = await Owner.create({ name: 'zaizee' })
    const slot = await NamedSlot.create({ owner, place: 1, name: 'left' })
    expect(slot.getId()).toEqual([owner.id, 1])
    const loaded = await NamedSlot.getById([owner.id, 1])
    expect(loaded.equals(slot)).toBe(true)
    expect(String(loaded)).toBe(`${owner.id},1`)
    loaded.name = 'right'
    expect(await loaded.save()).toBe(1)
    expect((await slot.reload()).name).toBe('right')
    await expect(NamedSlot.create({ owner, place: 1, name: 'other' })).rejects.toBeInstanceOf(UniqueViolation)
    expect(await Slot.select().count()).toBe(0)
    expect(await slot.deleteInstance()).toBe(1)
    expect(await loaded.save()).toBe(0)
  })

  it('do without the key of their base, or have another', async () => {
    const owner = await Owner.create({ name: 'mickey' })
    const loose = await Loose.create({ owner, place: 1 })
    await Loose.create({ owner, place: 1 })
    expect(await Loose.select().count()).toBe(2)
    expect(metadata(Loose).primaryKey).toEqual([])
    loose.place = 2
    await expect(loose.save()).rejects.toThrow(/Loose has no primary key/)
    await expect(loose.reload()).rejects.toThrow(/Loose has no primary key/)
    await expect(loose.deleteInstance()).rejects.toThrow(/use Loose\.update/)
    expect(loose.getId()).toBeUndefined()
    const numbered = await Numbered.create({ owner, place: 1 })
    expect((await Numbered.getById(numbered.id)).ownerId).toBe(owner.id)
  })

  it('may live in a schema, with all that belongs to them', async () => {
    @model({ database: db, schema: 'other' })
    class Place extends Base {
      @CharField({ unique: true }) name!: string
    }
    @model()
    class Room extends Place {
      @ForeignKeyField(() => Place, { backref: 'rooms' }) place!: Ref<Place>
      declare placeId: string
    }
    expect(metadata(Room).schema).toBe('other')
    await db.executeSql('CREATE SCHEMA other')
    await db.createTables([Room, Place])
    await db.createTables([Room, Place])
    expect(await Room.tableExists()).toBe(true)
    expect(await db.tableExists('inh_room')).toBe(false)
    const place = await Place.create({ name: 'house' })
    await Room.create({ name: 'kitchen', place })
    const [row] = await Room.select(Room, Place).join(Place)
    expect(row.place.name).toBe('house')
    expect(await Room.update({ name: 'hall' }).where(r => r.name.eq('kitchen'))).toBe(1)
    expect(await Place.filter({ rooms__name: 'hall' } as {}).count()).toBe(1)
    await expect(Room.create({ name: 'hall', place })).rejects.toBeInstanceOf(UniqueViolation)
    await Room.truncateTable()
    expect(await Room.select().count()).toBe(0)
    await db.dropTables([Room, Place])
    expect(await Room.tableExists()).toBe(false)
  })

  it('may be without a key from their base on', () => {
    @model({ primaryKey: false, constraints: [SQL('CHECK (n > 0)')] })
    class Log extends Model {
      @IntegerField() n!: number
    }
    @model()
    class SubLog extends Log {}
    expect(fieldsOf(SubLog)).toEqual(['n'])
    expect(metadata(SubLog).constraints).toHaveLength(1)
  })
})
