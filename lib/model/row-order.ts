import type { SourceColumn } from '../expression/source.js'
import type { Sent } from '../query/insert-rows.js'

/**
 * Which of the rows that came back is which of those that were sent.
 *
 * Both servers insert rows one after the other as they come from a VALUES list or from `unnest`, and return them in that
 * order, but no documentation promises it. So the rows come back with values they were sent with, by which they are known.
 * Rows that are equal in these are told apart by the order alone.
 */

type Cells = readonly (string | null)[]
/** A value as text that is the same on the way there and back. */
type Canonical = (text: string) => string

const identity: Canonical = text => text

/** How values of a column compare as text; `undefined` where a server may give them another form than they were sent in. */
function canonical({ column: { type } }: SourceColumn): Canonical | undefined {
  if (type.category === 'integer') return text => String(BigInt(text))
  if (type.category === 'boolean') return identity
  if (type.name === 'uuid') return text => text.toLowerCase().replace(/[^\da-f]/g, '')
  return type.name === 'text' || type.name === 'varchar' ? identity : undefined
}

/** Where the columns stand that tell the rows apart: as few as do, the short ones first. `sent` is by column. */
export function witnessesOf(columns: readonly SourceColumn[], sent: readonly (readonly Sent[])[]): number[] {
  const usable = columns.flatMap((column, at) => {
    const long = column.column.type.category === 'text'
    return canonical(column) && sent[at].every(isCell) ? [{ at, long }] : []
  })
  const chosen: number[] = []
  let keys = sent[0].map(() => '')
  let distinct = 1
  for (const { at } of usable.sort((a, b) => Number(a.long) - Number(b.long))) {
    if (distinct === keys.length) break
    const next = keys.map((key, i) => `${key}\0${sent[at][i]}`)
    const count = new Set(next).size
    if (count === distinct) continue
    chosen.push(at)
    keys = next
    distinct = count
  }
  return chosen
}

/** Whether what is sent is a value, and nothing that the server makes. */
export function isCell(sent: Sent): sent is string | null {
  return sent === null || typeof sent === 'string'
}

/**
 * For a row that was sent, the index of the one that came back. The witnesses stand in these from `offset` on. Where they do
 * not match, because a trigger changed them, the order is all there is.
 */
export function orderOf(
  columns: readonly SourceColumn[],
  sent: readonly (readonly Sent[])[],
  witnesses: readonly number[],
  cells: readonly Cells[],
  offset: number
): (index: number) => number {
  if (witnesses.length === 0) return i => i
  const forms = witnesses.map(at => canonical(columns[at]) ?? identity)
  const keyOf = (texts: Cells) => JSON.stringify(texts.map((text, i) => (text === null ? null : forms[i](text))))
  const wanted = sent[0].map((_, i) => keyOf(witnesses.map(at => sent[at][i] as string | null)))
  const found = cells.map(row => keyOf(row.slice(offset)))
  if (wanted.every((key, i) => key === found[i])) return i => i
  const places = new Map<string, number[]>()
  found.forEach((key, i) => {
    places.set(key, [...(places.get(key) ?? []), i])
  })
  const order = wanted.map(key => places.get(key)?.shift())
  return order.includes(undefined) ? i => i : i => order[i] as number
}
