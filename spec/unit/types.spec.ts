import fc from 'fast-check'
import { arrayOf, decodeInteger, type SqlType, TYPES, type TypeName, typeNamed } from '../../lib/ast/types.js'
import { DataError } from '../../lib/errors.js'
import { refusal } from '../helpers/dialects.js'

/** Strings that servers can hold: no NUL, no half of a surrogate pair. */
const text = fc.string({ unit: 'binary', maxLength: 20 }).filter(value => !value.includes('\0'))
const instant = fc.date({
  min: new Date('-004700-01-01T00:00:00Z'),
  max: new Date('+200000-01-01T00:00:00Z'),
  noInvalidDate: true
})
const int = fc.maxSafeInteger()
const decimal = fc.tuple(fc.bigInt(), fc.nat({ max: 999 })).map(([whole, part]) => `${whole}.${part}`)

const json = fc.jsonValue({ stringUnit: 'binary' }).map(value => JSON.parse(JSON.stringify(value)) as unknown)

/** Whether no string and no key has what servers cannot hold. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && Buffer.from(value).toString() === value
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item))
}

/** What is read back as it was given, by type. */
const roundTrips: readonly (readonly [type: SqlType, values: fc.Arbitrary<unknown>])[] = [
  [TYPES.bool, fc.boolean()],
  [TYPES.int2, fc.integer({ min: -32768, max: 32767 })],
  [TYPES.int4, fc.integer()],
  [TYPES.int8, int],
  [TYPES.float8, fc.double()],
  [TYPES.numeric, decimal],
  [TYPES.text, text],
  [TYPES.varchar, text],
  [TYPES.uuid, fc.uuid()],
  [TYPES.bytea, fc.uint8Array().map(bytes => Buffer.from(bytes))],
  [TYPES.jsonb, json.filter(isStorable)],
  [TYPES.timestamptz, instant],
  [TYPES.timestamp, instant],
  [TYPES.date, fc.constantFrom('2024-02-29', '0044-03-15 BC', 'infinity')],
  [TYPES.interval, fc.constantFrom('1 day', '-00:00:01.5')]
]

describe.each(roundTrips.map(([type, values]) => [type.name, type, values] as const))('%s', (_, type, values) => {
  it('reads what it wrote', () => {
    fc.assert(fc.property(values, value => expect(type.decode(type.encode(value))).toEqual(value)))
  })

  it('reads the array that it wrote, nulls included', () => {
    const array = arrayOf(type)
    fc.assert(fc.property(fc.array(fc.option(values)), items => expect(array.decode(array.encode(items))).toEqual(items)))
  })
})

describe('arrays', () => {
  const texts = arrayOf(TYPES.text)

  it('are written as both servers read them', () => {
    const items = ['a', '', 'a b', 'a,b', '"', '\\', '{}', 'NULL', 'null', null, "'", '\n', '-1.5e+3', 'Ünï']
    expect(texts.encode(items)).toBe('{a,"","a b","a,b","\\"","\\\\","{}","NULL","null",NULL,"\'","\n",-1.5e+3,"Ünï"}')
    expect(arrayOf(TYPES.bool).encode([true, false])).toBe('{t,f}')
    expect(arrayOf(TYPES.bytea).encode([Buffer.from('hi')])).toBe('{"\\\\x6869"}')
  })

  it('are read with their bounds', () => {
    expect(texts.decode('[0:1]={a,b}')).toEqual(['a', 'b'])
    expect(texts.decode('{}')).toEqual([])
  })

  it('of arrays keep their dimensions', () => {
    const nested = arrayOf(arrayOf(TYPES.text))
    expect(
      nested.encode([
        ['a', '{'],
        ['b', null]
      ])
    ).toBe('{{a,"{"},{b,NULL}}')
    expect(nested.decode('{{a,"{"},{b,NULL}}')).toEqual([
      ['a', '{'],
      ['b', null]
    ])
    expect(nested.name).toBe('text[][]')
  })

  it('carry the OID of their element', () => {
    expect([arrayOf(TYPES.int4).oid, arrayOf(TYPES.uuid).oid, arrayOf(TYPES.jsonb).oid]).toEqual([1007, 2951, 0])
  })

  it.each([
    ['UNDEFINED_VALUE', 'item 1 of the array is undefined', ['a', undefined]],
    ['WRONG_TYPE', 'item 0: expected a string, got a number', [1]],
    ['WRONG_TYPE', 'expected an Array, got a string', 'a,b'],
    ['WRONG_TYPE', 'expected an Array, got an Object', {}]
  ])('refuse what is none (%s: %s)', (code, message, value) => {
    expect(refusal(() => texts.encode(value))).toEqual({ code, message })
  })
})

describe('JSON', () => {
  const half = fc.constantFrom('\ud800', '\udfff', '\0', '\\', 'u0000', 'ud800', '\\u', 'a', '🐧')
  const strings = fc.string({ unit: half, maxLength: 6 })
  const values = fc.oneof(strings, fc.array(strings), fc.dictionary(strings, fc.dictionary(strings, strings)))

  it('is refused where a string or key has what no server can hold, and nowhere else', () => {
    fc.assert(
      fc.property(values, value => {
        if (isStorable(value)) expect(TYPES.jsonb.encode(value)).toBe(JSON.stringify(value))
        else
          expect(refusal(() => TYPES.jsonb.encode(value)).message).toMatch(/^JSON with a NUL character .* or half of a surrogate/)
      })
    )
  })
})

describe('integers that come', () => {
  it.each([
    ['0', 0],
    ['-7', -7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', -Number.MAX_SAFE_INTEGER],
    ['12.000', 12],
    ['9007199254740991.0', Number.MAX_SAFE_INTEGER]
  ])('%s is %d', (given, value) => expect(decodeInteger(given)).toBe(value))

  it.each(['9007199254740992', '9007199254740993', '-9007199254740992', '1e400'])('%s is refused, not rounded', given => {
    expect(() => decodeInteger(given)).toThrow(DataError)
  })

  it.each(['1.5', '0.99999999999999999999', '9007199254740990.9999', 'NaN', 'x'])('%s is no integer', given => {
    expect(() => decodeInteger(given)).toThrow(/^A number that is no integer came back/)
  })

  it('beyond ±2^53 are refused whatever they are', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }), fc.boolean(), (size, negative) => {
        expect(() => decodeInteger(String(negative ? -size : size))).toThrow(/beyond ±2\^53.*{ as: 'bigint' }/)
      })
    )
  })
})

describe('values that do not fit', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle

  it.each<[TypeName, unknown, string]>([
    ['text', 1, 'expected a string, got a number'],
    ['text', null, 'expected a string, got null'],
    ['text', 'a\0b', 'a string with a NUL character (\\0), which no server can store'],
    ['text', 'a\ud800', 'a string with half of a surrogate pair, which UTF-8 cannot hold'],
    ['int4', 1.5, 'expected an integer, got a number that is none'],
    ['int4', Number.NaN, 'expected an integer, got a number that is none'],
    ['int8', Number.POSITIVE_INFINITY, 'expected an integer, got a number that is none'],
    ['int8', 2 ** 53, 'expected an integer, got a number beyond ±2^53, which may be rounded already; pass a bigint'],
    ['int8', 1e21, 'expected an integer, got a number beyond ±2^53, which may be rounded already; pass a bigint'],
    ['int4', '1.0', 'expected an integer, got a string'],
    ['int4', '1\n', 'expected an integer, got a string'],
    ['int4', true, 'expected an integer, got a boolean'],
    ['float8', 'one', 'expected a number, got a string that is none'],
    ['numeric', '1,5', 'expected a number, got a string that is none'],
    ['numeric', {}, 'expected a number, got an Object'],
    ['bool', 'true', 'expected a boolean, got a string'],
    ['bool', 0, 'expected a boolean, got a number'],
    ['timestamptz', 0, 'expected a Date, got a number'],
    ['timestamptz', new Date(Number.NaN), 'expected a Date, got an invalid one'],
    ['bytea', 'abc', 'expected a Uint8Array, got a string'],
    ['bytea', [1], 'expected a Uint8Array, got an Array'],
    ['jsonb', () => 1, 'expected a value that JSON can hold, got a function'],
    ['jsonb', undefined, 'expected a value that JSON can hold, got undefined'],
    ['jsonb', { size: 1n }, 'expected a value that JSON can hold, got one with a bigint or a circle in it'],
    ['jsonb', circle, 'expected a value that JSON can hold, got one with a bigint or a circle in it']
  ])('%s: %p', (name, value, message) => {
    expect(refusal(() => TYPES[name].encode(value))).toEqual({ code: 'WRONG_TYPE', message })
  })

  it('are never shown', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), secret => {
        expect(refusal(() => TYPES.int4.encode(`secret${secret}`)).message).not.toContain(secret)
      })
    )
  })
})

describe('integers beyond ±2^63', () => {
  it.each<[TypeName, unknown]>([
    ['int8', 2n ** 63n],
    ['int8', '-9223372036854775809'],
    ['int4', 10n ** 30n]
  ])('%s: %p are no integers of a server', (name, value) => {
    expect(() => TYPES[name].encode(value)).toThrow(DataError)
    expect(() => arrayOf(TYPES[name]).encode([1, value])).toThrow('item 1: an integer beyond ±2^63')
  })
})

describe('numbers that go', () => {
  it.each<[TypeName, unknown, string]>([
    ['int8', 2n ** 62n, '4611686018427387904'],
    ['int8', '9223372036854775807', '9223372036854775807'],
    ['int8', -(2n ** 63n), '-9223372036854775808'],
    ['int8', '+5', '5'],
    ['int8', '-007', '-7'],
    ['int4', -0, '0'],
    ['float8', -0, '-0'],
    ['float8', Number.NaN, 'NaN'],
    ['float8', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['numeric', 1e21, '1e+21'],
    ['numeric', ' 1.50 ', '1.50'],
    ['numeric', 5n, '5']
  ])('%s: %p', (name, value, expected) => expect(TYPES[name].encode(value)).toBe(expected))

  it('that are exact stay exact', () => {
    fc.assert(fc.property(decimal, value => expect(TYPES.numeric.decode(TYPES.numeric.encode(value))).toBe(value)))
  })
})

describe('the type of a name', () => {
  it.each([
    ['int8', 20],
    ['INTEGER', 23],
    ['int', 20],
    ['numeric(10,2)', 1700],
    ['double precision', 701],
    ['timestamp (3) with time zone', 1184],
    ['TIMESTAMP WITHOUT TIME ZONE', 1114],
    ['text[]', 1009],
    ['varchar(20)[]', 1015],
    ['string', 25],
    ['mood', 0],
    ['public.mood', 0],
    ['constructor', 0],
    ['__proto__', 0]
  ])('%s', (name, oid) => expect(typeNamed(name)).toMatchObject({ name, oid }))
})
