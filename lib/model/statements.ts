import type { RootNode } from '../ast/nodes.js'
import type { Executor } from '../query/executor.js'
import type { Metadata } from './metadata.js'

/** So many keys are asked for at once, at most: servers limit how large a message may be. */
export const MAX_KEYS = 10_000

type Statement = ReturnType<Executor['compile']>
type Result = Awaited<ReturnType<Executor['run']>>

interface Kept {
  readonly compileKey: object
  readonly byShape: Map<string, Statement>
}

const kept = new WeakMap<Metadata, Kept>()
/** Shapes are few: one for each set of columns that a program writes together. */
const MAX_SHAPES = 500

/**
 * Runs one of a model's own statements, whose text depends on its shape alone: it is compiled once, and from then on only
 * its parameters change. `make` builds the node; its parameters must come in the order of `params`.
 */
export async function runShape(
  meta: Metadata,
  shape: string,
  params: readonly (string | null)[],
  make: () => RootNode
): Promise<{ result: Result; text: string }> {
  const executor = meta.requireDatabase()
  if (!executor.ready) await executor.prepare()
  const statement = statementOf(meta, executor, shape, make)
  return { result: await executor.run({ ...statement, params }), text: statement.text }
}

function statementOf(meta: Metadata, executor: Executor, shape: string, make: () => RootNode): Statement {
  let known = kept.get(meta)
  if (known?.compileKey !== executor.compileKey || known.byShape.size > MAX_SHAPES) {
    known = { compileKey: executor.compileKey, byShape: new Map() }
    kept.set(meta, known)
  }
  const statement = known.byShape.get(shape) ?? executor.compile(make())
  known.byShape.set(shape, statement)
  return statement
}
