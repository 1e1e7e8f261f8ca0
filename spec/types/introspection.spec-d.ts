import {
  type ColumnMetadata,
  type ForeignKeyAction,
  type ForeignKeyMetadata,
  type IndexMetadata,
  Model,
  model,
  PostgresqlDatabase,
  TextField,
  type ViewMetadata
} from 'pewit'
import type { Equal } from './expect.js'
import { proves } from './expect.js'

@model()
class Note extends Model {
  @TextField() text!: string
}

const db = new PostgresqlDatabase('shop')

export async function introspection(): Promise<void> {
  const tables = await db.getTables()
  proves<Equal<typeof tables, string[]>>()
  const views = await db.getViews('public')
  proves<Equal<typeof views, ViewMetadata[]>>()
  const [view] = views
  proves<Equal<typeof view.materialized, boolean>>()
  const columns = await db.getColumns(Note)
  proves<Equal<typeof columns, ColumnMetadata[]>>()
  const [column] = await db.getColumns(Note.alias('n'), 'public')
  proves<Equal<typeof column.default, string | null>>()
  proves<Equal<typeof column.generated, string | null>>()
  const keys = await db.getPrimaryKeys('note')
  proves<Equal<typeof keys, string[]>>()
  const [key] = await db.getForeignKeys('note')
  proves<Equal<typeof key, ForeignKeyMetadata>>()
  proves<Equal<typeof key.onDelete, ForeignKeyAction>>()
  proves<Equal<ForeignKeyAction, 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'>>()
  const [index] = await db.getIndexes('note')
  proves<Equal<typeof index, IndexMetadata>>()
  proves<Equal<typeof index.columns, readonly string[]>>()
  const found = await db.sequenceExists('note_id_seq', 'public')
  proves<Equal<typeof found, boolean>>()

  const all = await db.getColumns(await db.getTables())
  proves<Equal<typeof all, ColumnMetadata[]>>()
  await db.getIndexes([Note, 'note', Note.alias('n')], 'public')
  await db.getForeignKeys(['note'] as const)
  // @ts-expect-error a table is a name, a model or an alias
  await db.getColumns(1)
  // @ts-expect-error a table must be given
  await db.getIndexes()
  // @ts-expect-error a sequence goes by its name
  await db.sequenceExists(Note)
  // @ts-expect-error what was read is not changed
  column.name = 'other'
  // @ts-expect-error there is no such action
  const action: ForeignKeyAction = 'NOTHING'
  // @ts-expect-error names are in camelCase
  proves<Equal<typeof key.on_delete, typeof action>>()
  // @ts-expect-error whether an index is unique is no text
  proves<Equal<typeof index.unique, string>>()
  // @ts-expect-error a view always has its query
  proves<Equal<typeof view.sql, string | null>>()
}
