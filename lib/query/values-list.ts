import { aliasOf, cast, column, EMPTY_SELECT, param, table as tableNode } from '../ast/build.js'
import type { AliasNode, ExprNode, SelectNode, UnnestNode, ValuesNode } from '../ast/nodes.js'
import { type SqlType, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { typeOfAll } from '../expression/arguments.js'
import { nodeOf, plainParam } from '../expression/operands.js'
import { type SourceColumn, sourceOf } from '../expression/source.js'
import type { AnyExpr, ValueOf } from '../expression/types.js'
import { describeType } from '../util/describe.js'
import { Cte, type CteOptions } from './cte.js'
import type { Executor } from './executor.js'
import { type ColumnTypes, FreeSource, type TypedRow, typedColumns, unbound } from './free-source.js'
import { arrayOfColumn } from './insert-rows.js'
import { columnsSource } from './outputs.js'

/** What a list of values is called, and its columns: names, whose types are those of the values, or names with types. */
export interface ValuesOptions<C extends readonly string[] | ColumnTypes, N extends string> {
  readonly columns: C
  /** What the list goes by in SQL; a generated name unless given. */
  readonly name?: N
}

/** The type of a cell that was given as a value or an expression. */
type Cell<T> = T extends { readonly $type: unknown }
  ? ValueOf<T>
  : T extends string
    ? string
    : T extends number
      ? number
      : T extends boolean
        ? boolean
        : T extends bigint
          ? bigint
          : T

/** The rows of a list of values. */
export type ValuesRow<R extends readonly unknown[], C extends readonly string[]> = {
  [I in Extract<keyof C, `${number}`> as C[I] & string]: I extends keyof R ? Cell<R[I]> : unknown
}

/** A list of values as a source; see {@link valuesList}. */
export class ValuesList<M, N extends string = string> extends FreeSource<M, N> {
  override bind(database: Executor): ValuesList<M, N> {
    return new ValuesList(() => database, sourceOf(this, 'bind'), this.name)
  }

  /** @internal all of its rows, for IN */
  toMembers(): SelectNode {
    const { node, columns } = sourceOf(this, 'in')
    return { ...EMPTY_SELECT, columns: columns.map(({ column: of }) => of), from: [node] }
  }

  /** The list as a CTE: `WITH "name" ("k", "n") AS (VALUES …)`. */
  cte<const A extends string>(name: A, { materialized }: Pick<CteOptions, 'materialized'> = {}): Cte<M, A> {
    const { node, columns } = sourceOf(this, 'cte')
    const { source: query } = node as AliasNode & { readonly source: ValuesNode | UnnestNode }
    const items = columns.map(({ property, column: of }) => ({ kind: 'expression', node: of, name: property }) as const)
    const names = columns.map(({ property }) => property)
    const root = sourceOf(this, 'cte')
    return new Cte({
      executor: this.executor,
      items,
      root,
      name,
      query,
      options: { columns: names, materialized },
      needs: [],
      table: tableNode(name)
    })
  }
}

/**
 * Rows that come with the query, as a source: to be joined, selected from, or made a CTE. Plain values travel as one array a
 * column, so that the statement's text is the same for any number of rows; with expressions among them, as VALUES.
 *
 * `const v = valuesList([['a', 2], ['b', 1]], { columns: ['k', 'n'], name: 'v' })`
 * → `(SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2)) AS "v"("k", "n")`
 *
 * Throws a `TypeError` for rows that have not a value for each column.
 */
export function valuesList<const R extends readonly unknown[], const C extends readonly string[], const N extends string = ''>(
  rows: Iterable<R>,
  options: ValuesOptions<C, N>
): ValuesList<ValuesRow<R, C>, N>
export function valuesList<const C extends ColumnTypes, const N extends string = ''>(
  rows: Iterable<readonly unknown[] | { readonly [K in keyof C]: TypedRow<C>[K] | AnyExpr }>,
  options: ValuesOptions<C, N>
): ValuesList<TypedRow<C>, N>
export function valuesList(
  rows: Iterable<readonly unknown[] | object>,
  { columns, name = '' }: ValuesOptions<readonly string[] | ColumnTypes, string>
): never {
  const where = name === '' ? 'valuesList' : name
  const names = Array.isArray(columns) ? (columns as readonly string[]) : Object.keys(columns)
  const cells = Array.from(rows, (row, i) => cellsOf(row, names, `${where}: row ${i}`))
  if (cells.length === 0) throw misuse('BAD_ARGUMENT', `${where}: there are no rows`)
  const types = Array.isArray(columns)
    ? names.map((of, i) =>
        typeOfAll(
          cells.map(row => row[i]),
          `${where}.${of}`
        )
      )
    : typedColumns(tableNode(''), where, columns as ColumnTypes).map(({ column: { type } }) => type)
  const node = { ...aliasOf(bodyOf(cells, types, names, where), name === '' ? undefined : name), columns: names }
  const own = names.map((property, i): SourceColumn => ({ property, column: column(node, property, types[i], where, property) }))
  return new ValuesList(unbound(where), columnsSource(node, where, own), name) as never
}

function cellsOf(row: readonly unknown[] | object, names: readonly string[], where: string): readonly unknown[] {
  if (typeof row !== 'object' || row === null)
    throw misuse('WRONG_TYPE', `${where}: expected an array or an object, got ${describeType(row)}`)
  const cells = Array.isArray(row) ? (row as readonly unknown[]) : names.map(name => (row as Record<string, unknown>)[name])
  if (cells.length !== names.length)
    throw misuse('BAD_ARGUMENT', `${where} has ${cells.length} values for ${names.length} columns`)
  const absent = names.findIndex((_, i) => cells[i] === undefined)
  if (absent === -1) return cells
  throw misuse('UNDEFINED_VALUE', `${where}: ${names[absent]} is undefined; pass null for NULL`)
}

function bodyOf(
  cells: readonly (readonly unknown[])[],
  types: readonly SqlType[],
  names: readonly string[],
  where: string
): UnnestNode | ValuesNode {
  const plain = cells.every(row => row.every(cell => nodeOf(cell) === undefined))
  if (plain) {
    const columns = types.map((type, i) => {
      const values = cells.map(row => row[i])
      return arrayOfColumn(
        type,
        values,
        values.map(value => param(value, type, `${where}.${names[i]}`).text)
      )
    })
    return { kind: 'unnest', columns }
  }
  const rows = cells.map((row, r) => row.map((cell, i) => cellNode(cell, types[i], `${where}.${names[i]}`, r === 0)))
  return { kind: 'values', rows }
}

/** A cell; those of the first row say what the column is where the server would not know it from a parameter. */
function cellNode(cell: unknown, type: SqlType, where: string, first: boolean): ExprNode {
  const node = nodeOf(cell) ?? plainParam(cell, type, where)
  return first && node.kind === 'param' && node.type.oid === 0 && type.name !== TYPES.unknown.name ? cast(node, type) : node
}
