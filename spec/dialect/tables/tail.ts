import { caseWhen, fn } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { KV, Tweet, User } from './models.js'

const ids = () => User.select(u => [u.id])
const u = User.fields()
const t = Tweet.fields()
const writer = caseWhen([[u.age.gte(18), 'adult']], 'minor')

/** What comes behind WHERE. */
export const tail: readonly Case[] = [
  [
    'group by',
    () => Tweet.select(f => [f.user, fn.count().as('n')]).groupBy(f => f.user),
    'SELECT "t1"."user_id", count(*) AS "n" FROM "tweet" AS "t1" GROUP BY "t1"."user_id"'
  ],
  [
    'group by several',
    () => User.select(u.active, u.age, fn.count()).groupBy(u.active, u.age),
    'SELECT "t1"."active", "t1"."age", count(*) FROM "user" AS "t1" GROUP BY "t1"."active", "t1"."age"'
  ],
  [
    'group by a model',
    () => KV.select(KV).groupBy(KV),
    'SELECT "t1"."id", "t1"."key", "t1"."value", "t1"."extra" FROM "kv" AS "t1" GROUP BY "t1"."id", "t1"."key", "t1"."value", "t1"."extra"'
  ],
  [
    'group by replaced, and extended',
    () =>
      KV.select(fn.count())
        .groupBy(f => f.key)
        .groupBy(f => f.value)
        .groupByExtend(f => f.extra),
    'SELECT count(*) FROM "kv" AS "t1" GROUP BY "t1"."value", "t1"."extra"'
  ],
  [
    'group by an expression with parameters',
    () => User.select(writer.as('kind'), fn.count()).groupBy(writer),
    'SELECT CASE WHEN "t1"."age" >= $1 THEN $2 ELSE $3 END AS "kind", count(*) FROM "user" AS "t1" GROUP BY CASE WHEN "t1"."age" >= $1 THEN $2 ELSE $3 END',
    ['18::int8', 'adult::text', 'minor::text']
  ],
  [
    'having',
    () =>
      Tweet.select(f => [f.user])
        .groupBy(f => f.user)
        .having(fn.count().gt(1))
        .having(fn.count().lt(9)),
    'SELECT "t1"."user_id" FROM "tweet" AS "t1" GROUP BY "t1"."user_id" HAVING (count(*) > $1) AND (count(*) < $2)',
    ['1::int8', '9::int8']
  ],
  [
    'count distinct',
    () => Tweet.select(fn.count(t.user.distinct())),
    'SELECT count(DISTINCT "t1"."user_id") FROM "tweet" AS "t1"'
  ],
  ['order by', () => ids().orderBy(u.age), 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age"'],
  [
    'order by several',
    () => ids().orderBy(f => [f.age.desc(), f.username.asc()]),
    'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" DESC, "t1"."username" ASC'
  ],
  [
    'order by replaced',
    () => ids().orderBy(u.age).orderBy(u.username),
    'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."username"'
  ],
  [
    'order by extended',
    () => ids().orderBy(u.age).orderByExtend(u.username.desc()),
    'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age", "t1"."username" DESC'
  ],
  ['order by nothing', () => ids().orderBy(u.age).orderBy(), 'SELECT "t1"."id" FROM "user" AS "t1"'],
  [
    'order by an expression',
    () => ids().orderBy(u.age.add(1).desc()),
    'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" + $1 DESC',
    ['1::int8']
  ],
  [
    'order by a named expression',
    () => User.select(writer.as('kind')).orderBy(writer.as('kind')),
    'SELECT CASE WHEN "t1"."age" >= $1 THEN $2 ELSE $3 END AS "kind" FROM "user" AS "t1" ORDER BY CASE WHEN "t1"."age" >= $1 THEN $2 ELSE $3 END',
    ['18::int8', 'adult::text', 'minor::text']
  ],
  [
    'nulls first',
    () => ids().orderBy(u.age.asc({ nulls: 'first' })),
    {
      postgresql: 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" ASC NULLS FIRST',
      'cockroachdb 21.2': 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" ASC'
    }
  ],
  [
    'nulls last',
    () => ids().orderBy(u.age.asc({ nulls: 'last' })),
    {
      postgresql: 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" ASC NULLS LAST',
      'cockroachdb 21.2': 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" IS NULL, "t1"."age" ASC'
    }
  ],
  [
    'nulls first, descending',
    () => ids().orderBy(u.age.desc({ nulls: 'first' })),
    {
      postgresql: 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" DESC NULLS FIRST',
      'cockroachdb 21.2': 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" IS NOT NULL, "t1"."age" DESC'
    }
  ],
  [
    'nulls last, descending',
    () => ids().orderBy(u.age.desc({ nulls: 'last' })),
    {
      postgresql: 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" DESC NULLS LAST',
      'cockroachdb 21.2': 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" DESC'
    }
  ],
  [
    'nulls last, of a compound',
    () => ids().orderBy(u.age.add(1).asc({ nulls: 'last' })),
    {
      postgresql: 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" + $1 ASC NULLS LAST',
      'cockroachdb 21.2': 'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY ("t1"."age" + $1) IS NULL, "t1"."age" + $1 ASC'
    },
    ['1::int8']
  ],
  ['limit', () => ids().limit(3), 'SELECT "t1"."id" FROM "user" AS "t1" LIMIT $1', ['3::int8']],
  ['offset', () => ids().offset(3), 'SELECT "t1"."id" FROM "user" AS "t1" OFFSET $1', ['3::int8']],
  ['limit 0', () => ids().limit(0), 'SELECT "t1"."id" FROM "user" AS "t1" LIMIT $1', ['0::int8']],
  [
    'limit and offset taken away',
    () => ids().limit(3).offset(4).limit(null).offset(null),
    'SELECT "t1"."id" FROM "user" AS "t1"'
  ],
  ['a page', () => ids().paginate(3, 10), 'SELECT "t1"."id" FROM "user" AS "t1" LIMIT $1 OFFSET $2', ['10::int8', '20::int8']],
  ['distinct', () => User.select(u.age).distinct(), 'SELECT DISTINCT "t1"."age" FROM "user" AS "t1"'],
  ['distinct taken away', () => User.select(u.age).distinct().distinct(false), 'SELECT "t1"."age" FROM "user" AS "t1"'],
  [
    'distinct on',
    () =>
      User.select(u.age, u.username)
        .distinct(f => f.age)
        .orderBy(f => [f.age, f.username]),
    'SELECT DISTINCT ON ("t1"."age") "t1"."age", "t1"."username" FROM "user" AS "t1" ORDER BY "t1"."age", "t1"."username"'
  ],
  [
    'distinct on an expression with parameters',
    () => User.select(u.id).distinct(u.age.mod(2)).orderBy(u.age.mod(2), u.id),
    'SELECT DISTINCT ON ("t1"."age" % $1) "t1"."id" FROM "user" AS "t1" ORDER BY "t1"."age" % $1, "t1"."id"',
    ['2::int8']
  ],
  [
    'distinct on several',
    () => User.select(u.id).distinct(u.age, u.active),
    'SELECT DISTINCT ON ("t1"."age", "t1"."active") "t1"."id" FROM "user" AS "t1"'
  ]
]
