import type { RootNode } from '../ast/nodes.js'
import type { Compiled } from '../compiler/compile.js'
import type { Limits, RawResult } from '../driver/driver.js'
import { InterfaceError, misuse } from '../errors.js'
import type { Executor, StreamRequest } from '../query/executor.js'

/** A database as a query sees it that was told where to run, or for how long. */
export class Route implements Executor {
  readonly #to: Executor
  readonly #limits: Limits
  readonly #check: () => void

  /** @param check throws where nothing may be run at present */
  constructor(to: Executor, limits: Limits = {}, check: () => void = () => {}) {
    this.#to = to
    this.#limits = limits
    this.#check = check
  }

  get ready(): boolean {
    return this.#to.ready
  }

  get compileKey(): object {
    return this.#to.compileKey
  }

  get rowLock(): Executor['rowLock'] {
    return this.#to.rowLock
  }

  async prepare(): Promise<void> {
    this.#check()
    await this.#to.prepare()
  }

  compile(root: RootNode): Compiled {
    return this.#to.compile(root)
  }

  inline(root: RootNode): string {
    return this.#to.inline(root)
  }

  async run(compiled: Compiled, limits?: Limits): Promise<RawResult> {
    this.#check()
    return this.#to.run(compiled, { ...this.#limits, ...limits })
  }

  async *stream(request: StreamRequest, limits?: Limits): AsyncGenerator<RawResult> {
    this.#check()
    yield* this.#to.stream(request, { ...this.#limits, ...limits })
  }

  async atomically<T>(work: () => Promise<T>): Promise<T> {
    this.#check()
    return this.#to.atomically(work)
  }

  node(name: string): Executor {
    return new Route(this.#to.node(name), this.#limits, this.#check)
  }

  limited(limits: Limits): Executor {
    return new Route(this.#to, { ...this.#limits, ...checkLimits(limits) }, this.#check)
  }
}

/** The extra node of a name. Throws `InterfaceError` for one that there is not, with the names of those that there are. */
export function nodeOf<N>(nodes: Readonly<Record<string, N>>, name: string): N {
  if (Object.hasOwn(nodes, name)) return nodes[name]
  const names = Object.keys(nodes)
  const known = names.length > 0 ? `there are ${names.join(', ')}` : 'the option extraNodes names none'
  throw new InterfaceError(`There is no node "${name}": ${known}`)
}

/** Throws a `TypeError` for limits that make no sense. */
export function checkLimits(limits: Limits): Limits {
  const { signal, timeout } = limits
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw misuse('WRONG_TYPE', 'signal(): expected an AbortSignal')
  if (timeout !== undefined && !(timeout > 0)) throw misuse('BAD_ARGUMENT', 'timeout(): expected a number of seconds above 0')
  return limits
}
