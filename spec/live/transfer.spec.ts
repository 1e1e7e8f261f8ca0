import { IntegerField, Model, model } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class Account extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() balance!: number
}

eachServer('moving money', live => {
  const db = databaseFor(live)

  beforeAll(async () => {
    db.bind([Account])
    await db.createTables([Account])
  })
  afterAll(() => db.close())

  /** Moves an amount between two accounts; gives whether there was enough, and both balances after. */
  async function transferFunds(
    from: string,
    to: string,
    amount: number
  ): Promise<[ok: boolean, fromBalance: number, toBalance: number]> {
    return db.runTransaction(async () => {
      const accounts = await Account.select().where(a => a.id.in([from, to]))
      const balances = new Map(accounts.map(account => [account.id, account.balance]))
      const [available, other] = [balances.get(from) ?? 0, balances.get(to) ?? 0]
      if (available < amount) return [false, available, other]
      const [left] = await Account.update({ balance: a => a.balance.sub(amount) })
        .where(a => a.id.eq(from))
        .returning(a => [a.balance])
      const [right] = await Account.update({ balance: a => a.balance.add(amount) })
        .where(a => a.id.eq(to))
        .returning(a => [a.balance])
      return [true, left.balance, right.balance]
    })
  }

  it('happens wholly, or not at all', async () => {
    const [from, to] = [await Account.create({ balance: 100 }), await Account.create({ balance: 1 })]
    expect(await transferFunds(from.id, to.id, 90)).toEqual([true, 10, 91])
    expect(await transferFunds(from.id, to.id, 90)).toEqual([false, 10, 91])
    expect((await from.reload()).balance + (await to.reload()).balance).toBe(101)
  })

  it('conserves the total when everybody moves at once', async () => {
    const ids = await Account.insertMany(Array.from({ length: 20 }, () => ({ balance: 100 })))
    const moves = Array.from({ length: 40 }, (_, i) => transferFunds(ids[i % 20], ids[(i * 7 + 3) % 20], (i * 13) % 50))
    await Promise.all(moves)
    const balances = await Account.select(a => [a.balance])
      .where(a => a.id.in(ids))
      .scalars()
    expect(balances.reduce((sum, balance) => sum + balance, 0)).toBe(2000)
    expect(balances.every(balance => balance >= 0)).toBe(true)
  })
})
