import { conjunction } from '../ast/build.js'
import type { Assignment, ConflictNode, ExprNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { resolveExcluded } from '../expression/excluded.js'
import { nodeOf } from '../expression/operands.js'
import type { Source } from '../expression/source.js'
import type { AnyExpr, Changes, ColumnKey, Expr, Fields } from '../expression/types.js'
import { describeType } from '../util/describe.js'
import { assignmentsOf, columnOf } from './assignments.js'
import { conditionsOf } from './clauses.js'

/** A property's name, or its column. */
export type ColumnName<M> = ColumnKey<M> | AnyExpr

/** Which uniqueness is meant by a conflict. */
export interface ConflictTarget<M> {
  /** The properties, or columns, or expressions of a unique index. */
  readonly target?: ColumnName<M> | readonly ColumnName<M>[]
  /** The name of the unique constraint, instead of a target. */
  readonly constraint?: string
  /** The condition of the partial index that the target means. */
  readonly targetWhere?: Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>)
}

/** What to do with a row whose key exists already. */
export interface OnConflict<M> extends ConflictTarget<M> {
  /** Values to set on the row that is in the way; expressions may use its columns and `EXCLUDED`. */
  readonly update?: Changes<M>
  /** The properties to take over from the new row. */
  readonly preserve?: readonly ColumnName<M>[]
  /** Updates only where this holds. */
  readonly where?: Expr<boolean> | ((fields: Fields<M>) => Expr<boolean>)
}

const TARGET_OPTIONS = ['target', 'constraint', 'targetWhere']
const OPTIONS = [...TARGET_OPTIONS, 'update', 'preserve', 'where']

/** The clause of `onConflict`. */
export function conflictOf<M>(source: Source, options: OnConflict<M>): ConflictNode {
  checkOptions(options, OPTIONS, 'onConflict')
  const { update = {}, preserve = [], where } = options
  const target = targetOf(source, options, 'onConflict')
  if (target.target.length === 0 && target.constraint === undefined) {
    const example = source.primaryKey[0]?.property ?? '…'
    throw misuse('BAD_QUERY', `onConflict: say which uniqueness is meant: { target: ['${example}'] }`)
  }
  const preserved = preserve
    .map(key => columnOf(source, key).column)
    .map(({ name, type }) => ({ column: name, value: { kind: 'excluded', name, type } as const }))
  const set = [...preserved, ...assignmentsOf(source, update)].map(({ column, value }) => ({
    column,
    value: resolveExcluded(value, source)
  }))
  checkSet(set)
  return { kind: 'conflict', ...target, set, where: conditionOf(source, where, 'onConflict') }
}

/** The clause of `onConflictIgnore`: of properties, or of options. */
export function ignoreOf(source: Source, given: readonly unknown[]): ConflictNode {
  const [first] = given
  const isOptions = given.length === 1 && typeof first === 'object' && first !== null && nodeOf(first) === undefined
  const options = isOptions ? (first as ConflictTarget<unknown>) : { target: given as readonly ColumnName<unknown>[] }
  if (isOptions) checkOptions(options, TARGET_OPTIONS, 'onConflictIgnore')
  return { kind: 'conflict', ...targetOf(source, options, 'onConflictIgnore'), set: [] }
}

function checkOptions(options: unknown, known: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null)
    throw misuse('WRONG_TYPE', `${where}: expected options, got ${describeType(options)}`)
  const unknown = Object.keys(options).find(name => !known.includes(name))
  if (unknown !== undefined) throw misuse('UNKNOWN_OPTION', `${where} has no option "${unknown}"; it has ${known.join(', ')}`)
}

function checkSet(set: readonly Assignment[]): void {
  if (set.length === 0) throw misuse('BAD_QUERY', 'onConflict: nothing to update or preserve; use onConflictIgnore()')
  const twice = set.find(({ column }, i) => set.findIndex(other => other.column === column) !== i)
  if (twice) throw misuse('BAD_QUERY', `onConflict: "${twice.column}" is both preserved and updated; leave one out`)
}

function targetOf<M>(
  source: Source,
  { target, constraint, targetWhere }: ConflictTarget<M>,
  where: string
): Pick<ConflictNode, 'target' | 'constraint' | 'targetWhere'> {
  const given = target === undefined ? [] : Array.isArray(target) ? target : [target]
  if (given.length > 0 && constraint !== undefined)
    throw misuse('BAD_QUERY', `${where}: only one of target and constraint may be given`)
  if (targetWhere !== undefined && given.length === 0)
    throw misuse('BAD_QUERY', `${where}: targetWhere is the condition of a partial index; say its columns as target`)
  const items = given.map((item: unknown) => {
    const node = nodeOf(item)
    return node && node.kind !== 'column' ? node : columnOf(source, item).column.name
  })
  return { target: items, constraint, targetWhere: conditionOf(source, targetWhere, where) }
}

function conditionOf(source: Source, given: unknown, where: string): ExprNode | undefined {
  if (given === undefined) return undefined
  return conjunction(conditionsOf([given], [source], where).map(item => resolveExcluded(item, source)))
}
