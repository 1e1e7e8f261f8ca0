import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import type { ColumnDefinition, ForeignKeyDefinition } from '../ast/nodes.js'
import { type Metadata, type ModelField, metadata } from '../model/metadata.js'

/** From a model's fields to the columns and foreign keys of its table. */

/** Generated keys are counted in one place; what refers to them is a plain number. */
const REFERRING: Readonly<Record<string, string>> = { auto: 'autoReference', bigauto: 'bigautoReference' }

/** The definition of a field's column. */
export function columnDefinition(item: ModelField): ColumnDefinition {
  const { field, columnName, primaryKey } = item
  const { type, modifiers } = typeOf(item)
  const { options } = field
  return {
    name: columnName,
    type,
    modifiers,
    null: Boolean(options.null) && !primaryKey,
    defaultSql: field.serverDefault,
    collation: options.collation,
    constraints: (options.constraints ?? []).map(({ node }) => node)
  }
}

function typeOf({ field }: ModelField): Pick<ColumnDefinition, 'type' | 'modifiers'> {
  if (!(field instanceof ForeignKeyFieldType)) return { type: field.columnType, modifiers: field.modifiers }
  const target = metadata(field.target() as object).field(field.targetColumn().property)
  const { type, modifiers } = typeOf(target)
  return { type: REFERRING[type] ?? type, modifiers }
}

/** The foreign keys of a model's table. */
export function foreignKeys(meta: Metadata): ForeignKeyDefinition[] {
  return meta.fields.flatMap(({ field, columnName }) => {
    if (!(field instanceof ForeignKeyFieldType)) return []
    const { constraintName, onDelete, onUpdate } = field.options
    const target = field.targetSource().table
    return [
      { column: columnName, target, targetColumn: field.targetColumn().column.name, name: constraintName, onDelete, onUpdate }
    ]
  })
}
