import { parse as parseArray } from 'postgres-array'
import { DataError, type ErrorCode, misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { formatInstant, parseInstant } from '../util/instants.js'
import { unsendable } from '../util/text.js'

/** What a type is like, for operators whose meaning depends on it. */
export type TypeCategory = 'boolean' | 'integer' | 'exact' | 'float' | 'text' | 'time' | 'json' | 'array' | 'other'

/** Methods of the values of a type, by name: each from a node and arguments to a node. */
export type TypeMethods = Readonly<Record<string, (node: never, ...args: never[]) => unknown>>

/** The property of a table's model that a foreign key refers to; `undefined` where it leads to another table. */
export type Referred = (table: object) => string | undefined

/** A SQL type with its way in and out. Every parameter carries one, and every result is decoded by one. */
export interface SqlType {
  /** As a cast writes it: `int8`, `text[]`. */
  readonly name: string
  readonly category: TypeCategory
  /** Sent in Parse, so that no server has to guess; 0 where only the server knows it. */
  readonly oid: number
  /** The OID of the array of this type; 0 where no server-independent one exists. */
  readonly arrayOid: number
  /** The element's type, of an array. */
  readonly element?: SqlType
  /** A type that has no OID of its own on every server: parameters say it by name, `CAST($1 AS "mood")`. */
  readonly byName?: boolean
  /** Of integers that count time since 1970: how many make a second. */
  readonly perSecond?: number
  /** Of a foreign key: what rows of its model stand for beside it. */
  readonly refersTo?: Referred
  /** What values of a field author's type offer beside what all do, by name. */
  readonly methods?: TypeMethods
  /** The wire text of a value that is not null. Throws a `TypeError` (WRONG_TYPE) for a value of another type. */
  encode(value: unknown): string
  /** The value of a wire text. Throws `DataError` where JavaScript cannot hold it exactly. */
  decode(text: string): unknown
}

function wrong(expected: string, value: unknown): TypeError {
  return misuse('WRONG_TYPE', `expected ${expected}, got ${describeType(value)}`)
}

function encodeText(value: unknown): string {
  if (typeof value !== 'string') throw wrong('a string', value)
  const trouble = unsendable(value)
  if (trouble !== undefined) throw misuse('WRONG_TYPE', `a string with ${trouble}`)
  return value
}

function encodeInteger(value: unknown): string {
  if (Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'bigint' || (typeof value === 'string' && /^[+-]?\d+$/.test(value))) return encodeLarge(value)
  if (Number.isInteger(value))
    throw misuse('WRONG_TYPE', 'expected an integer, got a number beyond ±2^53, which may be rounded already; pass a bigint')
  if (typeof value === 'number') throw misuse('WRONG_TYPE', 'expected an integer, got a number that is none')
  throw wrong('an integer', value)
}

function encodeLarge(value: bigint | string): string {
  const integer = BigInt(value)
  if (BigInt.asIntN(64, integer) === integer) return String(integer)
  throw new DataError('an integer beyond ±2^63, which no integer type holds', { sqlstate: '22003' })
}

/** Each part in one way only: of two, long texts that are no numbers would take the square of the time. */
const NUMBER = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i

function encodeNumber(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string' && NUMBER.test(value)) return value.trim()
  if (typeof value === 'string' && /^([+-]?infinity|nan)$/i.test(value)) return value
  if (typeof value === 'string') throw misuse('WRONG_TYPE', 'expected a number, got a string that is none')
  throw wrong('a number', value)
}

function encodeBoolean(value: unknown): string {
  if (typeof value !== 'boolean') throw wrong('a boolean', value)
  return value ? 't' : 'f'
}

function encodeInstant(value: unknown): string {
  if (typeof value === 'string') return encodeText(value)
  if (!(value instanceof Date)) throw wrong('a Date', value)
  if (Number.isNaN(value.getTime())) throw misuse('WRONG_TYPE', 'expected a Date, got an invalid one')
  return formatInstant(value)
}

/** Without its zone: a type that has none would ignore it. */
function encodeWallClock(value: unknown): string {
  return value instanceof Date ? encodeInstant(value).replace('Z', '') : encodeInstant(value)
}

function encodeBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw wrong('a Uint8Array', value)
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
}

function encodeJson(value: unknown): string {
  const text = jsonText(value)
  if (text === undefined) throw wrong('a value that JSON can hold', value)
  if (text.includes('\\u') && UNSTORABLE.test(text)) {
    const what = 'JSON with a NUL character (\\0) or half of a surrogate pair in a string or key'
    throw misuse('WRONG_TYPE', `${what}, which no server can store`)
  }
  return text
}

/** The escapes of what servers refuse; a backslash behind a backslash escapes nothing. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][\da-f]{2})/i

function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    throw misuse('WRONG_TYPE', 'expected a value that JSON can hold, got one with a bigint or a circle in it')
  }
}

const WHOLE = /^[+-]?\d+(\.0*)?$/

/** A safe integer, for types whose values may pass 2⁵³. */
export function decodeInteger(text: string): number {
  const value = Number(text)
  // A fraction of more digits than this could have been rounded to a whole number.
  if (Number.isSafeInteger(value) && (text.length < 17 || WHOLE.test(text))) return value
  if (!WHOLE.test(text)) throw new DataError('A number that is no integer came back where an integer was declared')
  throw new DataError(
    `An integer beyond ±2^53 came back where a number was declared; declare the column with { as: 'bigint' } or { as: 'string' }, or cast the expression to text`
  )
}

function decodeInstant(text: string): Date {
  const date = parseInstant(text)
  if (date) return date
  throw new DataError(`The timestamp "${text}" has no JavaScript Date; declare the column with { as: 'string' }`)
}

function decodeBytes(text: string): Buffer {
  return Buffer.from(text.slice(2), 'hex')
}

const identity = (text: string): string => text

function type(
  name: string,
  category: TypeCategory,
  oid: number,
  arrayOid: number,
  encode: SqlType['encode'],
  decode: SqlType['decode']
): SqlType {
  return { name, category, oid, arrayOid, encode, decode }
}

/** The types that both servers know, by PostgreSQL's internal names. */
export const TYPES = {
  bool: type('bool', 'boolean', 16, 1000, encodeBoolean, text => text === 't'),
  int2: type('int2', 'integer', 21, 1005, encodeInteger, decodeInteger),
  int4: type('int4', 'integer', 23, 1007, encodeInteger, decodeInteger),
  int8: type('int8', 'integer', 20, 1016, encodeInteger, decodeInteger),
  float4: type('float4', 'float', 700, 1021, encodeNumber, Number),
  float8: type('float8', 'float', 701, 1022, encodeNumber, Number),
  numeric: type('numeric', 'exact', 1700, 1231, encodeNumber, identity),
  text: type('text', 'text', 25, 1009, encodeText, identity),
  varchar: type('varchar', 'text', 1043, 1015, encodeText, identity),
  bpchar: type('bpchar', 'text', 1042, 1014, encodeText, identity),
  uuid: type('uuid', 'other', 2950, 2951, encodeText, identity),
  bytea: type('bytea', 'other', 17, 1001, encodeBytes, decodeBytes),
  json: type('json', 'json', 114, 0, encodeJson, JSON.parse),
  jsonb: type('jsonb', 'json', 3802, 0, encodeJson, JSON.parse),
  date: type('date', 'time', 1082, 1182, encodeText, identity),
  time: type('time', 'time', 1083, 1183, encodeText, identity),
  timestamp: type('timestamp', 'time', 1114, 1115, encodeWallClock, decodeInstant),
  timestamptz: type('timestamptz', 'time', 1184, 1185, encodeInstant, decodeInstant),
  interval: type('interval', 'time', 1186, 1187, encodeText, identity),
  /** A type that only the server knows: sent without OID, read as text. */
  unknown: type('unknown', 'other', 0, 0, encodeText, identity)
} as const satisfies Record<string, SqlType>

/** The name of a type of {@link TYPES}. */
export type TypeName = keyof typeof TYPES

const ALIASES: Readonly<Record<string, TypeName>> = {
  boolean: 'bool',
  smallint: 'int2',
  integer: 'int4',
  int: 'int8',
  bigint: 'int8',
  real: 'float4',
  float: 'float8',
  'double precision': 'float8',
  decimal: 'numeric',
  string: 'text',
  'character varying': 'varchar',
  char: 'bpchar',
  bytes: 'bytea',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'time without time zone': 'time'
}

/** The type that a SQL type name means: `numeric(10,2)`, `INTEGER`, `text[]`; one only the server knows keeps its name and has OID 0. */
export function typeNamed(sqlName: string): SqlType {
  if (sqlName.endsWith('[]')) return arrayOf(typeNamed(sqlName.slice(0, -2)))
  const bare = sqlName
    .replace(/\s*\(.*?\)\s*/, ' ')
    .trim()
    .toLowerCase()
  const name = Object.hasOwn(ALIASES, bare) ? ALIASES[bare] : bare
  const known = Object.hasOwn(TYPES, name) ? TYPES[name as TypeName] : TYPES.unknown
  return { ...known, name: sqlName }
}

/** The same type, read and written another way. */
export function variant(base: SqlType, codec: Partial<Pick<SqlType, 'encode' | 'decode'>>): SqlType {
  return { ...base, ...codec }
}

/** The one-dimensional array of a type. */
export function arrayOf(element: SqlType): SqlType {
  const leaf = element.element ?? element
  return {
    name: `${element.name}[]`,
    category: 'array',
    oid: element.arrayOid,
    arrayOid: 0,
    element,
    byName: element.byName,
    encode: value => encodeArray(value, element),
    decode: text => parseArray(text, item => leaf.decode(item))
  }
}

/** Whether both servers have arrays of the type. */
export function hasArrays({ arrayOid, byName, element }: SqlType): boolean {
  return arrayOid !== 0 || (byName === true && !element)
}

/** The error with the place in front of its message, where it is one of misuse or of data. */
export function located(error: unknown, where: string): unknown {
  if (error instanceof DataError) return new DataError(`${where}: ${error.message}`, error)
  return error instanceof TypeError && 'code' in error ? misuse(error.code as ErrorCode, `${where}: ${error.message}`) : error
}

function encodeArray(value: unknown, element: SqlType): string {
  if (!Array.isArray(value)) throw wrong('an Array', value)
  // Not `map`, which leaves holes out.
  const items = Array.from(value, (item: unknown, i) => {
    if (item === undefined) throw misuse('UNDEFINED_VALUE', `item ${i} of the array is undefined`)
    return item === null ? null : encodeItem(item, i, element)
  })
  return arrayText(items, element)
}

function encodeItem(item: unknown, index: number, element: SqlType): string {
  try {
    return element.encode(item)
  } catch (error) {
    throw located(error, `item ${index}`)
  }
}

/** The wire text of an array whose items are encoded already. */
export function arrayText(items: readonly (string | null)[], element: SqlType): string {
  const bare = element.element !== undefined || BARE.includes(element.category)
  return `{${items.map(text => (text === null ? 'NULL' : bare ? text : quoteItem(text))).join(',')}}`
}

/** Types whose text has nothing that an array's syntax means. */
const BARE: readonly TypeCategory[] = ['integer', 'exact', 'float', 'boolean']

function quoteItem(text: string): string {
  return /^[\w.+-]+$/.test(text) && !/^null$/i.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** An eight-byte integer nobody declared: a number as long as one holds it exactly. */
const ANY_INT8: SqlType = variant(TYPES.int8, {
  decode: text => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))
})
const SCALARS: readonly SqlType[] = [...Object.values(TYPES).filter(({ oid }) => oid !== TYPES.int8.oid && oid !== 0), ANY_INT8]
const BY_OID: ReadonlyMap<number, SqlType> = new Map([
  ...SCALARS.map(type => [type.oid, type] as const),
  ...SCALARS.filter(({ arrayOid }) => arrayOid !== 0).map(type => [type.arrayOid, arrayOf(type)] as const)
])

/** The type a server means by an OID, for results whose type nobody declared: raw SQL, and functions of the server's own. */
export function typeOfOid(oid: number): SqlType {
  return BY_OID.get(oid) ?? TYPES.unknown
}
