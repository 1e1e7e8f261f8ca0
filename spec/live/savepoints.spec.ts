import { AsyncResource } from 'node:async_hooks'
import { NestedTransactionError, TransactionAbortedError, TransactionClosedError, UniqueViolation } from 'pewit'
import { pause } from '../helpers/driver.js'
import { add, failure, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('savepoints', live => {
  const { db, log, names } = itemsOn(live)
  const control = () => log.filter(sql => !/^(INSERT|SELECT)/.test(sql)).map(sql => sql.replace(/s\d+/g, 's'))

  it('are part of the transaction around them', async () => {
    expect(await db.transaction(() => db.savepoint(async () => (await add('a')).name))).toBe('a')
    expect(control()).toEqual(['BEGIN', 'SAVEPOINT s', 'RELEASE SAVEPOINT s', 'COMMIT'])
    const boom = new Error('no')
    expect(
      await failure(
        db.transaction(async () => {
          await db.savepoint(() => add('b'))
          throw boom
        })
      )
    ).toBe(boom)
    expect(await names()).toBe('a')
  })

  it('fail alone, with an error of the program or of the database', async () => {
    const boom = new Error('no')
    await db.transaction(async () => {
      await add('a')
      expect(
        await failure(
          db.savepoint(async () => {
            await add('b')
            throw boom
          })
        )
      ).toBe(boom)
      expect(
        await failure(
          db.savepoint(async () => {
            await add('c')
            await add('a')
          })
        )
      ).toBeInstanceOf(UniqueViolation)
      await add('d')
    })
    expect(await names()).toBe('a d')
  })

  it('that swallowed a database error roll back and reject', async () => {
    await db.transaction(async () => {
      await add('a')
      const run = db.savepoint(async () => {
        await add('b')
        await failure(add('a'))
      })
      expect(await failure(run)).toMatchObject({ name: 'TransactionAbortedError', cause: { sqlstate: '23505' } })
      await add('c')
    })
    expect(await names()).toBe('a c')
  })

  it('nest', async () => {
    await db.transaction(() =>
      db.savepoint(async () => {
        await add('a')
        await failure(
          db.savepoint(async () => {
            await add('b')
            await db.savepoint(() => add('c'))
            throw new Error('no')
          })
        )
        await db.savepoint(() => add('d'))
      })
    )
    expect(await names()).toBe('a d')
  })

  it('hold nested transaction blocks, whose errors they contain', async () => {
    await db.transaction(async () => {
      await add('a')
      await failure(
        db.savepoint(async () => {
          await add('b')
          // Swallowed in a nested block, it has still aborted what the savepoint holds.
          await failure(db.transaction(() => add('a')))
        })
      )
      await add('c')
    })
    expect(await names()).toBe('a c')
  })

  it('outside a transaction are refused', async () => {
    expect(await failure(db.savepoint(() => add('a')))).toMatchObject({ name: 'OperationalError' })
    expect(await failure(db.savepoint()(add)('a'))).toMatchObject({ name: 'OperationalError' })
    expect(await names()).toBe('')
  })

  it('wrap functions and decorate methods', async () => {
    class Shop {
      suffix = '!'
      @db.savepoint() async open(name: string): Promise<string> {
        return (await add(name + this.suffix)).name
      }
    }
    const create = db.savepoint()((name: string) => add(name))
    await db.transaction(async () => {
      expect(await new Shop().open('a')).toBe('a!')
      expect((await create('b')).name).toBe('b')
      await failure(create('b'))
    })
    expect(control().filter(sql => sql.startsWith('SAVEPOINT'))).toHaveLength(3)
    expect(await names()).toBe('a! b')
  })

  it('in parallel take turns: each fails or succeeds alone', async () => {
    const results = await db.transaction(() =>
      Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          db.savepoint(async () => {
            await add(`i${i % 10}`)
            await pause(i % 3)
            if (i % 2) throw new Error('odd')
          })
        )
      )
    )
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(results.map((_, i) => i % 2 === 0 && i < 10))
    expect(await names()).toBe('i0 i2 i4 i6 i8')
  })

  it('a rollback that undoes a write of the block around it, running at the same time, fails the block', async () => {
    const run = db.transaction(async () => {
      const inside = db.savepoint(async () => {
        await pause(20)
        throw new Error('no')
      })
      await Promise.all([failure(inside), pause(5).then(() => add('lost'))])
      return 'fine'
    })
    const error = await failure(run)
    expect(error).toBeInstanceOf(TransactionAbortedError)
    expect(error.cause).toMatchObject({ message: expect.stringContaining('INSERT INTO "item"') })
    expect(await names()).toBe('')
  })

  it('a savepoint that is kept, and reads, leave the block around it alone', async () => {
    await db.transaction(async () => {
      await Promise.all([db.savepoint(() => pause(10)), pause(2).then(() => add('a'))])
      await Promise.all([
        failure(db.savepoint(() => pause(10).then(() => Promise.reject(new Error('no'))))),
        pause(2).then(names)
      ])
      await Promise.all([
        failure(
          db.savepoint(async () => {
            await pause(10)
            await add('a')
          })
        ),
        pause(2).then(() => db.executeSql('select count(*) from item'))
      ])
      await add('b')
    })
    expect(await names()).toBe('a b')
  })

  it('commit() and rollback() of one act at once, and begin it anew', async () => {
    await db.transaction(async () => {
      await add('a')
      await failure(
        db.savepoint(async sp => {
          await add('b')
          await sp.commit()
          await add('c')
          await sp.rollback()
          await failure(add('a'))
          expect(await failure(sp.commit())).toBeInstanceOf(TransactionAbortedError)
          await sp.rollback()
          await add('d')
          await sp.commit()
          await add('e')
          throw new Error('no')
        })
      )
      await add('f')
    })
    expect(await names()).toBe('a b d f')
  })

  it('commit() and rollback() of the block around an open one are refused', async () => {
    await db.transaction(async txn => {
      await db.savepoint(async sp => {
        await add('a')
        expect(await failure(txn.commit())).toBeInstanceOf(NestedTransactionError)
        expect(await failure(txn.rollback())).toBeInstanceOf(NestedTransactionError)
        await db.savepoint(async () => {
          expect(await failure(sp.commit())).toBeInstanceOf(NestedTransactionError)
          expect(await failure(sp.rollback())).toBeInstanceOf(NestedTransactionError)
        })
      })
    })
    expect(await names()).toBe('a')
  })

  it.each([
    ['before it has sent anything', 0],
    ['between its statements', 30]
  ])('that the block does not await %s fails the block', async (_, before) => {
    let late: Promise<unknown> | undefined
    const run = db.transaction(async () => {
      await add('a')
      late = failure(
        db.savepoint(async () => {
          await add('b')
          await pause(60)
          await add('c')
        })
      )
      if (before > 0) await pause(before)
    })
    const error = await failure(run)
    expect(error).toBeInstanceOf(TransactionClosedError)
    expect(error.message).toContain('SAVEPOINT')
    expect(await late).toBeInstanceOf(TransactionClosedError)
    expect(await names()).toBe('')
  })

  it('the same with a nested block', async () => {
    let late: Promise<unknown> | undefined
    const run = db.transaction(async () => {
      late = failure(
        db.transaction(async () => {
          await add('a')
          await pause(60)
          await add('b')
        })
      )
      await pause(30)
    })
    expect(await failure(run)).toBeInstanceOf(TransactionClosedError)
    expect(await late).toBeInstanceOf(TransactionClosedError)
    expect(await names()).toBe('')
  })

  it('of an ended block get no place on its connection', async () => {
    let again: () => Promise<unknown> = async () => undefined
    await db.transaction(async () => {
      const here = new AsyncResource('spec')
      again = () => here.runInAsyncScope(() => db.savepoint(() => add('late')))
      await add('a')
    })
    log.length = 0
    expect(await failure(again())).toBeInstanceOf(TransactionClosedError)
    expect(log).toEqual([])
    expect(await names()).toBe('a')
  })
})
