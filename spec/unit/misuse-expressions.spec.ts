import { all, any, caseWhen, currentRow, fn, following, fromTimestamp, notExists, op, preceding, sql, tuple, window } from 'pewit'
import { Doc, models, Tweet, User } from '../dialect/tables/models.js'
import { bindModels, checkMisuse } from '../helpers/dialects.js'

bindModels(models)

const u = User.fields()
const t = Tweet.fields()
const d = Doc.fields()
const over = (options: unknown) => () => fn.count().over(options as never)
const framed = (frame: unknown) => over({ orderBy: u.id, frame })
const byAge = window({ partitionBy: u.age, orderBy: u.id })

describe('windows', () => {
  checkMisuse([
    ['a misspelt option', 'UNKNOWN_OPTION', /^A window has no option "partition"/, over({ partition: u.age })],
    ['no window', 'WRONG_TYPE', 'over: expected a window or { partitionBy, orderBy, frame }, got a string', over('w')],
    ['undefined to partition by', 'UNDEFINED_VALUE', /^partitionBy: expected a column/, over({ partitionBy: undefined })],
    ['undefined to order by', 'UNDEFINED_VALUE', /^orderBy: expected a column/, over({ orderBy: [undefined] })],
    ['an end without a start', 'BAD_ARGUMENT', 'over: a frame with an end needs a start', framed({ end: currentRow })],
    ['a start behind the end', 'BAD_ARGUMENT', /start of a frame is behind its end/, framed({ start: following(1) })],
    ['a start at the last row', 'BAD_ARGUMENT', /cannot start with following/, framed({ start: following(), end: following() })],
    ['an end at the first row', 'BAD_ARGUMENT', /cannot end with preceding/, framed({ start: preceding(), end: preceding() })],
    [
      'an offset below zero',
      'BAD_ARGUMENT',
      /^over: the offset of a frame is not negative, but -1 is$/,
      framed({ start: preceding(-1) })
    ],
    ['a bound of its own making', 'BAD_ARGUMENT', /start and end are preceding/, framed({ start: { at: 'x; --' } })],
    ['a type that is none', 'BAD_ARGUMENT', /^over: frame.type is one of rows, range, groups/, framed({ type: 'toString' })],
    [
      'an exclusion that is none',
      'BAD_ARGUMENT',
      /^over: frame.exclude is one of/,
      framed({ start: preceding(), exclude: 'rows' })
    ],
    [
      'groups of no order',
      'BAD_ARGUMENT',
      /of 'groups' needs an orderBy/,
      over({ frame: { type: 'groups', start: preceding(1) } })
    ],
    [
      'a range of two keys',
      'BAD_ARGUMENT',
      /needs one sort key/,
      over({ orderBy: [u.id, u.age], frame: { type: 'range', start: preceding(1) } })
    ],
    ['partitions beside those extended', 'BAD_ARGUMENT', /leave partitionBy out/, over({ extends: byAge, partitionBy: u.id })],
    ['a second order', 'BAD_ARGUMENT', /has an order already/, over({ extends: byAge, orderBy: u.age })],
    [
      'a frame that is extended',
      'BAD_ARGUMENT',
      /with a frame cannot be extended/,
      over({ extends: window({ frame: { start: preceding() } }) })
    ],
    [
      'a column over a window',
      'BAD_ARGUMENT',
      /only the call of a function has it/,
      () => (u.age as never as ReturnType<typeof fn.count>).over()
    ],
    [
      'an undefined filter',
      'UNDEFINED_VALUE',
      /^filter: the condition is undefined/,
      () => fn.count().filter(undefined as never)
    ],
    ['an undefined order', 'UNDEFINED_VALUE', /^orderBy: expected a column/, () => fn.array_agg(u.id).orderBy(undefined as never)]
  ])
})

describe('JSON and arrays', () => {
  checkMisuse([
    ['an undefined key', 'UNDEFINED_VALUE', /^a JSON key: the value is undefined/, () => d.data.get(undefined as never)],
    ['a key that is none', 'WRONG_TYPE', 'a JSON key: expected a string or an integer, got a number', () => d.data.extract(0.5)],
    ['an undefined value', 'UNDEFINED_VALUE', /the value is undefined/, () => d.data.get('a').set(undefined)],
    ['arithmetic of text', 'WRONG_TYPE', /^User\.age\.mul: User\.username is text, .* cast\(\) it$/, () => u.age.mul(u.username)],
    ['arithmetic', 'WRONG_TYPE', /JSON is not calculated with/, () => (d.data.get('a') as never as typeof u.age).add(1)],
    ['nothing to remove', 'BAD_ARGUMENT', /^Doc.data.remove: name a key/, () => d.data.remove()],
    ['a JSON path that is no text', 'WRONG_TYPE', /^a JSON path: expected a string/, () => d.data.pathExists(1 as never)],
    [
      'a key of what is no JSON',
      'WRONG_TYPE',
      'User.age: a value of type int4 has no hasKey()',
      () => (u.age as never as typeof d.data).hasKey('a')
    ],
    ['an index below zero', 'BAD_ARGUMENT', /^Doc.tags.at: indexes count from 0, got -1/, () => d.tags.at(-1)],
    ['a fraction for an index', 'WRONG_TYPE', 'Doc.tags.slice: expected an integer, got a number', () => d.tags.slice(0, 0.5)],
    ['an undefined index', 'UNDEFINED_VALUE', /^Doc.tags.at: the value is undefined/, () => d.tags.at(undefined as never)],
    [
      'an item of another type',
      'WRONG_TYPE',
      'Doc.numbers.append: expected an integer, got a string',
      () => d.numbers.append('x' as never)
    ],
    ['any of nothing', 'UNDEFINED_VALUE', /^any: expected an array or a select/, () => any(undefined as never)],
    ['all of a value', 'WRONG_TYPE', 'all: expected an array or a select, got a number', () => all(3 as never)]
  ])
})

describe('the rest of expressions', () => {
  checkMisuse([
    [
      'a part of what is no time',
      'WRONG_TYPE',
      /^User.username.year: expected a date or time, got varchar/,
      () => u.username.year()
    ],
    [
      'a part that is none',
      'BAD_ARGUMENT',
      /^Tweet.createdAt.truncate: expected one of/,
      () => t.createdAt.truncate('x' as never)
    ],
    ['a value for an instant', 'WRONG_TYPE', /^fromTimestamp: expected a column/, () => fromTimestamp(3 as never)],
    ['an operator that is none', 'BAD_ARGUMENT', 'op: "= 1 OR 1 =" is not an operator', () => op(u.age, '= 1 OR 1 =', 1)],
    ['an operator with a comment', 'BAD_ARGUMENT', 'op: "<--" is not an operator', () => op(u.age, '<--', 1)],
    ['an undefined operand', 'UNDEFINED_VALUE', /the value is undefined/, () => op(u.age, '=', undefined)],
    ['null for a subject', 'BAD_ARGUMENT', /^caseWhen: nothing is equal to null/, () => caseWhen(u.age, [[null as never, 1]])],
    ['no branches', 'WRONG_TYPE', /^caseWhen: expected branches of/, () => caseWhen([u.age] as never)],
    ['an undefined result', 'UNDEFINED_VALUE', /^caseWhen: the value is undefined/, () => caseWhen([[u.age.gt(1), undefined]])],
    ['is of a number', 'WRONG_TYPE', /expected true, false or null, got a number/, () => u.active.is(1 as never)],
    [
      'isDistinctFrom undefined',
      'UNDEFINED_VALUE',
      /^User.age: the value is undefined/,
      () => u.age.isDistinctFrom(undefined as never)
    ],
    ['a converter that is none', 'WRONG_TYPE', /^User.age.converter: expected a function/, () => u.age.converter(3 as never)],
    ['a converter of an unknown type', 'BAD_ARGUMENT', /say first what it gives/, () => sql`1`.converter(Number)],
    ['a type that is more', 'BAD_ARGUMENT', /is not the name of a SQL type/, () => sql`1`.typed('int); --')],
    ['a collation that is none', 'WRONG_TYPE', /^collate: expected the name/, () => u.username.asc({ collation: 3 as never })],
    [
      'a tuple with an undefined',
      'UNDEFINED_VALUE',
      /^tuple: the value is undefined/,
      () => tuple(u.age).lt([undefined as never])
    ],
    ['a function of undefined', 'UNDEFINED_VALUE', /^concat: the value is undefined/, () => fn.concat(undefined)],
    ['what exists not', 'WRONG_TYPE', 'exists: expected a select, got a number', () => notExists(3 as never)]
  ])
})
