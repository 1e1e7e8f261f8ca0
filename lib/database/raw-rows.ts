import { typeOfOid } from '../ast/types.js'
import type { Cell, RawResult } from '../driver/driver.js'

/** The rows of raw SQL as plain objects by column name. Nobody declared their types, so the server's OIDs decide. */
export function rawRows({ rows, columns }: RawResult): Record<string, unknown>[] {
  const decoders = columns.map(({ oid }) => typeOfOid(oid).decode)
  const decode = (cell: Cell, i: number) => (cell === null ? null : decoders[i](cell))
  return rows.map(cells => Object.fromEntries(columns.map(({ name }, i) => [name, decode(cells[i], i)])))
}
