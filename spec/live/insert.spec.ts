import {
  ArrayField,
  CharField,
  compositeKey,
  EXCLUDED,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  model,
  type Ref,
  sql,
  TextField,
  UniqueViolation
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class Word extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) text!: string
  @IntegerField({ default: 0 }) count!: number
  @TextField({ null: true }) note!: string | null
}

@model({ primaryKey: compositeKey('page', 'line') })
class Line extends Model {
  @IntegerField() page!: number
  @IntegerField() line!: number
  @TextField({ default: 'empty' }) text!: string
}

@model()
class Draft extends Model {
  @UUIDKeyField() id!: string
  @TextField({ null: true }) text!: string | null
}

@model()
class Use extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Word) word!: Ref<Word>
  declare wordId: string
}

@model()
class Wide extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @ArrayField(IntegerField) a!: number[]
  @ArrayField(TextField) b!: string[]
  @ArrayField(IntegerField) c!: number[]
  @TextField({ null: true }) d!: string | null
}

const MODELS = [Word, Line, Draft, Use, Wide]
type NewWord = { text: string; count?: number }
const words = (count: number, from = 0): NewWord[] =>
  Array.from({ length: count }, (_, i) => ({ text: `w${from + i}`, count: i }))

eachServer('inserts', live => {
  const log: string[] = []
  const db = databaseFor(live, { logQueries: ({ sql }) => log.push(sql) })
  const sent = () => log.filter(text => text.startsWith('INSERT')).length

  beforeAll(async () => {
    db.bind(MODELS)
    await db.createTables(MODELS)
  }, 120_000)
  afterAll(() => db.close())
  beforeEach(async () => {
    for (const Table of [Use, Word, Line, Draft, Wide] as (typeof Model)[]) await Table.delete()
    log.length = 0
  })

  describe('of many rows', () => {
    function* generated(count: number, seen: number[] = []): Generator<NewWord> {
      for (const [i, row] of words(count).entries()) {
        seen.push(i)
        yield row
      }
    }
    async function* asyncGenerated(count: number): AsyncGenerator<NewWord> {
      for (const row of words(count)) {
        await undefined
        yield row
      }
    }

    it('give the keys in the order of the rows, 20,000 in a statement', async () => {
      const keys = await Word.insertMany(words(45_000))
      expect([keys.length, sent()]).toEqual([45_000, 3])
      const rows = await Word.select(w => [w.id, w.text]).tuples()
      const byKey = new Map(rows as [string, string][])
      expect(keys.every((key, i) => byKey.get(key) === `w${i}`)).toBe(true)
    }, 60_000)

    it('come from generators, sets, and async generators, which are read as they are sent', async () => {
      const seen: number[] = []
      const query = Word.insertMany(generated(5, seen))
      expect(seen).toEqual([])
      expect(await query).toHaveLength(5)
      expect(seen).toEqual([0, 1, 2, 3, 4])
      expect(await Word.insertMany(new Set([{ text: 'set' }]))).toHaveLength(1)
      await Word.delete()
      expect(await Word.insertMany(asyncGenerated(3))).toHaveLength(3)
      expect(
        await Word.select(w => [w.text])
          .orderBy(w => w.text)
          .scalars()
      ).toEqual(['w0', 'w1', 'w2'])
    })

    it('of a generator are inserted by one run of the query, and refused to the next', async () => {
      const query = Word.insertMany(generated(2))
      await query
      await expect(query.execute()).rejects.toMatchObject({
        code: 'BAD_QUERY',
        message:
          'Word.insertMany: the rows came from a generator, which an earlier run has used up; pass an array, or make a new query'
      })
      await expect(query.returning(Word).execute()).rejects.toMatchObject({ code: 'BAD_QUERY' })
      expect(() => Word.insertMany(generated(1)).sql()).toThrow('The rows for Word are made while the query runs')
      const again = Word.insertMany(new Set([{ text: 'again' }])).onConflictIgnore()
      expect([(await again).length, (await again).length]).toEqual([1, 0])
    })

    it('are inserted all or none, and a generator that fails is closed', async () => {
      let closed = false
      function* failing(): Generator<NewWord> {
        try {
          yield* words(20_500)
          throw new Error('no more')
        } finally {
          closed = true
        }
      }
      await expect(Word.insertMany(failing()).execute()).rejects.toThrow('no more')
      expect([closed, await Word.select().count()]).toEqual([true, 0])
      const rows = [...words(20_000), { text: 'w0' }]
      await expect(Word.insertMany(rows).execute()).rejects.toBeInstanceOf(UniqueViolation)
      function* endless(): Generator<NewWord> {
        try {
          for (;;) yield { text: 'same' }
        } finally {
          closed = false
        }
      }
      await expect(Word.insertMany(endless()).execute()).rejects.toBeInstanceOf(UniqueViolation)
      expect([closed, await Word.select().count()]).toEqual([false, 0])
    }, 60_000)

    it('may ask the database for what they are made of', async () => {
      await Word.insertMany(words(3))
      async function* copies(): AsyncGenerator<NewWord> {
        for (const { text } of await Word.select()) yield { text: `copy of ${text}` }
      }
      expect(await Word.insertMany(copies())).toHaveLength(3)
    })

    it('are none: nothing is sent', async () => {
      expect(await Word.insertMany([])).toEqual([])
      expect(await Word.insertMany(generated(0))).toEqual([])
      expect(await Word.insertMany([]).returning(Word)).toEqual([])
      expect(await Word.insertMany([]).asRowCount()).toBe(0)
      expect(log).toEqual([])
    })

    it('name their keys in any order, and get defaults where they name none', async () => {
      await Word.insertMany([{ count: 1, text: 'a' }, { text: 'b' }, { note: 'n', text: 'c', count: 3 }])
      expect(
        await Word.select(w => [w.text, w.count, w.note])
          .orderBy(w => w.text)
          .tuples()
      ).toEqual([
        ['a', 1, null],
        ['b', 0, null],
        ['c', 3, 'n']
      ])
      expect(
        await Line.insertMany(
          [
            [1, 2],
            [1, 1]
          ],
          ['page', Line.fields().line]
        )
      ).toEqual([
        [1, 2],
        [1, 1]
      ])
    })

    it('hold nothing but what the server gives them', async () => {
      expect(await Draft.insertMany([{}])).toHaveLength(1)
      expect(await Draft.insertMany(Array.from({ length: 1000 }, () => ({})))).toHaveLength(1000)
      expect(await Draft.insertMany([{}, { text: 'x' }, {}])).toHaveLength(3)
      expect([await Draft.select().count(), sent()]).toEqual([1004, 3])
      expect(typeof (await Draft.insert({}))).toBe('string')
    })

    it('with expressions pass the limit of parameters in several statements', async () => {
      const rows = Array.from({ length: 15_000 }, (_, id) => ({
        id,
        a: [id],
        b: ['x', `"${id}`],
        c: id % 2 ? sql<never>`ARRAY[1, 2]::int4[]` : [1, 2],
        d: id % 3 ? fn.lower(`X${id}`) : 'none'
      }))
      const keys = await Wide.insertMany(rows as never)
      expect(keys).toEqual(rows.map(({ id }) => id))
      expect(sent()).toBe(2)
      expect(
        await Wide.select()
          .where(w => w.a.contains(14_999))
          .get()
      ).toMatchObject({ b: ['x', '"14999'], c: [1, 2], d: 'x14999' })
    }, 60_000)

    it('with arrays travel as arrays too', async () => {
      const rows = Array.from({ length: 20_000 }, (_, id) => ({
        id,
        a: [id, -id],
        b: id % 2 ? [] : ['NULL', ''],
        c: [],
        d: null
      }))
      expect(await Wide.insertMany(rows)).toEqual(rows.map(({ id }) => id))
      expect(sent()).toBe(1)
      expect(await Wide.getById(19_998)).toMatchObject(rows[19_998])
    }, 60_000)

    it('name the row that is wrong', async () => {
      const wrong = (rows: unknown[] | Iterable<unknown>) => (async () => Word.insertMany(rows as never))().catch(e => e.message)
      expect(await wrong([{ text: 'a' }, { count: 1 }])).toBe(
        'Word.insertMany, row 1.text is required: give it a value or a default, or declare it { null: true }'
      )
      expect(await wrong([{ text: 'a' }, { text: 'b' }, { text: 'c', count: 'x' }])).toBe(
        'Word.insertMany, row 2.count: expected an integer, got a string'
      )
      expect(await wrong([{ text: 'a' }, { txt: 'b' }])).toMatch(/^Word has no property "txt"; did you mean "text"\?/)
      expect(await wrong(new Set([{ text: 'a' }, 5]))).toBe(
        'Word.insertMany, row 1: expected an object or an array, got a number'
      )
      expect(await wrong(7 as never)).toBe('Word.insertMany: expected rows, in an array or in what gives them, got a number')
      expect(await (async () => Use.insertMany([{ word: new Word() }]))().catch(e => e.message)).toBe(
        'Use.insertMany, row 0.word: the Word it refers to has no key yet; save it first'
      )
      expect(log).toEqual([])
    })

    it('refuse fields that are not meant', async () => {
      const named =
        (...fields: unknown[]) =>
        () =>
          Word.insertMany([fields.map(() => 'x')], fields as never)
      expect(named('text', 'text')).toThrow('Word.insertMany: text is named twice')
      expect(named(Line.fields().text)).toThrow("Line.text is not a column of the table that is written, Word's")
      expect(named('txt')).toThrow('did you mean "text"?')
      expect(await Word.insertMany([['x', 'n']], [Word.fields().text, 'note'])).toHaveLength(1)
    })
  })

  describe('of what a query gives', () => {
    beforeEach(async () => {
      await Word.insertMany(words(3))
    })

    it('take a select, and give keys', async () => {
      const keys = await Draft.insertFrom(
        Word.select(w => [fn.upper(w.text)]).where(w => w.count.gt(0)),
        ['text']
      )
      expect(keys).toHaveLength(2)
      expect(
        await Draft.select(d => [d.text])
          .orderBy(d => d.text)
          .scalars()
      ).toEqual(['W1', 'W2'])
      expect(
        await Use.insertFrom(
          Word.select(w => [w.id]),
          ['word']
        )
      ).toHaveLength(3)
      expect(
        await Use.insertFrom(
          Word.select(w => [w.id]),
          [Use.fields().wordId]
        )
      ).toHaveLength(3)
      expect(
        await Word.insertFrom(
          Word.select().where(w => w.count.gt(9)),
          ['id', 'text', 'count', 'note']
        )
      ).toEqual([])
    })

    it('give rows, counts, and mind conflicts', async () => {
      const copy = Word.insertFrom(
        Word.select(w => [w.text, w.count.add(10)]),
        ['text', 'count']
      )
      expect(await copy.onConflictIgnore()).toEqual([])
      expect(await copy.onConflictIgnore().asRowCount()).toBe(0)
      const updated = await copy
        .onConflict({ target: 'text', update: { count: EXCLUDED.count } })
        .returning(w => [w.text, w.count])
        .tuples()
      expect(updated.sort()).toEqual([
        ['w0', 10],
        ['w1', 11],
        ['w2', 12]
      ])
    })

    it('refuse columns that do not fit', async () => {
      const refused = (work: () => unknown) => expect(work)
      refused(() =>
        Draft.insertFrom(
          Word.select(w => [w.text, w.count]),
          ['text']
        )
      ).toThrow('Draft.insertFrom: the query gives 2 columns for 1 fields (text)')
      refused(() =>
        Line.insertFrom(
          Word.select(w => [w.count, w.text]),
          ['page', 'line']
        )
      ).toThrow("Line.insertFrom: column 2 of the query is varchar, but line is int4; select it with .cast('int4')")
      refused(() =>
        Line.insertFrom(
          Word.select(w => [w.count]),
          []
        )
      ).toThrow("insertFrom(query, ['text'])")
      refused(() =>
        Line.insertFrom(
          Word.select(w => [w.count, w.count]),
          ['page', 'page']
        )
      ).toThrow('page is named twice')
      refused(() => Line.insertFrom([] as never, ['page'])).toThrow('Line.insertFrom: expected a select, got an Array')
      refused(() =>
        Line.insertFrom(
          Word.select(w => [w.count]),
          ['pages' as never]
        )
      ).toThrow('did you mean "page"?')
    })
  })

  describe('with returning', () => {
    const one = () => Word.insert({ text: 'a', count: 1 })

    it('give rows in any shape', async () => {
      const [word] = await one().returning(Word)
      expect(word).toBeInstanceOf(Word)
      expect(word.isDirty()).toBe(false)
      await Word.delete()
      expect(await one().returning(w => [w.text, w.count.add(1).as('next')])).toEqual([{ text: 'a', next: 2 }])
      await Word.delete()
      expect(await one().returning(Word.fields().text).tuples()).toEqual([['a']])
      await Word.delete()
      expect(await one().returning(Word).dicts()).toEqual([{ id: expect.any(String), text: 'a', count: 1, note: null }])
      await Word.delete()
      expect(
        await one()
          .returning(w => [w.text])
          .objects(({ text }) => text.toUpperCase())
      ).toEqual(['A'])
      await Word.delete()
      expect(typeof (await one().returning(Word).returning())).toBe('string')
      await Word.delete()
      expect(await one().asRowCount()).toBe(1)
      expect(() => one().dicts()).toThrow('dicts() shapes the rows of returning(…); say first what is to be returned')
    })

    it('have no conditions', () => {
      expect(() => (one() as unknown as { where(): void }).where()).toThrow('An INSERT takes no where()')
    })
  })
})
