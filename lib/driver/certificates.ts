import { readFileSync } from 'node:fs'
import { InterfaceError, misuse } from '../errors.js'
import type { DriverOptions } from './driver.js'

/** The files that a URL may name, and what Node calls their contents. */
const FILES = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const
const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']

type Named = readonly (readonly [name: keyof typeof FILES, path: string])[]

/**
 * The options with the certificates that a URL, or an option of the same name, names as files, in the meaning that libpq gives
 * `sslmode`, `sslrootcert`, `sslcert` and `sslkey`; the `postgres` package does not read them. The option `ssl` goes before what the URL says;
 * where it is TLS options, no file is read.
 *
 * Throws `InterfaceError` for a file that cannot be read, and a `TypeError` for an unknown `sslmode`.
 * Source: https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function withCertificates(options: DriverOptions): DriverOptions {
  const [address = '', query = ''] = options.database.split(/\?(.*)/s)
  const { ssl, sslrootcert, sslcert, sslkey, ...passthrough } = options.passthrough
  const given = new URLSearchParams(query)
  const named = namedIn({ sslrootcert, sslcert, sslkey }, given)
  if (named.length === 0) return options
  for (const [name] of named) given.delete(name)
  const tls = typeof ssl === 'object' ? ssl : secured(modeOf(ssl ?? given.get('sslmode') ?? given.get('ssl')), named)
  const rest = given.size > 0 ? `?${given}` : ''
  return { ...options, database: `${address}${rest}`, passthrough: { ...passthrough, ssl: tls } }
}

/** Those that are named; `system` stands for no file. */
function namedIn(options: Readonly<Record<keyof typeof FILES, unknown>>, given: URLSearchParams): Named {
  return (Object.keys(FILES) as (keyof typeof FILES)[]).flatMap(name => {
    const path = options[name] ?? given.get(name)
    return typeof path === 'string' && path !== 'system' ? [[name, path] as const] : []
  })
}

/** The mode that is meant by the option or the URL. Throws a `TypeError` for one that there is not. */
function modeOf(given: unknown): string {
  const mode = given === true ? 'verify-full' : given === false ? 'disable' : (given ?? 'prefer')
  if (typeof mode === 'string' && MODES.includes(mode)) return mode
  throw misuse('BAD_ARGUMENT', `sslmode: expected one of ${MODES.join(', ')}, got "${String(given)}"`)
}

/** TLS options for a mode. With a root certificate `require` is `verify-ca`, as in libpq. */
function secured(mode: string, named: Named): object | false {
  if (mode === 'disable') return false
  const files = Object.fromEntries(named.map(([name, path]) => [FILES[name], contentOf(name, path)]))
  const verified = mode.startsWith('verify-') || (mode === 'require' && 'ca' in files)
  const anyName = mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }
  return { ...files, ...anyName, rejectUnauthorized: verified }
}

function contentOf(name: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new InterfaceError(`The file that ${name} names cannot be read: ${(cause as Error).message}`, {
      cause,
      code: 'BAD_URL'
    })
  }
}
