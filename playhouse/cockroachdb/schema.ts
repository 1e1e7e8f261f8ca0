import { type ClauseNode, type Emitter, misuse, modelOption, namedTable, quoteName, shardingOf } from '../../lib/extend.js'
import { type HashOptions, type Metadata, ModelDefinitionError } from '../../lib/index.js'
import { emitTtl } from './ttl.js'

/** What only CockroachDB knows of tables: column families, keys that change, and row-level TTL. */

declare module '../../lib/extend.js' {
  interface ModelExtensions {
    /**
     * Which columns are stored together, by the names of the families: `{ often: ['seen'], seldom: ['bio', 'photo'] }`. A write
     * touches only the families of its columns; columns that are named nowhere are with those of the first.
     */
    readonly families?: ColumnFamilies
  }
}

/** The properties of each column family, by the families' names. */
export type ColumnFamilies = Readonly<Record<string, readonly string[]>>

modelOption('families', { check: checkFamilies, clauses: (families, meta) => Object.entries(families).map(familyOf(meta)) })

function checkFamilies(families: ColumnFamilies, meta: Metadata): void {
  const seen = new Set<string>()
  for (const [family, names] of Object.entries(families)) {
    const where = `${meta.name}: the column family "${family}"`
    if (!Array.isArray(names) || names.length === 0)
      throw new ModelDefinitionError(`${where} is an array of properties, as in ['bio', 'photo']`)
    for (const name of names as readonly string[]) {
      const item = meta.findField(name)
      if (!item) throw new ModelDefinitionError(`${where} names "${name}", which is no field`)
      if (item.field.generated.stored === false)
        throw new ModelDefinitionError(`${where} names "${name}", which is computed when it is read, and so stored nowhere`)
      if (seen.has(item.property)) throw new ModelDefinitionError(`${where} names "${name}", which is in a family already`)
      seen.add(item.property)
    }
  }
}

function familyOf(meta: Metadata): (family: [name: string, names: readonly string[]]) => ClauseNode {
  return ([name, names]) => ({
    kind: 'clause',
    needs: 'columnFamilies',
    place: 'inside',
    says: { name, columns: names.map(property => meta.field(property).columnName) },
    operands: []
  })
}

const emitFamily: Emitter<'clause'> = (w, { says }) => {
  const { name, columns } = says as { readonly name: string; readonly columns: readonly string[] }
  w.write('FAMILY ').name(name)
  w.write(' (')
    .list(columns, column => w.name(column))
    .write(')')
}

const EMITTERS: Readonly<Record<string, Emitter<'clause'>>> = { rowTtl: emitTtl, columnFamilies: emitFamily }

/** Writes a clause of CREATE TABLE that other servers have not. */
export const emitClause: Emitter<'clause'> = (w, node) => EMITTERS[node.needs](w, node)

/** The statement that gives a table another primary key. Throws a `TypeError` for names that are no property, or none at all. */
export function alterPrimaryKeyText(meta: Metadata, names: readonly string[], options: HashOptions): string {
  if (names.length === 0) throw misuse('BAD_ARGUMENT', `alterPrimaryKey(${meta.name}): a key needs at least one property`)
  const { name, schema } = namedTable(meta.model)
  const table = [...(schema === undefined ? [] : [schema]), name].map(quoteName).join('.')
  const columns = names.map(property => quoteName(meta.field(property).columnName)).join(', ')
  const sharding = shardingOf(options, `alterPrimaryKey(${meta.name})`)
  const buckets = sharding?.buckets === undefined ? '' : ` WITH (bucket_count = ${sharding.buckets})`
  return `ALTER TABLE ${table} ALTER PRIMARY KEY USING COLUMNS (${columns})${sharding ? ' USING HASH' : ''}${buckets}`
}
