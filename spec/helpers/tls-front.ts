import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** A server that speaks TLS in front of one that does not. */
export interface TlsFront {
  /** The same URL, leading through it. */
  url(original: string): string
  /** Stops reading what clients send, so that it piles up on their side. */
  stall(): void
  /** How many clients have shown a certificate. */
  readonly known: number
  close(): Promise<void>
}

/** Starts a TLS front to the server of a connection URL, with a certificate that nobody trusts. */
export async function startTlsFront(original: string): Promise<TlsFront> {
  const { hostname, port } = new URL(original)
  const sockets = new Set<Socket>()
  let known = 0
  const server = createServer(client => {
    sockets.add(client.on('error', () => {}).on('close', () => sockets.delete(client)))
    client.once('data', () => encrypt(client, connect(Number(port), hostname), () => known++))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: text => Object.assign(new URL(text), { host: `127.0.0.1:${(server.address() as AddressInfo).port}` }).href,
    stall() {
      for (const socket of sockets) socket.emit('stall')
    },
    get known() {
      return known
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

/** Agrees to the request for TLS, which is all that was sent so far. */
function encrypt(client: Socket, server: Socket, onKnown: () => void): void {
  client.write('S')
  const secureContext = createSecureContext({ key, cert, ca: cert })
  const secure = new TLSSocket(client, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false })
  secure.once('secure', () => Object.keys(secure.getPeerCertificate()).length > 0 && onKnown())
  for (const [one, other] of [
    [secure, server],
    [server, secure]
  ] as const) {
    one.on('error', () => {}).on('close', () => other.destroy())
    one.pipe(other)
  }
  client.on('stall', () => secure.unpipe(server).pause())
}

// A throw-away pair, for these specs alone.
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxw5AjYpHLEbqNbIA
qFjRKSkZABqisgeJGp0nZW9otf6hRANCAASiy5q7XulmIf2XKMr+wDtFIGtFA1un
ZKC7eFiOyb8MjWy65t+ryf1vTQaB6IP9VUSg1BWRfKrEX5oCUFePFaDa
-----END PRIVATE KEY-----`

export const cert = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUbsxVyWDYdXLycjmqFF3HqIsVZo0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMTE0MjgxNFoYDzIxMjYxMDI4
MTQyODE0WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASiy5q7XulmIf2XKMr+wDtFIGtFA1unZKC7eFiOyb8MjWy65t+ryf1v
TQaB6IP9VUSg1BWRfKrEX5oCUFePFaDao1MwUTAdBgNVHQ4EFgQUxN1v3E4EctWZ
Xl2w/xj4Ty/iZW4wHwYDVR0jBBgwFoAUxN1v3E4EctWZXl2w/xj4Ty/iZW4wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAiUDUn4uxoq4KA78tSnOe
l9/l0fVXie6IVsG9kY4Jf0ACIQCr5VEPl/BwG9PuQr+NHzQpm45YoqMozVCr/U0s
xljG6g==
-----END CERTIFICATE-----`
