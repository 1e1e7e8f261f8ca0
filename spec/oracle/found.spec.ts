import { caseWhen, DateTimeTZField, fn, Model, model } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { Doc, Tweet, User } from './models.js'
import { prepare } from './run.js'

/** What was found beside the recordings: expected is what Peewee's statement means, with its values written into the text. */

@model({ tableName: 'moment' })
class Moment extends Model {
  declare id: number
  @DateTimeTZField({ default: new Date(5000) }) at!: Date
}

eachServer('oracle: found beside the recordings', live => {
  const db = databaseFor(live)
  beforeAll(() => prepare(db, live), 120_000)
  afterAll(() => db.close())

  describe('the same expression, made twice', () => {
    it('is the same one to GROUP BY', async () => {
      const rows = await Tweet.select(t => [t.views.mod(2).as('odd'), fn.count(t.id).as('n')])
        .groupBy(t => t.views.mod(2))
        .orderBy(t => t.views.mod(2))
        .tuples()
      expect(rows).toEqual([
        [0, 3],
        [1, 4]
      ])
    })

    it('is the same one to GROUP BY, of a function', async () => {
      const rows = await User.select(u => [fn.coalesce(u.age, 0).as('age'), fn.count().as('n')])
        .groupBy(u => fn.coalesce(u.age, 0))
        .tuples()
      expect(rows).toHaveLength(4)
    })

    it('is the same one to SELECT DISTINCT and ORDER BY', async () => {
      const rows = await Tweet.select(t => [t.views.add(1).as('x')])
        .distinct()
        .orderBy(t => t.views.add(1))
        .tuples()
      expect(rows.map(([x]) => x)).toEqual([1, 2, 6, 8, 11, 21])
    })

    it('is the same one where it is one object', async () => {
      const odd = Tweet.fields().views.mod(2)
      expect(await Tweet.select(odd.as('odd')).groupBy(odd).orderBy(odd).tuples()).toEqual([[0], [1]])
    })
  })

  describe('alternatives', () => {
    it('given together are alternatives to one another', async () => {
      const rows = await User.select(u => [u.id])
        .orWhere(
          u => u.id.eq(1),
          u => u.id.eq(2)
        )
        .orderBy(u => u.id)
        .scalars()
      expect(rows.map(Number)).toEqual([1, 2])
    })
  })

  describe('values beside integers', () => {
    const seven = () => Tweet.select(t => [t.id]).where(t => t.id.eq(4))

    it('may have a fraction as the argument of a function', async () => {
      const [[x]] = await seven()
        .columns(t => [fn.greatest(t.views, 7.5)])
        .tuples()
      expect(Number(x)).toBe(7.5)
    })

    it('may have a fraction as a result of CASE', async () => {
      const [[x]] = await seven()
        .columns(t => [caseWhen([[t.views.gt(100), t.views]], 7.5)])
        .tuples()
      expect(Number(x)).toBe(7.5)
    })
  })

  describe('results of functions', () => {
    const doc = () => Doc.select().where(d => d.id.eq(1))
    const tweet = () => Tweet.select().where(t => t.id.eq(1))

    it('array_to_string', async () => {
      expect(
        await doc()
          .columns(d => [fn.array_to_string(d.tags, ',')])
          .scalar()
      ).toBe('py,orm')
    })

    it('unnest', async () => {
      expect(
        await doc()
          .columns(d => [fn.unnest(d.tags)])
          .tuples()
      ).toEqual([['py'], ['orm']])
    })

    it('jsonb_extract_path_text', async () => {
      expect(
        await doc()
          .columns(d => [fn.jsonb_extract_path_text(d.data, 'k')])
          .scalar()
      ).toBe('v1')
    })

    it('jsonb_pretty', async () => {
      expect(
        typeof (await doc()
          .columns(d => [fn.jsonb_pretty(d.data)])
          .scalar())
      ).toBe('string')
    })

    it('string_to_array', async () => {
      expect(
        await tweet()
          .columns(t => [fn.string_to_array(t.content, 'e')])
          .scalar()
      ).toEqual(['m', 'ow'])
    })

    it('age', async () => {
      expect(
        await tweet()
          .columns(t => [fn.age(t.timestamp, t.timestamp)])
          .scalar()
      ).toBe('00:00:00')
    })
  })

  it('raw SQL gives columns that are none of the model as their types say', async () => {
    const [user] = await User.raw`SELECT id, 1 + 1 AS two, id = 1 AS first FROM users WHERE id = 1`
    expect(user).toMatchObject({ two: 2, first: true })
  })

  it('a default that is a Date stays one where the program runs in a context of its own, as in Jest', async () => {
    db.bind([Moment])
    await db.createTables([Moment])
    expect((await Moment.create()).at).toEqual(new Date(5000))
  })
})
