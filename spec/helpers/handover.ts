import type { Server, ServerName } from './server.js'

/** What a worker gets to know of a running server. */
export type KnownServer = Omit<Server, 'stop'>

/** The servers that this process, Jest's parent, runs: its setup and its teardown share no module instance. */
export function running(): Server[] {
  const shared = globalThis as { [key: symbol]: Server[] | undefined }
  shared[key] ??= []
  return shared[key]
}

/** Makes a server known to the workers, which are started after this. */
export function handOver({ name, url, how, version }: Server): void {
  process.env[variables[name]] = JSON.stringify({ name, url, how, version })
}

/** The server of that name, if the setup found one. */
export function known(name: ServerName): KnownServer | undefined {
  const text = process.env[variables[name]]
  return text ? (JSON.parse(text) as KnownServer) : undefined
}

const key = Symbol.for('pewit.spec.servers')
const variables = { postgresql: 'PEWIT_POSTGRES', cockroachdb: 'PEWIT_COCKROACH' } as const
