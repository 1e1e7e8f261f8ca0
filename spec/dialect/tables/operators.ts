import { fn, sql } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, User } from './models.js'

const ids = () => User.select(u => [u.id])
const u = User.fields()

/** The operators of columns. */
export const operators: readonly Case[] = [
  [
    'eq',
    () => ids().where(u.username.eq('huey')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" = $1',
    ['huey::varchar']
  ],
  ['eq null', () => ids().where(u.age.eq(null)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IS NULL'],
  [
    'eq a column',
    () => ids().where(u.username.eq(u.username)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" = "t1"."username"'
  ],
  ['ne', () => ids().where(u.active.ne(true)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."active" <> $1', ['t::bool']],
  ['ne null', () => ids().where(u.age.ne(null)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IS NOT NULL'],
  ['lt', () => ids().where(u.age.lt(3)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" < $1', ['3::int8']],
  [
    'lte',
    () => ids().where(u.balance.lte('10.50')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."balance" <= $1',
    ['10.50::numeric']
  ],
  ['gt', () => ids().where(u.score.gt(0.5)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."score" > $1', ['0.5::float8']],
  [
    'gte',
    () => ids().where(u.seenAt.gte(new Date(0))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."seen_at" >= $1',
    ['1970-01-01T00:00:00.000Z::timestamptz']
  ],
  [
    'an integer wider than its column',
    () => ids().where(u.age.eq(3_000_000_000)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" = $1',
    ['3000000000::int8']
  ],
  ['isNull', () => ids().where(u.age.isNull()), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IS NULL'],
  ['isNull(false)', () => ids().where(u.age.isNull(false)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IS NOT NULL'],
  [
    'between',
    () => ids().where(u.age.between(1, 9)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" BETWEEN $1 AND $2',
    ['1::int8', '9::int8']
  ],
  [
    'between expressions',
    () => ids().where(u.age.add(1).between(u.age, u.age.add(2))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" + $1) BETWEEN "t1"."age" AND ("t1"."age" + $2)',
    ['1::int8', '2::int8']
  ],
  [
    'like',
    () => ids().where(u.username.like('h%')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" LIKE $1',
    ['h%::text']
  ],
  [
    'ilike',
    () => ids().where(u.username.ilike('h%')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE $1',
    ['h%::text']
  ],
  [
    'notLike',
    () => ids().where(u.username.notLike('h%')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" NOT LIKE $1',
    ['h%::text']
  ],
  [
    'notIlike',
    () => ids().where(u.username.notIlike('h%')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" NOT ILIKE $1',
    ['h%::text']
  ],
  [
    'regexp',
    () => ids().where(u.username.regexp('^h')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ~ $1',
    ['^h::text']
  ],
  [
    'iregexp',
    () => ids().where(u.username.iregexp('^h')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ~* $1',
    ['^h::text']
  ],
  [
    'like of what is no text',
    () => ids().where(u.id.like('a%')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE CAST("t1"."id" AS text) LIKE $1',
    ['a%::text']
  ],
  [
    'contains',
    () => ids().where(u.username.contains('ue')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE $1',
    ['%ue%::text']
  ],
  [
    'contains wildcards',
    () => ids().where(u.username.contains('50%_\\')),
    `SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE $1 ESCAPE '\\'`,
    ['%50\\%\\_\\\\%::text']
  ],
  [
    'contains nothing',
    () => ids().where(u.username.contains('')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE $1',
    ['%%::text']
  ],
  [
    'contains an expression',
    () => ids().where(u.username.contains(u.id)),
    `SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE (($1 || replace(replace(replace(CAST("t1"."id" AS text), $2, $3), $4, $5), $6, $7)) || $8) ESCAPE '\\'`,
    ['%::text', '\\::text', '\\\\::text', '%::text', '\\%::text', '_::text', '\\_::text', '%::text']
  ],
  [
    'contains of what is no text',
    () => ids().where(u.id.contains('a')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE CAST("t1"."id" AS text) ILIKE $1',
    ['%a%::text']
  ],
  [
    'startsWith',
    () => ids().where(u.username.startsWith('hu_')),
    `SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE $1 ESCAPE '\\'`,
    ['hu\\_%::text']
  ],
  [
    'startsWith an expression',
    () => ids().where(u.username.startsWith(fn.lower(u.username))),
    `SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE (replace(replace(replace(CAST(lower("t1"."username") AS text), $1, $2), $3, $4), $5, $6) || $7) ESCAPE '\\'`,
    ['\\::text', '\\\\::text', '%::text', '\\%::text', '_::text', '\\_::text', '%::text']
  ],
  [
    'endsWith',
    () => ids().where(u.username.endsWith('ey')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" ILIKE $1',
    ['%ey::text']
  ],
  [
    'concat',
    () => User.select(u.username.concat('!').concat(u.username).as('x')),
    'SELECT ("t1"."username" || $1) || "t1"."username" AS "x" FROM "user" AS "t1"',
    ['!::text']
  ],
  [
    'concat of what is no text',
    () => User.select(u.id.concat(':').as('x')),
    'SELECT CAST("t1"."id" AS text) || $1 AS "x" FROM "user" AS "t1"',
    [':::text']
  ],
  [
    'collate',
    () => ids().where(u.username.collate('C').lt('a')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."username" COLLATE "C") < $1',
    ['a::varchar']
  ],
  [
    'concat of a number',
    () =>
      User.select(
        u.username
          .concat(1)
          .concat(u.age)
          .concat(true as never)
          .as('x')
      ),
    'SELECT (("t1"."username" || CAST($1 AS text)) || CAST("t1"."age" AS text)) || CAST($2 AS text) AS "x" FROM "user" AS "t1"',
    ['1::int4', 't::bool']
  ],
  [
    'like an expression that is no text',
    () => ids().where(u.username.like(u.age as never)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" LIKE CAST("t1"."age" AS text)'
  ],
  [
    'isDistinctFrom',
    () => ids().where(u.age.isDistinctFrom(3)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IS DISTINCT FROM $1',
    ['3::int8']
  ],
  [
    'isDistinctFrom null',
    () => ids().where(u.age.isDistinctFrom(null)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IS NOT NULL'
  ],
  [
    'isNotDistinctFrom',
    () => ids().where(u.age.isNotDistinctFrom(u.age)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IS NOT DISTINCT FROM "t1"."age"'
  ],
  [
    'is',
    () => ids().where(u.age.gt(3).is(false)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) IS FALSE',
    ['3::int8']
  ],
  ['isNot', () => ids().where(u.active.isNot(true)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."active" IS NOT TRUE'],
  [
    'is null',
    () => ids().where(u.age.gt(3).is(null)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) IS NULL',
    ['3::int8']
  ],
  [
    'a collation of a sort key',
    () => ids().orderBy(u.username.asc({ collation: 'C' })),
    'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."username" COLLATE "C" ASC'
  ],
  ['a converter', () => User.select(u.age.converter(age => age + 1).as('x')), 'SELECT "t1"."age" AS "x" FROM "user" AS "t1"'],
  [
    'a condition made of nothing but a column',
    () => ids().where(u.active as never),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."active"'
  ]
]

/** Arithmetic, with the types that results have. */
export const arithmetic: readonly Case[] = [
  ['add', () => User.select(u.age.add(1).as('x')), 'SELECT "t1"."age" + $1 AS "x" FROM "user" AS "t1"', ['1::int8']],
  ['sub', () => User.select(u.age.sub(u.age).as('x')), 'SELECT "t1"."age" - "t1"."age" AS "x" FROM "user" AS "t1"'],
  [
    'mul of a sum',
    () => User.select(u.age.add(1).mul(2).as('x')),
    'SELECT ("t1"."age" + $1) * $2 AS "x" FROM "user" AS "t1"',
    ['1::int8', '2::int8']
  ],
  [
    'div of integers',
    () => User.select(u.age.div(2).as('x')),
    {
      postgresql: 'SELECT "t1"."age" / $1 AS "x" FROM "user" AS "t1"',
      cockroachdb: 'SELECT "t1"."age" // $1 AS "x" FROM "user" AS "t1"'
    },
    ['2::int8']
  ],
  [
    'div of an integer by a fraction',
    () => User.select(u.age.div(2.5).as('x')),
    'SELECT "t1"."age" / $1 AS "x" FROM "user" AS "t1"',
    ['2.5::numeric']
  ],
  [
    'div of decimals',
    () => User.select(u.balance.div('3').as('x')),
    'SELECT "t1"."balance" / $1 AS "x" FROM "user" AS "t1"',
    ['3::numeric']
  ],
  [
    'an integer and a float',
    () => User.select(u.age.mul(u.score).as('x')),
    'SELECT CAST("t1"."age" AS float8) * "t1"."score" AS "x" FROM "user" AS "t1"'
  ],
  [
    'a float and a decimal',
    () => User.select(u.score.add(u.balance).as('x')),
    'SELECT "t1"."score" + CAST("t1"."balance" AS float8) AS "x" FROM "user" AS "t1"'
  ],
  [
    'a float and a number',
    () => User.select(u.score.add(1).as('x')),
    'SELECT "t1"."score" + $1 AS "x" FROM "user" AS "t1"',
    ['1::float8']
  ],
  ['mod', () => User.select(u.age.mod(10).as('x')), 'SELECT "t1"."age" % $1 AS "x" FROM "user" AS "t1"', ['10::int8']],
  ['neg', () => User.select(u.age.neg().neg().as('x')), 'SELECT -(-"t1"."age") AS "x" FROM "user" AS "t1"'],
  [
    'neg of a sum',
    () => User.select(u.age.add(1).neg().as('x')),
    'SELECT -("t1"."age" + $1) AS "x" FROM "user" AS "t1"',
    ['1::int8']
  ],
  [
    'bitAnd, bitOr, bitXor',
    () => User.select(u.age.bitAnd(1).bitOr(2).bitXor(4).as('x')),
    'SELECT (("t1"."age" & $1) | $2) # $3 AS "x" FROM "user" AS "t1"',
    ['1::int8', '2::int8', '4::int8']
  ],
  [
    'a big integer',
    () => Doc.select(f => [f.size.add(1n).as('x')]),
    'SELECT "t1"."size" + $1 AS "x" FROM "doc" AS "t1"',
    ['1::int8']
  ],
  [
    'an interval',
    () => User.select(u.seenAt.add('1 day' as never).as('x')),
    'SELECT "t1"."seen_at" + $1 AS "x" FROM "user" AS "t1"',
    ['1 day::interval']
  ],
  [
    'a difference of times',
    () => User.select(u.seenAt.sub(u.seenAt).as('x')),
    'SELECT "t1"."seen_at" - "t1"."seen_at" AS "x" FROM "user" AS "t1"'
  ],
  ['days', () => Doc.select(f => [f.day.add(1).as('next')]), 'SELECT "t1"."day" + $1 AS "next" FROM "doc" AS "t1"', ['1::int4']],
  [
    'what stands beside raw SQL',
    () => User.select(sql`length(${u.username})`.add(1).mul(1.5).as('x')),
    'SELECT ((length("t1"."username")) + $1) * $2 AS "x" FROM "user" AS "t1"',
    ['1::int8', '1.5::float8']
  ]
]
