import {
  InterfaceError,
  Model,
  NestedTransactionError,
  NotSupportedError,
  type PostgresqlDatabase,
  ProgrammingError,
  TransactionAbortedError,
  UniqueViolation
} from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { pause } from '../helpers/driver.js'
import { add, failure, Item, itemsOn, run } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('transactions', live => {
  const { db, log, names } = itemsOn(live)
  const isCockroach = live.name === 'cockroachdb'

  describe.each(['transaction', 'atomic'] as const)('%s()', kind => {
    it('commits when the block ends, and gives its result', async () => {
      expect(await db[kind](async () => (await add('a')).name)).toBe('a')
      expect(log).toEqual(['BEGIN', expect.stringMatching(/^INSERT/), 'COMMIT'])
      expect(await names()).toBe('a')
    })

    it('rolls back when the block throws, whatever is thrown, and passes that on', async () => {
      for (const thrown of [new Error('no'), 'text', undefined, null]) {
        const block = db[kind](async () => {
          await add('a')
          throw thrown
        })
        expect(
          await block.then(
            () => 'done',
            (error: unknown) => [error]
          )
        ).toEqual([thrown])
      }
      expect(log.filter(sql => sql === 'ROLLBACK')).toHaveLength(4)
      expect(await names()).toBe('')
    })

    it('rolls back when the block throws before it becomes asynchronous', async () => {
      const boom = new Error('at once')
      const block = db[kind](() => {
        throw boom
      })
      expect(await failure(block)).toBe(boom)
      expect(log).toEqual(['BEGIN', 'ROLLBACK'])
    })

    it('awaits a query that the block returns inside the transaction', async () => {
      await add('a')
      log.length = 0
      expect(await db[kind](() => Item.update({ n: 5 }).where(i => i.name.eq('a')))).toBe(1)
      expect(log).toEqual(['BEGIN', expect.stringMatching(/^UPDATE/), 'COMMIT'])
    })

    it('wraps a function: same arguments, same `this`, a transaction for each call', async () => {
      const wrap = db[kind]()
      const create = wrap(async function (this: { suffix: string }, name: string, times: number = 1): Promise<string> {
        expect(db.inTransaction()).toBe(true)
        return (await add(name.repeat(times) + this.suffix)).name
      })
      const typed: (name: string, times?: number) => Promise<string> = create
      expect(await typed.call({ suffix: '!' }, 'a', 2)).toBe('aa!')
      expect(await create.call({ suffix: '?' }, 'b')).toBe('b?')
      await failure(
        wrap(async () => {
          await add('c')
          throw new Error('no')
        })()
      )
      expect(log.filter(sql => sql === 'BEGIN')).toHaveLength(3)
      expect(await names()).toBe('aa! b?')
      expect(await wrap(() => 7)()).toBe(7)
    })

    it('decorates a method', async () => {
      class Shop {
        suffix = '!'
        @(db[kind]()) async open(name: string): Promise<string> {
          expect(db.transactionDepth()).toBe(1)
          return (await add(name + this.suffix)).name
        }
      }
      expect(await new Shop().open('a')).toBe('a!')
      expect(log).toEqual(['BEGIN', expect.stringMatching(/^INSERT/), 'COMMIT'])
    })

    it('is seen by inTransaction() and transactionDepth(), at any depth of calls', async () => {
      expect([db.inTransaction(), db.transactionDepth()]).toEqual([false, 0])
      await db[kind](async () => {
        await pause(1)
        expect([db.inTransaction(), db.transactionDepth()]).toEqual([true, 1])
        await db.savepoint(async () => expect(db.transactionDepth()).toBe(1))
        await db.transaction(async () => expect(db.transactionDepth()).toBe(2))
        await Promise.all([1, 2].map(async () => expect(db.inTransaction()).toBe(true)))
        setTimeout(() => expect(db.inTransaction()).toBe(true), 0)
        await pause(5)
        expect(db.outside(() => db.inTransaction())).toBe(false)
      })
      expect(db.inTransaction()).toBe(false)
    })
  })

  it('refuses to wrap what is no function', () => {
    expect(() => db.transaction()(5 as never)).toThrow(TypeError)
    expect(() => {
      class Wrong {
        @db.transaction() get value() {
          return 1
        }
      }
      return Wrong
    }).toThrow(TypeError)
  })

  it('folds nested blocks: they send nothing and decide nothing', async () => {
    await db.transaction(async () => {
      await add('a')
      await failure(
        db.transaction(async () => {
          await add('b')
          await db.transaction(() => add('c'))
          throw new Error('swallowed')
        })
      )
      await add('d')
    })
    expect(log.filter(sql => !sql.startsWith('INSERT'))).toEqual(['BEGIN', 'COMMIT'])
    expect(await names()).toBe('a b c d')
  })

  it('folds wrapped functions and decorated methods too', async () => {
    const create = db.transaction()(add)
    await failure(
      db.transaction(async () => {
        await create('a')
        await create('b')
        throw new Error('no')
      })
    )
    expect(log.filter(sql => !sql.startsWith('INSERT'))).toEqual(['BEGIN', 'ROLLBACK'])
    expect(await names()).toBe('')
  })

  it('commit() and rollback() of the outermost block act at once and begin anew', async () => {
    const boom = new Error('last')
    const block = db.transaction(async txn => {
      await add('a')
      await txn.commit()
      expect(await names()).toBe('a')
      await add('b')
      await txn.rollback()
      await add('c')
      await db.transaction(() => txn.commit())
      await add('d')
      throw boom
    })
    expect(await failure(block)).toBe(boom)
    expect(log.filter(sql => !/^(INSERT|SELECT)/.test(sql))).toEqual([
      'BEGIN',
      'COMMIT',
      'BEGIN',
      'ROLLBACK',
      'BEGIN',
      'COMMIT',
      'BEGIN',
      'ROLLBACK'
    ])
    expect(await names()).toBe('a c')
  })

  it('no query runs by itself between the end of one transaction and the begin of the next', async () => {
    const block = db.transaction(async txn => {
      await Promise.all([txn.commit(), add('a'), add('b')])
      await Promise.all([txn.commit(), ...[1, 2, 3].map(i => add(`c${i}`))])
      await Promise.all([txn.rollback(), add('d')])
      throw new Error('no')
    })
    await failure(block)
    expect(await names()).toBe('a b')
  })

  it('rollback() makes a block that met a database error usable again', async () => {
    await add('a')
    await db.transaction(async txn => {
      await failure(add('a'))
      expect(await failure(txn.commit())).toBeInstanceOf(TransactionAbortedError)
      await txn.rollback()
      await add('b')
    })
    expect(await names()).toBe('a b')
  })

  it('commit() and rollback() of a nested block are refused', async () => {
    await db.transaction(() =>
      db.transaction(async nested => {
        expect(await failure(nested.commit())).toBeInstanceOf(NestedTransactionError)
        expect(await failure(nested.rollback())).toBeInstanceOf(NestedTransactionError)
        await add('a')
      })
    )
    expect(await names()).toBe('a')
  })

  describe('after a database error', () => {
    beforeEach(async () => {
      await add('taken')
      log.length = 0
    })

    it('later queries fail, and a block that swallowed it rejects, with the first error as cause', async () => {
      let first: unknown
      const block = db.transaction(async () => {
        await add('a')
        first = await failure(add('taken'))
        expect(first).toBeInstanceOf(UniqueViolation)
        expect(await failure(add('b'))).toMatchObject({ sqlstate: '25P02' })
        return 'fine'
      })
      const error = await failure(block)
      expect(error).toBeInstanceOf(TransactionAbortedError)
      expect(error).toMatchObject({ code: 'TRANSACTION_ABORTED', cause: first })
      expect(error.cause).toBe(first)
      expect(log.at(-1)).toBe('ROLLBACK')
      expect(await names()).toBe('taken')
    })

    it('the same when a nested block swallowed it, or the whole nested block was', async () => {
      const error = await failure(
        db.transaction(async () => {
          await db.transaction(() => failure(add('taken')))
        })
      )
      expect(error).toMatchObject({ name: 'TransactionAbortedError', cause: { sqlstate: '23505' } })
      expect(await failure(db.transaction(() => failure(db.transaction(() => add('taken')))))).toMatchObject({
        name: 'TransactionAbortedError',
        cause: { sqlstate: '23505' }
      })
    })

    it('the same when parallel queries met it', async () => {
      const error = await failure(db.transaction(() => Promise.allSettled([add('a'), add('taken'), add('b')])))
      expect(error).toMatchObject({ name: 'TransactionAbortedError', cause: { sqlstate: '23505' } })
      expect(await names()).toBe('taken')
    })

    it('the error itself reaches the caller of a block that does not swallow it', async () => {
      expect(await failure(db.transaction(() => add('taken')))).toBeInstanceOf(UniqueViolation)
      expect(await failure(db.transaction(() => db.executeSql('selec 1')))).toBeInstanceOf(ProgrammingError)
    })

    it('the connection serves the next transaction', async () => {
      await failure(db.transaction(() => failure(add('taken'))))
      await db.transaction(() => add('b'))
      expect(await names()).toBe('b taken')
    })
  })

  it('holds the server to what COMMIT really did', async () => {
    // The program ends the transaction behind our back, so that only the command tag can tell.
    const block = db.transaction(async () => {
      await add('a')
      await db.executeSql('savepoint mine')
      await failure(db.executeSql('selec 1'))
      await db.executeSql('rollback to savepoint mine')
      await add('b')
    })
    // An error that raw SQL has repaired is still one that nobody told us was repaired.
    expect(await failure(block)).toBeInstanceOf(TransactionAbortedError)
    expect(await names()).toBe('')
  })

  it('getOrCreate inside a transaction survives the same row being made by someone else', async () => {
    let racing = true
    const { create } = Model
    const spy = jest.spyOn(Model, 'create').mockImplementation(async function (this: typeof Item, data: { name: string }) {
      // Someone else is faster, after we have looked and before we insert.
      if (racing) {
        racing = false
        await db.outside(() => db.executeSql('insert into item (name, n) values ($1, 1)', [data.name]))
      }
      return create.call(this, data as never)
    } as never)
    try {
      // CockroachDB sees a conflict. PostgreSQL, at SERIALIZABLE, would not see the row that an unserialized statement made.
      const made = run(db, isCockroach ? 'runTransaction' : 'transaction', async () => {
        const [item, created] = await Item.getOrCreate({ name: 'shared' })
        await add('after')
        return [item.name, item.n, created]
      })
      expect(await made).toEqual(['shared', 1, false])
    } finally {
      spy.mockRestore()
    }
    expect(await names()).toBe('after shared')
  })

  it('atomic() inside a transaction is refused, or a savepoint, as the kind of database has it', async () => {
    await add('taken')
    log.length = 0
    const block = db.transaction(async () => {
      await failure(db.atomic(() => add('taken')))
      await add('a')
    })
    if (db instanceof CockroachDatabase) {
      await block
      expect(await failure(db.atomic(() => db.atomic(() => 1)))).toBeInstanceOf(NestedTransactionError)
      expect(await failure(db.savepoint(() => 1))).toMatchObject({ code: 'OPERATIONAL' })
    } else {
      await block
      expect(log.filter(sql => !sql.startsWith('INSERT'))).toEqual([
        'BEGIN',
        expect.stringMatching(/^SAVEPOINT/),
        expect.stringMatching(/^ROLLBACK TO SAVEPOINT/),
        'COMMIT'
      ])
    }
    expect(await names()).toBe('a taken')
  })

  describe('options', () => {
    const isolation = async () => Object.values((await db.executeSql('show transaction_isolation'))[0] ?? {})[0]

    it('isolation and readOnly reach the server', async () => {
      expect(await db.atomic(isolation, { isolation: 'serializable' })).toBe('serializable')
      if (!isCockroach) expect(await db.atomic(isolation, { isolation: 'repeatable read' })).toBe('repeatable read')
      expect(await failure(db.transaction(() => add('a'), { readOnly: true }))).toMatchObject({ sqlstate: '25006' })
      expect(log).toContain('BEGIN READ ONLY')
      const both = { isolation: 'serializable', readOnly: true } as const
      await db.atomic(both)(async () => 1)()
      expect(log).toContain('BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY')
    })

    it('an isolation that does not exist is a TypeError, and nothing is sent', async () => {
      for (const wrong of ['snapshot', 'serializable; drop table item', 5]) {
        expect(await failure(db.atomic(() => 1, { isolation: wrong as never }))).toBeInstanceOf(TypeError)
      }
      expect(log).toEqual([])
    })

    it('on a nested block they are a TypeError', async () => {
      await db.transaction(async () => {
        expect(await failure(db.transaction(() => add('a'), { readOnly: true }))).toBeInstanceOf(TypeError)
        await db.transaction(() => add('b'), {})
      })
      expect(await names()).toBe('b')
    })

    if (!isCockroach) {
      it.each([{ systemTime: '-10s' }, { priority: 'high' }])('%j is not supported, and nothing is sent', async options => {
        expect(await failure(db.atomic(() => 1, options))).toBeInstanceOf(NotSupportedError)
        expect(await failure(db.runTransaction(() => 1, options))).toBeInstanceOf(NotSupportedError)
        expect(log).toEqual([])
      })
    } else {
      it('systemTime and priority reach the server', async () => {
        await db.atomic(() => add('a'), { priority: 'High' })
        await pause(20)
        expect(await db.atomic(() => Item.select().count(), { systemTime: '-1ms' })).toBe(1)
        expect(await failure(db.atomic(() => add('b'), { systemTime: '-1ms' }))).toMatchObject({ sqlstate: '25006' })
      })
    }
  })

  it('close() inside a transaction is refused', async () => {
    await db.transaction(async () => {
      expect(await failure(db.close())).toMatchObject({ name: 'OperationalError' })
      expect(db.isClosed()).toBe(false)
      await add('a')
    })
    expect(await names()).toBe('a')
  })

  it('begin(), commit() and rollback() elsewhere than in manualCommit are refused', async () => {
    for (const control of ['begin', 'commit', 'rollback'] as const) {
      expect(await failure(db[control]())).toBeInstanceOf(InterfaceError)
      expect(await failure(db.transaction(() => db[control]()))).toBeInstanceOf(InterfaceError)
    }
  })

  it('two databases have transactions of their own', async () => {
    const other = new (db.constructor as new (url: string) => PostgresqlDatabase)(live.url)
    try {
      await failure(
        db.transaction(async () => {
          expect(other.inTransaction()).toBe(false)
          await other.transaction(() => other.executeSql(`insert into item (name, n) values ('other', 1)`))
          await add('a')
          throw new Error('no')
        })
      )
    } finally {
      await other.close()
    }
    expect(await names()).toBe('other')
  })
})

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
