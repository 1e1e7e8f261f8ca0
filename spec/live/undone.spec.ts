import { BigIntegerField, DataError, DecimalField, ForeignKeyField, IntegerField, Model, model, type Ref } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { conflict } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

@model()
class Stock extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() amount!: number
}

@model()
class Shelf extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Stock) stock!: Ref<Stock>
}

const fail = () => Promise.reject(new Error('no'))

@model()
class Price extends Model {
  @UUIDKeyField() id!: string
  @BigIntegerField({ default: 0 }) pieces!: bigint
  @DecimalField({ default: 0, decimalPlaces: 2 }) value!: string
  @DecimalField({ default: '0', decimalPlaces: 2, autoRound: true }) rounded!: string
}

eachServer('instances', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Stock, Shelf, Price])
    await db.createTables([Stock, Shelf, Price])
  })
  afterAll(() => db.close())
  afterEach(() => Stock.delete())

  describe('whose transaction is undone', () => {
    const undone = (work: () => Promise<unknown>) =>
      db
        .transaction(async () => {
          await work()
          throw new Error('undo')
        })
        .catch(() => undefined)

    it('are new again', async () => {
      const stock = Stock.new({ amount: 1 })
      await undone(() => stock.save())
      expect({ ...stock }).toEqual({ id: undefined, amount: 1 })
      await stock.save()
      expect(await Stock.getById(stock.id)).toMatchObject({ amount: 1 })
    })

    it('are dirty again', async () => {
      const stock = await Stock.create({ amount: 1 })
      stock.amount = 2
      await undone(() => stock.save())
      expect([stock.amount, stock.dirtyFields]).toEqual([2, ['amount']])
      expect(await stock.save()).toBe(1)
    })

    it('are what they were before they were reloaded', async () => {
      const stock = await Stock.create({ amount: 1 })
      await undone(async () => {
        await Stock.update({ amount: 5 })
        await stock.reload()
      })
      expect([stock.amount, stock.isDirty()]).toEqual([1, false])
    })

    it('by a savepoint are dirty again, and can be saved in the block around it', async () => {
      const stock = await Stock.create({ amount: 1 })
      await db.transaction(async () => {
        stock.amount = 2
        const failed = db.savepoint(async () => {
          await stock.save()
          throw new Error('undo')
        })
        await failed.catch(() => undefined)
        expect(await stock.save()).toBe(1)
      })
      expect((await Stock.getById(stock.id)).amount).toBe(2)
    })

    it('stay as they are where it is committed', async () => {
      const stock = Stock.new({ amount: 1 })
      await db.transaction(() => stock.save())
      expect(stock.isDirty()).toBe(false)
      expect(await stock.save()).toBe(0)
    })
  })

  describe('in an attempt that is run again', () => {
    /** Runs a body twice: the first attempt ends in a conflict. */
    async function twice(body: () => Promise<unknown>): Promise<void> {
      let attempts = 0
      await db.runTransaction(
        async () => {
          attempts++
          await body()
          if (attempts === 1) await db.executeSql(conflict(live))
        },
        { backoff: () => 0 }
      )
      expect(attempts).toBe(2)
    }

    it('are inserted by the attempt that succeeds', async () => {
      const stock = Stock.new({ amount: 1 })
      await twice(() => stock.save())
      expect(await Stock.getById(stock.id)).toMatchObject({ amount: 1 })
      expect(await Stock.select().count()).toBe(1)
    })

    it('are new again, without what the server made', async () => {
      const seen: unknown[] = []
      const one = Stock.new({ amount: 1 })
      const two = Stock.new({ amount: 2 })
      await twice(async () => {
        seen.push([{ ...one }, { ...two }])
        await one.save()
        await Stock.bulkCreate([two])
      })
      const before = [
        { id: undefined, amount: 1 },
        { id: undefined, amount: 2 }
      ]
      expect(seen).toEqual([before, before])
      expect((await Stock.select().orderBy(s => s.amount)).map(({ id }) => id)).toEqual([one.id, two.id])
    })

    const touches: [string, (stock: Stock) => Promise<unknown>][] = [
      ['saved', stock => stock.save()],
      [
        'saved with nothing to write',
        async stock =>
          Stock.delete()
            .where(s => s.id.eq(stock.id))
            .then(() => stock.save())
      ],
      ['reloaded', stock => stock.reload()],
      ['deleted', stock => stock.deleteInstance()],
      ['deleted with what depends on it', stock => stock.deleteInstance({ recursive: true })],
      ['updated in bulk', stock => Stock.bulkUpdate([stock], ['amount'])],
      ['saved behind a savepoint that was undone', stock => db.savepoint(() => stock.save().then(fail)).catch(() => undefined)],
      ['saved in vain', stock => db.savepoint(() => stock.save({ only: ['id'] }).then(fail)).catch(() => undefined)]
    ]
    it.each(touches)('are what they were loaded as, if they were %s', async (_, touch) => {
      const stock = await Stock.create({ amount: 1 })
      const seen: unknown[] = []
      await twice(async () => {
        seen.push([stock.amount, stock.isDirty()])
        stock.amount += 1
        await touch(stock)
        stock.amount += 10
      })
      expect(seen).toEqual([
        [1, false],
        [1, false]
      ])
    })

    it('are loaded anew where they were loaded along a reference', async () => {
      const stock = await Stock.create({ amount: 1 })
      const shelf = await Shelf.getById((await Shelf.create({ stock })).id)
      let attempts = 0
      await db.runTransaction(
        async () => {
          const found = await shelf.stock
          if (++attempts === 1) {
            await db.outside(() => Stock.update({ amount: 5 }).execute())
            await db.executeSql(conflict(live))
          }
          found.amount += 1
          await found.save()
        },
        { backoff: () => 0 }
      )
      expect((await Stock.getById(stock.id)).amount).toBe(6)
      await Shelf.delete()
    })

    it('are changed once by changes made inside the callback', async () => {
      const stock = await Stock.create({ amount: 1 })
      await twice(async () => {
        stock.amount += 1
        await stock.save()
      })
      expect((await Stock.getById(stock.id)).amount).toBe(2)
      expect(stock.amount).toBe(2)
    })
  })

  describe('that were saved', () => {
    it('have what the server has, in the form of their fields', async () => {
      expect(Price.new()).toMatchObject({ pieces: 0n, value: '0' })
      const price = await Price.create({})
      expect([price.pieces, price.value]).toEqual([0n, '0.00'])
      expect(await price.save()).toBe(0)
      price.value = '10.5'
      await price.save()
      expect([price.value, price.isDirty()]).toEqual(['10.50', false])
    })

    it('are refused where the server would round them silently', async () => {
      const error = await Price.create({ value: '1.005' }).catch(e => e)
      expect(error).toBeInstanceOf(DataError)
      expect(error.message).toBe('Price.value: 3 decimals, but the column holds 2; round it, or declare { autoRound: true }')
      expect(await Price.create({ value: '1.5000', rounded: '1.006' })).toMatchObject({ value: '1.50', rounded: '1.01' })
    })
  })
})
