import type { RawResult } from '../driver/driver.js'
import type { Executor } from './executor.js'

const NOTHING: RawResult = { rows: [], columns: [], count: 0, command: 'SELECT' }

/** A database for queries that find nothing anyway: it compiles them as the other one does, and sends nothing. */
export function silent(executor: Executor): Executor {
  return {
    ready: true,
    prepare: async () => {},
    compile: root => executor.compile(root),
    inline: root => executor.inline(root),
    compileKey: executor.compileKey,
    run: async () => NOTHING,
    stream: async function* () {},
    atomically: work => work()
  }
}
