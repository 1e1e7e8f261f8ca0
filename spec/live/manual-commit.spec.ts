import { InterfaceError, NestedTransactionError, TransactionClosedError } from 'pewit'
import { add, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('manualCommit()', live => {
  const { db, log, names } = itemsOn(live)

  it('begins and ends transactions by its handle', async () => {
    const result = await db.manualCommit(async control => {
      await control.begin()
      expect([db.inTransaction(), db.transactionDepth()]).toEqual([true, 1])
      await add('a')
      await control.commit()
      expect(db.inTransaction()).toBe(false)
      await control.begin()
      await add('b')
      await control.rollback()
      await control.begin()
      await add('c')
      await control.commit()
      await add('d')
      return 'done'
    })
    expect(result).toBe('done')
    expect(log.filter(sql => !sql.startsWith('INSERT'))).toEqual(['BEGIN', 'COMMIT', 'BEGIN', 'ROLLBACK', 'BEGIN', 'COMMIT'])
    expect(await names()).toBe('a c d')
  })

  it('begins and ends transactions by the database', async () => {
    await db.manualCommit(async () => {
      await db.begin()
      await add('a')
      await db.commit()
      await db.begin()
      await add('b')
      await db.rollback()
    })
    expect(await names()).toBe('a')
  })

  it('left open: an error and a rollback', async () => {
    const left = db.manualCommit(async control => {
      await control.begin()
      await add('a')
    })
    expect(await failure(left)).toMatchObject({ name: 'OperationalError' })
    expect(log.at(-1)).toBe('ROLLBACK')
    const boom = new Error('no')
    expect(
      await failure(
        db.manualCommit(async control => {
          await control.begin()
          await add('b')
          throw boom
        })
      )
    ).toBe(boom)
    expect(await names()).toBe('')
  })

  it('refuses what makes no sense, and goes on', async () => {
    await db.manualCommit(async control => {
      expect(await failure(control.commit())).toBeInstanceOf(TypeError)
      expect(await failure(control.rollback())).toBeInstanceOf(TypeError)
      await control.begin()
      expect(await failure(control.begin())).toBeInstanceOf(TypeError)
      expect(await failure(db.manualCommit(() => 1))).toBeInstanceOf(NestedTransactionError)
      expect(await failure(db.runTransaction(() => 1))).toBeInstanceOf(NestedTransactionError)
      expect(await failure(db.close())).toMatchObject({ name: 'OperationalError' })
      await control.commit()
      expect(await failure(db.close())).toMatchObject({ name: 'OperationalError' })
      expect(await failure(db.savepoint(() => add('a')))).toMatchObject({ name: 'OperationalError' })
    })
    expect(await failure(db.transaction(() => db.manualCommit(() => 1)))).toBeInstanceOf(NestedTransactionError)
  })

  it('a block joins the transaction that was begun, and is refused where none was', async () => {
    await db.manualCommit(async control => {
      expect(await failure(db.transaction(() => add('a')))).toBeInstanceOf(InterfaceError)
      await control.begin()
      await db.transaction(() => add('b'))
      await failure(db.savepoint(() => add('b')))
      expect((await Item.getOrCreate({ name: 'b' }))[1]).toBe(false)
      await control.commit()
    })
    expect(await names()).toBe('b')
  })

  it('an aborted transaction does not commit, and rollback() ends it', async () => {
    await db.manualCommit(async control => {
      await control.begin()
      await add('a')
      await failure(add('a'))
      expect(await failure(control.commit())).toMatchObject({ name: 'TransactionAbortedError', cause: { sqlstate: '23505' } })
      await control.rollback()
      await control.begin()
      await add('b')
      await control.commit()
    })
    expect(await names()).toBe('b')
  })

  it('hooks of blocks in it run when it has ended', async () => {
    const calls: string[] = []
    await db.manualCommit(async control => {
      for (const how of ['commit', 'rollback'] as const) {
        await control.begin()
        await db.transaction(txn => {
          txn.onCommit(() => calls.push(`${how}: committed`))
          txn.onRollback(() => calls.push(`${how}: rolled back`))
        })
        await control[how]()
      }
      expect(calls).toEqual([])
    })
    expect(calls).toEqual(['commit: committed', 'rollback: rolled back'])
  })

  it('its handle is refused when it has ended', async () => {
    const { control } = await db.manualCommit(async control => ({ control }))
    for (const what of ['begin', 'commit', 'rollback'] as const) {
      expect(await failure(control[what]())).toBeInstanceOf(TransactionClosedError)
    }
  })
})
