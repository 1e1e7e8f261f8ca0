import { fn } from 'pewit'
import { Account, Transfer } from './models.js'
import { amountOf, cents, total } from './money.js'

/** What should be true: the balances as they were loaded, and the references of the transfers that were done. */
export interface Expected {
  readonly opening: readonly Account[]
  readonly done: readonly string[]
}

/** What is wrong with the books, in words; nothing where no cent was lost or made, and no transfer lost or doubled. */
export async function audit({ opening, done }: Expected): Promise<string[]> {
  return [...(await auditTotal(opening)), ...(await auditBalances(opening)), ...(await auditLedger(done))]
}

async function auditTotal(opening: readonly Account[]): Promise<string[]> {
  const before = total(opening.map(({ balance }) => balance))
  const after = cents((await Account.select(a => [fn.sum(a.balance)]).scalar()) ?? '0')
  return before === after ? [] : [`the total was ${amountOf(before)} and is ${amountOf(after)}`]
}

/** Holds every balance against what the ledger makes of the balance it began with. */
async function auditBalances(opening: readonly Account[]): Promise<string[]> {
  const sent = await Transfer.select(t => ({ account: t.from, sum: fn.sum(t.amount) })).groupBy(t => t.from)
  const received = await Transfer.select(t => ({ account: t.to, sum: fn.sum(t.amount) })).groupBy(t => t.to)
  const balances = await Account.select(a => ({ account: a.id, sum: a.balance }))
  const [out, into, now] = [byAccount(sent), byAccount(received), byAccount(balances)]
  return opening.flatMap(({ id, number, balance }) => {
    const expected = cents(balance) + (into.get(id) ?? 0n) - (out.get(id) ?? 0n)
    const found = now.get(id)
    if (found === expected) return []
    return [`${number} holds ${found === undefined ? 'nothing' : amountOf(found)}, the ledger says ${amountOf(expected)}`]
  })
}

function byAccount(rows: readonly { account: string; sum: string | null }[]): Map<string, bigint> {
  return new Map(rows.map(({ account, sum }) => [account, cents(sum ?? '0')]))
}

async function auditLedger(done: readonly string[]): Promise<string[]> {
  const entered = await Transfer.select(t => [t.reference]).scalars()
  const once = new Set(entered)
  const known = new Set(done)
  return [
    ...(once.size < entered.length ? [`${entered.length - once.size} transfers are in the ledger twice`] : []),
    ...done.filter(reference => !once.has(reference)).map(reference => `${reference} was done and is not in the ledger`),
    ...[...once].filter(reference => !known.has(reference)).map(reference => `${reference} is in the ledger and was not done`)
  ]
}
