import { EMPTY_SELECT, NULL } from '../ast/build.js'
import type { DeleteNode, ExprNode, RootNode, UpdateNode } from '../ast/nodes.js'
import { wrap } from '../expression/expression.js'
import type { Predicate } from '../expression/types.js'
import { type Executor, runNode } from '../query/executor.js'
import { decodeCell } from '../query/readers.js'
import { Dependents, KnownRows } from './dependents.js'
import type { Metadata, ModelConstructor, ModelField, Relation } from './metadata.js'
import { keyCondition, keyParam, setBackWhenUndone } from './persist.js'

/** Deletes instances, and what depends on them. */

/** Rows of a model that depend on an instance. */
export interface Dependency {
  readonly model: ModelConstructor
  /** The foreign key that leads to the instance, or to rows that depend on it in turn. */
  readonly field: ModelField
  /** Which rows these are. */
  readonly where: Predicate
}

/** Which rows `dependencies` gives. */
export interface DependencyOptions {
  /** Whether foreign keys that can be null count; true unless given. */
  readonly searchNullable?: boolean
  /** Leaves out what depends on the rows of such foreign keys. */
  readonly excludeNullChildren?: boolean
}

/** What `deleteInstance` takes. */
export interface DeleteOptions {
  /** Deletes what depends on the row first, in one transaction; foreign keys that can be null are made null instead. */
  readonly recursive?: boolean
  /** Deletes the rows of such foreign keys, too. */
  readonly deleteNullable?: boolean
}

/** The rows that depend on an instance, those that nothing depends on first. */
export function dependenciesOf(instance: object, meta: Metadata, options: DependencyOptions = {}): Dependency[] {
  const { searchNullable = true, excludeNullChildren = false } = options
  const counts = (relation: Relation) => searchNullable || !isNullable(relation)
  const follows = (relation: Relation) => (searchNullable && !excludeNullChildren) || !isNullable(relation)
  const dependents = new Dependents(instance, meta, { counts, follows })
  return dependents.relations.map(relation => ({
    model: relation.from.model,
    field: relation.field,
    where: wrap<Predicate>(dependents.condition(relation))
  }))
}

/** Deletes the row of an instance; gives 1, or 0 where it was gone already. */
export async function deleteInstance(instance: object, meta: Metadata, options: DeleteOptions = {}): Promise<number> {
  const where = keyCondition(instance, meta)
  const executor = meta.requireDatabase()
  setBackWhenUndone(instance, meta)
  if (!options.recursive) return (await runNode(executor, deleteNode(meta, where))).count
  return executor.atomically(() => deleteAll(executor, instance, meta, options.deleteNullable ?? false))
}

async function deleteAll(executor: Executor, instance: object, meta: Metadata, deleteNullable: boolean): Promise<number> {
  const follows = (relation: Relation) => deleteNullable || !isNullable(relation)
  const dependents = new Dependents(instance, meta, { counts: () => true, follows })
  const circles = await readCircles(executor, dependents, instance)
  const { relations } = dependents
  const kept = relations.filter(relation => !follows(relation)).map(relation => setNull(relation, dependents.condition(relation)))
  const opened = [...circles.values()].flatMap(rows => openedCircle(rows, relations, circles))
  const gone = relations
    .filter(relation => follows(relation) && !circles.has(relation.from))
    .map(relation => deleteNode(relation.from, dependents.condition(relation)))
  const inCircles = relations
    .flatMap(({ from }) => (from === meta ? [] : (circles.get(from) ?? [])))
    .filter((rows, i, all) => rows.size > 0 && all.indexOf(rows) === i)
    .map(rows => deleteNode(rows.meta, rows.where ?? dependents.where(rows.meta)))
  const own = deleteNode(meta, circles.get(meta)?.where ?? keyCondition(instance, meta))
  // Sent together, and run one after the other: the transaction has one connection.
  const results = await Promise.all([...kept, ...opened, ...gone, ...inCircles, own].map(node => runNode(executor, node)))
  return Math.min(1, results[results.length - 1].count)
}

/** Reads the rows of models in a circle of references, until no more are found. */
async function readCircles(executor: Executor, dependents: Dependents, instance: object): Promise<Map<Metadata, KnownRows>> {
  const circles = new Map(dependents.circular.map(meta => [meta, new KnownRows(meta)]))
  for (const rows of circles.values()) dependents.setKnown(rows)
  const root = circles.get(dependents.root)
  const own = root ? [root.columns.map(({ property }) => keyParam(instance, root.meta, root.meta.field(property)).value)] : []
  if (root) root.rows = own
  for (let grows = circles.size > 0; grows; ) {
    grows = false
    for (const rows of circles.values()) {
      const before = rows.size
      const found = await selectRows(executor, rows, dependents.where(rows.meta))
      rows.rows = rows === root ? [...own, ...found] : found
      grows ||= rows.size > before
    }
  }
  return circles
}

async function selectRows(executor: Executor, { meta, columns }: KnownRows, where: ExprNode): Promise<unknown[][]> {
  const select = { ...EMPTY_SELECT, columns: columns.map(({ column }) => column), from: [meta.table], where }
  const { rows } = await runNode(executor, select)
  return rows.map(cells => cells.map((cell, i) => decodeCell(cell, columns[i].column)))
}

/** Takes the references from one table to another in a circle away, where they can be null: else none could be deleted first. */
function openedCircle(rows: KnownRows, relations: readonly Relation[], circles: ReadonlyMap<Metadata, KnownRows>): RootNode[] {
  const { where, meta, size } = rows
  if (!where || size === 0) return []
  return relations
    .filter(relation => relation.from === meta && relation.to !== meta && circles.has(relation.to) && isNullable(relation))
    .map(relation => setNull(relation, where))
}

function isNullable({ field }: Relation): boolean {
  return field.field.options.null === true
}

function deleteNode(meta: Metadata, where: ExprNode): DeleteNode {
  return { kind: 'delete', table: meta.table, where, returning: [] }
}

function setNull({ from, field }: Relation, where: ExprNode): UpdateNode {
  return { kind: 'update', table: from.table, set: [{ column: field.columnName, value: NULL }], from: [], where, returning: [] }
}
