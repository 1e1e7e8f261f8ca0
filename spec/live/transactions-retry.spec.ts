import {
  ExceededMaxAttempts,
  NestedTransactionError,
  SerializationFailure,
  TransactionAbortedError,
  UniqueViolation
} from 'pewit'
import { runTransaction } from 'pewit/playhouse/cockroachdb'
import { pause } from '../helpers/driver.js'
import { add, barrier, conflict, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('runTransaction()', live => {
  const { db, log, names } = itemsOn(live)
  const _isCockroach = live.name === 'cockroachdb'
  const collide = () => db.executeSql(conflict(live))
  const soon = { backoff: () => 0 }

  it('commits, and gives what the callback gives, which is given the database', async () => {
    const ok = await db.runTransaction(async given => {
      expect(given).toBe(db)
      expect([db.inTransaction(), db.transactionDepth()]).toEqual([true, 1])
      await add('a')
      return 'ok'
    })
    expect(ok).toBe('ok')
    expect(await db.runTransaction(() => Item.update({ n: 1 }))).toBe(1)
    expect(await names()).toBe('a')
  })

  it("restarts transactions that would each have overlooked the other's write", async () => {
    await Item.insertMany([
      { name: 'a', n: 1 },
      { name: 'b', n: 1 }
    ])
    const meet = barrier(2)
    let attempts = 0
    // Each may be set to 0 as long as the other is not.
    const clear = (mine: string) =>
      db.runTransaction(async () => {
        attempts++
        const rows = await Item.select()
        const sum = rows.reduce((total, { n }) => total + n, 0)
        await meet()
        if (sum < 2) return false
        await Item.update({ n: 0 }).where(i => i.name.eq(mine))
        return true
      })
    const done = await Promise.all([clear('a'), clear('b')])
    expect(done.sort()).toEqual([false, true])
    expect(attempts).toBe(3)
    expect((await Item.select()).reduce((total, { n }) => total + n, 0)).toBe(1)
  })

  it('restarts transactions that wait for each other', async () => {
    await Item.insertMany([
      { name: 'a', n: 0 },
      { name: 'b', n: 0 }
    ])
    const meet = barrier(2)
    let attempts = 0
    const bump = (name: string) => Item.update({ n: i => i.n.add(1) }).where(i => i.name.eq(name))
    const both = (first: string, second: string) =>
      db.runTransaction(async () => {
        attempts++
        await bump(first)
        await meet()
        await bump(second)
      })
    await Promise.all([both('a', 'b'), both('b', 'a')])
    expect(attempts).toBeGreaterThanOrEqual(3)
    expect((await Item.select()).map(({ n }) => n)).toEqual([2, 2])
  })

  it('keeps counters right under contention', async () => {
    await Item.insertMany([
      { name: 'a', n: 0 },
      { name: 'b', n: 0 }
    ])
    const transfer = () =>
      db.runTransaction(async () => {
        const rows = await Item.select().orderBy(i => i.name.asc())
        for (const row of rows) await Item.update({ n: row.n + 1 }).where(i => i.id.eq(row.id))
      })
    await Promise.all(Array.from({ length: 8 }, transfer))
    expect((await Item.select()).map(({ n }) => n)).toEqual([8, 8])
  })

  it.each([
    [
      'thrown',
      async () => {
        await collide()
      }
    ],
    [
      'swallowed',
      async () => {
        await failure(collide())
      }
    ],
    [
      'swallowed, and followed by others',
      async () => {
        await failure(collide())
        await failure(add('b'))
      }
    ],
    [
      'turned into another error',
      async () => {
        await failure(collide())
        throw new Error('something else')
      }
    ],
    [
      'swallowed in a nested block',
      async () => {
        await failure(db.transaction(collide))
      }
    ],
    [
      'swallowed with a savepoint around it',
      async () => {
        await failure(db.savepoint(collide))
      }
    ],
    [
      'left running',
      async () => {
        void failure(collide())
      }
    ]
  ])('runs again after a conflict that was %s', async (_, meet) => {
    let attempts = 0
    await db.runTransaction(async () => {
      await add('a')
      if (++attempts < 3) await meet()
    }, soon)
    expect(attempts).toBe(3)
    expect(await names()).toBe('a')
  })

  it('gives up after maxAttempts, with the last conflict as cause', async () => {
    for (const run of [
      (callback: () => Promise<unknown>) => db.runTransaction(callback, 3),
      (callback: () => Promise<unknown>) => db.runTransaction(callback, { maxAttempts: 3 }),
      (callback: () => Promise<unknown>) => runTransaction(db, callback, 3),
      (callback: () => Promise<unknown>) => runTransaction(db, callback, { maxAttempts: 3 }),
      (callback: () => Promise<unknown>) => db.retryTransaction({ maxAttempts: 3 })(callback)()
    ]) {
      let attempts = 0
      let last: unknown
      const error = await failure(
        run(async () => {
          attempts++
          await add('a')
          last = await failure(collide())
          throw last
        })
      )
      expect(error).toBeInstanceOf(ExceededMaxAttempts)
      expect(error).toMatchObject({ code: 'MAX_ATTEMPTS', sqlstate: '40001' })
      expect(error.cause).toBe(last)
      expect(last).toBeInstanceOf(SerializationFailure)
      expect(attempts).toBe(3)
    }
    expect(await names()).toBe('')
  })

  it('with one attempt, does not run again', async () => {
    expect(await failure(db.runTransaction(collide, 1))).toBeInstanceOf(ExceededMaxAttempts)
    expect(log.filter(sql => sql.startsWith('BEGIN'))).toHaveLength(1)
  })

  it.each([0, -1, 1.5, Number.NaN, '3'])('refuses %p attempts, and sends nothing', async maxAttempts => {
    expect(await failure(db.runTransaction(() => add('a'), maxAttempts as number))).toBeInstanceOf(TypeError)
    expect(log).toEqual([])
  })

  it('lets every other error through, unchanged, after a rollback', async () => {
    await add('taken')
    for (const boom of [new Error('no'), 'text', undefined, Object.assign(new Error('looks like it'), { code: '40001' })]) {
      let attempts = 0
      const running = db.runTransaction(async () => {
        attempts++
        await add('a')
        throw boom
      })
      expect(
        await running.then(
          () => 'done',
          (error: unknown) => [error]
        )
      ).toEqual([boom])
      expect(attempts).toBe(1)
    }
    expect(await failure(db.runTransaction(() => add('taken')))).toBeInstanceOf(UniqueViolation)
    expect(await failure(db.runTransaction(() => failure(add('taken'))))).toBeInstanceOf(TransactionAbortedError)
    expect(await names()).toBe('taken')
  })

  it('inside a transaction is refused', async () => {
    await db.transaction(async () => {
      expect(await failure(db.runTransaction(() => add('a')))).toBeInstanceOf(NestedTransactionError)
      expect(await failure(runTransaction(db, () => add('a')))).toBeInstanceOf(NestedTransactionError)
      expect(await failure(db.retryTransaction()(add)('a'))).toBeInstanceOf(NestedTransactionError)
      await db.savepoint(async () => expect(await failure(db.runTransaction(() => 1))).toBeInstanceOf(NestedTransactionError))
    })
    await db.runTransaction(async () => {
      expect(await failure(db.runTransaction(() => add('a')))).toBeInstanceOf(NestedTransactionError)
    })
    expect(await names()).toBe('')
  })

  it('no block inside it can end it', async () => {
    await db.runTransaction(() =>
      db.transaction(async txn => {
        expect(await failure(txn.commit())).toBeInstanceOf(NestedTransactionError)
        expect(await failure(txn.rollback())).toBeInstanceOf(NestedTransactionError)
        await add('a')
      })
    )
    expect(await names()).toBe('a')
  })

  it('wraps functions and decorates methods: each attempt has the same arguments and the same `this`', async () => {
    const calls: unknown[][] = []
    class Shop {
      suffix = '!'
      @db.retryTransaction({ maxAttempts: 5, backoff: () => 0 }) async open(name: string, n = 1): Promise<string> {
        calls.push([this.suffix, name, n])
        if (calls.length < 3) await collide()
        return (await add(name + this.suffix)).name
      }
    }
    expect(await new Shop().open('a')).toBe('a!')
    expect(calls).toEqual([
      ['!', 'a', 1],
      ['!', 'a', 1],
      ['!', 'a', 1]
    ])
    const wrapped: (name: string) => Promise<Item> = db.retryTransaction()(add)
    expect((await wrapped('b')).name).toBe('b')
    expect(await names()).toBe('a! b')
  })

  it('waits between attempts as told', async () => {
    const made: number[] = []
    let attempts = 0
    const started = performance.now()
    await db.runTransaction(
      async () => {
        if (++attempts < 4) await collide()
      },
      {
        backoff: count => {
          made.push(count)
          return 20
        }
      }
    )
    expect(made).toEqual([1, 2, 3])
    expect(performance.now() - started).toBeGreaterThanOrEqual(55)
    let drawn = 0
    attempts = 0
    await db.runTransaction(
      async () => {
        if (++attempts < 4) await collide()
      },
      {
        backoff: {
          base: 1,
          cap: 2,
          random: () => {
            drawn++
            return 1
          }
        }
      }
    )
    expect(drawn).toBe(3)
  })

  it('an error of the backoff reaches the caller, and the connection comes back', async () => {
    const boom = new Error('no')
    expect(
      await failure(
        db.runTransaction(collide, {
          backoff: () => {
            throw boom
          }
        })
      )
    ).toBe(boom)
    await db.transaction(() => add('a'))
    expect(await names()).toBe('a')
  })

  it('twenty transactions that conflict finish on two connections', async () => {
    const attempts = new Map<number, number>()
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.runTransaction(async () => {
          const made = (attempts.get(i) ?? 0) + 1
          attempts.set(i, made)
          await add(`i${i}`)
          if (made < 3) await collide()
          await pause(1)
        }, soon)
      )
    )
    expect([...attempts.values()]).toEqual(Array.from({ length: 20 }, () => 3))
    expect((await names()).split(' ')).toHaveLength(20)
  })
})
