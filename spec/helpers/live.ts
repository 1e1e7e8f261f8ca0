import { randomBytes } from 'node:crypto'
import { type KnownServer, known } from './handover.js'
import { createDatabase, dropDatabase, type ServerName, serverNames, urlFor } from './server.js'

/**
 * A server as a live spec sees it. What a spec needs of a server is asked here, from `name` and `version`, which are known
 * while specs are collected.
 */
export interface LiveServer {
  readonly name: ServerName
  /**
   * Of an empty database of the spec's own. It exists from before the spec's first `beforeAll` until after its last
   * `afterAll`; while specs are only being collected, and on an absent server, nothing answers there.
   */
  readonly url: string
  /** The server's version, as it tells it: "18.4", "v25.4.3"; empty when absent. */
  readonly version: string
  /** False when the specs are only registered, to be counted as skipped. */
  readonly available: boolean
}

/**
 * Runs the body once for each kind of server, as `describe('<name> on postgresql')` and so on.
 *
 * Where there is no such server, the body's specs are registered as skipped, so that the summary counts them.
 *
 * @example
 * eachServer('transactions', live => {
 *   const db = new PostgresqlDatabase(live.url)
 *   afterAll(() => db.close())
 *   it('commits', async () => { … })
 * })
 */
export function eachServer(name: string, body: (live: LiveServer) => void): void {
  for (const kind of serverNames) {
    const title = `${name} on ${kind}`
    const server = known(kind)
    if (server) describe(title, () => onServer(server, body))
    else describe.skip(title, () => body(absent(kind)))
  }
}

function onServer(server: KnownServer, body: (live: LiveServer) => void): void {
  const database = `pewit_${randomBytes(6).toString('hex')}`
  beforeAll(() => createDatabase(server, database))
  body({ name: server.name, url: urlFor(server, database), version: server.version, available: true })
  // After the body: Jest runs these hooks in the order of their registration, and the body's own need the database.
  afterAll(() => dropDatabase(server, database))
}

function absent(name: ServerName): LiveServer {
  return { name, url: 'postgresql://absent.invalid/absent', version: '', available: false }
}
