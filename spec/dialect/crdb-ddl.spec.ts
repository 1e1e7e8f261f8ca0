import {
  CharField,
  type DatabaseOptions,
  ForeignKeyField,
  Model,
  model,
  OperationalError,
  PostgresqlDatabase,
  type Ref,
  SchemaChangeFailed
} from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** Changes of the schema in transactions, which CockroachDB commits first since v25.1, and does not do as a whole. */

@model({ tableName: 'ddl_owner' })
class Owner extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
}

@model({ tableName: 'ddl_pet' })
class Pet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Owner) owner!: Ref<Owner>
}

function atVersion(version: string, options: DatabaseOptions = {}, answer?: (text: string) => Error | undefined) {
  const driver = recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [[version]] }
    return answer?.(text) ?? (text.startsWith('INSERT') ? { rows: [['8c2a3b1e-0000-4000-8000-000000000000']] } : undefined)
  })
  const Kind = version.startsWith('Cockroach') ? CockroachDatabase : PostgresqlDatabase
  const db = new Kind('x', { ...options, driver: driver.factory })
  db.bind([Owner, Pet])
  return { db, sent: () => driver.statements.map(({ text }) => text).filter(text => text !== 'SELECT version()') }
}

const NEW = 'CockroachDB CCL v25.4.3 (x86_64-pc-linux-gnu)'
const OLD = 'CockroachDB CCL v24.3.1 (x86_64-pc-linux-gnu)'
const POSTGRES = 'PostgreSQL 18.3 on x86_64'
const isChange = (text: string) => /^(CREATE|DROP|ALTER|TRUNCATE)/.test(text)

type Block = 'transaction' | 'atomic' | 'runTransaction'
const run = (db: PostgresqlDatabase, block: Block, work: () => Promise<void>): Promise<void> =>
  block === 'runTransaction' ? db.runTransaction(work) : db[block](work)

type Change = readonly [name: string, change: (db: PostgresqlDatabase) => PromiseLike<unknown>]
const changes: readonly Change[] = [
  ['createTables', db => db.createTables([Owner, Pet])],
  ['dropTables', db => db.dropTables([Owner])],
  ['createForeignKey', db => db.createForeignKey(Pet, 'owner')],
  ['truncateTable', () => Owner.truncateTable()],
  ['an index', () => Owner.index(['name'])]
]

describe.each(changes)('%s in a transaction', (_, change) => {
  it('is refused where the server would commit first, and nothing of it is sent', async () => {
    const { db, sent } = atVersion(NEW)
    const message =
      /^CockroachDB v25\.4\.3 commits an open transaction before it changes the schema: .* db\.outside\(\), or begin it with \{ autocommitBeforeDdl: false \}/
    for (const block of ['transaction', 'atomic', 'runTransaction'] as const) {
      const refused = run(db, block, async () => void (await change(db)))
      await expect(refused).rejects.toThrow(OperationalError)
      await expect(refused).rejects.toThrow(message)
    }
    await db.transaction(() => db.savepoint(() => expect(change(db)).rejects.toThrow(message)))
    await db.manualCommit(async control => {
      await control.begin()
      await expect(change(db)).rejects.toThrow(message)
      await control.rollback()
    })
    expect(sent().filter(isChange)).toEqual([])
  })

  it('is sent where somebody has said what shall be', async () => {
    for (const autocommitBeforeDdl of [true, false]) {
      for (const options of [{ autocommitBeforeDdl }, { connection: { autocommit_before_ddl: String(autocommitBeforeDdl) } }]) {
        const { db, sent } = atVersion(NEW, options)
        await db.transaction(async () => void (await change(db)))
        expect(sent().some(isChange)).toBe(true)
      }
      const { db, sent } = atVersion(NEW)
      await db.transaction(async () => void (await change(db)), { autocommitBeforeDdl })
      await db.runTransaction(async () => void (await change(db)), { autocommitBeforeDdl })
      await db.transaction(txn =>
        db.savepoint(async () => {
          await txn.autocommitBeforeDdl(autocommitBeforeDdl)
          await change(db)
        })
      )
      expect(sent().filter(isChange).length % 3).toBe(0)
      expect(sent().some(isChange)).toBe(true)
    }
  })

  it.each([OLD, POSTGRES])('is sent where the server does not commit first: %s', async version => {
    const { db, sent } = atVersion(version)
    await db.transaction(async () => void (await change(db)))
    expect(sent().some(isChange)).toBe(true)
  })

  it('is sent outside, and before a transaction begins', async () => {
    const { db, sent } = atVersion(NEW)
    await change(db)
    await db.transaction(() => db.outside(async () => void (await change(db))))
    await db.manualCommit(async () => void (await change(db)))
    expect(sent().some(isChange)).toBe(true)
  })
})

describe('a transaction that was committed without its change of the schema', () => {
  const failure = (): Error =>
    Object.assign(new SchemaChangeFailed('transaction committed but schema change aborted', { sqlstate: 'XXA00' }))

  it.each(['transaction', 'runTransaction'] as const)('is told apart, kept, and not tried again: %s', async block => {
    const { db, sent } = atVersion(NEW, {}, text => (/COMMIT|RELEASE/.test(text) ? failure() : undefined))
    const heard: string[] = []
    let owner: Owner | undefined
    const work = run(db, block, async () => {
      owner = await Owner.create({ name: 'huey' })
    })
    await expect(work).rejects.toBeInstanceOf(SchemaChangeFailed)
    expect(sent().filter(text => text.startsWith('INSERT'))).toHaveLength(1)
    expect(owner?.isDirty()).toBe(false)
    await db
      .transaction(async txn => {
        txn.onCommit(() => void heard.push('committed'))
        txn.onRollback(() => void heard.push('rolled back'))
        await Owner.create({ name: 'huey' })
      })
      .catch(() => undefined)
    expect(heard).toEqual(['committed'])
  })
})
