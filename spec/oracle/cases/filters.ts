import { fn, tuple, value } from 'pewit'
import { CPK, Person, Register, Tweet, Uniq, User } from '../models.js'
import type { Translations } from '../run.js'

/** Comparison, logic, arithmetic, membership and text. */

const users = () => User.select(u => [u.id]).orderBy(u => u.id)
const tweets = () => Tweet.select(t => [t.id]).orderBy(t => t.id)

export const compare: Translations = {
  'compare.ne': () =>
    users()
      .where(u => u.username.ne('huey'))
      .tuples(),
  'compare.gte': () =>
    users()
      .where(u => u.age.gte(13))
      .tuples(),
  'compare.is_null_true': () =>
    users()
      .where(u => u.email.isNull(true))
      .tuples(),
  'compare.eq_true': () =>
    users()
      .where(u => u.isAdmin.eq(true))
      .tuples(),
  'compare.double_negation': () =>
    users()
      .where(u => u.isAdmin.not().not())
      .tuples(),
  'compare.eq_date': () =>
    Person.select(p => [p.id])
      .where(p => p.dob.eq('2010-05-01'))
      .orderBy(p => p.id)
      .tuples(),
  'compare.eq_uuid_str': () =>
    Uniq.select(u => [u.name])
      .where(u => u.id.eq('22222222-2222-2222-2222-222222222222'))
      .tuples(),
  'compare.getitem_eq': () =>
    users()
      .where(u => u.username.eq('huey'))
      .tuples()
}

export const logic: Translations = {
  'logic.or_op': () =>
    users()
      .where(u => u.age.eq(7).or(u.isAdmin.eq(true)))
      .tuples(),
  'logic.or_inside_and': () =>
    users()
      .where(u => u.age.eq(13).or(u.age.eq(7)).and(u.isAdmin.not()))
      .tuples(),
  'logic.orwhere_multi': () =>
    users()
      .where(u => u.age.eq(7))
      .orWhere(
        u => u.age.eq(40),
        u => u.username.eq('huey')
      )
      .tuples(),
  'logic.bool_expression_select': () =>
    User.select(u => [u.id, u.age.gt(10).as('teen')])
      .orderBy(u => u.id)
      .tuples()
}

export const arithmetic: Translations = {
  'arith.sub': () =>
    Tweet.select(t => [t.views.sub(1).as('x')])
      .orderBy(t => t.id)
      .tuples(),
  'arith.radd': () =>
    Tweet.select(t => [value(1).add(t.views).as('x')])
      .orderBy(t => t.id)
      .tuples(),
  'arith.nested': () =>
    Tweet.select(t => [t.views.add(1).mul(t.views.sub(1)).as('x')])
      .orderBy(t => t.id)
      .tuples(),
  'arith.modulo_custom': () =>
    tweets()
      .where(t => t.id.mod(2).eq(0))
      .tuples(),
  'arith.unary_minus_is_desc': () =>
    Register.select(r => [r.value])
      .orderBy(r => r.value.neg())
      .tuples()
}

export const membership: Translations = {
  'in.in_lshift': () =>
    users()
      .where(u => u.id.in([1, 3]))
      .tuples(),
  'in.in_generator': () =>
    users()
      .where(u => u.id.in(oneAndTwo()))
      .tuples(),
  'in.in_empty_and': () =>
    users()
      .where(u => u.id.in([]).or(u.id.eq(2)))
      .tuples(),
  'in.not_in_subquery': () =>
    users()
      .where(u => u.id.notIn(Tweet.select(t => [t.user])))
      .tuples(),
  'in.tuple_in_subquery': () =>
    Person.select(p => [p.id])
      .where(p => tuple(p.first, p.last).in(Person.select(q => [q.first, q.last]).where(q => q.dob.isNull(false))))
      .orderBy(p => p.id)
      .tuples(),
  'in.composite_pk_in': () =>
    CPK.select(c => [c.extra])
      .where(c =>
        tuple(c.key, c.value).in([
          ['k1', 1],
          ['k3', 3]
        ])
      )
      .orderBy(c => c.key)
      .tuples(),
  'in.not_between': () =>
    users()
      .where(u => u.age.between(7, 13).not())
      .tuples()
}

export const text: Translations = {
  'string.like_method': () =>
    users()
      .where(u => u.username.like('h%y'))
      .tuples(),
  'string.contains': () =>
    users()
      .where(u => u.username.contains('EY'))
      .tuples(),
  'string.contains_escape_underscore': () =>
    tweets()
      .where(t => t.content.contains('r_f'))
      .tuples(),
  'string.startswith_underscore_no_match': () =>
    users()
      .where(u => u.username.startsWith('_'))
      .tuples(),
  'string.endswith_fn': () =>
    users()
      .where(u => u.email.endsWith(fn.lower('.ORG')))
      .tuples(),
  'string.not_regexp': () =>
    users()
      .where(u => u.username.regexp('^[hm]').not())
      .tuples(),
  'string.concat_chain': () =>
    User.select(u => [u.username.concat(':').concat(u.email).as('x')])
      .orderBy(u => u.id)
      .tuples(),
  'string.asc_collation': () =>
    User.select(u => [u.username])
      .orderBy(u => u.username.collate('C').asc())
      .tuples(),
  'string.fixedchar_none': () =>
    users()
      .where(u => u.email.contains('%'))
      .tuples()
}

function* oneAndTwo(): Generator<number> {
  yield 1
  yield 2
}
