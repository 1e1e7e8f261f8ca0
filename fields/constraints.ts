import { raw } from '../lib/ast/build.js'
import { misuse } from '../lib/errors.js'
import { wrap } from '../lib/expression/expression.js'
import { nodeOf } from '../lib/expression/operands.js'
import { type Fragment, SQL } from '../lib/expression/raw.js'
import type { AnyExpr } from '../lib/expression/types.js'
import { describeType } from '../lib/util/describe.js'
import { quoteName } from '../lib/util/identifiers.js'

/** What a field's or a model's `constraints` are written with. */

/** `CHECK (…)`, with a name if one is given: `constraints: [Check('price > 0', 'positive_price')]`. */
export function Check(condition: string | AnyExpr, name?: string): Fragment {
  const named = name === undefined ? '' : `CONSTRAINT ${quoteName(name)} `
  return wrap(raw([`${named}CHECK (`, expressionOf(condition, 'Check'), ')']))
}

/**
 * `DEFAULT …`, which the server fills in where a row leaves the column out: `constraints: [Default('now()')]`. A string is
 * SQL as it stands, so that text is written in its quotes, `Default("'draft'")`; numbers, booleans and null are values.
 */
export function Default(value: string | number | bigint | boolean | null | AnyExpr): Fragment {
  if (value === null || ['number', 'bigint', 'boolean'].includes(typeof value)) return SQL(`DEFAULT ${String(value)}`)
  return wrap(raw(['DEFAULT ', expressionOf(value as string | AnyExpr, 'Default')]))
}

function expressionOf(given: string | AnyExpr, where: string) {
  const node = typeof given === 'string' ? nodeOf(SQL(given)) : nodeOf(given)
  if (node) return node
  throw misuse('WRONG_TYPE', `${where}: expected SQL as text or an expression, got ${describeType(given)}`)
}
