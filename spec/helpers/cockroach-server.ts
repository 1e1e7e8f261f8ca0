import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { request } from 'node:http'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, keep, withFreePort } from './keep.js'
import { askVersion, type Server } from './server.js'

const memoryStore = ['start-single-node', '--insecure', '--store=type=mem,size=1GiB']
const image = process.env.COCKROACH_IMAGE ?? 'cockroachdb/cockroach:latest-v25.4'

/**
 * A CockroachDB: the one `COCKROACH_URL` names, else a `cockroach` on the PATH, else a container; undefined where there is
 * none of them.
 */
export async function findCockroach(): Promise<Server | undefined> {
  if (process.env.COCKROACH_URL) return runningCockroach(process.env.COCKROACH_URL)
  if (hasBinary()) return withFreePort(startBinary)
  return (await dockerAnswers()) ? startContainer() : undefined
}

async function runningCockroach(given: string): Promise<Server> {
  const url = given.replace(/^cockroachdb:/, 'postgresql:')
  const version = await askVersion(url).catch(error => {
    throw new Error(`The CockroachDB that COCKROACH_URL names does not answer: ${String(error)}`, { cause: error })
  })
  return { name: 'cockroachdb', url, version, how: `CockroachDB ${version} of COCKROACH_URL`, stop: async () => {} }
}

function hasBinary(): boolean {
  return spawnSync('cockroach', ['version'], { stdio: 'ignore', timeout: 20_000, windowsHide: true }).status === 0
}

async function startBinary(port: number): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'pewit-cockroach-'))
  const addresses = [`--listen-addr=127.0.0.1:${port}`, `--http-addr=127.0.0.1:${await freePort()}`]
  const url = `postgresql://root@127.0.0.1:${port}/defaultdb?sslmode=disable`
  const steps = [{ command: 'cockroach', args: [...memoryStore, ...addresses] }]
  // Killed, as its data is in memory: a graceful stop would drain for seconds.
  const kept = await keep({ steps, directory, signal: 'SIGKILL' }, url)
  return { name: 'cockroachdb', url, version: kept.version, how: `cockroach ${kept.version} on the PATH`, stop: kept.stop }
}

async function startContainer(): Promise<Server | undefined> {
  try {
    const { CockroachDbContainer } = await import('@testcontainers/cockroachdb')
    const command = [...memoryStore, '--http-addr=0.0.0.0:26258']
    const container = await new CockroachDbContainer(image).withCommand(command).start()
    const stop = async () => void (await container.stop())
    const url = `postgresql://root@${container.getHost()}:${container.getPort()}/defaultdb?sslmode=disable`
    try {
      const version = await askVersion(url)
      return { name: 'cockroachdb', url, version, how: `CockroachDB ${version} in a container`, stop }
    } catch (error) {
      await stop()
      throw error
    }
  } catch (error) {
    process.stderr.write(`No CockroachDB in a container: ${String(error)}\n`)
    return undefined
  }
}

/** Whether a Docker engine answers within a second and a half. */
function dockerAnswers(): Promise<boolean> {
  const target = dockerAddress()
  if (!target) return Promise.resolve(false)
  return new Promise(resolve => {
    const ping = request({ ...target, path: '/_ping', timeout: 1_500 }, response => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.once('timeout', () => ping.destroy())
    ping.once('error', () => resolve(false))
    ping.once('close', () => resolve(false))
    ping.end()
  })
}

function dockerAddress(): { socketPath: string } | { host: string; port: string } | undefined {
  const host = process.env.DOCKER_HOST
  if (host?.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  if (host?.startsWith('tcp://')) return { host: new URL(host).hostname, port: new URL(host).port }
  if (process.platform === 'win32') return { socketPath: '//./pipe/docker_engine' }
  const sockets = ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')]
  const socketPath = sockets.find(path => existsSync(path))
  return socketPath ? { socketPath } : undefined
}
