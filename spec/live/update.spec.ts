import {
  CharField,
  caseWhen,
  compositeKey,
  DecimalField,
  exists,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  model,
  type Ref,
  TextField,
  valuesList
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class Owner extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) name!: string
  @IntegerField({ default: 0 }) pets!: number
}

@model()
class Pet extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @IntegerField({ default: 1 }) age!: number
  @ForeignKeyField(() => Owner, { null: true, backref: 'ownPets' }) owner!: Ref<Owner> | null
  declare ownerId: string | null
}

@model({ primaryKey: compositeKey('shop', 'item') })
class Stock extends Model {
  @IntegerField() shop!: number
  @TextField() item!: string
  @DecimalField({ decimalPlaces: 2, default: '0' }) price!: string
}

@model()
class Badge extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Owner, { field: 'name' }) owner!: Ref<Owner>
  declare ownerId: string
}

const MODELS = [Owner, Pet, Stock, Badge]

eachServer('updates and deletes', live => {
  const log: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => log.push(sql) })
  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
  }, 120_000)
  afterAll(() => db.close())
  let huey: Owner
  let mickey: Owner
  beforeEach(async () => {
    for (const Table of [Badge, Pet, Stock, Owner] as (typeof Model)[]) await Table.delete()
    huey = await Owner.create({ name: 'huey' })
    mickey = await Owner.create({ name: 'mickey' })
    await Pet.insertMany([
      { name: 'a', age: 1, owner: huey },
      { name: 'b', age: 2, owner: huey },
      { name: 'c', age: 3, owner: mickey },
      { name: 'd', age: 4 }
    ])
    log.length = 0
  })
  const owners = () =>
    Owner.select(o => [o.name, o.pets])
      .orderBy(o => o.name)
      .tuples()
  const pets = () =>
    Pet.select(p => [p.name, p.age])
      .orderBy(p => p.name)
      .tuples()

  it('set expressions, subqueries and cases', async () => {
    expect(await Pet.update({ age: p => p.age.mul(10) }).where(p => p.owner.eq(huey))).toBe(2)
    await Pet.update({ name: p => caseWhen([[p.age.gt(15), 'old']], p.name) })
    expect(await pets()).toEqual([
      ['a', 10],
      ['c', 3],
      ['d', 4],
      ['old', 20]
    ])
    await Owner.update({ pets: o => Pet.select(p => [fn.count(p.id)]).where(p => p.owner.eq(o.id)) })
    expect(
      await Owner.select(o => [o.pets])
        .orderBy(o => o.name)
        .scalars()
    ).toEqual([2, 1])
  })

  it('take instances and keys for foreign keys', async () => {
    await Pet.update({ owner: mickey }).where(p => p.name.eq('a'))
    await Pet.update({ owner: mickey.id }).where(p => p.name.eq('b'))
    await Pet.update({ ownerId: mickey.id }).where(p => p.name.eq('d'))
    expect(
      await Pet.select()
        .where(p => p.owner.eq(mickey))
        .count()
    ).toBe(4)
    await Pet.update({ owner: null })
    expect(
      await Pet.select()
        .where(p => p.owner.isNull())
        .count()
    ).toBe(4)
    expect(() => Pet.update({ owner: new Owner() })).toThrow('Pet.owner: the Owner it refers to has no key yet; save it first')
  })

  it('use the columns of other sources', async () => {
    const count = await Pet.update()
      .from(Owner)
      .set({ name: (p, o) => o.name.concat('/').concat(p.name), age: (p, o) => p.age.add(o.pets) })
      .where((p, o) => p.owner.eq(o.id))
    expect(count).toBe(3)
    expect((await pets()).map(([name]) => name)).toEqual(['d', 'huey/a', 'huey/b', 'mickey/c'])
    const boss = Owner.alias('boss')
    const rows = await Pet.update({ age: 0 })
      .from(Owner, boss)
      .where((p, o, b) => p.owner.eq(o.id).and(b.name.eq('mickey')).and(o.name.ne(b.name)))
      .returning((p, o, b) => [p.name, o.name.as('owner'), b.name.as('boss')])
    expect(rows.map(({ owner, boss }) => [owner, boss])).toEqual([
      ['huey', 'mickey'],
      ['huey', 'mickey']
    ])
  })

  it('use the rows of a query, of a list of values, and of a CTE', async () => {
    const counts = Pet.select(p => [p.owner, fn.count().as('number')])
      .where(p => p.owner.isNull(false))
      .groupBy(p => p.owner)
      .alias('counts')
    const counted = await Owner.update()
      .from(counts)
      .set({ pets: (_, c) => c.number })
      .where((o, c) => o.id.eq(c.owner))
    expect(counted).toBe(2)
    expect(await owners()).toEqual([
      ['huey', 2],
      ['mickey', 1]
    ])
    const list = valuesList(
      [
        ['huey', 10],
        ['mickey', 20]
      ],
      { columns: ['who', 'number'], name: 'list' }
    )
    const listed = await Owner.update()
      .from(list)
      .set({ pets: (o, v) => o.pets.add(v.number) })
      .where((o, v) => o.name.eq(v.who))
      .returning((o, v) => [o.pets, v.number.as('added')])
      .tuples()
    expect(listed.sort()).toEqual([
      [12, 10],
      [21, 20]
    ])
    const rich = Owner.select(o => [o.id])
      .where(o => o.pets.gt(15))
      .cte('rich')
    await Owner.update()
      .from(rich)
      .set({ pets: 0 })
      .where((o, r) => o.id.eq(r.id))
    expect(await owners()).toEqual([
      ['huey', 12],
      ['mickey', 0]
    ])
    const poor = Owner.select(o => [o.id])
      .where(o => o.pets.eq(0))
      .cte('poor')
    expect(
      await Pet.delete()
        .with(poor)
        .where(p => p.owner.in(poor.select(c => [c.id])))
    ).toBe(1)
  })

  it('feed inserts with what they returned', async () => {
    const moved = Pet.delete()
      .where(p => p.owner.eq(huey))
      .returning(p => [p.name, p.age])
      .cte('moved')
    const keys = await Stock.insertFrom(
      moved.select(m => [m.age, m.name, m.age.cast('numeric').as('price')]),
      ['shop', 'item', 'price']
    )
    expect([...keys].sort()).toEqual([
      [1, 'a'],
      [2, 'b']
    ])
    expect(await Pet.select().count()).toBe(2)
  })

  it('give rows in any shape', async () => {
    const query = Pet.update({ age: 9 }).where(p => p.name.eq('d'))
    const [pet] = await query.returning(Pet)
    expect(pet).toBeInstanceOf(Pet)
    expect(await query.returning(p => [p.name, p.age]).tuples()).toEqual([['d', 9]])
    expect(await query.returning(Pet).dicts()).toEqual([{ id: pet.id, name: 'd', age: 9, owner: null }])
    expect(await query.returning(p => [p.name]).objects(({ name }) => `<${name}>`)).toEqual(['<d>'])
    expect(await query.returning(Pet).returning()).toBe(1)
    expect(() => query.dicts()).toThrow('say first what is to be returned')
    const gone = Pet.delete().where(p => p.name.eq('d'))
    expect(await gone.returning(p => [p.age]).tuples()).toEqual([[9]])
    expect(await gone.returning(Pet).objects(({ name }) => name)).toEqual([])
  })

  it('delete what a subquery finds, or what exists', async () => {
    expect(await Pet.delete().where(p => p.owner.in(Owner.select(o => [o.id]).where(o => o.name.eq('huey'))))).toBe(2)
    const p = Pet.fields()
    expect(await Owner.delete().where(o => exists(Pet.select(p.id).where(p.owner.eq(o.id))).not())).toBe(1)
    expect(await Pet.delete()).toBe(2)
  })

  it('refuse what sets nothing, or one column twice', async () => {
    expect(() => Pet.update({})).toThrow('Pet.update: nothing to set')
    await expect(
      Pet.update()
        .where(p => p.age.eq(1))
        .execute()
    ).rejects.toThrow('Pet.update: nothing to set')
    expect(() => Pet.update({ age: 1 }).set({ age: 2 })).toThrow('Pet.age: its column is set twice')
    expect(log).toEqual([])
  })

  describe('by key', () => {
    it('update one row, insert one without key, and give the number', async () => {
      expect(await Owner.setById(huey.id, { pets: 5, name: o => o.name.concat('!') })).toBe(1)
      expect(await Owner.getById(huey.id)).toMatchObject({ name: 'huey!', pets: 5 })
      expect(await Owner.setById('00000000-0000-4000-8000-000000000000', { pets: 5 })).toBe(0)
      expect(await Owner.setById(null, { name: 'new' })).toBe(1)
      expect(await Owner.select().count()).toBe(3)
      await expect(Owner.setById(undefined as never, { pets: 1 })).rejects.toMatchObject({ code: 'UNDEFINED_VALUE' })
      await expect(Owner.setById(huey.id, {})).rejects.toThrow('nothing to set')
    })

    it('delete one row, and give the number', async () => {
      const [pet] = await Pet.select().limit(1)
      expect(await Pet.deleteById(pet.id)).toBe(1)
      expect(await Pet.deleteById(pet.id)).toBe(0)
      await expect(Pet.deleteById(undefined as never)).rejects.toMatchObject({ code: 'UNDEFINED_VALUE' })
      await expect(Pet.deleteById(null as never)).rejects.toThrow('a key is never null')
      expect(await Pet.select().count()).toBe(3)
    })

    it('take composite keys as arrays', async () => {
      await Stock.insertMany([
        { shop: 1, item: 'x' },
        { shop: 1, item: 'y' }
      ])
      expect(await Stock.setById([1, 'x'], { price: '2.5' })).toBe(1)
      expect((await Stock.getById([1, 'x'])).price).toBe('2.50')
      expect(await Stock.deleteById([1, 'y'])).toBe(1)
      await expect(Stock.deleteById([1])).rejects.toThrow('Stock has a key of 2 columns; give their values: [')
      expect(await Stock.select().count()).toBe(1)
    })
  })

  describe('by instances', () => {
    it('take keys from what was saved after it was assigned', async () => {
      const owner = Owner.new({ name: 'late' })
      const pet = Pet.new({ name: 'e', owner })
      await expect(pet.save()).rejects.toThrow('Pet.owner: the Owner it refers to has no key yet; save it first')
      await owner.save()
      expect(await pet.save()).toBe(1)
      expect([pet.owner, pet.ownerId, pet.isDirty()]).toEqual([owner, owner.id, false])
      expect((await Pet.getById(pet.id)).ownerId).toBe(owner.id)
    })

    it('take what a foreign key to another field refers to', async () => {
      const owner = new Owner()
      const badge = Badge.new({ owner })
      await expect(badge.save()).rejects.toThrow('Badge.owner: the Owner it refers to has no key yet; save it first')
      owner.name = 'named'
      await owner.save()
      await badge.save()
      expect((await Badge.getById(badge.id)).ownerId).toBe('named')
      const other = Badge.new({ owner: huey })
      await Badge.bulkCreate([other])
      expect(other.ownerId).toBe('huey')
    })

    it('write only what is named, and refuse to write nothing', async () => {
      const [pet] = await Pet.select().where(p => p.name.eq('a'))
      Object.assign(pet, { name: 'z', age: 50, owner: mickey })
      expect(await pet.save({ only: ['ownerId'] })).toBe(1)
      expect(pet.dirtyFields).toEqual(['name', 'age'])
      await expect(pet.save({ only: [] })).rejects.toThrow('Pet.save: only names no property')
      expect(await pet.save({ only: ['owner'] })).toBe(0)
    })
  })
})
