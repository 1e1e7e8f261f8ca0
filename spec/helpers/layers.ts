/**
 * Who may import whom, as data: `spec/architecture.spec.ts` holds the code to it, and it can be read as documentation.
 * Type imports count as imports. Every layer may also import its own files, `lib/util` and `lib/errors.ts`.
 */

/** The folders a layer may import, besides its own, util and errors. */
export interface Layer {
  readonly folder: string
  readonly mayImport: readonly string[]
  /** Only with `import type`. */
  readonly mayImportTypesOf?: readonly string[]
  /** Why it ends there. */
  readonly because: string
}

export const layers: readonly Layer[] = [
  { folder: 'lib/util', mayImport: [], because: 'helpers are leaves' },
  { folder: 'lib/ast', mayImport: [], because: 'nodes are plain data' },
  { folder: 'lib/compiler', mayImport: ['lib/ast'], because: 'the compiler writes nodes, whoever built them' },
  { folder: 'lib/dialect', mayImport: ['lib/compiler', 'lib/ast'], because: 'a dialect is a record of differences' },
  { folder: 'lib/expression', mayImport: ['lib/ast'], because: 'the fluent face only builds nodes' },
  { folder: 'fields', mayImport: ['lib/expression', 'lib/ast'], because: 'a field is an expression with a codec' },
  { folder: 'lib/driver', mayImport: [], because: 'a driver sends text and never asks what it means' },
  {
    folder: 'lib/query',
    mayImport: ['lib/ast', 'lib/expression'],
    mayImportTypesOf: ['lib/compiler', 'lib/driver'],
    because: 'a query is handed its executor and its row reader, and never hears of models'
  },
  {
    folder: 'lib/model',
    mayImport: ['fields', 'lib/query', 'lib/expression', 'lib/ast'],
    because: 'a model reaches the database through interfaces that it defines itself'
  },
  {
    folder: 'lib/loading',
    mayImport: ['lib/model', 'fields', 'lib/query', 'lib/expression', 'lib/ast'],
    because: 'relations are loaded by queries of models, and no model knows of it'
  },
  {
    folder: 'lib/schema',
    mayImport: ['lib/model', 'lib/query', 'fields', 'lib/ast'],
    because: 'statements about tables are built from metadata'
  },
  {
    folder: 'lib/database',
    mayImport: ['lib/schema', 'lib/model', 'lib/query', 'lib/dialect', 'lib/compiler', 'lib/driver', 'lib/ast'],
    because: 'the database puts the others together'
  }
]

/** What every layer may import. */
export const foundations = ['lib/util', 'lib/errors.ts'] as const

/** Files that belong to no layer: the doors re-export from all of them, so no layer may import a door. */
export const doors = ['lib/index.ts', 'lib/extend.ts'] as const

/** All that the optional parts may use: what any user of the package could. */
export const openToPlayhouse = [...doors, 'fields/index.ts'] as const

/** The one file that knows the driver package. */
export const driverFile = 'lib/driver/postgres-js.ts'

/** A rule as dependency-cruiser takes it. */
export interface Rule {
  readonly name: string
  readonly comment: string
  readonly severity: 'error'
  readonly from: Readonly<Record<string, unknown>>
  readonly to: Readonly<Record<string, unknown>>
}

const ours = '^(lib|fields|playhouse)/'

/** The rules that follow from the lists above. */
export function rules(): Rule[] {
  return [
    ...layers.map(layerRule),
    ...layers.filter(layer => layer.mayImportTypesOf).map(typesOnlyRule),
    rule('no-cycles', 'an import cycle has no first file', {}, { circular: true }),
    rule('errors-import-nothing', 'everything may import errors', { path: '^lib/errors\\.ts$' }, { path: '.' }),
    rule('playhouse-is-optional', 'the core loads without it', { path: '^(lib|fields)/' }, { path: '^playhouse/' }),
    rule('playhouse-uses-the-doors', 'what playhouse can do, a user can do', ...playhouse()),
    rule('pools-and-urls-know-kinds', 'they are for each kind of database', ...kinds()),
    rule('one-file-knows-the-driver', `only ${driverFile} does`, { path: ours, pathNot: anchor(driverFile) }, driver()),
    rule('nothing-unresolvable', 'an import that leads nowhere is not checked', { path: ours }, { couldNotResolve: true }),
    rule('nothing-outside', 'the package is lib, fields and playhouse', { path: ours }, { path: '^(spec|examples|docs|bench)/' })
  ]
}

function layerRule(layer: Layer): Rule {
  const types = layer.mayImportTypesOf ?? []
  const allowed = [layer.folder, ...foundations, ...layer.mayImport, ...types]
  const others = { path: ours, pathNot: allowed.map(anchor) }
  return rule(`layer ${layer.folder}`, layer.because, { path: anchor(layer.folder) }, others)
}

function typesOnlyRule(layer: Layer): Rule {
  const to = { path: layer.mayImportTypesOf?.map(anchor), dependencyTypesNot: ['type-only'] }
  return rule(`types only ${layer.folder}`, layer.because, { path: anchor(layer.folder) }, to)
}

/** Extensions that put others together: what they give comes for each kind of database. */
export const overKinds = ['playhouse/pool.ts', 'playhouse/db-url.ts'] as const

/** Other extensions do not know one another: each is a folder or a file of its own. */
function playhouse(): [Rule['from'], Rule['to']] {
  const from = { path: '^playhouse/([^/.]+)', pathNot: overKinds.map(anchor) }
  return [from, { path: ours, pathNot: [...openToPlayhouse.map(anchor), '^playhouse/$1[/.]'] }]
}

function kinds(): [Rule['from'], Rule['to']] {
  return [
    { path: overKinds.map(anchor) },
    { path: ours, pathNot: [...openToPlayhouse, ...overKinds, 'playhouse/cockroachdb/database.ts'].map(anchor) }
  ]
}

function driver(): Rule['to'] {
  return { path: '(^|/)node_modules/postgres/|^postgres$' }
}

function rule(name: string, comment: string, from: Rule['from'], to: Rule['to']): Rule {
  return { name, comment, severity: 'error', from, to }
}

/** A pattern for the folder's files, or for exactly that file. */
function anchor(path: string): string {
  return path.endsWith('.ts') ? `^${path.replaceAll('.', '\\.')}$` : `^${path}/`
}
