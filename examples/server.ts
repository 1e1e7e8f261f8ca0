import { randomBytes } from 'node:crypto'
import { type Database, type DatabaseOptions, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { createDatabase, dropDatabase, findCockroach, type Server, startPostgres, urlFor } from '../spec/helpers/servers.js'

export type { Server }

/** A server to work on: a CockroachDB where there is one, else a PostgreSQL of our own. It runs until `stop`. */
export async function findServer(): Promise<Server> {
  return (await findCockroach()) ?? (await startPostgres())
}

/** Runs `fn` with a new, empty database on the server, and drops it afterwards: nobody's data is touched. */
export async function withDatabase<T>(server: Server, options: DatabaseOptions, fn: (db: Database) => Promise<T>): Promise<T> {
  const name = `pewit_example_${randomBytes(4).toString('hex')}`
  await createDatabase(server, name)
  try {
    await using db = databaseAt(server, urlFor(server, name), options)
    return await fn(db)
  } finally {
    await dropDatabase(server, name)
  }
}

/** The database class of the kind of server. */
export function databaseAt({ name }: Pick<Server, 'name'>, url: string, options?: DatabaseOptions): Database {
  return name === 'cockroachdb' ? new CockroachDatabase(url, options) : new PostgresqlDatabase(url, options)
}
