import { walk } from '../ast/children.js'
import type {
  ClauseNode,
  ColumnDefinition,
  CreateIndexNode,
  CreateTableNode,
  CreateTypeNode,
  ExprNode,
  ForeignKeyDefinition,
  OrderNode,
  Sharding
} from '../ast/nodes.js'
import { NotSupportedError } from '../errors.js'
import { quoteName, quoteText } from '../util/identifiers.js'
import { type Capability, FEATURES } from './capabilities.js'
import type { Emitters } from './dialect.js'
import type { Writer } from './writer.js'

/** How PostgreSQL writes CREATE, DROP and ALTER. Values are written as literals: DDL takes no parameters. */
export const schemaEmitters = {
  createTable: emitCreateTable,
  clause: refuseClause,
  createTableAs: (w, n) => {
    w.write(createTableText(n)).node(n.table).write(' AS ').node(n.query)
    if (w.past.time !== undefined) w.need('createTableOfPast')
  },
  dropTable: (w, n) =>
    w
      .write(`DROP TABLE ${n.safe ? 'IF EXISTS ' : ''}`)
      .nodes(n.tables)
      .write(n.cascade ? ' CASCADE' : n.restrict ? ' RESTRICT' : ''),
  truncate: (w, n) => {
    if (n.restartIdentity) w.need('restartIdentity')
    w.write('TRUNCATE TABLE ').node(n.table)
    w.write(`${n.restartIdentity ? ' RESTART IDENTITY' : ''}${n.cascade ? ' CASCADE' : ''}`)
  },
  addForeignKey: (w, n) => {
    w.write('ALTER TABLE ').node(n.table).write(' ADD ')
    emitForeignKey(w, n.foreignKey)
  },
  createType: emitCreateType,
  dropType: (w, n) => w.write('DROP TYPE IF EXISTS ').list(n.path, part => w.name(part), '.'),
  createIndex: emitCreateIndex,
  dropIndex: (w, n) => {
    w.write(`DROP INDEX ${n.safe ? 'IF EXISTS ' : ''}`)
    if (n.table.schema !== undefined) w.name(n.table.schema).write('.')
    w.name(n.name)
  }
} satisfies Partial<Emitters>

function emitCreateTable(w: Writer, n: CreateTableNode): void {
  w.write(createTableText(n)).node(n.table).write(' (')
  const single = n.primaryKey.length === 1 && !n.sharding ? n.primaryKey[0] : undefined
  w.scoped(() => {
    w.declare(n.table, '')
    w.list(n.columns, column => emitColumn(w, column, column.name === single))
    if (n.primaryKey.length > 0 && single === undefined) emitPrimaryKey(w, n)
    for (const foreignKey of n.foreignKeys) {
      w.write(', ')
      emitForeignKey(w, foreignKey)
    }
    for (const constraint of n.constraints) w.write(', ').node(constraint)
    for (const clause of n.clauses) if (clause.place === 'inside') w.write(', ').node(clause)
    w.write(')')
    for (const clause of n.clauses) if (clause.place === 'behind') w.write(' ').node(clause)
  })
  for (const setting of n.settings) w.write(` ${setting}`)
}

function createTableText({ temporary, safe }: Pick<CreateTableNode, 'temporary' | 'safe'>): string {
  return `CREATE ${temporary ? 'TEMPORARY ' : ''}TABLE ${safe ? 'IF NOT EXISTS ' : ''}`
}

/** Each is something that this server has not. */
function refuseClause(w: Writer, { needs }: ClauseNode): void {
  if (Object.hasOwn(FEATURES, needs)) w.need(needs as Capability)
  throw new NotSupportedError(`${w.dialect.name} has no ${needs}`, { sql: w.text })
}

function emitPrimaryKey(w: Writer, { primaryKey, sharding }: CreateTableNode): void {
  w.write(', PRIMARY KEY (')
    .list(primaryKey, name => w.name(name))
    .write(')')
  if (sharding) emitHash(w)
  emitBuckets(w, sharding)
}

function emitHash(w: Writer): void {
  w.need('hashSharding')
  w.write(' USING HASH')
}

function emitBuckets(w: Writer, sharding: Sharding | undefined): void {
  if (sharding?.buckets !== undefined) w.write(` WITH (bucket_count = ${sharding.buckets})`)
}

function emitColumn(w: Writer, column: ColumnDefinition, primaryKey: boolean): void {
  if (column.needs) w.need(column.needs as Capability)
  w.name(column.name).write(` ${columnType(w, column)}`)
  if (column.collation !== undefined) w.write(' COLLATE ').name(column.collation)
  if (!column.null) w.write(' NOT NULL')
  if (primaryKey) w.write(' PRIMARY KEY')
  if (column.identity) {
    w.need('identity')
    w.write(` GENERATED ${column.identity} AS IDENTITY`)
  }
  if (column.generated) emitGenerated(w, column.generated, column.stored ?? true)
  if (column.defaultSql !== undefined) w.write(` DEFAULT ${column.defaultSql}`)
  if (column.onUpdate) {
    w.need('onUpdate')
    w.write(' ON UPDATE ').node(column.onUpdate)
  }
  for (const constraint of column.constraints) w.write(' ').node(constraint)
}

function emitGenerated(w: Writer, expression: ExprNode, stored: boolean): void {
  if (!stored) w.need('virtualColumns')
  w.write(' GENERATED ALWAYS AS (')
    .node(expression)
    .write(`) ${stored ? 'STORED' : 'VIRTUAL'}`)
}

/** There is no IF NOT EXISTS for types. A block catches the error, so that no transaction is aborted and no race lost. */
function emitCreateType(w: Writer, n: CreateTypeNode): void {
  if (!n.safe) return void w.write(createTypeText(n))
  const block = `BEGIN ${createTypeText(n)}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END`
  w.write(`DO ${quoteText(block)}`)
}

/** `CREATE TYPE name AS ENUM (…)`, with a condition that a dialect may have. */
export function createTypeText({ path, values }: CreateTypeNode, condition = ''): string {
  return `CREATE TYPE ${condition}${path.map(quoteName).join('.')} AS ENUM (${values.map(quoteText).join(', ')})`
}

function columnType(w: Writer, { type, modifiers }: ColumnDefinition): string {
  const array = type.endsWith('[]')
  const base = array ? type.slice(0, -2) : type
  w.needType(base)
  const name = w.dialect.columnTypes[base] ?? base
  return `${name}${modifiers.length > 0 ? `(${modifiers.join(', ')})` : ''}${array ? '[]' : ''}`
}

function emitForeignKey(w: Writer, key: ForeignKeyDefinition): void {
  if (key.name !== undefined) w.write('CONSTRAINT ').name(key.name).write(' ')
  w.write('FOREIGN KEY (').name(key.column).write(') REFERENCES ').node(key.target)
  w.write(' (').name(key.targetColumn).write(')')
  if (key.onDelete !== undefined) w.write(` ON DELETE ${key.onDelete}`)
  if (key.onUpdate !== undefined) w.write(` ON UPDATE ${key.onUpdate}`)
  if (key.deferrable === undefined) return
  w.need('deferrable')
  w.write(` DEFERRABLE ${key.deferrable}`)
}

function emitCreateIndex(w: Writer, n: CreateIndexNode): void {
  w.write(`CREATE ${n.unique ? 'UNIQUE ' : ''}INDEX ${n.safe ? 'IF NOT EXISTS ' : ''}`).name(n.name)
  w.write(' ON ').node(n.table)
  if (n.using !== undefined) w.write(` USING ${n.using}`)
  w.scoped(() => {
    w.declare(n.table, '')
    w.write(' (')
      .list(n.columns, item => emitIndexPart(w, item))
      .write(')')
    if (n.sharding) emitHash(w)
    if (n.storing)
      w.write(' INCLUDE (')
        .list(n.storing, name => w.name(name))
        .write(')')
    if (n.nullsDistinct === false) {
      w.need('nullsNotDistinct')
      w.write(' NULLS NOT DISTINCT')
    }
    emitBuckets(w, n.sharding)
    if (n.where) w.write(' WHERE ').node(n.where)
  })
}

function emitIndexPart(w: Writer, part: CreateIndexNode['columns'][number]): void {
  if (typeof part === 'string') return void w.name(part)
  if (part.kind === 'order') return emitOrderedPart(w, part)
  if (part.kind === 'column' && part.computed === 'virtual') w.need('virtualIndexed')
  if (part.kind !== 'column') walk(part, node => node.kind === 'column' && node.computed && w.need('computedInExpressions'))
  // SQL as text may say more than an expression: an order, or an operator class.
  if (part.kind === 'column' || part.kind === 'raw') return void w.node(part)
  w.write('(').node(part).write(')')
  w.need('expressionIndexes')
}

function emitOrderedPart(w: Writer, { operand, descending, nulls }: OrderNode): void {
  emitIndexPart(w, operand)
  w.write(descending ? ' DESC' : '')
  if (!nulls) return
  // The order that every server can be told is that in which nulls are the least.
  if (nulls === (descending ? 'first' : 'last')) w.need('indexNulls')
  w.write(nulls === 'first' ? ' NULLS FIRST' : ' NULLS LAST')
}
