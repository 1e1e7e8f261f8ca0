/**
 * What the specs of types are written with. They are compiled by `npm run typecheck` and never run; what must not compile
 * stands behind a `@ts-expect-error` that says why.
 */

/** Whether two types are the same, `any` and `unknown` told apart. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Whether a value of one type may stand where the other is asked for. */
export type Assignable<From, To> = [From] extends [To] ? true : false

/** The same type with its intersections written as one object, to be held against an object. */
export type Flat<T> = { [K in keyof T]: T[K] }

/** What awaiting a query gives of each row. */
export type RowOf<Q> = Awaited<Q> extends readonly (infer R)[] ? R : never

/** Compiles only for `true`: `proves<Equal<typeof row.user, User>>()`. */
export declare function proves<T extends true>(): T
