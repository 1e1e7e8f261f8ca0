import type { ColumnDefinition, CreateIndexNode, CreateTableNode, ForeignKeyDefinition } from '../ast/nodes.js'
import type { Emitters } from './dialect.js'
import type { Writer } from './writer.js'

/** How PostgreSQL writes CREATE, DROP and ALTER. Values are written as literals: DDL takes no parameters. */
export const schemaEmitters = {
  createTable: emitCreateTable,
  dropTable: (w, n) =>
    w
      .write(`DROP TABLE ${n.safe ? 'IF EXISTS ' : ''}`)
      .node(n.table)
      .write(n.cascade ? ' CASCADE' : ''),
  addForeignKey: (w, n) => {
    w.write('ALTER TABLE ').node(n.table).write(' ADD ')
    emitForeignKey(w, n.foreignKey)
  },
  createIndex: emitCreateIndex,
  dropIndex: (w, n) => {
    w.write(`DROP INDEX ${n.safe ? 'IF EXISTS ' : ''}`)
    if (n.table.schema !== undefined) w.name(n.table.schema).write('.')
    w.name(n.name)
  }
} satisfies Partial<Emitters>

function emitCreateTable(w: Writer, n: CreateTableNode): void {
  w.write(`CREATE ${n.temporary ? 'TEMPORARY ' : ''}TABLE ${n.safe ? 'IF NOT EXISTS ' : ''}`)
    .node(n.table)
    .write(' (')
  const single = n.primaryKey.length === 1 ? n.primaryKey[0] : undefined
  w.scoped(() => {
    w.declare(n.table, '')
    w.list(n.columns, column => emitColumn(w, column, column.name === single))
    if (n.primaryKey.length > 1)
      w.write(', PRIMARY KEY (')
        .list(n.primaryKey, name => w.name(name))
        .write(')')
    for (const foreignKey of n.foreignKeys) {
      w.write(', ')
      emitForeignKey(w, foreignKey)
    }
    for (const constraint of n.constraints) w.write(', ').node(constraint)
  })
  w.write(')')
  for (const setting of n.settings) w.write(` ${setting}`)
}

function emitColumn(w: Writer, column: ColumnDefinition, primaryKey: boolean): void {
  w.name(column.name).write(` ${columnType(w, column)}`)
  if (column.collation !== undefined) w.write(' COLLATE ').name(column.collation)
  if (!column.null) w.write(' NOT NULL')
  if (primaryKey) w.write(' PRIMARY KEY')
  if (column.defaultSql !== undefined) w.write(` DEFAULT ${column.defaultSql}`)
  for (const constraint of column.constraints) w.write(' ').node(constraint)
}

function columnType(w: Writer, { type, modifiers }: ColumnDefinition): string {
  const array = type.endsWith('[]')
  const base = array ? type.slice(0, -2) : type
  const name = w.dialect.columnTypes[base] ?? base
  return `${name}${modifiers.length > 0 ? `(${modifiers.join(', ')})` : ''}${array ? '[]' : ''}`
}

function emitForeignKey(w: Writer, key: ForeignKeyDefinition): void {
  if (key.name !== undefined) w.write('CONSTRAINT ').name(key.name).write(' ')
  w.write('FOREIGN KEY (').name(key.column).write(') REFERENCES ').node(key.target)
  w.write(' (').name(key.targetColumn).write(')')
  if (key.onDelete !== undefined) w.write(` ON DELETE ${key.onDelete}`)
  if (key.onUpdate !== undefined) w.write(` ON UPDATE ${key.onUpdate}`)
}

function emitCreateIndex(w: Writer, n: CreateIndexNode): void {
  w.write(`CREATE ${n.unique ? 'UNIQUE ' : ''}INDEX ${n.safe ? 'IF NOT EXISTS ' : ''}`).name(n.name)
  w.write(' ON ').node(n.table)
  if (n.using !== undefined) w.write(` USING ${n.using}`)
  w.scoped(() => {
    w.declare(n.table, '')
    w.write(' (')
      .list(n.columns, item => (typeof item === 'string' ? w.name(item) : w.write('(').node(item).write(')')))
      .write(')')
    if (n.where) w.write(' WHERE ').node(n.where)
  })
}
