/** Jest's global teardown: stops what the setup started. A run that ends without it is cleaned up by the servers' keeper. */
import { tsImport } from 'tsx/esm/api'

export default async function globalTeardown() {
  const servers = await tsImport('./run-servers.ts', import.meta.url)
  await servers.stopServers()
}
