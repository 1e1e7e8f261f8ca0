import {
  CharField,
  compositeKey,
  DateTimeTZField,
  IntegerField,
  JSONField,
  Model,
  model,
  NotSupportedError,
  OperationalError,
  SQL,
  TextField
} from 'pewit'
import { type CockroachDatabase, RowIDField, UUIDKeyField, UUIDv7KeyField, unexpired } from 'pewit/playhouse/cockroachdb'
import { capabilitiesOf, needs } from '../helpers/capabilities.js'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** How tables and indexes are kept: what a server has of it works, and what it has not is refused before anything is sent. */

@model({
  tableName: 'sst_book',
  indexes: [
    { fields: ['title'], storing: ['pages', 'notes'], name: 'sst_by_title' },
    { fields: ['notes'], using: 'gin' },
    { fields: ['pages'], where: SQL('pages > 10'), name: 'sst_long' }
  ]
})
class Book extends Model {
  @UUIDv7KeyField() id!: string
  @CharField() title!: string
  @IntegerField() pages!: number
  @JSONField() notes!: { readonly tags: string[] }
  @IntegerField({ generated: SQL('pages * 2') }) sides!: number
}

@model({
  tableName: 'sst_visit',
  primaryKey: compositeKey('day', 'n', { hash: true, buckets: 4 }),
  indexes: [{ fields: ['day'], hash: true, buckets: 2 }]
})
class Visit extends Model {
  @DateTimeTZField() day!: Date
  @IntegerField() n!: number
  @TextField() place!: string
}

@model({ tableName: 'sst_profile', families: { often: ['seen'], seldom: ['id', 'bio'] } })
class Profile extends Model {
  @UUIDKeyField() id!: string
  @TextField() bio!: string
  @IntegerField({ default: 0 }) seen!: number
}

@model({ tableName: 'sst_touched' })
class Touched extends Model {
  @UUIDKeyField() id!: string
  @TextField() text!: string
  @TextField({ default: 'new', onUpdate: "'changed'" }) state!: string
}

@model({ tableName: 'sst_session', ttl: { expireAfter: '1 hour', jobCron: '@weekly' } })
class Session extends Model {
  @UUIDKeyField() id!: string
  @TextField() name!: string
}

@model({ tableName: 'sst_token', ttl: { expirationExpression: t => t.expiresAt, jobCron: '@weekly' } })
class Token extends Model {
  @UUIDKeyField() id!: string
  @DateTimeTZField({ null: true }) expiresAt!: Date | null
}

@model({ tableName: 'sst_ticket' })
class Ticket extends Model {
  @RowIDField() id!: bigint
  @TextField() text!: string
}

@model({ tableName: 'sst_square' })
class Square extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() side!: number
  @IntegerField({ generated: SQL('side * side') }) area!: number
  @IntegerField({ generated: { as: SQL('side * 4'), stored: false } }) rim!: number
}

const MODELS = [Book, Ticket, Square, Visit, Profile, Touched, Session, Token]

// A change of the schema is a job of its own on some servers.
jest.setTimeout(60_000)

eachServer('how tables are kept', live => {
  const db = databaseFor(live)
  const has = capabilitiesOf(live)
  beforeAll(() => db.bind(MODELS))
  afterEach(() => db.dropTables(MODELS))
  afterAll(() => db.close())

  it('indexes store columns, are GIN, and of some rows', async () => {
    await db.createTables([Book])
    const indexes = await db.getIndexes(Book)
    expect(indexes.map(({ name, columns }) => [name, columns])).toEqual([
      ['sst_book_notes', ['notes']],
      ['sst_by_title', ['title']],
      ['sst_long', ['pages']]
    ])
    expect(indexes[1].sql).toMatch(/(INCLUDE|STORING) \(pages, notes\)/)
    await Book.create({ title: 'Emma', pages: 300, notes: { tags: ['a', 'b'] } })
    expect((await Book.get(b => b.notes.contains({ tags: ['b'] }))).sides).toBe(600)
  })

  it('keys of version 7 are known before the row is there, and keep the order in which rows were made', async () => {
    await db.createTables([Book])
    const made = Array.from({ length: 20 }, (_, pages) => Book.new({ title: 'x', pages, notes: { tags: [] } }))
    const ids = made.map(({ id }) => id)
    expect(new Set(ids).size).toBe(20)
    await Book.bulkCreate(made)
    const rows = await Book.select().orderBy(b => b.id)
    expect(rows.map(({ id, pages }) => [id, pages])).toEqual(ids.map((id, pages) => [id, pages]))
  })

  needs(live, 'rowIds')('row ids', () => {
    it('are made by the server, grow, and are read without loss', async () => {
      await db.createTables([Ticket])
      const made: bigint[] = []
      for (const text of ['a', 'b', 'c']) made.push((await Ticket.create({ text })).id)
      expect(made.every(id => typeof id === 'bigint' && id > 2n ** 53n)).toBe(true)
      expect((await Ticket.select().orderBy(t => t.id)).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
      expect((await Ticket.getById(made[1])).text).toBe('b')
      expect(await Ticket.insert({ id: 7n, text: 'd' })).toBe(7n)
    })
  })

  needs(live, 'virtualColumns')('columns that are computed when they are read', () => {
    it('follow what they are computed from', async () => {
      await db.createTables([Square])
      const square = await Square.create({ side: 3 })
      expect([square.area, square.rim]).toEqual([9, 12])
      square.side = 5
      await square.save()
      expect([square.area, square.rim]).toEqual([25, 20])
      expect((await Square.get(s => s.rim.eq(20))).area).toBe(25)
    })
  })

  needs(live, 'hashSharding')('hashes', () => {
    it('spread keys and indexes, and the shards are nobody else’s business', async () => {
      await db.createTables([Visit])
      expect((await db.getColumns(Visit)).map(({ name }) => name)).toEqual(['day', 'n', 'place'])
      expect(await db.getPrimaryKeys(Visit)).toEqual(['day', 'n'])
      expect((await db.getIndexes(Visit)).map(({ name, columns }) => [name, columns])).toEqual([['sst_visit_day', ['day']]])
      const day = new Date('2026-01-02T03:04:05Z')
      await Visit.insertMany([1, 2, 3].map(n => ({ day, n, place: 'here' })))
      expect((await Visit.get(v => v.n.eq(2))).place).toBe('here')
      await Visit.update({ place: 'there' }).where(
        v => v.day.eq(day),
        v => v.n.eq(1)
      )
      expect(
        await Visit.select()
          .where(v => v.place.eq('there'))
          .count()
      ).toBe(1)
    })
  })

  needs(live, 'columnFamilies')('keys and families', () => {
    it('keys are replaced, and the table says so', async () => {
      await db.createTables([Profile])
      await Profile.create({ bio: 'x' })
      const cockroach = db as CockroachDatabase
      await cockroach.alterPrimaryKey(Profile, ['seen', 'id'])
      expect(await db.getPrimaryKeys(Profile)).toEqual(['seen', 'id'])
      if (has.hashSharding) {
        await cockroach.alterPrimaryKey(Profile, ['bio', 'id'], { hash: true, buckets: 3 })
        expect(await db.getPrimaryKeys(Profile)).toEqual(['bio', 'id'])
      }
      await db.transaction(() => expect(cockroach.alterPrimaryKey(Profile, ['id'])).rejects.toBeInstanceOf(OperationalError))
    })

    it('families are those of the declaration', async () => {
      await db.createTables([Profile])
      const [{ create_statement: sql }] = await db.executeSql('SHOW CREATE TABLE sst_profile')
      expect(sql).toMatch(/FAMILY often \(seen\)/)
      expect(sql).toMatch(/FAMILY seldom \(id, bio\)/)
    })
  })

  needs(live, 'onUpdate')('ON UPDATE', () => {
    it('sets a column with each update, which save reads back', async () => {
      await db.createTables([Touched])
      const row = await Touched.create({ text: 'a' })
      expect(row.state).toBe('new')
      row.text = 'b'
      await row.save()
      expect(row.state).toBe('changed')
      expect(row.isDirty()).toBe(false)
      row.state = 'mine'
      await row.save()
      expect((await Touched.get()).state).toBe('mine')
      row.text = 'c'
      await Touched.bulkUpdate([row], ['text'])
      expect(row.state).toBe('changed')
    })
  })

  needs(live, 'rowTtlExpression')('TTL', () => {
    it('hides rows that expired and are there still', async () => {
      await db.createTables([Session, Token])
      await Session.create({ name: 'old' })
      await Session.create({ name: 'new' })
      await db.executeSql("UPDATE sst_session SET crdb_internal_expiration = now() - '1 day'::interval WHERE name = 'old'")
      expect((await Session.select()).length).toBe(2)
      expect((await Session.select().where(unexpired(Session))).map(({ name }) => name)).toEqual(['new'])
      const [past, future] = [-1, 1].map(hours => new Date(Date.now() + hours * 3_600_000))
      await Token.insertMany([{ expiresAt: past }, { expiresAt: future }, { expiresAt: null }])
      const rows = await Token.select()
        .where(unexpired(Token))
        .orderBy(t => t.expiresAt)
      expect(rows.map(({ expiresAt }) => expiresAt?.getTime()).sort()).toEqual([future.getTime(), undefined])
      expect((await db.getColumns(Session)).map(({ name }) => name)).toEqual(['id', 'name'])
    })
  })

  it('what the server lacks is refused, and no table is there', async () => {
    const lacking = [
      [Ticket, has.rowIds],
      [Square, has.virtualColumns],
      [Visit, has.hashSharding],
      [Profile, has.columnFamilies],
      [Touched, has.onUpdate],
      [Session, has.rowTtl],
      [Token, has.rowTtlExpression]
    ] as const
    for (const [lacks] of lacking.filter(([, there]) => !there)) {
      await expect(db.createTables([Book, lacks])).rejects.toBeInstanceOf(NotSupportedError)
      expect(await db.tableExists(Book)).toBe(false)
    }
    if (lacking.every(([, there]) => there)) await expect(db.createTables(MODELS)).resolves.toBeUndefined()
  })
})
