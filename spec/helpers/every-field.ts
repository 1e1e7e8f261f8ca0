import fc from 'fast-check'
import {
  ArrayField,
  BigIntegerField,
  BinaryUUIDField,
  BitField,
  BlobField,
  BooleanField,
  CharField,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  DoubleField,
  EnumField,
  Field,
  FixedCharField,
  FloatField,
  field,
  IntegerField,
  IntervalField,
  IPField,
  JSONField,
  SmallIntegerField,
  TextField,
  TimeField,
  TimestampField,
  UUIDField
} from 'pewit'

/** Every field with any of its values. */

type Decorator = (target: object, key: string) => void

export interface AnyField {
  readonly name: string
  /** The field's decorator. */
  readonly make: (options?: object) => Decorator
  /** The decorator of an array of it, where there can be one. */
  readonly array?: (options?: object) => Decorator
  readonly values: fc.Arbitrary<unknown>
  /** What of a value is the same on the way there and back, where that is not all of it. */
  readonly form?: (value: unknown) => unknown
  /** Whether it can be a key, by which others refer to a row. */
  readonly key?: true
}

/** Exact numbers of any size. */
class ExactType extends Field<string> {
  override columnType = 'numeric'
  override normalised = true
}

/** A point as text, made as a program makes a field of its own. */
class PointType extends Field<{ readonly x: number; readonly y: number }> {
  override columnType = 'varchar'
  override modifiers = [60]

  override dbValue(value: unknown): unknown {
    const { x, y } = value as { x: number; y: number }
    return `${x};${y}`
  }

  override jsValue(raw: unknown): unknown {
    const [x, y] = String(raw).split(';').map(Number)
    return { x, y }
  }
}

/** What SQL, arrays, patterns and JSON give a meaning, and what encodings do. */
const PIECES = ["'", '"', '\\', '%', '_', ';--', '$1', '?', '/*', '$$', '::', '{', '}', ',', ' ', '\n', '\t', '\x7f', '\u0001']
const WORDS = [
  '',
  'NULL',
  'null',
  '{}',
  '{NULL}',
  '"null"',
  '\\x00',
  '\\N',
  '\\',
  "''",
  ' x ',
  '\u00a0',
  '\ufeff',
  '\ufffd',
  '\u2028'
]
const GLYPHS = ['🐧', '👩‍👩‍👧', 'e\u0301', '\u0301', 'ß', 'İ', '𝒳', '\u{10ffff}', 'ﷺ', '\ud7ff', '\ue000']

/** Any text that a server can hold. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...WORDS, ...GLYPHS) },
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...PIECES, ...GLYPHS, 'a'), { maxLength: 8 }).map(parts => parts.join('')) },
  {
    weight: 4,
    arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map(value => value.replaceAll('\0', ''))
  }
)
const longText = fc
  .tuple(anyText, fc.constantFrom('x', "'", '\\', '"', '🐧', 'é'))
  .map(([head, one]) => head + one.repeat(100_000 / one.length))
const upTo = (length: number) => anyText.map(text => [...text].slice(0, length).join(''))

/** An integer of so many bits, at its edges more often than not. */
const int = (bits: bigint, limit = 2n ** (bits - 1n)) =>
  fc.oneof(fc.bigInt({ min: -limit, max: limit - 1n }), fc.constantFrom(-limit, limit - 1n, 0n, -1n, 1n, -limit + 1n))
const safe = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, 2 ** 31, -(2 ** 31) - 1)
)
const doubles = fc.oneof(
  fc.double(),
  fc.constantFrom(
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    0,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    Number.MAX_VALUE,
    1e308,
    0.1,
    1 / 3
  )
)
const singles = fc.oneof(fc.float(), fc.constantFrom(2 ** -149, 2 ** -126, -0, 3.4028234663852886e38, Math.fround(0.1)))

/** Digits of an exact number with a point, as servers write them. */
const exact = (whole: number, decimals: number) =>
  fc
    .tuple(
      fc.boolean(),
      fc.oneof(
        fc.bigInt({ min: 0n, max: 10n ** BigInt(whole) - 1n }),
        fc.constantFrom(0n, 10n ** BigInt(whole) - 1n, 10n ** BigInt(whole - 1))
      ),
      fc.oneof(fc.bigInt({ min: 0n, max: 10n ** BigInt(decimals) - 1n }), fc.constantFrom(0n, 1n, 10n ** BigInt(decimals) - 1n))
    )
    .map(([minus, a, b]) => `${minus && (a > 0n || b > 0n) ? '-' : ''}${a}.${String(b).padStart(decimals, '0')}`)

/** A day, BC and beyond 9999 too. */
const day = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: -4700, max: 200_000 }),
      fc.constantFrom(-4700, -1, 0, 1, 99, 100, 999, 1582, 9999, 10_000, 99_999)
    ),
    fc.constantFrom('01-01', '02-28', '03-31', '12-31', '10-15')
  )
  .map(([year, rest]) => ({ year: String(year > 0 ? year : 1 - year).padStart(4, '0'), rest, era: year > 0 ? '' : ' BC' }))
const days = day.map(({ year, rest, era }) => `${year}-${rest}${era}`)
const clock = fc.oneof(
  fc.constantFrom('00:00:00', '23:59:59', '23:59:59.999999', '00:00:00.000001', '12:00:00.1'),
  fc
    .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999_999))
    .map(([h, m, s, u]) => `${[h, m, s].map(two).join(':')}${`.${String(u).padStart(6, '0')}`.replace(/\.?0+$/, '')}`)
)
const moments = fc.tuple(day, clock).map(([{ year, rest, era }, time]) => `${year}-${rest} ${time}${era}`)
const instants = fc.tuple(day, clock).map(([{ year, rest, era }, time]) => `${year}-${rest} ${time}+00${era}`)
const dates = fc.oneof(
  fc.date({ min: new Date('-004000-01-01'), max: new Date('+200000-12-31'), noInvalidDate: true }),
  fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
  fc
    .constantFrom(
      ...['-000001-12-31T23:59:59.999Z', '0000-01-01T00:00:00.000Z', '0000-12-31T23:59:59.999Z', '0001-01-01T00:00:00.001Z'],
      ...['0099-12-31T23:59:59.999Z', '0100-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
      ...['+010000-01-01T00:00:00.000Z', '+100000-01-01T00:00:00.001Z']
    )
    .map(text => new Date(text))
)
/** Instants in whole ticks of some milliseconds. */
const ticks = (every: number) =>
  fc
    .oneof(dates, fc.constantFrom(new Date(-8.64e15), new Date(8.64e15), new Date(-1), new Date(0)))
    .map(date => new Date(Math.floor(date.getTime() / every) * every))

const intervals = fc.oneof(
  fc.constantFrom(
    '00:00:00',
    '-00:00:00.000001',
    '1 mon',
    '-1 days',
    '1 day -00:00:01',
    '-1 years -2 mons +3 days -04:05:06.789'
  ),
  fc.constantFrom(
    '1 year 2 mons -3 days',
    '90 minutes',
    '-178000000 years',
    '1000000:00:00',
    '1 week -1 day',
    '0.000001 seconds'
  ),
  fc
    .tuple(fc.integer({ min: -20_000, max: 20_000 }), fc.integer({ min: -1e6, max: 1e6 }), fc.integer())
    .map(([months, days, seconds]) => `${months} months ${days} days ${seconds} seconds`)
)

/** What JSON can hold, but no NULL of its own at the top, which would be SQL's. */
const jsonItem: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      anyText,
      fc.constantFrom(null, true, false, 'null', '-0', 0, -1, 1e308, -1e308, 5e-324, 1e-7, 2 ** 53, 1e21, 0.1),
      doubles.filter(Number.isFinite)
    ),
    fc.array(tie('item'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(anyText, fc.constantFrom('', '__proto__', 'constructor', 'toJSON', 'node', '$1', 'ключ')),
      tie('item'),
      { maxKeys: 3 }
    )
  )
})).item
const json = jsonItem.filter(value => value !== null)

const octet = fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 9, 10, 100))
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map(array => Buffer.from(array)),
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
    Buffer.from('\\x00'),
    Buffer.from("'\\")
  )
)
const uuids = fc.oneof(fc.uuid(), fc.constantFrom('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
/** An enum whose values are as odd as they come; 63 bytes are all that one may have. */
const MOODS = ['sad', '', 'NULL', 'null', 'it\'s "great"', '{a,b}', '\\', '%_', ' x ', '🐧', "');--", 'ö'.repeat(31), '$1']

const both = (of: unknown, own: object = {}): Pick<AnyField, 'make' | 'array'> => ({
  make: options => (of as (options: object) => Decorator)({ ...own, ...options }),
  array: options =>
    (ArrayField as unknown as (of: unknown, options: object) => Decorator)(of, { item: { ...own, null: true }, ...options })
})
const ofEnum = () => EnumField(MOODS, { name: 'any "mood"' })

export const EVERY_FIELD: readonly AnyField[] = [
  { name: 'small', ...both(SmallIntegerField), values: int(16n).map(Number), key: true },
  { name: 'integer', ...both(IntegerField), values: int(32n).map(Number), key: true },
  { name: 'big', ...both(BigIntegerField), values: int(64n), key: true },
  { name: 'bigNumber', ...both(BigIntegerField, { as: 'number' }), values: safe, key: true },
  { name: 'bigString', ...both(BigIntegerField, { as: 'string' }), values: int(64n).map(String), key: true },
  { name: 'real', ...both(FloatField), values: singles, form: value => Math.fround(value as number) },
  { name: 'double', ...both(DoubleField), values: doubles },
  { name: 'decimal', ...both(DecimalField, { maxDigits: 38, decimalPlaces: 12 }), values: exact(26, 12), key: true },
  {
    name: 'decimalNumber',
    ...both(DecimalField, { as: 'number', maxDigits: 10, decimalPlaces: 3 }),
    values: fc.integer().map(n => (n % 1e9) / 1000)
  },
  {
    name: 'exact',
    ...both(field(ExactType)),
    values: fc.oneof(exact(3, 2), exact(300, 200), fc.constantFrom('NaN', `0.${'0'.repeat(999)}1`))
  },
  { name: 'char', ...both(CharField, { maxLength: 20 }), values: upTo(20), key: true },
  { name: 'fixed', ...both(FixedCharField, { maxLength: 8 }), values: upTo(8).map(text => text.replace(/ +$/, '')), key: true },
  {
    name: 'text',
    ...both(TextField),
    values: fc.oneof({ weight: 30, arbitrary: anyText }, { weight: 1, arbitrary: longText }),
    key: true
  },
  { name: 'bool', ...both(BooleanField), values: fc.boolean(), key: true },
  { name: 'blob', ...both(BlobField), values: bytes, key: true },
  { name: 'uuid', ...both(UUIDField), values: uuids, key: true },
  { name: 'binaryUuid', ...both(BinaryUUIDField), values: uuids, key: true },
  { name: 'address', ...both(IPField), values: fc.tuple(octet, octet, octet, octet).map(parts => parts.join('.')), key: true },
  { name: 'local', ...both(DateTimeField), values: dates, key: true },
  { name: 'localText', ...both(DateTimeField, { as: 'string' }), values: moments, key: true },
  { name: 'instant', ...both(DateTimeTZField), values: dates, key: true },
  { name: 'instantText', ...both(DateTimeTZField, { as: 'string' }), values: instants },
  { name: 'day', ...both(DateField), values: fc.oneof(days, fc.constantFrom('infinity', '-infinity')), key: true },
  { name: 'time', ...both(TimeField), values: fc.oneof(clock, fc.constant('24:00:00')), key: true },
  { name: 'span', ...both(IntervalField), values: intervals, form: () => 'written otherwise' },
  { name: 'seconds', ...both(TimestampField), values: ticks(1000), key: true },
  { name: 'hundredths', ...both(TimestampField, { resolution: 2 }), values: ticks(10) },
  { name: 'microseconds', ...both(TimestampField, { resolution: 6 }), values: ticks(1), key: true },
  { name: 'bits', ...both(BitField), values: safe },
  {
    name: 'mood',
    make: options => EnumField(MOODS, { name: 'any "mood"', ...options }) as Decorator,
    array: options => (ArrayField as unknown as (of: unknown, options: object) => Decorator)(ofEnum(), options ?? {}),
    values: fc.constantFrom(...MOODS),
    key: true
  },
  { name: 'json', make: options => JSONField(options as object) as Decorator, values: json },
  { name: 'point', ...both(field(PointType)), values: fc.record({ x: fc.integer(), y: fc.integer() }), key: true }
]

function two(number: number): string {
  return String(number).padStart(2, '0')
}
