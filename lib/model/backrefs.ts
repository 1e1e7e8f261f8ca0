import { DeferredForeignKeyType } from '../../fields/foreign-key.js'
import type { ExprNode } from '../ast/nodes.js'
import { ModelDefinitionError, misuse } from '../errors.js'
import { equality } from '../expression/operands.js'
import { columnNamed } from '../expression/source.js'
import { selectFrom } from '../query/select.js'
import {
  anyAbove,
  definedModel,
  isReference,
  Metadata,
  type ReferenceField,
  type Relation,
  referredProperty,
  relationOf
} from './metadata.js'
import { referenceKey } from './relations.js'
import { RelationRows } from './strict-loading.js'

/** A foreign key whose target is not defined yet. */
interface Pending {
  readonly meta: Metadata
  readonly item: ReferenceField
}

const pending = new Set<Pending>()

/**
 * Tells the models that a new model refers to of its foreign keys, and puts `user.tweets` on them; and the new model itself
 * of those that waited for it.
 */
export function installBackrefs(meta: Metadata): void {
  for (const item of meta.fields.filter(isReference)) pending.add({ meta, item })
  installReady()
  // Files that import each other define the last class after its decorator ran.
  if (pending.size > 0) queueMicrotask(installReady)
}

function installReady(): void {
  for (const waiting of pending) {
    const target = targetOf(waiting.item)
    if (!target) continue
    pending.delete(waiting)
    install(relationOf(waiting.meta, waiting.item, target))
  }
}

function targetOf({ field }: ReferenceField): Metadata | undefined {
  if (field instanceof DeferredForeignKeyType && !field.isResolved) return undefined
  return definedModel(() => field.target())
}

function install(relation: Relation): void {
  const { from, field, to, backref } = relation
  if (backref === undefined) return Metadata.relate(relation)
  const where = `${from.name}.${field.property}: the backref "${backref}"`
  const other = to.backrefs.find(known => known.backref === backref)
  if (other)
    throw new ModelDefinitionError(
      `${where} of ${to.name} is that of ${other.from.name}.${other.field.property} already; give another name, or, where both inherit the foreign key, a function of the model: { backref: model => … }`
    )
  if (to.findField(backref) || (backref in to.model.prototype && !isInherited(to, backref)))
    throw new ModelDefinitionError(`${where} is a property of ${to.name} already; give another name`)
  Metadata.relate(relation)
  Object.defineProperty(to.model.prototype, backref, {
    configurable: true,
    get(this: object) {
      return rowsReferringTo(this, relation)
    },
    set() {
      const remedy = `give each ${from.name} its ${field.property}`
      throw misuse('BAD_ARGUMENT', `${to.name}.${backref} is no column, and not assigned: ${remedy}`)
    }
  })
}

/** The rows that refer to an instance: a live select. */
function rowsReferringTo(instance: object, relation: Relation): RelationRows<unknown> {
  const { from, to, backref } = relation
  const state = selectFrom(() => from.requireDatabase(), from.source, [])
  const bound = refersTo(instance, relation)
  return new RelationRows({ ...state, bound, node: { ...state.node, where: bound } }, `${to.name}.${backref}`)
}

/** The condition that rows refer to an instance. Throws a `TypeError` for one without key. */
function refersTo(instance: object, { from, field, to, backref }: Relation): ExprNode {
  const key = referenceKey(instance, field.field)
  if (key === undefined || key === null) {
    const missing = referredProperty(field)
    throw misuse('UNDEFINED_VALUE', `${to.name}.${backref}: this ${to.name} has no ${missing} yet; save it first`)
  }
  return equality(columnNamed(from.source, field.property).column, key, false)
}

/** Whether a property is a backref of a model that this one extends: then it may have one of its own. */
function isInherited(meta: Metadata, name: string): boolean {
  return anyAbove(meta, above => above.backrefs.some(({ backref }) => backref === name))
}
