import { NotSupportedError } from 'pewit'
import { pause } from '../helpers/driver.js'
import { add, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

eachServer('transactions', live => {
  const { db, log, names } = itemsOn(live)
  const isCockroach = live.name === 'cockroachdb'

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
})
