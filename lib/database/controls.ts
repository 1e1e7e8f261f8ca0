import type { Scope } from './scope.js'
import { type Control, commit, endingOf, type Protocol, rollBackNow, savepointOpen, verdict } from './transaction.js'

/** Takes note of how what was done so far ended, which is being sent. */
export async function settled(scope: Scope, ended: Promise<unknown>, ending: 'committed' | 'rolledBack'): Promise<void> {
  const work = scope.renew()
  try {
    await ended
    scope.afterwards.settle(work, ending)
  } catch (error) {
    scope.afterwards.settle(work, endingOf(error))
    throw error
  }
}

/**
 * The controls of an outermost block: each ends the transaction and begins another. Both statements are handed over in one
 * tick, so that no query of the block can get between them, where it would be committed by itself.
 */
export function controlOf(scope: Scope, protocol: Protocol): Control {
  const { connection } = scope
  const renew = async (what: string, end: () => Promise<unknown>, ending: 'committed' | 'rolledBack') => {
    if (scope.savepoint) throw savepointOpen(what)
    const ended = settled(scope, end(), ending)
    const begun = connection.script(protocol.begin)
    // What was said in the middle ended with that transaction.
    scope.autocommitBeforeDdl = protocol.autocommitBeforeDdl
    // Where the connection lives, what follows would run outside any transaction.
    begun.catch(() => (connection.alive ? scope.close() : undefined))
    const failed = (await Promise.allSettled([ended, begun])).find(({ status }) => status === 'rejected')
    if (!failed) return
    const { reason } = failed as PromiseRejectedResult
    // A program that swallows this must not find its block committed.
    scope.work.failure ??= reason
    throw reason
  }
  return {
    commit: async () => {
      if (scope.work.failure) throw verdict(scope.work.failure)
      await renew('commit()', () => commit(connection, protocol, scope.work), 'committed')
    },
    rollback: () => renew('rollback()', () => rollBackNow(connection), 'rolledBack')
  }
}

/** The statements of a savepoint, which are also what `commit()` and `rollback()` of its block send. */
export class Savepoint implements Control {
  readonly #scope: Scope
  readonly #parent: Scope
  readonly #name: string

  constructor(scope: Scope, parent: Scope, name: string) {
    this.#scope = scope
    this.#parent = parent
    this.#name = name
  }

  async begin(): Promise<void> {
    const begun = this.#parent.script(`SAVEPOINT ${this.#name}`)
    this.#parent.boundary.savepoint = this.#scope
    await begun.catch(error => {
      this.#parent.boundary.savepoint = undefined
      throw error
    })
  }

  /** Ends it; what was done since becomes a part of the work around it. */
  async release(): Promise<void> {
    const released = this.#parent.script(`RELEASE SAVEPOINT ${this.#name}`)
    this.#parent.boundary.savepoint = undefined
    await released
    this.#parent.boundary.work.absorb(this.#scope.renew())
  }

  /** Undoes it and ends it, where the transaction is still there. */
  async undo(): Promise<void> {
    if (this.#parent.alive && this.#scope.connection.alive) await this.#undo(true).catch(() => undefined)
    else this.#scope.afterwards.settle(this.#scope.renew(), 'rolledBack')
    this.#parent.boundary.savepoint = undefined
  }

  /** Ends it and begins it anew. */
  async commit(): Promise<void> {
    const scope = this.#scope
    if (scope.savepoint) throw savepointOpen('commit()')
    if (scope.work.failure) throw verdict(scope.work.failure)
    const renewed = scope.script(`RELEASE SAVEPOINT ${this.#name}; SAVEPOINT ${this.#name}`)
    const done = scope.renew()
    await renewed
    this.#parent.boundary.work.absorb(done)
  }

  /** Undoes it and begins it anew. */
  async rollback(): Promise<void> {
    if (this.#scope.savepoint) throw savepointOpen('rollback()')
    await this.#undo(false)
  }

  async #undo(ends: boolean): Promise<void> {
    const undone = this.#parent.script(`ROLLBACK TO SAVEPOINT ${this.#name}`)
    if (ends) this.#parent.boundary.savepoint = undefined
    const done = this.#scope.renew()
    await undone
    done.undone()
    // Should the whole attempt be made again, instances also lose the changes that the savepoint left them with.
    this.#parent.boundary.work.undo.push(...done.undo)
    this.#scope.afterwards.settle(done, 'rolledBack')
  }
}
