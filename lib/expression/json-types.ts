import type { Any, IsAny } from './any.js'

/** The types of what is inside JSON values. */

/** A key or an index (from 0; from the end below 0) inside a JSON value. */
export type JsonKey = string | number

/** The keys that a JSON value of type `T` can have. */
export type JsonKeys<T> = unknown extends T ? JsonKey : KeysOf<NonNullable<T>>
type KeysOf<T> = T extends readonly unknown[]
  ? number
  : T extends object
    ? [keyof T] extends [never]
      ? JsonKey
      : keyof T & JsonKey
    : never
/** What is at a key of a JSON value of type `T`, null where it is missing. */
export type JsonPart<T, K> = IsAny<T> extends true ? Any : unknown extends T ? unknown : PartOf<NonNullable<T>, K> | null
type PartOf<T, K> = T extends readonly (infer E)[]
  ? E
  : K extends keyof T
    ? Exclude<T[K], undefined>
    : [keyof T] extends [never]
      ? unknown
      : never
