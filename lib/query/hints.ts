import type { IndexHint, SourceHint, SourceNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import type { Source } from '../expression/source.js'
import { describeType } from '../util/describe.js'

const OPTIONS: readonly string[] = ['index', 'direction', 'noFullScan'] satisfies (keyof IndexHint)[]

/** What `indexHint` was given: the name of an index stands for a hint to use it. */
export function indexHintOf(given: unknown): IndexHint {
  if (typeof given === 'string') return { index: checkedName(given) }
  if (typeof given !== 'object' || given === null)
    throw misuse(
      given === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
      `indexHint: expected the name of an index, or options, got ${describeType(given)}`
    )
  const unknown = Object.keys(given).find(key => !OPTIONS.includes(key))
  if (unknown !== undefined) throw misuse('UNKNOWN_OPTION', `indexHint has no option "${unknown}"; it has ${OPTIONS.join(', ')}`)
  const { index, direction, noFullScan } = given as { readonly [K in keyof IndexHint]: unknown }
  if (direction !== undefined && direction !== 'asc' && direction !== 'desc')
    throw misuse('BAD_ARGUMENT', "indexHint: `direction` must be 'asc' or 'desc'")
  if (direction !== undefined && index === undefined)
    throw misuse('BAD_ARGUMENT', 'indexHint: a direction needs the name of the index that is read in it')
  if (noFullScan !== undefined && typeof noFullScan !== 'boolean')
    throw misuse('WRONG_TYPE', `indexHint: noFullScan must be true or false, not ${describeType(noFullScan)}`)
  if (index === undefined && !noFullScan)
    throw misuse('BAD_ARGUMENT', 'indexHint: there is no hint; give it an index, or noFullScan')
  return { index: index === undefined ? undefined : checkedName(index), direction, noFullScan }
}

function checkedName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name
  throw misuse('WRONG_TYPE', `indexHint: expected the name of an index, got ${name === '' ? 'an empty one' : describeType(name)}`)
}

/** The hints of a select with that of one source replaced, or taken away. Throws a `TypeError` for a source without indexes. */
export function withHint(
  hints: readonly SourceHint[] | undefined,
  { node, name, ctes }: Source,
  hint: IndexHint | undefined
): readonly SourceHint[] | undefined {
  if (!isTable(node) || ctes) throw misuse('BAD_QUERY', `indexHint: ${name} is no table, and has no indexes`)
  const others = (hints ?? []).filter(({ source }) => source !== node)
  const all = hint ? [...others, { source: node, hint }] : others
  return all.length > 0 ? all : undefined
}

function isTable(node: SourceNode): boolean {
  return node.kind === 'table' || node.source.kind === 'table'
}
