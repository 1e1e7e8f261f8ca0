/** Comparisons of two operands of one type; each is a method of expressions by its name. */
export const COMPARISONS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

/** Comparisons of text with a pattern; each is a method of expressions by its name. */
export const MATCHES = {
  like: 'LIKE',
  ilike: 'ILIKE',
  notLike: 'NOT LIKE',
  notIlike: 'NOT ILIKE',
  regexp: '~',
  iregexp: '~*'
} as const

/** Arithmetic; each is a method of expressions by its name. */
export const COMPUTATIONS = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  bitAnd: '&',
  bitOr: '|',
  bitXor: '#'
} as const

/** Comparisons for which NULL is a value like any other; each is a method of expressions by its name. */
export const DISTINCTIONS = { isDistinctFrom: 'IS DISTINCT FROM', isNotDistinctFrom: 'IS NOT DISTINCT FROM' } as const

/** Into JSON values, and out of them. */
const JSON_OPERATORS = {
  jsonGet: '->',
  jsonGetText: '->>',
  jsonPath: '#>',
  jsonPathText: '#>>',
  jsonRemove: '#-',
  hasKey: '?',
  hasKeys: '?&',
  hasAnyKeys: '?|'
} as const

/** Every operator by its name in the AST, and how PostgreSQL writes it. A dialect may write one otherwise. */
export const OPERATORS = {
  and: 'AND',
  or: 'OR',
  eq: '=',
  ne: '<>',
  ...COMPARISONS,
  ...DISTINCTIONS,
  is: 'IS',
  isNot: 'IS NOT',
  ...MATCHES,
  ...COMPUTATIONS,
  ...JSON_OPERATORS,
  intDiv: '/',
  concat: '||',
  contains: '@>',
  containedBy: '<@',
  overlaps: '&&'
} as const

/** The name of a binary operator. */
export type Operator = keyof typeof OPERATORS

/** Operators written before their operand. */
export const PREFIXES = { not: 'NOT', neg: '-', bitNot: '~', distinct: 'DISTINCT' } as const

/** The name of a prefix operator. */
export type Prefix = keyof typeof PREFIXES
