import postgres from 'postgres'

/** The kinds of servers the live specs run on. */
export const serverNames = ['postgresql', 'cockroachdb'] as const

export type ServerName = (typeof serverNames)[number]

/** A server that runs, and how it came to run. */
export interface Server {
  readonly name: ServerName
  readonly url: string
  /** For people: "embedded PostgreSQL 18.4". */
  readonly how: string
  /** As the server tells it: "18.4", "v25.4.3". */
  readonly version: string
  /** Stops what was started for us; of a server that was running already, nothing. */
  stop(): Promise<void>
}

/** The server's URL with another database in it. */
export function urlFor(server: Pick<Server, 'url'>, database: string): string {
  const url = new URL(server.url)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** Creates an empty database on the server. */
export async function createDatabase(server: Pick<Server, 'url'>, name: string): Promise<void> {
  await withClient(server.url, sql => sql`create database ${sql(name)}`)
}

/** Drops a database, ending the connections that are left in it; none of that name is no error. */
export async function dropDatabase(server: Pick<Server, 'name' | 'url'>, name: string): Promise<void> {
  await withClient(server.url, sql =>
    server.name === 'cockroachdb'
      ? sql`drop database if exists ${sql(name)} cascade`
      : sql`drop database if exists ${sql(name)} with (force)`
  )
}

/** The server's version, as it tells it. Throws when it does not answer. */
export async function askVersion(url: string): Promise<string> {
  const [row] = await withClient(url, sql => sql<{ version: string }[]>`select version() as version`)
  const text = row?.version ?? ''
  return /\bv?\d[\w.-]*/.exec(text)?.[0] ?? text
}

async function withClient<T>(url: string, work: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(url, { max: 1, fetch_types: false, connect_timeout: 5, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
