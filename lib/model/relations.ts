import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { RelationNotLoaded } from '../errors.js'
import { findSource, sourceFields, unwrapInstance } from '../expression/source.js'
import type { Expr, LazyRef, NotAColumn, Ref as RefType } from '../expression/types.js'
import { Select, selectFrom } from '../query/select.js'
import { findByKey } from './key-lookup.js'
import { type Metadata, metadata } from './metadata.js'

/** What awaiting a reference needs to know. */
interface Origin {
  readonly owner: Record<string, unknown>
  readonly property: string
  readonly field: ForeignKeyFieldType
}

/** A foreign key's value before it is loaded: awaited, it loads the row once and puts it in its own place. */
export class LazyReference<M extends object> implements LazyRef<M> {
  /** @internal tells a reference from any other promise, by type */
  declare readonly $ref: (model: M) => M
  /** The key of the row referred to. */
  readonly key: unknown
  readonly #origin: Origin
  #loading: Promise<M> | undefined

  constructor(key: unknown, owner: object, property: string, field: ForeignKeyFieldType) {
    this.key = key
    this.#origin = { owner: owner as Record<string, unknown>, property, field }
  }

  then<A = M, B = never>(
    resolve?: ((model: M) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    this.#loading ??= this.#load()
    return this.#loading.then(resolve, reject)
  }

  async #load(): Promise<M> {
    const { owner, property, field } = this.#origin
    if (field.options.lazyLoad === false) throw notLoaded(owner, property)
    try {
      const target = metadata(field.target() as object)
      const to = field.options.field
      const related =
        to === undefined
          ? ((await findByKey(target, this.key)) as M)
          : await rowsWhere<M>(target, to, this.key).forUpdate(false).get()
      if (owner[property] === this) owner[property] = related
      target.requireDatabase().whenUndone(() => this.#forget(related))
      return related
    } catch (error) {
      this.#loading = undefined
      throw error
    }
  }

  /** Loads it anew when it is awaited again: what an undone transaction read may not be what the next attempt would. */
  #forget(related: M): void {
    const { owner, property } = this.#origin
    this.#loading = undefined
    if (owner[property] === related) owner[property] = this
  }
}

function notLoaded(owner: object, property: string): RelationNotLoaded {
  const { name } = metadata(owner)
  return new RelationNotLoaded(
    `${name}.${property} is declared with { lazyLoad: false }: load it with the query, by a join or a prefetch, or use its key alone`
  )
}

/** The rows of a model whose property has a value. */
export function rowsWhere<M>(meta: Metadata, property: string, value: unknown): Select<M, readonly [M], M> {
  const query: Select<M, readonly [M], M> = new Select(selectFrom(() => meta.requireDatabase(), meta.source, []))
  return query.where((sourceFields(meta.source) as Record<string, Expr<unknown>>)[property].eq(value as object))
}

/** The value a foreign key's property takes for what a program gave: an instance, a reference, null, or a key. */
export function referenceValue(given: unknown, owner: object, property: string, field: ForeignKeyFieldType): unknown {
  if (given === null || given === undefined || given instanceof LazyReference) return given
  if (typeof given === 'object' && findSource(given.constructor)) return given
  return new LazyReference(given, owner, property, field)
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
