import { Socket } from 'node:net'

/** Where a connection may lead: one of several hosts, a socket's path, or whatever the user's own function gives. */
export interface Route {
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
  readonly path: string | undefined
  readonly custom: ((options: unknown) => Socket | Promise<Socket>) | undefined
}

/** The shortest and the longest pause between two rounds through the hosts, in milliseconds. */
const PAUSES = [50, 1000] as const
/** Milliseconds after which a socket that carries a cancel request is broken off. */
const PATIENCE = 5000

/**
 * Makes the sockets of one connection, host after host, until one of them stands.
 *
 * The driver's own loop neither ends nor pauses while every host accepts and closes, and never leaves a silent host for the
 * next one. A socket that we made can also be destroyed: the driver only says goodbye, which a dead network never answers.
 */
export class Dialer {
  readonly #route: Route
  readonly #patience: number
  readonly #giveUp: (error: unknown) => void
  #attempts = 0
  #refusals = 0
  #socket: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #ended = false
  /** Breaks TLS off, once it has begun: destroying the socket below TLS is an error that nobody hears. */
  #tls: AbortController | undefined
  #goodbye: (() => void) | undefined

  /**
   * @param seconds in which a connection must stand; each host gets its share of them
   * @param giveUp called when every host refused in turn
   */
  constructor(route: Route, seconds: number, giveUp: (error: unknown) => void) {
    this.#route = route
    this.#patience = (seconds * 1000) / route.hosts.length
    this.#giveUp = giveUp
  }

  /** The driver's `socket` option: a socket on its way to the next host. */
  readonly dial = async (options: unknown): Promise<Socket> => {
    await this.#pause()
    this.#attempts++
    this.#tls = undefined
    const socket = this.#route.custom ? await this.#route.custom(options) : this.#next()
    this.#socket = socket
    if (this.#ended) socket.destroy()
    return socket
  }

  /** A socket of its own to the host that the connection leads to. It is broken off when nothing comes of it in time. */
  readonly again = async (options: unknown): Promise<Socket> => {
    const { custom } = this.#route
    const socket = custom ? await custom(options) : this.#socketTo(Math.max(0, this.#attempts - 1))
    return socket.setTimeout(PATIENCE, () => socket.destroy()).unref()
  }

  /**
   * The driver's `ssl` option, with the same meaning, for a connection that can be broken off.
   *
   * @param goodbye lets the driver end the connection; for "prefer", where it goes on without TLS only for this very string
   */
  secure(ssl: unknown, goodbye: () => void): unknown {
    if (!ssl) return ssl
    if (ssl === 'prefer') {
      this.#goodbye = goodbye
      return ssl
    }
    const options = typeof ssl === 'object' ? ssl : ssl === 'require' || ssl === 'allow' ? { rejectUnauthorized: false } : {}
    // Read by the driver when it begins TLS, for each host anew.
    return Object.defineProperty({ ...options }, 'signal', { enumerable: true, get: () => this.#beginTls() })
  }

  /** The connection stands: the present host has proved itself. */
  arrived(): void {
    clearTimeout(this.#timer)
  }

  /** Breaks the connection off at once, and makes no more sockets. */
  destroy(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#break()
  }

  #beginTls(): AbortSignal {
    this.#tls = new AbortController()
    return this.#tls.signal
  }

  #break(error?: Error): void {
    if (this.#tls) return this.#tls.abort(error)
    if (!this.#goodbye || error) return void this.#socket?.destroy(error)
    this.#goodbye()
    // The goodbye may never be answered; the process need not wait for that.
    this.#socket?.unref()
  }

  async #pause(): Promise<void> {
    clearTimeout(this.#timer)
    const rounds = Math.floor(this.#attempts / this.#route.hosts.length)
    if (rounds > 0) await new Promise(resolve => setTimeout(resolve, Math.min(PAUSES[0] * 2 ** (rounds - 1), PAUSES[1])))
    if (this.#ended) throw new Error('The connection was given up')
  }

  #next(): Socket {
    const socket = this.#socketTo(this.#attempts - 1)
    socket.once('connect', () => {
      this.#refusals = 0
    })
    socket.once('error', error => this.#refused(error))
    if (this.#route.hosts.length > 1) this.#timer = setTimeout(() => this.#break(silence(socket)), this.#patience)
    return socket
  }

  /** A socket on its way to the host of that attempt. */
  #socketTo(attempt: number): Socket & Address {
    const { hosts, ports, path } = this.#route
    const index = attempt % hosts.length
    const [host, port] = [hosts[index] ?? 'localhost', ports[index] ?? 5432]
    // The driver takes the name that a certificate must bear from the socket.
    const socket = Object.assign(new Socket(), { host, port })
    // Nagle's algorithm would hold a pipelined statement back until the one before it is answered.
    socket.setNoDelay(true)
    return path === undefined ? socket.connect(port, host) : socket.connect(path)
  }

  #refused(error: unknown): void {
    if (++this.#refusals >= this.#route.hosts.length && !this.#ended) this.#giveUp(error)
  }
}

interface Address {
  readonly host: string
  readonly port: number
}

function silence({ host, port }: Address): Error {
  return Object.assign(new Error(`${host}:${port} did not answer in time`), { code: 'CONNECT_TIMEOUT' })
}
