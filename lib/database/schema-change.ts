import { OperationalError } from '../errors.js'
import type { DatabaseOptions } from './options.js'
import type { ServerProfile } from './profile.js'
import type { Scope } from './scope.js'

/** What is needed to tell what a server does with an open transaction before it changes the schema. */
export interface SchemaRules {
  readonly profile: ServerProfile
  readonly options: DatabaseOptions
  readonly version: number | undefined
}

/**
 * Throws `OperationalError` where the server would commit the open transaction before it changes the schema, unless somebody has
 * said whether it shall: what comes behind would then run by itself, and could not be rolled back.
 */
export function refuseSchemaChange(scope: Scope, { profile, options, version }: SchemaRules): void {
  const said = scope.outermost.autocommitBeforeDdl ?? options.autocommitBeforeDdl ?? options.connection?.autocommit_before_ddl
  if (scope.depth === 0 || said !== undefined || !profile.commitsBeforeDdl(version ?? 0)) return
  throw new OperationalError(
    `${profile.dialect.name} ${profile.dialect.versionText(version ?? 0)} commits an open transaction before it changes the schema:` +
      ' do that before the transaction or in db.outside(), or begin it with { autocommitBeforeDdl: false }, or true where that is meant'
  )
}
