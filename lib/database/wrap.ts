import { misuse } from '../errors.js'

/** Wraps a function, or decorates a method, so that each call runs inside something: a transaction, a retried one. */
export interface Wrapper {
  <A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => Promise<Awaited<R>>
  /** Only asynchronous methods: each call gives a promise. */
  <F extends (...args: never[]) => PromiseLike<unknown>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>
  ): void
}

/** The wrapper that runs each call through `run`, which is also told what is wrapped. */
export function wrapperOf(run: (call: () => unknown, fn: (...args: never[]) => unknown) => Promise<unknown>): Wrapper {
  const wrap = (fn: (...args: unknown[]) => unknown) =>
    function wrapped(this: unknown, ...args: unknown[]) {
      return run(() => fn.apply(this, args), fn)
    }
  const wrapper = (target: unknown, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (descriptor) {
      if (typeof descriptor.value !== 'function') throw misuse('WRONG_TYPE', 'A transaction decorator goes on a method')
      return { ...descriptor, value: wrap(descriptor.value) }
    }
    if (typeof target !== 'function') throw misuse('WRONG_TYPE', 'Expected a function to wrap')
    return wrap(target as (...args: unknown[]) => unknown)
  }
  return wrapper as Wrapper
}
