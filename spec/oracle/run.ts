import type { PostgresqlDatabase } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import type { LiveServer } from '../helpers/live.js'
import { comparable, comparableContent, comparableResult, rowsOfInsert } from './compare.js'
import { MODELS } from './models.js'
import { oracle, type Recorded, recorded, type TableContent } from './recorded.js'

/** Runs translations of recorded cases and compares what they give. */

/** A case in Pewit's words. It gives what Peewee's gives: rows as arrays, keys, a count, or the result of a program. */
export type Translation = (db: PostgresqlDatabase) => unknown

/** Translations of cases by their ids. */
export type Translations = Readonly<Record<string, Translation>>

/** A translation of a case that fails, and the class of the error. */
export type Refusals = Readonly<Record<string, readonly [run: Translation, error: abstract new (...args: never[]) => Error]>>

class Undo extends Error {}

/** The specs of a group of cases on a server; `more` prepares what only they need. */
export function runCases(live: LiveServer, cases: Translations, more?: (db: PostgresqlDatabase) => Promise<void>): void {
  const db = prepared(live, more)
  for (const [id, run] of Object.entries(cases)) {
    it(id, () => undone(db, () => check(db, recorded(id), run)))
  }
}

/** The specs of cases that are errors, on a server. */
export function runRefusals(live: LiveServer, cases: Refusals): void {
  const db = prepared(live)
  for (const [id, [run, error]] of Object.entries(cases)) {
    it(id, async () => {
      expect(recorded(id).error).toBeDefined()
      await expect(undone(db, async () => run(db))).rejects.toBeInstanceOf(error)
    })
  }
}

function prepared(live: LiveServer, more?: (db: PostgresqlDatabase) => Promise<void>): PostgresqlDatabase {
  const db = databaseFor(live)
  // Some servers take a second for a few changes of the schema.
  beforeAll(async () => {
    await prepare(db, live)
    await more?.(db)
  }, 120_000)
  afterAll(() => db.close())
  return db
}

/** Gives a database the oracle's schema and rows, and binds the models to it. */
export async function prepare(db: PostgresqlDatabase, live: LiveServer): Promise<void> {
  db.bind(MODELS)
  const sequences = live.name === 'postgresql' ? oracle.sequences : []
  for (const statement of [...oracle.schema[live.name], ...oracle.seed, ...sequences]) await db.executeSql(statement)
}

/** Runs the work in a transaction that leaves nothing behind. */
async function undone(db: PostgresqlDatabase, work: () => Promise<unknown>): Promise<void> {
  const block = db.transaction(async () => {
    await work()
    throw new Undo()
  })
  await block.catch(error => {
    if (!(error instanceof Undo)) throw error
  })
}

async function check(db: PostgresqlDatabase, item: Recorded, run: Translation): Promise<void> {
  const given = await run(db)
  if (item.kind === 'behaviour') expect(comparableResult(given)).toEqual(comparableResult(item.result))
  else if (item.rows) expectRows(item, item.kind === 'insert' ? rowsOfInsert(given, item.columns ?? []) : (given as unknown[][]))
  else expect(given).toBe(item.rowcount)
  if (item.after) await expectContent(db, item.after)
}

function expectRows({ rows = [], columns = [], ordered = false }: Recorded, given: readonly (readonly unknown[])[]): void {
  expect(comparable(given, columns, ordered)).toEqual(comparable(rows, columns, ordered))
}

/** Holds a table's content against the recorded one; read as text, so that no conversion of ours is in between. */
async function expectContent(db: PostgresqlDatabase, after: TableContent): Promise<void> {
  const columns = after.columns.map(name => `"${name}"::text AS "${name}"`)
  const rows = await db.executeSql(`SELECT ${columns.join(', ')} FROM "${after.table}"`)
  const { wanted, given } = comparableContent(after, rows as Record<string, string | null>[])
  expect(given).toEqual(wanted)
}
