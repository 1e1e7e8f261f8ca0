import type { Cell, Driver, RawResult, TransactionConnection, WireStatement } from '../../lib/driver/driver.js'
import { postgresJs } from '../../lib/driver/postgres-js.js'

/** The OIDs of the types that specs send. */
export const oid = { bool: 16, int8: 20, int4: 23, text: 25, jsonb: 3802, int4Array: 1007, textArray: 1009 } as const

/** A driver for a URL; `passthrough` are options for the `postgres` package. */
export function driverFor(database: string, passthrough: Record<string, unknown> = {}, connectTimeout = 5): Driver {
  return postgresJs({ database, connectTimeout, passthrough })
}

/** A statement whose parameters have the types of their values: whole numbers are int4, the rest is text. */
export function statement(text: string, ...values: readonly (string | number | null)[]): WireStatement {
  return {
    text,
    params: values.map(value => (value === null ? null : String(value))),
    types: values.map(value => (typeof value === 'number' ? oid.int4 : oid.text))
  }
}

/** The rows that a statement gives. */
export async function rows(
  on: Pick<Driver | TransactionConnection, 'query'>,
  text: string,
  ...values: readonly (string | number | null)[]
): Promise<RawResult['rows']> {
  return (await on.query(statement(text, ...values))).rows
}

/** The single cell that a statement gives. */
export async function cell(
  on: Pick<Driver | TransactionConnection, 'query'>,
  text: string,
  ...values: readonly (string | number | null)[]
): Promise<Cell | undefined> {
  return (await rows(on, text, ...values))[0]?.[0]
}

/** What a promise came to within so many milliseconds: its value, its error, or `'pending'`. */
export async function outcome<T>(promise: Promise<T>, milliseconds = 3000): Promise<T | Error | 'pending'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'pending'>(resolve => {
    timer = setTimeout(() => resolve('pending'), milliseconds)
  })
  const settled = promise.catch(error => error as Error)
  return Promise.race([settled, late]).finally(() => clearTimeout(timer))
}

export const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
