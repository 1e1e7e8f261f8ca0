import type { Capabilities, Capability } from 'pewit'
import { capabilitiesAt, postgresDialect } from 'pewit/extend'
import { cockroachDialect, parseVersion } from 'pewit/playhouse/cockroachdb'
import type { LiveServer } from './live.js'

/** What a live server can do. It is known while specs are collected, so that what a server lacks can be skipped by name. */
export function capabilitiesOf({ name, version }: LiveServer): Capabilities {
  if (name === 'cockroachdb') return capabilitiesAt(cockroachDialect.support, parseVersion(`CockroachDB ${version}`) ?? 0)
  return capabilitiesAt(postgresDialect.support, Number.parseInt(version, 10) * 10_000)
}

/** `describe` where a live server has all of this, else `describe.skip`, so that the summary counts what was left out. */
export function needs(live: LiveServer, ...capabilities: readonly Capability[]): jest.Describe {
  const there = capabilitiesOf(live)
  return capabilities.every(capability => there[capability]) ? describe : describe.skip
}
