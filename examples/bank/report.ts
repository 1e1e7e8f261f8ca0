import Table from 'cli-table3'
import type { QueryEvent } from 'pewit'
import type { AccountsFile } from './accounts-file.js'
import { amountOf, total } from './money.js'
import type { Tally } from './workers.js'

/** What was loaded, and each line that was not. */
export function loadedText({ customers, accounts, refusals }: AccountsFile): string {
  const refused = refusals.map(({ line, reason }) => `Line ${line} refused: ${reason}`)
  const summary = `Loaded ${accounts.length} accounts of ${customers.length} customers; ${refusals.length} lines refused.`
  return [...refused, summary].join('\n')
}

/** What the audit found, given what is wrong with the books. */
export function auditText(faults: readonly string[], { accounts }: AccountsFile): string {
  if (faults.length > 0) return [...faults.map(fault => `Wrong: ${fault}`), 'The books do NOT balance.'].join('\n')
  const sum = amountOf(total(accounts.map(({ balance }) => balance)))
  return `The books balance: ${sum} in all as before, each account holds what the ledger says, no transfer is lost or doubled.`
}

/** What came of the work, as a table. */
export function tableOf({ done, refused, retries, milliseconds, seconds }: Tally): string {
  const table = new Table({ style: { head: [], border: [] }, colAligns: ['left', 'right'] })
  const sorted = milliseconds.toSorted((a, b) => a - b)
  table.push(
    ['Transfers done', String(done.length)],
    ['Refused, over the balance', String(refused)],
    ['Retries', String(retries)],
    ['Throughput', `${Math.round(milliseconds.length / (seconds || 1))} transfers/s`],
    ['Latency, p50', `${quantile(sorted, 0.5).toFixed(1)} ms`],
    ['Latency, p99', `${quantile(sorted, 0.99).toFixed(1)} ms`]
  )
  return table.toString()
}

/** The value below which that part of the sorted numbers lies. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

/** Statements as they were sent, with their parameters. */
export function statementsText(events: readonly QueryEvent[]): string {
  return events.map(({ sql, params = [] }) => (params.length > 0 ? `${sql}\n  -- ${JSON.stringify(params)}` : sql)).join('\n')
}
