import { misuse } from '../errors.js'

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
  if (name.includes('\0')) throw misuse('BAD_ARGUMENT', 'An identifier contains a NUL character (\\0)')
  return `"${name.replaceAll('"', '""')}"`
}

/** The string as a SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
