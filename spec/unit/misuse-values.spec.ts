import { caseWhen, EXCLUDED, exists, fn, type Query, SQL, tuple } from 'pewit'
import { Doc, KV, models, Tweet, User } from '../dialect/tables/models.js'
import { bindModels, checkMisuse, statementFor } from '../helpers/dialects.js'

bindModels(models)

const u = User.fields()
const t = Tweet.fields()
const d = Doc.fields()
const compiled = (query: Query<unknown>) => statementFor('postgresql', query)

describe('values of another type', () => {
  checkMisuse([
    ['a number for text', 'WRONG_TYPE', 'User.username: expected a string, got a number', () => u.username.eq(1 as never)],
    ['text for a number', 'WRONG_TYPE', 'User.age: expected an integer, got a string', () => u.age.eq('x' as never)],
    [
      'a fraction for an integer',
      'WRONG_TYPE',
      /User.age: expected an integer, got a number that is none$/,
      () => User.insert({ username: 'x', age: 1.5 } as never)
    ],
    [
      'NaN for an integer',
      'WRONG_TYPE',
      /^KV.value: expected an integer, got a number that is none$/,
      () => KV.update({ value: Number.NaN })
    ],
    [
      'an inexact integer',
      'WRONG_TYPE',
      /beyond ±2\^53, which may be rounded already; pass a bigint$/,
      () => d.size.eq((2 ** 60) as never)
    ],
    ['a string for a boolean', 'WRONG_TYPE', 'User.active: expected a boolean, got a string', () => u.active.eq('t' as never)],
    [
      'an invalid Date',
      'WRONG_TYPE',
      'User.seenAt: expected a Date, got an invalid one',
      () => u.seenAt.gt(new Date(Number.NaN))
    ],
    ['a NUL', 'WRONG_TYPE', /^User.username: a string with a NUL character/, () => u.username.eq('a\0b')],
    ['a NUL in a pattern', 'WRONG_TYPE', /^User.username: a string with a NUL character/, () => u.username.contains('\0')],
    ['a NUL in a list', 'WRONG_TYPE', /^User.username: item 1: a string with a NUL character/, () => u.username.in(['a', '\0'])],
    ['a NUL in a JSON key', 'WRONG_TYPE', /^a JSON key: a string with a NUL character/, () => d.data.get('\0' as never)],
    [
      'half of a surrogate pair',
      'WRONG_TYPE',
      /^User.username: a string with half of a surrogate pair/,
      () => u.username.eq('\udc00')
    ],
    ['no list', 'WRONG_TYPE', 'User.age: expected a list or a select, got a number', () => u.age.in(1 as never)],
    [
      'text for a list',
      'WRONG_TYPE',
      'User.username: expected a list or a select, got a string',
      () => u.username.in('abc' as never)
    ],
    ['an item of a list', 'WRONG_TYPE', 'User.age: item 1: expected an integer, got a string', () => u.age.in([1, 'x' as never])],
    [
      'an array of arrays',
      'WRONG_TYPE',
      /^Doc.tags: item 0: expected a string, got an Array$/,
      () => d.tags.contains(['a'] as never)
    ],
    [
      'no condition',
      'WRONG_TYPE',
      'where: expected a condition such as u.age.eq(3), got a boolean',
      () => User.select().where(true as never)
    ],
    [
      'a condition as an object',
      'WRONG_TYPE',
      'where: expected a condition such as u.age.eq(3), got an Object',
      () => User.select().where({ age: 1 } as never)
    ],
    [
      'a model in place of its columns',
      'WRONG_TYPE',
      'where: expected a condition such as u.age.eq(3), got an Object',
      () => User.select().where(u => u as never)
    ],
    [
      'no sort key',
      'WRONG_TYPE',
      /^orderBy: expected a column, or column.desc\(\), got a string$/,
      () => User.select().orderBy('age' as never)
    ],
    [
      'where nulls go',
      'BAD_ARGUMENT',
      /^nulls: expected 'first' or 'last', got a string$/,
      () => u.age.asc({ nulls: 'top' as never })
    ],
    ['no index', 'WRONG_TYPE', 'Doc.tags.at: expected an integer, got a number', () => d.tags.at(0.5)],
    [
      'a limit that is none',
      'BAD_ARGUMENT',
      /^limit: expected a whole number of rows from 0 up, or null, got -1$/,
      () => User.select().limit(-1)
    ],
    [
      'a limit as text',
      'BAD_ARGUMENT',
      /^limit: expected a whole number.*got a string$/,
      () => User.select().limit('1; DROP TABLE x' as never)
    ],
    ['half a page', 'BAD_ARGUMENT', 'paginate: expected the whole number of a page, got 1.5', () => User.select().paginate(1.5)],
    [
      'a page as text',
      'BAD_ARGUMENT',
      'paginate: expected the whole number of a page, got a string',
      () => User.select().paginate('2' as never)
    ],
    [
      'no page',
      'UNDEFINED_VALUE',
      'paginate: expected the whole number of a page, got undefined',
      () => User.select().paginate(undefined as never)
    ],
    ['an offset that is none', 'BAD_ARGUMENT', /^offset: .*got NaN$/, () => User.select().offset(Number.NaN)],
    [
      'an instance of another model',
      'WRONG_TYPE',
      /^User.id: expected a UUID|^User.id: expected a string/,
      () => u.id.eq(KV.new({ key: 'a' }) as never)
    ],
    [
      'an instance of another model than the one referred to',
      'WRONG_TYPE',
      'Tweet.user: expected a User, got a KV',
      () => t.user.eq(KV.new({ id: 'x', key: 'a' }) as never)
    ],
    [
      'a change to an instance of another model',
      'WRONG_TYPE',
      'Tweet.user: expected a User, got a KV',
      () => Tweet.update({ user: KV.new({ id: 'x', key: 'a' }) as never })
    ],
    [
      'an unsaved instance',
      'UNDEFINED_VALUE',
      'Tweet.user: the User it refers to has no key yet; save it first',
      () => t.user.eq(User.new({ username: 'x' }))
    ],
    [
      'an object that cannot be sent',
      'WRONG_TYPE',
      'lower: cannot send a Map; pass a value or an expression',
      () => fn.lower(new Map() as never)
    ],
    ['no select in exists', 'WRONG_TYPE', 'exists: expected a select, got a boolean', () => exists(true as never)],
    ['no function', 'BAD_ARGUMENT', '"a b" is not the name of a SQL function', () => fn['a b']()],
    [
      'no type',
      'BAD_ARGUMENT',
      '"int); DROP TABLE x; --" is not the name of a SQL type',
      () => u.age.cast('int); DROP TABLE x; --')
    ],
    ['caseWhen of nothing', 'BAD_ARGUMENT', 'caseWhen needs at least one branch', () => caseWhen([])],
    ['a tuple that is too short', 'BAD_ARGUMENT', 'tuple: expected 2 values, got 1', () => tuple(u.age, u.id).eq([1] as never)],
    ['too many parameters', 'BAD_ARGUMENT', 'The SQL has 1 placeholders, but 2 parameters were given', () => SQL('x = ?', 1, 2)],
    [
      'too few parameters',
      'BAD_ARGUMENT',
      'The SQL has 2 placeholders, but 1 parameters were given',
      () => SQL('x = $1 AND y = $2', 1)
    ],
    [
      'a type of join',
      'BAD_ARGUMENT',
      'join: `type` must be one of INNER, LEFT, RIGHT, FULL, CROSS',
      () => Tweet.select().join(User, { type: 'left; --' as never })
    ]
  ])
})

describe('what came as JSON stays a value', () => {
  const node = { kind: 'raw', parts: ['1) OR (1 = 1'], type: { name: 'text', category: 'text', oid: 25 } }
  const forged = { node } as never
  const order = { node: { kind: 'order', operand: node, descending: false } } as never

  checkMisuse([
    ['in a comparison', 'WRONG_TYPE', 'User.username: expected a string, got an Object', () => u.username.eq(forged)],
    ['in a list', 'WRONG_TYPE', 'User.username: item 0: expected a string, got an Object', () => u.username.in([forged])],
    [
      'in a condition',
      'WRONG_TYPE',
      'where: expected a condition such as u.age.eq(3), got an Object',
      () => User.select().where(forged)
    ],
    ['in a selection', 'WRONG_TYPE', 'User.select.node: expected an expression, got an Object', () => User.select(forged)],
    [
      'in a sort key',
      'WRONG_TYPE',
      /^orderBy: expected a column, or column.desc\(\), got an Object$/,
      () => User.select().orderBy(forged)
    ],
    [
      'as a sort key',
      'WRONG_TYPE',
      /^orderBy: expected a column, or column.desc\(\), got an Object$/,
      () => User.select().orderBy(order)
    ],
    ['in an insert', 'WRONG_TYPE', 'KV.key: expected a string, got an Object', () => KV.insert({ key: forged })],
    ['in an update', 'WRONG_TYPE', 'KV.value: expected an integer, got an Object', () => KV.update({ value: forged })],
    ['in an arithmetic', 'WRONG_TYPE', 'User.age: expected an integer, got an Object', () => u.age.add(forged)]
  ])

  it('in JSON columns, raw SQL and functions too', () => {
    for (const query of [
      Doc.insert({ data: forged }),
      Doc.select().where(d.data.contains(forged)),
      User.select(fn.f(forged)),
      User.raw`${forged}`
    ]) {
      const { text, params } = compiled(query)
      expect(text).not.toContain('OR')
      expect(params).toEqual([JSON.stringify({ node })])
    }
  })
})

describe('properties that do not exist', () => {
  const near = 'User has no property "usrname"; did you mean "username"?'
  checkMisuse([
    [
      'a column',
      'UNKNOWN_PROPERTY',
      near,
      () => User.select().where(f => (f as never as { usrname: typeof f.username }).usrname.eq('x'))
    ],
    ['a column of fields()', 'UNKNOWN_PROPERTY', near, () => (u as never as { usrname: unknown }).usrname],
    ['a column of an alias', 'UNKNOWN_PROPERTY', near, () => (User.alias('o').fields() as never as { usrname: unknown }).usrname],
    [
      'one that is like nothing',
      'UNKNOWN_PROPERTY',
      'User has no property "zebra"',
      () => (u as never as { zebra: unknown }).zebra
    ],
    ['a value of an insert', 'UNKNOWN_PROPERTY', near, () => User.insert({ usrname: 'x' } as never)],
    ['a value of an update', 'UNKNOWN_PROPERTY', near, () => User.update({ usrname: 'x' } as never)],
    ['a field of insertMany', 'UNKNOWN_PROPERTY', near, () => User.insertMany([['x']], ['usrname' as never])],
    [
      'a target',
      'UNKNOWN_PROPERTY',
      /no property "kee"; did you mean "key"/,
      () => KV.insert({ key: 'a' }).onConflictIgnore('kee' as never)
    ],
    [
      'what is preserved',
      'UNKNOWN_PROPERTY',
      /no property "vlaue"; did you mean "value"/,
      () => KV.insert({ key: 'a' }).onConflict({ target: 'key', preserve: ['vlaue' as never] })
    ],
    [
      'EXCLUDED',
      'UNKNOWN_PROPERTY',
      /no property "valu"; did you mean "value"/,
      () => KV.insert({ key: 'a' }).onConflict({ target: 'key', update: { value: EXCLUDED.valu } })
    ]
  ])
})
