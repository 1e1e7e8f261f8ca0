import { QueryCanceled } from 'pewit'
import { needs } from '../helpers/capabilities.js'
import { databaseFor } from '../helpers/databases.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { add, conflict, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('settings of a transaction', live => {
  let proxy: FaultProxy
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  // One connection, so that whatever is left behind is found by the next transaction.
  const { db, names } = itemsOn(live, { max: 1 }, () => proxy.url(live.url))
  afterEach(() => proxy.restore())
  afterAll(() => proxy.close())

  const shown = async (name: string) => Object.values((await db.executeSql(`show ${name}`))[0] ?? {})[0]
  const application = () => shown('application_name')
  const settings = { applicationName: "o'shop", statementTimeout: 60 }
  const inside = (work: () => Promise<unknown>) => [
    () => db.transaction(work, settings),
    () => db.atomic(work, settings),
    () => db.atomic(settings)(work)(),
    () => db.runTransaction(work, settings),
    () => db.retryTransaction(settings)(work)()
  ]

  it('hold in it, and for nobody afterwards', async () => {
    const usual = await db.transaction(application)
    expect(usual).not.toBe("o'shop")
    for (const run of inside(async () => [await application(), await shown('statement_timeout')])) {
      expect(await run()).toEqual(["o'shop", expect.stringMatching(/^(1min|60000|00:01:00|60s)$/)])
      expect(await db.transaction(application)).toBe(usual)
    }
    expect(await application()).toBe(usual)
  })

  it('nor where it is rolled back, fails, or loses its connection', async () => {
    const usual = await db.transaction(application)
    const ends: (() => Promise<unknown>)[] = [
      () => Promise.reject(new Error('no')),
      () => db.executeSql('select 1/0'),
      () => add('twice').then(() => add('twice')),
      async () => {
        proxy.cut()
        return application()
      }
    ]
    for (const end of ends) {
      for (const run of inside(end)) {
        await failure(run())
        expect(await db.transaction(application)).toBe(usual)
      }
    }
    expect(await names()).toBe('')
  })

  it('hold in every attempt, and after a savepoint was rolled back', async () => {
    const seen: unknown[] = []
    await db.runTransaction(
      async () => {
        seen.push(await application())
        await db.savepoint(() => Promise.reject(new Error('no'))).catch(() => undefined)
        seen.push(await application())
        if (seen.length < 5) await db.executeSql(conflict(live))
      },
      { ...settings, backoff: () => 0 }
    )
    expect(seen).toEqual(Array.from({ length: 6 }, () => "o'shop"))
  })

  it('hold again after commit() and rollback() by hand', async () => {
    await db.transaction(async txn => {
      await txn.commit()
      expect(await application()).toBe("o'shop")
      await txn.rollback()
      expect(await application()).toBe("o'shop")
    }, settings)
  })

  it('statementTimeout has the server break a statement off', async () => {
    const running = db.transaction(() => db.executeSql('select pg_sleep(5)'), { statementTimeout: 0.1 })
    expect(await failure(running)).toBeInstanceOf(QueryCanceled)
    await db.transaction(() => db.executeSql('select pg_sleep(0.2)'))
  })

  needs(live, 'setLocal')('with SET LOCAL', () => {
    it('cost no flight', async () => {
      const flights = async (work: () => Promise<unknown>) => {
        await work()
        proxy.delay(20)
        proxy.resetFlights()
        await work()
        return proxy.flights
      }
      for (const run of inside(() => Item.update({ n: 1 }).execute())) expect(await flights(run)).toBe(2)
    })
  })

  needs(live, 'autocommitBeforeDdl')('which can be told', () => {
    it('autocommitBeforeDdl decides whether DDL can be undone', async () => {
      const isThere = (name: string) => db.tableExists(name)
      const create = (name: string) => async () => {
        await db.executeSql(`create table ${name} (id int primary key)`)
        throw new Error('undo')
      }
      await failure(db.atomic(create('kept'), { autocommitBeforeDdl: true }))
      await failure(db.atomic(create('undone'), { autocommitBeforeDdl: false }))
      await failure(
        db.transaction(async txn => {
          await txn.autocommitBeforeDdl(false)
          await create('undone_too')()
        })
      )
      expect([await isThere('kept'), await isThere('undone'), await isThere('undone_too')]).toEqual([true, false, false])
      await db.executeSql('drop table kept')
    })
  })

  it('of every session hold everywhere, and those of a transaction before them', async () => {
    const named = databaseFor(live, { applicationName: 'shop', statementTimeout: 0.1, max: 1 })
    const name = async () => Object.values((await named.executeSql('show application_name'))[0] ?? {})[0]
    try {
      expect([await name(), await named.transaction(name), await named.connectionContext(name)]).toEqual(['shop', 'shop', 'shop'])
      expect(await named.transaction(name, settings)).toBe("o'shop")
      expect(await named.transaction(name)).toBe('shop')
      expect(await failure(named.executeSql('select pg_sleep(5)'))).toBeInstanceOf(QueryCanceled)
      const patient = { statementTimeout: Number.POSITIVE_INFINITY }
      await named.transaction(() => named.executeSql('select pg_sleep(0.2)'), patient)
      expect(await failure(named.transaction(() => named.executeSql('select pg_sleep(5)')))).toBeInstanceOf(QueryCanceled)
    } finally {
      await named.close()
    }
  })
})
