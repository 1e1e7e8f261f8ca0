import type { Transaction } from 'pewit'
import { pause } from '../helpers/driver.js'
import { add, conflict, failure, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('onCommit() and onRollback()', live => {
  const { db, names } = itemsOn(live)
  let calls: string[] = []
  beforeEach(() => {
    calls = []
  })

  const hooks = (txn: Transaction, name: string) => {
    txn.onCommit(() => {
      calls.push(`+${name}`)
    })
    txn.onRollback(() => {
      calls.push(`-${name}`)
    })
  }

  it('run after the block, outside it, in order, awaited', async () => {
    await db.transaction(async txn => {
      txn.onCommit(async () => {
        await pause(10)
        expect(db.inTransaction()).toBe(false)
        calls.push(`1: ${await names()}`)
        await add('hook')
      })
      txn.onCommit(async () => calls.push(`2: ${await names()}`))
      await add('a')
      expect(calls).toEqual([])
    })
    expect(calls).toEqual(['1: a', '2: a hook'])
  })

  it('say how it ended', async () => {
    await db.transaction(txn => hooks(txn, 'a'))
    await failure(
      db.transaction(txn => {
        hooks(txn, 'b')
        throw new Error('no')
      })
    )
    await failure(
      db.transaction(async txn => {
        hooks(txn, 'c')
        await failure(db.executeSql('selec 1'))
      })
    )
    await failure(
      db.transaction(async txn => {
        hooks(txn, 'd')
        void db.executeSql('select 1')
      })
    )
    expect(calls).toEqual(['+a', '-b', '-c', '-d'])
  })

  it('of a nested block follow the outermost', async () => {
    await db.transaction(async txn => {
      hooks(txn, 'outer')
      await failure(
        db.transaction(nested => {
          hooks(nested, 'nested')
          throw new Error('swallowed')
        })
      )
      expect(calls).toEqual([])
    })
    expect(calls).toEqual(['+outer', '+nested'])
    calls = []
    await failure(
      db.transaction(async () => {
        await db.transaction(nested => hooks(nested, 'nested'))
        throw new Error('no')
      })
    )
    expect(calls).toEqual(['-nested'])
  })

  it('of a savepoint follow its own fate', async () => {
    await db.transaction(async () => {
      await db.savepoint(sp => hooks(sp, 'kept'))
      await failure(
        db.savepoint(async sp => {
          hooks(sp, 'undone')
          await db.savepoint(inner => hooks(inner, 'inner'))
          await db.transaction(nested => hooks(nested, 'nested'))
          throw new Error('no')
        })
      )
      expect(calls).toEqual([])
    })
    expect(calls).toEqual(['-undone', '-inner', '-nested', '+kept'])
    calls = []
    await failure(
      db.transaction(async () => {
        await db.savepoint(sp => hooks(sp, 'kept'))
        throw new Error('no')
      })
    )
    expect(calls).toEqual(['-kept'])
  })

  it('follow commit() and rollback() by hand', async () => {
    await failure(
      db.transaction(async txn => {
        hooks(txn, 'a')
        await txn.commit()
        hooks(txn, 'b')
        await txn.rollback()
        await failure(
          db.savepoint(async sp => {
            hooks(sp, 'c')
            await sp.rollback()
            hooks(sp, 'd')
            await sp.commit()
            hooks(sp, 'e')
            throw new Error('no')
          })
        )
        hooks(txn, 'f')
        await txn.commit()
        hooks(txn, 'g')
        expect(calls).toEqual([])
        throw new Error('no')
      })
    )
    expect(calls).toEqual(['+a', '-b', '-c', '-e', '+d', '+f', '-g'])
  })

  it('of each attempt of a retried transaction', async () => {
    let attempts = 0
    await db.runTransaction(
      async () => {
        const name = String(++attempts)
        await db.transaction(txn => hooks(txn, name))
        if (attempts < 3) await db.executeSql(conflict(live))
        expect(calls).toEqual([])
      },
      { backoff: () => 0 }
    )
    expect(calls).toEqual(['-1', '-2', '+3'])
  })

  it("all run although one fails; the first error is the block's, which has committed", async () => {
    const boom = new Error('first')
    const run = db.transaction(async txn => {
      txn.onCommit(() => {
        throw boom
      })
      txn.onCommit(() => {
        calls.push('second')
      })
      await add('a')
    })
    expect(await failure(run)).toBe(boom)
    expect(calls).toEqual(['second'])
    expect(await names()).toBe('a')
  })

  it('an error of the block comes before one of a hook, which becomes a warning', async () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const boom = new Error('the block')
    const run = db.transaction(txn => {
      txn.onRollback(() => {
        throw new Error('the hook')
      })
      txn.onRollback(() => {
        calls.push('second')
      })
      throw boom
    })
    try {
      expect(await failure(run)).toBe(boom)
      expect(calls).toEqual(['second'])
      expect(warning).toHaveBeenCalledWith(expect.objectContaining({ message: 'the hook' }))
    } finally {
      warning.mockRestore()
    }
  })

  it('an error of a hook never runs a transaction again', async () => {
    let attempts = 0
    await failure(
      db.runTransaction(async () => {
        attempts++
        await db.transaction(txn => txn.onCommit(() => db.executeSql('selec 1')))
      })
    )
    expect(attempts).toBe(1)
  })
})
