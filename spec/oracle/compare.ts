import type { TableContent } from './recorded.js'

/** Brings recorded and given values to one form, in which they can be compared with `toEqual`. */

/** Recorded rows, or given ones, in one form: as a multiset where the order has no meaning. Generated keys differ by server. */
export function comparable(rows: readonly (readonly unknown[])[], columns: readonly string[], ordered: boolean): unknown[] {
  const plain = rows.map(row => row.map((value, i) => (columns[i] === 'id' ? keyless(simple(value)) : simple(value))))
  return ordered ? plain : sorted(plain)
}

/** The result of a piece of program, where any large integer is a generated key. */
export function comparableResult(value: unknown): unknown {
  const plain = simple(value)
  return Array.isArray(plain) ? plain.map(comparableResult) : keyless(plain)
}

/** The rows of a table, as the server's text gives them, in the form of the recorded ones. */
export function comparableContent({ columns, rows }: TableContent, texts: readonly Record<string, string | null>[]) {
  const wanted = rows.map(row => row.map((value, i) => written(simple(value), columns[i])))
  const given = texts.map(row => columns.map(name => read(row[name], name)))
  return { wanted: sorted(wanted), given: sorted(given) }
}

/** What an insert gives, as rows: a key, a list of keys, or rows. */
export function rowsOfInsert(result: unknown, columns: readonly string[]): unknown[][] {
  if (result === null || result === undefined) return []
  if (!Array.isArray(result)) return [[result]]
  if (columns.length > 1 && result.every(item => typeof item !== 'object')) return [result]
  return result.map(item => (typeof item === 'object' && item !== null ? Object.values(item) : [item]))
}

const GENERATED = 'generated'

function keyless(value: unknown): unknown {
  return typeof value === 'number' && value > 100 ? GENERATED : value
}

function sorted(rows: readonly unknown[]): unknown[] {
  return rows
    .map(row => [JSON.stringify(row), row] as const)
    .sort(byText)
    .map(([, row]) => row)
}

function byText([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A value without its tag, and without what only one language has. */
function simple(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return instant(value.toISOString())
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(simple)
  if (typeof value !== 'object' || value === null) return value
  const [[tag, inner] = ['', undefined], ...rest] = Object.entries(value)
  if (rest.length > 0 || !tag.startsWith('$')) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, simple(v)]))
  return tag === '$datetime' ? instant(inner as string) : inner
}

/** `2024-01-01 08:00:00`, in UTC, without zeros behind the seconds. */
function instant(text: string): string {
  return text
    .replace('T', ' ')
    .replace(/Z|\+00(:00)?$/, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/** A recorded value as the server writes it. */
function written(value: unknown, column: string): unknown {
  if (column === 'id' && typeof value === 'number') return String(keyless(value))
  if (column === 'payload' && typeof value === 'string') return `\\x${value}`
  if (value === null || typeof value === 'object') return value
  return ['data', 'jdata'].includes(column) ? value : String(value)
}

/** The server's text of a column in the form of {@link written}: JSON and arrays as values. */
function read(text: string | null, column: string): unknown {
  if (text === null) return null
  if (column === 'id') return Number(text) > 100 ? GENERATED : text
  if (column === 'data' || column === 'jdata') return json(text)
  if (column === 'tags') return items(text)
  if (column === 'nums') return items(text).map(Number)
  return text
}

/** JSON, or the plain text of the column `data` of another table. */
function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function items(text: string): string[] {
  return text.slice(1, -1).split(',').filter(Boolean)
}
