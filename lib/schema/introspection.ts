import type { Executor } from '../query/executor.js'
import { rawQuery } from '../query/raw.js'
import { indexElements, plainDefault } from './definitions.js'

/** What a database holds, read from the standard catalogs: one statement a call. Schemas not given are the current one. */

/** A column of a table or view. */
export interface ColumnMetadata {
  readonly name: string
  /** The type without its length or precision: `character varying`, `integer[]`, an enum's name. */
  readonly dataType: string
  /** The type as it is declared: `character varying(40)`. */
  readonly fullType: string
  readonly null: boolean
  readonly primaryKey: boolean
  readonly table: string
  /** The default's SQL, as the server shows it. */
  readonly default: string | null
  /** The same without annotations of types (`'x':::STRING`), which not every server reads. */
  readonly plainDefault: string | null
  /** Whether its values are GENERATED AS IDENTITY. */
  readonly identity: boolean
  /** The SQL that a computed column is computed by. */
  readonly generated: string | null
}

/** A column of a foreign key; a key of several columns has one for each, in order, under one name. */
export interface ForeignKeyMetadata {
  readonly column: string
  readonly destTable: string
  readonly destColumn: string
  readonly destSchema: string
  readonly table: string
  readonly name: string
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
}

/** What becomes of a row whose target is deleted, or gets another key. */
export type ForeignKeyAction = (typeof ACTIONS)[keyof typeof ACTIONS]

/** An index that is not the primary key's. */
export interface IndexMetadata {
  readonly name: string
  /** The statement that creates it, as the server shows it. */
  readonly sql: string
  /** Names of columns, and expressions as SQL, in order; what is only stored with them is left out. */
  readonly columns: readonly string[]
  readonly unique: boolean
  readonly table: string
}

/** A view. */
export interface ViewMetadata {
  readonly name: string
  /** The query that it stands for. */
  readonly sql: string
  readonly materialized: boolean
}

/** A table or view by name. */
export interface TableName {
  readonly name: string
  readonly schema?: string
}

const ACTIONS = { a: 'NO ACTION', r: 'RESTRICT', c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT' } as const

type Row = Readonly<Record<string, unknown>>

function ask<R>(executor: Executor, sql: string, params: readonly unknown[], read: (row: never) => R): Promise<R[]> {
  return rawQuery(
    () => executor,
    sql,
    params,
    () => []
  )
    .objects(row => read(row as never))
    .execute()
}

const schemaIs = (column: string, parameter: string) => `${column} = coalesce(${parameter}::text, current_schema())`

/** Everything that has a name, as `t`, in a schema `n`. */
const FROM_NAMES = 'FROM pg_catalog.pg_class AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace'
const IS_TABLE = "t.relkind IN ('r', 'p', 'v', 'm', 'f')"

const paramsOf = ({ name, schema }: TableName) => [name, schema ?? null]

/** Tables that are asked about, as parts of a statement in which each is a `t` in a schema `n`, at its `place` among them. */
interface Asked {
  readonly from: string
  readonly where: string
  readonly place: string
  readonly params: readonly unknown[]
}

function asked(tables: readonly TableName[]): Asked {
  if (tables.length === 1) {
    const where = `t.relname = $1::text AND ${IS_TABLE} AND ${schemaIs('n.nspname', '$2')}`
    return { from: FROM_NAMES, where, place: '0', params: paramsOf(tables[0]) }
  }
  const names = 'JOIN unnest($1::text[], $2::text[], $3::int8[]) AS w (name, of_schema, place) ON w.name = t.relname'
  return {
    from: `${FROM_NAMES} ${names} AND n.nspname = coalesce(nullif(w.of_schema, ''), current_schema())`,
    where: IS_TABLE,
    place: 'w.place',
    params: [tables.map(({ name }) => name), tables.map(({ schema = '' }) => schema), tables.map((_, place) => place)]
  }
}

/** The names of the tables, in order. */
export function tablesOf(executor: Executor, schema?: string): Promise<string[]> {
  const sql = `SELECT tablename AS name FROM pg_catalog.pg_tables WHERE ${schemaIs('schemaname', '$1')} ORDER BY tablename`
  return ask(executor, sql, [schema ?? null], ({ name }: { name: string }) => name)
}

/** The views, materialised ones too, by name. */
export async function viewsOf(executor: Executor, schema?: string): Promise<ViewMetadata[]> {
  const sql =
    `SELECT viewname AS name, definition AS sql, false AS materialized FROM pg_catalog.pg_views WHERE ${schemaIs('schemaname', '$1')} ` +
    `UNION ALL SELECT matviewname, definition, true FROM pg_catalog.pg_matviews WHERE ${schemaIs('schemaname', '$1')} ORDER BY 1`
  return ask(executor, sql, [schema ?? null], (row: ViewMetadata) => ({ ...row, sql: bare(row.sql) }))
}

/** Whether there is a table or view of that name. */
export async function tableIsThere(executor: Executor, table: TableName): Promise<boolean> {
  const sql = `SELECT 1 AS found FROM information_schema.tables WHERE table_name = $1::text AND ${schemaIs('table_schema', '$2')}`
  return (await ask(executor, sql, paramsOf(table), () => true)).length > 0
}

/** Whether there is a sequence of that name. */
export async function sequenceIsThere(executor: Executor, sequence: TableName): Promise<boolean> {
  const sql = `SELECT 1 AS found ${FROM_NAMES} WHERE t.relname = $1::text AND t.relkind = 'S' AND ${schemaIs('n.nspname', '$2')}`
  return (await ask(executor, sql, paramsOf(sequence), () => true)).length > 0
}

/** A column, and which part of the primary key it is, from 1 on. */
export interface KeyedColumn {
  readonly column: ColumnMetadata
  readonly keyPosition: number | null
}

/** The columns of the tables in their order; those that the server hides, as it says by `hides`, are left out. */
export async function columnsOf(executor: Executor, tables: readonly TableName[], hides: boolean): Promise<KeyedColumn[]> {
  if (tables.length === 0) return []
  const { from, where, place, params } = asked(tables)
  const sql =
    `SELECT ${place} AS place, t.relname AS "table", a.attname AS name, ` +
    'format_type(a.atttypid, NULL) AS type, format_type(a.atttypid, a.atttypmod) AS full_type, ' +
    'a.attnotnull AS not_null, array_position(k.conkey, a.attnum) AS key_position, ' +
    'c.column_default AS default_sql, c.is_identity AS identity, c.generation_expression AS generated ' +
    `${from} JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid ` +
    "LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p' " +
    `LEFT JOIN information_schema.columns AS c ON ${INFORMATION} ` +
    `WHERE ${where} AND a.attnum > 0 AND NOT a.attisdropped${hides ? " AND c.is_hidden = 'NO'" : ''} ORDER BY place, a.attnum`
  return ask(executor, sql, params, keyedColumn)
}

const INFORMATION = 'c.table_schema = n.nspname AND c.table_name = t.relname AND c.column_name = a.attname'

function keyedColumn(row: Row): KeyedColumn {
  const identity = row.identity === 'YES'
  const generated = (row.generated as string | null) || null
  // Some servers show the sequence of an identity, or the expression of a computed column, as a default.
  const defaultSql = identity || generated !== null ? null : (row.default_sql as string | null)
  const column = {
    name: row.name as string,
    dataType: row.type as string,
    fullType: row.full_type as string,
    null: !row.not_null,
    primaryKey: row.key_position !== null,
    table: row.table as string,
    default: defaultSql,
    plainDefault: defaultSql === null ? null : plainDefault(defaultSql),
    identity,
    generated
  }
  return { column, keyPosition: row.key_position === null ? null : Number(row.key_position) }
}

/** The names of the primary key's columns, in the key's order. */
export function primaryKeyOf(columns: readonly KeyedColumn[]): string[] {
  const keys = columns.filter(({ keyPosition }) => keyPosition !== null)
  return keys.sort((a, b) => Number(a.keyPosition) - Number(b.keyPosition)).map(({ column }) => column.name)
}

/** The foreign keys of the tables by name, each column of one in order. */
export async function foreignKeysOf(executor: Executor, tables: readonly TableName[]): Promise<ForeignKeyMetadata[]> {
  if (tables.length === 0) return []
  const { from, where, place, params } = asked(tables)
  const sql =
    `SELECT ${place} AS place, t.relname AS "table", k.conname AS name, a.attname AS "column", dn.nspname AS "destSchema", ` +
    'd.relname AS "destTable", b.attname AS "destColumn", k.confdeltype AS "onDelete", k.confupdtype AS "onUpdate" ' +
    `${from} JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid ` +
    'JOIN pg_catalog.pg_class AS d ON d.oid = k.confrelid JOIN pg_catalog.pg_namespace AS dn ON dn.oid = d.relnamespace ' +
    'JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey) ' +
    'JOIN pg_catalog.pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = ANY(k.confkey) ' +
    `WHERE ${where} AND k.contype = 'f' AND array_position(k.conkey, a.attnum) = array_position(k.confkey, b.attnum) ` +
    'ORDER BY place, k.conname, array_position(k.conkey, a.attnum)'
  return ask(executor, sql, params, ({ place: _, ...row }: Record<keyof ForeignKeyMetadata | 'place', string>) => {
    return { ...row, onDelete: actionOf(row.onDelete), onUpdate: actionOf(row.onUpdate) }
  })
}

const actionOf = (code: string): ForeignKeyAction => ACTIONS[code as keyof typeof ACTIONS]

/** The indexes of the tables, unique ones first, then by name. */
export async function indexesOf(executor: Executor, tables: readonly TableName[], hides: boolean): Promise<IndexMetadata[]> {
  if (tables.length === 0) return []
  const { from, where, place, params } = asked(tables)
  const sql =
    `SELECT ${place} AS place, t.relname AS "table", i.relname AS name, x.indisunique AS "unique", x.indkey::text AS keys, ` +
    'coalesce(x.indnkeyatts, x.indnatts) AS count, ' +
    `s.indexdef AS sql, a.attnum AS number, a.attname AS "column", ${hides ? "c.is_hidden = 'YES'" : 'false'} AS hidden ` +
    `${from} JOIN pg_catalog.pg_index AS x ON x.indrelid = t.oid JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid ` +
    'JOIN pg_catalog.pg_indexes AS s ON s.schemaname = n.nspname AND s.tablename = t.relname AND s.indexname = i.relname ' +
    'LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY(x.indkey) ' +
    (hides ? `LEFT JOIN information_schema.columns AS c ON ${INFORMATION} ` : '') +
    `WHERE ${where} AND NOT x.indisprimary ORDER BY place, x.indisunique DESC, i.relname`
  const rows = await ask(executor, sql, params, (row: IndexRow) => row)
  const indexes = new Map<string, IndexRow[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.place, row.name])
    indexes.set(key, [...(indexes.get(key) ?? []), row])
  }
  return [...indexes.values()].map(indexOf)
}

/** An index with one of its columns; with none, where it has only expressions. */
interface IndexRow {
  readonly place: number
  readonly table: string
  readonly name: string
  readonly unique: boolean
  /** Numbers of columns in order, 0 for an expression. */
  readonly keys: string
  readonly count: number
  readonly sql: string
  readonly number: number | null
  readonly column: string
  readonly hidden: boolean
}

function indexOf(rows: readonly IndexRow[]): IndexMetadata {
  const [{ table, name, unique, keys, count, sql }] = rows
  const columns = new Map(rows.map(row => [row.number, row]))
  const numbers = (keys.match(/\d+/g) ?? []).slice(0, Number(count)).map(Number)
  // A column that the server added is not in the statement either.
  const shown = numbers.filter(number => !columns.get(number)?.hidden)
  const elements = shown.includes(0) ? indexElements(sql) : []
  return { name, sql: bare(sql), columns: shown.map((number, i) => columns.get(number)?.column ?? elements[i]), unique, table }
}

/** A statement without what ends it. */
function bare(sql: string): string {
  return sql.replace(/[\s;]+$/, '').trimStart()
}
