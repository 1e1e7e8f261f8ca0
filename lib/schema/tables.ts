import { createHash } from 'node:crypto'
import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import type { CreateIndexNode, ForeignKeyDefinition, SchemaNode, TableNode } from '../ast/nodes.js'
import type { Metadata, ModelField } from '../model/metadata.js'
import { columnDefinition, foreignKeys } from './columns.js'
import { sortModels } from './order.js'

/** From models to CREATE and DROP statements. */

/** Bytes; identifiers that are longer are cut by the servers. */
const MAX_NAME = 63

/** The statements that create the models' tables and indexes, in an order in which they succeed. */
export function createStatements(models: readonly object[], safe: boolean): SchemaNode[] {
  const sorted = sortModels(models)
  const created = new Set<TableNode>()
  const statements: SchemaNode[] = []
  const late: SchemaNode[] = []
  for (const meta of sorted) {
    created.add(meta.table)
    const keys = foreignKeys(meta)
    // A key to a table of this call that comes later, in a circle, is added when both are there.
    const waits = ({ target }: ForeignKeyDefinition) => !created.has(target) && sorted.some(({ table }) => table === target)
    const present = keys.filter(key => !waits(key))
    statements.push(createTable(meta, present, safe), ...indexes(meta, safe))
    for (const foreignKey of keys.filter(waits)) late.push({ kind: 'addForeignKey', table: meta.table, foreignKey })
  }
  return [...statements, ...late]
}

/** The statements that drop the models' tables, referring ones first. */
export function dropStatements(models: readonly object[], safe: boolean, cascade: boolean): SchemaNode[] {
  return sortModels(models)
    .reverse()
    .map(meta => ({ kind: 'dropTable', table: meta.table, safe, cascade }))
}

function createTable(meta: Metadata, keys: ReturnType<typeof foreignKeys>, safe: boolean): SchemaNode {
  const { options } = meta
  const settings = options.tableSettings ?? []
  return {
    kind: 'createTable',
    table: meta.table,
    columns: meta.fields.map(columnDefinition),
    primaryKey: meta.primaryKey.map(({ columnName }) => columnName),
    foreignKeys: keys,
    constraints: (options.constraints ?? []).map(({ node }) => node),
    settings: typeof settings === 'string' ? [settings] : settings,
    safe,
    temporary: options.temporary ?? false
  }
}

function indexes(meta: Metadata, safe: boolean): CreateIndexNode[] {
  const single = meta.fields
    .filter(isIndexed)
    .map(item => index(meta, [item], item.field.options.unique ?? false, safe, item.field.options.indexType))
  const several = (meta.options.indexes ?? []).map(([names, unique]) =>
    index(
      meta,
      names.map(name => meta.field(name)),
      unique,
      safe
    )
  )
  return [...single, ...several]
}

/** References are followed in both directions, so their columns are indexed unless that is declined. */
function isIndexed({ field, primaryKey }: ModelField): boolean {
  const { index, unique } = field.options
  return !primaryKey && (unique || (index ?? field instanceof ForeignKeyFieldType))
}

function index(meta: Metadata, items: readonly ModelField[], unique: boolean, safe: boolean, using?: string): CreateIndexNode {
  const columns = items.map(({ columnName }) => columnName)
  return { kind: 'createIndex', name: indexName(meta.tableName, columns), table: meta.table, columns, unique, safe, using }
}

/** `<table>_<column>_<column>`; one that is too long is cut and ends in a hash of the whole. */
export function indexName(table: string, columns: readonly string[]): string {
  const name = [table, ...columns].join('_')
  if (Buffer.byteLength(name) <= MAX_NAME) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 7)
  return `${Buffer.from(name)
    .subarray(0, MAX_NAME - 8)
    .toString()
    .replace(/\uFFFD+$/, '')}_${hash}`
}
