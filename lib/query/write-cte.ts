import { table } from '../ast/build.js'
import type { CteNode, WriteNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import type { Source } from '../expression/source.js'
import { cteNodes } from './compound.js'
import { Cte, type CteOptions } from './cte.js'
import type { Executor } from './executor.js'
import { hoisted, outputsOf, withCtes } from './outputs.js'
import type { Returning } from './returning.js'

/** A write as a CTE: what it returns can be read from. Throws a `TypeError` for one that returns nothing. */
export function writeCte<C>(
  query: { executor(): Executor; toNode(): WriteNode },
  source: Source,
  returning: Returning | undefined,
  name: string,
  options: Pick<CteOptions, 'materialized'> = {}
): C {
  if (!returning) throw misuse('BAD_QUERY', `The CTE "${name}" has no columns: say what the write gives with returning(…)`)
  const { items } = returning
  const [node, needs] = hoisted(query.toNode())
  const written = { ...node, returning: outputsOf(items).map(output => output.node) }
  const executor = () => query.executor()
  return new Cte({ executor, items, root: source, name, query: written, options, needs, table: table(name) }) as C
}

/** A write with CTEs in its WITH. */
export function withAll<N extends { readonly with?: readonly CteNode[] }>(node: N, ctes: readonly unknown[]): N {
  return ctes.reduce<N>((of, cte) => withCtes(of, cteNodes(cte)), node)
}
