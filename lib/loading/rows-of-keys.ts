import {
  aliasOf,
  arrayParam,
  binary,
  call,
  column,
  conjunction,
  EMPTY_SELECT,
  isIn,
  list,
  named,
  over,
  param
} from '../ast/build.js'
import type { AliasNode, ColumnNode, ExprNode, SelectNode, SystemTime, WindowNode } from '../ast/nodes.js'
import { type SqlType, TYPES, variant } from '../ast/types.js'
import { columnNamed, movedSource, type Source } from '../expression/source.js'
import type { ModelField } from '../model/metadata.js'
import { MAX_KEYS } from '../model/statements.js'
import { compileAndRun, type Executor } from '../query/executor.js'
import { joinedTo } from '../query/join.js'
import type { SelectedItem } from '../query/selection.js'
import type { Link, Through } from './links.js'
import type { AnySelect } from './load-types.js'

/** The rows that belong to others along a relation, in one statement. */

/** Which rows are wanted. */
export interface Wanted {
  readonly link: Link
  /** A select of the relation's model, with what is wanted of the rows beside their keys. */
  readonly query: AnySelect
  /** How many rows for each key, at most. */
  readonly perParent: number | undefined
}

/** Where the statements run, and as of when they read. */
export interface Reading {
  readonly executor: Executor
  readonly asOf: SystemTime | undefined
}

/** A row that was found, and the key it was found by. Keys are texts, as the server writes them. */
export interface KeyedRow {
  readonly instance: object
  readonly key: string
}

/** A query, and where in its rows the key stands that a row was found by. */
interface KeyedQuery {
  readonly query: AnySelect
  readonly at: number
}

/** The rows for these keys, those of each key in the order of the query. */
export async function rowsOfKeys(wanted: Wanted, keys: readonly string[], reading: Reading): Promise<KeyedRow[]> {
  if (keys.length <= MAX_KEYS) return rowsOfSomeKeys(wanted, keys, reading)
  const some = await rowsOfSomeKeys(wanted, keys.slice(0, MAX_KEYS), reading)
  return [...some, ...(await rowsOfKeys(wanted, keys.slice(MAX_KEYS), reading))]
}

async function rowsOfSomeKeys(wanted: Wanted, keys: readonly string[], reading: Reading): Promise<KeyedRow[]> {
  if (keys.length === 0) return []
  const { executor } = reading
  const { query, at } = keyedQuery(wanted, keys, reading)
  const { result, statement } = await compileAndRun(executor, query.toNode())
  const instances = (await query.readResult(result, statement)) as object[]
  return instances.map((instance, i) => ({ instance, key: result.rows[i][at] as string }))
}

/** The query for the rows of these keys: `… WHERE "t1"."user_id" = ANY($1)`. */
function keyedQuery(wanted: Wanted, keys: readonly string[], { executor, asOf }: Reading): KeyedQuery {
  const { link, query, perParent } = wanted
  const rows = link.through ? throughRows(link, link.through, query) : ownRows(link, query)
  const node = perParent === undefined ? rowsAmong(rows, keys) : firstRows(rows, keys, wanted, perParent)
  return { query: query.remade({ node: { ...node, asOf: node.asOf ?? asOf }, executor: () => executor }), at: rows.at }
}

interface KeyedNode {
  readonly node: SelectNode
  readonly key: ColumnNode
  readonly at: number
}

/** Rows that have the key themselves. */
function ownRows({ otherKey }: Link, { state }: AnySelect): KeyedNode {
  const place = state.root.columns.findIndex(({ property }) => property === otherKey.property)
  return { node: state.node, key: state.root.columns[place].column, at: offsetOf(state.items, state.root) + place }
}

/** Rows whose keys stand in rows of another table, which is joined; a row comes once for each of its keys. */
function throughRows({ otherKey }: Link, { model, own, other }: Through, { state }: AnySelect): KeyedNode {
  const between = movedSource(model.source, aliasOf(model.table))
  const key = columnOf(between, own)
  const on = binary('eq', columnOf(between, other), columnOf(state.root, otherKey), TYPES.bool)
  const from = joinedTo(state.node.from, state.root.node, between.node, { type: 'INNER' }, on)
  const { columns, groupBy } = state.node
  const grouped = groupBy.length > 0 ? [...groupBy, key] : groupBy
  return { node: { ...state.node, from, columns: [...columns, key], groupBy: grouped }, key, at: columns.length }
}

function columnOf(source: Source, { property }: ModelField): ColumnNode {
  return columnNamed(source, property).column
}

/** Where the columns of a source begin among those of a selection. */
function offsetOf(items: readonly SelectedItem[], source: Source): number {
  const before = items.slice(
    0,
    items.findIndex(item => item.kind === 'model' && item.source === source)
  )
  return before.reduce((sum, item) => sum + (item.kind === 'model' ? item.source.columns.length : 1), 0)
}

/** Keys are what the server sent, so they are not encoded again. */
function asText(key: ColumnNode): SqlType {
  return variant(key.type, { encode: text => text as string })
}

function rowsAmong({ node, key }: KeyedNode, keys: readonly string[]): SelectNode {
  const where = `${key.owner}.${key.property}`
  const type = asText(key)
  const among = arrayParam(keys, type, where) ?? list(keys.map(text => param(text, type, where)))
  return { ...distinctByKey(node, key), where: conjunction([node.where, isIn(key, among, false)]) }
}

/** DISTINCT ON drops rows of the same key only. It asks for the same order, which changes none among those rows. */
function distinctByKey(node: SelectNode, key: ColumnNode): SelectNode {
  const { distinct, orderBy } = node
  if (typeof distinct === 'boolean') return node
  return { ...node, distinct: [key, ...distinct], orderBy: orderBy.length > 0 ? [key, ...orderBy] : orderBy }
}

/** The first rows of each key, in the query's order, else in that of the primary key. */
function firstRows(rows: KeyedNode, keys: readonly string[], { link, query }: Wanted, perParent: number): SelectNode {
  const { node, key } = rows
  const orderBy = node.orderBy.length > 0 ? node.orderBy : query.state.root.primaryKey.map(({ column: of }) => of)
  const limit = param(perParent, TYPES.int8, 'perParent')
  const all = arrayParam(keys, asText(key), `${key.owner}.${key.property}`)
  return all && link.to.database?.traits.lateralLimits
    ? limitedRows({ ...node, orderBy, limit }, key, all)
    : numberedRows(rowsAmong({ ...rows, node: { ...node, orderBy } }, keys), key, limit)
}

/**
 * A query for each key: `SELECT … FROM unnest($1) AS k CROSS JOIN LATERAL (SELECT … WHERE key = k LIMIT n) ORDER BY place`. An
 * index that has the rows in order is read no further than that.
 */
function limitedRows(node: SelectNode, key: ColumnNode, keys: ExprNode): SelectNode {
  const each: AliasNode = { ...aliasOf(call('unnest', [keys], key.type)), columns: ['key'] }
  const own = binary('eq', key, column(each, 'key', key.type, key.owner, key.property), TYPES.bool)
  const place = rowNumber({ kind: 'window', partitionBy: [], orderBy: node.orderBy })
  const { inner, outer } = placed({ ...node, where: conjunction([node.where, own]) }, place, true)
  return { ...outer, from: [{ kind: 'join', type: 'CROSS', left: each, right: inner, on: undefined }] }
}

/** All rows, numbered: `SELECT … FROM (SELECT …, row_number() OVER (PARTITION BY key ORDER BY …) AS place …) WHERE place <= n ORDER BY place`. */
function numberedRows(node: SelectNode, key: ColumnNode, rows: ExprNode): SelectNode {
  const place = rowNumber({ kind: 'window', partitionBy: [key], orderBy: node.orderBy })
  const { outer, at } = placed({ ...node, orderBy: [] }, place)
  return { ...outer, where: binary('lte', at, rows, TYPES.bool) }
}

function rowNumber(window: WindowNode): ExprNode {
  return over(call('row_number', [], TYPES.int8), window)
}

/** A query as a part of another that gives its columns, in the order of a number that stands beside them. */
function placed(
  node: SelectNode,
  place: ExprNode,
  lateral = false
): { readonly inner: AliasNode; readonly outer: SelectNode; readonly at: ExprNode } {
  const columns = [...node.columns.map((of, i) => named(of, `c${i}`)), named(place, 'place')]
  const inner: AliasNode = { ...aliasOf({ ...node, with: undefined, columns }), lateral }
  const outer = columns.map(({ name, type }) => column(inner, name, type, 'perParent', name))
  const at = outer[outer.length - 1]
  return { inner, at, outer: { ...EMPTY_SELECT, with: node.with, columns: outer.slice(0, -1), from: [inner], orderBy: [at] } }
}
