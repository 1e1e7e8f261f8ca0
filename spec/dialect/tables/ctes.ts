import { fn, value, valuesList } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Category, KV, Tweet, User } from './models.js'

const adults = () =>
  User.select(u => [u.id, u.username])
    .where(u => u.age.gte(18))
    .cte('adults')
const roots = () => Category.select(c => [c.id, c.name, value(0).as('level'), c.name.as('path')]).where(c => c.parent.isNull())
const tree = () =>
  roots()
    .cte('tree')
    .unionAll(up =>
      Category.select()
        .join(up, { on: (c, p) => c.parent.eq(p.id) })
        .columns((c, p) => [c.id, c.name, p.level.add(1).as('level'), p.path.concat('/').concat(c.name).as('path')])
    )

/** WITH. */
export const ctes: readonly Case[] = [
  [
    'selected from',
    () =>
      adults()
        .select(a => [a.username])
        .orderBy(a => a.username),
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1) SELECT "t2"."username" FROM "adults" AS "t2" ORDER BY "t2"."username"',
    ['18::int8']
  ],
  [
    'selected whole',
    () => adults().select(),
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1) SELECT "t2"."id", "t2"."username" FROM "adults" AS "t2"',
    ['18::int8']
  ],
  [
    'of a model, joined along the foreign key',
    () => Tweet.select(t => [t.id]).join(User.select().cte('people')),
    'WITH "people" AS (SELECT "t1"."id", "t1"."username", "t1"."age", "t1"."balance", "t1"."score", "t1"."active", "t1"."seen_at" FROM "user" AS "t1") SELECT "t2"."id" FROM "tweet" AS "t2" INNER JOIN "people" AS "t3" ON "t2"."user_id" = "t3"."id"'
  ],
  [
    'joined on a condition',
    () =>
      Tweet.select()
        .join(adults(), { on: (t, a) => t.user.eq(a.id) })
        .columns((t, a) => [t.content, a.username]),
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1) SELECT "t2"."content", "t3"."username" FROM "tweet" AS "t2" INNER JOIN "adults" AS "t3" ON "t2"."user_id" = "t3"."id"',
    ['18::int8']
  ],
  [
    'twice, under two names',
    () => {
      const a = adults()
      return a.select(x => [x.id]).join(a.alias('other'), { on: (x, y) => x.username.lt(y.username) })
    },
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1) SELECT "t2"."id" FROM "adults" AS "t2" INNER JOIN "adults" AS "other" ON "t2"."username" < "other"."username"',
    ['18::int8']
  ],
  [
    'several as sources',
    () => {
      const one = User.select(u => [fn.count(u.id).as('n')]).cte('one')
      const two = Tweet.select(t => [fn.count(t.id).as('m')]).cte('two')
      return one
        .select()
        .from(one, two)
        .columns((a, b) => [a.n, b.m])
    },
    'WITH "one" AS (SELECT count("t1"."id") AS "n" FROM "user" AS "t1"), "two" AS (SELECT count("t2"."id") AS "m" FROM "tweet" AS "t2") SELECT "t3"."n", "t4"."m" FROM "one" AS "t3", "two" AS "t4"'
  ],
  [
    'one that reads another stands behind it',
    () => {
      const a = adults()
      const number = a.select(() => [fn.count().as('n')]).cte('number')
      return number.select()
    },
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1), "number" AS (SELECT count(*) AS "n" FROM "adults" AS "t2") SELECT "t3"."n" FROM "number" AS "t3"',
    ['18::int8']
  ],
  [
    'the one needed is written once',
    () => {
      const a = adults()
      const number = a.select(() => [fn.count().as('n')]).cte('number')
      return a.select(x => [x.id]).crossJoin(number)
    },
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1), "number" AS (SELECT count(*) AS "n" FROM "adults" AS "t2") SELECT "t3"."id" FROM "adults" AS "t3" CROSS JOIN "number" AS "t4"',
    ['18::int8']
  ],
  [
    'in a subquery of its own',
    () => Tweet.select(t => [t.id]).where(t => t.user.in(adults().select(a => [a.id]))),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" IN (WITH "adults" AS (SELECT "t2"."id", "t2"."username" FROM "user" AS "t2" WHERE "t2"."age" >= $1) SELECT "t3"."id" FROM "adults" AS "t3")',
    ['18::int8']
  ],
  [
    'in a subquery, from the WITH outside',
    () => {
      const a = adults()
      return Tweet.select(t => [t.id])
        .where(t => t.user.in(a.select(x => [x.id])))
        .with(a)
    },
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1) SELECT "t2"."id" FROM "tweet" AS "t2" WHERE "t2"."user_id" IN (SELECT "t3"."id" FROM "adults" AS "t3")',
    ['18::int8']
  ],
  [
    'of a source in FROM, at the beginning',
    () =>
      adults()
        .select(a => [a.id])
        .alias('s')
        .select(s => [s.id]),
    'WITH "adults" AS (SELECT "t1"."id", "t1"."username" FROM "user" AS "t1" WHERE "t1"."age" >= $1) SELECT "s"."id" FROM (SELECT "t2"."id" FROM "adults" AS "t2") AS "s"',
    ['18::int8']
  ],
  [
    'materialized',
    () =>
      User.select(u => [u.id])
        .cte('a', { materialized: true })
        .select(),
    'WITH "a" AS MATERIALIZED (SELECT "t1"."id" FROM "user" AS "t1") SELECT "t2"."id" FROM "a" AS "t2"'
  ],
  [
    'not materialized',
    () =>
      User.select(u => [u.id])
        .cte('a', { materialized: false })
        .select(),
    'WITH "a" AS NOT MATERIALIZED (SELECT "t1"."id" FROM "user" AS "t1") SELECT "t2"."id" FROM "a" AS "t2"'
  ],
  [
    'with columns of its own',
    () =>
      User.select(u => [u.id, u.age])
        .cte('a', { columns: ['key', 'years'] })
        .select(a => [a.years]),
    'WITH "a" ("key", "years") AS (SELECT "t1"."id", "t1"."age" FROM "user" AS "t1") SELECT "t2"."years" FROM "a" AS "t2"'
  ],
  [
    'of a compound',
    () =>
      User.select(u => [u.username])
        .union(KV.select(k => [k.key]))
        .cte('names')
        .select(),
    'WITH "names" AS ((SELECT "t1"."username" FROM "user" AS "t1") UNION (SELECT "t2"."key" FROM "kv" AS "t2")) SELECT "t3"."username" FROM "names" AS "t3"'
  ],
  [
    'of values',
    () => {
      const v = valuesList(
        [
          ['a', 1],
          ['b', 2]
        ],
        { columns: ['k', 'n'] }
      ).cte('v')
      return KV.select(k => [k.id])
        .join(v, { on: (k, r) => k.key.eq(r.k) })
        .where((k, r) => k.value.lt(r.n))
    },
    'WITH "v" ("k", "n") AS (SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2)) SELECT "t1"."id" FROM "kv" AS "t1" INNER JOIN "v" AS "t2" ON "t1"."key" = "t2"."k" WHERE "t1"."value" < "t2"."n"',
    ['{a,b}::text[]', '{1,2}::int8[]']
  ]
]

/** WITH RECURSIVE. */
export const recursive: readonly Case[] = [
  [
    'a tree',
    () =>
      tree()
        .select(t => [t.name, t.level])
        .orderBy(t => t.path),
    'WITH RECURSIVE "tree" AS ((SELECT "t1"."id", "t1"."name", CAST($1 AS int4) AS "level", CAST("t1"."name" AS text) AS "path" FROM "category" AS "t1" WHERE "t1"."parent_id" IS NULL) UNION ALL (SELECT "t2"."id", "t2"."name", CAST("t3"."level" + $2 AS int4) AS "level", CAST(("t3"."path" || $3) || "t2"."name" AS text) AS "path" FROM "category" AS "t2" INNER JOIN "tree" AS "t3" ON "t2"."parent_id" = "t3"."id")) SELECT "t4"."name", "t4"."level" FROM "tree" AS "t4" ORDER BY "t4"."path"',
    ['0::int4', '1::int8', '/::text']
  ],
  [
    'joined with a model',
    () => {
      const t = tree()
      return Category.select()
        .join(t, { on: (c, r) => c.id.eq(r.id) })
        .columns((c, r) => [c.name, r.level])
    },
    'WITH RECURSIVE "tree" AS ((SELECT "t1"."id", "t1"."name", CAST($1 AS int4) AS "level", CAST("t1"."name" AS text) AS "path" FROM "category" AS "t1" WHERE "t1"."parent_id" IS NULL) UNION ALL (SELECT "t2"."id", "t2"."name", CAST("t3"."level" + $2 AS int4) AS "level", CAST(("t3"."path" || $3) || "t2"."name" AS text) AS "path" FROM "category" AS "t2" INNER JOIN "tree" AS "t3" ON "t2"."parent_id" = "t3"."id")) SELECT "t4"."name", "t5"."level" FROM "category" AS "t4" INNER JOIN "tree" AS "t5" ON "t4"."id" = "t5"."id"',
    ['0::int4', '1::int8', '/::text']
  ],
  [
    'of a model',
    () =>
      Category.select()
        .where(c => c.parent.isNull())
        .cte('tree')
        .unionAll(up => Category.select().join(up, { on: (c, p) => c.parent.eq(p.id) }))
        .select(),
    'WITH RECURSIVE "tree" AS ((SELECT "t1"."id", "t1"."name", "t1"."parent_id" FROM "category" AS "t1" WHERE "t1"."parent_id" IS NULL) UNION ALL (SELECT "t2"."id", "t2"."name", "t2"."parent_id" FROM "category" AS "t2" INNER JOIN "tree" AS "t3" ON "t2"."parent_id" = "t3"."id")) SELECT "t4"."id", "t4"."name", "t4"."parent_id" FROM "tree" AS "t4"'
  ],
  [
    'that needs another CTE',
    () => {
      const known = Category.select(c => [c.id, c.parent]).cte('known')
      return known
        .select(k => [k.id])
        .cte('tree')
        .unionAll(up =>
          known
            .select()
            .join(up, { on: (k, p) => k.parent.eq(p.id) })
            .columns(k => [k.id])
        )
        .select()
    },
    'WITH RECURSIVE "known" AS (SELECT "t1"."id", "t1"."parent_id" FROM "category" AS "t1"), "tree" AS ((SELECT "t2"."id" FROM "known" AS "t2") UNION ALL (SELECT "t3"."id" FROM "known" AS "t3" INNER JOIN "tree" AS "t4" ON "t3"."parent_id" = "t4"."id")) SELECT "t5"."id" FROM "tree" AS "t5"'
  ],
  [
    'with UNION, by capability',
    () =>
      Category.select(c => [c.id])
        .cte('tree')
        .union(up =>
          Category.select()
            .join(up, { on: (c, p) => c.parent.eq(p.id) })
            .columns(c => [c.id])
        )
        .select(),
    {
      postgresql:
        'WITH RECURSIVE "tree" AS ((SELECT "t1"."id" FROM "category" AS "t1") UNION (SELECT "t2"."id" FROM "category" AS "t2" INNER JOIN "tree" AS "t3" ON "t2"."parent_id" = "t3"."id")) SELECT "t4"."id" FROM "tree" AS "t4"',
      'cockroachdb 21.2': /CockroachDB v?\d[\d.]* has no recursive CTE with UNION/
    }
  ],
  [
    'by the option alone',
    () =>
      User.select(u => [u.id])
        .cte('a', { recursive: true })
        .select(),
    'WITH RECURSIVE "a" AS (SELECT "t1"."id" FROM "user" AS "t1") SELECT "t2"."id" FROM "a" AS "t2"'
  ]
]
