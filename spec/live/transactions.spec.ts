import { InterfaceError, NestedTransactionError, type PostgresqlDatabase, TransactionAbortedError } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { pause } from '../helpers/driver.js'
import { add, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('transactions', live => {
  const { db, log, names } = itemsOn(live)
  const _isCockroach = live.name === 'cockroachdb'

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
        // @ts-expect-error a getter is no method
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
