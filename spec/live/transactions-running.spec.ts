import { AsyncResource } from 'node:async_hooks'
import { NestedTransactionError, SerializationFailure, TransactionClosedError } from 'pewit'
import { pause } from '../helpers/driver.js'
import { add, conflict, failure, Item, itemsOn, KINDS, run } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('queries and the blocks they belong to', live => {
  const { db, log, names } = itemsOn(live)
  const sleepy = (name: string) =>
    db.executeSql(`insert into item (name, n) select $1::varchar, 0 where pg_sleep(0.05) is not null`, [name])

  it('twenty parallel queries all run inside', async () => {
    await failure(
      db.transaction(async () => {
        await Promise.all(Array.from({ length: 20 }, (_, i) => add(`i${i}`)))
        expect(await Item.select().count()).toBe(20)
        throw new Error('no')
      })
    )
    expect(await names()).toBe('')
    await db.transaction(() => Promise.all(Array.from({ length: 20 }, (_, i) => add(`i${i}`))))
    expect((await names()).split(' ')).toHaveLength(20)
    expect(log.filter(sql => sql === 'BEGIN')).toHaveLength(2)
  })

  it('parallel nested blocks fold into one transaction, those that fail included', async () => {
    await db.transaction(() =>
      Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          db.transaction(async () => {
            await add(`i${i}`)
            await pause(i % 3)
            if (i % 2) throw new Error('odd')
          })
        )
      )
    )
    expect((await names()).split(' ')).toHaveLength(20)
    expect(log.filter(sql => !sql.startsWith('INSERT')).slice(0, 2)).toEqual(['BEGIN', 'COMMIT'])
  })

  it.each(KINDS)(
    'left running when the callback of %s() resolves: waits, rolls back, rejects, and names the statement',
    async kind => {
      let left: Promise<unknown> | undefined
      let ended = false
      const running = run(db, kind, async () => {
        await add('a')
        left = sleepy('left').then(() => {
          ended = true
        })
        return 'fine'
      })
      const error = await failure(running)
      expect(ended).toBe(true)
      expect(error).toBeInstanceOf(TransactionClosedError)
      expect(error).toMatchObject({ code: 'TRANSACTION_CLOSED', message: expect.stringContaining('insert into item') })
      await left
      expect(await names()).toBe('')
      expect(log.filter(sql => sql === 'COMMIT')).toEqual([])
    }
  )

  it.each(KINDS)('left running when the callback of %s() rejects: awaited silently, and its error is the one', async kind => {
    const boom = new Error('no')
    let ended = 0
    const running = run(db, kind, async () => {
      void sleepy('left').then(() => ended++)
      void sleepy('more').then(() => ended++)
      throw boom
    })
    expect(await failure(running)).toBe(boom)
    expect(ended).toBe(2)
    expect(await names()).toBe('')
  })

  it('those left behind by Promise.all may fail unheard', async () => {
    const running = db.transaction(() => Promise.all([add('a'), db.executeSql('selec 1'), add('b'), sleepy('c'), add('d')]))
    expect(await failure(running)).toMatchObject({ name: 'ProgrammingError' })
    await pause(100)
    expect(await names()).toBe('')
  })

  it.each(KINDS)('started later from an ended block of %s() are refused', async kind => {
    let late: Promise<Error>[] = []
    await run(db, kind, async () => {
      await add('a')
      const here = new AsyncResource('spec')
      const inHere = (fn: () => Promise<unknown>) => pause(20).then(() => here.runInAsyncScope(() => failure(fn())))
      late = [
        inHere(() => add('query')),
        inHere(() => Item.update({ n: 1 }).execute()),
        inHere(() => db.executeSql(`insert into item (name, n) values ('sql', 1)`)),
        inHere(() => db.transaction(() => add('nested'))),
        inHere(() => db.atomic(() => add('atomic'))),
        inHere(() => db.savepoint(() => add('savepoint'))),
        inHere(() => db.runTransaction(() => add('retried'))),
        inHere(() => db.manualCommit(() => add('manual'))),
        inHere(() => Item.getOrCreate({ name: 'got' }))
      ]
    })
    log.length = 0
    for (const error of await Promise.all(late)) expect(error).toBeInstanceOf(TransactionClosedError)
    expect(log).toEqual([])
    expect(await names()).toBe('a')
  })

  it('a timer of an ended block is refused too, and may close the database or leave by outside()', async () => {
    const timer = await db.transaction(async () => ({
      late: new Promise<unknown>(resolve => setTimeout(() => resolve(failure(add('late'))), 20)),
      open: new Promise<unknown>(resolve => setTimeout(() => resolve(db.inTransaction()), 20)),
      out: new Promise<unknown>(resolve => setTimeout(() => resolve(db.outside(() => add('out'))), 20))
    }))
    expect(await timer.late).toBeInstanceOf(TransactionClosedError)
    expect(await timer.open).toBe(false)
    await timer.out
    expect(await names()).toBe('out')
  })

  it('a nested block has an end of its own', async () => {
    let late: Promise<Error> | undefined
    await db.transaction(async () => {
      await db.transaction(async () => {
        late = pause(10).then(() => failure(add('late')))
      })
      await pause(30)
      await add('a')
    })
    expect(await late).toBeInstanceOf(TransactionClosedError)
    expect(await names()).toBe('a')
  })

  it('the controls of an ended block are refused', async () => {
    const txn = await db.transaction(async txn => {
      await add('a')
      return { txn }
    })
    log.length = 0
    expect(await failure(txn.txn.commit())).toBeInstanceOf(TransactionClosedError)
    expect(await failure(txn.txn.rollback())).toBeInstanceOf(TransactionClosedError)
    expect(() => txn.txn.onCommit(() => 1)).toThrow(TransactionClosedError)
    expect(() => txn.txn.onRollback(() => 1)).toThrow(TransactionClosedError)
    expect(log).toEqual([])
  })

  it('outside() leaves the transaction, for everything called in it', async () => {
    await failure(
      db.transaction(async () => {
        await add('a')
        await db.outside(async () => {
          await pause(1)
          expect(db.inTransaction()).toBe(false)
          await add('b')
          await db.transaction(() => add('c'))
          expect(await db.runTransaction(async () => (await add('d')).name)).toBe('d')
        })
        expect(db.inTransaction()).toBe(true)
        expect(await failure(db.runTransaction(() => 1))).toBeInstanceOf(NestedTransactionError)
        throw new Error('no')
      })
    )
    expect(await names()).toBe('b c d')
  })

  it.each(['query', 'savepoint', 'nested block'])(
    'a straggler (%s) of a failed attempt gets no place in the next one',
    async what => {
      const late: Promise<unknown>[] = []
      let attempts = 0
      let release: () => void = () => {}
      const secondAttempt = new Promise<void>(resolve => {
        release = resolve
      })
      const straggle = async () => {
        await secondAttempt
        if (what === 'query') await add('straggler')
        else if (what === 'savepoint') await db.savepoint(() => add('straggler'))
        else await db.transaction(() => add('straggler'))
      }
      await db.runTransaction(
        async () => {
          attempts++
          if (attempts === 1) {
            late.push(failure(straggle()))
            await db.executeSql(conflict(live))
          }
          await add('a')
          release()
          await pause(20)
          await add('b')
        },
        { backoff: () => 0 }
      )
      expect(attempts).toBe(2)
      expect(await late[0]).toBeInstanceOf(TransactionClosedError)
      expect(await names()).toBe('a b')
    }
  )

  it('a savepoint of a failed attempt that ends during the next one leaves that alone', async () => {
    let late: Promise<unknown> | undefined
    let attempts = 0
    await db.runTransaction(
      async () => {
        attempts++
        if (attempts === 1) {
          // Its work is done; what is missing is its RELEASE.
          late = failure(db.savepoint(() => pause(40)))
          await pause(10)
          throw new SerializationFailure('made up', { sqlstate: '40001' })
        }
        await add('a')
        await pause(60)
        await add('b')
      },
      { backoff: () => 0 }
    )
    expect(await late).toBeInstanceOf(TransactionClosedError)
    expect(await names()).toBe('a b')
  })
})
