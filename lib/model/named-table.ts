import type { TableNode } from '../ast/nodes.js'
import { findSource } from '../expression/source.js'
import { metadata } from './metadata.js'

/** A table given by name, or by its model or an alias of that. Throws `ModelDefinitionError` for another object. */
export function namedTable(table: object | string, schema?: string): Pick<TableNode, 'name' | 'schema'> {
  if (typeof table === 'string') return { name: table, schema }
  const known = findSource(table)?.table ?? metadata(table).table
  return { name: known.name, schema: schema ?? known.schema }
}

/** A table given by name, or by its model or an alias of that; or several of them. */
export type Tables = object | string | readonly (object | string)[]

/** The tables that are given. Throws `ModelDefinitionError` for another object. */
export function namedTables(tables: Tables, schema?: string): Pick<TableNode, 'name' | 'schema'>[] {
  return (Array.isArray(tables) ? (tables as readonly (object | string)[]) : [tables]).map(table => namedTable(table, schema))
}
