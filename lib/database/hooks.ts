/** A callback to be run once the outcome of a transaction is known. */
export type Hook = () => unknown

/** How a transaction ended; `unknown` where the connection was lost while committing. */
export type Ending = 'committed' | 'rolledBack' | 'unknown'

/** The callbacks of work that is committed or undone as a whole. */
export class Hooks {
  readonly committed: Hook[] = []
  readonly rolledBack: Hook[] = []

  /** Adds the callbacks of work that has become a part of this one. */
  absorb({ committed, rolledBack }: Hooks): void {
    this.committed.push(...committed)
    this.rolledBack.push(...rolledBack)
  }
}

/** What is to be run when the outermost block has ended. */
export class Afterwards {
  readonly #hooks: Hook[] = []

  /** Takes over the callbacks of work whose outcome is known. Of an unknown one none is run: each would claim to know. */
  settle(hooks: Hooks, ending: Ending): void {
    if (ending !== 'unknown') this.#hooks.push(...hooks[ending])
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
