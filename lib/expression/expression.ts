import { between, binary, call, cast, isNull, list, named, not, order, param, prefix, raw } from '../ast/build.js'
import type { ExprNode, OrderNode } from '../ast/nodes.js'
import { COMPARISONS, COMPUTATIONS, MATCHES, type Operator } from '../ast/operators.js'
import { arrayOf, type SqlType, TYPES, typeNamed } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { arithmetic, equality, labelOf, membership, NodeHolder, nodeOf, operand, pattern, textual } from './operands.js'
import type { Order, OrderOptions } from './types.js'

/**
 * An expression with every method it could have; its public types (`Expr`, `Column`, …) show those of its SQL type.
 * Immutable: each method gives a new one. Operators that are methods by their own name are added below, from their tables.
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
    return new Expression(isNull(this.node, !yes))
  }

  between(low: unknown, high: unknown): Expression {
    const [from, to] = [low, high].map(end => operand(notNull(this.node, 'between', end), this.node))
    return new Expression(between(this.node, from, to))
  }

  /** Of text: whether it contains the string. Of an array or JSON: whether it has all of the values. */
  contains(...values: unknown[]): Expression {
    if (this.#isText()) return new Expression(pattern(this.node, values[0], '%', '%'))
    return this.#contain('contains', values)
  }

  startsWith(value: unknown): Expression {
    return new Expression(pattern(this.node, value, '', '%'))
  }

  endsWith(value: unknown): Expression {
    return new Expression(pattern(this.node, value, '%', ''))
  }

  concat(value: unknown): Expression {
    const right = textual(operand(value, this.node, TYPES.text))
    return new Expression(binary('concat', textual(this.node), right, TYPES.text))
  }

  containedBy(...values: unknown[]): Expression {
    return this.#contain('containedBy', values)
  }

  containsAny(...values: unknown[]): Expression {
    return this.#contain('overlaps', values)
  }

  #contain(op: Operator, values: unknown[]): Expression {
    const { type } = this.node
    const value = type.category === 'array' && nodeOf(values[0]) === undefined ? values : values[0]
    return new Expression(binary(op, this.node, operand(value, this.node, type), TYPES.bool))
  }

  #isText(): boolean {
    return !['json', 'array'].includes(this.node.type.category)
  }

  /** The item of an array at an index that counts from 0. */
  at(index: number): Expression {
    if (!Number.isInteger(index))
      throw misuse('WRONG_TYPE', `${labelOf(this.node)}.at: expected an integer, got ${describeType(index)}`)
    const place = param(index + 1, TYPES.int4, 'at')
    return new Expression(raw(['(', this.node, ')[', place, ']'], this.node.type.element))
  }

  /** How many items an array has; of no array, how many characters a text has. */
  length(): Expression {
    const { category } = this.node.type
    if (category !== 'array') return new Expression(call('length', [this.node], TYPES.int8))
    // The dimension must be an int4: PostgreSQL has no array_length for another.
    const length = call('array_length', [this.node, param(1, TYPES.int4, 'length')], TYPES.int8)
    return new Expression(call('coalesce', [length, param(0, TYPES.int4, 'length')], TYPES.int8))
  }

  /** The value at a path inside a JSON value. */
  get(...path: (string | number)[]): Expression {
    return new Expression(path.reduce((at: ExprNode, key) => step(' -> ', at, key, TYPES.jsonb), this.node))
  }

  /** A JSON value as text; a JSON string without its quotes. */
  asText(): Expression {
    const { node } = this
    const last = node.kind === 'raw' && node.parts[1] === ' -> ' ? node.parts : undefined
    return new Expression(last ? raw([last[0], ' ->> ', last[2]], TYPES.text) : step(' #>> ', node, [], TYPES.text))
  }

  asInt(): Expression {
    return this.asText().cast('int8')
  }

  asFloat(): Expression {
    return this.asText().cast('float8')
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
    return new OrderBy(order(this.node, false, nulls(options)))
  }

  desc(options?: OrderOptions): OrderBy {
    return new OrderBy(order(this.node, true, nulls(options)))
  }

  as(name: string): Expression {
    return new Expression(named(this.node, name))
  }

  cast(type: string): Expression {
    return new Expression(cast(this.node, castType(type)))
  }

  collate(collation: string): Expression {
    return new Expression({ kind: 'collate', operand: this.node, collation, type: this.node.type })
  }

  distinct(): Expression {
    return new Expression(prefix('distinct', this.node, this.node.type))
  }
}

/** Makes operators methods by their own names. */
function define(operators: object, make: (op: Operator, node: ExprNode, value: unknown) => ExprNode): void {
  for (const op of Object.keys(operators) as Operator[]) {
    const value = function (this: Expression, value: unknown) {
      return new Expression(make(op, this.node, value))
    }
    Object.defineProperty(Expression.prototype, op, { value, writable: true, configurable: true })
  }
}

define(COMPARISONS, (op, node, value) => binary(op, node, operand(notNull(node, op, value), node), TYPES.bool))
define(MATCHES, (op, node, value) => binary(op, textual(node), operand(notNull(node, op, value), node, TYPES.text), TYPES.bool))
define(COMPUTATIONS, arithmetic)

function notNull(node: ExprNode, method: string, value: unknown): unknown {
  if (value !== null) return value
  throw misuse('BAD_ARGUMENT', `${labelOf(node)}.${method}(null) is never true; use isNull()`)
}

/** A sort key. */
export class OrderBy extends NodeHolder<OrderNode> implements Order {}

/** The node of a condition. Throws a `TypeError` for what is none, an `undefined` above all. */
export function condition(value: unknown, where: string): ExprNode {
  const node = nodeOf(value)
  if (node) return node
  if (value === undefined)
    throw misuse('UNDEFINED_VALUE', `${where}: the condition is undefined; leave the clause out, or use and() of what there is`)
  throw misuse('WRONG_TYPE', `${where}: expected a condition, got ${describeType(value)}`)
}

/** A type by name, for a cast. Throws a `TypeError` for text that could be more than a type. */
export function castType(name: string): SqlType {
  if (/^[a-z_][\w .]*(\(\s*\w+(\s*,\s*\w+)*\s*\))?[\w ]*(\[\])?$/i.test(name)) return typeNamed(name)
  throw misuse('BAD_ARGUMENT', `"${name}" is not the name of a SQL type`)
}

function nulls(options: OrderOptions | undefined): 'first' | 'last' | undefined {
  const place = options?.nulls
  if (place === undefined || place === 'first' || place === 'last') return place
  throw misuse('BAD_ARGUMENT', `nulls: expected 'first' or 'last', got ${describeType(place)}`)
}

/** A step into a JSON value. The key is typed: untyped, a server takes it for JSON. */
function step(op: string, from: ExprNode, key: string | number | string[], type: SqlType): ExprNode {
  const keyType = Array.isArray(key) ? arrayOf(TYPES.text) : typeof key === 'number' ? TYPES.int4 : TYPES.text
  return raw([list([from]), op, param(key, keyType, 'a JSON key')], type)
}
