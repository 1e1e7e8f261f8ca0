import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import type { ColumnDefinition, ForeignKeyDefinition } from '../ast/nodes.js'
import { type Metadata, type ModelField, metadata, placeOf } from '../model/metadata.js'

/** From a model's fields to the columns and foreign keys of its table. */

/** Generated keys are counted in one place; what refers to them is a plain number. */
const REFERRING: Readonly<Record<string, string>> = { auto: 'autoReference', bigauto: 'bigautoReference' }

/** The definition of a field's column. */
export function columnDefinition(meta: Metadata, item: ModelField): ColumnDefinition {
  const { field, columnName, primaryKey } = item
  const { type, modifiers } = typeOf(meta, item)
  const { options } = field
  return {
    name: columnName,
    type,
    modifiers,
    null: Boolean(options.null) && !primaryKey,
    needs: field.needs,
    defaultSql: field.serverDefault,
    identity: field.identity,
    ...field.generated,
    onUpdate: field.onUpdate,
    collation: options.collation,
    constraints: (options.constraints ?? []).map(({ node }) => node)
  }
}

function typeOf(meta: Metadata, item: ModelField): Pick<ColumnDefinition, 'type' | 'modifiers'> {
  const { field } = item
  if (!(field instanceof ForeignKeyFieldType)) {
    const isOwn = field.userType(placeOf(meta, item)) !== undefined
    return { type: isOwn ? columnTypeName(meta, item) : field.columnType, modifiers: field.modifiers }
  }
  const target = metadata(field.target() as object)
  const { type, modifiers } = typeOf(target, target.field(field.targetColumn().property))
  return { type: REFERRING[type] ?? type, modifiers }
}

/** A type that the model brings along, by its quoted name. */
function columnTypeName(meta: Metadata, item: ModelField): string {
  return meta.source.columns[meta.placeOf(item.property)].column.type.name
}

/** The definition of a field's foreign key. */
export function foreignKey(item: ModelField & { readonly field: ForeignKeyFieldType }): ForeignKeyDefinition {
  const { constraintName: name, onDelete, onUpdate, deferrable } = item.field.options
  const target = item.field.targetSource().table
  return {
    column: item.columnName,
    target,
    targetColumn: item.field.targetColumn().column.name,
    name,
    onDelete,
    onUpdate,
    deferrable
  }
}
