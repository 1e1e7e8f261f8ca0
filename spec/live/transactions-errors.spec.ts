import { ProgrammingError, TransactionAbortedError, UniqueViolation } from 'pewit'
import { add, failure, Item, itemsOn, run } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('database errors in transactions', live => {
  const { db, log, names } = itemsOn(live)
  const isCockroach = live.name === 'cockroachdb'

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
    // Somebody else has inserted the row and not committed: we look and do not see it, and our insert waits for the outcome.
    let commit = () => {}
    const decided = new Promise<void>(resolve => {
      commit = resolve
    })
    let inserted = () => {}
    const there = new Promise<void>(resolve => {
      inserted = resolve
    })
    const other = db.transaction(async () => {
      await db.executeSql('insert into item (name, n) values ($1, 1)', ['shared'])
      inserted()
      await decided
    })
    await there
    setTimeout(commit, 200)
    // CockroachDB sees a conflict. PostgreSQL, at SERIALIZABLE, would not see the row that an unserialized statement made.
    const made = run(db, isCockroach ? 'runTransaction' : 'transaction', async () => {
      const [item, created] = await Item.getOrCreate({ name: 'shared' })
      await add('after')
      return [item.name, item.n, created]
    })
    expect(await made).toEqual(['shared', 1, false])
    await other
    expect(await names()).toBe('after shared')
  })
})
