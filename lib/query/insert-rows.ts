import { DEFAULT } from '../ast/build.js'
import { walk } from '../ast/children.js'
import type { ExprNode, InsertNode, ParamNode, UnnestNode } from '../ast/nodes.js'
import { arrayOf, arrayText, hasArrays, located, type SqlType, TYPES } from '../ast/types.js'
import { nodeBeside } from '../expression/operands.js'
import type { Source, SourceColumn } from '../expression/source.js'
import { valueNode } from './assignments.js'

/** Values for one row, in the order of the source's columns; `undefined` where a column is left out. */
export type RowValues = readonly unknown[]

/** What is sent for a value: its wire text, an expression, or nothing where the column is left out. */
export type Sent = string | null | ExprNode | undefined

/** The part of an INSERT that says what is inserted. */
export type InsertBody = Pick<InsertNode, 'columns' | 'source'>

/** The limit of the protocol is 65,535, that of the driver 65,533. */
const MAX_PARAMETERS = 65_000
/**
 * Rows in one statement, unless told otherwise. Measured on a local server, a row takes the same time in statements of 1,000 to
 * 50,000 rows, and half as much again in those of 500; from afar, fewer statements are fewer round trips.
 */
export const MAX_ROWS = 20_000
/**
 * Characters of values in one statement. A character is at most three bytes of UTF-8, or two where an array escapes it, and
 * some servers refuse messages beyond 16 MiB (`sql.conn.max_read_buffer_message_size`). A row that is larger goes alone.
 */
const MAX_CHARACTERS = 4_000_000
/** What a value costs beside its characters: quotes and a comma. */
const OVERHEAD = 3

/** What the rows of a statement have in a column: flags. */
const PLAIN = 1
const LEFT_OUT = 2
const COMPUTED = 4

/** The rows of one statement, as they were given, and by column what is sent for them. */
export interface RowChunk {
  readonly values: readonly RowValues[]
  readonly sent: readonly (readonly Sent[])[]
  /** What they have in each column. */
  readonly flags: readonly number[]
}

/** What is inserted as one row; a row without values is DEFAULT VALUES. */
export function oneRow(source: Source, row: RowValues): InsertBody {
  const given = source.columns.map((column, at) => ({ column, at })).filter(({ at }) => row[at] !== undefined)
  if (given.length === 0) return { columns: [] }
  const values = given.map(({ column, at }) => valueNode(row[at], column))
  return { columns: given.map(({ column }) => column.column.name), source: { kind: 'values', rows: [values] } }
}

/** Takes rows in, and gives them out in as few chunks as the limits of statements allow. */
export class RowPacker {
  readonly #columns: readonly SourceColumn[]
  readonly #types: readonly SqlType[]
  readonly #maxRows: number
  #values: RowValues[] = []
  #sent: Sent[][] = []
  #flags: number[] = []
  #characters = 0

  constructor(columns: readonly SourceColumn[], maxRows = MAX_ROWS) {
    this.#columns = columns
    this.#types = columns.map(({ column }) => column.type)
    this.#maxRows = maxRows
    this.#clear()
  }

  #clear(): void {
    this.#values = []
    this.#sent = this.#columns.map(() => [])
    this.#flags = this.#columns.map(() => 0)
    this.#characters = 0
  }

  /** Adds a row; gives the rows before it where it did not fit with them. `where` is what messages call it. */
  add(values: RowValues, where: string): RowChunk | undefined {
    const chunk = this.#values.length >= this.#maxRows ? this.rest() : undefined
    for (let at = 0; at < values.length; at++) this.#keep(this.#send(values[at], at, where), at)
    this.#values.push(values)
    return this.#characters > MAX_CHARACTERS && this.#values.length > 1 ? this.#allButLast(values) : chunk
  }

  /** Gives out what the last row does not fit with. */
  #allButLast(values: RowValues): RowChunk | undefined {
    const last = this.#sent.map(items => items.pop())
    this.#values.pop()
    const chunk = this.rest()
    for (const [at, item] of last.entries()) this.#keep(item, at)
    this.#values.push(values)
    return chunk
  }

  #keep(item: Sent, at: number): void {
    this.#sent[at].push(item)
    this.#flags[at] |= flagOf(item)
    if (typeof item === 'string') this.#characters += item.length + OVERHEAD
  }

  #send(value: unknown, at: number, where: string): Sent {
    if (value === undefined || value === null) return value
    const node = typeof value === 'object' ? nodeBeside(value, this.#types[at]) : undefined
    if (node) return node
    try {
      return this.#types[at].encode(value)
    } catch (error) {
      throw located(error, `${where}.${this.#columns[at].property}`)
    }
  }

  /** What has not been given out yet. */
  rest(): RowChunk | undefined {
    const chunk = { values: this.#values, sent: this.#sent, flags: this.#flags }
    this.#clear()
    return chunk.values.length === 0 ? undefined : chunk
  }
}

/** Whether all the rows of a chunk have plain values in a column. */
export function isPlain({ flags }: RowChunk, at: number): boolean {
  return flags[at] === PLAIN
}

/** One INSERT of a chunk's rows, from one row until another. */
export interface PackedRows {
  readonly from: number
  readonly to: number
  readonly body: InsertBody
}

function flagOf(sent: Sent): number {
  if (sent === undefined) return LEFT_OUT
  return typeof sent === 'object' && sent !== null ? COMPUTED : PLAIN
}

/**
 * The INSERTs of a chunk. Plain values travel as one array a column, so that the text is the same for any number of rows;
 * rows with expressions or gaps as a VALUES list, whose DEFAULT nothing else can say, and which may have to be several.
 */
export function insertsOf({ columns }: Source, chunk: RowChunk): PackedRows[] {
  const { values, flags } = chunk
  const to = values.length
  const at = columns.map((_, i) => i).filter(i => (flags[i] & ~LEFT_OUT) !== 0)
  // DEFAULT VALUES is only ever one row; of several one column says DEFAULT for each.
  if (at.length === 0) return [{ from: 0, to, body: to === 1 ? { columns: [] } : asValues(columns, [0], chunk, 0, to) }]
  const travels = at.every(i => flags[i] === PLAIN && isArrayable(columns[i].column.type))
  if (to > 1 && travels) return [{ from: 0, to, body: asArrays(columns, at, chunk) }]
  return byParameters(chunk, at).map(part => ({ ...part, body: asValues(columns, at, chunk, part.from, part.to) }))
}

function asArrays(columns: readonly SourceColumn[], at: readonly number[], { values, sent }: RowChunk): InsertBody {
  const arrays = at.map(i => {
    const given = values.map(row => row[i])
    return arrayOfColumn(columns[i].column.type, given, sent[i] as (string | null)[])
  })
  return { columns: namesOf(columns, at), source: { kind: 'unnest', columns: arrays } }
}

function asValues(
  columns: readonly SourceColumn[],
  at: readonly number[],
  { values, sent }: RowChunk,
  from: number,
  to: number
): InsertBody {
  const rows = values.slice(from, to).map((row, n) => at.map(i => nodeOfSent(sent[i][from + n], row[i], columns[i].column.type)))
  return { columns: namesOf(columns, at), source: { kind: 'values', rows } }
}

function namesOf(columns: readonly SourceColumn[], at: readonly number[]): string[] {
  return at.map(i => columns[i].column.name)
}

function nodeOfSent(sent: Sent, value: unknown, type: SqlType): ExprNode {
  if (sent === undefined) return DEFAULT
  return typeof sent === 'object' && sent !== null ? sent : { kind: 'param', value, text: sent, type }
}

/** The rows in parts of which none has more parameters than one statement takes. */
function byParameters({ values, sent }: RowChunk, at: readonly number[]): Pick<PackedRows, 'from' | 'to'>[] {
  const parts: { from: number; to: number }[] = []
  let left = 0
  for (let n = 0; n < values.length; n++) {
    const cost = at.reduce((sum, i) => sum + parametersOf(sent[i][n]), 0)
    const last = parts.at(-1)
    if (last && cost <= left) last.to = n + 1
    else {
      parts.push({ from: n, to: n + 1 })
      left = MAX_PARAMETERS
    }
    left -= cost
  }
  return parts
}

function parametersOf(sent: Sent): number {
  if (typeof sent !== 'object' || sent === null) return sent === undefined ? 0 : 1
  let count = 0
  walk(sent, ({ kind }) => {
    if (kind === 'param') count++
  })
  return count
}

/** Whether many values of a type can travel as an array. A cast to a length of its own would cut what is too long: `bit(3)`. */
function isArrayable(type: SqlType): boolean {
  return hasArrays(type) || type.oid !== 0 || !type.name.includes('(')
}

/**
 * The values of one column as one array parameter. Types without arrays on some server, and arrays themselves, of which
 * `unnest` would make one, go as text, and are cast back.
 */
export function arrayOfColumn(
  type: SqlType,
  values: readonly unknown[],
  texts: readonly (string | null)[]
): UnnestNode['columns'][number] {
  const element = hasArrays(type) ? type : TYPES.text
  const array: ParamNode = { kind: 'param', value: values, text: arrayText(texts, element), type: arrayOf(element) }
  return { array, cast: element === type ? undefined : type }
}
