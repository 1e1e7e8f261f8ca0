import { SerializationFailure } from 'pewit'
import { type RecordedStatement, recordingDriver } from 'pewit/extend'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { Account, models } from '../../examples/bank/models.js'
import type { Order } from '../../examples/bank/orders.js'
import { transfer } from '../../examples/bank/transfer.js'

const version = 'CockroachDB CCL v25.4.3 (x86_64-unknown-linux-gnu, built 2026/01/13 00:00:00, go1.25.5)'
const [first, second, third] = ['11111111', '22222222', '33333333'].map(start => `${start}-0000-4000-8000-000000000000`) as [
  string,
  string,
  string
]

const select =
  'SELECT "t1"."id", "t1"."number", "t1"."customer_id", "t1"."balance" FROM "account" AS "t1" WHERE "t1"."id" = ANY($1)'
/** The same in an attempt after a conflict. */
const locked = `${select} FOR NO KEY UPDATE`
const debit = 'UPDATE "account" SET "balance" = "account"."balance" - $1 WHERE "account"."id" = $2'
const credit = 'UPDATE "account" SET "balance" = "account"."balance" + $1 WHERE "account"."id" = $2'
const entry =
  'INSERT INTO "transfer" ("reference", "from_id", "to_id", "amount", "created_at") VALUES ($1, $2, $3, $4, $5) RETURNING "transfer"."id"'

/** What a server answers that has the first account with 100.00 and the second with 0.50; `conflicts` debits fail first. */
function bank(conflicts = 0) {
  let left = conflicts
  return recordingDriver(({ text }) => {
    if (text === 'SELECT version()') return { rows: [[version]] }
    if (text === select || text === locked)
      return {
        rows: [
          [second, 'PW-000002', third, '0.50'],
          [first, 'PW-000001', third, '100.00']
        ]
      }
    if (text === debit && left-- > 0) return new SerializationFailure('restart transaction', { sqlstate: '40001' })
    return text === entry ? { rows: [[third]] } : { count: 1 }
  })
}

async function transferOn(driver: ReturnType<typeof bank>, order: Order) {
  const db = new CockroachDatabase('bank', { driver: driver.factory })
  db.bind(models)
  await db.connect()
  driver.clear()
  const result = await transfer(db, order)
  return { ...result, sent: driver.statements.map(({ text }) => text), params: driver.statements.map(paramsOf) }
}

function paramsOf({ params }: RecordedStatement): readonly (string | null)[] {
  return params
}

const low = Account.new({ id: first, number: 'PW-000001', balance: '100.00' })
const high = Account.new({ id: second, number: 'PW-000002', balance: '0.50' })
const begin = ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'SAVEPOINT cockroach_restart']
const end = ['RELEASE SAVEPOINT cockroach_restart', 'COMMIT']

describe('a transfer of the bank, as CockroachDB gets it', () => {
  const order: Order = { reference: 'T-000001', from: low, to: high, amount: '12.34' }

  it('reads both accounts, changes them and enters the transfer, behind a savepoint', async () => {
    const { outcome, attempts, sent, params } = await transferOn(bank(), order)
    expect({ outcome, attempts }).toEqual({ outcome: 'done', attempts: 1 })
    expect(sent).toEqual([...begin, select, debit, credit, entry, ...end])
    expect(params.slice(2, 6)).toEqual([
      [`{${first},${second}}`],
      ['12.34', first],
      ['12.34', second],
      ['T-000001', first, second, '12.34', expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)]
    ])
  })

  it('changes the accounts in the order of their keys, whichever way the money goes', async () => {
    const { sent, params } = await transferOn(bank(), { ...order, from: high, to: low, amount: '0.50' })
    expect(sent.slice(2, 6)).toEqual([select, credit, debit, entry])
    expect(params.slice(3, 5)).toEqual([
      ['0.50', first],
      ['0.50', second]
    ])
  })

  it('changes nothing where the account holds too little', async () => {
    const { outcome, sent } = await transferOn(bank(), { ...order, amount: '100.01' })
    expect(outcome).toBe('refused')
    expect(sent).toEqual([...begin, select, ...end])
  })

  it('is tried again from the savepoint when it conflicts with another, and locks what it reads then', async () => {
    const { outcome, attempts, sent } = await transferOn(bank(1), order)
    expect({ outcome, attempts }).toEqual({ outcome: 'done', attempts: 2 })
    const changes = [debit, credit, entry]
    const restart = 'ROLLBACK TO SAVEPOINT cockroach_restart'
    expect(sent).toEqual([...begin, select, ...changes, restart, locked, ...changes, ...end])
  })
})
