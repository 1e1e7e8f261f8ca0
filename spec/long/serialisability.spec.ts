import { AmbiguousCommitError, ConnectionLost, ExceededMaxAttempts } from 'pewit'
import { postgresJs } from '../../lib/driver/postgres-js.js'
import { compete, perils, prepare, problemsOf, retried, SEED, tallyOf } from '../helpers/contest.js'
import { databaseFor } from '../helpers/databases.js'
import { type Fault, faulty } from '../helpers/faulty-driver.js'
import { eachServer } from '../helpers/live.js'

/** Fewer for a quick look: `SECONDS=5 npm run test:long`. */
const SECONDS = Number(process.env.SECONDS ?? 20)
const FAULTS: readonly Fault[] = ['conflict', 'late conflict', 'ended', 'cut before', 'cut during', 'cut after']

eachServer('transactions under faults in the long run', live => {
  const db = databaseFor(live, { max: 8, driver: faulty(postgresJs, perils) })
  beforeAll(() => prepare(db, live))
  afterAll(() => db.close())

  it(`${SECONDS} seconds: none is lost, none is done twice, and all are as if they had run one after the other`, async () => {
    const outcomes = await compete(db, retried, SECONDS * 1000)
    console.log(`${live.name}, SEED=${SEED}: ${tallyOf(outcomes)}`)
    expect({ seed: SEED, problems: await problemsOf(db, outcomes) }).toEqual({ seed: SEED, problems: [] })

    const met = new Set(outcomes.flatMap(({ strikes }) => strikes.map(({ fault }) => fault)))
    expect([...met].sort()).toEqual([...FAULTS].sort())
    for (const kind of [AmbiguousCommitError, ConnectionLost, ExceededMaxAttempts])
      expect(outcomes.filter(({ error }) => error instanceof kind)).not.toEqual([])
  }, 120_000)
})
