import { setTimeout as sleep } from 'node:timers/promises'
import { BigIntegerField, IntegerField, type Locking, Model, model, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { startPostgres } from '../spec/helpers/servers.js'

/**
 * Measures what locking is worth: transfers between accounts, read and then written, by 16 workers at once, on few accounts and
 * on many. `npx tsx bench/contention.ts [seconds of each run] [rounds]`; on a CockroachDB where COCKROACH_URL names one.
 * The ways take turns, so that whatever else the machine does falls on all alike.
 */

const [seconds = 3, rounds = 3] = process.argv.slice(2).map(Number)
const WORKERS = 16
const WAYS: readonly Locking[] = ['none', 'always', 'adaptive']

@model()
class Account extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @BigIntegerField() balance!: bigint
}

/** Reads two accounts, and moves money from one to the other. */
type Transfer = (from: number, to: number) => Promise<void>

/** By one select, whose order is also that of its locks. */
const together: Transfer = async (from, to) => {
  const accounts = await Account.select()
    .where(a => a.id.in([from, to]))
    .orderBy(a => a.id)
  const [source, target] = accounts[0]?.id === from ? accounts : accounts.toReversed()
  await move(source, target)
}

/** One after the other, so that two transfers may lock them in opposite orders. */
const apart: Transfer = async (from, to) => {
  await move(await Account.getById(from), await Account.getById(to))
}

async function move(source: Account, target: Account): Promise<void> {
  source.balance -= 1n
  target.balance += 1n
  await Promise.all([source.save(), target.save()])
}

interface Load {
  readonly title: string
  readonly accounts: number
  readonly transfer: Transfer
}

const LOADS: readonly Load[] = [
  { title: '4 accounts, read together', accounts: 4, transfer: together },
  { title: '4 accounts, read one by one', accounts: 4, transfer: apart },
  { title: '1,000 accounts, read together', accounts: 1000, transfer: together },
  { title: '1,000 accounts, read one by one', accounts: 1000, transfer: apart }
]

/** What a way did in all its runs. */
interface Tally {
  transactions: number
  retries: number
  milliseconds: number
  readonly latencies: number[]
}

async function run(db: PostgresqlDatabase, { title, accounts, transfer }: Load, locking: Locking, tally: Tally): Promise<void> {
  const began = performance.now()
  const end = began + seconds * 1000
  const worker = async () => {
    while (performance.now() < end) {
      const from = Math.floor(Math.random() * accounts)
      const to = (from + 1 + Math.floor(Math.random() * (accounts - 1))) % accounts
      const started = performance.now()
      await db.runTransaction(() => transfer(from, to), { locking, label: `${title} ${locking}`, onRetry: () => tally.retries++ })
      tally.latencies.push(performance.now() - started)
      tally.transactions++
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
  tally.milliseconds += performance.now() - began
}

function report(locking: Locking, { transactions, retries, milliseconds, latencies }: Tally): void {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)} ms`
  const rate = ((transactions * 1000) / milliseconds).toFixed(0)
  const columns = [`${rate} tx/s`, `${(retries / transactions).toFixed(2)} retries/tx`, `p50 ${at(0.5)}`, `p99 ${at(0.99)}`]
  console.log(`  ${locking.padEnd(9)} ${columns.map(text => text.padStart(17)).join(' ')}`)
}

const { COCKROACH_URL } = process.env
const server = COCKROACH_URL ? undefined : await startPostgres()
const db = server
  ? new PostgresqlDatabase(server.url, { max: WORKERS })
  : new CockroachDatabase(COCKROACH_URL ?? '', { max: WORKERS })

try {
  db.bind([Account])
  await db.dropTables([Account])
  await db.createTables([Account])
  await Account.insertMany(Array.from({ length: 1000 }, (_, id) => ({ id, balance: 1_000_000n })))
  for (const load of LOADS) {
    const tallies = WAYS.map((): Tally => ({ transactions: 0, retries: 0, milliseconds: 0, latencies: [] }))
    for (let round = 0; round < rounds; round++) {
      for (const [i, way] of WAYS.entries()) {
        await run(db, load, way, tallies[i])
        await sleep(100)
      }
    }
    console.log(load.title)
    for (const [i, way] of WAYS.entries()) report(way, tallies[i])
  }
  const balances = (await Account.select()).map(({ balance }) => balance)
  if (balances.reduce((sum, balance) => sum + balance, 0n) !== 1_000_000_000n) throw new Error('Money was lost or made')
} finally {
  await db.dropTables([Account]).catch(() => undefined)
  await db.close()
  await server?.stop()
}
