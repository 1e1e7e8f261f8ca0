/** A tree of files that break the rules in `layers.ts`, each in one way, among files that keep them. */
export const brokenTree: Readonly<Record<string, string>> = {
  'lib/errors.ts': `import './util/names.js'`,
  'lib/util/names.ts': `export const name = 1`,
  'lib/ast/nodes.ts': `import type { Shape } from './shape.js'; export type Node = Shape`,
  'lib/ast/shape.ts': `import type { Node } from './nodes.js'; export type Shape = Node`,
  'lib/compiler/compile.ts': `import type { Db } from '../database/database.js'; export type Compiled = Db; export const one = 1`,
  'lib/database/database.ts': `import postgres from 'postgres'; export type Db = typeof postgres`,
  'lib/driver/postgres-js.ts': `import postgres from 'postgres'; export type Driver = typeof postgres`,
  'lib/query/mixed.ts': `import { one, type Compiled } from '../compiler/compile.js'; export const m: Compiled = one`,
  'lib/query/twice.ts': `import type { Compiled } from '../compiler/compile.js'; import { one } from '../compiler/compile.js'
    export const t: Compiled = one`,
  'lib/query/inline.ts': `export type I = import('../model/model.js').M; export const late = () => import('../schema/create.js')`,
  'lib/query/typed.ts': `import type { Driver } from '../driver/postgres-js.js'; export type T = Driver`,
  'lib/schema/create.ts': `export type { Field } from '../../fields/field.js'`,
  'lib/model/model.ts': `import '../index.js'; import './gone.js'; import '../../spec/helper.js'; export type M = 1`,
  'lib/index.ts': `export { name } from './util/names.js'; export { store } from '../playhouse/kv/store.js'`,
  'fields/field.ts': `export * from '../lib/query/typed.js'`,
  'playhouse/signals.ts': `import '../lib/index.js'; import '../lib/database/database.js'; import './kv/index.js'`,
  'playhouse/pool.ts': `import './cockroachdb/database.js'; import './kv/index.js'`,
  'playhouse/cockroachdb/database.ts': `import '../../lib/index.js'`,
  'playhouse/kv/index.ts': `import './store.js'`,
  'playhouse/kv/store.ts': `export const store = 1`,
  'spec/helper.ts': `export const helper = 1`
}

/** What is to be found in it. */
export const brokenRules: readonly string[] = [
  'errors-import-nothing: lib/errors.ts → lib/util/names.ts',
  'layer fields: fields/field.ts → lib/query/typed.ts',
  'layer lib/compiler: lib/compiler/compile.ts → lib/database/database.ts',
  'layer lib/model: lib/model/model.ts → lib/index.ts',
  'layer lib/query: lib/query/inline.ts → lib/model/model.ts',
  'layer lib/query: lib/query/inline.ts → lib/schema/create.ts',
  'no-cycles: lib/ast/nodes.ts → lib/ast/shape.ts → lib/ast/nodes.ts',
  'nothing-outside: lib/model/model.ts → spec/helper.ts',
  'nothing-unresolvable: lib/model/model.ts → ./gone.js',
  'one-file-knows-the-driver: lib/database/database.ts → node_modules/postgres/types/index.d.ts',
  'playhouse-is-optional: lib/index.ts → playhouse/kv/store.ts',
  'playhouse-uses-the-doors: playhouse/signals.ts → lib/database/database.ts',
  'playhouse-uses-the-doors: playhouse/signals.ts → playhouse/kv/index.ts',
  'pools-and-urls-know-kinds: playhouse/pool.ts → playhouse/kv/index.ts',
  'types only lib/query: lib/query/mixed.ts → lib/compiler/compile.ts',
  'types only lib/query: lib/query/twice.ts → lib/compiler/compile.ts'
]
