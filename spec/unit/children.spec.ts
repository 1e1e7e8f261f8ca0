import { fn } from 'pewit'
import * as build from '../../lib/ast/build.js'
import { CHILDREN, rewrite, walk } from '../../lib/ast/children.js'
import type { ColumnNode, ExprNode, Node, ParamNode, RootNode } from '../../lib/ast/nodes.js'
import { TYPES } from '../../lib/ast/types.js'
import { createStatements } from '../../lib/schema/tables.js'
import * as tables from '../dialect/tables/index.js'
import { KV, models, User } from '../dialect/tables/models.js'
import { bindModels, frozen } from '../helpers/dialects.js'

bindModels(models)

/** The nodes of every case, and of the statements that create the models. */
function allRoots(): RootNode[] {
  const cases = Object.values(tables).flatMap(table => Object.values(table).flat())
  return [...cases.map(([, query]) => query().toNode()), ...createStatements(models, false)]
}

/** Every node in a tree, found without the table of children: anything with a kind. */
function nodesIn(value: unknown, found: Set<unknown> = new Set()): Set<unknown> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found
  const isNode = 'kind' in value && typeof value.kind === 'string' && value.kind in CHILDREN
  if (isNode) found.add(value)
  for (const [key, part] of Object.entries(value)) if (!(isNode && key === 'value' && 'text' in value)) nodesIn(part, found)
  return found
}

describe('walk', () => {
  it('visits every node of every statement, parents first', () => {
    for (const root of allRoots()) {
      const visited: Node[] = []
      walk(root, node => visited.push(node))
      expect(visited[0]).toBe(root)
      expect(new Set(visited)).toEqual(nodesIn(root))
    }
  })

  it('finds the parameters wherever they are', () => {
    const query = KV.insertMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 }
    ]).onConflict({
      target: [fn.left(KV.fields().key, 3)],
      targetWhere: f => f.value.gt(4),
      update: { value: 5 },
      where: f => f.value.lt(6)
    })
    const texts: unknown[] = []
    walk(query.toNode(), node => node.kind === 'param' && texts.push(node.text))
    expect(texts).toEqual(['{a,b}', '{1,2}', '3', '4', '5', '6'])
  })
})

describe('rewrite', () => {
  const same = (node: Node): Node => rewrite(node, () => undefined)

  it('gives the very same tree where nothing changes', () => {
    for (const root of allRoots()) expect(same(frozen(root))).toBe(root)
  })

  it('replaces every node of a kind, and leaves what it was given alone', () => {
    const mark: ParamNode = { kind: 'param', value: 'x', text: 'x', type: TYPES.text }
    for (const root of allRoots()) {
      const before = nodesIn(frozen(root))
      const after = rewrite(root, node => (node.kind === 'param' ? mark : undefined))
      const params = [...nodesIn(after)].filter(node => (node as Node).kind === 'param')
      expect(params.every(node => node === mark)).toBe(true)
      expect(params.length > 0).toBe([...before].some(node => (node as Node).kind === 'param'))
      expect(nodesIn(root)).toEqual(before)
    }
  })

  it('shares the parts that did not change', () => {
    const { age, username } = User.fields()
    const left = age.gt(1).node
    const tree = build.binary('and', left, username.eq('x').node, TYPES.bool)
    const changed = rewrite(frozen(tree), node => (node.kind === 'param' && node.text === 'x' ? build.NULL : undefined))
    expect(changed).not.toBe(tree)
    expect(changed.left).toBe(left)
  })

  it('does not look inside what it replaced', () => {
    const seen: string[] = []
    rewrite(User.fields().age.gt(1).node, node => {
      seen.push(node.kind)
      return node.kind === 'column' ? build.NULL : undefined
    })
    expect(seen).toEqual(['binary', 'column', 'param'])
  })
})

describe('the factories', () => {
  const { age, active } = User.fields()
  const column = age.node as ColumnNode

  it('unwrap a double negation', () => {
    const node = active.eq(true).node
    expect(build.not(build.not(node))).toBe(node)
  })

  it('name an expression once', () => {
    const node = build.named(build.named(column, 'a'), 'b')
    expect(node).toMatchObject({ name: 'b', operand: column })
    expect(build.unnamed(node)).toBe(column)
  })

  it('make nothing of no conditions, and one of one', () => {
    const one: ExprNode = active.eq(true).node
    expect(build.conjunction([undefined, undefined])).toBeUndefined()
    expect(build.conjunction([undefined, one])).toBe(one)
  })
})
