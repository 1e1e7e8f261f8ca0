import { binary, conjunction, EMPTY_SELECT, param } from '../ast/build.js'
import type { SelectNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import type { Executor } from '../query/executor.js'
import type { Metadata } from './metadata.js'

/** The statement that finds a row by its key: the same for every key, so it is compiled once a model. */
interface Lookup {
  readonly compileKey: object
  readonly statement: ReturnType<Executor['compile']>
}

const lookups = new WeakMap<Metadata, Lookup>()

/** The instance of a key; of a composite key, an array of its values. Rejects with the model's `DoesNotExist`. */
export async function findByKey(meta: Metadata, key: unknown): Promise<object> {
  const params = keyParams(meta, key)
  const executor = meta.requireDatabase()
  if (!executor.ready) await executor.prepare()
  let lookup = lookups.get(meta)
  if (lookup?.compileKey !== executor.compileKey) {
    lookup = { compileKey: executor.compileKey, statement: executor.compile(lookupNode(meta, params)) }
    lookups.set(meta, lookup)
  }
  const { statement } = lookup
  const { rows } = await executor.run({ ...statement, params: params.map(({ text }) => text) })
  if (rows.length === 0) throw meta.source.notFound(statement.text)
  return meta.source.read(rows[0], 0)
}

function keyParams(meta: Metadata, key: unknown) {
  const { primaryKey } = meta.source
  const values = primaryKey.length > 1 && Array.isArray(key) ? key : [key]
  if (values.length !== primaryKey.length) {
    throw misuse('BAD_ARGUMENT', `${meta.name} has a key of ${primaryKey.length} columns, but ${values.length} values were given`)
  }
  return primaryKey.map(({ column }, i) => {
    if (values[i] === null) throw misuse('BAD_ARGUMENT', `${meta.name}.${column.property}: a key is never null`)
    return param(values[i], column.type, `${meta.name}.${column.property}`)
  })
}

function lookupNode({ source }: Metadata, params: ReturnType<typeof keyParams>): SelectNode {
  const conditions = source.primaryKey.map(({ column }, i) => binary('eq', column, params[i], TYPES.bool))
  return {
    ...EMPTY_SELECT,
    columns: source.columns.map(({ column }) => column),
    from: [source.node],
    where: conjunction(conditions)
  }
}
