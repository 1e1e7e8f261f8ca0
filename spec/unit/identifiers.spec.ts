import fc from 'fast-check'
import { arrayOf, type SqlType, TYPES } from '../../lib/ast/types.js'
import { literal } from '../../lib/compiler/writer.js'
import { quoteName, quoteText } from '../../lib/util/identifiers.js'
import { refusal } from '../helpers/dialects.js'

describe('quoteName', () => {
  it.each([
    ['user', '"user"'],
    ['a"b', '"a""b"'],
    ["'; --", `"'; --"`],
    ['"', '""""'],
    ['Ünï.cödé', '"Ünï.cödé"']
  ])('%s', (name, quoted) => expect(quoteName(name)).toBe(quoted))

  it('leaves no way out of the quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), name => {
        if (name.includes('\0')) return
        expect(quoteName(name)).toMatch(/^"(?:[^"]|"")*"$/)
        expect(quoteName(name).slice(1, -1).replaceAll('""', '"')).toBe(name)
      })
    )
  })

  it('refuses what no server can hold', () => {
    expect(refusal(() => quoteName(''))).toEqual({ code: 'BAD_ARGUMENT', message: 'An identifier is empty' })
    expect(refusal(() => quoteName('a\0'))).toEqual({
      code: 'BAD_ARGUMENT',
      message: 'The identifier "a\\u0000" contains a NUL character (\\0), which no server can store'
    })
    expect(() => quoteName('a\udc00')).toThrow('contains half of a surrogate pair')
  })

  it('stays right for more names than it remembers', () => {
    for (let i = 0; i < 11_000; i++) expect(quoteName(`made up "${i}"`)).toBe(`"made up ""${i}"""`)
  })
})

describe('quoteText', () => {
  it('leaves no way out of the quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(quoteText(text)).toMatch(/^'(?:[^']|'')*'$/)
        expect(quoteText(text).slice(1, -1).replaceAll("''", "'")).toBe(text)
      })
    )
  })
})

describe('literal', () => {
  const cases: readonly (readonly [SqlType, string | null, string])[] = [
    [TYPES.int8, null, 'NULL'],
    [TYPES.bool, 't', 'TRUE'],
    [TYPES.bool, 'f', 'FALSE'],
    [TYPES.int8, '5', '5'],
    [TYPES.int8, '-5', `'-5'::int8`],
    [TYPES.int8, '5; DROP TABLE x', `'5; DROP TABLE x'::int8`],
    [TYPES.numeric, '1.50', '1.50'],
    [TYPES.float8, 'NaN', `'NaN'::float8`],
    [TYPES.float8, '1e+21', `'1e+21'::float8`],
    [TYPES.text, "it's \\", `'it''s \\'`],
    [TYPES.varchar, '5', `'5'`],
    [TYPES.unknown, "x'", `'x'''`],
    [TYPES.jsonb, `{"a":"'"}`, `'{"a":"''"}'::jsonb`],
    [TYPES.timestamptz, '2024-01-31T12:00:00.000Z', `'2024-01-31T12:00:00.000Z'::timestamptz`],
    [TYPES.uuid, '9b2f1b0e-1d2c-4a5b-8c7d-000000000001', `'9b2f1b0e-1d2c-4a5b-8c7d-000000000001'::uuid`],
    [arrayOf(TYPES.text), `{"a'"}`, `'{"a''"}'::text[]`],
    [arrayOf(TYPES.jsonb), '{}', `'{}'`]
  ]
  it.each(cases.map(([type, ...rest]) => [type.name, ...rest, type] as const))('%s: %s', (_, text, expected, type) =>
    expect(literal(text, type)).toBe(expected)
  )
})
