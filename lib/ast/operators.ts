/** Every operator by its name in the AST, and how PostgreSQL writes it. A dialect may write one otherwise. */
export const OPERATORS = {
  and: 'AND',
  or: 'OR',
  eq: '=',
  ne: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  like: 'LIKE',
  ilike: 'ILIKE',
  notLike: 'NOT LIKE',
  notIlike: 'NOT ILIKE',
  regexp: '~',
  iregexp: '~*',
  concat: '||',
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  intDiv: '/',
  mod: '%',
  bitAnd: '&',
  bitOr: '|',
  bitXor: '#',
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
