/**
 * Jest's global setup: starts the servers once for the whole run, when it has live specs.
 *
 * Plain JavaScript that loads TypeScript through tsx: outside test files Jest maps no module names, so it would not find the
 * `./x.ts` behind an import of `./x.js`.
 */
import { tsImport } from 'tsx/esm/api'

export default async function globalSetup(run) {
  const servers = await tsImport('./run-servers.ts', import.meta.url)
  if (servers.wantsServers(run.rootDir, run.testPathPatterns.patterns)) await servers.startServers()
}
