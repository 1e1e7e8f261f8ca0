import { and, caseWhen, cast, exists, fn, not, or, SQL, sql, tuple, value } from 'pewit'
import { Doc, KV, models, Tweet, User } from '../dialect/tables/models.js'
import { bindModels, checkMisuse } from '../helpers/dialects.js'

bindModels(models)

const u = User.fields()
const t = Tweet.fields()
const d = Doc.fields()
const none = undefined as never

const left = 'the value is undefined; pass null for NULL, or leave the property or condition out'

describe('undefined never widens a query', () => {
  checkMisuse([
    ['eq', 'UNDEFINED_VALUE', `User.username: ${left}`, () => u.username.eq(none)],
    ['ne', 'UNDEFINED_VALUE', `User.age: ${left}`, () => u.age.ne(none)],
    ['lt', 'UNDEFINED_VALUE', `User.age: ${left}`, () => u.age.lt(none)],
    ['between', 'UNDEFINED_VALUE', `User.age: ${left}`, () => u.age.between(1, none)],
    ['like', 'UNDEFINED_VALUE', `User.username: ${left}`, () => u.username.like(none)],
    ['contains', 'UNDEFINED_VALUE', `User.username: ${left}`, () => u.username.contains(none)],
    ['add', 'UNDEFINED_VALUE', `User.age: ${left}`, () => u.age.add(none)],
    ['in', 'UNDEFINED_VALUE', `User.age.in: ${left}`, () => u.age.in(none)],
    ['notIn', 'UNDEFINED_VALUE', `User.age.notIn: ${left}`, () => u.age.notIn(none)],
    ['an item of a list', 'UNDEFINED_VALUE', 'User.age: item 1 of the array is undefined', () => u.age.in([1, none])],
    ['an item among expressions', 'UNDEFINED_VALUE', `User.age: ${left}`, () => u.age.in([u.age, none])],
    ['an array’s contains', 'UNDEFINED_VALUE', 'Doc.tags: item 0 of the array is undefined', () => d.tags.contains(none)],
    ['a JSON key', 'UNDEFINED_VALUE', `a JSON key: ${left}`, () => d.data.get(none)],
    ['a foreign key', 'UNDEFINED_VALUE', `Tweet.user: ${left}`, () => t.user.eq(none)],
    ['where', 'UNDEFINED_VALUE', /^where: the condition is undefined; leave the clause out/, () => User.select().where(none)],
    ['where, by a function', 'UNDEFINED_VALUE', /^where: the condition is undefined/, () => User.select().where(() => none)],
    ['orWhere', 'UNDEFINED_VALUE', /^orWhere: the condition is undefined/, () => User.select().orWhere(none)],
    ['having', 'UNDEFINED_VALUE', /^having: the condition is undefined/, () => User.select().having(none)],
    ['where of an update', 'UNDEFINED_VALUE', /^where: the condition/, () => User.update({ age: 1 }).where(none)],
    ['where of a delete', 'UNDEFINED_VALUE', /^where: the condition/, () => User.delete().where(none)],
    ['and()', 'UNDEFINED_VALUE', /^and: the condition/, () => and(u.age.eq(1), none)],
    ['or()', 'UNDEFINED_VALUE', /^or: the condition/, () => or(none)],
    ['not()', 'UNDEFINED_VALUE', /^not: the condition/, () => not(none)],
    ['.and()', 'UNDEFINED_VALUE', /^and: the condition/, () => u.age.eq(1).and(none)],
    ['.or()', 'UNDEFINED_VALUE', /^or: the condition/, () => u.age.eq(1).or(none)],
    ['exists()', 'UNDEFINED_VALUE', 'exists: expected a select, got undefined', () => exists(none)],
    [
      'select',
      'UNDEFINED_VALUE',
      /^User.select: expected a model, a column or an expression, got undefined/,
      () => User.select(none)
    ],
    ['a named column', 'UNDEFINED_VALUE', 'User.select.x: expected an expression, got undefined', () => User.select({ x: none })],
    ['columns', 'UNDEFINED_VALUE', /^columns: expected/, () => User.select().columns([none])],
    ['groupBy', 'UNDEFINED_VALUE', 'groupBy: expected an expression, got undefined', () => User.select().groupBy(none)],
    [
      'orderBy',
      'UNDEFINED_VALUE',
      'orderBy: expected a column, or column.desc(), got undefined',
      () => User.select().orderBy(none)
    ],
    ['orderBy, in a list', 'UNDEFINED_VALUE', /^orderBy: expected a column/, () => User.select().orderBy(f => [f.age, none])],
    ['distinct', 'UNDEFINED_VALUE', /^distinct: expected an expression/, () => User.select().distinct(none)],
    [
      'limit',
      'UNDEFINED_VALUE',
      'limit: expected a whole number of rows from 0 up, or null, got undefined',
      () => User.select().limit(none)
    ],
    ['offset', 'UNDEFINED_VALUE', /^offset: expected a whole number/, () => User.select().offset(none)],
    ['insert', 'UNDEFINED_VALUE', `KV.insert.key: ${left}`, () => KV.insert({ key: none })],
    [
      'insertMany',
      'UNDEFINED_VALUE',
      `KV.insertMany, row 1.value: ${left}`,
      () => KV.insertMany([{ key: 'a' }, { key: 'b', value: none }])
    ],
    [
      'insertMany, as arrays',
      'UNDEFINED_VALUE',
      `KV.insertMany, row 0.value: ${left}`,
      () => KV.insertMany([['a', none]], ['key', 'value'])
    ],
    ['update', 'UNDEFINED_VALUE', `KV.value: ${left}`, () => KV.update({ value: none })],
    ['update, by a function', 'UNDEFINED_VALUE', `KV.value: ${left}`, () => KV.update({ value: () => none })],
    [
      'onConflict',
      'UNDEFINED_VALUE',
      `KV.value: ${left}`,
      () => KV.insert({ key: 'a' }).onConflict({ target: 'key', update: { value: none } })
    ],
    ['caseWhen', 'UNDEFINED_VALUE', `caseWhen: ${left}`, () => caseWhen([[u.age.eq(1), none]])],
    ['caseWhen, its condition', 'UNDEFINED_VALUE', /^caseWhen: the condition is undefined/, () => caseWhen([[none, 1]])],
    ['a function', 'UNDEFINED_VALUE', `lower: ${left}`, () => fn.lower(none)],
    ['coalesce', 'UNDEFINED_VALUE', `coalesce: ${left}`, () => fn.coalesce(u.age, none)],
    ['value()', 'UNDEFINED_VALUE', `value: ${left}`, () => value(undefined)],
    ['cast()', 'UNDEFINED_VALUE', `cast: ${left}`, () => cast(none, 'text')],
    ['tuple()', 'UNDEFINED_VALUE', `tuple: ${left}`, () => tuple(u.age, none)],
    ['tuple.eq', 'UNDEFINED_VALUE', 'tuple: expected a list of values, got undefined', () => tuple(u.age).eq(none)],
    ['tuple.in', 'UNDEFINED_VALUE', 'tuple.in: expected a list of rows, got undefined', () => tuple(u.age).in(none)],
    ['an item of a tuple', 'UNDEFINED_VALUE', `tuple: ${left}`, () => tuple(u.age, u.username).in([[1, none]])],
    ['sql', 'UNDEFINED_VALUE', `parameter 1: ${left}`, () => sql`x = ${undefined}`],
    ['SQL', 'UNDEFINED_VALUE', `parameter 2: ${left}`, () => SQL('x = ? AND y = ?', 1, undefined)],
    ['raw', 'UNDEFINED_VALUE', `parameter 1: ${left}`, () => User.raw('SELECT ?', undefined)]
  ])
})

describe('null where it is never true', () => {
  const nothing = null as never
  checkMisuse([
    ['lt', 'BAD_ARGUMENT', 'User.age.lt(null) is never true; use isNull()', () => u.age.lt(nothing)],
    ['gte', 'BAD_ARGUMENT', 'User.age.gte(null) is never true; use isNull()', () => u.age.gte(nothing)],
    ['between', 'BAD_ARGUMENT', 'User.age.between(null) is never true; use isNull()', () => u.age.between(nothing, 3)],
    ['like', 'BAD_ARGUMENT', 'User.username.like(null) is never true; use isNull()', () => u.username.like(nothing)],
    ['regexp', 'BAD_ARGUMENT', 'User.username.regexp(null) is never true; use isNull()', () => u.username.regexp(nothing)],
    ['contains', 'WRONG_TYPE', 'User.username: expected a string, got null', () => u.username.contains(nothing)]
  ])
})
