import { lackOf, postgresqlProfile, type ServerProfile } from '../../lib/extend.js'
import {
  type Class,
  type ColumnKey,
  type DatabaseOptions,
  type HashOptions,
  type Model,
  metadata,
  OperationalError,
  PostgresqlDatabase
} from '../../lib/index.js'
import { sessionCancel } from './cancel.js'
import { cockroachDialect } from './dialect.js'
import { alterPrimaryKeyText } from './schema.js'
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
  // cockroachdb/cockroach#139871
  commitsBeforeDdl: version => version >= 250_100,
  nestedAtomic: 'refuse',
  sessionCancel
}

/**
 * A CockroachDB database: `new CockroachDatabase('my_app', { host: '10.1.0.8' })`, or a URL. User `root` and port 26257
 * unless given. `atomic()` inside a transaction is refused; `runTransaction` restarts behind `SAVEPOINT cockroach_restart`.
 */
export class CockroachDatabase extends PostgresqlDatabase {
  constructor(name: string | null, options?: DatabaseOptions) {
    super(name, options, cockroachProfile)
  }

  /**
   * Gives a model's table another primary key, as its declaration is to say from then on. What was the key before stays as a
   * unique index, which may be dropped.
   *
   * `await db.alterPrimaryKey(Visit, ['day', 'id'], { hash: true })` →
   * `ALTER TABLE "visit" ALTER PRIMARY KEY USING COLUMNS ("day", "id") USING HASH`
   *
   * Rejects with `OperationalError` inside a transaction: it takes one of its own.
   */
  async alterPrimaryKey<M extends Model>(
    model: Class<M>,
    fields: readonly ColumnKey<M>[],
    options: HashOptions = {}
  ): Promise<void> {
    const sql = alterPrimaryKeyText(metadata(model), fields, options)
    if (this.inTransaction())
      throw new OperationalError('alterPrimaryKey() takes a transaction of its own; call it outside this one, or in db.outside()')
    const { hashSharding, version } = await this.capabilities()
    if (options.hash && !hashSharding) throw lackOf(cockroachDialect, 'hashSharding', { version, sql })
    await this.executeSql(sql)
  }
}
