import { binary, conjunction, EMPTY_SELECT, isIn, param } from '../ast/build.js'
import type { ColumnNode, ExprNode, ParamNode, QueryNode, SelectNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { isSubselect, membership } from '../expression/operands.js'
import { columnNamed, findSource, sourceOf } from '../expression/source.js'
import { ComposableQuery } from '../query/compound.js'
import { runNode } from '../query/executor.js'
import { withCtes } from '../query/outputs.js'
import { decodeCell } from '../query/readers.js'
import { describeType } from '../util/describe.js'
import { didYouMean } from '../util/names.js'
import { insertFromOf, insertManyOf } from './inserts.js'
import { type ManyToManyRelation, referredProperty } from './metadata.js'

/** The rows of a through model that belong to one instance of a many-to-many relation. */
export class Pairs {
  /** For messages: `Student.courses`. */
  readonly label: string
  readonly #relation: ManyToManyRelation
  /** The value by which pairs refer to the instance. */
  readonly #owner: unknown
  readonly #near: ColumnNode
  readonly #far: ColumnNode

  constructor(relation: ManyToManyRelation, owner: unknown) {
    const { from, property, through, near, far } = relation
    this.label = `${from.name}.${property}`
    this.#relation = relation
    this.#owner = owner
    this.#near = columnNamed(through.source, near.property).column
    this.#far = columnNamed(through.source, far.property).column
  }

  /** Adds pairs; gives how many were not there yet. */
  async add(given: unknown, options: object): Promise<number> {
    const where = `${this.label}.add`
    if (!clearsExisting(options, where))
      return isQuery(given) ? this.#addFrom(given, where) : this.#adding(this.#keys(given, where))()
    return this.#executor.atomically(async () => {
      // Read first: the query may be one of the pairs that go.
      const add = this.#adding(await this.#read(given, where))
      const [, added] = await Promise.all([this.clear(), add()])
      return added
    })
  }

  /** Deletes pairs; gives how many. */
  async remove(given: unknown): Promise<number> {
    const where = `${this.label}.remove`
    if (isQuery(given)) return this.#delete(isIn(this.#far, this.#keysOf(given, where), false))
    const keys = this.#keys(given, where)
    return keys.length === 0 ? 0 : this.#delete(this.#among(keys))
  }

  /** Deletes all pairs; gives how many. */
  async clear(): Promise<number> {
    return this.#delete()
  }

  /** Deletes the pairs that are not meant, and adds those that are missing. */
  set(given: unknown): Promise<{ added: number; removed: number }> {
    return this.#executor.atomically(async () => {
      const keys = await this.#read(given, `${this.label}.set`)
      const add = this.#adding(keys)
      // Sent together, and run one after the other: the transaction has one connection.
      const [removed, added] = await Promise.all([this.#delete(this.#among(keys, true)), add()])
      return { added, removed }
    })
  }

  get #executor() {
    return this.#relation.through.requireDatabase()
  }

  // ── which rows are meant ─────────────────────────────────────────────────────────────────────────────────────────

  /** The keys of rows that are given as instances, references or keys; each once. */
  #keys(given: unknown, where: string): unknown[] {
    const { type } = this.#far
    const texts = listOf(given).map((item, i, items) => {
      const place = items.length > 1 ? `${where}, item ${i}` : where
      if (item !== null) return param(item, type, place).text as string
      throw misuse('WRONG_TYPE', `${place}: expected a ${this.#relation.to.name} or its key, got null`)
    })
    return Array.from(new Set(texts), text => type.decode(text))
  }

  /** The same, of a query too, which is run. */
  async #read(given: unknown, where: string): Promise<unknown[]> {
    if (!isQuery(given)) return this.#keys(given, where)
    const { rows } = await runNode(this.#executor, this.#keysOf(given, where))
    const keys = rows.map(([cell]) => decodeCell(cell, this.#far))
    return this.#keys(
      keys.filter(key => key !== null),
      where
    )
  }

  /** A query as one of what pairs keep of its rows. */
  #keysOf(query: Subquery, where: string): QueryNode {
    const { to, far } = this.#relation
    const items = query instanceof ComposableQuery ? query.state.items : []
    const [item] = items
    if (items.length > 1)
      throw misuse('BAD_QUERY', `${where}: expected a query of ${to.name} or of one column, got one of ${items.length}`)
    if (item?.kind !== 'model') return query.toSelectNode()
    if (item.source.table !== to.table)
      throw misuse('WRONG_TYPE', `${where}: expected a query of ${to.name}, got one of ${item.source.name}`)
    const property = referredProperty(far)
    if (to.primaryKey.length === 1 && to.primaryKey[0].property === property) return query.toSelectNode()
    const rows = sourceOf((query as Query).alias('rows'), where)
    const { column } = columnNamed(rows, property)
    return withCtes({ ...EMPTY_SELECT, columns: [column], from: [rows.node] }, rows.ctes)
  }

  // ── what is written ──────────────────────────────────────────────────────────────────────────────────────────────

  /** What inserts the pairs that are missing. Throws at once where the through model refuses them: nothing is deleted then. */
  #adding(keys: readonly unknown[]): () => Promise<number> {
    if (keys.length === 0) return async () => 0
    const { through, near, far } = this.#relation
    const rows = (of: readonly unknown[]) => of.map(key => ({ [near.property]: this.#owner, [far.property]: key }))
    const insert = (of: readonly unknown[]) => insertManyOf<object, number>(through, rows(of), undefined, 'insertMany')
    const all = insert(keys).asRowCount()
    if (isUnique(this.#relation)) return () => all.onConflictIgnore(...this.#names).execute() as Promise<number>
    return () =>
      this.#executor.atomically(async () => {
        const there = new Set(await this.#there(keys))
        const missing = keys.filter(key => !there.has(String(key)))
        return missing.length === 0 ? 0 : insert(missing).asRowCount().execute()
      })
  }

  /** One INSERT of what a query gives, where the through model asks for nothing that each row must be given by itself. */
  async #addFrom(query: Subquery, where: string): Promise<number> {
    const { through, near, far } = this.#relation
    const keys = this.#keysOf(query, where)
    if (keys.kind !== 'select' || !isUnique(this.#relation) || !isBare(this.#relation))
      return this.#adding(await this.#read(query, where))()
    const node: SelectNode = { ...keys, columns: [this.#ownerParam, ...keys.columns] }
    const insert = insertFromOf<object, number>(through, { toSelectNode: () => node }, [near.property, far.property])
    return insert
      .onConflictIgnore(...this.#names)
      .asRowCount()
      .execute()
  }

  get #names(): never[] {
    return [this.#relation.near.property, this.#relation.far.property] as never[]
  }

  /** Those of the keys that are paired already, as text. */
  async #there(keys: readonly unknown[]): Promise<string[]> {
    const { table } = this.#relation.through
    const node = { ...EMPTY_SELECT, columns: [this.#far], from: [table], where: this.#which(this.#among(keys)) }
    const { rows } = await runNode(this.#executor, node)
    return rows.map(([cell]) => String(decodeCell(cell, this.#far)))
  }

  async #delete(more?: ExprNode): Promise<number> {
    const { table } = this.#relation.through
    return (await runNode(this.#executor, { kind: 'delete', table, where: this.#which(more), returning: [] })).count
  }

  #which(more: ExprNode | undefined): ExprNode {
    return conjunction([binary('eq', this.#near, this.#ownerParam, TYPES.bool), more]) as ExprNode
  }

  #among(keys: readonly unknown[], negated = false): ExprNode {
    return membership(this.#far, keys, negated)
  }

  get #ownerParam(): ParamNode {
    return param(this.#owner, this.#near.type, this.label)
  }
}

type Query = ComposableQuery<unknown, unknown, readonly unknown[], unknown>
type Subquery = { toSelectNode(): QueryNode }

function isQuery(given: unknown): given is Subquery {
  return typeof given === 'object' && given !== null && isSubselect(given)
}

/** What was given as a list: an instance, a reference and a key stand for themselves. */
function listOf(given: unknown): unknown[] {
  const isList = typeof given === 'object' && given !== null && Symbol.iterator in given && !findSource(given.constructor)
  return isList ? [...(given as Iterable<unknown>)] : [given]
}

function clearsExisting(options: object, where: string): boolean {
  if (typeof options !== 'object' || options === null)
    throw misuse('WRONG_TYPE', `${where}: expected options, got ${describeType(options)}`)
  const unknown = Object.keys(options).find(name => name !== 'clearExisting')
  if (unknown === undefined) return (options as { clearExisting?: boolean }).clearExisting === true
  throw misuse('UNKNOWN_OPTION', `${where} has no option "${unknown}"${didYouMean(unknown, ['clearExisting'])}`)
}

/** Whether the through model says that no pair is there twice. */
function isUnique({ through, near, far }: ManyToManyRelation): boolean {
  const isPair = (names: readonly unknown[]) =>
    names.length === 2 && names.includes(near.property) && names.includes(far.property)
  const { primaryKey, indexes } = through
  const unique = indexes.filter(index => index.unique && !index.where).map(({ fields }) => fields)
  return isPair(primaryKey.map(({ property }) => property)) || unique.some(fields => Array.isArray(fields) && isPair(fields))
}

/** Whether the two foreign keys are all that a program gives a pair. */
function isBare({ through, near, far }: ManyToManyRelation): boolean {
  return through.fields.every(item => item === near || item === far || item.field.madeBy !== 'program')
}
