import { param } from '../ast/build.js'
import type { ExprNode, Frame, FrameBound, OrderNode, WindowNode } from '../ast/nodes.js'
import { TYPES } from '../ast/types.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { nodeOf, plainParam, sortNode } from './operands.js'
import type { AnyExpr, Order } from './types.js'

/** One end of a window's frame: {@link preceding}, {@link following} or {@link currentRow}. */
export class Bound {
  /** Unbounded without an offset. */
  constructor(
    readonly at: FrameBound['at'],
    readonly offset?: unknown
  ) {}
}

/** So many rows, groups, or so much of the sort key, before the current row; without an offset the first row. */
export function preceding(offset?: number | string | AnyExpr | null): Bound {
  return new Bound('PRECEDING', offset ?? undefined)
}

/** So many rows, groups, or so much of the sort key, behind the current row; without an offset the last row. */
export function following(offset?: number | string | AnyExpr | null): Bound {
  return new Bound('FOLLOWING', offset ?? undefined)
}

/** The current row. */
export const currentRow = new Bound('CURRENT ROW')

const UNITS = { rows: 'ROWS', range: 'RANGE', groups: 'GROUPS' } as const
const EXCLUSIONS = { currentRow: 'CURRENT ROW', group: 'GROUP', ties: 'TIES', noOthers: 'NO OTHERS' } as const

/** Which rows of its partition a row's window has. */
export interface FrameOptions {
  /** What offsets count: rows (by default), groups of equal sort keys, or values of the one sort key. */
  readonly type?: keyof typeof UNITS
  /** By default the first row. */
  readonly start?: Bound
  /** By default the current row. */
  readonly end?: Bound
  readonly exclude?: keyof typeof EXCLUSIONS
}

/** What a window is made of. */
export interface WindowOptions {
  /** A window whose partitions and order this one begins with. */
  readonly extends?: Window
  readonly partitionBy?: AnyExpr | readonly AnyExpr[]
  readonly orderBy?: AnyExpr | Order | readonly (AnyExpr | Order)[]
  readonly frame?: FrameOptions
}

/** A window; see {@link window}. */
export class Window {
  /** @internal */
  readonly node: WindowNode

  constructor(node: WindowNode) {
    this.node = node
  }

  /** The window under another name. */
  as(name: string): Window {
    return new Window({ ...this.node, name })
  }
}

/**
 * A window for several functions, `w` by name; a select that is given it with `window(w)` writes it once.
 *
 * `fn.sum(s.value).over(window({ partitionBy: s.counter, orderBy: s.id }))` → `sum("t1"."value") OVER (PARTITION BY "t1"."counter" ORDER BY "t1"."id")`
 */
export function window(options: WindowOptions): Window {
  return new Window({ ...windowNode(options), name: 'w' })
}

/** The node of what `over` takes: a window, what one is made of, or nothing. */
export function windowOf(given: unknown): WindowNode {
  if (given instanceof Window) return given.node
  if (given === undefined) return windowNode({})
  if (typeof given === 'object' && given !== null && given.constructor === Object) return windowNode(given)
  throw misuse('WRONG_TYPE', `over: expected a window or { partitionBy, orderBy, frame }, got ${describeType(given)}`)
}

const OPTIONS: readonly (keyof WindowOptions)[] = ['extends', 'partitionBy', 'orderBy', 'frame']

function windowNode(options: WindowOptions): WindowNode {
  const unknown = Object.keys(options).find(key => !OPTIONS.includes(key as keyof WindowOptions))
  if (unknown !== undefined) throw misuse('UNKNOWN_OPTION', `A window has no option "${unknown}"; it has ${OPTIONS.join(', ')}`)
  const partitionBy = listed(options, 'partitionBy').map(item => expressionOf(item, 'partitionBy'))
  const orderBy = listed(options, 'orderBy').map(item => sortNode(item, 'orderBy'))
  const base = options.extends && extendable(options.extends, partitionBy, orderBy)
  const sortKeys = orderBy.length > 0 ? orderBy : (base?.orderBy ?? [])
  return { kind: 'window', extends: base, partitionBy, orderBy, frame: options.frame && frameOf(options.frame, sortKeys) }
}

function listed(options: WindowOptions, key: 'partitionBy' | 'orderBy'): readonly unknown[] {
  const value = options[key]
  if (value === undefined) return key in options ? [value] : []
  return Array.isArray(value) ? value : [value]
}

function expressionOf(item: unknown, where: string): ExprNode {
  const node = nodeOf(item)
  if (node) return node
  throw misuse(
    item === undefined ? 'UNDEFINED_VALUE' : 'WRONG_TYPE',
    `${where}: expected a column or an expression, got ${describeType(item)}`
  )
}

/** SQL lets a window that extends another add an order where there is none, and a frame. */
function extendable(of: Window, partitionBy: readonly unknown[], orderBy: readonly unknown[]): WindowNode {
  if (!(of instanceof Window)) throw misuse('WRONG_TYPE', `A window extends a window, not ${describeType(of)}`)
  const { node } = of
  if (node.frame) throw refused('a window with a frame cannot be extended')
  if (partitionBy.length > 0) throw refused('a window that extends another has its partitions: leave partitionBy out')
  if (orderBy.length > 0 && node.orderBy.length > 0) throw refused('the window that is extended has an order already')
  return node
}

function frameOf({ type = 'rows', start, end, exclude }: FrameOptions, orderBy: readonly (OrderNode | ExprNode)[]): Frame {
  if (!Object.hasOwn(UNITS, type)) throw refused(`frame.type is one of ${Object.keys(UNITS).join(', ')}, not ${String(type)}`)
  if (exclude !== undefined && !Object.hasOwn(EXCLUSIONS, exclude))
    throw refused(`frame.exclude is one of ${Object.keys(EXCLUSIONS).join(', ')}, not ${String(exclude)}`)
  if (end !== undefined && start === undefined) throw refused('a frame with an end needs a start')
  checkBounds(start ?? preceding(), end ?? currentRow)
  if (type === 'groups' && orderBy.length === 0) throw refused("a frame of 'groups' needs an orderBy")
  if (type === 'range' && hasOffset(start, end) && orderBy.length !== 1)
    throw refused("a frame of 'range' with offsets needs one sort key in orderBy")
  return {
    unit: UNITS[type],
    start: boundOf(start ?? preceding(), type, orderBy[0]),
    end: end && boundOf(end, type, orderBy[0]),
    exclude: exclude && EXCLUSIONS[exclude]
  }
}

function hasOffset(...bounds: readonly (Bound | undefined)[]): boolean {
  return bounds.some(bound => bound?.offset !== undefined)
}

/** How far along a bound is, from the first row to the last. */
function positionOf(bound: Bound): number {
  if (!(bound instanceof Bound))
    throw refused(`a frame's start and end are preceding(…), following(…) or currentRow, not ${describeType(bound)}`)
  const far = bound.offset === undefined ? 2 : 1
  return { PRECEDING: -far, 'CURRENT ROW': 0, FOLLOWING: far }[bound.at]
}

function checkBounds(start: Bound, end: Bound): void {
  const [from, to] = [positionOf(start), positionOf(end)]
  if (from === 2) throw refused('a frame cannot start with following() of no offset, which is the last row')
  if (to === -2) throw refused('a frame cannot end with preceding() of no offset, which is the first row')
  if (from > to) throw refused('the start of a frame is behind its end')
}

function boundOf({ at, offset }: Bound, type: keyof typeof UNITS, key: OrderNode | ExprNode | undefined): FrameBound {
  if (offset === undefined) return { at }
  const node = nodeOf(offset)
  if (node) return { at, offset: node }
  if (typeof offset === 'number' && offset < 0) throw refused(`the offset of a frame is not negative, but ${offset} is`)
  return { at, offset: type === 'range' ? rangeOffset(offset, key) : param(offset, TYPES.int8, 'frame') }
}

/** How far from the current row's sort key: an interval for times, else a value of the key's type. */
function rangeOffset(offset: unknown, key: OrderNode | ExprNode | undefined): ExprNode {
  const type = (key?.kind === 'order' ? key.operand : key)?.type ?? TYPES.unknown
  return type.category === 'time' ? param(offset, TYPES.interval, 'frame') : plainParam(offset, type, 'frame')
}

function refused(what: string): TypeError {
  return misuse('BAD_ARGUMENT', `over: ${what}`)
}
