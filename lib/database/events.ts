import type { Driver, RawResult, TransactionConnection, WireStatement } from '../driver/driver.js'

/** What happened to one statement. */
export interface QueryEvent {
  readonly sql: string
  /** The parameters as they were sent. */
  readonly params: readonly (string | null)[]
  /** From sending to the answer. */
  readonly milliseconds: number
  /** Rows returned or touched. */
  readonly rows: number
  readonly error?: unknown
}

/** Takes what happened to statements. */
export type QueryLog = (event: QueryEvent) => void

/** The log that an option means, or none. */
export function queryLog(option: boolean | QueryLog | undefined): QueryLog | undefined {
  if (typeof option === 'function') return option
  return option ? printQuery : undefined
}

function printQuery({ sql, milliseconds, rows, error }: QueryEvent): void {
  console.log(`${sql}\n  -- ${milliseconds.toFixed(1)} ms, ${error === undefined ? `${rows} rows` : `failed: ${String(error)}`}`)
}

/** Runs a statement and tells the log about it. */
async function logged<T extends RawResult | readonly RawResult[]>(
  log: QueryLog,
  statement: WireStatement,
  run: () => Promise<T>
): Promise<T> {
  const started = performance.now()
  const tell = (rows: number, error?: unknown) => {
    const milliseconds = performance.now() - started
    try {
      log({ sql: statement.text, params: statement.params, milliseconds, rows, ...(error === undefined ? {} : { error }) })
    } catch (failure) {
      // A statement that the server has carried out must not look failed.
      process.emitWarning(failure instanceof Error ? failure : String(failure))
    }
  }
  try {
    const result = await run()
    const last = Array.isArray(result) ? (result.at(-1) as RawResult | undefined) : (result as RawResult)
    tell(last ? last.rows.length || last.count : 0)
    return result
  } catch (error) {
    tell(0, error)
    throw error
  }
}

/** A driver that tells the log of everything it sends. */
export function loggedDriver(driver: Driver, log: QueryLog): Driver {
  return {
    connect: () => driver.connect(),
    query: statement => logged(log, statement, () => driver.query(statement)),
    script: text => logged(log, scripted(text), () => driver.script(text)),
    acquire: async () => loggedConnection(await driver.acquire(), log),
    close: timeout => driver.close(timeout)
  }
}

function loggedConnection(connection: TransactionConnection, log: QueryLog): TransactionConnection {
  return {
    get alive() {
      return connection.alive
    },
    query: statement => logged(log, statement, () => connection.query(statement)),
    script: text => logged(log, scripted(text), () => connection.script(text)),
    onLost: listener => connection.onLost(listener),
    release: state => connection.release(state)
  }
}

function scripted(text: string): WireStatement {
  return { text, params: [], types: [] }
}
