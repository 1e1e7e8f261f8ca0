import { conjunction, not, undefinedValue } from '../ast/build.js'
import type { ExprNode, JoinNode, SelectNode, SourceNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import type { Expression } from '../expression/expression.js'
import { movedSource, renamedSource, type Source, type SourceRelation, sourceFields } from '../expression/source.js'
import { describeType } from '../util/describe.js'
import { didYouMean } from '../util/names.js'
import { joinedTo, relationCondition } from './join.js'

/** Filters by name, in the manner of Django: `{ username__ilike: 'h%', tweets__content__contains: 'x' }`. */

type Tree =
  | { readonly kind: 'names'; readonly values: object }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterTree<unknown>[] }
  | { readonly kind: 'not'; readonly of: FilterTree<unknown> }

/** Filters by name with AND, OR and NOT between them; made by {@link DQ}. `F` are the filters in it. */
export class FilterTree<F> {
  /** @internal absent at run time */
  declare readonly $filters?: F
  /** @internal */
  readonly tree: Tree

  /** @internal use `DQ()` */
  constructor(tree: Tree) {
    this.tree = tree
  }

  /** Both. */
  and<G>(other: FilterTree<G>): FilterTree<F | G> {
    return new FilterTree({ kind: 'and', parts: [this, treeOf(other, 'and')] })
  }

  /** Either, or both. */
  or<G>(other: FilterTree<G>): FilterTree<F | G> {
    return new FilterTree({ kind: 'or', parts: [this, treeOf(other, 'or')] })
  }

  /** The contrary. */
  not(): FilterTree<F> {
    return new FilterTree({ kind: 'not', of: this })
  }
}

/** Filters by name that can be put together: `User.filter(DQ({ age: 13 }).or(DQ({ age: 7 })), { isAdmin: false })`. */
export function DQ<const F extends object>(filters: F): FilterTree<F> {
  return treeOf(filters, 'DQ') as FilterTree<F>
}

/** Whether a value is a filter: a tree, or an object of values by name. */
export function isFilter(value: unknown): value is object {
  return value instanceof FilterTree || (typeof value === 'object' && value !== null && isPlain(value))
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

function treeOf(value: unknown, where: string): FilterTree<unknown> {
  if (value instanceof FilterTree) return value
  if (isFilter(value)) return new FilterTree({ kind: 'names', values: value })
  throw misuse(
    value === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected an object of values by name, or DQ(…), got ${describeType(value)}`
  )
}

/** The select with filters on the model it starts from, and joined to whatever they name; what is joined already is used. */
export function filtered(node: SelectNode, root: Source, filters: readonly unknown[]): Pick<SelectNode, 'from' | 'where'> {
  const filter = new Filter(node, root)
  const conditions = filters.map(given => filter.condition(treeOf(given, `${root.name}.filter`)))
  return { from: filter.from, where: conjunction([node.where, ...conditions]) }
}

/** How each operator is written. */
const OPERATORS = {
  ...methods('eq', 'ne', 'in', 'notIn', 'contains', 'startsWith', 'endsWith'),
  ...methods('lt', 'lte', 'gt', 'gte', 'like', 'ilike', 'notLike', 'notIlike', 'regexp', 'iregexp'),
  is: (of: Expression, value: unknown) => of.eq(value),
  isNot: (of: Expression, value: unknown) => of.ne(value),
  isNull: (of: Expression, value: unknown) => {
    if (typeof value === 'boolean') return of.isNull(value)
    throw misuse('WRONG_TYPE', `isNull: expected true or false, got ${describeType(value)}`)
  },
  between: (of: Expression, value: unknown) => {
    if (Array.isArray(value) && value.length === 2) return of.between(value[0], value[1])
    throw misuse('WRONG_TYPE', `between: expected [low, high], got ${describeType(value)}`)
  }
}

function methods<K extends string>(...names: K[]): Record<K, (of: Expression, value: unknown) => Expression> {
  const call = (name: K) => (of: Expression, value: unknown) =>
    (of as unknown as Record<K, (value: unknown) => Expression>)[name](value)
  return Object.fromEntries(names.map(name => [name, call(name)])) as ReturnType<typeof methods<K>>
}

/** The names of operators behind `__`. */
export type FilterOperator = keyof typeof OPERATORS

/** The filters of one select, and the joins they need. */
class Filter {
  readonly #root: Source
  /** What the select reads from, with the joins so far. */
  from: SelectNode['from']

  constructor({ from }: SelectNode, root: Source) {
    this.#root = root
    this.from = from
  }

  condition({ tree }: FilterTree<unknown>): ExprNode | undefined {
    if (tree.kind === 'names') return conjunction(Object.entries(tree.values).map(([key, value]) => this.#comparison(key, value)))
    if (tree.kind === 'not') {
      const of = this.condition(tree.of)
      return of && not(of)
    }
    return conjunction(
      tree.parts.map(part => this.condition(part)),
      tree.kind
    )
  }

  #comparison(key: string, value: unknown): ExprNode {
    if (value === undefined) throw undefinedValue(`${this.#root.name}.filter: ${key}`)
    if (hasColumn(this.#root, key)) return compare(this.#root, key, 'eq', value)
    const names = key.split('__')
    let source = this.#root
    for (let i = 0; i < names.length; i++) {
      const rest = names.length - i
      const last = names[i + 1]
      if (rest === 1 && hasColumn(source, names[i])) return compare(source, names[i], 'eq', value)
      const relation = source.relations?.get(names[i])
      // What comes behind a reference may be a property of its model, or an operator on the reference itself.
      if (rest === 2 && isOperator(last) && hasColumn(source, names[i]) && !(relation && hasColumn(relation.source, last)))
        return compare(source, names[i], last, value)
      if (!relation || rest === 1) throw unknownName(source, key, names[i], last)
      source = this.#reach(source, relation, names.slice(0, i + 1).join('__'))
    }
    throw unknownName(source, key, '', undefined)
  }

  /** The related source among those of the query, joined unless it is there already. */
  #reach(start: Source, relation: SourceRelation, path: string): Source {
    const left = relation.via ? this.#reach(start, relation.via, `${path}_through`) : start
    const there = this.from.flatMap(joinsOf).find(join => isAlong(join, left, relation))
    if (there) return there.right === relation.source.node ? relation.source : movedSource(relation.source, there.right)
    const right = renamedSource(relation.source, this.#freeName(path))
    this.from = joinedTo(this.from, left.node, right.node, { type: 'INNER' }, relationCondition(left, right, relation))
    return right
  }

  #freeName(path: string): string {
    const used = new Set(this.from.flatMap(joinsOf).map(({ right }) => right.name))
    let name = path
    for (let i = 2; used.has(name); i++) name = `${path}_${i}`
    return name
  }
}

function compare(source: Source, property: string, operator: FilterOperator, value: unknown): ExprNode {
  const fields = sourceFields(source) as unknown as Record<string, Expression>
  return OPERATORS[operator](fields[property], value).node
}

function hasColumn(source: Source, name: string): boolean {
  return source.names.has(name) || source.computed?.has(name) === true
}

function isOperator(name: string): name is FilterOperator {
  return Object.hasOwn(OPERATORS, name)
}

function joinsOf(from: SourceNode | JoinNode): JoinNode[] {
  return from.kind === 'join' ? [...joinsOf(from.left), from, ...joinsOf(from.right)] : []
}

/** Whether a join goes from a source along a relation: then its condition is that of the relation, alone. */
function isAlong({ right, on }: JoinNode, left: Source, { source, from, to }: SourceRelation): boolean {
  const table = right.kind === 'alias' ? right.source : right
  if (table !== source.table || on?.kind !== 'binary' || on.op !== 'eq') return false
  const ends = [on.left, on.right]
  const has = (node: SourceNode, name: string | undefined) =>
    ends.some(end => end.kind === 'column' && end.source === node && end.name === name)
  return has(left.node, left.names.get(from)?.column.name) && has(right, source.names.get(to)?.column.name)
}

function unknownName(source: Source, key: string, name: string, next: string | undefined): TypeError {
  const where = `filter: "${key}"`
  if (next === undefined && source.relations?.get(name))
    return misuse('BAD_QUERY', `${where} ends at the relation ${name}; name a property of it: ${key}__…`)
  if (hasColumn(source, name)) {
    const operator = next ?? ''
    return misuse(
      'UNKNOWN_PROPERTY',
      `${where}: ${source.name}.${name} has no operator "${operator}"${didYouMean(operator, Object.keys(OPERATORS))}`
    )
  }
  const known = [...source.names.keys(), ...(source.computed?.keys() ?? []), ...(source.relations?.keys() ?? [])]
  return misuse('UNKNOWN_PROPERTY', `${where}: ${source.name} has no property or relation "${name}"${didYouMean(name, known)}`)
}
