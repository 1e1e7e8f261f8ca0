import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What Peewee did on PostgreSQL: `cases.json`. */

/** One recorded case. Values that JSON has not are tagged: `{ "$decimal": "1.50" }`, `{ "$datetime": … }`. */
export interface Recorded {
  readonly id: string
  readonly area: string
  readonly kind: 'select' | 'raw' | 'insert' | 'update' | 'delete' | 'behaviour' | 'error' | 'noerror' | 'ddl'
  readonly python: string
  readonly columns?: readonly string[]
  /** Whether the order of the rows has a meaning. */
  readonly ordered?: boolean
  readonly rows?: readonly (readonly unknown[])[]
  readonly rowcount?: number
  readonly result?: unknown
  /** Of a table, the one that creates it. */
  readonly statement?: string
  readonly error?: { readonly type: string; readonly message: string }
  /** The whole table after a write. */
  readonly after?: TableContent
}

export interface TableContent {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

interface Oracle {
  readonly schema: { readonly postgresql: readonly string[]; readonly cockroachdb: readonly string[] }
  readonly seed: readonly string[]
  /** Lets PostgreSQL's generated keys begin behind those of the seed. */
  readonly sequences: readonly string[]
  readonly cases: readonly Recorded[]
}

const here = __dirname

export const oracle = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8')) as Oracle

/** The case of an id. */
export function recorded(id: string): Recorded {
  const found = oracle.cases.find(item => item.id === id)
  if (!found) throw new Error(`cases.json has no case "${id}"`)
  return found
}
