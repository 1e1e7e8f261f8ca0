/** One message of the PostgreSQL protocol, as it was cut out of the stream. */
export interface WireMessage {
  /** Its type's letter; empty for the messages without one, which only open a connection. */
  readonly type: string
  readonly bytes: Buffer
}

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104

/** Cuts the server's bytes into messages, however they arrive. */
export class ServerMessages {
  #rest: Buffer = Buffer.alloc(0)
  /** The server answers a request for encryption with a single letter. */
  #letters = 0

  expectLetter(): void {
    this.#letters++
  }

  read(chunk: Buffer): WireMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const messages: WireMessage[] = []
    for (let message = this.#next(); message; message = this.#next()) messages.push(message)
    return messages
  }

  #next(): WireMessage | undefined {
    if (this.#letters > 0 && this.#rest.length > 0) {
      this.#letters--
      return this.#take('', 1)
    }
    const type = this.#rest.length < 5 ? '' : String.fromCharCode(this.#rest.readUInt8(0))
    const length = type ? this.#rest.readUInt32BE(1) + 1 : Number.POSITIVE_INFINITY
    return this.#rest.length < length ? undefined : this.#take(type, length)
  }

  #take(type: string, length: number): WireMessage {
    const bytes = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return { type, bytes }
  }
}

/** Cuts the client's bytes into messages, and knows the SQL text that each of them is about. */
export class ClientMessages {
  #rest: Buffer = Buffer.alloc(0)
  #started = false
  readonly #statements = new Map<string, string>()

  read(chunk: Buffer): WireMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const messages: WireMessage[] = []
    for (let message = this.#next(); message; message = this.#next()) messages.push(message)
    return messages
  }

  /** Whether the message asks for encryption; the server answers it with one letter. */
  static asksEncryption({ type, bytes }: WireMessage): boolean {
    return type === '' && bytes.length === 8 && [SSL_REQUEST, GSS_REQUEST].includes(bytes.readUInt32BE(4))
  }

  /** The SQL text of a Query, of a Parse, or of the statement that a Bind uses. */
  textOf({ type, bytes }: WireMessage): string | undefined {
    if (type === 'Q') return stringsIn(bytes, 1)[0]
    if (type === 'B') return this.#statements.get(stringsIn(bytes, 2)[1] ?? '')
    if (type !== 'P') return undefined
    const [name, text] = stringsIn(bytes, 2)
    this.#statements.set(name ?? '', text ?? '')
    return text
  }

  #next(): WireMessage | undefined {
    const head = this.#started ? 1 : 0
    if (this.#rest.length < head + 4) return undefined
    const length = this.#rest.readUInt32BE(head) + head
    if (this.#rest.length < length) return undefined
    const bytes = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    const message = { type: head ? String.fromCharCode(bytes.readUInt8(0)) : '', bytes }
    this.#started ||= !ClientMessages.asksEncryption(message)
    return message
  }
}

/** The zero-ended strings that a message begins with. */
function stringsIn(bytes: Buffer, count: number): string[] {
  const strings: string[] = []
  for (let at = 5; strings.length < count && at < bytes.length; ) {
    const end = bytes.indexOf(0, at)
    strings.push(bytes.toString('utf8', at, end))
    at = end + 1
  }
  return strings
}
