import { type SqlType, TYPES, variant } from '../ast/types.js'
import type { Cell, RawResult } from '../driver/driver.js'

/** Rows of raw SQL: nobody declared their types, so the server's OIDs decide. */

/** An integer of eight bytes is a number as long as one holds it exactly. */
const ANY_INT8: SqlType = variant(TYPES.int8, {
  decode: text => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))
})
const BY_OID = new Map<number, SqlType>([
  ...Object.values(TYPES).map(type => [type.oid, type] as const),
  [TYPES.int8.oid, ANY_INT8]
])

/** The rows of a result as plain objects by column name. */
export function rawRows({ rows, columns }: RawResult): Record<string, unknown>[] {
  const decoders = columns.map(({ oid }) => (BY_OID.get(oid) ?? TYPES.unknown).decode)
  const decode = (cell: Cell, i: number) => (cell === null ? null : decoders[i](cell))
  return rows.map(cells => Object.fromEntries(columns.map(({ name }, i) => [name, decode(cells[i], i)])))
}
