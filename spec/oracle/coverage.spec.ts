import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as names from './cases/by-name.js'
import { refusals } from './cases/errors.js'
import * as fields from './cases/fields.js'
import * as filters from './cases/filters.js'
import * as joins from './cases/joins.js'
import * as loading from './cases/loading.js'
import * as postgres from './cases/postgres.js'
import * as reads from './cases/reads.js'
import * as sources from './cases/sources.js'
import { created } from './cases/tables.js'
import * as values from './cases/values.js'
import * as writes from './cases/writes.js'
import { oracle } from './recorded.js'

const [page = ''] = readFileSync(join(__dirname, '../../docs/parity.md'), 'utf8').split('\n## Statements')
const tables = [fields, names, filters, joins, loading, postgres, reads, sources, values, writes].flatMap(module =>
  Object.values<object>(module)
)
const translated = [...tables, refusals, created].flatMap(table => Object.keys(table))
const listed = [...page.matchAll(/^\| `([\w.]+)` \| (?:later|other|none): .+ \|$/gm)].map(([, id]) => id)

describe('recordings of Peewee', () => {
  it('are each translated or listed in docs/parity.md, and none is both', () => {
    expect([...translated, ...listed].sort()).toEqual(oracle.cases.map(({ id }) => id).sort())
  })

  it('are listed in rows that all have a kind of reason', () => {
    expect(page.split('\n').filter(line => line.startsWith('| `'))).toHaveLength(listed.length)
  })
})
