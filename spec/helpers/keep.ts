import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { askVersion } from './server.js'

/** A command with its arguments. */
export interface Step {
  readonly command: string
  readonly args: readonly string[]
}

/** What is to be started and kept: the last step is the server, those before it must end with exit code 0. */
export interface Job {
  readonly steps: readonly Step[]
  /** Belongs to the server alone: deleted with everything in it when the server stops. */
  readonly directory: string
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'
  readonly uid?: number
  readonly gid?: number
  readonly env?: Readonly<Record<string, string>>
}

/** A server that runs until `stop`, or until this process ends in whatever way. */
export interface Kept {
  readonly version: string
  stop(): Promise<void>
}

const patience = 60_000

/** A loopback port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** The server, started and answering at `url`. Its output is shown only in the error when it does not start. */
export async function keep(job: Job, url: string): Promise<Kept> {
  const log = join(job.directory, 'output.log')
  const keeper = startKeeper(job, log)
  const stop = () => stopKeeper(keeper, job.directory)
  try {
    return { version: await answer(keeper, url), stop }
  } catch (error) {
    const output = readFileSync(log, 'utf8')
    await stop()
    throw new Error(`${job.steps.at(-1)?.command} did not start: ${String(error)}\n${output}`, { cause: error })
  }
}

/** What `start` gives, tried again with other ports when another process took the port in between. */
export async function withFreePort<T>(start: (port: number) => Promise<T>, attempts = 5): Promise<T> {
  try {
    return await start(await freePort())
  } catch (error) {
    if (attempts <= 1 || !/address already in use|could not bind|EADDRINUSE/i.test(String(error))) throw error
    return withFreePort(start, attempts - 1)
  }
}

function startKeeper(job: Job, log: string): ChildProcess {
  const output = openSync(log, 'a')
  const script = fileURLToPath(new URL('./keeper.mjs', import.meta.url))
  // Detached: Ctrl-C reaches a terminal's whole process group, and the keeper must outlive it to clean up.
  const keeper = spawn(process.execPath, [script, JSON.stringify(job)], {
    detached: true,
    stdio: ['pipe', output, output],
    windowsHide: true
  })
  closeSync(output)
  keeper.unref()
  if (keeper.stdin && 'unref' in keeper.stdin) (keeper.stdin as unknown as { unref(): void }).unref()
  // The pipe of a keeper that has gone breaks; the exit tells it already.
  keeper.stdin?.on('error', () => {})
  return keeper
}

async function stopKeeper(keeper: ChildProcess, directory: string): Promise<void> {
  if (hasEnded(keeper)) return rmSync(directory, { recursive: true, force: true })
  keeper.ref()
  const ended = new Promise<void>(resolve => keeper.once('exit', () => resolve()))
  keeper.stdin?.end()
  await ended
  rmSync(directory, { recursive: true, force: true })
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function answer(keeper: ChildProcess, url: string): Promise<string> {
  const deadline = Date.now() + patience
  for (;;) {
    if (hasEnded(keeper)) throw new Error('it ended before it accepted a connection')
    try {
      return await askVersion(url)
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(50)
    }
  }
}
