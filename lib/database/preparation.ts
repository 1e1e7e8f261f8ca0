import { DatabaseError } from '../errors.js'
import type { Preparation } from './profile.js'

/** Runs statements that make a database ready; each that is refused is a process warning. */
export async function prepareDatabase(
  db: { executeSql(text: string): Promise<unknown> },
  preparations: readonly Preparation[]
): Promise<void> {
  for (const { sql, without, optional } of preparations) {
    try {
      await db.executeSql(sql)
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.sqlstate === undefined) throw error
      // Insufficient privilege; all else may just mean that this version has no such thing.
      if (optional && error.sqlstate !== '42501') continue
      process.emitWarning(`${sql}: ${error.message}. Without it, ${without}`, { code: 'PEWIT_PREPARATION' })
    }
  }
}
