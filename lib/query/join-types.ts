import type { JoinType } from '../ast/nodes.js'
import type { Attach, IsUnion, Loaded, RefKeys } from '../expression/types.js'

/** The types of joined rows. */

/** What a join gives for the right side: nothing may be found by outer joins. */
export type Nullable<D, T extends JoinType> = T extends 'INNER' | 'CROSS' | 'RIGHT' ? D : D | null

/** The foreign key from `C` to `D`; `never` where there is none. */
export type ForwardKey<C, D> = RefKeys<C, D>

/** Refuses a join that two foreign keys make ambiguous; the message shows in the compiler's error. */
export type Inferable<C, D> =
  IsUnion<ForwardKey<C, D>> extends true
    ? { 'Pewit: several foreign keys lead there; pass { on: t => t.…} or { attr }': ForwardKey<C, D> }
    : unknown

/** The row with a related row attached at the end of a path of properties; unchanged where the path is unknown. */
export type AttachAt<Row, Path extends readonly string[] | null, K extends string, V> = Path extends readonly []
  ? AttachOne<Row, K, V>
  : Path extends readonly [infer H extends string, ...infer T extends readonly string[]]
    ? H extends keyof Row
      ? AttachOne<Row, H, AttachAt<NonNullable<Row[H]>, T, K, V> | Extract<Row[H], null>>
      : Row
    : Row

/** An instance that is surely there makes the row a narrower model; one that may be null needs another type. */
type AttachOne<Row, K extends string, V> = null extends V ? Loaded<Row, { [P in K]: V }> : Attach<Row, K, V>

/** The row of a join along a foreign key: attached if the model was selected, and the key leads forward. */
export type JoinedRow<Row, Sel extends readonly unknown[], C, Path extends readonly string[] | null, D, V> = [
  ForwardKey<C, D>
] extends [never]
  ? Row
  : [Extract<Sel[number], D>] extends [never]
    ? Row
    : AttachAt<Row, Path, ForwardKey<C, D>, V>

/** The path one step further. */
export type Extend<Path extends readonly string[] | null, K extends string> = Path extends readonly string[]
  ? readonly [...Path, K]
  : null

/** Where a model joined along its foreign key is attached; `null` for nowhere. */
export type PathTo<Path extends readonly string[] | null, C, D> = [ForwardKey<C, D>] extends [never]
  ? null
  : Extend<Path, ForwardKey<C, D>>
