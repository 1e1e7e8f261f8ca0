import type { Database, QueryEvent } from 'pewit'
import { findServer, type Server, withDatabase } from '../server.js'
import { type AccountsFile, readAccounts } from './accounts-file.js'
import { audit } from './audit.js'
import { load } from './load.js'
import { models } from './models.js'
import type { Options } from './options.js'
import { makeOrders } from './orders.js'
import { showProgress } from './progress.js'
import { auditText, loadedText, statementsText, tableOf } from './report.js'
import { transfer } from './transfer.js'
import { type Tally, work } from './workers.js'

const EXIT = { well: 0, failed: 1, interrupted: 130 } as const

/** Runs the whole example on the server it finds, prints what comes of it, and gives the exit code. */
export async function runExample(options: Options, signal: AbortSignal): Promise<number> {
  const server = await findServer()
  try {
    console.log(`Server: ${server.how}`)
    if (signal.aborted) return EXIT.interrupted
    return options.sql ? await showStatements(server) : await moveMoney(server, options, signal)
  } catch (error) {
    console.error(error)
    return EXIT.failed
  } finally {
    await server.stop()
  }
}

/** Prints what one transfer sends. */
async function showStatements(server: Server): Promise<number> {
  const statements: QueryEvent[] = []
  return withDatabase(server, { logQueries: event => statements.push(event), logParameters: true }, async db => {
    const { accounts } = await open(db)
    statements.length = 0
    for (const order of makeOrders(accounts, { transfers: 1, hot: 0 })) await transfer(db, order)
    console.log(statementsText(statements))
    return EXIT.well
  })
}

/** Makes all the transfers, and holds the books against them. */
async function moveMoney(server: Server, options: Options, signal: AbortSignal): Promise<number> {
  return withDatabase(server, { max: options.workers }, async db => {
    const file = await open(db)
    console.log(loadedText(file))
    const tally = await workWithProgress(db, file, options, signal)
    console.log(tableOf(tally))
    const faults = await audit({ opening: file.accounts, done: tally.done })
    console.log(auditText(faults, file))
    if (signal.aborted) console.log(`Interrupted after ${tally.milliseconds.length} of ${options.transfers} transfers.`)
    if (faults.length > 0) return EXIT.failed
    return signal.aborted ? EXIT.interrupted : EXIT.well
  })
}

/** The accounts that come with the example, loaded into the database that the models are now bound to. */
async function open(db: Database): Promise<AccountsFile> {
  db.bind(models)
  const file = await readAccounts(new URL('accounts.csv', import.meta.url))
  await load(db, file)
  return file
}

async function workWithProgress(
  db: Database,
  { accounts }: AccountsFile,
  { workers, transfers, hot }: Options,
  signal: AbortSignal
): Promise<Tally> {
  console.log(`Making ${transfers} transfers by ${workers} workers, ${hot} % of them between ten busy accounts …`)
  const progress = showProgress(transfers)
  try {
    return await work(db, makeOrders(accounts, { transfers, hot }), { workers, signal, onProgress: progress.update })
  } finally {
    progress.end()
  }
}
