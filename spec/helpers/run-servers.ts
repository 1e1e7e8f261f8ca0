import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { handOver, running } from './handover.js'
import { findCockroach, type Server, startPostgres } from './servers.js'

/** Starts what the live specs run on and hands it to Jest's workers through the environment. */
export async function startServers(): Promise<void> {
  const servers = running()
  servers.push(await startPostgres())
  const cockroach = await findCockroach()
  if (cockroach) servers.push(cockroach)
  else if (process.env.PEWIT_REQUIRE_COCKROACH) await refuse()
  for (const server of servers) handOver(server)
}

/** Stops what `startServers` started. */
export async function stopServers(): Promise<void> {
  await Promise.all(
    running()
      .splice(0)
      .map((server: Server) => server.stop())
  )
}

/** Whether one of the spec files that Jest was asked for is a live one; all are when it was asked for none. */
export function wantsServers(root: string, patterns: readonly string[]): boolean {
  if (process.env.PEWIT_REQUIRE_COCKROACH || patterns.length === 0) return true
  const tests = patterns.map(pattern => new RegExp(pattern, 'i'))
  return specFiles(join(root, 'spec')).some(file => tests.some(test => test.test(file)) && isLive(file))
}

async function refuse(): Promise<never> {
  await stopServers()
  throw new Error(
    'No CockroachDB found, and this run is to have one: name a running one in COCKROACH_URL, put `cockroach` on the PATH, ' +
      'or start a Docker engine'
  )
}

function specFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.spec.ts'))
    .map(path => join(directory, path))
}

function isLive(file: string): boolean {
  return readFileSync(file, 'utf8').includes('helpers/live')
}
