import { createHash } from 'node:crypto'
import { misuse } from '../errors.js'
import { unsendable } from './text.js'

const PLAIN = new Map<string, string>()

/** The identifier in double quotes, ready to be written. Throws a `TypeError` for one that no server can hold. */
export function quoteName(name: string): string {
  let quoted = PLAIN.get(name)
  if (quoted === undefined) {
    quoted = quote(name)
    // Names come from models, so they are few; a program that makes them up must not fill the memory.
    if (PLAIN.size < 10_000) PLAIN.set(name, quoted)
  }
  return quoted
}

function quote(name: string): string {
  if (name === '') throw misuse('BAD_ARGUMENT', 'An identifier is empty')
  const trouble = unsendable(name)
  if (trouble !== undefined) throw misuse('BAD_ARGUMENT', `The identifier ${JSON.stringify(name)} contains ${trouble}`)
  return `"${name.replaceAll('"', '""')}"`
}

/** The string as a SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Bytes; identifiers that are longer are cut by the servers. */
const MAX_NAME = 63

/** The parts with underscores between them: `<table>_<column>`; a name that is too long is cut and ends in a hash of the whole. */
export function joinedName(...parts: readonly string[]): string {
  const name = parts.join('_')
  if (Buffer.byteLength(name) <= MAX_NAME) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 7)
  return `${Buffer.from(name)
    .subarray(0, MAX_NAME - 8)
    .toString()
    .replace(/\uFFFD+$/, '')}_${hash}`
}
