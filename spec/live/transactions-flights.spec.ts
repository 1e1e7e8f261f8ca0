import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { Item, itemsOn, KINDS, run } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('flights', live => {
  let proxy: FaultProxy
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  const { db } = itemsOn(live, { max: 1 }, () => proxy.url(live.url))
  afterEach(() => proxy.restore())
  afterAll(() => proxy.close())

  /** Flights of work whose statements are prepared already. */
  async function flightsOf(work: () => Promise<unknown>): Promise<number> {
    await work()
    proxy.delay(20)
    proxy.resetFlights()
    await work()
    return proxy.flights
  }

  const bump = () => Item.update({ n: 1 }).execute()

  it('a statement outside a transaction takes one', async () => {
    expect(await flightsOf(bump)).toBe(1)
  })

  it.each(KINDS)('%s() with one statement takes two: BEGIN travels with it', async kind => {
    expect(await flightsOf(() => run(db, kind, bump))).toBe(2)
  })

  it('a transaction that reads and writes, locking or not, takes three', async () => {
    await Item.create({ name: 'a' })
    const work = async () => {
      const item = await Item.get(i => i.name.eq('a'))
      item.n += 1
      await item.save()
    }
    for (const locking of ['none', 'always', 'adaptive'] as const) {
      expect(await flightsOf(() => db.runTransaction(work, { locking }))).toBe(3)
    }
    // With limits on its statements, and with settings where the server has SET LOCAL.
    const limited = { deadline: 60_000, signal: new AbortController().signal }
    expect(await flightsOf(() => db.runTransaction(work, limited))).toBe(3)
  })

  it('twenty parallel statements in a block take two', async () => {
    expect(await flightsOf(() => db.transaction(() => Promise.all(Array.from({ length: 20 }, bump))))).toBe(2)
  })

  it('commit() by hand takes one, the new BEGIN included', async () => {
    expect(await flightsOf(() => db.transaction(txn => txn.commit()))).toBeLessThanOrEqual(3)
  })

  it('a savepoint takes two', async () => {
    expect(await flightsOf(() => db.transaction(() => db.savepoint(bump)))).toBeLessThanOrEqual(5)
  })

  it('a block that throws takes one more than it sent', async () => {
    expect(
      await flightsOf(() =>
        db
          .transaction(async () => {
            await bump()
            throw new Error('no')
          })
          .catch(() => undefined)
      )
    ).toBeLessThanOrEqual(3)
  })
})
