import type { CteNode } from '../ast/nodes.js'
import type { Emitters } from './dialect.js'
import type { Writer } from './writer.js'

/** How PostgreSQL writes CTEs. */
export const withEmitters = {
  cte: (w, n) => {
    if (n.recursive && n.query.kind === 'compound' && !n.query.all) w.need('recursiveUnion')
    w.name(n.table.name)
    if (n.columns) writeColumns(w.write(' '), n.columns)
    w.write(n.materialized === undefined ? ' AS (' : n.materialized ? ' AS MATERIALIZED (' : ' AS NOT MATERIALIZED (')
    w.node(n.query).write(')')
  }
} satisfies Partial<Emitters>

/** Writes WITH and the CTEs that no query around has written already. */
export function emitWith(w: Writer, ctes: readonly CteNode[] | undefined): void {
  if (ctes === undefined) return
  const fresh = w.declareCtes(ctes)
  if (fresh.length === 0) return
  w.write(fresh.some(({ recursive }) => recursive) ? 'WITH RECURSIVE ' : 'WITH ')
  w.nodes(fresh).write(' ')
}

/** Writes the names of a source's columns, in parentheses. */
export function writeColumns(w: Writer, columns: readonly string[]): void {
  w.write('(')
    .list(columns, column => w.name(column))
    .write(')')
}
