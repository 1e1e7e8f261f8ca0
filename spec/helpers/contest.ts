import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { AmbiguousCommitError, ConnectionLost, type Database, ExceededMaxAttempts } from 'pewit'
import { Random } from '../../examples/bank/random.js'
import { pause } from './driver.js'
import type { Fault, Faults } from './faulty-driver.js'
import { anomaliesIn, type Committed } from './history.js'
import type { LiveServer } from './live.js'
import { ACCOUNTS, type Attempt, ChangeOfMind, Entry, INITIAL, PAIRS, Purse, WORKS } from './purses.js'

/** Workers whose transactions compete for purses under faults, and what is wrong with what came of it. */

/** A fault that befell a transaction. */
interface Strike {
  readonly fault: Fault
  readonly text: string
}

/** What became of a transaction, and what its last attempt did. */
export interface Outcome extends Attempt {
  readonly what: keyof typeof WORKS
  readonly strikes: readonly Strike[]
  readonly attempts: number
  /** What it rejected with. */
  readonly error: unknown
}

/** The seed of a run: `SEED=5 npx jest …` has it as it was, as far as the server plays along. */
export const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

/** How a transaction is run. */
export type Runner = (db: Database, body: () => Promise<void>, random: Random) => Promise<void>

interface Job {
  readonly random: Random
  readonly strikes: Strike[]
}

const current = new AsyncLocalStorage<Job>()
const WORKERS = 8

/** What commits, on either server. */
const COMMITS = /^(COMMIT|RELEASE SAVEPOINT cockroach_restart)/

/** How many in a hundred statements of a kind meet a fault, and which. */
const PERILS: readonly (readonly [at: RegExp, percent: number, faults: readonly Fault[]])[] = [
  [COMMITS, 6, ['conflict', 'ended', 'cut before', 'cut during', 'cut after']],
  [/^ROLLBACK/, 3, ['cut before', 'cut during', 'cut after']],
  [/^BEGIN/, 1, ['conflict', 'cut before', 'cut during', 'cut after']],
  [/^/, 2, ['conflict', 'late conflict', 'conflict', 'late conflict', 'cut before', 'cut during', 'cut after']]
]

/** Faults at random, in the transactions of {@link compete} alone. */
export const perils: Faults = text => {
  const job = current.getStore()
  const [, percent, faults] = PERILS.find(([at]) => at.test(text)) ?? []
  if (!job || !faults || !job.random.percent(percent ?? 0)) return undefined
  const fault = job.random.pick(faults)
  job.strikes.push({ fault, text })
  return fault
}

/** Run again until it does not conflict, or up to three times, with locks or without. */
export const retried: Runner = (db, body, random) =>
  db.runTransaction(body, {
    maxAttempts: random.percent(20) ? 1 + random.below(3) : undefined,
    backoff: { base: 2, cap: 100 },
    locking: random.pick(['none', 'always', 'adaptive'] as const)
  })

/** Fills the tables. */
export async function prepare(db: Database, live: LiveServer): Promise<void> {
  // After a second unless told, in which nothing else would happen here. Only a superuser may.
  const soon = `ALTER DATABASE "${new URL(live.url).pathname.slice(1)}" SET deadlock_timeout = '20ms'`
  if (live.name === 'postgresql') await db.executeSql(soon).catch(refused)
  db.bind([Purse, Entry])
  await db.createTables([Purse, Entry])
  await Purse.insertMany([...ACCOUNTS, ...PAIRS.flat()].map(id => ({ id, balance: INITIAL })))
}

function refused(error: { readonly sqlstate?: string }): void {
  if (error.sqlstate !== '42501') throw error
}

/** Has eight workers run transactions for so many milliseconds. */
export async function compete(db: Database, run: Runner, milliseconds: number, seed = SEED): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const end = performance.now() + milliseconds
  const worker = async (which: number) => {
    const random = new Random(seed * 1000 + which)
    while (performance.now() < end) outcomes.push(await transaction(db, run, random))
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, which) => worker(which)))
  return outcomes
}

async function transaction(db: Database, run: Runner, random: Random): Promise<Outcome> {
  const what = random.percent(60) ? 'transfer' : random.percent(65) ? 'withdrawal' : 'audit'
  const id = randomUUID()
  const strikes: Strike[] = []
  let attempts = 0
  let last: Attempt = attemptOf(id, db, random)
  const body = () => {
    attempts++
    last = attemptOf(id, db, random)
    return WORKS[what](last)
  }
  let error: unknown
  await current
    .run({ random, strikes }, () => run(db, body, random))
    .catch((thrown: unknown) => {
      error = thrown
    })
  return { ...last, what, strikes, attempts, error }
}

function attemptOf(id: string, db: Database, random: Random): Attempt {
  return { id, db, random, reads: [], writes: [], posted: false, seen: [] }
}

/** What is wrong with the outcomes and the tables they left behind, in words. */
export async function problemsOf(db: Database, outcomes: readonly Outcome[]): Promise<string[]> {
  // A COMMIT whose connection was cut may still be under way.
  await pause(200)
  const together = { isolation: 'serializable', readOnly: true } as const
  const [purses, entries] = await db.transaction(
    async () => [await Purse.select().orderBy(p => p.id), await Entry.select()],
    together
  )
  const posted = countOf(entries)
  return [
    ...outcomes.flatMap(outcome => [...wrongError(outcome), ...wrongEntries(outcome, posted.get(outcome.id) ?? 0)]),
    ...wrongPurses(purses, entries),
    ...wrongSums(outcomes, purses),
    ...anomaliesIn(historyOf(outcomes, posted))
  ]
}

/** How many entries each transaction has left. */
function countOf(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { movement } of entries) counts.set(movement, (counts.get(movement) ?? 0) + 1)
  return counts
}

/** The transactions that were committed, as the entries tell of those whose end nobody heard of. */
function historyOf(outcomes: readonly Outcome[], posted: ReadonlyMap<string, number>): Committed[] {
  return outcomes.filter(({ id, error }) => error === undefined || (error instanceof AmbiguousCommitError && posted.has(id)))
}

/** Errors other than those that the transaction met or was to throw. */
function wrongError({ id, error, strikes }: Outcome): string[] {
  const cuts = strikes.filter(({ fault }) => fault.startsWith('cut'))
  const unanswered = cuts.some(({ text }) => COMMITS.test(text))
  const story = `${id}, after ${strikes.map(({ fault, text }) => `"${fault}" at ${text.slice(0, 20)}`).join(', ') || 'no fault'}`
  if (unanswered !== error instanceof AmbiguousCommitError) return [`${story}, ended with ${error}`]
  if (error instanceof ConnectionLost) return cuts.length > 0 ? [] : [`${story}, lost its connection`]
  const expected = [undefined, AmbiguousCommitError, ExceededMaxAttempts, ChangeOfMind]
  return expected.some(kind => (kind ? error instanceof kind : error === undefined)) ? [] : [`${story}, rejected with ${error}`]
}

/** A movement that was lost, or done twice, or done although it failed. */
function wrongEntries({ id, error, posted }: Outcome, entries: number): string[] {
  const allowed = error === undefined ? [posted ? 1 : 0] : error instanceof AmbiguousCommitError && posted ? [0, 1] : [0]
  return allowed.includes(entries) ? [] : [`${id} ended with ${error ?? 'success'}, and ${entries} entries`]
}

/** Purses that do not have what their entries say. */
function wrongPurses(purses: readonly Purse[], entries: readonly Entry[]): string[] {
  return purses.flatMap(({ id, balance, version }) => {
    const own = entries.filter(({ giver, taker }) => giver === id || taker === id)
    const due = own.reduce((sum, { taker, amount }) => sum + (taker === id ? amount : -amount), INITIAL)
    return balance === due && version === own.length
      ? []
      : [`purse ${id} has ${balance} after ${version} writes, and ${due} after ${own.length} entries`]
  })
}

/** Sums that are not what they must always be. */
function wrongSums(outcomes: readonly Outcome[], purses: readonly Purse[]): string[] {
  const balances = new Map(purses.map(({ id, balance }) => [id, balance]))
  const total = INITIAL * ACCOUNTS.length
  const wrong = outcomes.filter(({ error, seen }) => error === undefined && seen.some(sum => sum !== total))
  const below = PAIRS.filter(([a, b]) => (balances.get(a) ?? 0) + (balances.get(b) ?? 0) < 0)
  return [
    ...wrong.map(({ id, seen }) => `${id} counted ${seen} in all accounts instead of ${total}`),
    ...below.map(pair => `the pair ${pair} is below zero`)
  ]
}

/** What there was of each, for a line in the log. */
export function tallyOf(outcomes: readonly Outcome[]): string {
  const count = (is: (outcome: Outcome) => boolean) => outcomes.filter(is).length
  const strikes = outcomes.flatMap(outcome => outcome.strikes)
  const faults = [...new Set(strikes.map(({ fault }) => fault))].sort()
  return [
    `${count(({ error }) => error === undefined)} committed`,
    `${count(({ error }) => error instanceof AmbiguousCommitError)} ambiguous`,
    `${count(({ error }) => error instanceof ConnectionLost)} lost`,
    `${outcomes.reduce((sum, { attempts }) => sum + attempts - 1, 0)} restarts`,
    ...faults.map(fault => `${strikes.filter(strike => strike.fault === fault).length} × ${fault}`)
  ].join(', ')
}
