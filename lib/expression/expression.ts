import { between, binary, cast, FALSE, named, not, order, prefix, TRUE } from '../ast/build.js'
import type { ExprNode, OrderNode } from '../ast/nodes.js'
import { COMPARISONS, COMPUTATIONS, DISTINCTIONS, MATCHES, type Operator } from '../ast/operators.js'
import { type SqlType, TYPES, type TypeCategory, type TypeMethods, typeNamed, variant } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { aggregateMethods } from './aggregates.js'
import { arithmetic } from './arithmetic.js'
import { arrayMethods } from './arrays.js'
import { dateMethods } from './dates.js'
import { jsonMethods } from './json.js'
import { condition, equality, labelOf, membership, NodeHolder, nullity, operand, textual } from './operands.js'
import { textMethods } from './text.js'
import type { Order, OrderOptions } from './types.js'

/**
 * An expression with every method it could have; its public types (`Expr`, `Column`, …) show those of its SQL type.
 * Immutable: each method gives a new one. Operators that are methods by their own name, and the methods of text, dates, JSON
 * and arrays, are added below, from their tables.
 */
export class Expression extends NodeHolder<ExprNode> {
  /** @internal the result's type; absent at run time */
  declare readonly $type: never

  eq(value: unknown): Expression {
    return new Expression(equality(this.node, value, false))
  }

  ne(value: unknown): Expression {
    return new Expression(equality(this.node, value, true))
  }

  in(values: unknown): Expression {
    return new Expression(membership(this.node, values, false))
  }

  notIn(values: unknown): Expression {
    return new Expression(membership(this.node, values, true))
  }

  isNull(yes = true): Expression {
    return new Expression(nullity(this.node, !yes))
  }

  between(low: unknown, high: unknown): Expression {
    const [from, to] = [low, high].map(end => operand(notNull(this.node, 'between', end), this.node))
    return new Expression(between(this.node, from, to))
  }

  is(value: unknown): Expression {
    return new Expression(truth('is', this.node, value))
  }

  isNot(value: unknown): Expression {
    return new Expression(truth('isNot', this.node, value))
  }

  neg(): Expression {
    return new Expression(prefix('neg', this.node, this.node.type))
  }

  and(other: unknown): Expression {
    return new Expression(binary('and', this.node, condition(other, 'and'), TYPES.bool))
  }

  or(other: unknown): Expression {
    return new Expression(binary('or', this.node, condition(other, 'or'), TYPES.bool))
  }

  not(): Expression {
    return new Expression(not(this.node))
  }

  asc(options?: OrderOptions): OrderBy {
    return new OrderBy(sortKey(this.node, false, options))
  }

  desc(options?: OrderOptions): OrderBy {
    return new OrderBy(sortKey(this.node, true, options))
  }

  as(name: string): Expression {
    return new Expression(named(this.node, name))
  }

  cast(type: string): Expression {
    return new Expression(cast(this.node, castType(type)))
  }

  typed(type: string): Expression {
    return new Expression(retyped(this.node, castType(type)))
  }

  converter(convert: (value: unknown) => unknown): Expression {
    if (typeof convert !== 'function')
      throw misuse('WRONG_TYPE', `${labelOf(this.node)}.converter: expected a function, got ${describeType(convert)}`)
    const { type } = this.node
    if (type === TYPES.unknown)
      throw misuse('BAD_ARGUMENT', `${labelOf(this.node)}.converter: say first what it gives, as in typed('int8').converter(…)`)
    return new Expression(retyped(this.node, variant(type, { decode: text => convert(type.decode(text)) })))
  }

  collate(collation: string): Expression {
    return new Expression(collated(this.node, collation))
  }

  distinct(): Expression {
    return new Expression(prefix('distinct', this.node, this.node.type))
  }
}

/** Makes what a method does with its node and arguments. */
type Method = (node: ExprNode, ...args: never[]) => ExprNode
type Methods = Readonly<Record<string, Method>>

function define(name: string, find: (node: ExprNode) => Method): void {
  const value = function (this: Expression, ...args: never[]) {
    return new Expression(find(this.node)(this.node, ...args))
  }
  Object.defineProperty(Expression.prototype, name, { value, writable: true, configurable: true })
}

/** Makes operators methods by their own names. */
function defineOperators(operators: object, make: (op: Operator, node: ExprNode, value: unknown) => ExprNode): void {
  for (const op of Object.keys(operators) as Operator[]) define(op, () => (node, value) => make(op, node, value))
}

defineOperators(COMPARISONS, (op, node, value) => binary(op, node, operand(notNull(node, op, value), node), TYPES.bool))
defineOperators(DISTINCTIONS, (op, node, value) =>
  value === null ? nullity(node, op === 'isDistinctFrom') : binary(op, node, operand(value, node), TYPES.bool)
)
defineOperators(MATCHES, (op, node, value) =>
  binary(op, textual(node), textual(operand(notNull(node, op, value), node, TYPES.text)), TYPES.bool)
)
defineOperators(COMPUTATIONS, arithmetic)
for (const [name, method] of Object.entries<Method>(aggregateMethods)) define(name, () => method)

/** The methods that types have of their own; whatever has none of a name has that of text, if there is one. */
const OWN: { readonly [C in TypeCategory]?: Methods } = { json: jsonMethods, array: arrayMethods }
const OTHERS: Methods = { ...dateMethods, ...textMethods }
/** Of a type that only the server knows everything may be asked. */
const UNKNOWN: Methods = { ...arrayMethods, ...jsonMethods, ...OTHERS }

const offered = new Set<string>()
for (const name of Object.keys(UNKNOWN)) offer(name)

/** Makes a name a method, which goes by the type of the value. */
function offer(name: string): void {
  offered.add(name)
  define(name, node => {
    const method = methodOf(node.type, name)
    if (method) return method
    throw misuse('WRONG_TYPE', `${labelOf(node)}: a value of type ${node.type.name} has no ${name}()`)
  })
}

function methodOf(type: SqlType, name: string): Method | undefined {
  const { methods } = type as { readonly methods?: Methods }
  if (methods && Object.hasOwn(methods, name)) return methods[name]
  return OWN[type.category]?.[name] ?? OTHERS[name] ?? (type.oid === 0 && !methods ? UNKNOWN[name] : undefined)
}

/**
 * The methods of a type of a field author's own, each from a node and arguments to a node, to be its `methods`:
 * `{ ...typeNamed('ltree'), methods: typeMethods({ depth: node => call('nlevel', [node], TYPES.int8) }) }`. `Offers` shows them to
 * the compiler. Throws a `TypeError` (BAD_ARGUMENT) for a name that all expressions have.
 */
export function typeMethods<M extends Readonly<Record<string, (node: ExprNode, ...args: never[]) => ExprNode>>>(
  methods: M
): M & TypeMethods {
  for (const name of Object.keys(methods)) {
    if (offered.has(name)) continue
    if (name in Expression.prototype)
      throw misuse('BAD_ARGUMENT', `typeMethods: all expressions have ${name}(); choose another name`)
    offer(name)
  }
  return methods
}

function notNull(node: ExprNode, method: string, value: unknown): unknown {
  if (value !== null) return value
  throw misuse('BAD_ARGUMENT', `${labelOf(node)}.${method}(null) is never true; use isNull()`)
}

function truth(op: 'is' | 'isNot', node: ExprNode, value: unknown): ExprNode {
  if (value === null) return nullity(node, op === 'isNot')
  if (typeof value !== 'boolean')
    throw misuse('WRONG_TYPE', `${labelOf(node)}.${op}: expected true, false or null, got ${describeType(value)}`)
  return binary(op, node, value ? TRUE : FALSE, TYPES.bool)
}

/** The same SQL, read as another type. */
function retyped(node: ExprNode, type: SqlType): ExprNode {
  return node.kind === 'named' ? named(retyped(node.operand, type), node.name) : { ...node, type }
}

function collated(operand: ExprNode, collation: string): ExprNode {
  if (typeof collation === 'string') return { kind: 'collate', operand, collation, type: operand.type }
  throw misuse('WRONG_TYPE', `collate: expected the name of a collation, got ${describeType(collation)}`)
}

/** A sort key. */
export class OrderBy extends NodeHolder<OrderNode> implements Order {}

function sortKey(node: ExprNode, descending: boolean, { nulls, collation }: OrderOptions = {}): OrderNode {
  if (nulls !== undefined && nulls !== 'first' && nulls !== 'last')
    throw misuse('BAD_ARGUMENT', `nulls: expected 'first' or 'last', got ${describeType(nulls)}`)
  return order(collation === undefined ? node : collated(node, collation), descending, nulls)
}

/** A type by name, for a cast. Throws a `TypeError` for text that could be more than a type. */
export function castType(name: string): SqlType {
  if (/^[a-z_][\w .]*(\(\s*\w+(\s*,\s*\w+)*\s*\)[\w ]*)?(\[\])?$/i.test(name)) return typeNamed(name)
  throw misuse('BAD_ARGUMENT', `"${name}" is not the name of a SQL type`)
}

/** A node as an expression, of the type that the caller knows it to have. */
export function wrap<E>(node: ExprNode): E {
  return new Expression(node) as unknown as E
}
