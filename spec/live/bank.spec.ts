import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type AccountsFile, readAccounts } from '../../examples/bank/accounts-file.js'
import { audit } from '../../examples/bank/audit.js'
import { load } from '../../examples/bank/load.js'
import { Account, Customer, models, Transfer } from '../../examples/bank/models.js'
import { makeOrders } from '../../examples/bank/orders.js'
import { type Tally, work } from '../../examples/bank/workers.js'
import { databaseAt } from '../../examples/server.js'
import { known } from '../helpers/handover.js'
import { eachServer } from '../helpers/live.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const csv = join(root, 'examples/bank/accounts.csv')

const refusals = {
  17: 'the name is missing',
  101: 'the balance "a lot" is not an amount with at most two decimals',
  178: 'the balance "3349.885" is not an amount with at most two decimals',
  264: 'the balance "-4815.79" is below zero',
  333: '3 columns where 4 are expected',
  415: '5 columns where 4 are expected',
  502: 'the account number PW-000123 is taken by line 124',
  586: 'the name is longer than 40 characters',
  671: 'the city is missing',
  750: 'not CSV: quote not closed',
  834: '"pw-000833" is no account number',
  919: 'the balance "123456789012.50" is too large'
}

describe('a file of accounts', () => {
  it('is read with whatever else could break a line', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bank-accounts-'))
    const path = join(directory, 'accounts.csv')
    const city = 'x'.repeat(41)
    const lines = ['A,B,.', 'A,B,5.', 'A,B,', 'A,B,1e3', 'A,B,+1.5', `A,${city},1`, 'A,"B"C,1', ',,-1.001', '😀,B,0'].map(
      (line, i) => `PW-00000${i},${line}`
    )
    writeFileSync(path, ['number,name,city,balance', ...lines, '', '   '].join('\r\n'))
    const { accounts, refusals } = await readAccounts(path)
    rmSync(directory, { recursive: true })
    expect(accounts.map(({ balance }) => balance)).toEqual(['+1.5', '0'])
    expect(refusals.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      '2: the balance "." is not an amount with at most two decimals',
      '3: the balance "5." is not an amount with at most two decimals',
      '4: the balance "" is not an amount with at most two decimals',
      '5: the balance "1e3" is not an amount with at most two decimals',
      '7: the city is longer than 40 characters',
      '8: not CSV: invalid closing quote',
      '9: the name is missing; the city is missing; the balance "-1.001" is below zero; the balance "-1.001" is not an amount with at most two decimals'
    ])
  })
})

eachServer('the bank', live => {
  const db = databaseAt(live, live.url, { max: 8 })
  let file: AccountsFile
  let tally: Tally

  beforeAll(async () => {
    db.bind(models)
    file = await readAccounts(csv)
    await load(db, file)
    tally = await work(db, makeOrders(file.accounts, { transfers: 300, hot: 50 }), { workers: 8 })
  }, 120_000)
  afterAll(() => db.close())

  it('refuses each broken line with its number and reason, and loads the rest', async () => {
    expect(Object.fromEntries(file.refusals.map(({ line, reason }) => [line, reason]))).toEqual(refusals)
    expect(await Account.select().count()).toBe(988)
    expect(await Customer.select().count()).toBe(file.customers.length)
    expect(
      await Account.select()
        .where(a => a.number.in(['PW-000016', 'PW-000100', 'PW-000332']))
        .count()
    ).toBe(0)
  })

  it('keeps names and quoted cities as they are in the file', async () => {
    const first = await Account.select(Account, Customer)
      .join(Customer)
      .where(a => a.number.eq('PW-000001'))
      .get()
    expect(first.customer).toMatchObject({ name: 'Korven Applethorn', city: 'Mossgate, South' })
    const shared = await Customer.get(
      c => c.name.eq(first.customer.name),
      c => c.city.eq(first.customer.city)
    )
    expect(await shared.accounts.count()).toBe(file.accounts.filter(({ customerId }) => customerId === shared.id).length)
  })

  it('makes or refuses every transfer, with retries on the way', () => {
    expect(tally.milliseconds).toHaveLength(300)
    expect(tally.done.length + tally.refused).toBe(300)
    expect(tally.done.length).toBeGreaterThan(200)
    expect(tally.refused).toBeGreaterThan(0)
    expect(tally.retries).toBeGreaterThan(0)
  })

  it('loses and makes no cent, and doubles no transfer', async () => {
    expect(await audit({ opening: file.accounts, done: tally.done })).toEqual([])
    expect(await Transfer.select().count()).toBe(tally.done.length)
  })

  it('notices books that are off', async () => {
    const [reference = ''] = tally.done
    const audited = () => audit({ opening: file.accounts, done: tally.done })
    const { fromId } = await Transfer.get(t => t.reference.eq(reference))
    const from = await Account.getById(fromId)
    await Account.update({ balance: a => a.balance.add('0.01') }).where(a => a.id.eq(from.id))
    expect(await audited()).toEqual([
      expect.stringMatching(/^the total was/),
      expect.stringMatching(new RegExp(`^${from.number} holds`))
    ])
    await Account.update({ balance: a => a.balance.sub('0.01') }).where(a => a.id.eq(from.id))
    await Transfer.update({ reference: 'T-other' }).where(t => t.reference.eq(reference))
    expect(await audited()).toEqual([
      `${reference} was done and is not in the ledger`,
      'T-other is in the ledger and was not done'
    ])
    await Transfer.update({ reference }).where(t => t.reference.eq('T-other'))
    expect(await audited()).toEqual([])
  })

  it('loads a file completely or not at all', async () => {
    const before = await Customer.select().count()
    await expect(
      load(db, { ...file, customers: [Customer.new({ name: 'Somebody New', city: 'Three Owls' })] })
    ).rejects.toMatchObject({
      code: 'UNIQUE_VIOLATION'
    })
    expect(await Customer.select().count()).toBe(before)
  })

  it('begins no transfer once it is told to stop', async () => {
    const orders = makeOrders(file.accounts, { transfers: 5, hot: 0, seed: 2 })
    expect(await work(db, orders, { workers: 2, signal: AbortSignal.abort() })).toMatchObject({ done: [], milliseconds: [] })
  })
})

/** A program of the example in a process of its own, on the servers that this run has. */
function start(program: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const servers = { COCKROACH_URL: known('cockroachdb')?.url ?? '', POSTGRES_URL: known('postgresql')?.url ?? '' }
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/bank/${program}.ts`, ...args], {
    cwd: root,
    env: { ...process.env, ...servers, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  return { child, ended, has: (text: string) => output.includes(text) }
}

describe('the bank as a command', () => {
  it('says where it works, what it refused and what came of it', async () => {
    const { code, output } = await start('main', ['--workers', '4', '--transfers', '100', '--hot', '30']).ended
    expect(output).toMatch(/^Server: .*(PostgreSQL|CockroachDB|cockroach) v?\d/)
    for (const [line, reason] of Object.entries(refusals)) expect(output).toContain(`Line ${line} refused: ${reason}\n`)
    expect(output).toContain('\n100 of 100 transfers')
    for (const row of ['Transfers done', 'Refused', 'Retries', 'Throughput', 'p50', 'p99']) expect(output).toContain(row)
    expect(output).toContain('The books balance')
    expect(code).toBe(0)
  }, 60_000)

  it('shows the statements of one transfer', async () => {
    const { code, output } = await start('main', ['--sql']).ended
    const words = ['BEGIN', 'SELECT', '  -- ', 'UPDATE', '  -- ', 'UPDATE', '  -- ', 'INSERT INTO "transfer"', '  -- ']
    expect(output).toMatch(new RegExp(`^Server: .*\n${words.map(word => `${word}.*\n`).join('')}.*COMMIT\n$`))
    expect(code).toBe(0)
  }, 60_000)

  it('explains its options, and refuses those that make no sense', async () => {
    expect(await start('main', ['--help']).ended).toMatchObject({ code: 0, output: expect.stringContaining('--hot <percent>') })
    const refused = { code: 1, output: expect.stringContaining('Expected a whole number from 1 to 100.') }
    expect(await start('main', ['--workers', '0']).ended).toMatchObject(refused)
  }, 60_000)

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends cleanly at %s, with the server it started',
    async signal => {
      // A server of the example's own keeps its files here, and takes them away when it has stopped.
      const directory = mkdtempSync(join(tmpdir(), 'pewit-bank-'))
      chmodSync(directory, 0o755)
      const servers = () => readdirSync(directory).filter(name => name.startsWith('pewit-'))
      const env = { TMPDIR: directory, COCKROACH_URL: '', POSTGRES_URL: '' }
      const { child, ended, has } = start('main', ['--transfers', '100000'], env)
      try {
        while (!has(' of 100000 transfers, ') && child.exitCode === null) await sleep(50)
        if (!has('in a container')) expect(servers()).toHaveLength(1)
      } finally {
        child.kill(signal)
      }
      const { code, output } = await ended
      expect(output).toMatch(/The books balance.*\nInterrupted after \d+ of 100000 transfers\.\n$/)
      expect(code).toBe(130)
      expect(servers()).toEqual([])
      rmSync(directory, { recursive: true })
    },
    60_000
  )

  it('comes with the accounts that its script makes', async () => {
    expect(await start('make-accounts').ended).toEqual({ code: 0, output: readFileSync(csv, 'utf8') })
  }, 60_000)
})
