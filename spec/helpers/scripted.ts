import { type DatabaseOptions, PostgresqlDatabase } from 'pewit'
import { type RecordedStatement, type RecordingDriver, recordingDriver } from 'pewit/extend'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'

/** What the server answers to the first matching statement that no other step took. */
export interface Step {
  readonly at: RegExp
  readonly answer: Error | { readonly command?: string; readonly rows?: readonly (readonly (string | null)[])[] }
}

/** A database whose server answers as told, and what it was sent. */
export interface Scripted {
  readonly db: PostgresqlDatabase
  readonly driver: RecordingDriver
  /** What the transactions sent, by the first word of each query. */
  sent(): string[]
  /** The same, as it was sent. */
  texts(): string[]
}

const KEY = '8c2a3b1e-0000-4000-8000-000000000000'

/** A database of that kind and version: `CockroachDB v25.4.3`, `PostgreSQL 18.4`. */
export function scripted(server: string, steps: readonly Step[] = [], options: DatabaseOptions = {}): Scripted {
  const left = [...steps]
  const driver = recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [[server.replace('CockroachDB ', 'CockroachDB CCL ')]] }
    const next = left.findIndex(({ at }) => at.test(text))
    if (next >= 0) return left.splice(next, 1)[0]?.answer
    return text.startsWith('INSERT') ? { rows: [[KEY]] } : undefined
  })
  const Kind = server.startsWith('CockroachDB') ? CockroachDatabase : PostgresqlDatabase
  const db = new Kind('shop', { ...options, driver: driver.factory })
  const texts = () => driver.statements.filter(({ on }: RecordedStatement) => on === 'transaction').map(({ text }) => text)
  return { db, driver, texts, sent: () => texts().map(text => text.replace(/^(INSERT|SELECT|UPDATE)\b.*/, '$1')) }
}
