import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { RelationNotLoaded } from '../errors.js'
import { findSource, type RowOrigin, unwrapInstance } from '../expression/source.js'
import type { LazyRef, NotAColumn, Ref as RefType } from '../expression/types.js'
import type { Select } from '../query/select.js'
import { loadReferenced } from './loader.js'
import { isReference, type Metadata, metadata, type ReferenceField } from './metadata.js'
import { refuseWhereStrict } from './strict-loading.js'

/** A foreign key's value before it is loaded: awaited, it loads the row once and puts it in its own place. */
export class LazyReference<M extends object> implements LazyRef<M> {
  /** @internal tells a reference from any other promise, by type */
  declare readonly $ref: (model: M) => M
  /** The key of the row referred to. */
  readonly key: unknown
  readonly #owner: Record<string, unknown>
  readonly #item: ReferenceField
  readonly #origin: RowOrigin | undefined
  #loading: Promise<M> | undefined

  /** Without an origin the key was given by the program, and the reference is loaded alone. */
  constructor(key: unknown, owner: object, item: ReferenceField, origin?: RowOrigin) {
    this.key = key
    this.#owner = owner as Record<string, unknown>
    this.#item = item
    this.#origin = origin
  }

  /** @internal The foreign key that this is a reference of. */
  get field(): ForeignKeyFieldType {
    return this.#item.field
  }

  then<A = M, B = never>(
    resolve?: ((model: M) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading.then(resolve, reject)
  }

  /** In JSON a reference is its key, as in that of an instance. */
  toJSON(): unknown {
    return typeof this.key === 'bigint' ? String(this.key) : this.key
  }

  async #load(): Promise<M> {
    const { field, property, keyProperty = 'its key' } = this.#item
    if (field.options.lazyLoad === false) throw notLoaded(this.#owner, property)
    const target = metadata(field.target() as object)
    refuseWhereStrict(target, `${metadata(this.#owner).name}.${property}`, keyProperty, this.#origin)
    const related = (await loadReferenced(target, field.targetColumn().property, this.key, this.#origin)) as M
    if (this.#owner[property] === this) this.#owner[property] = related
    target.requireDatabase().whenUndone(() => this.#forget(related))
    return related
  }

  /** Forgets a row that was read in a transaction which was rolled back: another attempt must read it anew. */
  #forget(related: M): void {
    const { property } = this.#item
    this.#loading = undefined
    if (this.#owner[property] === related) this.#owner[property] = this
  }
}

function notLoaded(owner: object, property: string): RelationNotLoaded {
  const { name } = metadata(owner)
  return new RelationNotLoaded(
    `${name}.${property} is declared with { lazyLoad: false }: load it with the query, by a join or a prefetch, or use its key alone`
  )
}

/** Lets the references of instances be loaded together, as those of one result. */
export function shareOrigin(instances: readonly object[], meta: Metadata, text: string): void {
  const origin: RowOrigin = { text, asGiven: true }
  for (const item of meta.fields.filter(isReference)) {
    for (const instance of instances as readonly Record<string, unknown>[]) {
      const value = instance[item.property]
      if (value instanceof LazyReference) instance[item.property] = new LazyReference(value.key, instance, item, origin)
    }
  }
}

/** The value a foreign key's property takes for what a program gave: an instance, a reference, null, or a key. */
export function referenceValue(given: unknown, owner: object, item: ReferenceField): unknown {
  if (given === null || given === undefined || given instanceof LazyReference) return given
  if (typeof given === 'object' && findSource(given.constructor)) return given
  return new LazyReference(given, owner, item)
}

/** The key behind a foreign key's property; `undefined` where it is not set or not saved yet. */
export function referenceKey(value: unknown, field: ForeignKeyFieldType): unknown {
  if (value === null || value === undefined) return value
  if (value instanceof LazyReference) return value.key
  const { property } = field.targetColumn()
  const key = unwrapInstance(value, property)
  // What is referred to may be a reference in its turn.
  const target = metadata(field.target() as object).field(property).field
  return target instanceof ForeignKeyFieldType ? referenceKey(key, target) : key
}

/** The rows of another model that refer to an instance: a live select, to be filtered, ordered and awaited. */
export interface Backref<M> extends Select<M, readonly [M], M>, NotAColumn {}

/** A value of the same name, so that compilers which emit property types can refer to it, and importing it is always safe. */
export const Backref = Object

/** A foreign key's property: the related instance where it is loaded, else a reference to be awaited. */
export type Ref<M> = RefType<M>

/** A value of the same name; see {@link Backref}. */
export const Ref = Object
