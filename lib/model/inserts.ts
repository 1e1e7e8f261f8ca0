import { misuse } from '../errors.js'
import { Insert, type InsertFeed, type InsertState } from '../query/insert.js'
import { selectBody } from '../query/insert-from.js'
import { type InsertBody, insertsOf, oneRow, type RowChunk, RowPacker } from '../query/insert-rows.js'
import { describeType } from '../util/describe.js'
import type { Metadata } from './metadata.js'
import { rowFromData, rowReader } from './values.js'

/** A model's INSERTs: rows from objects and arrays, from generators, and from queries. */

/** Rows to be inserted, at once or one after the other. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>

/** The INSERT of one row. */
export function insertOf<M, R>(meta: Metadata, data: object, verb: 'insert' | 'replace'): Insert<M, R> {
  const body = oneRow(meta.source, rowFromData(meta, data, `${meta.name}.${verb}`))
  return insertQuery(meta, { bodies: [body], single: true, replace: verb === 'replace' })
}

/** The INSERT of many rows. Those of an array are read at once; others when the query runs, as they come. */
export function insertManyOf<M, R>(
  meta: Metadata,
  rows: Rows<unknown>,
  fields: readonly unknown[] | undefined,
  verb: 'insertMany' | 'replaceMany'
): Insert<M, R> {
  const where = `${meta.name}.${verb}`
  const read = () => bodiesOf(meta, rows as Iterable<unknown>, fields, where)
  const bodies = Array.isArray(rows) ? [...read()] : feedOf(meta, rows, fields, where)
  return insertQuery(meta, { bodies, single: false, replace: verb === 'replaceMany' })
}

/** The INSERT of what a query gives. */
export function insertFromOf<M, R>(meta: Metadata, query: unknown, fields: readonly unknown[]): Insert<M, R> {
  const { body, with: ctes } = selectBody(meta.source, query, fields)
  return insertQuery(meta, { bodies: [body], single: false, replace: false, with: ctes })
}

function insertQuery<M, R>(
  meta: Metadata,
  { bodies, single, ...rest }: Pick<InsertState, 'bodies' | 'single'> & Pick<InsertState['node'], 'replace' | 'with'>
): Insert<M, R> {
  const keys = meta.source.primaryKey.map(({ column }) => column)
  const node = { kind: 'insert', table: meta.table, returning: keys, ...rest } as const
  return new Insert({ executor: () => meta.requireDatabase(), source: meta.source, bodies, single, node })
}

function* bodiesOf(
  meta: Metadata,
  rows: Iterable<unknown>,
  fields: readonly unknown[] | undefined,
  where: string
): Generator<InsertBody> {
  const packer = packing(meta, fields, where)
  for (const row of rows) {
    const full = packer.add(row)
    if (full) yield* full
  }
  yield* packer.rest()
}

async function* bodiesAsTheyCome(
  meta: Metadata,
  rows: AsyncIterable<unknown>,
  fields: readonly unknown[] | undefined,
  where: string
): AsyncGenerator<InsertBody> {
  const packer = packing(meta, fields, where)
  for await (const row of rows) {
    const full = packer.add(row)
    if (full) yield* full
  }
  yield* packer.rest()
}

function packing(meta: Metadata, fields: readonly unknown[] | undefined, where: string) {
  const read = rowReader(meta, fields, where)
  const packer = new RowPacker(meta.source.columns)
  const bodies = (chunk: RowChunk): InsertBody[] => insertsOf(meta.source, chunk).map(({ body }) => body)
  let index = 0
  return {
    /** Takes a row; gives what did not fit with it. */
    add(row: unknown): InsertBody[] | undefined {
      const place = `${where}, row ${index++}`
      const full = packer.add(read(row, place), place)
      return full && bodies(full)
    },
    rest(): InsertBody[] {
      const rest = packer.rest()
      return rest ? bodies(rest) : []
    }
  }
}

/** Rows that are read when the query runs: anew each time, but a generator can be read only once. */
function feedOf(meta: Metadata, rows: Rows<unknown>, fields: readonly unknown[] | undefined, where: string): InsertFeed {
  if (!isRows(rows))
    throw misuse('WRONG_TYPE', `${where}: expected rows, in an array or in what gives them, got ${describeType(rows)}`)
  const once = isOneShot(rows)
  let used = false
  return {
    open() {
      if (once && used) {
        const remedy = 'pass an array, or make a new query'
        throw misuse('BAD_QUERY', `${where}: the rows came from a generator, which an earlier run has used up; ${remedy}`)
      }
      used = true
      return Symbol.asyncIterator in rows ? bodiesAsTheyCome(meta, rows, fields, where) : bodiesOf(meta, rows, fields, where)
    }
  }
}

function isRows(rows: unknown): rows is Rows<unknown> {
  return typeof rows === 'object' && rows !== null && (Symbol.asyncIterator in rows || Symbol.iterator in rows)
}

/** Whether rows can be had once: of a generator, which is its own iterator, and of what comes from elsewhere in time. */
function isOneShot(rows: Rows<unknown>): boolean {
  return Symbol.asyncIterator in rows || (rows[Symbol.iterator]() as unknown) === rows
}
