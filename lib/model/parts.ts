import { ModelDefinitionError } from '../errors.js'
import { anyAbove, type Metadata } from './metadata.js'

/** The parts of values that are found under names of their own: the flags of a number. */

/** Puts their accessors on the model's prototype. Throws `ModelDefinitionError` for a name that is taken. */
export function defineParts(meta: Metadata): void {
  const seen = new Set<string>()
  for (const { field, property } of meta.fields) {
    for (const name of field.parts(property).keys()) {
      if (seen.has(name) || isTaken(meta, name))
        throw new ModelDefinitionError(`${meta.name}.${property}: the name "${name}" is taken already; give another`)
      seen.add(name)
    }
  }
  for (const [name, { part }] of meta.computed) {
    if (!part) continue
    Object.defineProperty(meta.model.prototype, name, {
      configurable: true,
      get(this: Record<string, unknown>) {
        return part.get(this[part.of])
      },
      set(this: Record<string, unknown>, value: unknown) {
        this[part.of] = part.set(this[part.of], value)
      }
    })
  }
}

function isTaken(meta: Metadata, name: string): boolean {
  if (meta.placeOf(name) >= 0) return true
  // A part of a model that this one extends is no hindrance: each may have its own.
  return name in (meta.model.prototype as object) && !anyAbove(meta, above => above.computed.has(name))
}
