/** Databases from URLs: `const db = connect(process.env.DATABASE_URL)`. */
import { didYouMean, misuse } from '../lib/extend.js'
import { type Database, type DatabaseOptions, InterfaceError, PostgresqlDatabase } from '../lib/index.js'
import { CockroachDatabase } from './cockroachdb/database.js'
import { PooledCockroachDatabase, PooledPostgresqlDatabase } from './pool.js'

/** A kind of database, as URLs make them. */
export type DatabaseClass = new (name: string, options: DatabaseOptions) => Database

/** What a URL says: the database's name, and options for its constructor. */
export interface ParsedUrl {
  readonly database: string
  readonly options: DatabaseOptions
}

const kinds = new Map<string, DatabaseClass>()

/**
 * The database that a URL means, by its scheme; nothing is connected to yet.
 *
 * `connect('crdb+pool://root@10.1.0.8:26257/shop?maxConnections=8')`
 *
 * Schemes: `postgres`, `postgresql`, `cockroachdb`, `crdb`, each also with `+pool`; those that Peewee has besides (`postgresext`,
 * `postgresqlext`, `psycopg3`) mean the same; and what `registerDatabase` adds. Parameters behind `?` are options: `true`,
 * `false` and numbers as such; those that are `null` are left out.
 *
 * Throws `InterfaceError` (code BAD_URL) for an unknown scheme, and for a URL that names no database.
 *
 * @param options come before those of the URL
 */
export function connect(url: string, options: DatabaseOptions = {}): Database {
  const parsed = parse(url)
  const Kind = kinds.get(schemeOf(url))
  if (!Kind) throw badUrl(`The URL's scheme "${schemeOf(url)}" is unknown${didYouMean(schemeOf(url), [...kinds.keys()])}`)
  return new Kind(parsed.database, { ...parsed.options, ...options })
}

/** What a URL says, as the constructor of a database takes it. Throws `InterfaceError` (code BAD_URL) for one that cannot be read. */
export function parse(url: string): ParsedUrl {
  const found = URL_PARTS.exec(url)
  if (!found) throw badUrl('The URL cannot be read; expected scheme://user:password@host:port/database')
  const [, credentials = '', hosts = '', path = '', query = ''] = found
  const database = decoded(path)
  if (database === '') throw badUrl('The URL names no database; expected scheme://user:password@host:port/database')
  const [user, password] = credentialsOf(credentials)
  const parameters = [...new URLSearchParams(query)]
  const session = parameters.filter(([name]) => OF_SESSION.includes(name))
  const named = parameters.filter(([name]) => !OF_SESSION.includes(name)).map(([name, value]) => [renamed(name), valueIn(value)])
  const options = {
    ...hostsOf(hosts),
    ...(user === '' ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...Object.fromEntries(named.filter(([, value]) => value !== null)),
    ...(session.length === 0 ? {} : { connection: Object.fromEntries(session) })
  }
  return { database, options }
}

/** Makes further schemes known, or gives one that is another meaning. */
export function registerDatabase(kind: DatabaseClass, ...schemes: readonly string[]): void {
  if (schemes.length === 0) throw misuse('BAD_ARGUMENT', 'registerDatabase: expected one scheme at least')
  for (const scheme of schemes) kinds.set(scheme.toLowerCase(), kind)
}

const PLAIN = ['postgres', 'postgresql', 'postgresext', 'postgresqlext', 'psycopg3']
const COCKROACH = ['cockroachdb', 'crdb']
const pool = (scheme: string) => `${scheme}+pool`
registerDatabase(PostgresqlDatabase, ...PLAIN)
registerDatabase(PooledPostgresqlDatabase, ...PLAIN.map(pool))
registerDatabase(CockroachDatabase, ...COCKROACH)
registerDatabase(PooledCockroachDatabase, ...COCKROACH.map(pool))

/** Credentials, hosts, database and parameters. A list of hosts is no URL to Node. */
const URL_PARTS = /^[a-z][a-z\d+.-]*:\/\/(?:([^@/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/i

/** Names that Peewee and libpq give to options. */
const RENAMED: Readonly<Record<string, string>> = {
  max_connections: 'maxConnections',
  stale_timeout: 'staleTimeout',
  connect_timeout: 'connectTimeout',
  isolation_level: 'isolationLevel',
  application_name: 'applicationName',
  sslmode: 'ssl'
}

/** What libpq and servers call parameters of the session: `options=--cluster%3Dshop` leads to a cluster behind a common address. */
const OF_SESSION = ['options', 'search_path']

function renamed(name: string): string {
  return RENAMED[name] ?? name
}

function schemeOf(url: string): string {
  return (/^([^:]*):/.exec(url)?.[1] ?? '').toLowerCase()
}

function credentialsOf(text: string): [user: string, password: string | undefined] {
  const [user = '', ...password] = text.split(':')
  return [decoded(user), password.length === 0 ? undefined : decoded(password.join(':'))]
}

function hostsOf(text: string): { host?: string | string[]; port?: number | number[] } {
  const all = text.split(',').map(one => /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(one))
  if (text === '') return {}
  const found = all.flatMap(one =>
    one ? [{ host: decoded((one[1] ?? '').replace(/^\[|\]$/g, '')), port: Number(one[2] ?? 0) }] : []
  )
  if (found.length < all.length) throw badUrl('The URL has a port that is no number')
  const ports = found.some(({ port }) => port > 0)
  if (found.length === 1) return { host: found[0].host, ...(ports ? { port: found[0].port } : {}) }
  if (ports && found.some(({ port }) => port === 0)) throw badUrl('The URL gives a port to some of its hosts only')
  return { host: found.map(({ host }) => host), ...(ports ? { port: found.map(({ port }) => port) } : {}) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUrl('The URL has a "%" that begins no character; write it as %25')
  }
}

function valueIn(text: string): unknown {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  if (/^(null|none)$/i.test(text)) return null
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function badUrl(message: string): InterfaceError {
  return new InterfaceError(message, { code: 'BAD_URL' })
}
