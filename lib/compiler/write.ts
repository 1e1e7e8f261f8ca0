import type { Assignment, ConflictNode, DeleteNode, ExprNode, InsertNode, UnnestNode, UpdateNode } from '../ast/nodes.js'
import type { Emitters } from './dialect.js'
import { emitSelected, emitSource } from './select.js'
import { emitWith } from './with.js'
import type { Writer } from './writer.js'

/** How PostgreSQL writes INSERT, UPDATE, DELETE, and statements given as text. */
export const writeEmitters = {
  insert: (w, n) => w.scoped(() => emitInsert(w, n, 'INSERT')),
  values: (w, n) => w.write('VALUES ').list(n.rows, row => w.write('(').nodes(row).write(')')),
  unnest: emitUnnest,
  conflict: emitConflict,
  update: (w, n) => w.scoped(() => emitUpdate(w, n)),
  delete: (w, n) => w.scoped(() => emitDelete(w, n)),
  statement: (w, n) => w.node(n.body)
} satisfies Partial<Emitters>

function beginWrite(w: Writer): void {
  w.retryable = false
  w.past.refuse('writes')
}

/** Writes an insert with the verb a dialect has for it. */
export function emitInsert(w: Writer, n: InsertNode, verb: string): void {
  beginWrite(w)
  emitWith(w, n.with)
  if (n.replace && verb === 'INSERT') {
    w.need('replace')
  }
  w.write(`${verb} INTO `).node(n.table)
  w.declare(n.table, n.table.name)
  if (n.columns.length > 0)
    w.write(' (')
      .list(n.columns, column => w.name(column))
      .write(')')
  w.write(' ')
  if (n.source) w.node(n.source)
  else w.write('DEFAULT VALUES')
  if (n.conflict) w.write(' ').node(n.conflict)
  emitReturning(w, n.returning)
}

function emitUnnest(w: Writer, n: UnnestNode): void {
  const names = n.columns.map((_, i) => `c${i + 1}`)
  for (const { cast } of n.columns) if (cast) w.needType(cast.name)
  w.write('SELECT ').list(n.columns, ({ cast }, i) => w.write(cast ? `CAST(${names[i]} AS ${cast.name})` : names[i]))
  w.write(' FROM unnest(')
    .nodes(n.columns.map(column => column.array))
    .write(`) AS u(${names.join(', ')})`)
}

function emitConflict(w: Writer, n: ConflictNode): void {
  w.write('ON CONFLICT')
  if (n.constraint !== undefined) {
    w.need('conflictConstraint')
    w.write(' ON CONSTRAINT ').name(n.constraint)
  } else if (n.target.length > 0) {
    w.unqualified(() => emitTarget(w, n))
  }
  if (n.set.length === 0) w.write(' DO NOTHING')
  else {
    w.write(' DO UPDATE SET ')
    emitAssignments(w, n.set)
    if (n.where) w.write(' WHERE ').node(n.where)
  }
}

/** Which unique index is meant, a server finds out when it plans the statement. */
function emitTarget(w: Writer, n: ConflictNode): void {
  w.planned(() => {
    w.write(' (')
      .list(n.target, item => {
        if (typeof item === 'string') return w.name(item)
        w.need('conflictExpressions')
        return w.write('(').node(item).write(')')
      })
      .write(')')
    if (n.targetWhere) w.write(' WHERE ').node(n.targetWhere)
  })
}

function emitUpdate(w: Writer, n: UpdateNode): void {
  beginWrite(w)
  emitWith(w, n.with)
  w.write('UPDATE ').node(n.table)
  if (n.hint) w.hint(n.hint)
  w.write(' SET ')
  w.declare(n.table, n.table.name)
  for (const source of n.from) w.declare(source)
  emitAssignments(w, n.set)
  if (n.from.length > 0) w.write(' FROM ').list(n.from, source => emitSource(w, source))
  if (n.where) w.write(' WHERE ').node(n.where)
  emitReturning(w, n.returning)
}

function emitDelete(w: Writer, n: DeleteNode): void {
  beginWrite(w)
  emitWith(w, n.with)
  w.write('DELETE FROM ').node(n.table)
  if (n.hint) w.hint(n.hint)
  w.declare(n.table, n.table.name)
  if (n.where) w.write(' WHERE ').node(n.where)
  emitReturning(w, n.returning)
}

function emitAssignments(w: Writer, set: readonly Assignment[]): void {
  w.list(set, ({ column, value }) => w.name(column).write(' = ').node(value))
}

function emitReturning(w: Writer, returning: readonly ExprNode[]): void {
  if (returning.length > 0) w.write(' RETURNING ').list(returning, node => emitSelected(w, node))
}
