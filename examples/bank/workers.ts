import type { Database } from 'pewit'
import type { Order } from './orders.js'
import { transfer } from './transfer.js'

/** What came of the orders. */
export interface Tally {
  /** The references of the transfers that were done. */
  readonly done: string[]
  refused: number
  /** Attempts beyond the first of each transfer. */
  retries: number
  /** Of each transfer with all its attempts. */
  readonly milliseconds: number[]
  /** From the first transfer's begin to the last one's end. */
  seconds: number
}

/** How the workers are to work. */
export interface WorkOptions {
  readonly workers: number
  /** Ends the work early: transfers that have begun are finished, no other is begun. */
  readonly signal?: AbortSignal
  /** Called after each transfer. */
  readonly onProgress?: (tally: Readonly<Tally>) => void
}

/** Carries out the orders by so many workers, each with one transfer at a time. */
export async function work(db: Database, orders: readonly Order[], options: WorkOptions): Promise<Tally> {
  const tally: Tally = { done: [], refused: 0, retries: 0, milliseconds: [], seconds: 0 }
  const queue = orders.values()
  const failed = new AbortController()
  const begun = performance.now()
  const worker = async () => {
    for (const order of queue) {
      if (options.signal?.aborted || failed.signal.aborted) return
      await carryOut(db, order, tally)
      tally.seconds = (performance.now() - begun) / 1000
      options.onProgress?.(tally)
    }
  }
  const workers = Array.from({ length: options.workers }, () => worker().catch(error => failed.abort(error)))
  await Promise.all(workers)
  failed.signal.throwIfAborted()
  return tally
}

async function carryOut(db: Database, order: Order, tally: Tally): Promise<void> {
  const begun = performance.now()
  const { outcome, attempts } = await transfer(db, order)
  tally.milliseconds.push(performance.now() - begun)
  tally.retries += attempts - 1
  if (outcome === 'done') tally.done.push(order.reference)
  else tally.refused++
}
