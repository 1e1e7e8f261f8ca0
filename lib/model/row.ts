import type { SqlType } from '../ast/types.js'

/** What an instance was loaded with: the cells of its row in metadata order; `undefined` where a column was not selected. */
export type LoadedRow = readonly (string | null | undefined)[]

/** Handed to a model's constructor to make an empty instance for a row. */
export const HYDRATE = Symbol('hydrate')

/** The loaded row of an instance. Kept in a private field of `Model`, which fills in these functions. */
export const rows = {} as {
  get(instance: object): LoadedRow | undefined
  set(instance: object, row: LoadedRow | undefined): void
}

/** Whether a property's value is still what was loaded. */
export function isUnchanged(value: unknown, cell: string | null | undefined, type: SqlType): boolean {
  if (cell === undefined || cell === null) return value === cell
  const loaded = type.decode(cell)
  if (Object.is(loaded, value)) return true
  if (value === null) return false
  // Dates, arrays, JSON and bytes may have been changed in place, and references stand for keys.
  return typeof value === 'object'
    ? encodedLike(value, loaded, type)
    : String(loaded) === String(value) && typeof loaded === typeof value
}

function encodedLike(value: object, loaded: unknown, type: SqlType): boolean {
  try {
    return type.encode(value) === type.encode(loaded)
  } catch {
    // An expression, or a value of a wrong type: writing it will say so, and where.
    return false
  }
}
