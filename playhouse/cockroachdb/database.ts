import { postgresqlProfile, type ServerProfile } from '../../lib/extend.js'
import { type DatabaseOptions, PostgresqlDatabase } from '../../lib/index.js'
import { cockroachDialect } from './dialect.js'
import { protocol, retryProtocol } from './transactions.js'

/** The version in the answer to `select version()`: v25.4.3 is 250403. */
export function parseVersion(answer: string): number | undefined {
  const [, year, release, patch] = /^CockroachDB.+?v(\d+)\.(\d+)\.(\d+)/.exec(answer) ?? []
  return year === undefined ? undefined : Number(year) * 10_000 + Number(release) * 100 + Number(patch)
}

/** CockroachDB, as a difference of PostgreSQL. */
export const cockroachProfile: ServerProfile = {
  ...postgresqlProfile(cockroachDialect),
  schemes: ['postgresql', 'postgres', 'cockroachdb'],
  driverUrl: url => url.replace(/^cockroachdb:/, 'postgresql:'),
  defaults: { user: 'root', port: 26257 },
  parseVersion,
  minimumVersion: 210_200,
  preparations: () => [
    {
      sql: 'SET CLUSTER SETTING sql.defaults.experimental_alter_column_type.enabled = true',
      without: 'the types of columns may not be changed',
      optional: true
    }
  ],
  protocol,
  retryProtocol,
  nestedAtomic: 'refuse'
}

/**
 * A CockroachDB database: `new CockroachDatabase('my_app', { host: '10.1.0.8' })`, or a URL. User `root` and port 26257
 * unless given. `atomic()` inside a transaction is refused; `runTransaction` restarts behind `SAVEPOINT cockroach_restart`.
 */
export class CockroachDatabase extends PostgresqlDatabase {
  constructor(name: string | null, options?: DatabaseOptions) {
    super(name, options, cockroachProfile)
  }
}
