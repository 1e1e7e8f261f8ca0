import { AssertionError } from 'node:assert'
import { assertQueryCount, countQueries } from 'pewit/playhouse/test-utils'
import { databaseFor } from '../helpers/databases.js'
import { outcome } from '../helpers/driver.js'
import { eachServer } from '../helpers/live.js'

eachServer('counting queries', live => {
  const db = databaseFor(live)
  const other = databaseFor(live)
  afterAll(() => Promise.all([db.close(), other.close()]))
  const ask = (text = 'SELECT 1 AS one') => db.executeSql(text)

  it('gives what the work gave, and what it sent', async () => {
    const counted = await countQueries(db, async () => {
      await ask()
      return ask('SELECT 2 AS two')
    })
    expect(counted).toEqual({ result: [{ two: 2 }], count: 2, queries: ['SELECT 1 AS one', 'SELECT 2 AS two'] })
    expect((await countQueries(db, () => 'nothing')).count).toBe(0)
  })

  it('leaves out what begins and ends transactions, and the question for the version', async () => {
    const fresh = databaseFor(live)
    const { queries } = await countQueries(fresh, () =>
      fresh.transaction(() => fresh.savepoint(() => fresh.executeSql('SELECT 1 AS one')))
    )
    await fresh.close()
    expect(queries).toEqual(['SELECT 1 AS one'])
  })

  it('counts one database, and only what the work sends', async () => {
    const [inner, outer] = await Promise.all([
      countQueries(db, async () => {
        await ask('SELECT 3 AS three')
        await other.executeSql('SELECT 4 AS four')
      }),
      countQueries(db, () => Promise.all([ask('SELECT 5 AS five'), ask('SELECT 5 AS five')])),
      ask('SELECT 6 AS six')
    ])
    expect(inner.queries).toEqual(['SELECT 3 AS three'])
    expect(outer.queries).toEqual(['SELECT 5 AS five', 'SELECT 5 AS five'])
  })

  it('counts work inside work for both', async () => {
    const outer = await countQueries(db, async () => {
      await ask()
      return countQueries(db, () => ask())
    })
    expect([outer.count, outer.result.count]).toEqual([2, 1])
  })

  it('can count what reads alone', async () => {
    const work = async () => {
      await ask('CREATE TABLE counted (n int)')
      await ask('WITH one AS (SELECT 1) SELECT * FROM one')
      await ask('DROP TABLE counted')
    }
    await assertQueryCount(db, 1, work, { onlySelect: true })
    await assertQueryCount(db, 3, work)
  })

  it('rejects with the statements where their number is another', async () => {
    expect(await assertQueryCount(db, 1, () => ask())).toEqual([{ one: 1 }])
    const error = await outcome(assertQueryCount(db, 1, () => Promise.all([ask(), ask('SELECT 2 AS two')])))
    expect(error).toBeInstanceOf(AssertionError)
    expect(error).toMatchObject({
      message: expect.stringMatching(/^Expected 1 query, but 2 were sent:\n {2}1\. SELECT \d.*\n {2}2\. SELECT \d/),
      actual: 2,
      expected: 1
    })
    const none = await outcome(assertQueryCount(db, 2, () => undefined))
    expect(none).toMatchObject({ message: 'Expected 2 queries, but 0 were sent' })
    await expect(assertQueryCount(db, '1' as never, () => ask())).rejects.toThrow('expected a number of queries, got 1')
  })

  it('passes on what the work throws', async () => {
    const failure = new Error('of the work')
    await expect(assertQueryCount(db, 1, () => Promise.reject(failure))).rejects.toBe(failure)
  })
})
