import {
  type Backref,
  CharField,
  compositeKey,
  deferredForeignKey,
  ForeignKeyField,
  ForeignKeyViolation,
  fn,
  IntegerField,
  Model,
  metadata,
  model,
  type Ref,
  TextField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { assertQueryCount } from 'pewit/playhouse/test-utils'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

// ── a target that is no primary key ──

@model()
class Currency extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 3 }) code!: string
  declare prices: Backref<Price>
}

@model()
class Price extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Currency, { field: 'code', backref: 'prices', onUpdate: 'CASCADE', objectIdName: 'code' })
  currency!: Ref<Currency>
  declare code: string
  @IntegerField() amount!: number
}

/** Refers to a currency by its key. */
@model()
class Wallet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Currency) currency!: Ref<Currency>
}

// ── keys made of foreign keys ──

@model()
class Person extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) name!: string
  @ForeignKeyField(() => Person, { null: true, backref: 'staff', onDelete: 'SET NULL' }) boss!: Ref<Person> | null
  declare bossId: string | null
  declare staff: Backref<Person>
  declare profiles: Backref<Profile>
}

@model()
class Profile extends Model {
  @ForeignKeyField(() => Person, { primaryKey: true, backref: 'profiles', onDelete: 'CASCADE' }) person!: Ref<Person>
  declare personId: string
  @TextField() motto!: string
}

/** Refers to a row whose key is a reference itself. */
@model()
class Badge extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Profile) profile!: Ref<Profile>
  declare profileId: string
}

@model({ primaryKey: compositeKey('from', 'to') })
class Follow extends Model {
  @ForeignKeyField(() => Person, { backref: 'following' }) from!: Ref<Person>
  declare fromId: string
  @ForeignKeyField(() => Person, { backref: 'followers' }) to!: Ref<Person>
  declare toId: string
  @IntegerField({ default: 0 }) weight!: number
}

// ── in a circle ──

@model()
class Team extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 20 }) name!: string
  @deferredForeignKey('Player', { null: true, constraintName: 'team_led_by' }) captain!: Ref<Player> | null
  declare captainId: string | null
}

@model()
class Player extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 20 }) name!: string
  @ForeignKeyField(() => Team, { onDelete: 'RESTRICT' }) team!: Ref<Team>
  declare teamId: string
}

/** Names of its own for columns, keys and constraints. */
@model({ tableName: 'badly_named' })
class Named extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Team, { columnName: 'Team', constraintName: 'its team', index: false }) team!: Ref<Team>
  declare teamId: string
  @ForeignKeyField(() => Team, { null: true, unique: true }) teamId2!: Ref<Team> | null
  @ForeignKeyField(() => Team, { null: true, objectIdName: 'homeKey' }) home!: Ref<Team> | null
  declare homeKey: string | null
}

const TABLES = [Currency, Price, Wallet, Person, Profile, Badge, Follow, Team, Player, Named]

eachServer('foreign keys', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind(TABLES)
    await db.createTables(TABLES)
  })
  afterAll(() => db.close())

  describe('to a property that is no primary key', () => {
    let euro: Currency
    let yen: Currency
    beforeAll(async () => {
      euro = await Currency.create({ code: 'EUR' })
      yen = await Currency.create({ code: 'JPY' })
      await Price.create({ currency: euro, amount: 1 })
      await Price.create({ currency: 'EUR', amount: 2 })
      await Price.create({ code: 'JPY', amount: 3 })
    })
    const amounts = async (query: PromiseLike<Price[]>) => (await query).map(({ amount }) => amount).sort()

    it('hold that property', async () => {
      const price = await Price.get({ amount: 3 })
      expect(price.code).toBe('JPY')
      expect((await price.currency).id).toBe(yen.id)
      price.currency = euro
      expect([price.code, price.isDirty('currency')]).toEqual(['EUR', true])
    })

    it('are compared with instances, lists and selects by it', async () => {
      expect(await amounts(Price.select().where(p => p.currency.eq(euro)))).toEqual([1, 2])
      expect(await amounts(Price.select().where(p => p.currency.ne(euro)))).toEqual([3])
      expect(await amounts(Price.select().where(p => p.currency.in([euro, 'JPY'])))).toEqual([1, 2, 3])
      expect(await amounts(Price.select().where(p => p.currency.notIn([yen])))).toEqual([1, 2])
      const euros = Currency.select().where(c => c.code.eq('EUR'))
      expect(await amounts(Price.select().where(p => p.currency.in(euros)))).toEqual([1, 2])
      expect(await amounts(Price.select().where(p => p.currency.notIn(euros)))).toEqual([3])
      expect(await amounts(Price.select().where(p => p.currency.eq(euros)))).toEqual([1, 2])
      const alias = Currency.alias('c')
      const yens = alias.select().where(c => c.code.eq('JPY'))
      expect(await amounts(Price.select().where(p => p.currency.in(yens)))).toEqual([3])
      expect(await amounts(Price.select().where(p => p.currency.in(euros.union(yens))))).toEqual([1, 2, 3])
      expect(await amounts(Price.select().where(p => p.currency.in(euros.orderBy(c => c.id).limit(1))))).toEqual([1, 2])
    })

    it('are joined, filtered and looked up by it', async () => {
      const rows = await Price.select(Price, Currency)
        .join(Currency)
        .where((_, c) => c.code.eq('JPY'))
      expect(rows.map(({ currency, amount }) => [currency.code, amount])).toEqual([['JPY', 3]])
      expect(await Currency.select().join(Price).count()).toBe(3)
      expect(await amounts(Price.filter({ currency__code: 'EUR' }))).toEqual([1, 2])
      expect(await amounts(Price.filter({ currency: yen }))).toEqual([3])
      expect(await amounts(euro.prices)).toEqual([1, 2])
      expect((await Price.getOrCreate({ currency: yen, amount: 3 }))[1]).toBe(false)
    })

    it('are assigned from a select of the model by it', async () => {
      const price = await Price.create({ currency: euro, amount: 9 })
      await Price.update({ currency: Currency.select().where(c => c.code.eq('JPY')) }).where(p => p.id.eq(price.id))
      expect((await Price.getById(price.id)).code).toBe('JPY')
      await price.deleteInstance()
      const id = await Price.insert({ currency: Currency.select().where(c => c.code.eq('JPY')), amount: 9 })
      const [second] = await Price.insertMany([{ currency: Currency.select().where(c => c.code.eq('JPY')), amount: 9 }])
      const inserted = await Price.select().where(p => p.id.in([id, second]))
      expect(inserted.map(({ code }) => code)).toEqual(['JPY', 'JPY'])
      await Price.delete().where(p => p.amount.eq(9))
    })

    it('take references by the same property alone', async () => {
      const price = await Price.get({ amount: 1 })
      const copy = await Price.create({ currency: price.currency, amount: 9 })
      expect(copy.code).toBe('EUR')
      await copy.deleteInstance()
      const wallet = await Wallet.getById((await Wallet.create({ currency: euro })).id)
      const message = 'a reference to Currency by its id, where its code is wanted; await it first'
      await expect(Price.create({ currency: wallet.currency, amount: 9 })).rejects.toThrow(`Price.currency: ${message}`)
      expect(() => Price.select().where(p => p.currency.eq(wallet.currency))).toThrow(message)
      expect(() => Price.select().where(p => p.currency.in([wallet.currency]))).toThrow(message)
      expect(
        await Price.select()
          .where(p => p.currency.eq(price.currency))
          .count()
      ).toBe(2)
      await wallet.currency
      expect(
        await Price.select()
          .where(p => p.currency.eq(wallet.currency))
          .count()
      ).toBe(2)
      const person = await Person.create({ name: 'of another model' })
      const profile = await Profile.create({ person, motto: '' })
      const reference = (await Profile.getById(profile.personId)).person
      expect(() => Price.select().where(p => p.currency.eq(reference as never))).toThrow(
        'expected a reference to Currency, got one to Person'
      )
      await person.deleteInstance()
    })

    it('follow its changes with onUpdate', async () => {
      await Currency.update({ code: 'YEN' }).where(c => c.id.eq(yen.id))
      expect((await Price.get({ amount: 3 })).code).toBe('YEN')
      await Currency.update({ code: 'JPY' }).where(c => c.id.eq(yen.id))
    })
  })

  describe('to the model itself', () => {
    it('are followed both ways', async () => {
      const boss = await Person.create({ name: 'boss' })
      const clerk = await Person.create({ name: 'clerk', boss })
      const found = await Person.get({ name: 'clerk' })
      expect(found.bossId).toBe(boss.id)
      expect((await found.boss)?.name).toBe('boss')
      expect((await boss.boss) === null).toBe(true)
      expect((await boss.staff).map(({ id }) => id)).toEqual([clerk.id])
      const chief = Person.alias('chief')
      const [row] = await Person.select(Person, chief).join(chief, { on: (p, c) => p.boss.eq(c.id) })
      expect(row.boss.name).toBe('boss')
      await boss.deleteInstance()
      expect((await Person.get({ name: 'clerk' })).bossId).toBeNull()
    })
  })

  describe('as primary keys', () => {
    it('are looked up, saved and deleted by instance or key', async () => {
      const person = await Person.create({ name: 'profiled' })
      const profile = await Profile.create({ person, motto: 'one' })
      expect(profile.getId()).toBe(person.id)
      profile.motto = 'two'
      expect(await profile.save()).toBe(1)
      const found = await Profile.getById(person.id)
      expect([found.motto, found.personId, (await found.person).name]).toEqual(['two', person.id, 'profiled'])
      expect((await Profile.get({ person })).equals(found)).toBe(true)
      expect(await person.profiles.count()).toBe(1)
      await person.deleteInstance()
      expect(await Profile.getOrNone({ motto: 'two' })).toBeNull()
    })

    it('are referred to in their turn', async () => {
      const person = await Person.create({ name: 'badged' })
      const profile = await Profile.create({ person, motto: 'x' })
      const badge = await Badge.create({ profile })
      expect(badge.profileId).toBe(person.id)
      const found = await Badge.getById(badge.id)
      expect((await (await found.profile).person).name).toBe('badged')
      const [joined] = await Badge.select(Badge, Profile, Person).join(Profile).join(Person)
      expect(joined.profile.person.name).toBe('badged')
      expect(
        await Badge.select()
          .where(b => b.profile.in(Profile.select()))
          .count()
      ).toBe(1)
      expect(
        await Badge.select()
          .where(b => b.profile.eq(profile))
          .count()
      ).toBe(1)
      const badges = await Badge.select()
      await assertQueryCount(db, 2, () => Promise.all(badges.map(async row => (await row.profile).person)))
    })

    it('may be parts of a composite key', async () => {
      const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(name => Person.create({ name })))
      await Follow.insertMany(
        [
          [a, b],
          [a, c],
          [b, a.id]
        ],
        ['from', 'to']
      )
      const follow = await Follow.getById([a.id, b.id])
      expect(follow.getId()).toEqual([a.id, b.id])
      follow.weight = 7
      await follow.save()
      expect((await Follow.get({ from: a, to: b })).weight).toBe(7)
      const rows = await Follow.select()
      const people = await assertQueryCount(db, 1, () => Promise.all(rows.flatMap(({ from, to }) => [from, to])))
      expect(new Set(people).size).toBe(3)
      const seen = await Follow.select().where(f => f.from.eq(a).and(f.to.in([b, c])))
      expect(seen.length).toBe(2)
      expect(await follow.deleteInstance()).toBe(1)
      expect(await Follow.select().count()).toBe(2)
    })
  })

  it('are indexed, of a key of several columns all but the first', async () => {
    const indexes = await db.getIndexes(Follow)
    expect(indexes.filter(({ unique }) => !unique).map(({ columns }) => columns)).toEqual([['to_id']])
  })

  describe('in a circle', () => {
    it('are constraints, though neither table can be created behind the other', async () => {
      const names = (await db.getForeignKeys(Team)).map(({ column, destTable }) => [column, destTable])
      expect(names).toEqual([['captain_id', 'player']])
      const team = await Team.create({ name: 'cats' })
      const player = await Player.create({ name: 'huey', team })
      team.captain = player
      await team.save()
      expect((await Team.getById(team.id)).captain).toMatchObject({ key: player.id })
      await expect(Team.update({ captain: team.id }).execute()).rejects.toMatchObject({ constraint: 'team_led_by' })
      await expect(team.deleteInstance()).rejects.toBeInstanceOf(ForeignKeyViolation)
      expect(await team.deleteInstance({ recursive: true })).toBe(1)
      expect(await Player.select().count()).toBe(0)
    })

    it('are no obstacle to dropping the tables', async () => {
      await db.dropTables([Named, Team, Player])
      expect([await Team.tableExists(), await Player.tableExists()]).toEqual([false, false])
      await db.createTables([Named, Team, Player])
    })
  })

  it('have columns, keys, indexes and constraints of the names they are given', async () => {
    const { columns } = metadata(Named)
    expect([...columns.keys()]).toEqual(['id', 'Team', 'team_id2_id', 'home_id'])
    const indexes = await db.getIndexes(Named)
    expect(indexes.map(({ name, columns: of, unique }) => [name, of, unique])).toEqual([
      ['badly_named_team_id2_id', ['team_id2_id'], true],
      ['badly_named_home_id', ['home_id'], false]
    ])
    const team = await Team.create({ name: 'dogs' })
    const row = await Named.create({ team, home: team })
    expect([row.teamId, row.homeKey]).toEqual([team.id, team.id])
    row.homeKey = null
    await row.save()
    await expect(Named.create({ team: row.id })).rejects.toMatchObject({ constraint: 'its team' })
    await Named.delete()
  })

  it('lead to columns of what the query has joined along them', async () => {
    const top = await Person.create({ name: 'top' })
    const middle = await Person.create({ name: 'middle', boss: top })
    await Person.create({ name: 'low', boss: middle })
    const [first, second] = [Person.alias('first'), Person.alias('second')]
    const rows = await Person.select(p => [p.name, p.boss.to.name.as('boss'), p.boss.to.boss.to.name.as('above')])
      .leftJoin(first, { on: p => p.boss })
      .leftJoin(second, { on: (_, f) => f.boss })
      .where(p => p.name.in(['top', 'middle', 'low']))
      .orderBy(
        p => p.boss.to.boss.to.name.asc({ nulls: 'last' }),
        p => p.boss.to.name.asc({ nulls: 'last' })
      )
    expect(rows).toEqual([
      { name: 'low', boss: 'middle', above: 'top' },
      { name: 'middle', boss: 'top', above: null },
      { name: 'top', boss: null, above: null }
    ])
    const prices = Price.select()
      .join(Currency)
      .where(p => p.currency.to.id.in(Currency.select().where(c => c.code.eq('EUR'))))
    expect([await prices.count(), (await prices).length]).toEqual([2, 2])
    const amounts = Price.select(p => [p.currency.to.code, fn.sum(p.amount).as('sum')])
      .join(Currency)
      .groupBy(p => p.currency.to.code)
      .having(p => fn.count(p.id).gt(1))
    expect(await amounts).toEqual([{ code: 'EUR', sum: '3' }])
  })

  it('refuse rows that refer to nothing', async () => {
    await expect(Badge.create({ profile: '00000000-0000-4000-8000-000000000000' })).rejects.toBeInstanceOf(ForeignKeyViolation)
  })
})
