import { connect, type Socket } from 'node:net'
import { ClientMessages, ServerMessages, type WireMessage } from './wire-messages.js'

/** What is to happen at the next statement whose text matches. */
export interface Trap {
  readonly matches: (sql: string) => boolean
  readonly then: 'cut before' | 'cut after' | 'drop answer'
}

/** What a link asks of its proxy. */
export interface LinkHost {
  readonly target: { readonly host: string; readonly port: number }
  /** Milliseconds that each direction takes. */
  readonly latency: number
  /** The trap that is set, if any. */
  readonly trap: Trap | undefined
  /** The trap was sprung: it is set no more. */
  sprung(): void
  /** The client got the first answer to a burst of messages. */
  landed(): void
}

/** One connection through the proxy. */
export class FaultLink {
  readonly #host: LinkHost
  readonly #client: Socket
  readonly #closed: () => void
  readonly #server: Socket
  readonly #fromClient = new ClientMessages()
  readonly #fromServer = new ServerMessages()
  /** Whether the client has sent something since it was last answered. */
  #asking = false
  /** ReadyForQuery messages that the server owes. */
  #owed = 0
  /** When the server owes that many, its next one ends the answer to be dropped. */
  #dropAt: number | undefined
  /** What happens once the message that sprang a trap is followed by its Sync. */
  #pending: Trap['then'] | undefined
  #deaf = false
  /** The server agreed to TLS: nothing can be read any more, so statements spring no traps. */
  #encrypted = false
  /** The server was left alone with what it was sent. */
  #handedOver = false

  constructor(client: Socket, host: LinkHost, closed: () => void) {
    this.#host = host
    this.#client = client
    this.#closed = closed
    this.#server = connect(host.target)
    for (const socket of [client, this.#server]) {
      socket.setNoDelay(true)
      // What breaks here shows itself to the client; `close` follows.
      socket.on('error', () => {})
    }
    client.on('data', chunk => this.#later(() => this.#clientSaid(chunk)))
    this.#server.on('data', chunk => this.#serverSaid(chunk))
    // A deaf network does not even pass on a goodbye.
    client.on('end', () => this.#later(() => this.#deaf || this.#server.end()))
    client.on('close', () => {
      closed()
      if (!this.#handedOver) this.#later(() => this.#server.destroy())
    })
    this.#server.on('close', () => this.#later(() => (this.#deaf && this.#dropAt === undefined ? undefined : client.destroy())))
  }

  /** Breaks both sides off; `reset` makes the client see an error instead of an end. */
  cut(how: 'close' | 'reset'): void {
    if (how === 'reset') this.#client.resetAndDestroy()
    else this.#client.destroy()
    this.#server.destroy()
    this.#closed()
  }

  /** Forwards nothing more, and keeps the client's side open. */
  deafen(): void {
    this.#deaf = true
  }

  get deaf(): boolean {
    return this.#deaf
  }

  #later(work: () => unknown): void {
    if (this.#host.latency > 0) setTimeout(work, this.#host.latency)
    else work()
  }

  #clientSaid(chunk: Buffer): void {
    if (this.#deaf) return
    this.#asking = true
    if (this.#encrypted) return void this.#server.write(chunk)
    for (const message of this.#fromClient.read(chunk)) if (!this.#forward(message)) return
  }

  /** Forwards a message of the client; false when the rest is not to be forwarded. */
  #forward(message: WireMessage): boolean {
    const text = this.#fromClient.textOf(message)
    const { trap } = this.#host
    if (trap && text !== undefined && trap.matches(text)) {
      this.#host.sprung()
      this.#pending = trap.then
      if (trap.then === 'cut before') return this.#cutAndStop()
    }
    if (ClientMessages.asksEncryption(message)) this.#fromServer.expectLetter()
    this.#server.write(message.bytes)
    const ends = message.type === 'Q' || message.type === 'S' || (message.type === '' && !ClientMessages.asksEncryption(message))
    if (!ends) return true
    this.#owed++
    return this.#pending === undefined || this.#stop(this.#pending)
  }

  #stop(what: Trap['then']): false {
    this.#pending = undefined
    this.#deaf = true
    if (what === 'drop answer') {
      this.#dropAt = 1
      return false
    }
    // Ended, not destroyed: the server is to get what was sent.
    this.#handedOver = true
    this.#server.end()
    this.#client.destroy()
    return false
  }

  #cutAndStop(): false {
    this.#deaf = true
    this.cut('close')
    return false
  }

  #serverSaid(chunk: Buffer): void {
    if (this.#encrypted) return this.#later(() => this.#deaf || this.#deliver(chunk))
    const passed: Buffer[] = []
    let over = false
    for (const message of this.#fromServer.read(chunk)) {
      const last = this.#dropAt !== undefined && this.#owed <= this.#dropAt
      if (!last && (!this.#deaf || this.#dropAt !== undefined)) passed.push(message.bytes)
      this.#encrypted ||= message.type === '' && message.bytes.toString() === 'S'
      if (message.type !== 'Z') continue
      this.#owed--
      over ||= last
    }
    if (passed.length > 0) this.#later(() => this.#deliver(Buffer.concat(passed)))
    // Soon, not at once: what was passed is to arrive.
    if (over) this.#later(() => this.#client.destroySoon())
  }

  #deliver(bytes: Buffer): void {
    if (this.#asking) this.#host.landed()
    this.#asking = false
    this.#client.write(bytes)
  }
}
