import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AmbiguousCommitError,
  type Database,
  InternalError,
  NestedTransactionError,
  NotSupportedError,
  PostgresqlDatabase,
  SerializationFailure,
  UniqueViolation
} from 'pewit'
import { type RecordingDriver, recordingDriver } from 'pewit/extend'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { cockroach, OWN, type Program, postgres } from './cases/statements.js'
import { MODELS } from './models.js'

/** What Peewee sent, or refused to. */
interface Recorded {
  readonly id: string
  readonly statements?: readonly { readonly sql: string }[]
  readonly result?: unknown
  readonly error?: { readonly type: string; readonly message: string }
}

const { cases } = JSON.parse(readFileSync(join(__dirname, 'statements.json'), 'utf8')) as { cases: readonly Recorded[] }
const [, page = ''] = readFileSync(join(__dirname, '../../docs/parity.md'), 'utf8').split('\n## Statements')
const reasons = new Map(
  [...page.matchAll(/^\| `([\w.]+)` \| ((?:later|other|none): .+) \|$/gm)].map(([, id, reason]) => [id, reason])
)

/** What a server answers that is scripted as the one that was recorded. */
const ANSWERS: Readonly<Record<string, readonly (readonly [at: RegExp, error: Error])[]>> = {
  'crdb_tx.run_max_attempts_succeeds_on_last': [[/^UPDATE/, new SerializationFailure('restart', { sqlstate: '40001' })]],
  'crdb_tx.run_other_operational_not_retried': [[/^UPDATE/, new AmbiguousCommitError('other', { sqlstate: '40003' })]],
  'tx.failed_tx_statement': [
    [/^INSERT INTO "users"/, new UniqueViolation('taken', { sqlstate: '23505' })],
    [/^INSERT INTO "register"/, new InternalError('aborted', { sqlstate: '25P02' })]
  ]
}

/** Those that Pewit refuses, and the class of its error. */
const ERRORS: Readonly<Record<string, abstract new (...args: never[]) => Error>> = {
  'crdb.truncate_table': NotSupportedError,
  'crdb_tx.run_other_operational_not_retried': AmbiguousCommitError,
  'crdb_tx.run_inside_atomic': NestedTransactionError,
  'crdb_tx.atomic_nested': NestedTransactionError,
  'crdb_tx.old_version_nested_atomic': NestedTransactionError,
  'crdb_tx.connect_inside_manual_loses_stack': NestedTransactionError
}

interface Outcome {
  readonly statements: readonly string[]
  readonly result?: unknown
  readonly error?: Error
}

/** Runs a program on a server of that name and version. */
async function outcomeOf(id: string, run: Program): Promise<Outcome> {
  const driver = scripted(id in cockroach ? 'CockroachDB CCL v25.4.0 (x86_64)' : 'PostgreSQL 15.18', ANSWERS[id] ?? [])
  const Kind = id in cockroach ? CockroachDatabase : PostgresqlDatabase
  const db: Database = new Kind('oracle', { driver: driver.factory })
  db.bind([...MODELS, ...OWN])
  const sent = () => driver.statements.slice(1).map(({ text }) => plain(text))
  try {
    const result: unknown = await run(db)
    return { statements: sent(), result }
  } catch (error) {
    return { statements: sent(), error: error as Error }
  }
}

function scripted(version: string, answers: readonly (readonly [RegExp, Error])[]): RecordingDriver {
  const left = [...answers]
  return recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [[version]] }
    const next = left.findIndex(([at]) => at.test(text))
    if (next >= 0) return left.splice(next, 1)[0]?.[1]
    return text.startsWith('INSERT') ? { rows: [['1']] } : undefined
  })
}

/**
 * A statement without what has no meaning: who counts placeholders and savepoints how, parentheses around a whole condition, and
 * what a retried transaction says of its level.
 */
function plain(sql: string): string {
  let placeholders = 0
  return sql
    .trim()
    .replace(/;$/, '')
    .replace(/^BEGIN ISOLATION LEVEL SERIALIZABLE$/, 'BEGIN')
    .replace(/%s/g, () => `$${++placeholders}`)
    .replace(/SAVEPOINT ("s<uuid\d+>"|s\d+)/, 'SAVEPOINT s')
    .replace(/ WHERE \((.*)\)$/, ' WHERE $1')
    .replace(/USING \w+|LOWER/g, word => word.toLowerCase())
}

/** What was recorded of one. The rows that are counted behind a transaction are no part of it. */
function wantedOf({ statements = [] }: Recorded): string[] {
  return statements.map(({ sql }) => plain(sql)).filter(sql => !sql.startsWith('SELECT COUNT(1)'))
}

/** What was sent of it: Peewee's `_create_table`, unlike its and our `createTable`, makes a table alone. */
function sentOf({ statements }: Outcome, wanted: readonly string[]): readonly string[] {
  const alone = wanted.length === 1 && wanted[0]?.startsWith('CREATE TABLE')
  return alone ? statements.filter(sql => !sql.startsWith('CREATE INDEX')) : statements
}

describe('recorded statements', () => {
  const programs = { ...cockroach, ...postgres }

  it('are each sent by a program or listed in docs/parity.md', () => {
    const without = cases.map(({ id }) => id).filter(id => !(id in programs))
    expect(without.filter(id => !reasons.has(id))).toEqual([])
    expect(Object.keys(programs).filter(id => !cases.some(item => item.id === id))).toEqual([])
  })

  it.each(Object.entries(programs))('%s', async (id, run) => {
    const recorded = cases.find(item => item.id === id) as Recorded
    const outcome = await outcomeOf(id, run)
    const wanted = wantedOf(recorded)
    const Expected = ERRORS[id]
    if (Expected) expect(outcome.error).toBeInstanceOf(Expected)
    else expect(outcome.error).toBeUndefined()
    const given = { statements: sentOf(outcome, wanted), failed: outcome.error !== undefined, result: outcome.result }
    // What only the rows of a real server give, a program does not give.
    const result = outcome.result === undefined ? undefined : (recorded.result ?? outcome.result)
    const same = { statements: wanted, failed: recorded.error !== undefined, result }
    if (reasons.has(id)) expect({ id, ...given }).not.toEqual({ id, ...same })
    else expect({ id, ...given }).toEqual({ id, ...same })
  })
})
