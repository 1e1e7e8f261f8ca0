import type { JoinType } from '../ast/nodes.js'
import type {
  AnyExpr,
  DictRow,
  IsUnion,
  KeyOf,
  Loaded,
  ModelOf,
  Picked,
  Plain,
  Predicate,
  RefColumn,
  RefKeys,
  RightFields,
  Selected,
  Sources,
  TupleRow,
  ValueOf
} from '../expression/types.js'
import type { OuterRow } from './output-types.js'

/** The types of joined rows, and of what was selected. */

/** What a join gives for the right side: nothing may be found by outer joins. */
export type Nullable<D, T extends JoinType> = T extends 'INNER' | 'CROSS' | 'RIGHT' ? D : D | null

/** The sources so far, after a join of type `T`: right and full ones keep rows that none of them has. */
export type Kept<S extends readonly unknown[], T extends JoinType> = [Extract<T, 'RIGHT' | 'FULL'>] extends [never]
  ? S
  : { [I in keyof S]: S[I] | null }
/** The row so far, after such a join. */
export type KeptRow<Row, T extends JoinType> = [Extract<T, 'RIGHT' | 'FULL'>] extends [never] ? Row : OuterRow<Row>
/** A plain row of the first source, which such a join may have not found. */
export type KeptDict<S extends readonly unknown[], Row> = null extends S[0] ? OuterRow<Row> : Row

/** The models of a list of sources. */
export type SourceModels<D extends readonly unknown[]> = { -readonly [I in keyof D]: ModelOf<D[I]> }

/** Refuses a join that two foreign keys make ambiguous; the message, with their names, shows in the compiler's error. */
export type Inferable<C, D> = [RefKeys<C, D>] extends [never]
  ? IsUnion<RefKeys<D, C>> extends true
    ? { 'Pewit: several foreign keys lead back; pass { on: (a, b) => b.key.eq(a.id) } with one of': RefKeys<D, C> }
    : unknown
  : IsUnion<RefKeys<C, D>> extends true
    ? { 'Pewit: several foreign keys lead there; pass { on: a => a.key } or { attr } with one of': RefKeys<C, D> }
    : unknown

/** What `on` takes: the foreign key to join along, or a condition, or a function of the sources that gives one. */
export type JoinOn<S extends readonly unknown[], D, K extends string> =
  | OnKey<D, K>
  | ((...sources: [...Sources<S>, RightFields<D>]) => OnKey<D, K>)
type OnKey<D, K extends string> = Predicate<K> | Pick<RefColumn<D, unknown, K>, '$name' | '$model' | 'node'>

/** The property that a joined source is attached under: `K`, where the source was selected, else `never`. */
export type AttachKey<Sel extends readonly unknown[], D, K> = [Extract<Sel[number], Selected<D>>] extends [never]
  ? never
  : Extract<K, string>

/** The row with a related row attached at the end of a path of properties; unchanged where there is no path, or no property. */
export type AttachAt<Row, Path extends readonly string[] | null, K extends string, V> = [K] extends [never]
  ? Row
  : Path extends readonly []
    ? AttachOne<Row, K, V>
    : Path extends readonly [infer H extends string, ...infer T extends readonly string[]]
      ? H extends keyof Row
        ? AttachOne<Row, H, AttachAt<NonNullable<Row[H]>, T, K, V> | Extract<Row[H], null>>
        : Row
      : Row

/**
 * A value that the property can have makes the row a narrower model. Any other, as the null of a reference that takes none,
 * needs another type: an intersection would lose it.
 */
type AttachOne<Row, K extends string, V> = K extends keyof Row
  ? [V] extends [Row[K]]
    ? Row & { [P in K]: V }
    : Loaded<Row, { [P in K]: V }>
  : Row & { [P in K]: V }

/** The row of a join that leads along `K`: with what was joined attached there, if it was selected. */
export type JoinedRow<Row, Path extends readonly string[] | null, Sel extends readonly unknown[], D, K, V> = AttachAt<
  Row,
  Path,
  AttachKey<Sel, D, K>,
  V
>

/** Where the next join attaches. */
export type JoinedPath<Path extends readonly string[] | null, Sel extends readonly unknown[], D, K> = Extend<
  Path,
  AttachKey<Sel, D, K>
>

/** The path one step further; `null` for nowhere. */
export type Extend<Path extends readonly string[] | null, K extends string> = [K] extends [never]
  ? null
  : Path extends readonly string[]
    ? readonly [...Path, K]
    : null

/** Where a source that was joined before is attached to the row: the row itself, or a property of it; `null` for nowhere. */
export type PathTo<Row, M, D> = [M] extends [D]
  ? readonly []
  : LoadedKey<Row, D> extends infer K extends string
    ? [K] extends [never]
      ? null
      : IsUnion<K> extends true
        ? null
        : readonly [K]
    : null
type LoadedKey<Row, D> = { [K in keyof Row]: [NonNullable<Row[K]>] extends [D] ? K : never }[keyof Row] & string

/** The model a join starts from: that of `from`, if given, else the one joined last. */
export type LeftOf<F, C> = [F] extends [never] ? C : ModelOf<F>
/** Where that model is attached to the row. */
export type PathOf<F, Row, M, Path extends readonly string[] | null> = [F] extends [never] ? Path : PathTo<Row, M, ModelOf<F>>

/** What was picked, one after the other. */
export type Picks<P, Q> = P extends readonly AnyExpr[]
  ? Q extends readonly AnyExpr[]
    ? readonly [...P, ...Q]
    : Named<P> & Q
  : P extends Picked
    ? P & Named<Q>
    : Q
type Named<P> = P extends readonly unknown[] ? { readonly [E in P[number] as NameOfExpr<E>]: E } : P
type NameOfExpr<E> = keyof DictRow<readonly [E]>

/** The row of a select as a plain object: of what was picked, else of the model's columns. */
export type DictOf<M, Sel extends readonly unknown[], P> = Sel extends readonly []
  ? DictRow<P>
  : [Exclude<Sel[number], M>] extends [never]
    ? P extends Picked
      ? Plain<M> & DictRow<P>
      : Plain<M>
    : // Columns of the same name get a number behind it there, which types cannot count.
      Plain<M> & { readonly [name: string]: unknown }

/** The row of a select as an array. */
export type TupleOf<Sel extends readonly unknown[], P> = Sel extends readonly [] ? TupleRow<P> : unknown[]

/** The type of the first column. */
export type FirstOf<Sel extends readonly unknown[], P> = Sel extends readonly []
  ? P extends readonly [infer E, ...unknown[]]
    ? ValueOf<E>
    : P extends Picked
      ? ValueOf<P[keyof P]>
      : unknown
  : unknown

/** The type of the one column of a subquery; of a whole model, of its key. */
export type ColumnOf<M, Sel extends readonly unknown[], P> = Sel extends readonly []
  ? P extends readonly [infer E]
    ? ValueOf<E>
    : P extends readonly unknown[]
      ? { 'Pewit: a subquery here has one column, not': P['length'] }
      : P extends Picked
        ? ValueOf<P[keyof P]>
        : unknown
  : KeyOf<M>
