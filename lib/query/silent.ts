import type { RootNode } from '../ast/nodes.js'
import type { Compiled } from '../compiler/compile.js'
import type { RawResult } from '../driver/driver.js'
import { type Executor, runNode } from './executor.js'

const NOTHING: RawResult = { rows: [], columns: [], count: 0, command: 'SELECT' }
/** Statements in which a select that finds nothing is only a part. */
const larger = new WeakMap<Compiled, RootNode>()

/** A database for selects that find nothing: it compiles them as the other one does, and sends nothing. */
export function silent(executor: Executor): Executor {
  return {
    ready: true,
    prepare: async () => {},
    compile: root => {
      const statement = executor.compile(root)
      if (root.kind !== 'select') larger.set(statement, root)
      return statement
    },
    inline: root => executor.inline(root),
    compileKey: executor.compileKey,
    run: async statement => {
      const root = larger.get(statement)
      return root ? runNode(executor, root) : NOTHING
    },
    stream: request => (request.node.kind === 'select' ? nothing() : executor.stream(request)),
    atomically: work => executor.atomically(work),
    node: name => silent(executor.node(name)),
    limited: limits => silent(executor.limited(limits))
  }
}

async function* nothing(): AsyncIterable<RawResult> {}
