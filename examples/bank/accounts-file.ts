import { readFile } from 'node:fs/promises'
import { validate } from 'class-validator'
import { CsvError, parse } from 'csv-parse/sync'
import { Account, Customer } from './models.js'

/** A line of the file that was not loaded, and why. */
export interface Refusal {
  readonly line: number
  readonly reason: string
}

/** What a file of accounts holds: instances that are not saved yet, and the lines that make none. */
export interface AccountsFile {
  readonly customers: readonly Customer[]
  readonly accounts: readonly Account[]
  readonly refusals: readonly Refusal[]
}

const COLUMNS = ['number', 'name', 'city', 'balance']

/** Reads a file of accounts. A broken line is refused with its number and reason, and takes no other line with it. */
export async function readAccounts(path: string | URL): Promise<AccountsFile> {
  const [header = '', ...lines] = (await readFile(path, 'utf8')).split(/\r?\n/)
  if (header !== COLUMNS.join(',')) throw new Error(`${path} does not begin with the line ${COLUMNS.join(',')}`)
  const reader = new AccountsReader()
  for (const [i, line] of lines.entries()) if (line.trim() !== '') await reader.read(i + 2, line)
  return reader.file
}

class AccountsReader {
  readonly #refusals: Refusal[] = []
  readonly #customers = new Map<string, Customer>()
  readonly #accounts = new Map<string, { readonly account: Account; readonly line: number }>()

  get file(): AccountsFile {
    const accounts = Array.from(this.#accounts.values(), ({ account }) => account)
    return { customers: [...this.#customers.values()], accounts, refusals: this.#refusals }
  }

  async read(line: number, text: string): Promise<void> {
    try {
      await this.#take(line, fieldsOf(text))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.#refusals.push({ line, reason: error.message })
    }
  }

  async #take(line: number, [number = '', name = '', city = '', balance = '']: readonly string[]): Promise<void> {
    const key = JSON.stringify([name, city])
    const customer = this.#customers.get(key) ?? Customer.new({ name, city })
    const account = Account.new({ number, customer, balance })
    await check(customer, account)
    const other = this.#accounts.get(number)
    if (other) throw new Refused(`the account number ${number} is taken by line ${other.line}`)
    this.#customers.set(key, customer)
    this.#accounts.set(number, { account, line })
  }
}

class Refused extends Error {}

/** The fields of one line. Each line is parsed for itself: a quote that is never closed would swallow all that follow. */
function fieldsOf(line: string): readonly string[] {
  const fields = parseLine(line)
  if (fields.length === COLUMNS.length) return fields
  throw new Refused(`${fields.length} columns where ${COLUMNS.length} are expected`)
}

function parseLine(line: string): readonly string[] {
  try {
    return parse(line, { relax_column_count: true, trim: true })[0] ?? []
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new Refused(`not CSV: ${error.code.replace(/^CSV_/, '').replaceAll('_', ' ').toLowerCase()}`)
  }
}

/** Throws for instances that break the rules of their models. `save` and `create` ask class-validator themselves; bulk inserts do not. */
async function check(...instances: readonly object[]): Promise<void> {
  const errors = (await Promise.all(instances.map(instance => validate(instance)))).flat()
  const reasons = errors.flatMap(({ constraints = {} }) => Object.values(constraints))
  if (reasons.length > 0) throw new Refused(reasons.join('; '))
}
