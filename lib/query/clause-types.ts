import type { AnyExpr, Expr, ModelSource, Order, Sources } from '../expression/types.js'

/** What clauses take: values, or functions of the query's sources in join order. */

/** A condition, or a function of the query's sources that gives one. */
export type Condition<S extends readonly unknown[]> = Expr<boolean> | ((...sources: Sources<S>) => Expr<boolean>)
/** A sort key or several, or a function of the query's sources that gives them. */
export type SortKeys<S extends readonly unknown[]> =
  | SortKey
  | readonly SortKey[]
  | ((...sources: Sources<S>) => SortKey | readonly SortKey[])
type SortKey = Order | AnyExpr
/** Expressions or models to group by, or a function of the query's sources that gives them. */
export type GroupKeys<S extends readonly unknown[]> =
  | AnyExpr
  | ModelSource<unknown>
  | readonly (AnyExpr | ModelSource<unknown>)[]
  | ((...sources: Sources<S>) => AnyExpr | readonly AnyExpr[])
