import { AmbiguousCommitError } from 'pewit'
import { postgresJs } from '../../lib/driver/postgres-js.js'
import {
  anomaliesAmong,
  compete,
  type Outcome,
  perils,
  prepare,
  problemsOf,
  type Runner,
  retried,
  SEED
} from '../helpers/contest.js'
import { databaseFor } from '../helpers/databases.js'
import { faulty } from '../helpers/faulty-driver.js'
import { eachServer } from '../helpers/live.js'
import { Entry } from '../helpers/purses.js'

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

eachServer('transactions that are sent again after an ambiguous commit', live => {
  const db = databaseFor(live, { max: 8, driver: faulty(postgresJs, perils) })
  beforeAll(() => prepare(db, live))
  afterAll(() => db.close())

  it('are found out', async () => {
    const stubborn: Runner = (...work) =>
      retried(...work).catch(error => (error instanceof AmbiguousCommitError ? stubborn(...work) : Promise.reject(error)))
    const outcomes: Outcome[] = []
    const twice = ({ id }: Outcome, entries: readonly Entry[]) => entries.filter(({ movement }) => movement === id).length > 1
    const doubled = async () => Entry.select().then(entries => outcomes.some(outcome => twice(outcome, entries)))
    for (let round = 0; round < 40 && !(await doubled()); round++)
      outcomes.push(...(await compete(db, stubborn, 500, SEED + round)))
    expect(await problemsOf(db, outcomes)).toContainEqual(expect.stringMatching(/ ended with success, and \d entries$/))
  }, 60_000)
})

eachServer('transactions that may overlook each other', live => {
  const db = databaseFor(live, { max: 8 })
  beforeAll(() => prepare(db, live))
  afterAll(() => db.close())
  // CockroachDB has this level since v23.2, and not on every cluster; elsewhere it stands for SERIALIZABLE.
  const there = live.name === 'postgresql' ? it : it.skip

  there(
    'are found out',
    async () => {
      const careless: Runner = (_, body) => db.transaction(body, { isolation: 'read committed' })
      const outcomes: Outcome[] = []
      for (let round = 0; round < 40 && (await anomaliesAmong(outcomes)).length === 0; round++)
        outcomes.push(...(await compete(db, careless, 500, SEED + round)))
      expect(await anomaliesAmong(outcomes)).toContainEqual(expect.stringMatching(/^a cycle: /))
      expect(await problemsOf(db, outcomes)).toContainEqual(
        expect.stringMatching(/^purse \d+ has -?\d+ after \d+ writes, and -?\d+ after/)
      )
    },
    30_000
  )
})
