/** A callback to be run once the outcome of a transaction is known. */
export type Hook = () => unknown

/** How a transaction ended; `unknown` where the connection was lost while committing. */
export type Ending = 'committed' | 'rolledBack' | 'unknown'

/** Sets something back that a program holds of work which was undone; `retry` says that the work will be tried again. */
export type Undo = (retry: boolean) => void

/** The callbacks of work that is committed or undone as a whole. */
export class Hooks {
  readonly committed: Hook[] = []
  readonly rolledBack: Hook[] = []
  /** What sets instances back, in the order in which they were written. */
  readonly undo: Undo[] = []

  /** Adds the callbacks of work that has become a part of this one. */
  absorb({ committed, rolledBack, undo }: Hooks): void {
    this.committed.push(...committed)
    this.rolledBack.push(...rolledBack)
    this.undo.push(...undo)
  }
}

/** What is to be run when the outermost block has ended. */
export class Afterwards {
  readonly #hooks: Hook[] = []

  /** Takes over the callbacks of work whose outcome is known. Of an unknown one none is run: each would claim to know. */
  settle(hooks: Hooks, ending: Ending, retry = false): void {
    if (ending === 'unknown') return
    this.#hooks.push(...hooks[ending])
    // Before anything of the program runs again, and the last write first.
    if (ending === 'rolledBack') for (const undo of hooks.undo.splice(0).reverse()) undo(retry)
  }

  /** The result of a block, once the callbacks have run. A block's own error comes before one of a callback. */
  async follow<T>(block: Promise<T>): Promise<T> {
    let result: T
    try {
      result = await block
    } catch (error) {
      for (const failure of await this.#run()) warn(failure)
      throw error
    }
    const [first, ...others] = await this.#run()
    for (const failure of others) warn(failure)
    if (first) throw first.error
    return result
  }

  /** Runs all callbacks in order, each whatever the others did; gives what went wrong. */
  async #run(): Promise<Failure[]> {
    const failures: Failure[] = []
    for (const hook of this.#hooks) {
      try {
        await hook()
      } catch (error) {
        failures.push({ error })
      }
    }
    return failures
  }
}

interface Failure {
  readonly error: unknown
}

/** An error that has nobody left to be thrown to. */
function warn({ error }: Failure): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
