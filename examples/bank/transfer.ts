import type { Database } from 'pewit'
import { Account, Transfer } from './models.js'
import { cents } from './money.js'
import type { Order } from './orders.js'

/** How a transfer ended. A refused one is a result, not an error: the account held too little. */
export type Outcome = 'done' | 'refused'

/** Transfers money in a transaction of its own; `attempts` says how often it ran until it met no conflict with others. */
export async function transfer(db: Database, order: Order): Promise<{ outcome: Outcome; attempts: number }> {
  let attempts = 0
  const outcome = await db.runTransaction(() => {
    attempts++
    return move(order)
  })
  return { outcome, attempts }
}

/** Moves the money inside the open transaction, which every query finds by itself. */
async function move({ reference, from, to, amount }: Order): Promise<Outcome> {
  const accounts = await Account.select().where(a => a.id.in([from.id, to.id]))
  const payer = accounts.find(account => account.equals(from))
  if (!payer || accounts.length < 2) throw new Error(`${reference}: ${from.number} or ${to.number} does not exist`)
  if (cents(payer.balance) < cents(amount)) return 'refused'

  const debit = Account.update({ balance: a => a.balance.sub(amount) }).where(a => a.id.eq(from.id))
  const credit = Account.update({ balance: a => a.balance.add(amount) }).where(a => a.id.eq(to.id))
  const entry = Transfer.insert({ reference, from, to, amount })
  // In the order of the keys: two transfers in opposite directions would otherwise wait for each other.
  const updates = from.id < to.id ? [debit, credit] : [credit, debit]
  // A query runs when it is awaited. Awaited together, the three travel together: one trip to the server.
  await Promise.all([...updates, entry])
  return 'done'
}
