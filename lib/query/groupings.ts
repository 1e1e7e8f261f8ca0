import { call, list } from '../ast/build.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { wrap } from '../expression/expression.js'
import type { AnyExpr, Expr } from '../expression/types.js'
import { describeType } from '../util/describe.js'
import { expressionsOf } from './clauses.js'

/**
 * Several groupings at once, for `groupBy`; an empty list is one group of all rows.
 *
 * `groupBy(groupingSets([t.year, t.month], [t.year], []))` → `GROUP BY GROUPING SETS(("t1"."year", "t1"."month"), ("t1"."year"), ())`
 */
export function groupingSets(...sets: readonly (readonly AnyExpr[])[]): Expr<unknown> {
  const lists = sets.map(set => {
    if (!Array.isArray(set)) throw misuse('WRONG_TYPE', `groupingSets: expected lists of expressions, got ${describeType(set)}`)
    return list(expressionsOf(set, [], 'groupingSets'))
  })
  return wrap(call('GROUPING SETS', lists, TYPES.unknown))
}
