import { type DatabaseOptions, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import type { LiveServer } from './live.js'

/** A database of the server's kind, on the spec's own database. */
export function databaseFor(live: LiveServer, options?: DatabaseOptions): PostgresqlDatabase {
  return live.name === 'cockroachdb' ? new CockroachDatabase(live.url, options) : new PostgresqlDatabase(live.url, options)
}
