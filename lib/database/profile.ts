import { type Capabilities, lackOf } from '../compiler/capabilities.js'
import type { Dialect } from '../compiler/dialect.js'
import type { SessionCancel } from '../driver/driver.js'
import { beginning, type TransactionOptions } from './beginning.js'
import type { DatabaseOptions } from './options.js'
import type { Protocol } from './transaction.js'

/** One kind of server, as a database knows it: a record of differences. */
export interface ServerProfile {
  readonly dialect: Dialect
  /** URL schemes that mean such a server. */
  readonly schemes: readonly string[]
  /** The URL as the driver takes it. */
  driverUrl(url: string): string
  /** Options that stand where the program gives none and no URL. */
  readonly defaults: DatabaseOptions
  /** The version in the answer to `select version()` as a number (18.3: 180003), or `undefined` for another kind of server. */
  parseVersion(answer: string): number | undefined
  /** The oldest version that Pewit is made for. */
  readonly minimumVersion: number
  /** What `prepDatabase()` does. */
  preparations(options: DatabaseOptions): readonly Preparation[]
  /** How a block begins and ends. Throws for options that the server has not, before anything is sent. */
  protocol(options: TransactionOptions, capabilities: Capabilities): Protocol
  /** The same for a block that is run again when it conflicts. */
  retryProtocol(options: TransactionOptions, capabilities: Capabilities): Protocol
  /** Whether, unless told otherwise, a statement that changes the schema first commits the open transaction. */
  commitsBeforeDdl(version: number): boolean
  /** What `atomic()` does inside a transaction. */
  readonly nestedAtomic: 'savepoint' | 'refuse'
  /** How statements are broken off on versions that do not listen to cancel requests. */
  readonly sessionCancel?: SessionCancel
}

/** A statement that makes a database ready for what a program wants. */
export interface Preparation {
  readonly sql: string
  /** What may not work without it, for a warning. */
  readonly without: string
  /** Whether some versions of the server do not know it, and need it not. */
  readonly optional?: boolean
}

/** PostgreSQL. */
export function postgresqlProfile(dialect: Dialect): ServerProfile {
  return {
    dialect,
    schemes: ['postgresql', 'postgres'],
    driverUrl: url => url,
    defaults: {},
    parseVersion: answer => {
      const [, major, minor = '0'] = /^PostgreSQL (\d+)(?:\.(\d+))?/.exec(answer) ?? []
      return major === undefined ? undefined : Number(major) * 10_000 + Number(minor)
    },
    minimumVersion: 120_000,
    preparations: ({ extensions = [] }) =>
      extensions.map(name => ({
        sql: `CREATE EXTENSION IF NOT EXISTS "${name.replaceAll('"', '""')}"`,
        without: `the extension "${name}" is missing, and what needs it will not work`
      })),
    protocol: (options, capabilities) => plainProtocol(dialect, options, capabilities),
    retryProtocol: (options, capabilities) =>
      plainProtocol(dialect, { ...options, isolation: options.isolation ?? 'serializable' }, capabilities),
    commitsBeforeDdl: () => false,
    nestedAtomic: 'savepoint'
  }
}

function plainProtocol(dialect: Dialect, options: TransactionOptions, capabilities: Capabilities): Protocol {
  for (const name of ['systemTime', 'priority'] as const) {
    if (options[name] !== undefined) throw lackOf(dialect, name)
  }
  return { ...beginning(options, dialect, capabilities), commit: 'COMMIT' }
}
