import type { Database } from 'pewit'
import type { AccountsFile } from './accounts-file.js'
import { Account, Customer, models } from './models.js'

/** Creates the tables and inserts all customers and accounts of a file, or nothing: two statements in one transaction. */
export async function load(db: Database, { customers, accounts }: AccountsFile): Promise<void> {
  await db.createTables(models)
  await db.runTransaction(async () => {
    await Customer.insertMany(customers)
    await Account.insertMany(accounts)
  })
}
