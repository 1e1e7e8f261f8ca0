import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NotSupportedError } from 'pewit'
import { capabilitiesAt, FEATURES, lackOf, postgresDialect } from 'pewit/extend'
import { cockroachDialect } from 'pewit/playhouse/cockroachdb'
import { capabilityTable } from '../helpers/capability-table.js'

const page = join(__dirname, '../../docs/cockroachdb.md')

describe.each([
  ['PostgreSQL', postgresDialect],
  ['CockroachDB', cockroachDialect]
] as const)('what %s has', (_, { support, versionText }) => {
  it.each(Object.entries(support))('%s, says where that is written', (_name, { since, source }) => {
    expect(source).toMatch(/^(https:\/\/www\.(postgresql\.org|cockroachlabs\.com)\/docs\/\S+|cockroachdb\/cockroach#\d+)$/)
    expect(typeof since === 'number' ? versionText(since) : since).toMatch(/^(always|never|v?\d+(\.\d+){0,2})$/)
  })

  it('is every feature that a server may lack', () => expect(Object.keys(support)).toEqual(Object.keys(FEATURES)))
})

describe('capabilities', () => {
  it('are those of the version', () => {
    const of = (version: number) => capabilitiesAt(cockroachDialect.support, version)
    expect(of(220_200)).toMatchObject({ version: 220_200, skipLocked: true, replace: true, hstore: false })
    expect(of(220_119)).toMatchObject({ version: 220_119, skipLocked: false })
  })
})

describe('versions for people', () => {
  it.each([
    [postgresDialect, 180_003, '18.3'],
    [postgresDialect, 150_000, '15'],
    [cockroachDialect, 250_403, 'v25.4.3'],
    [cockroachDialect, 210_200, 'v21.2']
  ] as const)('%#', ({ versionText }, version, text) => expect(versionText(version)).toBe(text))
})

describe('the error for a lack', () => {
  const says = (...args: Parameters<typeof lackOf>) => lackOf(...args).message

  it('names the feature, the version at hand, the version that has it, and what to do', () => {
    expect(lackOf(cockroachDialect, 'skipLocked', { version: 220_119 })).toBeInstanceOf(NotSupportedError)
    expect(says(cockroachDialect, 'skipLocked', { version: 220_119 })).toBe(
      'CockroachDB v22.1.19 has no FOR UPDATE SKIP LOCKED, which came with v22.2; use nowait, or wait'
    )
  })

  it('says that no version has it', () => {
    expect(says(postgresDialect, 'priority', { version: 180_003 })).toBe(
      'PostgreSQL 18.3 has no priorities of transactions, nor has any other version; leave the priority out'
    )
    expect(says(postgresDialect, 'priority')).toBe(
      'PostgreSQL has no priorities of transactions in any version; leave the priority out'
    )
  })

  it('may name the feature more exactly', () => {
    const details = { feature: 'GROUP BY CUBE', instead: 'do it by hand', version: 260_300 }
    expect(says(cockroachDialect, 'groupingSets', details)).toBe(
      'CockroachDB v26.3 has no GROUP BY CUBE, nor has any other version; do it by hand'
    )
  })
})

describe('docs/cockroachdb.md', () => {
  const there = existsSync(page) ? it : it.skip
  there('has the table of what there is', () => expect(readFileSync(page, 'utf8')).toContain(capabilityTable()))
})
