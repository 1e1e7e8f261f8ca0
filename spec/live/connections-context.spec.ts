import { ConnectionLost, OperationalError, type PostgresqlDatabase } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { outcome, pause } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { eachServer } from '../helpers/live.js'

eachServer('connectionContext()', live => {
  let proxy: FaultProxy
  let db: PostgresqlDatabase
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  beforeEach(async () => {
    db = databaseFor({ ...live, url: proxy.url(live.url) }, { max: 2, connection: { application_name: 'ours' } })
    await db.connect()
  })
  afterEach(async () => {
    proxy.restore()
    await db.close({ timeout: 1 })
  })
  afterAll(() => proxy.close())
  const name = async () => (await db.executeSql('show application_name'))[0]?.application_name
  const setName = (value: string) => db.executeSql(`set application_name = '${value}'`)

  it('runs everything inside on one connection, and nothing else there', async () => {
    await db.connectionContext(async () => {
      await setName('mine')
      expect(await Promise.all(Array.from({ length: 20 }, name))).toEqual(Array(20).fill('mine'))
      expect(await db.transaction(name)).toBe('mine')
      expect(await db.runTransaction(name)).toBe('mine')
      expect(await db.outside(name)).toBe('ours')
    })
    for (let i = 0; i < 5; i++) expect(await db.connectionContext(name)).toBe('ours')
  })

  it('keeps contexts that run at the same time apart', async () => {
    const use = (value: string) =>
      db.connectionContext(async () => {
        await setName(value)
        await pause(10)
        return name()
      })
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(use))).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('gives what fn gives, and passes on what it throws', async () => {
    expect(await db.connectionContext(() => 5)).toBe(5)
    const boom = new Error('no')
    expect(
      await outcome(
        db.connectionContext(() => {
          throw boom
        })
      )
    ).toBe(boom)
    for (let i = 0; i < 4; i++) await outcome(db.connectionContext(() => Promise.reject(boom)))
    expect(await db.connectionContext(name)).toBe('ours')
  })

  it('is the same inside another one, and inside a transaction', async () => {
    db = await renewed({ max: 1 })
    const nested = db.connectionContext(() => db.connectionContext(() => db.transaction(() => db.connectionContext(name))))
    expect(await outcome(nested)).toBe('ours')
  })

  it('opens the database, and closes it again if it was closed before; the last of several that overlap does', async () => {
    await db.close()
    await Promise.all([
      db.connectionContext(name),
      db.connectionContext(async () => {
        await pause(100)
        expect(await name()).toBe('ours')
      })
    ])
    expect(db.isClosed()).toBe(true)
    await db.connect()
    await db.connectionContext(name)
    expect(db.isClosed()).toBe(false)
  })

  it('takes turns with a transaction inside: nothing of the context gets into it', async () => {
    await db.executeSql('create table if not exists turn (n int8 primary key)')
    await db.connectionContext(async () => {
      const order: string[] = []
      const first = db.transaction(async () => {
        await db.executeSql('insert into turn values (1)')
        await pause(50)
        order.push('first')
        throw new Error('no')
      })
      await pause(10)
      const plain = db.executeSql('insert into turn values (2)').then(() => order.push('plain'))
      const second = db.transaction(async () => {
        await db.executeSql('insert into turn values (3)')
        order.push('second')
      })
      await Promise.allSettled([first, plain, second])
      expect(order).toEqual(['first', 'plain', 'second'])
    })
    expect(await db.executeSql('select n from turn order by n')).toEqual([{ n: 2 }, { n: 3 }])
    await db.executeSql('drop table turn')
  })

  it('waits for what was left running in it', async () => {
    let left: Promise<unknown> | undefined
    const started = performance.now()
    await db.connectionContext(() => {
      left = db.executeSql('select 1 as one from pg_sleep(0.2)')
    })
    expect(performance.now() - started).toBeGreaterThan(150)
    expect(await left).toEqual([{ one: 1 }])
  })

  it('is over for what starts later', async () => {
    let later: Promise<unknown> | undefined
    await db.connectionContext(async () => {
      await setName('mine')
      later = pause(50).then(name)
    })
    expect(await later).toBe('ours')
  })

  it('rolls back a transaction that was begun by hand and left open', async () => {
    await db.executeSql('create table if not exists left_open (n int8 primary key)')
    db = await renewed({ max: 1 })
    await db.connectionContext(async () => {
      await db.executeSql('begin')
      await db.executeSql('insert into left_open values (1)')
    })
    await db.transaction(() => db.executeSql('insert into left_open values (2)'))
    expect(await db.executeSql('select n from left_open')).toEqual([{ n: 2 }])
    await db.executeSql('drop table left_open')
  })

  it('fails what is queried in it after its connection broke; the next one is well', async () => {
    await db.connectionContext(async () => {
      await setName('mine')
      proxy.cut()
      await pause(30)
      expect(await outcome(name())).toBeInstanceOf(ConnectionLost)
      expect(await outcome(db.transaction(name))).toBeInstanceOf(ConnectionLost)
      expect(await outcome(name())).toBeInstanceOf(ConnectionLost)
    })
    expect(await db.connectionContext(name)).toBe('ours')
  })

  it('is lost with a transaction that was: what was set there does not move on silently', async () => {
    await db.connectionContext(async () => {
      proxy.cutWhen(/pg_sleep/, 'before')
      expect(await outcome(db.transaction(() => db.executeSql('select pg_sleep(0)')))).toBeInstanceOf(ConnectionLost)
      expect(await outcome(name())).toBeInstanceOf(ConnectionLost)
    })
  })

  it('cannot be closed from inside', async () => {
    expect(await outcome(db.connectionContext(() => db.close()))).toBeInstanceOf(OperationalError)
  })

  async function renewed(options: object): Promise<PostgresqlDatabase> {
    await db.close()
    return databaseFor({ ...live, url: proxy.url(live.url) }, { connection: { application_name: 'ours' }, ...options })
  }
})
