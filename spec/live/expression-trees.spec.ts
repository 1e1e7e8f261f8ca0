import fc from 'fast-check'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { Cell, ROWS, shown, type Tree, trees } from '../helpers/trees.js'

/** Any expression gives on the server what SQL's rules say, NULL and all. Many go in one statement. */

const all = fc.oneof(trees.num, trees.text, trees.bool) as fc.Arbitrary<Tree<unknown>>

eachServer('expression trees', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Cell])
    await db.createTables([Cell])
    await Cell.insertMany([...ROWS])
  }, 60_000)
  afterAll(() => db.close())

  it('give for every row what they say, in the select list', async () => {
    const some = fc.array(shown(all), { minLength: 25, maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(some, async list => {
        const picked = Object.fromEntries(list.map(({ sql }, i) => [`e${i}`, sql]))
        const rows = await Cell.select(picked).orderBy(Cell.fields().place).dicts()
        for (const [i, { of, text }] of list.entries())
          expect([text, rows.map(row => row[`e${i}`])]).toEqual([text, ROWS.map(row => of(row))])
      }),
      { numRuns: 60 }
    )
  }, 60_000)

  it('find the rows for which they are true', async () => {
    await fc.assert(
      fc.asyncProperty(shown(trees.bool), async ({ sql, of, text }) => {
        const found = await Cell.select(c => [c.place])
          .where(sql as never)
          .orderBy(c => c.place)
          .scalars()
        expect([text, found]).toEqual([text, ROWS.filter(row => of(row) === true).map(({ place }) => place)])
      }),
      { numRuns: 300 }
    )
  }, 60_000)
})
