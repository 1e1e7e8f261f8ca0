import type { UserType } from '../../fields/field.js'
import type { CreateTypeNode, DropTypeNode } from '../ast/nodes.js'
import { ModelDefinitionError } from '../errors.js'
import { type Metadata, placeOf } from '../model/metadata.js'

/** The enum types that models' columns need: created before the tables, dropped behind them. */

/** The statements that create the types of the models' fields, each once. */
export function createTypes(models: readonly Metadata[], safe: boolean): CreateTypeNode[] {
  return typesOf(models).map(({ path, values }) => ({ kind: 'createType', path, values, safe }))
}

/** The statements that drop them. One that other tables use stays: its statement fails, and that is no error. */
export function dropTypes(models: readonly Metadata[]): DropTypeNode[] {
  return typesOf(models).map(({ path }) => ({ kind: 'dropType', path }))
}

function typesOf(models: readonly Metadata[]): UserType[] {
  const types = new Map<string, UserType>()
  for (const meta of models) {
    for (const item of meta.fields) {
      const type = item.field.userType(placeOf(meta, item))
      if (!type) continue
      const key = JSON.stringify(type.path)
      const other = types.get(key)
      if (other && JSON.stringify(other.values) !== JSON.stringify(type.values)) {
        const message = `${meta.name}.${item.property}: the enum type "${type.path.join('.')}" has other values in another field`
        throw new ModelDefinitionError(`${message}; give one of them another { name }`)
      }
      types.set(key, type)
    }
  }
  return [...types.values()]
}
