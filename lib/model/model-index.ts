import type { ColumnNode, CreateIndexNode, ExprNode, OrderNode } from '../ast/nodes.js'
import { ModelDefinitionError, misuse } from '../errors.js'
import { condition } from '../expression/operands.js'
import { sourceFields } from '../expression/source.js'
import { columnOf } from '../query/assignments.js'
import { resolve, sortKeysOf } from '../query/clauses.js'
import type { Executor } from '../query/executor.js'
import { Query } from '../query/query.js'
import { joinedName } from '../util/identifiers.js'
import { type Metadata, metadata } from './metadata.js'
import { type IndexDefinition, shardingOf } from './options.js'

/**
 * An index of a model; awaited, it is created. `User.addIndex(index)` lets `createTable` create it.
 *
 * `User.index(u => [fn.lower(u.username)], { name: 'user_lower', unique: true })` →
 * `CREATE UNIQUE INDEX IF NOT EXISTS "user_lower" ON "user" (lower("username"))`
 */
export class ModelIndex extends Query<void> {
  /** @internal */
  readonly definition: IndexDefinition
  readonly #model: object

  /** @internal use `Model.index()` */
  constructor(model: object, definition: IndexDefinition, executor: () => Executor = () => metadata(model).requireDatabase()) {
    super(executor)
    this.definition = definition
    this.#model = model
    // What is wrong shows where it is written.
    this.toNode()
  }

  /** The name it has on the server. */
  get name(): string {
    return this.toNode().name
  }

  /** @internal */
  override withExecutor(executor: () => Executor): this {
    return new ModelIndex(this.#model, this.definition, executor) as this
  }

  /** @internal */
  override toNode(): CreateIndexNode {
    return indexNode(metadata(this.#model), this.definition)
  }

  /** @internal */
  override readResult(): void {}
}

/** The statement that creates an index. */
export function indexNode(meta: Metadata, definition: IndexDefinition, safe = definition.safe ?? true): CreateIndexNode {
  const { unique = false, using, where, nullsDistinct = true, storing } = definition
  const parts = partsOf(meta, definition)
  const stored = storing?.map(name => columnNamed(meta, name).name)
  checkParts(meta, definition)
  for (const part of parts) {
    if (part.kind === 'column' && stored?.includes(part.name))
      throw misuse(
        'BAD_ARGUMENT',
        `${meta.name}: the index is of ${part.property}, and need not store it; leave it out of storing`
      )
  }
  return {
    kind: 'createIndex',
    name: definition.name ?? derivedName(meta, parts),
    table: meta.table,
    columns: parts,
    unique,
    safe,
    using,
    sharding: shardingOf(definition, `${meta.name}, an index`),
    storing: stored,
    nullsDistinct,
    where: where === undefined ? undefined : condition(resolve(where, [meta.source]), `${meta.name}, an index's where`)
  }
}

/** Throws a `TypeError` for what goes together on no server. */
function checkParts({ name }: Metadata, { unique, using, hash, nullsDistinct, storing }: IndexDefinition): void {
  if (nullsDistinct === false && !unique)
    throw misuse('BAD_ARGUMENT', `${name}: nullsDistinct is only known of an index that is { unique: true }`)
  if (hash && using !== undefined)
    throw misuse('BAD_ARGUMENT', `${name}: { hash } spreads an ordinary index over the cluster; leave { using: '${using}' } out`)
  if (storing?.length === 0) throw misuse('BAD_ARGUMENT', `${name}: storing names no property; leave it out`)
  // https://www.postgresql.org/docs/current/sql-createindex.html, of INCLUDE
  if (storing && using?.toLowerCase() === 'gin')
    throw misuse('BAD_ARGUMENT', `${name}: a GIN index stores no other columns on any server; leave { storing } out`)
}

function partsOf(meta: Metadata, { fields }: IndexDefinition): (ExprNode | OrderNode)[] {
  const given: unknown = typeof fields === 'function' ? fields(sourceFields(meta.source)) : fields
  const parts = (Array.isArray(given) ? given : [given]).flatMap((part): (ExprNode | OrderNode)[] =>
    typeof part === 'string' ? [columnNamed(meta, part)] : sortKeysOf([part], [meta.source])
  )
  if (parts.length > 0) return parts
  throw misuse('BAD_ARGUMENT', `${meta.name}: an index needs at least one field or expression`)
}

/** The column of a property, or of a column's own name. */
function columnNamed(meta: Metadata, name: string): ColumnNode {
  const item = meta.findField(name) ?? meta.columns.get(name)
  return columnOf(meta.source, item?.property ?? name).column
}

/** `<table>_<column>_<column>`, of the columns among what is indexed. */
function derivedName({ name, tableName }: Metadata, parts: readonly (ExprNode | OrderNode)[]): string {
  const columns = parts.map(part => (part.kind === 'order' ? part.operand : part)).filter(part => part.kind === 'column')
  if (columns.length > 0) return joinedName(tableName, ...columns.map(column => column.name))
  throw new ModelDefinitionError(`${name}: an index of expressions alone has no name by itself; give it one: { name: '…' }`)
}
