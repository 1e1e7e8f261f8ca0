import { and, not, or, sql } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, Tweet, User } from './models.js'

const ids = () => User.select(u => [u.id])
const u = User.fields()
const t = Tweet.fields()
const adults = User.select(f => [f.id]).where(f => f.age.gte(18))

/** AND, OR and NOT, with the parentheses they need. */
export const conditions: readonly Case[] = [
  [
    'several conditions',
    () => ids().where(u.age.gt(1), u.age.lt(9)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) AND ("t1"."age" < $2)',
    ['1::int8', '9::int8']
  ],
  [
    'a second where',
    () => ids().where(u.age.gt(1)).where(u.age.lt(9)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) AND ("t1"."age" < $2)',
    ['1::int8', '9::int8']
  ],
  [
    'orWhere',
    () => ids().where(u.age.gt(1)).orWhere(u.age.lt(9), u.active.eq(true)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) OR ("t1"."age" < $2) OR ("t1"."active" = $3)',
    ['1::int8', '9::int8', 't::bool']
  ],
  ['orWhere alone', () => ids().orWhere(u.age.gt(1)), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" > $1', ['1::int8']],
  [
    'and of or',
    () => ids().where(u.age.gt(1).or(u.age.isNull()).and(u.active.eq(true))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (("t1"."age" > $1) OR ("t1"."age" IS NULL)) AND ("t1"."active" = $2)',
    ['1::int8', 't::bool']
  ],
  [
    'or of and',
    () => ids().where(u.age.gt(1).or(u.age.isNull().and(u.active.eq(true)))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) OR (("t1"."age" IS NULL) AND ("t1"."active" = $2))',
    ['1::int8', 't::bool']
  ],
  [
    'a chain',
    () => ids().where(u.age.gt(1).and(u.age.lt(9)).and(u.active.eq(true))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) AND ("t1"."age" < $2) AND ("t1"."active" = $3)',
    ['1::int8', '9::int8', 't::bool']
  ],
  [
    'a chain to the right',
    () => ids().where(u.age.gt(1).and(u.age.lt(9).and(u.active.eq(true)))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) AND (("t1"."age" < $2) AND ("t1"."active" = $3))',
    ['1::int8', '9::int8', 't::bool']
  ],
  [
    'and(), or()',
    () => ids().where(or(and(u.age.gt(1), u.age.lt(9)), and(u.active.eq(true)))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (("t1"."age" > $1) AND ("t1"."age" < $2)) OR ("t1"."active" = $3)',
    ['1::int8', '9::int8', 't::bool']
  ],
  ['and() of nothing is true', () => ids().where(and()), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE TRUE'],
  ['or() of nothing is false', () => ids().where(or()), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE FALSE'],
  ['not', () => ids().where(not(u.age.gt(1))), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE NOT ("t1"."age" > $1)', ['1::int8']],
  [
    'not of an or',
    () => ids().where(u.age.gt(1).or(u.active.eq(true)).not()),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE NOT (("t1"."age" > $1) OR ("t1"."active" = $2))',
    ['1::int8', 't::bool']
  ],
  [
    'not twice',
    () => ids().where(not(not(u.age.gt(1)))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" > $1',
    ['1::int8']
  ],
  [
    'not in an and',
    () => ids().where(not(u.age.gt(1)).and(u.active.eq(true))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (NOT ("t1"."age" > $1)) AND ("t1"."active" = $2)',
    ['1::int8', 't::bool']
  ],
  [
    'raw SQL in an and',
    () => ids().where(sql`1 = 1 OR 2 = 2`.and(u.active.eq(true))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (1 = 1 OR 2 = 2) AND ("t1"."active" = $1)',
    ['t::bool']
  ],
  [
    'a comparison of a between',
    () => ids().where(u.age.between(1, 9).eq(true)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" BETWEEN $1 AND $2) = $3',
    ['1::int8', '9::int8', 't::bool']
  ],
  [
    'not in a list',
    () => ids().where(not(u.age.in([1])).and(u.age.in([2]).eq(true))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (NOT ("t1"."age" = ANY($1))) AND (("t1"."age" = ANY($2)) = $3)',
    ['{1}::int8[]', '{2}::int8[]', 't::bool']
  ],
  [
    'a comparison of conditions',
    () => ids().where(u.age.gt(1).eq(u.active)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" > $1) = "t1"."active"',
    ['1::int8']
  ]
]

/** IN and NOT IN. */
export const membership: readonly Case[] = [
  [
    'in',
    () => ids().where(u.age.in([1, 2])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" = ANY($1)',
    ['{1,2}::int8[]']
  ],
  [
    'in, of one',
    () => ids().where(u.username.in(['huey'])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" = ANY($1)',
    ['{huey}::varchar[]']
  ],
  [
    'in, of any iterable',
    () => ids().where(u.username.in(new Set(['a', 'b"c,{}', 'NULL', '']))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" = ANY($1)',
    ['{a,"b\\"c,{}","NULL",""}::varchar[]']
  ],
  ['in, of nothing', () => ids().where(u.age.in([])), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE FALSE'],
  [
    'notIn',
    () => ids().where(u.age.notIn([1, 2])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" <> ALL($1)',
    ['{1,2}::int8[]']
  ],
  ['notIn, of nothing', () => ids().where(u.age.notIn([])), 'SELECT "t1"."id" FROM "user" AS "t1" WHERE TRUE'],
  [
    'in, with null as SQL has it',
    () => ids().where(u.age.in([1, null as never])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" = ANY($1)',
    ['{1,NULL}::int8[]']
  ],
  [
    'in, of a compound',
    () => ids().where(u.age.add(1).in([1])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE ("t1"."age" + $1) = ANY($2)',
    ['1::int8', '{1}::int8[]']
  ],
  [
    'in, with expressions',
    () => ids().where(u.age.in([1, u.age.neg()])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" IN ($1, -"t1"."age")',
    ['1::int8']
  ],
  [
    'in, of times',
    () => ids().where(u.seenAt.in([new Date(0)])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."seen_at" = ANY($1)',
    ['{"1970-01-01T00:00:00.000Z"}::timestamptz[]']
  ],
  [
    'in, of uuids',
    () => ids().where(u.id.in(['9b2f1b0e-1d2c-4a5b-8c7d-000000000001'])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."id" = ANY($1)',
    ['{9b2f1b0e-1d2c-4a5b-8c7d-000000000001}::uuid[]']
  ],
  [
    'in, of decimals',
    () => ids().where(u.balance.in(['1.50', '2'])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."balance" = ANY($1)',
    ['{1.50,2}::numeric[]']
  ],
  [
    'in, of JSON, which has no array',
    () => Doc.select(f => [f.id]).where(f => f.data.get('a').in([1, 'x', [2]])),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) IN ($2, $3, $4)',
    ['a::text', '1::jsonb', '"x"::jsonb', '[2]::jsonb']
  ],
  [
    'in, beside raw SQL',
    () => ids().where(sql`length(${u.username})`.in([1, 2])),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (length("t1"."username")) IN ($1, $2)',
    ['1::int8', '2::int8']
  ],
  [
    'in, of a foreign key',
    () => Tweet.select(t.id).where(t.user.in(['9b2f1b0e-1d2c-4a5b-8c7d-000000000001'])),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" = ANY($1)',
    ['{9b2f1b0e-1d2c-4a5b-8c7d-000000000001}::uuid[]']
  ],
  [
    'in, of a select',
    () => Tweet.select(t.id).where(t.user.in(adults)),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" IN (SELECT "t2"."id" FROM "user" AS "t2" WHERE "t2"."age" >= $1)',
    ['18::int8']
  ],
  [
    'in, of a model, which stands for its key',
    () => Tweet.select(t.id).where(t.user.in(User.select())),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" IN (SELECT "t2"."id" FROM "user" AS "t2")'
  ],
  [
    'notIn, of a select',
    () => Tweet.select(t.id).where(t.user.notIn(adults)),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" NOT IN (SELECT "t2"."id" FROM "user" AS "t2" WHERE "t2"."age" >= $1)',
    ['18::int8']
  ]
]
