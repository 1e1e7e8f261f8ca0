import type { AnyExpr, DictRow, Selected } from '../expression/types.js'

/** The expressions among the selected things. */
export type Expressions<A extends readonly unknown[]> = A extends readonly [infer H, ...infer T]
  ? H extends AnyExpr
    ? [H, ...Expressions<T>]
    : Expressions<T>
  : []
type HasModel<A extends readonly unknown[]> = A[number] extends AnyExpr ? false : true

/** The row of a select of models and expressions: an instance of the first, with the expressions as further properties. */
export type SelectedRow<M, A extends readonly unknown[]> =
  HasModel<A> extends true ? (Expressions<A> extends readonly [] ? M : M & DictRow<Expressions<A>>) : DictRow<A>

/** The models and aliases among the selected things. */
export type SelectedModels<A extends readonly unknown[]> = A extends readonly [infer H, ...infer T]
  ? H extends AnyExpr
    ? SelectedModels<T>
    : readonly [Selected<H>, ...SelectedModels<T>]
  : { readonly [I in keyof A]: Selected<A[I]> }
