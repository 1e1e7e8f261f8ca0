import type { DictRow, NotAColumn, Picked, TupleRow, ValueOf } from '../expression/types.js'

/** The types of what a query gives to another one: as a source, or as a part of a compound. */

/** The rows of a query as those of a source: of what was picked, or of the model with what was picked besides. */
export type SourceRow<M, Sel extends readonly unknown[], P> = Sel extends readonly []
  ? DictRow<P>
  : P extends Picked
    ? M & DictRow<P>
    : M

/** The same under other names, in the order of the columns. */
export type RenamedRow<Sel extends readonly unknown[], P, C extends readonly string[]> = {
  [I in Extract<keyof C, `${number}`> as C[I] & string]: Sel extends readonly []
    ? TupleRow<P> extends infer T
      ? I extends keyof T
        ? T[I]
        : unknown
      : never
    : unknown
}

/** What the two sides of a compound must have in common: the types of the columns, in order, or by name where they were picked by name. */
export type ColumnsOf<M, Sel extends readonly unknown[], P> = Sel extends readonly []
  ? P extends readonly unknown[]
    ? { -readonly [I in keyof P]: Kind<ValueOf<P[I]>> }
    : { readonly types: { -readonly [K in keyof P]: Kind<ValueOf<P[K]>> }; readonly names: keyof P }
  : readonly [model: M]
type Kind<T> = (T extends string ? string : T extends number | bigint ? number | bigint : T extends boolean ? boolean : T) | null

/** The other side of a compound: a query whose columns have the same types. Where only one side has an order, their number is not checked. */
export interface CompoundOperand<T> {
  /** @internal the types of its columns */
  readonly $columns?: T | OtherForm<T>
  /** @internal */
  toNode(): object
}

/** The same types by name, of columns in order, or the other way round. */
type OtherForm<T> = T extends readonly unknown[]
  ? { readonly types: Readonly<Record<string, T[number]>>; readonly names: unknown }
  : T extends { readonly types: infer C }
    ? readonly C[keyof C][]
    : never

/** What a row is where an outer join may not have found it: each column may be null. */
export type OuterRow<Row> = {
  [K in keyof Row]: Row[K] extends NotAColumn | ((...args: never[]) => void) ? Row[K] : Row[K] | null
}
