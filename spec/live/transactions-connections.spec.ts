import { pause } from '../helpers/driver.js'
import { add, failure, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('connections of transactions', live => {
  const { db, names } = itemsOn(live, { max: 2 })

  it('are waited for, in order: twenty transactions on two connections', async () => {
    await Promise.all([1, 2].map(() => db.transaction(() => pause(5))))
    const begun: number[] = []
    let open = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.transaction(async () => {
          begun.push(i)
          most = Math.max(most, ++open)
          await add(`i${String(i).padStart(2, '0')}`)
          await pause(1)
          open--
        })
      )
    )
    expect(most).toBe(2)
    // Neighbours may overtake each other while one waits for the answer to its BEGIN.
    expect(begun.map((which, i) => Math.abs(which - i)).filter(distance => distance > 5)).toEqual([])
    expect((await names()).split(' ')).toHaveLength(20)
  })

  it('come back on every way out of a block', async () => {
    const ways: (() => Promise<unknown>)[] = [
      () => db.transaction(() => Promise.reject(new Error('no'))),
      () => db.transaction(() => failure(db.executeSql('selec 1'))),
      () => db.transaction(async () => void add('left')),
      () =>
        db.atomic(() =>
          db.executeSql('select pg_sleep(0)').then(() => {
            throw new Error('no')
          })
        ),
      () => db.runTransaction(() => Promise.reject(new Error('no'))),
      () =>
        db.runTransaction(() => 1, {
          maxAttempts: 1,
          backoff: () => {
            throw new Error('no')
          }
        }),
      () =>
        db.transaction(txn =>
          txn.onCommit(() => {
            throw new Error('no')
          })
        ),
      () => db.manualCommit(async () => db.begin()),
      () => db.manualCommit(() => Promise.reject(new Error('no'))),
      () => db.transaction(() => db.savepoint(() => Promise.reject(new Error('no'))))
    ]
    for (const way of ways) for (let i = 0; i < 4; i++) await way().catch(() => undefined)
    await Promise.all([1, 2, 3].map(i => db.transaction(() => add(`last${i}`))))
    expect(await names()).toBe('last1 last2 last3')
  })
})
