import { misuse } from '../errors.js'
import type {
  AliasNode,
  BetweenNode,
  BinaryNode,
  CallNode,
  CaseNode,
  CastNode,
  ColumnNode,
  ExistsNode,
  ExprNode,
  ExtractNode,
  InNode,
  IsNullNode,
  KeywordNode,
  ListNode,
  NamedNode,
  OperationNode,
  OrderNode,
  OverNode,
  ParamNode,
  PrefixNode,
  QueryNode,
  RawNode,
  RowsNode,
  SelectNode,
  SourceNode,
  StatementNode,
  SubqueryNode,
  SubscriptNode,
  TableNode,
  WindowNode
} from './nodes.js'
import type { Operator, Prefix } from './operators.js'
import { arrayOf, hasArrays, located, type SqlType, TYPES } from './types.js'

/** One factory a node kind. Whatever a node needs to be right is decided here, once. */

/** The keyword NULL. */
export const NULL: KeywordNode = { kind: 'keyword', word: 'NULL', type: TYPES.unknown }
/** The keyword TRUE. */
export const TRUE: KeywordNode = { kind: 'keyword', word: 'TRUE', type: TYPES.bool }
/** The keyword FALSE. */
export const FALSE: KeywordNode = { kind: 'keyword', word: 'FALSE', type: TYPES.bool }
/** The keyword DEFAULT. */
export const DEFAULT: KeywordNode = { kind: 'keyword', word: 'DEFAULT', type: TYPES.unknown }
/** The star of `count(*)`. */
export const STAR: KeywordNode = { kind: 'keyword', word: '*', type: TYPES.unknown }

/** A table, told from others by its identity. */
export function table(name: string, schema?: string): TableNode {
  return { kind: 'table', name, schema }
}

/** A table, query or function under another name. */
export function aliasOf(source: TableNode | RowsNode, name?: string): AliasNode {
  return { kind: 'alias', source, name }
}

/** A column of a source, with the model and property it belongs to. */
export function column(source: SourceNode, name: string, type: SqlType, owner: string, property: string): ColumnNode {
  return { kind: 'column', source, name, type, owner, property }
}

/** A parameter, encoded at once: a wrong type shows where the expression is written. `where` is what the message calls the place. */
export function param(value: unknown, type: SqlType, where: string): ParamNode {
  if (value === undefined) throw undefinedValue(where)
  if (value === null) return { kind: 'param', value, text: null, type }
  try {
    return { kind: 'param', value, text: type.encode(value), type }
  } catch (error) {
    throw located(error, where)
  }
}

/** The error for an `undefined` that would otherwise have widened a query or been lost. */
export function undefinedValue(where: string): TypeError {
  return misuse('UNDEFINED_VALUE', `${where}: the value is undefined; pass null for NULL, or leave the property or condition out`)
}

/** `left op right`; `escaped` writes the escape character of a pattern behind it. */
export function binary(op: Operator, left: ExprNode, right: ExprNode, type: SqlType, escaped?: boolean): BinaryNode {
  return { kind: 'binary', op, left, right, type, escape: escaped }
}

/** `left operator right`, of an operator that is not among the known ones. */
export function operation(operator: string, left: ExprNode, right: ExprNode, type: SqlType): OperationNode {
  return { kind: 'operation', operator, left, right, type }
}

/** `op operand`. */
export function prefix(op: Prefix, operand: ExprNode, type: SqlType): PrefixNode {
  return { kind: 'prefix', op, operand, type }
}

/** The negation of a condition; a double one unwraps. */
export function not(operand: ExprNode): ExprNode {
  return operand.kind === 'prefix' && operand.op === 'not' ? operand.operand : prefix('not', operand, TYPES.bool)
}

/** `x IS NULL`, or IS NOT NULL. */
export function isNull(operand: ExprNode, negated: boolean): IsNullNode {
  return { kind: 'isNull', operand, negated, type: TYPES.bool }
}

/** `x IN (…)`, or NOT IN; of one array parameter `x = ANY($1)`. */
export function isIn(operand: ExprNode, among: ParamNode | ListNode | QueryNode, negated: boolean): InNode {
  return { kind: 'in', operand, among, negated, type: TYPES.bool }
}

/** A list of values of one type as one array parameter, where the type has an array that both servers know. */
export function arrayParam(values: readonly unknown[], element: SqlType, where: string): ParamNode | undefined {
  return hasArrays(element) ? param(values, arrayOf(element), where) : undefined
}

/** `x BETWEEN low AND high`. */
export function between(operand: ExprNode, low: ExprNode, high: ExprNode): BetweenNode {
  return { kind: 'between', operand, low, high, type: TYPES.bool }
}

/** `(a, b)`. */
export function list(items: readonly ExprNode[]): ListNode {
  return { kind: 'list', items, type: TYPES.unknown }
}

/** `name(args)`, giving `type`. */
export function call(name: string, args: readonly ExprNode[], type: SqlType): CallNode {
  return { kind: 'call', name, args, type, orderBy: [], within: false, filter: undefined }
}

/** `call OVER window`. */
export function over(of: ExprNode, window: WindowNode): OverNode {
  return { kind: 'over', call: of, window, type: of.type }
}

/** `EXTRACT(part FROM x)`: a float, as which it is read from every server. */
export function extract(part: string, operand: ExprNode): ExtractNode {
  return { kind: 'extract', part, operand, type: TYPES.float8 }
}

/** The item of an array at an index that counts from 1. */
export function item(array: ExprNode, index: ExprNode): SubscriptNode {
  const type = array.type.element ?? TYPES.unknown
  return { kind: 'subscript', operand: array, slice: false, from: index, to: undefined, type }
}

/** The items of an array from one index to another, which count from 1 and are both included. */
export function slice(array: ExprNode, from: ExprNode | undefined, to: ExprNode | undefined): SubscriptNode {
  return { kind: 'subscript', operand: array, slice: true, from, to, type: array.type }
}

/** `CAST(x AS type)`. */
export function cast(operand: ExprNode, type: SqlType): CastNode {
  return { kind: 'cast', operand, type }
}

/** `CASE WHEN … THEN … ELSE … END`, giving `type`. */
export function caseOf(
  branches: CaseNode['branches'],
  otherwise: ExprNode | undefined,
  type: SqlType,
  subject?: ExprNode
): CaseNode {
  return { kind: 'case', subject, branches, otherwise, type }
}

/** Text as it stands, with expressions between its parts. */
export function raw(parts: RawNode['parts'], type: SqlType = TYPES.unknown): RawNode {
  return { kind: 'raw', parts, type }
}

/** A whole statement of raw SQL. */
export function statement(body: RawNode): StatementNode {
  return { kind: 'statement', body }
}

/** A select as a value, of the type of its first column. */
export function subquery(select: QueryNode): SubqueryNode {
  return { kind: 'subquery', select, type: select.columns[0]?.type ?? TYPES.unknown }
}

/** `EXISTS (SELECT …)`. */
export function exists(select: QueryNode): ExistsNode {
  return { kind: 'exists', select, type: TYPES.bool }
}

/** An expression under a name; one that has a name already is renamed. */
export function named(operand: ExprNode, name: string): NamedNode {
  return { kind: 'named', operand: unnamed(operand), name, type: operand.type }
}

/** The expression without the name it may have been given. */
export function unnamed(node: ExprNode): ExprNode {
  return node.kind === 'named' ? node.operand : node
}

/** A sort key. */
export function order(operand: ExprNode, descending: boolean, nulls?: 'first' | 'last'): OrderNode {
  return { kind: 'order', operand, descending, nulls }
}

/** All the conditions together, or `undefined` for none. */
export function conjunction(conditions: readonly (ExprNode | undefined)[], op: 'and' | 'or' = 'and'): ExprNode | undefined {
  const given = conditions.filter(node => node !== undefined)
  return given.length === 0 ? undefined : given.reduce((left, right) => binary(op, left, right, TYPES.bool))
}

/** A select of nothing from nowhere, to be filled by copying. It has every key: where selects differ in shape, all of this is slower. */
export const EMPTY_SELECT: SelectNode = {
  kind: 'select',
  with: undefined,
  distinct: false,
  columns: [],
  from: [],
  where: undefined,
  groupBy: [],
  having: undefined,
  windows: undefined,
  orderBy: [],
  limit: undefined,
  offset: undefined,
  lock: undefined,
  asOf: undefined,
  hints: undefined
}
