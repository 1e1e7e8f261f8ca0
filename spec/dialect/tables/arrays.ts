import { all, any, fn, some } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, User } from './models.js'

const ids = () => Doc.select(d => [d.id])
const d = Doc.fields()
const u = User.fields()

/** Into arrays. */
export const arrays: readonly Case[] = [
  ['at', () => Doc.select(d.tags.at(0).as('x')), 'SELECT ("t1"."tags")[$1] AS "x" FROM "doc" AS "t1"', ['1::int4']],
  [
    'at an expression',
    () => Doc.select(d.tags.at(d.numbers.at(0)).as('x')),
    'SELECT ("t1"."tags")[("t1"."numbers")[$1] + $2] AS "x" FROM "doc" AS "t1"',
    ['1::int4', '1::int8']
  ],
  [
    'at, compared',
    () => ids().where(d.tags.at(0).startsWith('a')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."tags")[$1] ILIKE $2',
    ['1::int4', 'a%::text']
  ],
  [
    'slice',
    () => Doc.select(d.tags.slice(1, 3).as('x')),
    { postgresql: 'SELECT ("t1"."tags")[$1:$2] AS "x" FROM "doc" AS "t1"', cockroachdb: /slices of arrays/ },
    ['2::int4', '3::int4']
  ],
  [
    'slice to the end',
    () => Doc.select(d.tags.slice(1).as('x')),
    { postgresql: 'SELECT ("t1"."tags")[$1:] AS "x" FROM "doc" AS "t1"', cockroachdb: /slices of arrays/ },
    ['2::int4']
  ],
  [
    'contains',
    () => ids().where(d.tags.contains('a', 'b,"c')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> $1',
    ['{a,"b,\\"c"}::text[]']
  ],
  [
    'contains, of integers',
    () => ids().where(d.numbers.contains(1, 2)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."numbers" @> $1',
    ['{1,2}::int4[]']
  ],
  [
    'containsAny',
    () => ids().where(d.tags.containsAny('a')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" && $1',
    ['{a}::text[]']
  ],
  [
    'containedBy',
    () => ids().where(d.tags.containedBy('a', 'b')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" <@ $1',
    ['{a,b}::text[]']
  ],
  [
    'contains nothing',
    () => ids().where(d.tags.contains()),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> $1',
    ['{}::text[]']
  ],
  [
    'contains, of an expression',
    () => ids().where(d.tags.contains(d.tags)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> "t1"."tags"'
  ],
  [
    'length',
    () => ids().where(d.tags.length().gt(1)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE coalesce(array_length("t1"."tags", $1), $2) > $3',
    ['1::int4', '0::int4', '1::int8']
  ],
  ['eq', () => ids().where(d.tags.eq(['a'])), 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" = $1', ['{a}::text[]']],
  [
    'lt',
    () => ids().where(d.numbers.lt([1, 2])),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."numbers" < $1',
    ['{1,2}::int4[]']
  ],
  [
    'in',
    () => ids().where(d.numbers.in([[1], [2, 3]])),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."numbers" IN ($1, $2)',
    ['{1}::int4[]', '{2,3}::int4[]']
  ],
  [
    'indexOf',
    () => Doc.select(d.tags.indexOf('a').as('x')),
    'SELECT array_position("t1"."tags", $1) - $2 AS "x" FROM "doc" AS "t1"',
    ['a::text', '1::int8']
  ],
  [
    'append',
    () => Doc.update({ tags: f => f.tags.append('a') }),
    'UPDATE "doc" SET "tags" = array_append("doc"."tags", $1)',
    ['a::text']
  ],
  [
    'prepend',
    () => Doc.update({ numbers: f => f.numbers.prepend(1) }),
    'UPDATE "doc" SET "numbers" = array_prepend($1, "doc"."numbers")',
    ['1::int4']
  ],
  [
    'remove',
    () => Doc.update({ tags: f => f.tags.remove('a') }),
    'UPDATE "doc" SET "tags" = array_remove("doc"."tags", $1)',
    ['a::text']
  ],
  [
    'concat',
    () => Doc.update({ tags: f => f.tags.concat(['a', 'b']).concat(f.tags) }),
    'UPDATE "doc" SET "tags" = array_cat(array_cat("doc"."tags", $1), "doc"."tags")',
    ['{a,b}::text[]']
  ],
  [
    'append an expression',
    () => Doc.update({ tags: f => f.tags.append(fn.lower('A')) }),
    'UPDATE "doc" SET "tags" = array_append("doc"."tags", lower($1))',
    ['A::text']
  ],
  [
    'the functions by their names',
    () => Doc.update({ numbers: f => fn.array_append(f.numbers, 1) }),
    'UPDATE "doc" SET "numbers" = array_append("doc"."numbers", $1)',
    ['1::int4']
  ]
]

/** Comparisons with several values at once. */
export const quantified: readonly Case[] = [
  [
    'any of a list',
    () => ids().where(d.size.gt(any([1n, 2n]))),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."size" > any($1)',
    ['{1,2}::int8[]']
  ],
  [
    'all of a select',
    () => User.select(u.id).where(u.age.gte(all(User.select(x => [x.age])))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" >= all(SELECT "t2"."age" FROM "user" AS "t2")'
  ],
  [
    'some of an array',
    () => ids().where(d.size.lt(some(d.numbers as never))),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."size" < some("t1"."numbers")'
  ],
  [
    'like any',
    () => User.select(u.id).where(u.username.like(any(['a%', 'b%']))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" LIKE any($1)',
    ['{"a%","b%"}::text[]']
  ]
]
