import { caseOf } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { argument, refused, typeOfAll } from './arguments.js'
import { widest } from './arithmetic.js'
import { wrap } from './expression.js'
import { condition, nodeOf, operand } from './operands.js'
import type { Any, Expr, Operand, Typed } from './types.js'

/** A branch: what is asked, and what it gives. */
type Branch<W, T> = readonly [when: W, then: T | Expr<T>]

/**
 * The result of the first condition that holds, else the default, else NULL. The first expression among the results, or else the
 * values, give the type.
 *
 * `caseWhen([[u.age.gte(18), 'adult']], 'minor')` → `CASE WHEN "t1"."age" >= $1 THEN $2 ELSE $3 END`
 *
 * With a subject, what is equal to it: `caseWhen(u.role, [['admin', 1]], 2)` → `CASE "t1"."role" WHEN $1 THEN $2 ELSE $3 END`
 */
export function caseWhen<T>(branches: readonly Branch<Expr<boolean | null>, T>[], otherwise: T | Expr<T>): Typed<T>
export function caseWhen<T>(branches: readonly Branch<Expr<boolean | null>, T>[], otherwise?: null): Typed<T | null>
export function caseWhen<S, T>(subject: Expr<S>, branches: readonly Branch<Operand<S>, T>[], otherwise: T | Expr<T>): Typed<T>
export function caseWhen<S, T>(subject: Expr<S>, branches: readonly Branch<Operand<S>, T>[], otherwise?: null): Typed<T | null>
export function caseWhen(...args: unknown[]): Any {
  const [subject, branches, ...rest] = Array.isArray(args[0]) ? [undefined, ...args] : args
  return wrap(
    caseNode(
      subject,
      branches,
      rest.filter(item => item !== undefined)
    )
  )
}

function caseNode(subject: unknown, branches: unknown, otherwise: readonly unknown[]): ExprNode {
  const of = nodeOf(subject)
  if (subject !== undefined && !of) throw refused('caseWhen', 'a list of branches, or an expression first', subject)
  if (!Array.isArray(branches)) throw refused('caseWhen', 'a list of branches', branches)
  if (branches.length === 0) throw misuse('BAD_ARGUMENT', 'caseWhen needs at least one branch')
  const type = typeOfAll([...branches.map(branch => thenOf(branch)), ...otherwise], 'caseWhen')
  const nodes = branches.map(
    ([when, then]: Branch<unknown, unknown>) => [whenNode(when, of), argument(then, 'caseWhen', type)] as const
  )
  const last = otherwise.map(item => argument(item, 'caseWhen', type))
  return caseOf(nodes, last[0], widest([...nodes.map(([, then]) => then), ...last]), of)
}

function thenOf(branch: unknown): unknown {
  if (Array.isArray(branch) && branch.length === 2) return branch[1]
  throw refused('caseWhen', 'branches of [condition, result]', branch)
}

function whenNode(when: unknown, subject: ExprNode | undefined): ExprNode {
  if (!subject) return condition(when, 'caseWhen')
  if (when !== null) return operand(when, subject)
  throw misuse('BAD_ARGUMENT', 'caseWhen: nothing is equal to null; give it branches of conditions, with isNull()')
}
