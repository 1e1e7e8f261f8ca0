import { describeType, located, misuse, TYPES } from '../../lib/extend.js'
import { DataError } from '../../lib/index.js'

/** HSTORE's text: `"a"=>"1", "b"=>NULL`. */

/** A key and its value. */
export type Pair = readonly [key: string, value: string | null]

/**
 * The text of an object or a Map, in the order and form in which the server writes it, so that equal values have equal texts.
 * Throws a `TypeError` (WRONG_TYPE, UNDEFINED_VALUE) for what HSTORE cannot hold.
 */
export function encodeHStore(value: unknown): string {
  return entriesOf(value)
    .map(([key, item]) => ({ key: textOf(key, 'a key'), item: itemOf(item, key) }))
    .map(({ key, item }) => ({ bytes: Buffer.from(key), text: `${quoted(key)}=>${item === null ? 'NULL' : quoted(item)}` }))
    .sort((a, b) => a.bytes.length - b.bytes.length || a.bytes.compare(b.bytes))
    .map(({ text }) => text)
    .join(', ')
}

function entriesOf(value: unknown): (readonly [key: unknown, value: unknown])[] {
  if (value instanceof Map) return [...value]
  const plain = typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
  if (plain) return Object.entries(value as object)
  throw misuse('WRONG_TYPE', `expected an object or a Map of strings, got ${describeType(value)}`)
}

function itemOf(item: unknown, key: unknown): string | null {
  const where = `key "${key}"`
  if (item === undefined) throw misuse('UNDEFINED_VALUE', `${where}: the value is undefined; pass null, or leave the key out`)
  return item === null ? null : textOf(item, where)
}

function textOf(value: unknown, where: string): string {
  try {
    return TYPES.text.encode(value)
  } catch (error) {
    throw located(error, where)
  }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** The pairs of a text as the server writes it. Throws `DataError` for any other text. */
export function decodeHStore(text: string): Pair[] {
  const pairs: Pair[] = []
  for (let at = 0; at < text.length; ) {
    const [key, arrow] = quotedAt(text, at)
    if (!text.startsWith('=>', arrow)) throw malformed()
    const isNull = text.startsWith('NULL', arrow + 2)
    const [value, end] = isNull ? [null, arrow + 6] : quotedAt(text, arrow + 2)
    if (end < text.length && !text.startsWith(', "', end)) throw malformed()
    pairs.push([key, value])
    at = end + 2
  }
  return pairs
}

/** What stands in the quotes that begin at a place, and where they have ended. */
function quotedAt(text: string, from: number): readonly [content: string, end: number] {
  if (text[from] !== '"') throw malformed()
  let end = from + 1
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  if (text[end] !== '"') throw malformed()
  return [text.slice(from + 1, end).replace(/\\(.)/g, '$1'), end + 1]
}

function malformed(): DataError {
  return new DataError('The text of a value is not that of an HSTORE; declare the column with the field of its type')
}
