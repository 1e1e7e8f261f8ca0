import type { ManyRows } from '../../fields/many-to-many.js'
import { binary, conjunction, param } from '../ast/build.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { columnNamed } from '../expression/source.js'
import type { Instance, KeyOf, Ref, Subselect } from '../expression/types.js'
import { joinedTo, relationCondition } from '../query/join.js'
import { type Select, type SelectState, selectFrom } from '../query/select.js'
import { type ManyToManyRelation, referredProperty } from './metadata.js'
import { Pairs } from './pairs.js'
import { referenceKey } from './relations.js'
import { RelationRows } from './strict-loading.js'

/** What stands for a row of a model: its instance, a reference to it, or its key. */
export type RowOrKey<M> = Ref<M> | Instance<M> | KeyOf<M>

/** What stands for rows of a model: one, several, or a query of them. */
export type RowsOrKeys<M> = RowOrKey<M> | Iterable<RowOrKey<M>> | Subselect<KeyOf<M> | null>

/** What `add` takes. */
export interface AddOptions {
  /** Takes all that were there away first: their pairs are then new ones. */
  readonly clearExisting?: boolean
}

/**
 * The rows of another model that belong to an instance: a live select, to be filtered, ordered and awaited, and the ways to
 * change which rows they are. Those change pairs, and neither the instance nor the rows; in a transaction they are part of it.
 */
export interface ManyToMany<M> extends Select<M, readonly [M], M>, ManyRows<M> {
  /**
   * Adds rows; gives how many of them were not there yet. Those that were stay as they are. The pairs get the defaults of
   * the through model; with other values, create its rows yourself.
   *
   * `await student.courses.add([algebra, 7])` → `INSERT INTO "student_course_through" … ON CONFLICT … DO NOTHING`
   */
  add(rows: RowsOrKeys<M>, options?: AddOptions): Promise<number>
  /** Takes rows away; gives how many pairs that were. `await student.courses.remove(algebra)` → `DELETE FROM "student_course_through" WHERE …` */
  remove(rows: RowsOrKeys<M>): Promise<number>
  /** Takes all rows away; gives how many pairs that were. */
  clear(): Promise<number>
  /** Makes these the rows: takes the others away and adds what is missing, all or nothing. Pairs that stay are not touched. */
  set(rows: RowsOrKeys<M>): Promise<{ added: number; removed: number }>
}

/** A value of the same name, so that compilers which emit property types can refer to it, and importing it is always safe. */
export const ManyToMany = Object

/** The live select of a relation for an instance. Throws a `TypeError` for one without key. */
export function relatedRows(relation: ManyToManyRelation, instance: object): object {
  const key = referenceKey(instance, relation.near.field)
  if (key !== undefined && key !== null) return new ManyToManyRows(stateOf(relation, key), new Pairs(relation, key))
  const { from, property } = relation
  throw misuse('UNDEFINED_VALUE', `Cannot get many-to-many "${property}" for unsaved ${from.name}: save it first`)
}

/**
 * `SELECT … FROM "course" AS "t1" INNER JOIN "student_course_through" AS "t2" ON "t1"."id" = "t2"."course_id" AND "t2"."student_id" = $1`
 *
 * The instance is meant by the join: conditions cannot be an alternative to it, and filters by name make joins of their own.
 */
function stateOf({ to, through, near, far }: ManyToManyRelation, key: unknown): SelectState {
  const state = selectFrom(() => to.requireDatabase(), to.source, [])
  const pairs = through.source
  const along = { source: pairs, from: referredProperty(far), to: far.property }
  const { column } = columnNamed(pairs, near.property)
  const owner = binary('eq', column, param(key, column.type, `${through.name}.${near.property}`), TYPES.bool)
  const on = conjunction([relationCondition(to.source, pairs, along), owner])
  const from = joinedTo(state.node.from, to.source.node, pairs.node, { type: 'INNER' }, on)
  return { ...state, node: { ...state.node, from } }
}

class ManyToManyRows<M> extends RelationRows<M> {
  readonly #pairs: Pairs
  /** Whether these are all the rows of the relation, and not the result of a further query. */
  readonly #whole: boolean

  constructor(state: SelectState, pairs: Pairs, whole = true) {
    super(state, whole ? pairs.label : undefined)
    this.#pairs = pairs
    this.#whole = whole
  }

  /** @internal */
  override remade<Q>(change: Partial<SelectState>): Q {
    return new ManyToManyRows({ ...this.state, ...change }, this.#pairs, false) as unknown as Q
  }

  async add(rows: unknown, options: AddOptions = {}): Promise<number> {
    return this.#writable('add').add(rows, options)
  }

  async remove(rows: unknown): Promise<number> {
    return this.#writable('remove').remove(rows)
  }

  async clear(): Promise<number> {
    return this.#writable('clear').clear()
  }

  async set(rows: unknown): Promise<{ added: number; removed: number }> {
    return this.#writable('set').set(rows)
  }

  #writable(method: string): Pairs {
    if (this.#whole) return this.#pairs
    const { label } = this.#pairs
    const instead = `call it on ${label} itself, as ${label}.remove(query) with the rows that are meant`
    throw misuse(
      'BAD_QUERY',
      `${label}.${method}: behind where() and its like this is a query and no longer the relation; ${instead}`
    )
  }
}
