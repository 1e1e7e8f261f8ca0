import { AmbiguousCommitError, ConnectionLost, type Transaction } from 'pewit'
import { outcome, pause } from '../helpers/driver.js'
import { type FaultProxy, startFaultProxyTo } from '../helpers/fault-proxy.js'
import { add, conflict, failure, Item, itemsOn, KINDS, run } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('a transaction whose connection breaks', live => {
  let proxy: FaultProxy
  beforeAll(async () => {
    proxy = await startFaultProxyTo(live.url)
  })
  const { db, log, names } = itemsOn(live, { max: 2 }, () => proxy.url(live.url))
  afterEach(() => proxy.restore())
  afterAll(() => proxy.close())

  const begun = () => log.filter(sql => sql.startsWith('BEGIN')).length

  /** What became of the table, and that nothing is left behind: all connections of the pool serve again. */
  async function afterwards(): Promise<string> {
    proxy.restore()
    // Connections at rest that were cut are to have noticed it.
    await pause(30)
    const found = await outcome(names())
    const all = await Promise.all([1, 2, 3].map(() => outcome(db.transaction(() => db.executeSql('select 1 as one')))))
    expect(all).toEqual([1, 2, 3].map(() => [{ one: 1 }]))
    return found as string
  }

  describe.each(KINDS)('%s()', kind => {
    it.each(['before', 'after'] as const)('at BEGIN (%s): nothing is kept, nothing goes on elsewhere', async when => {
      proxy.cutWhen(/^BEGIN/, when)
      // The first statement travels with BEGIN.
      expect(await outcome(run(db, kind, () => add('a')))).toBeInstanceOf(ConnectionLost)
      expect(begun()).toBe(1)
      expect(await afterwards()).toBe('')
    })

    it.each(['before', 'after'] as const)('in a statement (%s): nothing is kept, nothing goes on elsewhere', async when => {
      let calls = 0
      const later: unknown[] = []
      const running = run(db, kind, async () => {
        calls++
        await add('a')
        proxy.cutWhen(/INSERT/, when)
        later.push(await failure(add('b')), await failure(add('c')), await failure(Item.select().execute()))
        await pause(30)
        later.push(await failure(db.transaction(() => add('d'))), await failure(db.savepoint(() => add('e'))))
        return 'swallowed'
      })
      expect(await outcome(running)).toBeInstanceOf(ConnectionLost)
      for (const error of later) expect(error).toBeInstanceOf(ConnectionLost)
      expect([calls, later.length, begun()]).toEqual([1, 5, 1])
      expect(await afterwards()).toBe('')
    })

    it('the error of a statement reaches the caller as it is', async () => {
      let thrown: unknown
      const running = run(db, kind, async () => {
        proxy.cutWhen(/INSERT/, 'before')
        await add('a').catch(error => {
          thrown = error
          throw error
        })
      })
      expect(await outcome(running)).toBe(thrown)
      expect(thrown).toMatchObject({ name: 'ConnectionLost', sql: expect.stringContaining('INSERT') })
    })

    it('with many in flight: every one of them fails', async () => {
      let results: unknown[] = []
      const running = run(db, kind, async () => {
        await add('a')
        const sent = Array.from({ length: 20 }, (_, i) => db.executeSql(`insert into item (name, n) values ('i${i}', 0)`))
        proxy.cut('reset')
        results = await Promise.all(sent.map(one => outcome(one)))
        throw results[0]
      })
      expect(await outcome(running)).toBeInstanceOf(ConnectionLost)
      expect(results.filter(error => error instanceof ConnectionLost)).toHaveLength(20)
      expect(await afterwards()).toBe('')
    })

    it.each(['close', 'reset'] as const)('before COMMIT, while nothing runs (%s): ConnectionLost, nothing kept', async how => {
      const running = run(db, kind, async () => {
        await add('a')
        proxy.cut(how)
        await pause(30)
      })
      const error = await outcome(running)
      expect(error).toBeInstanceOf(ConnectionLost)
      expect(error).not.toBeInstanceOf(AmbiguousCommitError)
      expect(begun()).toBe(1)
      expect(await afterwards()).toBe('')
    })

    it.each(['cut before', 'cut after', 'answer dropped'] as const)(
      'at COMMIT (%s): AmbiguousCommitError, never again',
      async how => {
        let calls = 0
        const running = run(db, kind, async () => {
          calls++
          await add('a')
          if (how === 'answer dropped') proxy.dropAnswerWhen(/COMMIT/)
          else proxy.cutWhen(/COMMIT/, how === 'cut before' ? 'before' : 'after')
        })
        const error = await outcome(running)
        expect(error).toBeInstanceOf(AmbiguousCommitError)
        expect(error).toMatchObject({ code: 'AMBIGUOUS_COMMIT', cause: expect.any(ConnectionLost) })
        expect([calls, begun()]).toEqual([1, 1])
        const kept = await afterwards()
        if (how === 'cut before') expect(kept).toBe('')
        if (how === 'answer dropped') expect(kept).toBe('a')
      }
    )

    it('after COMMIT: it is fine, and the next one is on another connection', async () => {
      await run(db, kind, () => add('a'))
      proxy.cut()
      await pause(30)
      await run(db, kind, () => add('b'))
      expect(await afterwards()).toBe('a b')
    })

    it('at ROLLBACK: the error of the block is the one', async () => {
      const boom = new Error('no')
      const running = run(db, kind, async () => {
        await add('a')
        proxy.cutWhen(/^ROLLBACK/, 'before')
        throw boom
      })
      expect(await outcome(running)).toBe(boom)
      expect(await afterwards()).toBe('')
    })

    it('while it is left running: what is told is that it was left', async () => {
      let left: Promise<unknown> | undefined
      const running = run(db, kind, async () => {
        await add('a')
        left = outcome(db.executeSql('select pg_sleep(0.2)'))
        setTimeout(() => proxy.cut(), 30)
      })
      expect(await outcome(running)).toMatchObject({ name: 'TransactionClosedError' })
      expect(await left).toBeInstanceOf(ConnectionLost)
      expect(await afterwards()).toBe('')
    })
  })

  describe('ended by hand', () => {
    const droppedAt = async (txn: Transaction) => {
      await add('a')
      proxy.dropAnswerWhen(/COMMIT/)
      return failure(txn.commit())
    }

    it('at txn.commit(): AmbiguousCommitError, and nothing more is sent', async () => {
      let later: unknown
      const running = db.transaction(async txn => {
        const error = await droppedAt(txn)
        later = await failure(add('b'))
        throw error
      })
      expect(await outcome(running)).toBeInstanceOf(AmbiguousCommitError)
      expect(later).toBeInstanceOf(ConnectionLost)
      expect(await afterwards()).toBe('a')
    })

    it('the same for a block that swallows it', async () => {
      expect(await outcome(db.transaction(txn => droppedAt(txn)))).toBeInstanceOf(AmbiguousCommitError)
      expect(await afterwards()).toBe('a')
    })

    it('at txn.rollback(), or at the BEGIN behind it: ConnectionLost', async () => {
      for (const [end, pattern] of [
        ['rollback', /^ROLLBACK/],
        ['rollback', /^BEGIN/],
        ['commit', /^BEGIN/]
      ] as const) {
        const running = db.transaction(async txn => {
          await add(`${end}${pattern.source}`)
          proxy.cutWhen(pattern, 'before')
          await failure(txn[end]())
          await failure(add('b'))
        })
        const error = await outcome(running)
        expect(error).toBeInstanceOf(end === 'commit' ? Error : ConnectionLost)
      }
      // The COMMIT before that BEGIN may have been answered, or not.
      expect(['', 'commit^BEGIN']).toContain(await afterwards())
    })

    it.each(['block', 'txn.commit()'])('no hook runs where nobody knows how it ended (%s)', async by => {
      const calls: string[] = []
      const running = db.transaction(async txn => {
        txn.onCommit(() => calls.push('committed'))
        txn.onRollback(() => calls.push('rolled back'))
        await add('a')
        proxy.dropAnswerWhen(/COMMIT/)
        if (by !== 'block') await txn.commit()
      })
      expect(await outcome(running)).toBeInstanceOf(AmbiguousCommitError)
      expect(calls).toEqual([])
    })

    it('in manualCommit(): at COMMIT AmbiguousCommitError, else ConnectionLost', async () => {
      const at = (pattern: RegExp, work: () => Promise<unknown>) =>
        outcome(
          db.manualCommit(async control => {
            await control.begin()
            await add('a')
            proxy.cutWhen(pattern, 'before')
            await work()
            await control.commit()
          })
        )
      expect(await at(/COMMIT/, async () => undefined)).toBeInstanceOf(AmbiguousCommitError)
      expect(await at(/INSERT/, () => add('b'))).toBeInstanceOf(ConnectionLost)
      expect(await at(/INSERT/, () => failure(add('b')))).toBeInstanceOf(ConnectionLost)
      expect(await afterwards()).toBe('')
    })
  })

  describe('at a savepoint', () => {
    it.each([
      ['SAVEPOINT', /^SAVEPOINT s/],
      ['RELEASE', /^RELEASE SAVEPOINT s/]
    ])('%s: ConnectionLost, nothing kept', async (_, pattern) => {
      const swallowed: unknown[] = []
      const running = db.transaction(async () => {
        await add('a')
        proxy.cutWhen(pattern, 'before')
        swallowed.push(await failure(db.savepoint(() => add('b'))), await failure(add('c')))
      })
      expect(await outcome(running)).toBeInstanceOf(ConnectionLost)
      for (const error of swallowed) expect(error).toBeInstanceOf(ConnectionLost)
      expect(await afterwards()).toBe('')
    })

    it('that is not awaited, and whose RELEASE is on its way, fails the block', async () => {
      let late: Promise<unknown> | undefined
      const running = db.transaction(async () => {
        await add('a')
        let done: () => void = () => {}
        const ended = new Promise<void>(resolve => {
          done = resolve
        })
        proxy.delay(60)
        late = db.savepoint(() => done())
        await ended
        await pause(5)
      })
      expect(await outcome(running)).toMatchObject({ message: expect.stringContaining('RELEASE SAVEPOINT') })
      await late
      expect(await afterwards()).toBe('')
    })

    it('ROLLBACK TO: the error of its block is the one, and the transaction is lost', async () => {
      const boom = new Error('no')
      const running = db.transaction(async () => {
        await add('a')
        proxy.cutWhen(/^ROLLBACK TO SAVEPOINT s/, 'before')
        expect(await failure(db.savepoint(() => Promise.reject(boom)))).toBe(boom)
      })
      expect(await outcome(running)).toBeInstanceOf(ConnectionLost)
      expect(await afterwards()).toBe('')
    })
  })

  it('between two attempts, when nothing was committed: the next attempt has a new connection', async () => {
    let attempts = 0
    const running = db.runTransaction(
      async () => {
        if (++attempts === 1) {
          proxy.cutWhen(/^ROLLBACK/, 'before')
          await db.executeSql(conflict(live))
        }
        return add('a')
      },
      { backoff: () => 0 }
    )
    expect(await outcome(running)).toMatchObject({ name: 'a' })
    expect(attempts).toBe(2)
    expect(await afterwards()).toBe('a')
  })

  it('many at once: none hangs, none half done, all connections are replaced', async () => {
    const running = Array.from({ length: 20 }, (_, i) =>
      outcome(
        db.transaction(async () => {
          await add(`a${i}`)
          await pause(i % 4)
          await add(`b${i}`)
        })
      )
    )
    await pause(15)
    proxy.cut('reset')
    const results = await Promise.all(running)
    expect(results).not.toContain('pending')
    const kept = (await afterwards()).split(' ').filter(Boolean)
    results.forEach((result, i) => {
      const rows = kept.filter(name => name === `a${i}` || name === `b${i}`).length
      if (result === undefined) expect(rows).toBe(2)
      else if (result instanceof AmbiguousCommitError) expect([0, 2]).toContain(rows)
      else expect(rows).toBe(0)
    })
  })
})
