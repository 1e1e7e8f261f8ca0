import { IsEmail, Min } from 'class-validator'
import {
  CharField,
  compositeKey,
  DecimalField,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  model,
  type Ref,
  TextField,
  UniqueViolation,
  ValidationError
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { conflict } from '../helpers/items.js'
import { Bulk, KINDS } from '../helpers/kinds.js'
import { eachServer } from '../helpers/live.js'

@model()
class Folder extends Model {
  @UUIDKeyField() id!: string
  @TextField() name!: string
  @ForeignKeyField(() => Folder, { null: true, backref: 'folders' }) parent!: Ref<Folder> | null
  declare parentId: string | null
}

@model()
class Paper extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) title!: string
  @IntegerField({ default: 1 }) pages!: number
  @DecimalField({ decimalPlaces: 2, default: '0' }) price!: string
  @TextField({ null: true }) note!: string | null
  @ForeignKeyField(() => Folder, { null: true }) folder!: Ref<Folder> | null
  declare folderId: string | null
}

@model({ primaryKey: compositeKey('row', 'place') })
class Seat extends Model {
  @IntegerField() row!: number
  @IntegerField() place!: number
  @TextField({ null: true }) guest!: string | null
}

@model({ primaryKey: false })
class Entry extends Model {
  @TextField() line!: string
  @IntegerField({ default: 7 }) weight!: number
}

@model()
class Guest extends Model {
  @UUIDKeyField() id!: string
  @IsEmail() @TextField() email!: string
  @Min(18) @IntegerField() age!: number
}

const MODELS = [Folder, Paper, Seat, Entry, Guest, ...KINDS]
const papers = (count: number) => Array.from({ length: count }, (_, i) => Paper.new({ title: `p${i}`, pages: i }))

eachServer('bulk writes', live => {
  const log: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => log.push(sql) })
  const sent = () => log.filter(sql => /^(INSERT|UPDATE)/.test(sql)).length

  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
  }, 120_000)
  afterAll(() => db.close())
  afterEach(async () => {
    await Paper.delete()
    await Folder.delete().where(f => f.parent.isNull(false))
    for (const Table of [Folder, Seat, Entry, Guest, Bulk] as (typeof Model)[]) await Table.delete()
  })
  beforeEach(() => {
    log.length = 0
  })

  /** Runs the work and takes it back. */
  const undone = (work: () => Promise<unknown>) =>
    db
      .transaction(async () => {
        await work()
        throw new Error('undo')
      })
      .catch(() => undefined)

  describe('bulkCreate', () => {
    it('inserts all in one statement, and gives each instance its key', async () => {
      const created = papers(500)
      await Paper.bulkCreate(created)
      expect(sent()).toBe(1)
      expect(created.some(paper => paper.isDirty())).toBe(false)
      const titles = new Map((await Paper.select()).map(({ id, title }) => [id, title]))
      expect(created.map(({ id }) => titles.get(id))).toEqual(created.map(({ title }) => title))
    })

    it('gives instances what the server made of their values', async () => {
      const created = [Paper.new({ title: 'a', price: '1.5' }), Paper.new({ title: 'b', price: '2', pages: 3 })]
      await Paper.bulkCreate(created)
      expect(created.map(({ price }) => price)).toEqual(['1.50', '2.00'])
      expect(await Promise.all(created.map(paper => paper.save()))).toEqual([0, 0])
    })

    it('takes instances of which each has other properties set, and expressions', async () => {
      const created = papers(4)
      Object.assign(created[0], { id: '00000000-0000-4000-8000-000000000001' })
      Object.assign(created[1], { note: 'x' })
      Object.assign(created[2], { note: fn.upper('y') })
      await Paper.bulkCreate(created)
      expect(created.map(({ note }) => note)).toEqual([null, 'x', 'Y', null])
      expect(created[0].id).toBe('00000000-0000-4000-8000-000000000001')
      expect(new Set(created.map(({ id }) => id)).size).toBe(4)
      expect(
        await Paper.select(p => [p.title, p.note])
          .orderBy(p => p.title)
          .tuples()
      ).toEqual([
        ['p0', null],
        ['p1', 'x'],
        ['p2', 'Y'],
        ['p3', null]
      ])
    })

    it('inserts more rows than one statement takes, in batches, and none where one fails', async () => {
      await Paper.bulkCreate(papers(25), { batchSize: 10 })
      expect(sent()).toBe(3)
      const more = Array.from({ length: 25 }, (_, i) => Paper.new({ title: i < 24 ? `q${i}` : 'p0' }))
      await expect(Paper.bulkCreate(more, { batchSize: 10 })).rejects.toBeInstanceOf(UniqueViolation)
      expect(await Paper.select().count()).toBe(25)
      expect(more.map(({ id }) => id)).toEqual(more.map(() => undefined))
      more[24].title = 'q24'
      await Paper.bulkCreate(more)
      expect(await Paper.select().count()).toBe(50)
    })

    it('takes keys from instances that are saved after they were assigned, and from those before in the list', async () => {
      const root = Folder.new({ name: 'root' })
      const sub = Folder.new({ name: 'sub', parent: root })
      const leaves = ['a', 'b'].map(name => Folder.new({ name, parent: sub }))
      await Folder.bulkCreate([root, sub, ...leaves])
      expect(sent()).toBe(3)
      expect([sub.parentId, leaves[0].parentId, leaves[1].parentId]).toEqual([root.id, sub.id, sub.id])
      expect(
        await Folder.select()
          .where(f => f.parent.eq(sub))
          .count()
      ).toBe(2)
      const folder = Folder.new({ name: 'late' })
      const filed = papers(2).map(paper => Object.assign(paper, { folder }))
      await expect(Paper.bulkCreate(filed)).rejects.toMatchObject({
        code: 'UNDEFINED_VALUE',
        message:
          'Paper.bulkCreate, instance 0.folder: what it refers to has no key yet; save it first, or put it before in the list'
      })
      await folder.save()
      await Paper.bulkCreate(filed)
      expect(filed.map(paper => [paper.folder, paper.folderId, paper.isDirty()])).toEqual(
        filed.map(() => [folder, folder.id, false])
      )
    })

    it('refuses references that go round, or forward', async () => {
      const one = Folder.new({ name: 'one' })
      const other = Folder.new({ name: 'other', parent: one })
      one.parent = other
      await expect(Folder.bulkCreate([one, other])).rejects.toThrow('instance 0.parent')
      expect(await Folder.select().count()).toBe(0)
    })

    it('takes composite keys, and models without key', async () => {
      const seats = [1, 2, 3].map(place => Seat.new({ row: 1, place }))
      await Seat.bulkCreate(seats)
      expect(seats.map(seat => seat.getId())).toEqual([
        [1, 1],
        [1, 2],
        [1, 3]
      ])
      const lines = ['a', 'b'].map(line => Entry.new({ line }))
      await Entry.bulkCreate(lines)
      expect(lines.map(line => line.isDirty())).toEqual([false, false])
      expect(
        await Entry.select(e => [e.line, e.weight])
          .orderBy(e => e.line)
          .tuples()
      ).toEqual([
        ['a', 7],
        ['b', 7]
      ])
    })

    it('asks class-validator about all before anything is sent', async () => {
      const guests = ['a@x.org', 'nobody', 'b@x.org', 'c'].map((email, i) => Guest.new({ email, age: i === 2 ? 3 : 30 }))
      const error = await Guest.bulkCreate(guests).catch(e => e)
      expect(error).toBeInstanceOf(ValidationError)
      expect(error.message).toMatch(
        /^Guest\.bulkCreate: 3 of 4 are not valid: instance 1: email .*; instance 2: age .*; instance 3: email/
      )
      expect(error.failures.map(({ index, property }: ValidationError['failures'][0]) => [index, property])).toEqual([
        [1, 'email'],
        [2, 'age'],
        [3, 'email']
      ])
      expect(log).toEqual([])
      await Guest.bulkCreate(guests, { validate: false })
      expect(await Guest.select().count()).toBe(4)
    })

    it('names the instance that is wrong, and sends nothing', async () => {
      const wrong = (list: unknown[], message: string | RegExp) =>
        expect(Paper.bulkCreate(list as Paper[])).rejects.toThrow(message)
      await wrong([...papers(2), Paper.new({ pages: 1 })], 'Paper.bulkCreate, instance 2.title is required')
      await wrong([...papers(1), { title: 'x' }], 'Paper.bulkCreate, instance 1: expected a Paper, got an Object')
      await wrong([...papers(1), Seat.new()], 'Paper.bulkCreate, instance 1: expected a Paper, got a Seat')
      const [paper] = papers(1)
      await wrong([paper, ...papers(2), paper], 'Paper.bulkCreate: instance 3 is in the list twice')
      await wrong([Object.assign(papers(1)[0], { pages: 'x' })], 'Paper.bulkCreate, instance 0.pages: expected an integer')
      await expect(Paper.bulkCreate(papers(1), { batchSize: 0 })).rejects.toThrow('batchSize must be a whole number')
      expect(log).toEqual([])
    })

    it('does nothing with no instances', async () => {
      await Paper.bulkCreate([])
      expect(await Paper.bulkUpdate([], ['title'])).toBe(0)
      expect(log).toEqual([])
    })

    it('leaves instances new again where it is undone', async () => {
      const created = papers(3)
      await undone(() => Paper.bulkCreate(created))
      expect(created.map(paper => [paper.id, paper.isDirty()])).toEqual(created.map(() => [undefined, true]))
      await Paper.bulkCreate(created)
      expect(await Paper.select().count()).toBe(3)
    })

    it('inserts once in a transaction that is run again', async () => {
      const created = papers(3)
      let attempts = 0
      await db.runTransaction(
        async () => {
          await Paper.bulkCreate(created, { batchSize: 2 })
          if (++attempts === 1) await db.executeSql(conflict(live))
        },
        { backoff: () => 0 }
      )
      expect([attempts, await Paper.select().count()]).toEqual([2, 3])
    })

    it('inserts loaded instances too, as create does', async () => {
      const [paper] = papers(1)
      await paper.save()
      await expect(Paper.bulkCreate([paper])).rejects.toBeInstanceOf(UniqueViolation)
      Object.assign(paper, { id: undefined, title: 'copy' })
      await Paper.bulkCreate([paper])
      expect(await Paper.select().count()).toBe(2)
    })
  })

  describe('bulkUpdate', () => {
    async function saved(count: number): Promise<Paper[]> {
      const created = papers(count)
      await Paper.bulkCreate(created)
      log.length = 0
      return created
    }

    it('writes the named fields of all in one statement, and nothing else', async () => {
      const all = await saved(300)
      for (const paper of all) Object.assign(paper, { pages: paper.pages * 2, note: `n${paper.pages}`, price: '3.1' })
      expect(await Paper.bulkUpdate(all, ['pages', Paper.fields().price])).toBe(300)
      expect(sent()).toBe(1)
      const rows = await Paper.select().orderBy(p => p.pages)
      expect(rows.map(({ pages, price, note }) => [pages, price, note])).toEqual(all.map((_, i) => [i * 2, '3.10', null]))
      expect(all.every(({ dirtyFields }) => String(dirtyFields) === 'note')).toBe(true)
      expect(all[0].price).toBe('3.10')
    })

    it('writes nulls, foreign keys by either name, and expressions', async () => {
      const [a, b, c] = await saved(3)
      const folder = await Folder.create({ name: 'f' })
      a.folder = folder
      b.folderId = folder.id
      Object.assign(c, { note: Paper.fields().title.concat('!') })
      expect(await Paper.bulkUpdate([a, b, c], ['folderId', 'note'])).toBe(3)
      expect(c.note).toBe('p2!')
      expect([a, b, c].map(paper => paper.isDirty())).toEqual([false, false, false])
      expect(
        await Paper.select(p => [p.folder, p.note])
          .orderBy(p => p.title)
          .tuples()
      ).toEqual([
        [folder.id, null],
        [folder.id, null],
        [null, 'p2!']
      ])
      for (const paper of [a, b, c]) paper.folder = null
      await Paper.bulkUpdate([a, b, c], ['folder'])
      expect(
        await Paper.select()
          .where(p => p.folder.isNull())
          .count()
      ).toBe(3)
    })

    it('writes batches all or none', async () => {
      const all = await saved(25)
      for (const paper of all) paper.title = `new ${paper.title}`
      all[24].title = 'new p0'
      await expect(Paper.bulkUpdate(all, ['title'], { batchSize: 10 })).rejects.toBeInstanceOf(UniqueViolation)
      expect(
        await Paper.select()
          .where(p => p.title.startsWith('new'))
          .count()
      ).toBe(0)
      expect(all.every(paper => paper.isDirty())).toBe(true)
      all[24].title = 'new p24'
      expect(await Paper.bulkUpdate(all, ['title'], { batchSize: 10 })).toBe(25)
      expect(all.some(paper => paper.isDirty())).toBe(false)
    })

    it('counts the rows there are; instances whose row is gone stay as they are', async () => {
      const [a, b] = await saved(2)
      await Paper.delete().where(p => p.id.eq(a.id))
      a.pages = b.pages = 9
      expect(await Paper.bulkUpdate([a, b], ['pages'])).toBe(1)
      expect([a.isDirty(), b.isDirty()]).toEqual([true, false])
    })

    it('takes composite keys, and keys that were changed', async () => {
      const seats = [1, 2, 3].map(place => Seat.new({ row: 1, place }))
      await Seat.bulkCreate(seats)
      for (const [i, seat] of seats.entries()) Object.assign(seat, { guest: `g${i}`, row: 2 })
      expect(await Seat.bulkUpdate(seats, ['guest', 'row'])).toBe(3)
      expect(
        await Seat.select(s => [s.row, s.place, s.guest])
          .orderBy(s => s.place)
          .tuples()
      ).toEqual([
        [2, 1, 'g0'],
        [2, 2, 'g1'],
        [2, 3, 'g2']
      ])
    })

    it('takes instances that were not loaded but have a key, and leaves them new', async () => {
      const [paper] = await saved(1)
      const stand = Paper.new({ id: paper.id, pages: 77 })
      expect(await Paper.bulkUpdate([stand], ['pages'])).toBe(1)
      expect((await Paper.getById(paper.id)).pages).toBe(77)
      expect(stand.isDirty()).toBe(true)
    })

    it('takes one instance twice, but not two of one row', async () => {
      const [paper] = await saved(1)
      paper.pages = 5
      expect(await Paper.bulkUpdate([paper, paper], ['pages'])).toBe(1)
      const other = await Paper.getById(paper.id)
      await expect(Paper.bulkUpdate([paper, other], ['pages'])).rejects.toThrow(
        'Paper.bulkUpdate: instances 0 and 1 are the same row; which of them is meant?'
      )
    })

    it('names the instance that is wrong, and sends nothing', async () => {
      const [paper] = await saved(1)
      const refused = (list: Paper[], fields: readonly unknown[], message: string) =>
        expect(Paper.bulkUpdate(list, fields as never)).rejects.toThrow(message)
      await refused([paper, ...papers(1)], ['pages'], 'Paper.bulkUpdate, instance 1: This Paper has no id yet; save it first')
      await refused([paper], [], 'Paper.bulkUpdate: name the fields')
      await refused([paper], ['page'], 'Paper has no property "page"; did you mean "pages"?')
      await refused([paper], ['pages', 'pages'], 'Paper.bulkUpdate: pages is named twice')
      await refused([paper], [Folder.fields().name], "Folder.name is not a column of the table that is written, Paper's")
      paper.pages = null as never
      await refused([paper], ['pages'], 'Paper.bulkUpdate, instance 0.pages is required')
      paper.pages = undefined as never
      await refused([paper], ['pages'], 'Paper.bulkUpdate, instance 0.pages: the value is undefined')
      paper.pages = 'x' as never
      await refused([paper], ['pages'], 'Paper.bulkUpdate, instance 0.pages: expected an integer')
      paper.folder = Folder.new({ name: 'new' })
      await refused(
        [paper],
        ['folder'],
        'Paper.bulkUpdate, instance 0.folder: the Folder it refers to has no key yet; save it first'
      )
      await expect(Entry.bulkUpdate([Entry.new({ line: 'x' })], ['line'])).rejects.toThrow('Entry has no primary key')
      await expect(Entry.getById(1)).rejects.toThrow('Entry has no primary key')
      await expect(Entry.deleteById([])).rejects.toThrow('Entry has no primary key')
      expect(log).toEqual([])
    })

    it('leaves instances dirty again where it is undone', async () => {
      const all = await saved(3)
      for (const paper of all) Object.assign(paper, { pages: 50, price: '9' })
      await undone(() => Paper.bulkUpdate(all, ['pages', 'price']))
      expect(all.map(({ dirtyFields }) => dirtyFields)).toEqual(all.map(() => ['pages', 'price']))
      expect(await Paper.bulkUpdate(all, ['pages', 'price'])).toBe(3)
    })
  })
})
