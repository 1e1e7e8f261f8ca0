import { type Capabilities, type Model, NotSupportedError, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase, cockroachDialect } from 'pewit/playhouse/cockroachdb'
import type { Node, RootNode } from '../../lib/ast/nodes.js'
import { TYPES } from '../../lib/ast/types.js'
import { capabilitiesAt } from '../../lib/compiler/capabilities.js'
import { type Compiled, compile } from '../../lib/compiler/compile.js'
import type { Dialect } from '../../lib/compiler/dialect.js'
import { postgresDialect } from '../../lib/dialect/postgres.js'

/** A kind of server that statements are compiled for. The two differ in version from what is newest. */
export type Target = 'postgresql' | 'cockroachdb' | 'cockroachdb 21.2'

/**
 * The statement of a case: the same text everywhere, or one for each kind of server, of which what is left out is as the
 * one before. A pattern is the message of the `NotSupportedError` that a server's lack makes.
 */
export type Text = string | { readonly [T in Target]?: string | RegExp }

/** A query and the statement it makes. `params` are written as casts: `3::int8`, `NULL::text`. */
export type Case = readonly [name: string, query: () => Statement, text: Text, params?: readonly string[]]

/** What has a node, as every query does. */
export interface Statement {
  toNode(): RootNode
}

const dialects: Readonly<Record<Target, readonly [Dialect, Capabilities]>> = {
  postgresql: [postgresDialect, capabilitiesAt(postgresDialect.support, 180_000)],
  cockroachdb: [cockroachDialect, capabilitiesAt(cockroachDialect.support, 260_300)],
  'cockroachdb 21.2': [cockroachDialect, capabilitiesAt(cockroachDialect.support, 210_200)]
}

export const targets = Object.keys(dialects) as Target[]

/** Databases that are never connected to. */
export const databases: { readonly [T in 'postgresql' | 'cockroachdb']: PostgresqlDatabase } = {
  postgresql: new PostgresqlDatabase('nowhere'),
  cockroachdb: new CockroachDatabase('nowhere')
}

/** The query's statement for a kind of server. Its nodes are frozen first, so that a change of any throws. */
export function statementFor(target: Target, query: Statement): Compiled {
  return compile(frozen(query.toNode()), ...dialects[target])
}

/** The text that a case expects for a kind of server. */
export function textFor(target: Target, text: Text): string | RegExp {
  if (typeof text === 'string') return text
  const found = targets.slice(0, targets.indexOf(target) + 1).findLast(name => text[name] !== undefined)
  return text[found as Target] as string | RegExp
}

/** The parameters as casts, as cases write them: wire text and type. */
export function paramsOf({ params, types }: Pick<Compiled, 'params' | 'types'>): string[] {
  return params.map((text, i) => `${text ?? 'NULL'}::${typeName(types[i])}`)
}

const NAMES = new Map<number, string>(
  Object.values(TYPES).flatMap(({ name, oid, arrayOid }) => [
    [oid, name],
    ...(arrayOid ? [[arrayOid, `${name}[]`] as const] : [])
  ])
)

function typeName(oid: number): string {
  return NAMES.get(oid) ?? `oid ${oid}`
}

/** Freezes a node and all that hangs on it; of a parameter not the value, which is the caller's. */
export function frozen<N extends Node>(node: N): N {
  freeze(node)
  return node
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const [key, part] of Object.entries(value)) if (key !== 'value' || !('text' in value)) freeze(part)
}

/** Checks tables of cases: each for PostgreSQL, for the newest CockroachDB, and for v21.2. */
export function checkCases(tables: Readonly<Record<string, readonly Case[]>>): void {
  for (const [name, cases] of Object.entries(tables)) {
    describe(name, () => {
      it('has no two cases of one name', () => expect(new Set(cases.map(([title]) => title)).size).toBe(cases.length))
      for (const one of cases) for (const target of targets) it(`${one[0]} (${target})`, () => checkCase(target, one))
    })
  }
}

function checkCase(target: Target, [, query, text, params = []]: Case): void {
  const expected = textFor(target, text)
  if (expected instanceof RegExp) {
    expect(() => statementFor(target, query())).toThrow(NotSupportedError)
    return expect(() => statementFor(target, query())).toThrow(expected)
  }
  const statement = statementFor(target, query())
  expect({ target, text: statement.text }).toEqual({ target, text: expected })
  expect(paramsOf(statement)).toEqual(params)
}

/** Binds the models for the time of a spec file, to a database that is never connected to. */
export function bindModels(models: readonly (abstract new (...args: never[]) => Model)[]): void {
  beforeAll(() => databases.postgresql.bind(models))
}

/** The error that `work` throws, as its code and message. */
export function refusal(work: () => unknown): { readonly code: unknown; readonly message: string } {
  try {
    work()
  } catch (error) {
    if (error instanceof TypeError) return { code: (error as TypeError & { code?: unknown }).code, message: error.message }
    throw error
  }
  throw new Error('Nothing was thrown')
}

/** A misuse of the API: the code of its `TypeError`, and what the message says. */
export type Misuse = readonly [name: string, code: string, message: string | RegExp, work: () => unknown]

/** Checks a table of misuses. */
export function checkMisuse(cases: readonly Misuse[]): void {
  it.each(cases)('%s', (_, code, message, work) => {
    const refused = refusal(work)
    expect(refused.code).toBe(code)
    if (typeof message === 'string') expect(refused.message).toBe(message)
    else expect(refused.message).toMatch(message)
  })
}
