import type { Account } from './models.js'
import { amountOf } from './money.js'
import { Random } from './random.js'

/** A transfer that somebody asks for. */
export interface Order {
  readonly reference: string
  readonly from: Account
  readonly to: Account
  readonly amount: string
}

/** What orders are made from. */
export interface OrderPlan {
  readonly transfers: number
  /** How many of a hundred transfers go between the few accounts that everybody uses. */
  readonly hot: number
  readonly seed?: number
}

/** How many accounts everybody uses. */
const HOT_ACCOUNTS = 10
const LARGEST_CENTS = 600_00

/** Orders at random, the same in every run with the same seed. Some amounts are larger than what the account holds. */
export function makeOrders(accounts: readonly Account[], { transfers, hot, seed = 1 }: OrderPlan): Order[] {
  const random = new Random(seed)
  const busy = accounts.slice(0, HOT_ACCOUNTS)
  return Array.from({ length: transfers }, (_, i) => {
    const [from, to] = pair(random, random.percent(hot) ? busy : accounts)
    const amount = amountOf(BigInt(1 + random.below(LARGEST_CENTS)))
    return { reference: `T-${String(i + 1).padStart(6, '0')}`, from, to, amount }
  })
}

/** Two different accounts. */
function pair(random: Random, accounts: readonly Account[]): [from: Account, to: Account] {
  const from = random.below(accounts.length)
  const to = (from + 1 + random.below(accounts.length - 1)) % accounts.length
  return [accounts[from] as Account, accounts[to] as Account]
}
