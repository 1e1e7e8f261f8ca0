import { NotSupportedError, SerializationFailure } from 'pewit'
import { add, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('what runTransaction() sends', live => {
  const { db, log, names } = itemsOn(live)
  const soon = { backoff: () => 0 }

  if (live.name === 'cockroachdb') {
    it('sends BEGIN and SAVEPOINT together, RELEASE and COMMIT together', async () => {
      await db.runTransaction(() => add('a'))
      expect(log).toEqual([
        'BEGIN ISOLATION LEVEL SERIALIZABLE; SAVEPOINT cockroach_restart',
        expect.stringMatching(/^INSERT/),
        'RELEASE SAVEPOINT cockroach_restart; COMMIT'
      ])
    })

    it('takes systemTime and priority, by position and by name', async () => {
      await db.runTransaction(() => 1, 10, undefined, 'high')
      await db.runTransaction(() => 1, { systemTime: '-1ms', priority: 'low' })
      expect(log.filter(sql => sql.startsWith('BEGIN'))).toEqual([
        'BEGIN ISOLATION LEVEL SERIALIZABLE, PRIORITY HIGH; SAVEPOINT cockroach_restart',
        `BEGIN PRIORITY LOW, AS OF SYSTEM TIME '-1ms'`
      ])
    })
  } else {
    it('runs at SERIALIZABLE, as a whole', async () => {
      await db.runTransaction(async () => {
        expect(await db.executeSql('show transaction_isolation')).toEqual([{ transaction_isolation: 'serializable' }])
      })
      expect(log).toEqual(['BEGIN ISOLATION LEVEL SERIALIZABLE', 'show transaction_isolation', 'COMMIT'])
      await failure(db.runTransaction(() => add('a'), { readOnly: true }))
      expect(log).toContain('BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY')
    })

    it('has neither systemTime nor priority', async () => {
      expect(await failure(db.runTransaction(() => 1, 10, '-10s'))).toBeInstanceOf(NotSupportedError)
      expect(await failure(db.runTransaction(() => 1, 10, undefined, 'high'))).toBeInstanceOf(NotSupportedError)
      expect(await failure(db.retryTransaction({ priority: 'low' })(() => 1)())).toBeInstanceOf(NotSupportedError)
      expect(log).toEqual([])
    })

    it('a conflict found by COMMIT is one too', async () => {
      await db.executeSql(`create or replace function refuse() returns trigger language plpgsql as
        $$ begin if new.n < 3 then raise exception 'late' using errcode = '40001'; end if; return null; end $$`)
      await db.executeSql(`create constraint trigger late after insert on item deferrable initially deferred
        for each row execute function refuse()`)
      try {
        let attempts = 0
        await db.runTransaction(() => Item.create({ name: 'a', n: ++attempts }), soon)
        expect(attempts).toBe(3)
        // Outside a retried transaction it is the caller's, and what a program does after it is not committed by itself.
        const running = db.transaction(async txn => {
          await Item.create({ name: 'b', n: 1 })
          expect(await failure(txn.commit())).toBeInstanceOf(SerializationFailure)
          await Item.create({ name: 'c', n: 5 })
        })
        expect(await failure(running)).toMatchObject({ name: 'TransactionAbortedError', cause: { sqlstate: '40001' } })
        expect(await failure(db.transaction(() => Item.create({ name: 'd', n: 1 })))).toBeInstanceOf(SerializationFailure)
        await db.transaction(async txn => {
          await Item.create({ name: 'e', n: 1 })
          await failure(txn.commit())
          await txn.rollback()
          await Item.create({ name: 'f', n: 5 })
        })
        expect(await names()).toBe('a f')
      } finally {
        await db.executeSql('drop trigger late on item')
      }
    })
  }
})
