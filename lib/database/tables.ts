import type { DropTypeNode } from '../ast/nodes.js'
import { DatabaseError } from '../errors.js'
import type { CreateOptions, DropOptions, ModelDatabase } from '../model/model-database.js'
import { runNode } from '../query/executor.js'
import { tableIsThere } from '../schema/introspection.js'
import { createStatements, dropStatements } from '../schema/tables.js'

/** Creates the models' tables and indexes, those that others refer to first. */
export async function createTablesOf(
  db: ModelDatabase,
  models: readonly object[],
  { safe = true, temporary }: CreateOptions
): Promise<void> {
  await db.prepare()
  const statements = createStatements(models, safe, temporary)
  const late = statements.filter(node => node.kind === 'addForeignKey')
  // A table that is there already has its constraints, which no server adds only if they are missing.
  const there = safe ? await Promise.all(late.map(({ table }) => tableIsThere(db, table))) : []
  const existing: readonly object[] = late.filter((_, i) => there[i])
  // All are compiled before any is sent: what the server lacks is told while nothing is done yet.
  const compiled = statements.filter(node => !existing.includes(node)).map(node => db.compile(node))
  for (const statement of compiled) await db.run(statement)
}

/** Drops the models' tables, referring ones first. */
export async function dropTablesOf(
  db: ModelDatabase,
  models: readonly object[],
  { safe = true, cascade = false, restrict = false }: DropOptions
): Promise<void> {
  for (const node of dropStatements(models, safe, cascade, restrict))
    await (node.kind === 'dropType' ? dropUnused(db, node) : runNode(db, node))
}

/** Drops a type, unless something uses it. */
async function dropUnused(db: ModelDatabase, node: DropTypeNode): Promise<void> {
  try {
    await db.guarded(() => runNode(db, node))
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '2BP01') throw error
  }
}
