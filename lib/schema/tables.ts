import { isDeepStrictEqual } from 'node:util'
import { DeferredForeignKeyType, type ForeignKeyFieldType } from '../../fields/foreign-key.js'
import type { CreateIndexNode, ForeignKeyDefinition, SchemaNode, Sharding, TableNode } from '../ast/nodes.js'
import { ModelDefinitionError, misuse } from '../errors.js'
import { clausesOf } from '../model/extensions.js'
import { sortedMetadata } from '../model/graph.js'
import { withThroughModels } from '../model/many-to-many.js'
import { isReference, type Metadata, type ModelField } from '../model/metadata.js'
import { indexNode } from '../model/model-index.js'
import { shardingOf } from '../model/options.js'
import { joinedName } from '../util/identifiers.js'
import { columnDefinition, foreignKey } from './columns.js'
import { createTypes, dropTypes } from './enums.js'

/** From models to CREATE and DROP statements. */

/** The statements that create the models' tables and indexes, in an order in which they succeed. */
export function createStatements(models: readonly object[], safe: boolean, temporary?: boolean): SchemaNode[] {
  const sorted = sortedMetadata(withThroughModels(models))
  const created = new Set<TableNode>()
  const statements: SchemaNode[] = createTypes(sorted, safe)
  const late: SchemaNode[] = []
  for (const meta of sorted) {
    created.add(meta.table)
    const keys = meta.fields.filter(isReference)
    const present = keys.filter(({ field }) => isPresent(meta, field, created, sorted)).map(foreignKey)
    statements.push(createTable(meta, present, safe, temporary), ...indexesOf(meta, safe))
    const waiting = keys.filter(({ field }) => !isPresent(meta, field, created, sorted) && isAmong(field, sorted))
    late.push(...waiting.map(item => addForeignKey(meta, item)))
  }
  return [...statements, ...late]
}

/** The statements that create a model's indexes, each once. Throws for two of one name, of which a server would leave one out. */
function indexesOf(meta: Metadata, safe: boolean): CreateIndexNode[] {
  const byName = new Map<string, CreateIndexNode>()
  for (const definition of meta.indexes) {
    const node = indexNode(meta, definition, safe)
    const { name } = node
    if (!isDeepStrictEqual(byName.get(name) ?? node, node))
      throw new ModelDefinitionError(
        `${meta.name}: two different indexes have the name "${name}"; give one another: { name: '…' }`
      )
    byName.set(name, node)
  }
  return [...byName.values()]
}

/** Whether the constraint can stand in the table: its target is there, as far as this call knows. */
function isPresent(
  meta: Metadata,
  field: ForeignKeyFieldType,
  created: ReadonlySet<TableNode>,
  models: readonly Metadata[]
): boolean {
  if (field instanceof DeferredForeignKeyType) return false
  // What a table refers to in itself is unique by its key, or by an index that comes behind it.
  if (field.targetSource().table === meta.table) return meta.primaryKey[0]?.property === field.targetColumn().property
  // A key to a table of this call that comes later, in a circle, is added when both are there.
  return created.has(field.targetSource().table) || !isAmong(field, models)
}

function isAmong(field: ForeignKeyFieldType, models: readonly Metadata[]): boolean {
  const { table } = field.targetSource()
  return models.some(meta => meta.table === table)
}

/** The statement that adds the constraint of a foreign key to its table. Throws a `TypeError` for a field that is none. */
export function addForeignKey(meta: Metadata, item: ModelField): SchemaNode {
  if (!isReference(item)) throw misuse('BAD_ARGUMENT', `${meta.name}.${item.property} is not a foreign key`)
  const key = foreignKey(item)
  const name = key.name ?? joinedName('fk', meta.tableName, key.column, 'refs', key.target.name)
  return { kind: 'addForeignKey', table: meta.table, foreignKey: { ...key, name } }
}

/** The statements that drop the models' tables, referring ones first, then the types of their own. */
export function dropStatements(models: readonly object[], safe: boolean, cascade: boolean, restrict = false): SchemaNode[] {
  if (cascade && restrict) throw misuse('BAD_ARGUMENT', 'dropTables: only one of cascade and restrict may be given')
  const sorted = sortedMetadata(withThroughModels(models)).reverse()
  return [
    ...togetherDropped(sorted).map((tables): SchemaNode => ({ kind: 'dropTable', tables, safe, cascade, restrict })),
    ...dropTypes(sorted)
  ]
}

/** The tables in order, each with those up to the last one behind it that refers to it: in a circle none can go alone. */
function togetherDropped(sorted: readonly Metadata[]): TableNode[][] {
  const groups: TableNode[][] = []
  let end = 0
  sorted.forEach((meta, i) => {
    if (i >= end) groups.push([])
    groups.at(-1)?.push(meta.table)
    const last = sorted.findLastIndex(other => other.refs.some(({ to }) => to === meta))
    end = Math.max(end, i + 1, last + 1)
  })
  return groups
}

function createTable(meta: Metadata, keys: readonly ForeignKeyDefinition[], safe: boolean, temporary?: boolean): SchemaNode {
  const { options } = meta
  const settings = options.tableSettings ?? []
  return {
    kind: 'createTable',
    table: meta.table,
    columns: meta.fields.map(item => columnDefinition(meta, item)),
    // As queries see it: what the server would make too large for its type is refused before there is a table of it.
    primaryKey: meta.source.primaryKey.map(({ column }) => column.name),
    sharding: keySharding(meta),
    foreignKeys: keys,
    constraints: (options.constraints ?? []).map(({ node }) => node),
    clauses: clausesOf(meta),
    settings: typeof settings === 'string' ? [settings] : settings,
    safe,
    temporary: temporary ?? options.temporary ?? false
  }
}

/** How the primary key is spread: as its `compositeKey` says, or its one field. */
function keySharding({ name, options, primaryKey }: Metadata): Sharding | undefined {
  const given = options.primaryKey || primaryKey[0]?.field.options
  return given ? shardingOf(given, name) : undefined
}
