import { any, op, sql, tuple, value } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, Friend, KV, User } from './models.js'

const ids = () => Doc.select(f => [f.id])
const users = () => User.select(f => [f.id])
const d = Doc.fields()
const k = KV.fields()
const u = User.fields()

/** Row values. */
export const tuples: readonly Case[] = [
  [
    'eq',
    () => KV.select(k.id).where(tuple(k.key, k.value).eq(['a', 1])),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") = ($1, $2)',
    ['a::varchar', '1::int8']
  ],
  [
    'in',
    () =>
      KV.select(k.id).where(
        tuple(k.key, k.value).in([
          ['a', 1],
          ['b', 2]
        ])
      ),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") IN (($1, $2), ($3, $4))',
    ['a::varchar', '1::int8', 'b::varchar', '2::int8']
  ],
  [
    'in, with expressions',
    () => KV.select(k.id).where(tuple(k.value.add(1), k.extra).in([[k.extra, 2 ** 40]])),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."value" + $1, "t1"."extra") IN (("t1"."extra", $2))',
    ['1::int8', '1099511627776::int8']
  ],
  ['in, of nothing', () => KV.select(k.id).where(tuple(k.key, k.value).in([])), 'SELECT "t1"."id" FROM "kv" AS "t1" WHERE FALSE'],
  [
    'in, of a select',
    () => KV.select(k.id).where(tuple(k.key, k.value).in(User.select(u => [u.username, u.age]) as never)),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") IN (SELECT "t2"."username", "t2"."age" FROM "user" AS "t2")'
  ],
  [
    'in, of foreign keys',
    () =>
      Friend.select(f => [f.weight]).where(f =>
        tuple(f.user, f.other).in([['9b2f1b0e-1d2c-4a5b-8c7d-000000000001', '9b2f1b0e-1d2c-4a5b-8c7d-000000000002']])
      ),
    'SELECT "t1"."weight" FROM "friend" AS "t1" WHERE ("t1"."user_id", "t1"."other_id") IN (($1, $2))',
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', '9b2f1b0e-1d2c-4a5b-8c7d-000000000002::uuid']
  ],
  [
    'lt',
    () => KV.select(k.id).where(tuple(k.key, k.value).lt(['a', 1])),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") < ($1, $2)',
    ['a::varchar', '1::int8']
  ],
  [
    'gte of columns',
    () => KV.select(k.id).where(tuple(k.value, k.extra).gte(tuple(k.extra, k.value))),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."value", "t1"."extra") >= ("t1"."extra", "t1"."value")'
  ],
  [
    'ne, notIn',
    () => KV.select(k.id).where(tuple(k.key, k.value).ne(['a', 1]), tuple(k.key, k.value).notIn([['b', 2]])),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE (("t1"."key", "t1"."value") <> ($1, $2)) AND (("t1"."key", "t1"."value") NOT IN (($3, $4)))',
    ['a::varchar', '1::int8', 'b::varchar', '2::int8']
  ],
  [
    'notIn, of nothing',
    () => KV.select(k.id).where(tuple(k.key, k.value).notIn([])),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE TRUE'
  ]
]

/** Values of their own. */
export const values: readonly Case[] = [
  [
    'a list',
    () => ids().where(d.tags.contains(value(['a', 'b']))),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> $1',
    ['{a,b}::text[]']
  ],
  [
    'a list of a type',
    () => ids().where(d.tags.eq(value([], 'text[]') as never)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" = $1',
    ['{}::text[]']
  ],
  [
    'any of an array',
    () => ids().where(value('x').eq(any(d.tags))),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE $1 = any("t1"."tags")',
    ['x::text']
  ],
  [
    'typed',
    () => User.select(sql<number>`1 + 1`.typed('int8').add(1).as('x')),
    'SELECT (1 + 1) + $1 AS "x" FROM "user" AS "t1"',
    ['1::int8']
  ]
]

/** Operators that have no method. */
export const operations: readonly Case[] = [
  [
    'op',
    () => ids().where(op(d.tags, '@>', ['a'])),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> $1',
    ['{a}::text[]']
  ],
  [
    'op of a word',
    () => users().where(op(u.username, 'similar to', 'a|b')),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" SIMILAR TO $1',
    ['a|b::varchar']
  ],
  [
    'op with a result',
    () => User.select(op(u.age, '<<', value(2), 'int8').add(1).as('x')),
    'SELECT ("t1"."age" << $1) + $2 AS "x" FROM "user" AS "t1"',
    ['2::int4', '1::int8']
  ],
  [
    'op that shifts',
    () => User.select(op(u.age, '<<', 2, 'int8').as('x')),
    'SELECT "t1"."age" << $1 AS "x" FROM "user" AS "t1"',
    ['2::int4']
  ],
  [
    'op of a value',
    () => User.select(op('a', '||', u.username, 'text').as('x')),
    'SELECT $1 || "t1"."username" AS "x" FROM "user" AS "t1"',
    ['a::text']
  ],
  [
    'op of an op',
    () => users().where(op(op(u.age, '&', 1), '=', 1).and(u.active)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (("t1"."age" & $1) = $2) AND "t1"."active"',
    ['1::int8', '1::int8']
  ]
]
