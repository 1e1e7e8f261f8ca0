import { DatabaseError, IntegerField, Model, model, OperationalError, SchemaChangeFailed, UniqueViolation } from 'pewit'
import { parseVersion, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { capabilitiesOf } from '../helpers/capabilities.js'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Changes of the schema in transactions: what was kept is what the outcome says. */

@model({ tableName: 'sch_item' })
class Item extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() n!: number
}

@model({ tableName: 'sch_more' })
class More extends Model {
  @UUIDKeyField() id!: string
}

// A change of the schema is a job of its own on some servers.
jest.setTimeout(60_000)

eachServer('changes of the schema in transactions', live => {
  const db = databaseFor(live)
  /** Keeps the server from committing by itself, where it would. */
  const asOne = capabilitiesOf(live).autocommitBeforeDdl ? { autocommitBeforeDdl: false } : {}
  const commitsFirst = live.name === 'cockroachdb' && (parseVersion(`CockroachDB ${live.version}`) ?? 0) >= 250_100
  beforeAll(async () => {
    db.bind([Item, More])
  })
  beforeEach(() => db.createTables([Item]))
  afterEach(() => db.dropTables([Item, More]))
  afterAll(() => db.close())

  it('are refused where they would commit what was done before, which is rolled back', async () => {
    const block = db.transaction(async () => {
      await Item.create({ n: 1 })
      await More.createTable()
    })
    if (!commitsFirst) return expect(block).resolves.toBeUndefined()
    await expect(block).rejects.toBeInstanceOf(OperationalError)
    expect(await Item.select().count()).toBe(0)
    expect(await More.tableExists()).toBe(false)
  })

  it('belong to the transaction where that is asked for', async () => {
    const work = async () => {
      await Item.create({ n: 1 })
      await More.createTable()
      throw new Error('after all not')
    }
    await expect(db.transaction(work, asOne)).rejects.toThrow('after all not')
    expect(await Item.select().count()).toBe(0)
    expect(await More.tableExists()).toBe(false)
    await db.transaction(async () => {
      await Item.create({ n: 1 })
      await More.createTable()
    }, asOne)
    expect([await Item.select().count(), await More.tableExists()]).toEqual([1, true])
  })

  it('that fail when the rest is committed say so', async () => {
    await Item.insertMany([{ n: 1 }, { n: 1 }])
    const heard: string[] = []
    const block = db.transaction(async txn => {
      txn.onCommit(() => void heard.push('committed'))
      txn.onRollback(() => void heard.push('rolled back'))
      await Item.create({ n: 2 })
      await Item.index(['n'], { unique: true })
    }, asOne)
    const error = await block.then(
      () => undefined,
      (refused: unknown) => refused
    )
    expect(error).toBeInstanceOf(DatabaseError)
    const kept =
      (await Item.select()
        .where(i => i.n.eq(2))
        .count()) === 1
    // Some servers find the duplicates while the transaction can still be rolled back.
    expect(error).toBeInstanceOf(kept ? SchemaChangeFailed : UniqueViolation)
    expect(heard).toEqual([kept ? 'committed' : 'rolled back'])
    expect(await db.getIndexes(Item)).toEqual([])
  })
})
