import { misuse } from '../errors.js'
import {
  findMetadata,
  isReference,
  type ManyToManyRelation,
  type Metadata,
  type ModelField,
  type ReferenceField,
  referredProperty
} from '../model/metadata.js'
import { didYouMean } from '../util/names.js'

/** Relations as ways from the rows of one model to those of another, whatever makes them: what loads rows goes along these. */

/** A relation of a model. */
export interface Link {
  /** The property it has: `tweets`, `user`. */
  readonly name: string
  readonly from: Metadata
  readonly to: Metadata
  /** Whether a row here has any number of rows there, or one at most. */
  readonly many: boolean
  /** The fields whose values are equal in rows that belong together, here and there; with `through`, those it refers to. */
  readonly key: ModelField
  readonly otherKey: ModelField
  /** The foreign key there that leads back to a row here, where the relation is the other side of one. */
  readonly inverse?: ModelField
  /** The model whose rows say what belongs together, where neither side has a foreign key. */
  readonly through?: Through
}

/** A model between two others. */
export interface Through {
  readonly model: Metadata
  /** Its foreign key to the model that the relation starts from. */
  readonly own: ModelField
  /** Its foreign key to the model that the relation leads to. */
  readonly other: ModelField
}

/** The relations of a model: its foreign keys, the backrefs of others', and those that lead through a third model. */
export function linksOf(meta: Metadata): Link[] {
  return [...forwardLinks(meta), ...backwardLinks(meta), ...[...meta.manyToMany.values()].map(throughLink)]
}

/** The relation of a model that has a name. Throws a `TypeError` for none. */
export function linkNamed(meta: Metadata, name: string, where: string): Link {
  const links = linksOf(meta)
  const found = links.find(link => link.name === name)
  if (found) return found
  const names = links.map(link => link.name)
  const known = names.length === 0 ? '; it has none' : didYouMean(name, names) || `; it has ${names.join(', ')}`
  throw misuse('UNKNOWN_PROPERTY', `${where}: ${meta.name} has no relation "${name}"${known}`)
}

function forwardLinks(from: Metadata): Link[] {
  return from.fields.filter(isReference).flatMap(key => {
    const to = findMetadata(key.field.target() as object)
    return to ? [{ name: key.property, from, to, many: false, key, otherKey: referred(key, to) }] : []
  })
}

function backwardLinks(from: Metadata): Link[] {
  return from.backrefs.flatMap(({ backref: name, field, from: to }) => {
    if (name === undefined) return []
    return [{ name, from, to, many: true, key: referred(field, from), otherKey: field, inverse: field }]
  })
}

function throughLink({ property: name, from, to, through: model, near, far }: ManyToManyRelation): Link {
  const through = { model, own: near, other: far }
  return { name, from, to, many: true, key: referred(near, from), otherKey: referred(far, to), through }
}

/** The field that a foreign key refers to. */
function referred(item: ReferenceField, target: Metadata): ModelField {
  return target.field(referredProperty(item))
}
