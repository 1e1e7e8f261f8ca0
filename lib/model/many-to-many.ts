import { declaredManyToMany, type ManyToManyDeclaration } from '../../fields/many-to-many.js'
import { ModelDefinitionError, misuse } from '../errors.js'
import { didYouMean } from '../util/names.js'
import {
  anyAbove,
  definedModel,
  isReference,
  type ManyToManyRelation,
  Metadata,
  metadata,
  type ReferenceField
} from './metadata.js'
import { relatedRows } from './related-rows.js'
import { type Define, findThrough, makeThrough, modelOf, propertyFor, type Through } from './through.js'

/** Many-to-many relations: what they lead through, and where they are found. */

/** A relation as the model sees it that declares it. */
class DeclaredRelation implements ManyToManyRelation {
  readonly from: Metadata
  readonly property: string
  readonly reversed = false
  readonly #declaration: ManyToManyDeclaration
  readonly #define: Define
  #through: Through | undefined

  constructor(from: Metadata, property: string, declaration: ManyToManyDeclaration, define: Define) {
    this.from = from
    this.property = property
    this.#declaration = declaration
    this.#define = define
  }

  get to(): Metadata {
    return modelOf(this.#declaration.target(), `${this.name} leads to`)
  }

  get through(): Metadata {
    return this.#resolved.meta
  }

  get near(): ReferenceField {
    return this.#resolved.near
  }

  get far(): ReferenceField {
    return this.#resolved.far
  }

  get implicit(): boolean {
    return this.#declaration.options.through === undefined
  }

  /** For messages: `Student.courses`. */
  get name(): string {
    return `${this.from.name}.${this.property}`
  }

  /** The property of the other model under which it is found there, if it is. */
  get backref(): string | undefined {
    const { backref } = this.#declaration.options
    return typeof backref === 'function' ? backref(this.from.model) : backref
  }

  /** Whether the other model is defined. */
  get isDefined(): boolean {
    return definedModel(() => this.#declaration.target()) !== undefined
  }

  /** Whether the through model is, too, with all that it refers to. */
  get isReady(): boolean {
    const { through } = this.#declaration.options
    if (!this.isDefined || !through) return this.isDefined
    const meta = definedModel(through)
    return meta !== undefined && meta.fields.filter(isReference).length === meta.definedRefs.length
  }

  get #resolved(): Through {
    const { options } = this.#declaration
    this.#through ??= this.implicit ? makeThrough(this, options, this.#define) : findThrough(this, options)
    return this.#through
  }
}

/** The same relation from the other side. */
class ReversedRelation implements ManyToManyRelation {
  readonly property: string
  readonly reversed = true
  readonly #relation: ManyToManyRelation

  constructor(relation: ManyToManyRelation, property: string) {
    this.#relation = relation
    this.property = property
  }

  get from(): Metadata {
    return this.#relation.to
  }

  get to(): Metadata {
    return this.#relation.from
  }

  get through(): Metadata {
    return this.#relation.through
  }

  get near(): ReferenceField {
    return this.#relation.far
  }

  get far(): ReferenceField {
    return this.#relation.near
  }

  get implicit(): boolean {
    return this.#relation.implicit
  }
}

// ── installation ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Relations whose other model is not defined yet. */
const oneSided = new Set<DeclaredRelation>()
/** Relations whose through model is not. */
const unchecked = new Set<DeclaredRelation>()

/**
 * Puts the many-to-many relations of a new model on it, given the classes it extends, itself last; and those of others that
 * waited for it on both of their models.
 */
export function installManyToMany(meta: Metadata, classes: readonly object[], define: Define): void {
  const declarations = new Map(classes.flatMap(owner => [...declaredManyToMany(owner)]))
  for (const [property, declaration] of declarations) {
    const relation = new DeclaredRelation(meta, property, declaration, define)
    checkName(relation, `${relation.name}: "${property}"`)
    install(relation)
    oneSided.add(relation)
    unchecked.add(relation)
  }
  installReady()
  // Files that import each other define the last class after its decorator ran.
  if (unchecked.size > 0) queueMicrotask(installReady)
}

function installReady(): void {
  for (const relation of oneSided) {
    if (!relation.isDefined) continue
    oneSided.delete(relation)
    installBackref(relation)
  }
  for (const relation of unchecked) {
    if (!relation.isReady) continue
    unchecked.delete(relation)
    checkTable(relation, relation.through)
  }
}

/** Puts a relation on the other model, too. */
function installBackref(relation: DeclaredRelation): void {
  const { backref } = relation
  if (backref === undefined) return
  const reversed = new ReversedRelation(relation, backref)
  checkName(reversed, `${relation.name}: the backref "${backref}"`)
  install(reversed)
}

/** Two relations that lead through the same pairs would each see those of the other. */
function checkTable(relation: DeclaredRelation, { name, tableName }: Metadata): void {
  if (!relation.implicit) return
  const same = [...relation.from.manyToMany.values()].find(
    other =>
      other !== relation &&
      other.implicit &&
      other instanceof DeclaredRelation &&
      !unchecked.has(other) &&
      other.through.tableName === tableName
  )
  if (!same) return
  throw new ModelDefinitionError(
    `${relation.name} leads through ${name} with the table "${tableName}", as ${same.from.name}.${same.property} does; give { tableName }`
  )
}

function checkName({ from, property }: ManyToManyRelation, what: string): void {
  const inherited = anyAbove(from, above => above.manyToMany.has(property))
  if (!from.findField(property) && !from.manyToMany.has(property) && (inherited || !(property in from.model.prototype))) return
  throw new ModelDefinitionError(`${what} is a property of ${from.name} already; give another name`)
}

function install(relation: ManyToManyRelation): void {
  const { from, property } = relation
  Metadata.relateMany(relation)
  Object.defineProperty(from.model.prototype, property, {
    configurable: true,
    get(this: object) {
      return relatedRows(relation, this)
    },
    set() {
      throw misuse(
        'BAD_ARGUMENT',
        `${from.name}.${property} is no column, and not assigned: await ${propertyFor(from)}.${property}.set([…])`
      )
    }
  })
}

// ── through models, to programs ────────────────────────────────────────────────────────────────────────────────────

/** The many-to-many relation of a model under a property. Throws a `TypeError` for none. */
export function manyToManyOf(meta: Metadata, property: string): ManyToManyRelation {
  const found = meta.manyToMany.get(property)
  if (found) return found
  const near = didYouMean(property, [...meta.manyToMany.keys()])
  throw misuse('UNKNOWN_PROPERTY', `${meta.name} has no many-to-many relation "${property}"${near}`)
}

/** The models, with the through models of the relations between them that are declared nowhere. */
export function withThroughModels(models: readonly object[]): object[] {
  installReady()
  const metas = new Set(models.map(metadata))
  const relations = [...metas].flatMap(meta => [...meta.manyToMany.values()])
  const between = relations.filter(relation => relation.implicit && !isPending(relation) && metas.has(relation.to))
  return Array.from(new Set([...metas, ...between.map(({ through }) => through)]), ({ model }) => model)
}

function isPending(relation: ManyToManyRelation): boolean {
  return relation instanceof DeclaredRelation && unchecked.has(relation)
}
