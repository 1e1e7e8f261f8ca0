import { ForeignKeyField, Model, model, type PostgresqlDatabase, type Ref, TextField } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { PooledCockroachDatabase, PooledPostgresqlDatabase, type PoolOptions } from 'pewit/playhouse/pool'
import { outcome, pause } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'users' })
class Account extends Model {
  @UUIDKeyField() id!: string
}

@model({ tableName: 'tweet' })
class Post extends Model {
  @UUIDKeyField() id!: string
}

@model({ tableName: 'favorite' })
class Favorite extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Account) user!: Ref<Account>
  @ForeignKeyField(() => Post, { onDelete: 'CASCADE' }) tweet!: Ref<Post>
}

@model({ tableName: 'no_pk', primaryKey: false })
class NoKey extends Model {
  @TextField() data!: string
}

/** What Peewee does with connections and pools, by the ids of its recordings. A connection held is a context here, a thread there. */
eachServer('recordings of Peewee', live => {
  const Pooled = live.name === 'cockroachdb' ? PooledCockroachDatabase : PooledPostgresqlDatabase
  let proxy: FaultProxy
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  afterAll(() => proxy.close())
  const { db } = itemsOn(live)

  async function pooled<T>(options: PoolOptions, work: (db: PooledPostgresqlDatabase) => Promise<T>): Promise<T> {
    const pool = new Pooled(proxy.url(live.url), options)
    await pool.connect()
    try {
      return await work(pool)
    } finally {
      await pool.close()
      await pause(20)
    }
  }
  /** What becomes of so many attempts to hold a connection at the same time. */
  const hold = (pool: PooledPostgresqlDatabase, count: number) =>
    Promise.all(Array.from({ length: count }, () => outcome(pool.connectionContext(() => pause(100).then(() => true)))))

  it('conn.connect_reuse', async () => {
    expect(await db.connect({ reuseIfOpen: true })).toBe(false)
  })

  it('conn.server_version', async () => {
    expect(await db.serverVersion()).toBeGreaterThan(live.name === 'cockroachdb' ? 210_000 : 150_000)
  })

  it('conn.deferred_init', async () => {
    const Kind = db.constructor as typeof PostgresqlDatabase
    const deferred = new Kind(null)
    expect(await outcome(deferred.connect())).toMatchObject({
      name: 'InterfaceError',
      message: expect.stringContaining('not initialised')
    })
    deferred.init(live.url)
    expect(await deferred.connect()).toBe(true)
    expect(await deferred.close()).toBe(true)
  })

  it('conn.table_exists', async () => {
    await db.executeSql('create schema if not exists alt')
    await db.executeSql('create table if not exists alt.schm (id int8 primary key)')
    const found = [db.tableExists('item'), db.tableExists('nope'), Item.tableExists(), db.tableExists('schm', 'alt')]
    expect(await Promise.all(found)).toEqual([true, false, true, true])
    expect(await db.tableExists('schm')).toBe(false)
  })

  it('conn.get_tables', async () => {
    await db.executeSql('create table if not exists ddl_group (id int8 primary key)')
    await db.executeSql('create table if not exists "Group" (id int8 primary key)')
    await db.executeSql('create view grouped as select id from ddl_group')
    const tables = await db.getTables()
    expect(tables.filter(name => !name.startsWith('ddl'))).toEqual(['Group', 'item'])
  })

  it('conn.get_foreign_keys', async () => {
    await db.bindCtx([Account, Post, Favorite], async () => {
      await db.createTables([Account, Post, Favorite])
      const names = (await db.getForeignKeys('favorite')).sort((a, b) => a.column.localeCompare(b.column))
      expect(names.map(key => [key.column, key.destTable, key.destColumn, key.table, key.onDelete, key.onUpdate])).toEqual([
        ['tweet_id', 'tweet', 'id', 'favorite', 'CASCADE', 'NO ACTION'],
        ['user_id', 'users', 'id', 'favorite', 'NO ACTION', 'NO ACTION']
      ])
      // Servers name what has no name of its own each in their way.
      if (live.name === 'postgresql')
        expect(names.map(({ name }) => name)).toEqual(['favorite_tweet_id_fkey', 'favorite_user_id_fkey'])
      await db.dropTables([Account, Post, Favorite])
    })
  })

  it('conn.truncate_table', async () => {
    await db.bindCtx([NoKey], async () => {
      await db.createTables([NoKey])
      await NoKey.insert({ data: 'one' })
      expect(await NoKey.select().count()).toBe(1)
      await NoKey.truncateTable()
      expect(await NoKey.select().count()).toBe(0)
    })
  })

  it('pool.max_connections', async () => {
    const results = await pooled({ maxConnections: 2 }, pool => hold(pool, 3))
    expect(results).toEqual([true, true, expect.objectContaining({ name: 'MaxConnectionsExceeded' })])
  })

  it('pool.no_timeout_raises_immediately', async () => {
    const [first, second] = await pooled({ maxConnections: 1 }, pool => hold(pool, 2))
    expect([first, second]).toEqual([true, expect.objectContaining({ name: 'MaxConnectionsExceeded' })])
  })

  it('pool.stale_closed_on_checkin', async () => {
    await pooled({ maxConnections: 2, staleTimeout: 0.02 }, async pool => {
      await pool.connectionContext(() => pause(50))
      expect(pool.poolStats()).toMatchObject({ idle: 0, used: 0 })
    })
  })

  it('pool.manual_close', async () => {
    await pooled({ maxConnections: 2 }, async pool => {
      await pool.connectionContext(async () => {
        const before = proxy.connections
        // Peewee gives nothing for the first, and false for the second.
        expect([pool.manualClose(), pool.manualClose()]).toEqual([true, false])
        await pause(30)
        expect(proxy.connections).toBe(before - 1)
        expect(pool.poolStats()).toMatchObject({ idle: 0, used: 0 })
      })
    })
  })

  it('pool.close_in_transaction_error', async () => {
    const error = await pooled({ maxConnections: 2 }, pool => outcome(pool.transaction(() => pool.close())))
    expect(error).toMatchObject({ name: 'OperationalError', message: expect.stringContaining('while a transaction is open') })
  })
})
