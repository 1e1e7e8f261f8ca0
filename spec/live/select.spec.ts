import { CharField, ForeignKeyField, fn, IntegerField, Model, model, type Ref, sql } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class Author extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @IntegerField({ default: 0 }) books!: number
  @ForeignKeyField(() => Publisher, { null: true }) publisher!: Ref<Publisher> | null
}

/** Refers to authors, who refer to publishers: a circle. */
@model()
class Publisher extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ForeignKeyField(() => Author, { null: true, constraintName: 'publisher_founder' }) founder!: Ref<Author> | null
  declare founderId: string | null
}

eachServer('selects', live => {
  const statements: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql: text }) => statements.push(text) })

  beforeAll(async () => {
    Author.bind(db)
    Publisher.bind(db)
    await db.createTables([Author, Publisher])
    await Author.insertMany(['a', 'b', 'c'].map((name, i) => ({ name, books: i })))
  })
  afterAll(() => db.close())

  it('count the rows they give', async () => {
    expect(await Author.select().count()).toBe(3)
    expect(
      await Author.select()
        .where(a => a.books.gt(0))
        .count()
    ).toBe(2)
    expect(await Author.select(a => [fn.max(a.books)]).count()).toBe(1)
    expect(await Author.select().limit(2).count()).toBe(2)
    expect(
      await Author.select(a => [a.name])
        .groupBy(a => a.name)
        .count()
    ).toBe(3)
    expect(
      await Author.select(a => [a.books.mod(2).as('odd')])
        .distinct()
        .count()
    ).toBe(2)
  })

  it('exist where they give a row', async () => {
    expect(
      await Author.select()
        .where(a => a.books.gt(9))
        .exists()
    ).toBe(false)
    expect(await Author.select().exists()).toBe(true)
    // An aggregate gives a row of nothing.
    expect(
      await Author.select(a => [fn.max(a.books)])
        .where(a => a.books.gt(9))
        .exists()
    ).toBe(true)
    expect(await Author.select().limit(0).exists()).toBe(false)
    expect(await Author.select().limit(0).first()).toBeNull()
    await expect(Author.select().limit(0).get()).rejects.toBeInstanceOf(Author.DoesNotExist)
  })

  it('read what only the server knows by its types', async () => {
    const [row] = await Author.select({ two: sql`1 + 1`, yes: sql`1 = 1`, none: sql`NULL`, list: sql`ARRAY[1, 2]` }).limit(1)
    expect(row).toEqual({ two: 2, yes: true, none: null, list: [1, 2] })
    expect(
      await Author.select(a => [fn.reverse(a.name)])
        .where(a => a.name.eq('a'))
        .scalar()
    ).toBe('a')
  })

  it('name functions in rows', async () => {
    const [row] = await Author.select(a => [fn.count(), fn.max(a.books), fn.sum(a.books).as('total')])
    expect(row).toEqual({ count: 3, max: 2, total: '3' })
    const max: number | null = row.max
    expect([row.count, max]).toEqual([3, 2])
  })

  it('give a reference and its key under the names they were asked for by', async () => {
    const { id } = await Author.get(a => a.name.eq('a'))
    await Publisher.insert({ name: 'press', founder: id })
    expect(await Publisher.select(p => [p.founder, p.founderId])).toEqual([{ founder: id, founderId: id }])
    const keys = Publisher.select(p => [p.founderId])
    expect(await keys.alias('k').select(k => [k.founderId])).toEqual([{ founderId: id }])
    expect(await keys.union(keys)).toEqual([{ founderId: id }])
    expect(await Publisher.delete().returning(p => [p.founderId])).toEqual([{ founderId: id }])
  })

  it('run again each time they are awaited, and keep their text', async () => {
    const query = Author.select().where(a => a.books.in([0, 1, 2]))
    statements.length = 0
    await query
    await query
    expect(statements).toEqual([query.sql().text, query.sql().text])
    expect(
      Author.select()
        .where(a => a.books.in([5]))
        .sql().text
    ).toBe(query.sql().text)
  })

  it('create tables that refer to each other, and again where they exist', async () => {
    statements.length = 0
    await db.createTables([Publisher, Author])
    expect(statements.filter(text => text.startsWith('ALTER'))).toEqual([])
    const founder = await Author.get(a => a.name.eq('a'))
    const publisher = await Publisher.create({ name: 'p', founder })
    founder.publisher = publisher
    await founder.save()
    const orphan = Publisher.create({ name: 'q', founder: '00000000-0000-4000-8000-000000000000' })
    await expect(orphan).rejects.toMatchObject({ name: 'ForeignKeyViolation' })
  })

  it('refuse options and arguments that mean nothing', async () => {
    await expect(db.runTransaction(() => 1, { maxAttempt: 3 } as object)).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      message: expect.stringContaining('did you mean "maxAttempts"')
    })
    await expect(db.runTransaction(() => 1, { locking: 'sometimes' as never })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    expect(await db.runTransaction(() => 1, { locking: 'none' })).toBe(1)
    await expect(db.runTransaction(() => 1, 0)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    expect(() => Author.select().join(Publisher, { on: (() => undefined) as never })).toThrow(/gives undefined/)
  })

  it('fail with a stack that begins where they were awaited', async () => {
    const nobody = async () => {
      await Author.select().where(() => sql`no_such_column = 1`)
    }
    const error = await nobody().catch(e => e)
    expect(error).toMatchObject({ name: 'ProgrammingError', sqlstate: '42703' })
    expect(error.stack).toMatch(/nobody .*select\.spec\.ts/)
  })
})
