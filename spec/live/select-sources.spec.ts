import {
  CharField,
  exists,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  model,
  type Ref,
  rowsOf,
  table,
  value,
  valuesList,
  window
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'src_person' })
class Person extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @IntegerField({ null: true }) age!: number | null
}

@model({ tableName: 'src_pet' })
class Pet extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ForeignKeyField(() => Person, { null: true, backref: 'pets' }) owner!: Ref<Person> | null
  declare ownerId: string | null
}

@model({ tableName: 'src_node' })
class Node extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ForeignKeyField(() => Node, { null: true }) parent!: Ref<Node> | null
}

const people = ['ann', 'bob', 'cat'].map((name, i) => ({ name, age: i === 2 ? null : 20 + i }))

eachServer('selects from other sources', live => {
  const statements: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql: text }) => statements.push(text) })

  beforeAll(async () => {
    db.bind([Person, Pet, Node])
    await db.createTables([Person, Pet, Node])
    await Person.insertMany(people)
    const ann = await Person.get(p => p.name.eq('ann'))
    await Pet.insertMany([
      { name: 'rex', owner: ann },
      { name: 'tom', owner: ann },
      { name: 'stray', owner: null }
    ])
    const root = await Node.create({ name: 'root' })
    const left = await Node.create({ name: 'left', parent: root })
    await Node.create({ name: 'right', parent: root })
    await Node.create({ name: 'leaf', parent: left })
  })
  afterAll(() => db.close())

  const counts = () =>
    Pet.select(p => [p.owner, fn.count().as('n')])
      .where(p => p.owner.isNull(false))
      .groupBy(p => p.owner)

  describe('aliases', () => {
    it('start queries that give instances', async () => {
      const [row] = await Person.alias('p')
        .select()
        .where(p => p.name.eq('bob'))
      expect(row).toBeInstanceOf(Person)
      expect(row.age).toBe(21)
      row.age = 22
      expect(await row.save()).toBe(1)
      await Person.update({ age: 21 }).where(p => p.name.eq('bob'))
    })

    it('attach one another, and give other models beside', async () => {
      const [child, parent] = [Node.alias('c'), Node.alias('p')]
      const rows = await child
        .select(child, parent)
        .join(parent, { on: (c, p) => c.parent.eq(p.id) })
        .orderBy(c => c.name)
      expect(rows.map(row => [row.name, row.parent.name])).toEqual([
        ['leaf', 'left'],
        ['left', 'root'],
        ['right', 'root']
      ])
    })
  })

  describe('subqueries', () => {
    it('are joined, and attached as plain rows', async () => {
      const tally = counts().alias('tally')
      const rows = await Person.select(Person, tally)
        .leftJoin(tally, { on: (p, t) => t.owner.eq(p.id), attr: 'tally' })
        .orderBy(p => p.name)
      expect(rows.map(row => [row.name, row.tally?.n ?? null])).toEqual([
        ['ann', 2],
        ['bob', null],
        ['cat', null]
      ])
      expect(rows[0].tally).toEqual({ owner: rows[0].id, n: 2 })
      expect(rows[1].tally).toBeNull()
    })

    it('of a model are attached as its instances, along the foreign key', async () => {
      const adults = Person.select()
        .where(p => p.age.gte(20))
        .alias('adults')
      const [pet] = await Pet.select(Pet, adults)
        .join(adults)
        .where(p => p.name.eq('rex'))
      expect(pet.owner).toBeInstanceOf(Person)
      expect(pet.owner.name).toBe('ann')
    })

    it('of joined models keep their graphs', async () => {
      const both = Pet.select(Pet, Person).join(Person).alias('both')
      const rows = await both.select()
      expect(rows).toHaveLength(2)
      for (const row of rows) {
        expect(row).toBeInstanceOf(Pet)
        expect((row.owner as Person).name).toBe('ann')
      }
    })

    it('are selected from', async () => {
      expect(
        await counts()
          .selectFrom(c => [fn.max(c.n)])
          .scalar()
      ).toBe(2)
      expect(await counts().selectFrom().scalar({ asTuple: true })).toEqual([expect.any(String), 2])
      expect(await counts().scalar({ asDict: true })).toEqual({ owner: expect.any(String), n: 2 })
      expect(
        await Person.select()
          .where(p => p.name.eq('nobody'))
          .scalar({ asDict: true })
      ).toBeNull()
      const whole = await Person.select()
        .selectFrom()
        .where(p => p.name.eq('ann'))
        .get()
      expect(whole).toBeInstanceOf(Person)
    })

    it('are values, where they stand for one', async () => {
      const pets = (of: { eq: unknown }) => Pet.select(fn.count()).where(p => p.owner.eq(of as never))
      const rows = await Person.select(p => [p.name, pets(p.id as never).as('pets')]).orderBy(p => p.name)
      expect(rows).toEqual([
        { name: 'ann', pets: 2 },
        { name: 'bob', pets: 0 },
        { name: 'cat', pets: 0 }
      ])
      const some = Person.select(p => [p.name]).where(p => p.id.in(Pet.select(x => [x.owner])))
      expect(await some.scalars()).toEqual(['ann'])
      const nobody = Person.select(p => [p.name]).where(p => exists(Pet.select().where(x => x.owner.eq(p.id))).not())
      expect((await nobody.scalars()).sort()).toEqual(['bob', 'cat'])
    })

    it('are lateral', async () => {
      const p = Person.fields()
      const first = Pet.select(x => [x.name.as('pet')])
        .where(x => x.owner.eq(p.id))
        .orderBy(x => x.name)
        .limit(1)
        .lateral()
        .alias('first')
      const rows = await Person.select()
        .leftJoin(first)
        .columns((a, f) => [a.name, f.pet])
        .orderBy(a => a.name)
        .tuples()
      expect(rows).toEqual([
        ['ann', 'rex'],
        ['bob', null],
        ['cat', null]
      ])
    })
  })

  describe('compounds', () => {
    const names = () => Person.select(p => [p.name]).union(Pet.select(p => [p.name]))

    it('give rows as the first query does', async () => {
      const rows = await Person.select()
        .where(p => p.age.isNull())
        .union(Person.select().where(p => p.age.eq(20)))
        .orderBy(p => p.name)
      expect(rows.map(row => row.name)).toEqual(['ann', 'cat'])
      for (const row of rows) expect(row).toBeInstanceOf(Person)
    })

    it('are counted, looked into, and cut', async () => {
      expect(await names().count()).toBe(6)
      expect(await names().limit(2).count()).toBe(2)
      expect(await names().limit(2).count({ clearLimit: true })).toBe(6)
      expect(await names().exists()).toBe(true)
      expect(await names().except(names()).exists()).toBe(false)
      expect(
        await names()
          .orderBy(r => r.name)
          .first()
      ).toEqual({ name: 'ann' })
      expect(
        await names()
          .orderBy(r => r.name.desc())
          .first(2)
      ).toEqual([{ name: 'tom' }, { name: 'stray' }])
      expect(
        await names()
          .orderBy(r => r.name)
          .offset(1)
          .limit(1)
          .scalar()
      ).toBe('bob')
      await expect(names().except(names()).get()).rejects.toBeInstanceOf(Person.DoesNotExist)
    })

    it('nest', async () => {
      const query = Person.select(p => [p.name])
        .unionAll(Person.select(p => [p.name]))
        .exceptAll(Person.select(p => [p.name]).where(p => p.name.eq('ann')))
        .intersect(Person.select(p => [p.name]).where(p => p.name.ne('cat')))
        .orderBy(r => r.name)
      expect(await query.scalars()).toEqual(['ann', 'bob'])
    })
  })

  describe('CTEs', () => {
    const tree = () =>
      Node.select(n => [n.id, n.name, value(0).as('level'), n.name.as('path')])
        .where(n => n.parent.isNull())
        .cte('tree')
        .unionAll(up =>
          Node.select()
            .join(up, { on: (n, t) => n.parent.eq(t.id) })
            .columns((n, t) => [n.id, n.name, t.level.add(1).as('level'), t.path.concat('/').concat(n.name).as('path')])
        )

    it('recur', async () => {
      const rows = await tree()
        .select(t => [t.path, t.level])
        .orderBy(t => t.path)
        .tuples()
      expect(rows).toEqual([
        ['root', 0],
        ['root/left', 1],
        ['root/left/leaf', 2],
        ['root/right', 1]
      ])
      expect(await tree().select().count()).toBe(4)
      expect(await tree().select().exists()).toBe(true)
    })

    it('recur as instances, and join models', async () => {
      const nodes = await Node.select()
        .where(n => n.name.eq('left'))
        .cte('below')
        .unionAll(up => Node.select().join(up, { on: (n, p) => n.parent.eq(p.id) }))
        .select()
        .orderBy(n => n.name)
      expect(nodes.map(node => node.name)).toEqual(['leaf', 'left'])
      expect(nodes[0]).toBeInstanceOf(Node)
      const levels = await Node.select()
        .join(tree(), { on: (n, t) => n.id.eq(t.id) })
        .columns((n, t) => [n.name, t.level])
        .where((_, t) => t.level.gt(1))
        .tuples()
      expect(levels).toEqual([['leaf', 2]])
    })

    it('write, and are read from', async () => {
      await db.transaction(async txn => {
        const added = Person.insert({ name: 'dan', age: 3 })
          .returning(p => [p.id, p.name])
          .cte('added')
        expect(await added.select(a => [a.name])).toEqual([{ name: 'dan' }])
        const older = Person.update({ age: p => p.age.add(1) })
          .where(p => p.age.isNull(false))
          .returning(Person)
          .cte('older')
        const rows = await older.select().orderBy(p => p.name)
        expect(rows.map(row => [row.name, row.age])).toEqual([
          ['ann', 21],
          ['bob', 22],
          ['dan', 4]
        ])
        expect(rows[0]).toBeInstanceOf(Person)
        const gone = Pet.delete()
          .where(p => p.owner.isNull())
          .returning(p => [p.name])
          .cte('gone')
        expect(await gone.select(() => [fn.count()]).scalar()).toBe(1)
        await txn.rollback()
      })
      expect(await Person.select().count()).toBe(3)
    })

    it('stand before writes', async () => {
      await db.transaction(async txn => {
        const owners = Pet.select(p => [p.owner.as('key')]).cte('owners')
        expect(
          await Person.delete()
            .where(p => p.id.notIn(owners.select(o => [o.key]).where(o => o.key.isNull(false))))
            .with(owners)
        ).toBe(2)
        const ages = valuesList([['ann', 50]], { columns: ['who', 'years'] }).cte('ages')
        const changed = Person.update()
          .from(ages)
          .set({ age: (_, a) => a.years })
          .where((p, a) => p.name.eq(a.who))
        expect(await changed).toBe(1)
        expect((await Person.get(p => p.name.eq('ann'))).age).toBe(50)
        await txn.rollback()
      })
    })
  })

  describe('outer joins', () => {
    it('to the right give rows whose model was not found', async () => {
      const rows = await Pet.select(Pet, Person)
        .rightJoin(Person)
        .orderBy((pet, p) => [p.name, pet.name])
      expect(rows.map(row => [row.name, row.owner?.name])).toEqual([
        ['rex', 'ann'],
        ['tom', 'ann'],
        [null, 'bob'],
        [null, 'cat']
      ])
      expect(rows[2].id).toBeNull()
    })

    it('on both sides keep both', async () => {
      const rows = await Pet.select(Pet, Person)
        .fullJoin(Person)
        .orderBy((pet, p) => [p.name.asc({ nulls: 'last' }), pet.name])
      expect(rows.map(row => [row.name, row.owner?.name ?? null])).toEqual([
        ['rex', 'ann'],
        ['tom', 'ann'],
        [null, 'bob'],
        [null, 'cat'],
        ['stray', null]
      ])
    })
  })

  describe('values, functions and tables', () => {
    it('give typed rows', async () => {
      const at = new Date('2024-05-06T07:08:09.123Z')
      const rows = await valuesList([{ k: 'a', n: 1, at, data: { x: [1, null] }, yes: true, sum: null }], {
        columns: { k: 'text', n: 'int8', at: 'timestamptz', data: 'jsonb', yes: 'bool', sum: 'numeric?' }
      })
        .bind(db)
        .select()
      expect(rows).toEqual([{ k: 'a', n: 1, at, data: { x: [1, null] }, yes: true, sum: null }])
    })

    it('keep one text for any number of rows', () => {
      const text = (rows: [string, number][]) =>
        valuesList(rows, { columns: ['k', 'n'] })
          .bind(db)
          .select()
          .sql().text
      expect(text([['a', 1]])).toBe(
        text([
          ['a', 1],
          ['b', 2],
          ['c', 3]
        ])
      )
    })

    it('of functions give a row for each value', async () => {
      const days = rowsOf(fn.generate_series(1, 3), 'n', { n: 'int4' }).bind(db)
      expect(
        await days
          .select(d => [d.n])
          .orderBy(d => d.n.desc())
          .scalars()
      ).toEqual([3, 2, 1])
      expect(await rowsOf(fn.generate_series(1, 3), 'n').bind(db).select().scalars()).toEqual([1, 2, 3])
    })

    it('of a table without model are read and written', async () => {
      const persons = table('src_person', { id: 'uuid', name: 'text', age: 'int4?' }, { database: db })
      await db.transaction(async txn => {
        expect(await persons.insert({ name: 'eve', age: 9 })).toBe(1)
        expect(await persons.insertMany([{ name: 'f' }, { name: 'g', age: 1 }])).toBe(2)
        expect(await persons.update({ age: t => t.age.add(1) }).where(t => t.name.eq('eve'))).toBe(1)
        expect(
          await persons
            .select(t => [t.age])
            .where(t => t.name.eq('eve'))
            .scalar()
        ).toBe(10)
        expect(
          await persons
            .delete()
            .where(t => t.name.eq('eve'))
            .returning(t => [t.name])
        ).toEqual([{ name: 'eve' }])
        const [row] = await persons.select().where(t => t.name.eq('ann'))
        expect(row).toEqual({ id: expect.any(String), name: 'ann', age: 20 })
        const pets = await Pet.select()
          .join(persons, { on: (pet, p) => pet.owner.eq(p.id) })
          .columns((pet, p) => [pet.name, p.name.as('owner')])
          .orderBy(pet => pet.name)
          .tuples()
        expect(pets).toEqual([
          ['rex', 'ann'],
          ['tom', 'ann']
        ])
        await txn.rollback()
      })
    })
  })

  it('raw SQL gives its rows in every shape', async () => {
    const raw = () => Person.raw`SELECT name, age, age FROM src_person WHERE age = ${20}`
    expect(await raw().dicts()).toEqual([{ name: 'ann', age: 20, age_2: 20 }])
    expect(await raw().tuples()).toEqual([['ann', 20, 20]])
    expect(await raw().objects(row => String(row.name).length)).toEqual([3])
    expect(await raw().scalar()).toBe('ann')
    expect(await raw().scalars()).toEqual(['ann'])
    expect((await raw())[0]).toBeInstanceOf(Person)
    expect((await raw().get()).name).toBe('ann')
    expect(await raw().dicts().get()).toEqual({ name: 'ann', age: 20, age_2: 20 })
    const nobody = () => Person.raw('SELECT name FROM src_person WHERE age = $1', 99)
    expect(await nobody().scalar()).toBeNull()
    expect(await nobody().getOrNone()).toBeNull()
    await expect(nobody().get()).rejects.toBeInstanceOf(Person.DoesNotExist)
  })

  it('what is made distinct by an expression is sorted by it', async () => {
    const p = Person.fields()
    const firsts = Person.select(p.name).where(p.age.isNull(false)).distinct(p.age.mod(2)).orderBy(p.age.mod(2), p.name)
    expect(await firsts.scalars()).toEqual(['ann', 'bob'])
  })

  it('windows that have a name are computed', async () => {
    const p = Person.fields()
    const byName = window({ orderBy: p.name })
    const rows = await Person.select(x => [x.name, fn.row_number().over(byName).as('place')])
      .window(byName)
      .orderBy(x => x.name)
      .tuples()
    expect(rows).toEqual([
      ['ann', 1],
      ['bob', 2],
      ['cat', 3]
    ])
  })

  it('locks are taken in transactions', async () => {
    await db.transaction(async () => {
      const ann = await Person.get(p => p.name.eq('ann'))
      const locked = Person.select()
        .where(p => p.id.eq(ann.id))
        .forUpdate()
      expect((await locked.get()).name).toBe('ann')
      expect(await locked.count()).toBe(1)
      expect(await locked.exists()).toBe(true)
      await expect(
        db.outside(() =>
          db.transaction(() =>
            Person.select()
              .where(p => p.id.eq(ann.id))
              .forUpdate({ nowait: true })
          )
        )
      ).rejects.toMatchObject({
        sqlstate: '55P03'
      })
      if (!(await db.capabilities()).skipLocked) return
      const free = db.outside(() => db.transaction(() => Person.select().forUpdate({ skipLocked: true }).dicts()))
      expect((await free).map(row => row.name).sort()).toEqual(['bob', 'cat'])
    })
  })

  it('plans are told', async () => {
    expect(await Person.select().explain()).toMatch(/src_person/)
    expect(
      await Person.select()
        .where(p => p.name.eq('ann'))
        .explain({ analyze: true })
    ).toMatch(/time/i)
    await db.transaction(async txn => {
      await Person.delete()
        .where(p => p.name.eq('bob'))
        .explain({ analyze: true })
      expect(await Person.select().count()).toBe(2)
      await txn.rollback()
    })
    if ((await db.capabilities()).explainJson)
      expect(JSON.parse(await Person.select().explain({ format: 'json' }))).toHaveLength(1)
  })
})
