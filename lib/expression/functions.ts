import { call, cast, param, STAR } from '../ast/build.js'
import type { ExprNode } from '../ast/nodes.js'
import { type SqlType, TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { argument, typeOfAll } from './arguments.js'
import { wrap } from './expression.js'
import type { Functions } from './function-types.js'
import { nodeOf, textual } from './operands.js'
import { resultType, takesFloats } from './result-types.js'

/** Any SQL function by its name: `fn.count()`, `fn.lower(u.username)`, `fn.coalesce(u.age, 0)`. */
export const fn: Functions = new Proxy({} as Functions, {
  get: (_, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => invoke(name, args) : undefined)
})

function invoke(name: string, args: readonly unknown[]): unknown {
  if (!/^[a-z_][\w.]*$/i.test(name)) throw misuse('BAD_ARGUMENT', `"${name}" is not the name of a SQL function`)
  const lower = name.toLowerCase()
  const nodes = args.length === 0 && lower === 'count' ? [STAR] : argumentsOf(lower, name, args)
  return wrap(call(name, nodes, resultType(lower, nodes)))
}

/** The arguments of a function as servers take them: each with a type, and one that all of them know the function for. */
function argumentsOf(name: string, label: string, args: readonly unknown[]): ExprNode[] {
  const plain = (item: unknown, type?: SqlType): ExprNode => argument(item, label, type)
  if (/^(coalesce|nullif|greatest|least)$/.test(name)) {
    const type = typeOfAll(args, label)
    return args.map(item => plain(item, type))
  }
  if (takesFloats(name)) return args.map(item => asFloat(plain(item, nodeOf(item) ? undefined : TYPES.float8)))
  if (/^concat(_ws)?$/.test(name)) return args.map(item => textual(plain(item)))
  const [first, ...rest] = args.map((item, i) => {
    const type = typeOfPlain(name, i, args)
    return type && !nodeOf(item) ? param(item, type, label) : plain(item)
  })
  if (!first) return []
  if (name === 'string_agg') return [textual(first), ...rest]
  // Servers round exact numbers to digits, and not all of them floats.
  if (/^(round|trunc)$/.test(name) && rest.length > 0 && first.type.category === 'float')
    return [cast(first, TYPES.numeric), ...rest]
  return [first, ...rest]
}

/** What takes the name of a text search configuration first. It is text on some servers, and a type of its own on others. */
const SEARCHES = /^(to_tsvector|(to_|plainto_|phraseto_|websearch_to_)tsquery)$/

/** The type of a plain argument that is not its own: that of the first one, of a default, or of the array's, of an item. */
function typeOfPlain(name: string, index: number, args: readonly unknown[]): SqlType | undefined {
  if (index === 0) return args.length > 1 && SEARCHES.test(name) ? TYPES.unknown : undefined
  const type = nodeOf(args[0])?.type
  if (/^(lag|lead)$/.test(name)) return index === 2 ? type : undefined
  return /^array_(append|remove|replace|position)$/.test(name) ? type?.element : undefined
}

function asFloat(node: ExprNode): ExprNode {
  return node.type.category === 'integer' || node.type.category === 'exact' ? cast(node, TYPES.float8) : node
}
