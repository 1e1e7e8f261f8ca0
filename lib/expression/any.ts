/** Any type at all, where the compiler can infer nothing from less: constructor parameters, and the types of others' expressions. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Any = any
/** Whether a type is `any`. */
export type IsAny<T> = 0 extends 1 & T ? true : false
