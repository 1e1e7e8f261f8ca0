import { type AddressInfo, createServer, type Socket } from 'node:net'
import { FaultLink, type LinkHost, type Trap } from './fault-link.js'

/** Matches the SQL text of a statement. */
export type StatementPattern = RegExp | ((sql: string) => boolean)

/** A way to a database server on which everything can go wrong. */
export interface FaultProxy {
  readonly host: string
  readonly port: number
  /** How many connections are open through it. */
  readonly connections: number
  /**
   * How many times, in all, a client sent something and was answered. Messages that are sent before the answer to the
   * first of them count as one flight; set a delay of some milliseconds so that this does not depend on luck.
   */
  readonly flights: number
  resetFlights(): void
  /** The same URL, leading through the proxy. */
  url(original: string): string
  /** Makes every round trip take so many milliseconds more. */
  delay(milliseconds: number): void
  /** Breaks all connections off now: the client sees an end, or, with `reset`, an error. */
  cut(how?: 'close' | 'reset'): void
  /** Breaks the connection off at the next matching statement: before the server gets it, or after, without an answer. */
  cutWhen(pattern: StatementPattern, when: 'before' | 'after'): void
  /** Lets the server run the next matching statement, throws its answer away and breaks the connection off. */
  dropAnswerWhen(pattern: StatementPattern): void
  /** Stops forwarding and keeps every socket open, as a network does that has lost its route. */
  halfOpen(): void
  /** Accepts new connections and closes them at once. */
  refuse(): void
  /** Accepts new connections and never answers. */
  silent(): void
  /** Back to a proxy without faults. Connections that were half open or silent are closed. */
  restore(): void
  close(): Promise<void>
}

/** Starts a proxy to the server, on a free port of 127.0.0.1. */
export async function startFaultProxy(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  const proxy = new ProxyServer(target)
  await proxy.listen()
  return proxy
}

/** Starts a proxy to the server of a connection URL. */
export function startFaultProxyTo(url: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(url)
  return startFaultProxy({ host: hostname, port: Number(port || 5432) })
}

class ProxyServer implements FaultProxy, LinkHost {
  readonly host = '127.0.0.1'
  port = 0
  flights = 0
  latency = 0
  trap: Trap | undefined
  readonly target: { readonly host: string; readonly port: number }
  readonly #server = createServer({ allowHalfOpen: true }, socket => this.#accept(socket))
  readonly #links = new Set<FaultLink>()
  readonly #unanswered = new Set<Socket>()
  #mode: 'open' | 'refuse' | 'silent' = 'open'

  constructor(target: { readonly host: string; readonly port: number }) {
    this.target = target
  }

  get connections(): number {
    return this.#links.size
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(0, this.host, resolve))
    this.port = (this.#server.address() as AddressInfo).port
  }

  url(original: string): string {
    const url = new URL(original)
    url.host = `${this.host}:${this.port}`
    return url.href
  }

  resetFlights(): void {
    this.flights = 0
  }

  delay(milliseconds: number): void {
    this.latency = milliseconds / 2
  }

  cut(how: 'close' | 'reset' = 'close'): void {
    for (const link of this.#links) link.cut(how)
    this.#closeUnanswered()
  }

  cutWhen(pattern: StatementPattern, when: 'before' | 'after'): void {
    this.trap = { matches: matcher(pattern), then: when === 'before' ? 'cut before' : 'cut after' }
  }

  dropAnswerWhen(pattern: StatementPattern): void {
    this.trap = { matches: matcher(pattern), then: 'drop answer' }
  }

  halfOpen(): void {
    this.#mode = 'silent'
    for (const link of this.#links) link.deafen()
  }

  refuse(): void {
    this.#mode = 'refuse'
  }

  silent(): void {
    this.#mode = 'silent'
  }

  restore(): void {
    this.#mode = 'open'
    this.latency = 0
    this.trap = undefined
    for (const link of this.#links) if (link.deaf) link.cut('close')
    this.#closeUnanswered()
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.cut()
    await closed
  }

  sprung(): void {
    this.trap = undefined
  }

  landed(): void {
    this.flights++
  }

  #accept(socket: Socket): void {
    if (this.#mode === 'refuse') return void socket.destroy()
    if (this.#mode === 'silent') {
      this.#unanswered.add(
        socket
          .on('error', () => {})
          .on('close', () => this.#unanswered.delete(socket))
          .resume()
      )
      return
    }
    const link: FaultLink = new FaultLink(socket, this, () => this.#links.delete(link))
    this.#links.add(link)
  }

  #closeUnanswered(): void {
    for (const socket of this.#unanswered) socket.destroy()
  }
}

function matcher(pattern: StatementPattern): (sql: string) => boolean {
  return typeof pattern === 'function' ? pattern : sql => pattern.test(sql)
}
