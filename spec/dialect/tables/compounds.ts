import { fn, SQL, value } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Category, KV, Tweet, User } from './models.js'

const u = User.fields()
const ids = () => User.select(a => [a.id])
const writers = () => Tweet.select(t => [t.user])

/** UNION and its like. */
export const compounds: readonly Case[] = [
  [
    'union',
    () => ids().union(writers()),
    '(SELECT "t1"."id" FROM "user" AS "t1") UNION (SELECT "t2"."user_id" FROM "tweet" AS "t2")'
  ],
  [
    'union all',
    () => ids().unionAll(writers()),
    '(SELECT "t1"."id" FROM "user" AS "t1") UNION ALL (SELECT "t2"."user_id" FROM "tweet" AS "t2")'
  ],
  [
    'intersect',
    () => ids().intersect(writers()),
    '(SELECT "t1"."id" FROM "user" AS "t1") INTERSECT (SELECT "t2"."user_id" FROM "tweet" AS "t2")'
  ],
  [
    'intersect all',
    () => ids().intersectAll(writers()),
    '(SELECT "t1"."id" FROM "user" AS "t1") INTERSECT ALL (SELECT "t2"."user_id" FROM "tweet" AS "t2")'
  ],
  [
    'except',
    () => ids().except(writers()),
    '(SELECT "t1"."id" FROM "user" AS "t1") EXCEPT (SELECT "t2"."user_id" FROM "tweet" AS "t2")'
  ],
  [
    'except all',
    () => ids().exceptAll(writers()),
    '(SELECT "t1"."id" FROM "user" AS "t1") EXCEPT ALL (SELECT "t2"."user_id" FROM "tweet" AS "t2")'
  ],
  [
    'three, from the left',
    () =>
      ids()
        .union(writers())
        .except(Category.select(c => [c.id])),
    '((SELECT "t1"."id" FROM "user" AS "t1") UNION (SELECT "t2"."user_id" FROM "tweet" AS "t2")) EXCEPT (SELECT "t3"."id" FROM "category" AS "t3")'
  ],
  [
    'one inside another',
    () => ids().union(writers().intersect(Category.select(c => [c.id]))),
    '(SELECT "t1"."id" FROM "user" AS "t1") UNION ((SELECT "t2"."user_id" FROM "tweet" AS "t2") INTERSECT (SELECT "t3"."id" FROM "category" AS "t3"))'
  ],
  [
    'models',
    () =>
      KV.select()
        .where(k => k.value.lt(3))
        .union(KV.select().where(k => k.value.gt(9))),
    '(SELECT "t1"."id", "t1"."key", "t1"."value", "t1"."extra" FROM "kv" AS "t1" WHERE "t1"."value" < $1) UNION (SELECT "t2"."id", "t2"."key", "t2"."value", "t2"."extra" FROM "kv" AS "t2" WHERE "t2"."value" > $2)',
    ['3::int8', '9::int8']
  ],
  [
    'parts with an order and a limit',
    () =>
      KV.select(k => [k.key])
        .orderBy(k => k.value)
        .limit(1)
        .unionAll(KV.select(k => [k.key]).limit(2)),
    '(SELECT "t1"."key" FROM "kv" AS "t1" ORDER BY "t1"."value" LIMIT $1) UNION ALL (SELECT "t2"."key" FROM "kv" AS "t2" LIMIT $2)',
    ['1::int8', '2::int8']
  ],
  [
    'values of both',
    () => User.select(a => [a.username, value('user').as('kind')]).unionAll(KV.select(k => [k.key, value('kv').as('kind')])),
    '(SELECT "t1"."username", $1 AS "kind" FROM "user" AS "t1") UNION ALL (SELECT "t2"."key", $2 AS "kind" FROM "kv" AS "t2")',
    ['user::text', 'kv::text']
  ],
  [
    'picked by name',
    () => User.select(a => ({ name: a.username, years: a.age })).union(KV.select(k => ({ name: k.key, years: k.value }))),
    '(SELECT "t1"."username" AS "name", "t1"."age" AS "years" FROM "user" AS "t1") UNION (SELECT "t2"."key", "t2"."value" FROM "kv" AS "t2")'
  ],
  [
    'ordered by names of the result',
    () =>
      User.select(a => [a.username, fn.count().as('n')])
        .groupBy(a => a.username)
        .union(KV.select(k => [k.key, k.value]))
        .orderBy(r => [r.n.desc(), r.username])
        .limit(3)
        .offset(1),
    '(SELECT "t1"."username", count(*) AS "n" FROM "user" AS "t1" GROUP BY "t1"."username") UNION (SELECT "t2"."key", "t2"."value" FROM "kv" AS "t2") ORDER BY "n" DESC, "username" LIMIT $1 OFFSET $2',
    ['3::int8', '1::int8']
  ],
  [
    'ordered by a column of the first query',
    () =>
      User.select(a => [a.seenAt])
        .union(User.select(a => [a.seenAt]))
        .orderBy(u.seenAt.desc()),
    '(SELECT "t1"."seen_at" FROM "user" AS "t1") UNION (SELECT "t2"."seen_at" FROM "user" AS "t2") ORDER BY "seen_at" DESC'
  ],
  [
    'ordered by a number',
    () => ids().union(writers()).orderBy(SQL('1')),
    '(SELECT "t1"."id" FROM "user" AS "t1") UNION (SELECT "t2"."user_id" FROM "tweet" AS "t2") ORDER BY 1'
  ],
  [
    'order extended, and taken away',
    () =>
      KV.select(k => [k.key, k.value])
        .union(KV.select(k => [k.key, k.value]))
        .orderBy(r => r.key)
        .orderBy()
        .orderBy(r => r.value)
        .orderByExtend(r => r.key),
    '(SELECT "t1"."key", "t1"."value" FROM "kv" AS "t1") UNION (SELECT "t2"."key", "t2"."value" FROM "kv" AS "t2") ORDER BY "value", "key"'
  ],
  [
    'in IN',
    () => ids().where(u.id.in(writers().union(Category.select(c => [c.id])))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."id" IN ((SELECT "t2"."user_id" FROM "tweet" AS "t2") UNION (SELECT "t3"."id" FROM "category" AS "t3"))'
  ],
  [
    'of models in IN',
    () => KV.select(k => [k.id]).where(k => k.id.in(KV.select().except(KV.select()))),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE "t1"."id" IN (SELECT "t2"."id" FROM ((SELECT "t3"."id", "t3"."key", "t3"."value", "t3"."extra" FROM "kv" AS "t3") EXCEPT (SELECT "t4"."id", "t4"."key", "t4"."value", "t4"."extra" FROM "kv" AS "t4")) AS "t2")'
  ],
  [
    'as a source',
    () => ids().union(writers()).selectFrom(fn.count()),
    'SELECT count(*) FROM ((SELECT "t2"."id" FROM "user" AS "t2") UNION (SELECT "t3"."user_id" FROM "tweet" AS "t3")) AS "t1"'
  ],
  [
    'as a source, joined',
    () => Tweet.select(t => [t.id]).join(ids().union(ids()).alias('x'), { on: (t, x) => t.user.eq(x.id) }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN ((SELECT "t2"."id" FROM "user" AS "t2") UNION (SELECT "t3"."id" FROM "user" AS "t3")) AS "x" ON "t1"."user_id" = "x"."id"'
  ],
  [
    'with a CTE on either side',
    () => {
      const adults = ids()
        .where(a => a.age.gte(18))
        .cte('adults')
      return adults.select().union(adults.select(a => [a.id]))
    },
    'WITH "adults" AS (SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" >= $1) (SELECT "t2"."id" FROM "adults" AS "t2") UNION (SELECT "t3"."id" FROM "adults" AS "t3")',
    ['18::int8']
  ]
]
