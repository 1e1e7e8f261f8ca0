import { AbortError, type PostgresqlDatabase, QueryCanceled } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { outcome, pause } from '../helpers/driver.js'
import { add, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('queries that say where and how long', live => {
  const told: string[] = []
  const replica = databaseFor(live, {
    connection: { application_name: 'replica' },
    logQueries: ({ sql }) => told.push(sql)
  })
  const { db } = itemsOn(live, { extraNodes: { replica, other: replica } })
  beforeEach(() => add('a'))
  beforeEach(async () => {
    await replica.connect({ reuseIfOpen: true })
    told.length = 0
  })
  const name = (on: PostgresqlDatabase) => on.executeSql('show application_name')

  describe('node()', () => {
    it('runs any query there, however it goes on', async () => {
      expect(await Item.select().node('replica')).toHaveLength(1)
      expect(
        await Item.select()
          .node('replica')
          .where(i => i.name.eq('b'))
      ).toHaveLength(0)
      expect(await Item.select().node('replica').count()).toBe(1)
      expect(await Item.select().node('replica').exists()).toBe(true)
      expect((await Item.select().node('replica').get()).name).toBe('a')
      expect(await Item.raw('select * from item').node('replica')).toHaveLength(1)
      expect(told).toHaveLength(6)
      expect(await Item.insert({ name: 'b' }).node('replica')).toEqual(expect.any(String))
      expect(
        await Item.update({ n: 5 })
          .node('replica')
          .where(i => i.name.eq('b'))
      ).toBe(1)
      expect(
        await Item.delete()
          .node('replica')
          .where(i => i.name.eq('b'))
      ).toBe(1)
      expect(told).toHaveLength(9)
      await Item.select()
      expect(told).toHaveLength(9)
    })

    it('changes no query: the one it is called on goes on running where it did', async () => {
      const query = Item.select()
      await query.node('replica')
      await query
      expect(told).toHaveLength(1)
      expect(query.node('replica').sql()).toEqual(query.sql())
    })

    it('of an unknown name says which there are', async () => {
      expect(await outcome(Item.select().node('replca').execute())).toMatchObject({
        name: 'InterfaceError',
        message: 'There is no node "replca": there are replica, other'
      })
      expect(await outcome(Item.select().node('toString').execute())).toMatchObject({ name: 'InterfaceError' })
    })

    it('is refused inside a transaction, and allowed outside of it', async () => {
      await db.transaction(async () => {
        expect(await outcome(Item.select().node('replica').execute())).toMatchObject({
          name: 'InterfaceError',
          message: expect.stringContaining('inside a transaction')
        })
        expect(await db.outside(async () => Item.select().node('replica').count())).toBe(1)
      })
      expect(told).toHaveLength(1)
    })

    it('is closed with the database', async () => {
      await Item.select().node('replica')
      expect(replica.isClosed()).toBe(false)
      await db.close()
      expect(replica.isClosed()).toBe(true)
      expect(await name(replica)).toEqual([{ application_name: 'replica' }])
    })

    it('takes databases only', () => {
      expect(() => databaseFor(live, { extraNodes: { replica: {} } })).toThrow(
        expect.objectContaining({ code: 'WRONG_TYPE', message: expect.stringContaining('extraNodes.replica') })
      )
    })
  })

  describe('signal() and timeout()', () => {
    const slow = () => Item.raw('select id, name, n from item, pg_sleep(10)')

    it.each(['plainly', 'on a node'])('break a query off, %s', async where => {
      const query = where === 'plainly' ? slow() : slow().node('replica')
      const controller = new AbortController()
      const running = outcome(query.signal(controller.signal).execute(), 6000)
      await pause(100)
      controller.abort(new Error('gone'))
      const error = await running
      expect(error).toBeInstanceOf(AbortError)
      expect(error).toMatchObject({ cause: new Error('gone'), sql: expect.stringContaining('pg_sleep') })
      expect(await outcome(query.timeout(0.2).execute(), 6000)).toBeInstanceOf(QueryCanceled)
      expect(await Item.select().signal(new AbortController().signal).timeout(5)).toHaveLength(1)
    })

    it('fail the transaction that the query is in', async () => {
      const block = db.transaction(async () => {
        await add('b')
        await outcome(slow().timeout(0.2).execute(), 6000)
      })
      expect(await outcome(block, 6000)).toMatchObject({ name: 'TransactionAbortedError', cause: expect.any(QueryCanceled) })
      expect(await Item.select().count()).toBe(1)
    })

    it('are undone by a savepoint around the query', async () => {
      await db.transaction(async () => {
        await add('b')
        await outcome(
          db.savepoint(() => slow().timeout(0.2).execute()),
          6000
        )
      })
      expect(await Item.select().count()).toBe(2)
    })

    it('check what they are given', async () => {
      const never = Item.select()
      expect(await outcome(never.timeout(0).execute())).toMatchObject({ name: 'TypeError', code: 'BAD_ARGUMENT' })
      expect(await outcome(never.signal('now' as unknown as AbortSignal).execute())).toMatchObject({ code: 'WRONG_TYPE' })
    })
  })
})
