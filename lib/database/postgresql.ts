import { postgresDialect } from '../dialect/postgres.js'
import { Database } from './database.js'
import type { DatabaseOptions } from './options.js'
import { postgresqlProfile, type ServerProfile } from './profile.js'

/**
 * A PostgreSQL database: `new PostgresqlDatabase('shop', { user: 'app' })`, or a URL; with `null`, `init()` says later
 * which. `atomic()` inside a transaction is a savepoint; `runTransaction` runs at SERIALIZABLE.
 */
export class PostgresqlDatabase extends Database {
  /** `profile` is for kinds of servers that are a difference of this one. */
  constructor(name: string | null, options?: DatabaseOptions, profile: ServerProfile = postgresqlProfile(postgresDialect)) {
    super(profile, name, options)
  }
}
