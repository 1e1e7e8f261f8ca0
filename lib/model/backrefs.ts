import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { ModelDefinitionError } from '../errors.js'
import { findMetadata, type Metadata, type ModelField } from './metadata.js'
import { rowsWhere } from './relations.js'

/** A foreign key whose backref waits for its target to be defined. */
interface Pending {
  readonly meta: Metadata
  readonly item: ModelField
  readonly field: ForeignKeyFieldType
}

const pending = new Set<Pending>()

/** Puts `user.tweets` on the models that a new model refers to, and on itself for models that waited for it. */
export function installBackrefs(meta: Metadata): void {
  for (const item of meta.fields) {
    if (item.field instanceof ForeignKeyFieldType && item.field.options.backref !== undefined)
      pending.add({ meta, item, field: item.field })
  }
  installReady()
  // Files that import each other define the last class after its decorator ran.
  if (pending.size > 0) queueMicrotask(installReady)
}

function installReady(): void {
  for (const waiting of pending) {
    const target = targetOf(waiting.field)
    if (!target) continue
    pending.delete(waiting)
    install(waiting, target)
  }
}

function targetOf(field: ForeignKeyFieldType): Metadata | undefined {
  try {
    const target = field.target()
    return typeof target === 'function' ? findMetadata(target) : undefined
  } catch (error) {
    // A class that is not defined yet: its turn comes with its own decorator.
    if (error instanceof ReferenceError) return undefined
    throw error
  }
}

function install({ meta, item, field }: Pending, target: Metadata): void {
  const name = field.options.backref as string
  if (target.findField(name) || name in target.model.prototype) {
    throw new ModelDefinitionError(
      `${meta.name}.${item.property}: the backref "${name}" is a property of ${target.name} already; give another name`
    )
  }
  target.backrefs.add(name)
  Object.defineProperty(target.model.prototype, name, {
    configurable: true,
    get(this: Record<string, unknown>) {
      return rowsWhere(meta, item.property, this)
    }
  })
}
