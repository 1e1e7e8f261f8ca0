import { DatabaseError, ForeignKeyField, IntegerField, Model, model, NotSupportedError, type Ref, TextField } from 'pewit'
import { followerReadTimestamp, UUIDKeyField, withMaxStaleness, withMinTimestamp } from 'pewit/playhouse/cockroachdb'
import { needs } from '../helpers/capabilities.js'
import { databaseFor } from '../helpers/databases.js'
import { pause } from '../helpers/driver.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'past_shelf' })
class Shelf extends Model {
  @UUIDKeyField() id!: string
  @TextField() name!: string
}

@model({ tableName: 'past_book' })
class Book extends Model {
  @UUIDKeyField() id!: string
  @TextField() title!: string
  @IntegerField({ index: true }) copies!: number
  @ForeignKeyField(() => Shelf) shelf!: Ref<Shelf>
}

eachServer('reads of the past', live => {
  const sent: string[] = []
  const db = databaseFor(live, { max: 3, logQueries: ({ sql }) => sent.push(sql) })
  beforeAll(async () => {
    db.bind([Shelf, Book])
    await db.createTables([Shelf, Book])
  })
  beforeEach(() => {
    sent.length = 0
  })
  afterAll(() => db.close())

  const lacks = live.name === 'postgresql' ? describe : describe.skip
  lacks('where there are none', () => {
    it('are refused before anything is sent', async () => {
      const message = /^PostgreSQL \S+ has no reads of the past \(asOf, systemTime\), nor has any other version/
      for (const work of [
        () => Book.select().asOf('-10s').execute(),
        () => Book.select().asOf('-10s').count(),
        () => Book.select().asOf('-10s').explain(),
        () => Book.select().asOf('-10s').iterator().next(),
        () => Book.select().asOf(withMaxStaleness('10s')).get()
      ]) {
        await expect(work()).rejects.toThrow(message)
        await expect(work()).rejects.toBeInstanceOf(NotSupportedError)
      }
      await expect(db.atomic(async () => {}, { systemTime: '-10s' })).rejects.toBeInstanceOf(NotSupportedError)
      expect(sent).toEqual([])
    })

    it('are no more than index hints are', async () => {
      await expect(Book.select().indexHint('past_book_copies')).rejects.toThrow(/has no index hints/)
      await expect(Book.update({ copies: 1 }).indexHint('past_book_copies')).rejects.toBeInstanceOf(NotSupportedError)
      expect(sent).toEqual([])
    })
  })

  needs(live, 'systemTime')('where there are some', () => {
    let then: Date
    let created: number
    const now = async () => {
      const [{ now: time }] = await db.executeSql('SELECT statement_timestamp() AS now')
      return time as Date
    }
    const titles = (rows: readonly Book[]) => rows.map(({ title, copies }) => `${title} ${copies}`).sort()

    beforeAll(async () => {
      const shelf = await Shelf.create({ name: 'left' })
      await Book.insertMany([
        { title: 'a', copies: 1, shelf },
        { title: 'b', copies: 2, shelf }
      ])
      created = performance.now()
      await pause(100)
      then = await now()
      await pause(100)
      await Book.update({ copies: 9 }).where(b => b.title.eq('a'))
      await Book.create({ title: 'c', copies: 3, shelf })
    })

    const old = ['a 1', 'b 2']
    it('see what was there', async () => {
      expect(titles(await Book.select())).toEqual(['a 9', 'b 2', 'c 3'])
      expect(titles(await Book.select().asOf(then))).toEqual(old)
      expect(titles(await Book.select().asOf(then.toISOString()))).toEqual(old)
      expect(await Book.select().asOf(then).count()).toBe(2)
      expect(await Book.select().limit(5).asOf(then).count()).toBe(2)
      const c = Book.select().where(b => b.title.eq('c'))
      expect(await c.exists()).toBe(true)
      expect(await c.asOf(then).exists()).toBe(false)
      expect(
        await Book.select(b => [b.copies])
          .where(b => b.title.eq('a'))
          .asOf(then)
          .scalar()
      ).toBe(1)
    })

    it('see it by an interval', async () => {
      await pause(300)
      expect(titles(await Book.select().asOf('-1ms'))).toEqual(['a 9', 'b 2', 'c 3'])
      const seconds = Math.ceil((performance.now() - created) / 1000) + 3600
      await expect(Book.select().asOf(`-${seconds}s`)).rejects.toBeInstanceOf(DatabaseError)
    })

    it('see it in joins, subqueries, CTEs and compounds', async () => {
      const joined = await Book.select(Book, Shelf).join(Shelf).asOf(then)
      expect(joined.map(({ shelf }) => shelf.name)).toEqual(['left', 'left'])
      const few = Book.select(b => [b.title, b.copies])
        .asOf(then)
        .alias('few')
      expect(await few.select(f => [f.title]).orderBy(f => f.title)).toEqual([{ title: 'a' }, { title: 'b' }])
      const within = Shelf.select().where(s =>
        s.id.in(
          Book.select(b => [b.shelf])
            .where(b => b.title.eq('c'))
            .asOf(then)
        )
      )
      expect(await within).toEqual([])
      const cte = Book.select(b => [b.title]).cte('books')
      expect(
        await cte
          .select(b => [b.title])
          .orderBy(b => b.title)
          .asOf(then)
      ).toHaveLength(2)
      const both = Book.select(b => [b.title])
        .where(b => b.title.eq('a'))
        .unionAll(
          Book.select(b => [b.title])
            .where(b => b.title.gt('a'))
            .asOf(then)
        )
        .orderBy(row => row.title.desc())
      expect(await both).toEqual([{ title: 'b' }, { title: 'a' }])
      expect(await both.count()).toBe(2)
    })

    it('see it in streams', async () => {
      const read: Book[] = []
      for await (const book of Book.select().asOf(then).iterator({ batchSize: 1 })) read.push(book)
      expect(titles(read)).toEqual(old)
      expect(sent[0]).toMatch(/^BEGIN AS OF SYSTEM TIME '/)
    })

    it('are explained', async () => expect(await Book.select().asOf(then).explain()).toMatch(/scan/))

    it('are those of a block, in which a query has no other time', async () => {
      await db.atomic(
        async () => {
          expect(titles(await Book.select())).toEqual(old)
          await expect(Book.select().asOf(then)).rejects.toBeInstanceOf(NotSupportedError)
          expect(titles(await db.outside(() => Book.select().asOf(then).execute()))).toEqual(old)
        },
        { systemTime: then }
      )
    })

    it('take the times that the server computes', async () => {
      // The tables must be older than that.
      await pause(Math.max(0, 6000 - (performance.now() - created)))
      const licensed = async <T>(query: PromiseLike<T>) =>
        Promise.resolve(query).catch((error: unknown) => {
          // Before v24.3 these are not for every licence.
          expect(error).toMatchObject({ sqlstate: 'XXC02' })
          return undefined
        })
      const book = await Book.get(b => b.title.eq('b'))
      const found = await licensed(
        Book.select()
          .where(b => b.id.eq(book.id))
          .asOf(followerReadTimestamp())
      )
      if (found) expect(titles(found)).toEqual(['b 2'])
      const point = Book.select().where(b => b.id.eq(book.id))
      const { boundedStaleness } = await db.capabilities()
      if (!boundedStaleness) return expect(point.asOf(withMaxStaleness('10s'))).rejects.toBeInstanceOf(NotSupportedError)
      const stale = await licensed(point.asOf(withMaxStaleness('1h')))
      if (stale) expect(titles(stale)).toEqual(['b 2'])
      const least = await licensed(point.asOf(withMinTimestamp(then)))
      if (least) expect(titles(least)).toEqual(['b 2'])
    }, 30_000)

    it('tell why a time cannot be read', async () => {
      const future = Book.select().asOf(new Date(Date.now() + 3_600_000))
      await expect(future).rejects.toThrow(/future/)
      await expect(Book.select().asOf('-0s')).rejects.toThrow(/interval/)
    })
  })

  needs(live, 'indexHints')('index hints', () => {
    it('have a table read by an index, for reads and writes', async () => {
      const query = Book.select().where(b => b.copies.gt(1))
      const [{ name }] = await db.getIndexes(Book)
      expect(await query.indexHint(name).explain()).toContain(`past_book@${name}`)
      expect(await query.indexHint({ index: name, direction: 'desc' }).explain()).toContain(`past_book@${name}`)
      expect(await query.indexHint(name).count()).toBe(await query.count())
      const written = await Book.update({ copies: 5 })
        .where(b => b.copies.eq(-1))
        .indexHint(name)
      expect(written).toBe(0)
      expect(
        await Book.delete()
          .where(b => b.copies.eq(-1))
          .indexHint(name)
      ).toBe(0)
      await expect(query.indexHint('there is none')).rejects.toThrow(/there is none/)
    })
  })

  needs(live, 'noFullScan')('hints against full scans', () => {
    it('refuse such a plan', async () => {
      const everything = Book.select()
        .where(b => b.title.like('%a%'))
        .indexHint({ noFullScan: true })
      await expect(everything).rejects.toThrow(/could not produce a query plan/)
    })
  })
})
