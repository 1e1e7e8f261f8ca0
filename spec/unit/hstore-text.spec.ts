import fc from 'fast-check'
import { DataError } from 'pewit'
import { HStoreField, HStoreFieldType } from 'pewit/playhouse/postgres'
import { checkMisuse } from '../helpers/dialects.js'

/** The text of HSTORE, there and back. */

const place = { table: 'shop', column: 'attrs' }
const traits = { smallSerials: true }
const asObject = new HStoreFieldType().typeFor(traits, place)
const asMap = new HStoreFieldType({ as: 'map' }).typeFor(traits, place)

/** Texts with much of what the format means. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', '=', '>', ',', ' ', 'N', 'U', 'L', '{', '}', "'", '\n', 'é', '😀', 'a') }),
  fc.constantFrom('NULL', 'null', '', '__proto__', 'constructor', '"=>"', '\\"', '", "'),
  fc.string({ unit: 'grapheme' })
)
const values = fc.uniqueArray(fc.tuple(text, fc.option(text)), { selector: ([key]) => key, maxLength: 8 })

describe('the text of an HSTORE', () => {
  it('gives back what was put in, as an object and as a Map', () => {
    fc.assert(
      fc.property(values, pairs => {
        const map = new Map(pairs.filter(([key, value]) => !`${key}${value}`.includes('\0')))
        const object = Object.fromEntries(map)
        expect(asMap.decode(asMap.encode(map))).toEqual(map)
        expect(asObject.decode(asObject.encode(object))).toEqual(object)
        expect(Object.keys(asObject.decode(asObject.encode(object)) as object)).toHaveLength(map.size)
      })
    )
  })

  it('is the same for equal values, in whatever order they are given', () => {
    fc.assert(
      fc.property(values, pairs => {
        const map = new Map(pairs.filter(([key, value]) => !`${key}${value}`.includes('\0')))
        expect(asObject.encode(Object.fromEntries([...map].reverse()))).toBe(asObject.encode(map))
      })
    )
  })

  it.each([
    [{}, ''],
    [{ b: null, a: '1' }, '"a"=>"1", "b"=>NULL'],
    [{ aa: 'x', b: 'y' }, '"b"=>"y", "aa"=>"x"'],
    [{ é: '1', zz: '2', z: '3' }, '"z"=>"3", "zz"=>"2", "é"=>"1"'],
    [{ 'a"': '\\' }, String.raw`"a\""=>"\\"`],
    [{ n: 'NULL', '': '' }, '""=>"", "n"=>"NULL"']
  ])('of %j is as the server writes it', (value, expected) => {
    expect(asObject.encode(value)).toBe(expected)
    expect(asObject.decode(expected)).toEqual(value)
  })

  it('is read in time that grows with its length', () => {
    const long = { [`${'\\"'.repeat(500_000)}`]: 'x'.repeat(1_000_000) }
    expect(asObject.decode(asObject.encode(long))).toEqual(long)
  })

  it.each(['"a"', '"a"=>', '"a"=>"b', 'a=>b', '"a"=>"b",', '"a"=>"b" "c"=>"d"', '"a\\', '{"a":1}', '"a"=>NULLS'])(
    'is told from other text: %s',
    other => {
      expect(() => asObject.decode(other)).toThrow(DataError)
    }
  )

  it('has keys of its own, whatever they are called', () => {
    const read = asObject.decode('"__proto__"=>"x"') as object
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  })
})

describe('what an HSTORE cannot hold', () => {
  checkMisuse([
    ['a string', 'WRONG_TYPE', 'expected an object or a Map of strings, got a string', () => asObject.encode('a=>1')],
    ['an array', 'WRONG_TYPE', /^expected an object or a Map of strings/, () => asObject.encode([['a', '1']])],
    ['a Date', 'WRONG_TYPE', /^expected an object or a Map of strings/, () => asObject.encode(new Date())],
    ['a number', 'WRONG_TYPE', 'key "a": expected a string, got a number', () => asObject.encode({ a: 1 })],
    ['undefined', 'UNDEFINED_VALUE', /^key "a": the value is undefined/, () => asObject.encode({ a: undefined })],
    ['a key that is no string', 'WRONG_TYPE', /^a key: expected a string/, () => asObject.encode(new Map([[1, 'a']]))],
    ['a NUL character', 'WRONG_TYPE', /^key "a": a string with a NUL/, () => asObject.encode({ a: '\0' })],
    ['half of a surrogate pair', 'WRONG_TYPE', /^a key: a string with half/, () => asObject.encode({ '\ud800': '' })]
  ])
})

describe('the options of an HStoreField', () => {
  checkMisuse([
    ['another form', 'BAD_ARGUMENT', /'object' or 'map'/, () => HStoreField({ as: 'set' } as never)],
    ['a misspelt one', 'UNKNOWN_OPTION', /HStoreField has no option "nul"/, () => HStoreField({ nul: true } as never)]
  ])
})
