import { binary, conjunction, EMPTY_SELECT, FALSE, isIn, list, param } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { membership } from '../expression/operands.js'
import type { SourceColumn } from '../expression/source.js'
import { sortedMetadata } from './graph.js'
import type { Metadata, Relation } from './metadata.js'
import { keyParam } from './persist.js'

/** Which foreign keys lead on to rows that depend on an instance. */
export interface Following {
  /** Whether a foreign key counts at all. */
  readonly counts: (relation: Relation) => boolean
  /** Whether what depends on its rows counts, too. */
  readonly follows: (relation: Relation) => boolean
}

/** The rows that depend on an instance, by foreign keys of any number of models. */
export class Dependents {
  readonly root: Metadata
  readonly #instance: object
  readonly #following: Following
  /** The models whose rows are followed. */
  readonly #followed: ReadonlySet<Metadata>
  /** Rows that were read, of models in a circle of references, in which conditions would have no end. */
  readonly #known = new Map<Metadata, KnownRows>()

  constructor(instance: object, root: Metadata, following: Following) {
    this.root = root
    this.#instance = instance
    this.#following = following
    this.#followed = this.#reachedFrom([root])
  }

  /** The foreign keys by which rows depend on the instance, those of models that others refer to last. */
  get relations(): readonly Relation[] {
    const relations = [...this.#followed].flatMap(({ backrefs }) => backrefs.filter(this.#following.counts))
    const models = new Set(relations.flatMap(({ from, to }) => [from, to]))
    const byName = [...models].sort((a, b) => (a.name < b.name ? -1 : 1))
    const sorted = sortedMetadata(byName.map(({ model }) => model)).reverse()
    return sorted.flatMap(meta => relations.filter(({ from }) => from === meta))
  }

  /** The models whose rows depend on rows of their own, over any number of others. */
  get circular(): readonly Metadata[] {
    return [...this.#followed].filter(meta => this.#reachedFrom(this.#next(meta)).has(meta))
  }

  #reachedFrom(metas: readonly Metadata[]): Set<Metadata> {
    const reached = new Set(metas)
    for (const meta of reached) for (const next of this.#next(meta)) reached.add(next)
    return reached
  }

  #next(meta: Metadata): Metadata[] {
    return meta.backrefs.filter(this.#following.follows).map(({ from }) => from)
  }

  /** Gives the rows of a model in a circle, as far as they were read. */
  setKnown(rows: KnownRows): void {
    this.#known.set(rows.meta, rows)
  }

  /** Which rows depend on the instance by a foreign key. No condition goes through a model twice. */
  condition(relation: Relation): ExprNode {
    return this.#condition(relation, []) ?? FALSE
  }

  #condition({ from, field, to }: Relation, path: readonly Metadata[]): ExprNode | undefined {
    const { column } = from.source.columns[from.fields.indexOf(field)]
    const target = field.field.targetColumn()
    const known = this.#known.get(to)
    if (known) return membership(column, known.valuesOf(target), false)
    if (to === this.root) return binary('eq', column, keyParam(this.#instance, to, to.field(target.property)), TYPES.bool)
    const where = this.#where(to, [...path, to])
    return where && isIn(column, { ...EMPTY_SELECT, columns: [target.column], from: [to.table], where }, false)
  }

  /** Which rows of a model depend on the instance. */
  where(meta: Metadata): ExprNode {
    return this.#where(meta, []) ?? FALSE
  }

  #where(meta: Metadata, path: readonly Metadata[]): ExprNode | undefined {
    const relations = [...this.#followed].flatMap(({ backrefs }) => backrefs.filter(({ from }) => from === meta))
    const followed = relations.filter(relation => this.#following.follows(relation) && !path.includes(relation.to))
    return conjunction(
      followed.map(relation => this.#condition(relation, path)),
      'or'
    )
  }
}

/** Rows of a model that were read: their keys, and what others refer to. */
export class KnownRows {
  readonly meta: Metadata
  readonly columns: readonly SourceColumn[]
  #rows: readonly (readonly unknown[])[] = []

  constructor(meta: Metadata) {
    this.meta = meta
    const referred = meta.backrefs.map(({ field }) => field.field.targetColumn())
    const columns = [...meta.source.primaryKey, ...referred]
    this.columns = columns.filter(({ property }, i) => columns.findIndex(other => other.property === property) === i)
  }

  get size(): number {
    return this.#rows.length
  }

  set rows(rows: readonly (readonly unknown[])[]) {
    this.#rows = rows
  }

  /** The values of a column. */
  valuesOf({ property }: SourceColumn): unknown[] {
    const at = this.columns.findIndex(column => column.property === property)
    return this.#rows.map(row => row[at])
  }

  /** These rows, by their keys; `undefined` for a model without. */
  get where(): ExprNode | undefined {
    const { primaryKey } = this.meta.source
    if (primaryKey.length === 0) return undefined
    if (primaryKey.length === 1) return membership(primaryKey[0].column, this.valuesOf(primaryKey[0]), false)
    const rows = this.#rows.map(row => list(primaryKey.map(({ column }, i) => param(row[i], column.type, column.property))))
    return isIn(list(primaryKey.map(({ column }) => column)), list(rows), false)
  }
}
