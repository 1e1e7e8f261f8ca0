import { NULL } from '../ast/build.js'
import type { BinaryNode, CallNode, ExprNode, Frame, FrameBound, InNode, SubscriptNode, WindowNode } from '../ast/nodes.js'
import { COMPARISONS, type Operator, PREFIXES } from '../ast/operators.js'
import type { Emitters } from './dialect.js'
import { emitRelated } from './related.js'
import type { Writer } from './writer.js'

/** How PostgreSQL writes expressions. */
export const expressionEmitters = {
  column: (w, n) => w.column(n),
  related: emitRelated,
  param: (w, n) => w.bind(n),
  keyword: (w, n) => w.write(n.word),
  binary: emitBinary,
  operation: (w, n) => w.operand(n.left).write(` ${n.operator} `).operand(n.right),
  prefix: (w, n) => w.write(n.op === 'neg' || n.op === 'bitNot' ? PREFIXES[n.op] : `${PREFIXES[n.op]} `).operand(n.operand),
  isNull: (w, n) => w.operand(n.operand).write(n.negated ? ' IS NOT NULL' : ' IS NULL'),
  in: emitIn,
  between: (w, n) => {
    if (n.operand.type.category === 'json') w.need('jsonOrdering')
    w.operand(n.operand).write(' BETWEEN ').operand(n.low).write(' AND ').operand(n.high)
  },
  list: (w, n) => w.write('(').nodes(n.items).write(')'),
  call: emitCall,
  over: (w, n) => {
    w.node(n.call).write(' OVER ')
    if (n.window.name !== undefined && w.isDeclared(n.window)) w.name(n.window.name)
    else w.write('(').node(n.window).write(')')
  },
  window: emitWindow,
  extract: (w, n) => w.write(`EXTRACT(${n.part} FROM `).node(n.operand).write(')'),
  subscript: emitSubscript,
  cast: (w, n) => {
    w.needType(n.type.name)
    w.write('CAST(').node(n.operand).write(` AS ${n.type.name})`)
  },
  case: (w, n) => {
    w.write('CASE')
    if (n.subject) w.write(' ').node(n.subject)
    for (const [when, then] of n.branches) w.write(' WHEN ').node(when).write(' THEN ').node(then)
    w.write(' ELSE ')
      .node(n.otherwise ?? NULL)
      .write(' END')
  },
  raw: (w, n) => {
    w.retryable = false
    for (const part of n.parts) typeof part === 'string' ? w.write(part) : w.node(part)
  },
  identifier: (w, n) => w.list(n.path, name => w.name(name), '.'),
  subquery: (w, n) => w.write('(').node(n.select).write(')'),
  exists: (w, n) => w.write('EXISTS (').node(n.select).write(')'),
  named: (w, n) => w.node(n.operand),
  collate: (w, n) => w.operand(n.operand).write(' COLLATE ').name(n.collation),
  excluded: (w, n) => w.write('EXCLUDED.').name(n.name),
  order: (w, n) => {
    const direction = n.descending ? ' DESC' : ' ASC'
    if (n.operand.type.category === 'json') w.need('jsonOrdering')
    if (n.nulls && !w.capabilities.nullsOrdering) {
      // Where the server cannot be told, nulls are the least of values; elsewhere they sort by a key of their own.
      if (n.nulls === (n.descending ? 'last' : 'first')) return void w.node(n.operand).write(direction)
      w.operand(n.operand)
        .write(n.nulls === 'first' ? ' IS NOT NULL, ' : ' IS NULL, ')
        .node(n.operand)
        .write(direction)
    } else {
      w.node(n.operand).write(direction)
      if (n.nulls) w.write(n.nulls === 'first' ? ' NULLS FIRST' : ' NULLS LAST')
    }
  }
} satisfies Partial<Emitters>

const ORDERS: ReadonlySet<Operator> = new Set(Object.keys(COMPARISONS) as Operator[])

function emitBinary(w: Writer, n: BinaryNode): void {
  if (n.op === 'and' || n.op === 'or') return emitChain(w, n)
  if (ORDERS.has(n.op) && n.left.type.category === 'json') w.need('jsonOrdering')
  w.operand(n.left).write(` ${w.dialect.operators[n.op]} `).operand(n.right)
  if (n.escape) w.write(" ESCAPE '\\'")
}

/** A chain of AND or OR needs no parentheses inside. It can be longer than the stack is deep, so no function calls itself here. */
function emitChain(w: Writer, n: BinaryNode): void {
  const links = [n]
  for (let left = n.left; left.kind === 'binary' && left.op === n.op; left = left.left) links.push(left)
  const operator = ` ${w.dialect.operators[n.op]} `
  w.operand((links.at(-1) as BinaryNode).left)
  for (const { right } of links.reverse()) w.write(operator).operand(right)
}

function emitSubscript(w: Writer, { operand, slice, from, to }: SubscriptNode): void {
  if (slice) w.need('arraySlices')
  w.write('(').node(operand).write(')[')
  if (from) w.node(from)
  if (slice) w.write(':')
  if (to) w.node(to)
  w.write(']')
}

function emitIn(w: Writer, n: InNode): void {
  w.operand(n.operand)
  if (n.among.kind === 'param')
    w.write(n.negated ? ' <> ALL(' : ' = ANY(')
      .node(n.among)
      .write(')')
  else {
    w.write(n.negated ? ' NOT IN ' : ' IN ')
    if (n.among.kind === 'list') w.node(n.among)
    else w.write('(').node(n.among).write(')')
  }
}

/** What takes a select in its own parentheses; other functions take a value, and a select for one in parentheses of its own. */
const OF_SELECTS: ReadonlySet<string> = new Set(['array', 'exists', 'any', 'some', 'all'])

function emitCall(w: Writer, n: CallNode): void {
  w.needType(n.type.name)
  w.write(`${n.name}(`).list(n.args, (arg: ExprNode) =>
    arg.kind === 'subquery' && OF_SELECTS.has(n.name.toLowerCase()) ? w.node(arg.select) : w.node(arg)
  )
  if (n.orderBy.length > 0) w.write(`${n.within ? ') WITHIN GROUP (' : ' '}ORDER BY `).nodes(n.orderBy)
  w.write(')')
  if (n.filter) w.write(' FILTER (WHERE ').node(n.filter).write(')')
}

/** The inside of a window: of one that extends another, the other's name, or where the select does not declare it what it says. */
function emitWindow(w: Writer, n: WindowNode): void {
  const base = n.extends
  const named = base?.name !== undefined && w.isDeclared(base)
  const partitionBy = base && !named ? base.partitionBy : n.partitionBy
  const orderBy = base && !named && base.orderBy.length > 0 ? base.orderBy : n.orderBy
  const parts: (() => void)[] = []
  if (named) parts.push(() => w.name(base.name as string))
  if (partitionBy.length > 0) parts.push(() => w.write('PARTITION BY ').nodes(partitionBy))
  if (orderBy.length > 0) parts.push(() => w.write('ORDER BY ').nodes(orderBy))
  const { frame } = n
  if (frame) parts.push(() => emitFrame(w, frame))
  w.list(parts, part => part(), ' ')
}

function emitFrame(w: Writer, { unit, start, end, exclude }: Frame): void {
  w.write(`${unit} `)
  if (end) w.write('BETWEEN ')
  emitBound(w, start)
  if (end) {
    w.write(' AND ')
    emitBound(w, end)
  }
  if (exclude) w.write(` EXCLUDE ${exclude}`)
}

function emitBound(w: Writer, { at, offset }: FrameBound): void {
  if (offset) w.operand(offset).write(' ')
  else if (at !== 'CURRENT ROW') w.write('UNBOUNDED ')
  w.write(at)
}
