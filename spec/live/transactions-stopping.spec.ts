import { AbortError, AmbiguousCommitError, DeadlineExceeded, SerializationFailure, sql } from 'pewit'
import { pause } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { add, conflict, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('a retried transaction that is stopped', live => {
  let proxy: FaultProxy
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  const { db, names } = itemsOn(live, { max: 2 }, () => proxy.url(live.url))
  afterEach(async () => {
    proxy.restore()
    // Nothing is left behind: both connections serve again.
    const all = await Promise.all([1, 2, 3].map(() => db.transaction(() => db.executeSql('select 1 as one'))))
    expect(all).toEqual([1, 2, 3].map(() => [{ one: 1 }]))
  })
  afterAll(() => proxy.close())

  const sleeping = async () => {
    await add('a')
    await db.executeSql('select pg_sleep(5)')
  }

  it('by its signal breaks off the statement that runs', async () => {
    const stop = new AbortController()
    const started = performance.now()
    setTimeout(() => stop.abort('enough'), 50)
    const error = await failure(db.runTransaction(sleeping, { signal: stop.signal }))
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ cause: 'enough' })
    expect(performance.now() - started).toBeLessThan(4500)
    expect(await names()).toBe('')
  })

  it('by its deadline does the same', async () => {
    for (const deadline of [50, new Date(Date.now() + 50)]) {
      const error = await failure(db.runTransaction(sleeping, { deadline }))
      expect(error).toBeInstanceOf(DeadlineExceeded)
      expect(error.cause).toBeUndefined()
    }
    expect(await names()).toBe('')
  })

  it('refuses what is started then, swallowed or not, and commits nothing', async () => {
    const stop = new AbortController()
    const later: unknown[] = []
    const running = db.runTransaction(
      async () => {
        await add('a')
        stop.abort()
        later.push(await failure(add('b')))
        later.push(await failure(db.savepoint(() => add('c'))))
      },
      { signal: stop.signal }
    )
    expect(await failure(running)).toBeInstanceOf(AbortError)
    expect(later).toEqual([expect.any(AbortError), expect.any(AbortError)])
    expect(await names()).toBe('')
  })

  it('keeps trying until its deadline, and tells the last conflict', async () => {
    let attempts = 0
    const work = async () => {
      attempts++
      await db.executeSql(conflict(live))
    }
    const error = await failure(db.runTransaction(work, { deadline: 300, backoff: { base: 5, cap: 20 } }))
    expect(error).toBeInstanceOf(DeadlineExceeded)
    expect(error).toMatchObject({ cause: expect.any(SerializationFailure), sqlstate: '40001' })
    expect(attempts).toBeGreaterThan(3)
  })

  it('succeeds in time all the same', async () => {
    const { signal } = new AbortController()
    let attempts = 0
    const work = async () => {
      await add('a')
      if (++attempts < 3) await db.executeSql(conflict(live))
    }
    await db.runTransaction(work, { deadline: 20_000, signal, backoff: () => 1 })
    expect(await names()).toBe('a')
  })

  it('keeps the limits of its statements', async () => {
    await add('a')
    const slow = Item.select(() => [sql`pg_sleep(5)`.as('slept')])
    const running = db.runTransaction(() => slow.timeout(0.05), { deadline: 20_000 })
    expect(await failure(running)).toMatchObject({ name: 'QueryCanceled' })
  })

  it('while its COMMIT is on its way waits for the answer', async () => {
    const stop = new AbortController()
    proxy.delay(200)
    const running = db.runTransaction(() => add('a').then(() => setTimeout(() => stop.abort(), 100)), { signal: stop.signal })
    await running
    proxy.restore()
    await pause(10)
    expect(await names()).toBe('a')
  })

  it('while its COMMIT is lost tells that, and not that it was stopped', async () => {
    const stop = new AbortController()
    const running = db.runTransaction(
      async () => {
        await add('a')
        proxy.dropAnswerWhen(/COMMIT/)
        setTimeout(() => stop.abort(), 0)
      },
      { signal: stop.signal }
    )
    expect(await failure(running)).toBeInstanceOf(AmbiguousCommitError)
  })

  const silence = () => proxy.halfOpen()
  const falls = {
    'as it begins': { before: silence, work: () => add('a') },
    'as it begins, which is waited for': { before: silence, work: () => add('a'), readOnly: true },
    'as it is to be run again': { work: () => failure(db.executeSql(conflict(live))).then(silence) },
    'as it rolls back': { work: () => add('a').then(() => Promise.reject(new RangeError(String(silence())))), error: RangeError }
  }
  it.each(
    Object.entries<{ before?: () => void; work: () => Promise<unknown>; readOnly?: boolean; error?: typeof RangeError }>(falls)
  )('ends soon where the server falls silent %s', async (_, { before, work, readOnly, error = DeadlineExceeded }) => {
    await db.executeSql('select 1')
    before?.()
    const started = performance.now()
    expect(await failure(db.runTransaction(work, { readOnly, deadline: 100 }))).toBeInstanceOf(error)
    expect(performance.now() - started).toBeLessThan(6000)
    proxy.restore()
    await pause(50)
  })

  it('shares a signal with many others', async () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const stop = new AbortController()
    const all = Array.from({ length: 30 }, () => failure(db.runTransaction(sleeping, { signal: stop.signal })))
    setTimeout(() => stop.abort(), 50)
    for (const error of await Promise.all(all)) expect(error).toBeInstanceOf(AbortError)
    expect(warning).not.toHaveBeenCalled()
    warning.mockRestore()
    expect(await names()).toBe('')
  })
})
