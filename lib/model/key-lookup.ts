import { binary, conjunction, EMPTY_SELECT, param } from '../ast/build.js'
import type { ExprNode, LockStrength, ParamNode, SelectNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import type { Metadata } from './metadata.js'
import { runShape } from './statements.js'

/**
 * The instance of a key; of a composite key, an array of its values. Rejects with the model's `DoesNotExist`.
 *
 * @param lock how its row is locked
 */
export async function findByKey(meta: Metadata, key: unknown, lock?: LockStrength): Promise<object> {
  const params = keyParams(meta, key)
  const texts = params.map(({ text }) => text)
  const shape = lock ? `by key, for ${lock}` : 'by key'
  const { result, text } = await runShape(meta, shape, texts, () => lookupNode(meta, params, lock))
  if (result.rows.length === 0) throw meta.source.notFound(text)
  return meta.source.read(result.rows[0], 0, { text })
}

/** Throws a `TypeError` for a model without primary key. */
export function requireKey({ name, primaryKey }: Metadata): void {
  if (primaryKey.length > 0) return
  const instead = `use ${name}.update(…), delete() or get(…) with conditions`
  throw misuse('BAD_QUERY', `${name} has no primary key, so its rows cannot be told apart; ${instead}`)
}

function keyParams(meta: Metadata, key: unknown): ParamNode[] {
  requireKey(meta)
  const { primaryKey } = meta.source
  const values = primaryKey.length > 1 && Array.isArray(key) ? key : [key]
  if (values.length !== primaryKey.length) {
    const names = primaryKey.map(({ property }) => property).join(', ')
    throw misuse('BAD_ARGUMENT', `${meta.name} has a key of ${primaryKey.length} columns; give their values: [${names}]`)
  }
  return primaryKey.map(({ column }, i) => {
    if (values[i] === null) throw misuse('BAD_ARGUMENT', `${meta.name}.${column.property}: a key is never null`)
    return param(values[i], column.type, `${meta.name}.${column.property}`)
  })
}

function lookupNode(meta: Metadata, params: readonly ParamNode[], strength: LockStrength | undefined): SelectNode {
  const { source } = meta
  return {
    ...EMPTY_SELECT,
    columns: source.columns.map(({ column }) => column),
    from: [source.node],
    where: keyIs(meta, params),
    lock: strength && { kind: 'lock', strength, of: [], byTransaction: true }
  }
}

/** The condition that the primary key has these values. */
export function keyIs({ source }: Metadata, params: readonly ParamNode[]): ExprNode {
  return conjunction(source.primaryKey.map(({ column }, i) => binary('eq', column, params[i], TYPES.bool))) as ExprNode
}

/** The condition that means the row of a key; of a composite key, an array of its values. Throws a `TypeError` for no key. */
export function rowOfKey(meta: Metadata, key: unknown): ExprNode {
  return keyIs(meta, keyParams(meta, key))
}
