import { rewrite, walk } from '../../lib/ast/children.js'
import type { Node } from '../../lib/ast/nodes.js'
import { bindModels, checkCases, checkMisuse } from '../helpers/dialects.js'
import * as tables from './tables/index-hints.js'
import { KV, models, Tweet, User } from './tables/models.js'

bindModels(models)
checkCases(tables)

describe('hints that cannot be', () => {
  const hint =
    (...args: readonly unknown[]) =>
    () =>
      KV.select().indexHint(...(args as [string]))

  checkMisuse([
    ['undefined', 'UNDEFINED_VALUE', 'indexHint: expected the name of an index, or options, got undefined', hint(undefined)],
    ['a number', 'WRONG_TYPE', 'indexHint: expected the name of an index, or options, got a number', hint(3)],
    ['an empty name', 'WRONG_TYPE', 'indexHint: expected the name of an index, got an empty one', hint('')],
    ['a name that is none', 'WRONG_TYPE', 'indexHint: expected the name of an index, got a number', hint({ index: 3 })],
    [
      'a misspelt option',
      'UNKNOWN_OPTION',
      'indexHint has no option "order"; it has index, direction, noFullScan',
      hint({ index: 'a', order: 'asc' })
    ],
    [
      'another direction',
      'BAD_ARGUMENT',
      "indexHint: `direction` must be 'asc' or 'desc'",
      hint({ index: 'a', direction: 'up' })
    ],
    [
      'a direction of no index',
      'BAD_ARGUMENT',
      'indexHint: a direction needs the name of the index that is read in it',
      hint({ direction: 'asc' })
    ],
    [
      'a flag that is no boolean',
      'WRONG_TYPE',
      'indexHint: noFullScan must be true or false, not a string',
      hint({ noFullScan: 'yes' })
    ],
    ['nothing', 'BAD_ARGUMENT', 'indexHint: there is no hint; give it an index, or noFullScan', hint({})],
    [
      'of what is not in the query',
      'BAD_QUERY',
      'indexHint: User is not among the sources of this query',
      () => KV.select().indexHint('a', { of: User })
    ],
    [
      'of a subquery',
      'BAD_QUERY',
      'indexHint: some is no table, and has no indexes',
      () => {
        const some = User.select(u => [u.id]).alias('some')
        return some.select().indexHint('a')
      }
    ],
    [
      'of a CTE',
      'BAD_QUERY',
      'indexHint: some is no table, and has no indexes',
      () => {
        const some = User.select(u => [u.id]).cte('some')
        return Tweet.select()
          .join(some, { on: (t, s) => t.user.eq(s.id) })
          .indexHint('a', { of: some })
      }
    ]
  ])
})

describe('the tree', () => {
  it('has the sources of hints among its nodes', () => {
    const node = KV.select().indexHint('kv_key').toNode() as Extract<Node, { kind: 'select' }>
    const [source] = node.from
    const visited: Node[] = []
    walk({ ...node, from: [], columns: [] }, part => visited.push(part))
    expect(visited).toContain(source)
    const renamed = rewrite(node, part => (part === source ? { ...source, name: 'other' } : undefined) as Node | undefined)
    expect(renamed.hints?.[0].source).toMatchObject({ name: 'other' })
  })
})
