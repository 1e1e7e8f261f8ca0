import type { Compiled } from '../compiler/compile.js'
import { NotSupportedError } from '../errors.js'
import type { Scope } from './scope.js'

/**
 * Throws `NotSupportedError` for a statement that reads as of another time inside an open transaction. Servers take there no
 * time but the very one that the transaction reads as of, and refuse an interval, which means another one with each statement.
 */
export function refusePast(scope: Scope, { asOf }: Partial<Pick<Compiled, 'asOf'>>): void {
  if (asOf === undefined || scope.depth === 0) return
  throw new NotSupportedError(
    'asOf() cannot be used inside a transaction, which reads as of one time of its own: give the outermost block { systemTime }, or run the query with db.outside()'
  )
}
