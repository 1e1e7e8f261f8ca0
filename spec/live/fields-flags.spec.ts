import {
  BitField,
  Check,
  DateTimeTZField,
  Default,
  ForeignKeyField,
  fn,
  IdentityField,
  IntegerField,
  Model,
  model,
  not,
  type Ref,
  SQL,
  sql,
  TextField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Values that are more, or less, than a program's own: flags in a number, and what the server makes. */

@model()
class Post extends Model {
  @UUIDKeyField() id!: string
  @TextField() title!: string
  @BitField({ flags: ['isFavorite', 'isSticky', 'isMinimized'] }) flags!: number
  declare isFavorite: boolean
  declare isSticky: boolean
  declare isMinimized: boolean
  @BitField({ null: true, flags: { first: 1, far: 2 ** 52, both: 2 ** 52 + 1 } }) more!: number | null
  declare first: boolean
  declare far: boolean
  declare both: boolean
}

@model()
class Comment extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Post) post!: Ref<Post>
  @BitField({ flags: ['isFavorite'] }) flags!: number
  declare isFavorite: boolean
}

@model()
class Box extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() width!: number
  @IntegerField({ constraints: [Check('height > 0', 'some "height"')] }) height!: number
  @IntegerField({ generated: SQL('width * height') }) area!: number
  @TextField({ generated: { as: sql`CASE WHEN width > ${10} THEN 'wide' ELSE 'it''s narrow' END` }, index: true }) shape!: string
  @TextField({ null: true, constraints: [Default("'a ''label'''")] }) label!: string | null
  @IntegerField({ constraints: [Default(7)] }) count!: number
  @DateTimeTZField({ constraints: [Default(fn.now())] }) madeAt!: Date
}

@model()
class Ticket extends Model {
  @IdentityField() id!: number
  @TextField() note!: string
}

@model()
class Receipt extends Model {
  @IdentityField({ as: 'bigint', always: true }) id!: bigint
  @ForeignKeyField(() => Ticket) ticket!: Ref<Ticket>
  declare ticketId: number
}

eachServer('flags', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Post, Comment])
    await db.createTables([Post, Comment])
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await Comment.delete()
    await Post.delete()
  })
  const titles = (rows: readonly Post[]) => rows.map(({ title }) => title).sort()

  it('are booleans of instances, and bits of the number', async () => {
    const post = Post.new({ title: 'a', isSticky: true })
    expect([post.flags, post.isFavorite, post.isSticky]).toEqual([2, false, true])
    post.isFavorite = true
    post.isSticky = false
    expect([post.flags, post.more, post.far]).toEqual([1, 0, false])
    await post.save()
    post.far = true
    expect(post.dirtyFields).toEqual(['more'])
    await post.save()
    const read = await Post.getById(post.id)
    expect([read.flags, read.more, read.isFavorite, read.far, read.first, read.both]).toEqual([
      1,
      2 ** 52,
      true,
      true,
      false,
      true
    ])
    read.both = false
    expect(read.more).toBe(0)
    expect(Object.keys(read)).toEqual(['id', 'title', 'flags', 'more'])
  })

  it('are values of every insert', async () => {
    expect(await Post.create({ title: 'a', isFavorite: true, flags: 4 })).toMatchObject({ flags: 5, isMinimized: true })
    await Post.insert({ title: 'b', isSticky: true, isFavorite: true })
    await Post.insertMany([
      { title: 'c', isMinimized: true },
      { title: 'd', flags: 6, isSticky: false }
    ])
    const rows = await Post.select(p => [p.title, p.flags])
      .orderBy(p => p.title)
      .tuples()
    expect(rows).toEqual([
      ['a', 5],
      ['b', 3],
      ['c', 4],
      ['d', 4]
    ])
  })

  it('are set and cleared by updates, each without the others', async () => {
    await Post.insertMany([
      { title: 'a', flags: 7, more: null },
      { title: 'b', flags: 0, more: 1 }
    ])
    const all = () =>
      Post.select(p => [p.flags, p.more])
        .orderBy(p => p.title)
        .tuples()
    await Post.update({ isSticky: false, isFavorite: true, far: true })
    expect(await all()).toEqual([
      [5, 2 ** 52],
      [1, 2 ** 52 + 1]
    ])
    await Post.update({ flags: 8, isSticky: true, both: false })
    expect(await all()).toEqual([
      [10, 0],
      [10, 0]
    ])
    await Post.update({ flags: p => p.flags.bitAnd(8), isFavorite: true }).where(p => p.isSticky)
    expect(await all()).toEqual([
      [9, 0],
      [9, 0]
    ])
  })

  it('are conditions, sort keys and columns', async () => {
    await Post.insertMany([
      { title: 'a', flags: 1 },
      { title: 'b', flags: 2 },
      { title: 'c', flags: 3 }
    ])
    expect(titles(await Post.select().where(p => p.isFavorite))).toEqual(['a', 'c'])
    expect(titles(await Post.select().where(p => p.isFavorite.and(p.isSticky)))).toEqual(['c'])
    expect(titles(await Post.select().where(p => not(p.isFavorite)))).toEqual(['b'])
    expect(titles(await Post.select().where(p => p.isSticky.eq(false)))).toEqual(['a'])
    const sorted = await Post.select().orderBy(
      p => p.isFavorite.desc(),
      p => p.title.desc()
    )
    expect(sorted.map(({ title }) => title)).toEqual(['c', 'a', 'b'])
    const rows = await Post.select(p => [p.title, p.isFavorite]).orderBy(p => p.title)
    expect(rows[1]).toEqual({ title: 'b', isFavorite: false })
    const counts = await Post.select(p => [p.isSticky, fn.count().as('n')])
      .groupBy(p => p.isSticky)
      .tuples()
    expect(counts.sort()).toEqual([
      [false, 1],
      [true, 2]
    ])
  })

  it('are those of their own source in joins and aliases', async () => {
    const post = await Post.create({ title: 'a', isFavorite: true })
    await Comment.create({ post, isFavorite: false })
    const other = Post.alias('other')
    expect(
      await Comment.select()
        .join(Post)
        .where((c, p) => p.isFavorite.and(c.isFavorite.not()))
        .count()
    ).toBe(1)
    expect(
      await Post.select()
        .join(other, { on: (p, o) => p.id.eq(o.id) })
        .where((_, o) => o.isFavorite)
        .count()
    ).toBe(1)
  })

  it('take booleans, and nothing else', async () => {
    const wrong = 1 as never
    const message = 'isSticky: expected a boolean, got a number'
    expect(() => Post.new({ title: 'a', isSticky: wrong })).toThrow(message)
    expect(() => Post.insert({ title: 'a', isSticky: wrong })).toThrow(message)
    expect(() => Post.update({ isSticky: wrong })).toThrow(message)
    expect(() => Post.update({ isSticky: undefined })).toThrow('Post.isSticky: the value is undefined')
    expect(() => {
      Post.new({}).isSticky = wrong
    }).toThrow(TypeError)
    expect(() => Post.new({ isStiky: true } as never)).toThrow('did you mean "isSticky"?')
  })
})

eachServer('columns that the server makes', live => {
  const db = databaseFor(live)
  const identities = async () => (await db.capabilities()).identity
  beforeAll(async () => {
    db.bind([Box, Ticket, Receipt])
    await db.createTables([Box])
  })
  afterAll(() => db.close())
  beforeEach(() => Box.delete())

  it('are read back after insert and save', async () => {
    const box = await Box.create({ width: 3, height: 5 })
    expect(box).toMatchObject({ area: 15, shape: "it's narrow", label: "a 'label'", count: 7, madeAt: expect.any(Date) })
    expect(box.isDirty()).toBe(false)
    box.width = 20
    expect(await box.save()).toBe(1)
    expect([box.area, box.shape, box.isDirty()]).toEqual([100, 'wide', false])
    expect(await Box.getById(box.id)).toEqual(box)
    await box.save({ forceInsert: true }).catch(error => expect(error.sqlstate).toBe('23505'))
  })

  it('are usable in queries', async () => {
    await Box.insertMany([
      { width: 1, height: 2 },
      { width: 11, height: 2 }
    ])
    await Box.insertMany([[1, 3, null, 1, new Date(0)]], ['width', 'height', 'label', 'count', 'madeAt'])
    expect(
      await Box.select(b => [b.area])
        .where(b => b.shape.eq("it's narrow"))
        .orderBy(b => b.area)
        .scalars()
    ).toEqual([2, 3])
  })

  it('are never written', async () => {
    const message = 'area is generated by the server; leave it out'
    expect(() => Box.new({ width: 1, height: 1, area: 1 })).toThrow(message)
    await expect(Box.create({ width: 1, height: 1, area: 1 })).rejects.toThrow(TypeError)
    expect(() => Box.insert({ width: 1, height: 1, area: 1 })).toThrow(`Box.insert.${message}`)
    expect(() => Box.insertMany([{ width: 1, height: 1, area: null as never }])).toThrow(message)
    expect(() => Box.update({ area: 1 })).toThrow(`Box.${message}`)
    expect(() => Box.update({ area: b => b.width })).toThrow(message)
    const box = await Box.create({ width: 1, height: 1 })
    box.area = 2
    await expect(box.save()).rejects.toThrow(message)
    expect(() => IntegerField({ generated: SQL('1'), default: 1 })).toThrow(TypeError)
  })

  it('obey their constraints, by name', async () => {
    await expect(Box.create({ width: 1, height: 0 })).rejects.toMatchObject({
      code: 'CHECK_VIOLATION',
      constraint: 'some "height"'
    })
  })

  it('count identities from one, where the server has them', async () => {
    if (!(await identities())) return expect(db.createTables([Ticket])).rejects.toThrow('GENERATED AS IDENTITY')
    await db.createTables([Ticket, Receipt])
    const first = await Ticket.create({ note: 'a' })
    expect(first.id).toBe(1)
    expect(await Ticket.insert({ id: 70, note: 'b' })).toBe(70)
    const receipt = await Receipt.create({ ticket: first })
    expect([receipt.id, receipt.ticketId]).toEqual([1n, 1])
    expect(() => Receipt.insert({ id: 2n, ticket: first })).toThrow('Receipt.insert.id is generated by the server; leave it out')
    await db.dropTables([Receipt, Ticket])
  })
})
