import { AmbiguousCommitError, type Database } from 'pewit'
import { postgresJs } from '../../lib/driver/postgres-js.js'
import { compete, type Outcome, perils, prepare, problemsOf, type Runner, retried, SEED } from '../helpers/contest.js'
import { databaseFor } from '../helpers/databases.js'
import { faulty } from '../helpers/faulty-driver.js'
import { eachServer } from '../helpers/live.js'

// `npm run test:long` has more of it.
eachServer('transactions under faults', live => {
  const db = databaseFor(live, { max: 8, driver: faulty(postgresJs, perils) })
  beforeAll(() => prepare(db, live))
  afterAll(() => db.close())

  it('are lost nowhere, done twice nowhere, and as if they had run one after the other', async () => {
    const outcomes = await compete(db, retried, 2000)
    expect({ seed: SEED, problems: await problemsOf(db, outcomes) }).toEqual({ seed: SEED, problems: [] })
    expect(outcomes.filter(({ strikes }) => strikes.length > 0)).not.toEqual([])
  }, 60_000)
})

/** Has transactions compete until all of these problems are found, as they must be. */
async function expectProblems(db: Database, run: Runner, ...expected: readonly RegExp[]): Promise<void> {
  const outcomes: Outcome[] = []
  let problems: readonly string[] = []
  const isMissing = (one: RegExp) => !problems.some(problem => one.test(problem))
  for (let round = 0; round < 30 && expected.some(isMissing); round++) {
    outcomes.push(...(await compete(db, run, 500, SEED + round)))
    problems = await problemsOf(db, outcomes)
  }
  expect({ seed: SEED, missing: expected.filter(isMissing) }).toEqual({ seed: SEED, missing: [] })
}

eachServer('transactions that are sent again after an ambiguous commit', live => {
  const db = databaseFor(live, { max: 8, driver: faulty(postgresJs, perils) })
  beforeAll(() => prepare(db, live))
  afterAll(() => db.close())

  it('are found out', async () => {
    const stubborn: Runner = (...work) =>
      retried(...work).catch(error => (error instanceof AmbiguousCommitError ? stubborn(...work) : Promise.reject(error)))
    await expectProblems(db, stubborn, / ended with success, and 2 entries$/)
  }, 60_000)
})

eachServer('transactions that may overlook each other', live => {
  const db = databaseFor(live, { max: 8 })
  beforeAll(() => prepare(db, live))
  afterAll(() => db.close())
  // CockroachDB has this level since v23.2, and not on every cluster; elsewhere it stands for SERIALIZABLE.
  const there = live.name === 'postgresql' ? it : it.skip
  const careless: Runner = (_, body) => db.transaction(body, { isolation: 'read committed' })
  const lost = /^purse \d+ has -?\d+ after \d+ writes, and -?\d+ after \d+ entries$/

  there('are found out', () => expectProblems(db, careless, /^a cycle: /, lost), 60_000)
})
