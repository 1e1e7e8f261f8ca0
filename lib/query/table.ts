import { table as tableNode } from '../ast/build.js'
import { misuse } from '../errors.js'
import { type Source, sourceOf, unknownProperty } from '../expression/source.js'
import type { Changes, ColumnKey, Data } from '../expression/types.js'
import { describeType } from '../util/describe.js'
import type { Executor } from './executor.js'
import { type ColumnTypes, FreeSource, type TypedRow, typedColumns, unbound } from './free-source.js'
import { Insert } from './insert.js'
import { type InsertBody, insertsOf, RowPacker } from './insert-rows.js'
import { columnsSource } from './outputs.js'
import { Delete, deleteOf, Update, updateOf } from './update.js'

/** Where a table is. */
export interface TableOptions {
  readonly schema?: string
  /** The database that its queries run on; `bind` says so later. */
  readonly database?: Executor
}

/** A table without a model; see {@link table}. */
export class Table<R, N extends string = string> extends FreeSource<R, N> {
  override bind(database: Executor): Table<R, N> {
    return new Table(() => database, this.#source('bind'), this.name)
  }

  #source(where: string): Source {
    return sourceOf(this, where)
  }

  /** An INSERT of a row; awaited, it gives how many were inserted, or the rows with `returning`. */
  insert(data: Data<R>): Insert<R, number, 'count', number> {
    return this.insertMany([data])
  }

  /** An INSERT of many rows, given as objects, or as arrays in the order of `columns`. */
  insertMany(
    rows: Iterable<Data<R> | readonly unknown[]>,
    columns?: readonly ColumnKey<R>[]
  ): Insert<R, number, 'count', number> {
    const source = this.#source('insert')
    const node = { kind: 'insert', table: source.table, replace: false, returning: [] } as const
    const bodies = bodiesOf(source, rows, columns)
    return new Insert({ executor: this.executor, source, bodies, node, single: false, gives: 'count' })
  }

  /** An UPDATE; awaited, it gives how many rows it changed, or the rows with `returning`. */
  update(changes: Changes<R>): Update<R> {
    return new Update(updateOf(this.executor, this.#source('update'), changes))
  }

  /** A DELETE; awaited, it gives how many rows it deleted, or the rows with `returning`. */
  delete(): Delete<R> {
    return new Delete(deleteOf(this.executor, this.#source('delete')))
  }
}

/**
 * A table that has no model, by its name and its columns' names and types, as they are in SQL; its rows are plain objects.
 *
 * `const users = table('users', { id: 'int8', name: 'text', email: 'text?' }, { database: db })`, then
 * `await users.select(u => [u.name]).where(u => u.id.eq(1))` → `SELECT "t1"."name" FROM "users" AS "t1" WHERE "t1"."id" = $1`
 */
export function table<const C extends ColumnTypes, const N extends string>(
  name: N,
  columns: C,
  { schema, database }: TableOptions = {}
): Table<TypedRow<C>, N> {
  const node = tableNode(name, schema)
  const source = columnsSource(node, name, typedColumns(node, name, columns))
  return new Table(database ? () => database : unbound(name), source, name)
}

function bodiesOf(source: Source, rows: Iterable<unknown>, names: readonly string[] | undefined): InsertBody[] {
  const packer = new RowPacker(source.columns)
  let index = 0
  const bodies = Array.from(rows, row => {
    const where = `${source.name}.insert, row ${index++}`
    const full = packer.add(valuesOf(source, row, names, where), where)
    return full ? insertsOf(source, full) : []
  })
  const rest = packer.rest()
  return [...bodies.flat(), ...(rest ? insertsOf(source, rest) : [])].map(({ body }) => body)
}

/** The values of a row in the order of the table's columns. */
function valuesOf(source: Source, row: unknown, names: readonly string[] | undefined, where: string): readonly unknown[] {
  if (typeof row !== 'object' || row === null)
    throw misuse('WRONG_TYPE', `${where}: expected an object or an array, got ${describeType(row)}`)
  const given = Array.isArray(row) ? byName(row, names ?? [...source.names.keys()], where) : row
  const unknown = Object.keys(given).find(name => !source.names.has(name))
  if (unknown !== undefined) throw unknownProperty(source, unknown)
  return source.columns.map(({ property }) => (given as Record<string, unknown>)[property])
}

function byName(row: readonly unknown[], names: readonly string[], where: string): object {
  if (row.length === names.length) return Object.fromEntries(names.map((name, i) => [name, row[i]]))
  throw misuse('BAD_ARGUMENT', `${where} has ${row.length} values for ${names.length} columns`)
}
