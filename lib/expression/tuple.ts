import { binary, FALSE, isIn, list, TRUE } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { argument, refused } from './arguments.js'
import { wrap } from './expression.js'
import { membersOf } from './operands.js'
import type { AnyExpr, Members, Operand, Predicate, Subselect, ValueOf } from './types.js'

/** What a row value is compared with: a value for each item, or another row value of as many. */
export type RowOf<I extends readonly unknown[]> = { readonly [K in keyof I]: Operand<ValueOf<I[K]>> | null }
type Row<I extends readonly unknown[]> = RowOf<I> | Tuple<{ readonly [K in keyof I]: AnyExpr }>

/** A row value, for comparisons of several columns at once: `tuple(k.a, k.b).in([[1, 2], [3, 4]])` → `("t1"."a", "t1"."b") IN (($1, $2), ($3, $4))`. */
export function tuple<const I extends readonly AnyExpr[]>(...items: I): Tuple<I> {
  return new Tuple<I>(items.map(item => argument(item, 'tuple')))
}

/** A row value; see {@link tuple}. */
export class Tuple<I extends readonly AnyExpr[] = readonly AnyExpr[]> {
  /** @internal the items, for types */
  declare readonly $items?: I
  readonly #items: readonly ExprNode[]

  constructor(items: readonly ExprNode[]) {
    this.#items = items
  }

  /** Whether all items are equal to the values. */
  eq(values: Row<I>): Predicate {
    return this.#compare('eq', values)
  }

  /** Whether any item is another than its value. */
  ne(values: Row<I>): Predicate {
    return this.#compare('ne', values)
  }

  /** Whether it sorts before the values: by the first items, and by the next where those are equal. */
  lt(values: Row<I>): Predicate {
    return this.#compare('lt', values)
  }

  lte(values: Row<I>): Predicate {
    return this.#compare('lte', values)
  }

  /** Whether it sorts behind the values. */
  gt(values: Row<I>): Predicate {
    return this.#compare('gt', values)
  }

  gte(values: Row<I>): Predicate {
    return this.#compare('gte', values)
  }

  /** Whether it is among the rows; an empty list is false. */
  in(rows: readonly Row<I>[] | Subselect | Members): Predicate {
    return this.#among(rows, false)
  }

  /** Whether it is not among the rows; an empty list is true. */
  notIn(rows: readonly Row<I>[] | Subselect | Members): Predicate {
    return this.#among(rows, true)
  }

  #compare(op: 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte', values: unknown): Predicate {
    return wrap(binary(op, list(this.#items), this.#row(values), TYPES.bool))
  }

  #among(rows: unknown, negated: boolean): Predicate {
    const members = membersOf(rows)
    if (members) return wrap(isIn(list(this.#items), members, negated))
    if (!Array.isArray(rows)) throw refused('tuple.in', 'a list of rows', rows)
    if (rows.length === 0) return wrap(negated ? TRUE : FALSE)
    return wrap(isIn(list(this.#items), list(rows.map(row => this.#row(row))), negated))
  }

  #row(values: unknown): ExprNode {
    const given = values instanceof Tuple ? values.#items : undefined
    if (!given && !Array.isArray(values)) throw refused('tuple', 'a list of values', values)
    const nodes = given ?? (values as unknown[]).map((item, i) => argument(item, 'tuple', this.#items[i]?.type))
    if (nodes.length === this.#items.length) return list(nodes)
    throw misuse('BAD_ARGUMENT', `tuple: expected ${this.#items.length} values, got ${nodes.length}`)
  }
}
