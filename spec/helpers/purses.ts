import { type Database, type Expr, type Fields, IntegerField, Model, model, UUIDField } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import type { Random } from '../../examples/bank/random.js'
import type { Read, Version } from './history.js'

/** Rows that transactions compete for, what they do with them, and what they tell of it. */

/** What somebody owns. */
@model()
export class Purse extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @IntegerField() balance!: number
  /** How many times it was written. */
  @IntegerField({ default: 0 }) version!: number
  /** The transaction that wrote it last. */
  @UUIDField({ null: true }) writer!: string | null
}

/** What a transaction moved: one for each that changes purses, written by it. */
@model()
export class Entry extends Model {
  @UUIDKeyField() id!: string
  /** Not unique: one that was done twice is to be seen. */
  @UUIDField() movement!: string
  @IntegerField({ null: true }) giver!: number | null
  @IntegerField({ null: true }) taker!: number | null
  @IntegerField() amount!: number
}

/** Transfers move money between these, and never leave one below zero. */
export const ACCOUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
/** Withdrawals take from either of two, as long as both together are not below zero. */
export const PAIRS = [
  [101, 102],
  [103, 104],
  [105, 106]
] as const
/** What is in each at first. */
export const INITIAL = 100

/** What one attempt of a transaction read and wrote. */
export interface Attempt {
  readonly id: string
  readonly db: Database
  readonly random: Random
  readonly reads: Read[]
  readonly writes: Version[]
  /** Whether it wrote an entry. */
  posted: boolean
  /** The sums it saw, which say whether what it read was of one moment. */
  readonly seen: number[]
}

/** Thrown to have a transaction rolled back. */
export class ChangeOfMind extends Error {}

/** What transactions do. */
export const WORKS = {
  /** Moves an amount from one account to another, if there is enough. */
  async transfer(attempt: Attempt): Promise<void> {
    const { random } = attempt
    const giver = random.pick(ACCOUNTS)
    const taker = random.pick(ACCOUNTS.filter(id => id !== giver))
    const amount = 1 + random.below(50)
    if (random.percent(15)) await look(giver)
    const [from, to] = await purses(attempt, [giver, taker])
    if (from.balance < amount) return
    await both(
      random,
      () => change(attempt, from, -amount),
      () => change(attempt, to, amount)
    )
    if (random.percent(15)) await postInVain(attempt)
    await post(attempt, { giver, taker, amount })
    if (random.percent(5)) throw new ChangeOfMind()
  },

  /** Takes from one of a pair what both together have, else fills it. */
  async withdrawal(attempt: Attempt): Promise<void> {
    const { random } = attempt
    const pair = await purses(attempt, random.pick(PAIRS))
    const purse = random.pick(pair)
    const amount = 1 + random.below(2 * INITIAL)
    const enough = pair[0].balance + pair[1].balance >= amount
    await change(attempt, purse, enough ? -amount : amount)
    await post(attempt, { giver: enough ? purse.id : null, taker: enough ? null : purse.id, amount })
  },

  /** Counts all accounts, some first and then the others. */
  async audit(attempt: Attempt): Promise<void> {
    const pivot = attempt.random.pick(ACCOUNTS)
    const first = await read(attempt, p => p.id.lte(pivot))
    const others = await read(attempt, p => p.id.gt(pivot).and(p.id.lte(ACCOUNTS.length)))
    attempt.seen.push([...first, ...others].reduce((sum, { balance }) => sum + balance, 0))
  }
}

/** Two purses, in the order of the ids, read together, at once, or one after the other. */
async function purses(attempt: Attempt, [a, b]: readonly [number, number] | readonly number[]): Promise<[Purse, Purse]> {
  const one = async (id: number) => (await read(attempt, p => p.id.eq(id)))[0]
  if (attempt.random.percent(30)) return Promise.all([one(a), one(b)])
  if (attempt.random.percent(50)) return [await one(a), await one(b)]
  const found = await read(attempt, p => p.id.in([a, b]))
  return [found.find(({ id }) => id === a) as Purse, found.find(({ id }) => id === b) as Purse]
}

type Condition = (purse: Fields<Purse>) => Expr<boolean>

async function read(attempt: Attempt, condition: Condition): Promise<Purse[]> {
  const found = await Purse.select().where(condition)
  for (const { id, version, writer } of found) attempt.reads.push({ row: String(id), version, writer })
  return found
}

/** Writes a purse: what the program counted, or what the server counts. */
async function change(attempt: Attempt, purse: Purse, amount: number): Promise<void> {
  const { id: row } = purse
  if (attempt.random.percent(50)) {
    purse.balance += amount
    purse.version += 1
    purse.writer = attempt.id
    await purse.save()
    attempt.writes.push({ row: String(row), version: purse.version })
    return
  }
  const [{ version }] = await Purse.update({
    balance: p => p.balance.add(amount),
    version: p => p.version.add(1),
    writer: attempt.id
  })
    .where(p => p.id.eq(row))
    .returning(p => [p.version])
  attempt.writes.push({ row: String(row), version })
}

async function post(attempt: Attempt, entry: Pick<Entry, 'giver' | 'taker' | 'amount'>): Promise<void> {
  attempt.posted = true
  await Entry.create({ movement: attempt.id, ...entry })
}

/** Reads, and minds no error, as a program should not: a conflict must restart the transaction all the same. */
async function look(id: number): Promise<void> {
  const seen = Purse.select().where(p => p.id.eq(id))
  await seen.execute().catch(() => undefined)
}

/** Writes an entry and thinks better of it: one that is left behind is one too many. */
async function postInVain({ id, db }: Attempt): Promise<void> {
  const vain = db.savepoint(async () => {
    await Entry.create({ movement: id, amount: 0 })
    throw new ChangeOfMind()
  })
  await vain.catch(error => {
    if (!(error instanceof ChangeOfMind)) throw error
  })
}

/** At the same time, or one after the other. */
async function both(random: Random, first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
  if (random.percent(50)) return void (await Promise.all([first(), second()]))
  await first()
  await second()
}
