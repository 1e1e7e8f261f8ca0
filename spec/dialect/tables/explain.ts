import type { ExplainOptions } from 'pewit'
import type { ExplainNode, RootNode } from '../../../lib/ast/nodes.js'
import type { Case, Statement } from '../../helpers/dialects.js'
import { KV } from './models.js'

const keys = () => KV.select(k => [k.key])

function explained(query: Statement, { analyze = false, verbose = false, format, mode }: ExplainOptions): Statement {
  const node: RootNode = { kind: 'explain', query: query.toNode() as ExplainNode['query'], analyze, verbose, format, mode }
  return { toNode: () => node }
}

const select = 'SELECT "t1"."key" FROM "kv" AS "t1"'
const modes = (told: string, text: string) => ({
  postgresql: new RegExp(`^PostgreSQL 18 has no EXPLAIN \\(${told}\\), nor has any other version; leave the mode out`),
  cockroachdb: `${text} ${select}`
})

/** How plans are asked for. */
export const explains: readonly Case[] = [
  ['a plan', () => explained(keys(), {}), `EXPLAIN ${select}`],
  [
    'with times',
    () => explained(keys(), { analyze: true }),
    { postgresql: `EXPLAIN (ANALYZE) ${select}`, cockroachdb: `EXPLAIN ANALYZE ${select}` }
  ],
  ['with more', () => explained(keys(), { verbose: true }), `EXPLAIN (VERBOSE) ${select}`],
  [
    'with times and more',
    () => explained(keys(), { analyze: true, verbose: true }),
    { postgresql: `EXPLAIN (ANALYZE, VERBOSE) ${select}`, cockroachdb: `EXPLAIN ANALYZE (VERBOSE) ${select}` }
  ],
  [
    'of a write',
    () => explained(KV.delete(), { analyze: true }),
    { postgresql: 'EXPLAIN (ANALYZE) DELETE FROM "kv"', cockroachdb: 'EXPLAIN ANALYZE DELETE FROM "kv"' }
  ],
  [
    'as JSON',
    () => explained(keys(), { format: 'json', verbose: true }),
    {
      postgresql: `EXPLAIN (VERBOSE, FORMAT JSON) ${select}`,
      cockroachdb: /^CockroachDB v[\d.]+ has no EXPLAIN \(FORMAT JSON\), nor has any other version; leave the format out/
    }
  ],
  ['of the optimizer', () => explained(keys(), { mode: 'opt' }), modes('OPT', 'EXPLAIN (OPT)')],
  [
    'of the optimizer, with more',
    () => explained(keys(), { mode: 'opt', verbose: true }),
    modes('OPT', 'EXPLAIN (OPT, VERBOSE)')
  ],
  ['distributed', () => explained(keys(), { mode: 'distsql' }), modes('DISTSQL', 'EXPLAIN (DISTSQL)')],
  [
    'distributed, with times',
    () => explained(keys(), { mode: 'distsql', analyze: true }),
    modes('DISTSQL', 'EXPLAIN ANALYZE (DISTSQL)')
  ],
  ['vectorized', () => explained(keys(), { mode: 'vec' }), modes('VEC', 'EXPLAIN (VEC)')],
  ['with types', () => explained(keys(), { mode: 'types' }), modes('TYPES', 'EXPLAIN (TYPES)')]
]
