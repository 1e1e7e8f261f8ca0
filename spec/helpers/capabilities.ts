import type { Capabilities } from 'pewit'
import { postgresDialect } from 'pewit/extend'
import { cockroachDialect, parseVersion } from 'pewit/playhouse/cockroachdb'
import type { LiveServer } from './live.js'

/** What a live server can do. It is known while specs are collected, so that what a server lacks can be skipped by name. */
export function capabilitiesOf({ name, version }: LiveServer): Capabilities {
  if (name === 'cockroachdb') return cockroachDialect.capabilities(parseVersion(`CockroachDB ${version}`) ?? 0)
  return postgresDialect.capabilities(Number.parseInt(version, 10) * 10_000)
}
