import { IntegrityError } from '../errors.js'
import type { Expression } from '../expression/expression.js'
import { sourceFields, unknownProperty } from '../expression/source.js'
import type { Expr } from '../expression/types.js'
import { Select, selectFrom } from '../query/select.js'
import type { Metadata } from './metadata.js'
import { saveInstance } from './persist.js'

/** The row with these values, and whether it had to be created, then with the defaults besides. */
export async function getOrCreate(
  meta: Metadata,
  wanted: object,
  defaults: object
): Promise<[instance: object, created: boolean]> {
  const select = new Select<object, readonly [object], object>(selectFrom(() => meta.requireDatabase(), meta.source, []))
  const query = select.where(...Object.entries(wanted).map(([name, value]) => equal(meta, name, value)))
  const found = await query.getOrNone()
  if (found) return [found, false]
  try {
    return [await meta.requireDatabase().guarded(() => create(meta, { ...wanted, ...defaults })), true]
  } catch (error) {
    // Somebody else was faster, or the row cannot be at all.
    const other = error instanceof IntegrityError ? await query.getOrNone() : null
    if (other) return [other, false]
    throw error
  }
}

function equal(meta: Metadata, name: string, value: unknown): Expr<boolean> {
  if (!meta.source.names.has(name)) throw unknownProperty(meta.source, name)
  return (sourceFields(meta.source) as unknown as Record<string, Expression>)[name].eq(value) as unknown as Expr<boolean>
}

async function create(meta: Metadata, data: object): Promise<object> {
  const instance = new meta.model(data)
  await saveInstance(instance, meta, { forceInsert: true })
  return instance
}
