import { fn, groupingSets, rowsOf, tuple, valuesList, window } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Category, Doc, KV, Tweet, User } from './models.js'

const u = User.fields()
const d = Doc.fields()
const counts = () => Tweet.select(t => [t.user, fn.count().as('n')]).groupBy(t => t.user)
const newest = () =>
  Tweet.select(t => [t.content])
    .where(t => t.user.eq(u.id))
    .orderBy(t => t.createdAt.desc())
    .limit(1)

/** What stands in FROM beside tables. */
export const derived: readonly Case[] = [
  [
    'an alias as the root',
    () => {
      const p = Category.alias('p')
      return p.select().where(c => c.name.eq('x'))
    },
    'SELECT "p"."id", "p"."name", "p"."parent_id" FROM "category" AS "p" WHERE "p"."name" = $1',
    ['x::text']
  ],
  [
    'an alias as the root, joined',
    () => {
      const [p, c] = [Category.alias('p'), Category.alias('c')]
      return p.select(x => [x.name]).join(c, { on: (a, b) => b.parent.eq(a.id) })
    },
    'SELECT "p"."name" FROM "category" AS "p" INNER JOIN "category" AS "c" ON "c"."parent_id" = "p"."id"'
  ],
  [
    'a subquery as the root',
    () =>
      counts()
        .alias('c')
        .select(c => [fn.avg(c.n)]),
    'SELECT avg("c"."n") FROM (SELECT "t1"."user_id", count(*) AS "n" FROM "tweet" AS "t1" GROUP BY "t1"."user_id") AS "c"'
  ],
  [
    'a subquery joined',
    () =>
      User.select()
        .join(counts().alias('c'), { on: (a, c) => c.user.eq(a.id) })
        .columns((a, c) => [a.username, c.n]),
    'SELECT "t1"."username", "c"."n" FROM "user" AS "t1" INNER JOIN (SELECT "t2"."user_id", count(*) AS "n" FROM "tweet" AS "t2" GROUP BY "t2"."user_id") AS "c" ON "c"."user_id" = "t1"."id"'
  ],
  [
    'a subquery of a model, joined along the foreign key',
    () =>
      Tweet.select(t => [t.id]).join(
        User.select()
          .where(a => a.age.gte(18))
          .alias('adults')
      ),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN (SELECT "t2"."id", "t2"."username", "t2"."age", "t2"."balance", "t2"."score", "t2"."active", "t2"."seen_at" FROM "user" AS "t2" WHERE "t2"."age" >= $1) AS "adults" ON "t1"."user_id" = "adults"."id"',
    ['18::int8']
  ],
  [
    'a subquery of expressions without names',
    () =>
      User.select(a => ({ years: a.age, next: a.age.add(1) }))
        .alias('s')
        .select(s => [s.years, s.next]),
    'SELECT "s"."years", "s"."next" FROM (SELECT "t1"."age" AS "years", "t1"."age" + $1 AS "next" FROM "user" AS "t1") AS "s"',
    ['1::int8']
  ],
  [
    'a subquery of two models, whose columns have one name',
    () => Tweet.select(Tweet, User).join(User).alias('s').select({ one: fn.count() }),
    'SELECT count(*) FROM (SELECT "t1"."id", "t1"."user_id", "t1"."content", "t1"."created_at", "t2"."id" AS "id_2", "t2"."username", "t2"."age", "t2"."balance", "t2"."score", "t2"."active", "t2"."seen_at" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id") AS "s"'
  ],
  [
    'a subquery with an expression under the name of a column',
    () =>
      Tweet.select(t => [t.user, fn.count().as('user_id')])
        .groupBy(t => t.user)
        .alias('s')
        .select(s => [s.user, s.user_id]),
    'SELECT "s"."user_id", "s"."user_id_2" FROM (SELECT "t1"."user_id", count(*) AS "user_id_2" FROM "tweet" AS "t1" GROUP BY "t1"."user_id") AS "s"'
  ],
  [
    'selectFrom',
    () => counts().selectFrom(c => [fn.max(c.n)]),
    'SELECT max("t1"."n") FROM (SELECT "t2"."user_id", count(*) AS "n" FROM "tweet" AS "t2" GROUP BY "t2"."user_id") AS "t1"'
  ],
  [
    'selectFrom of everything',
    () => counts().selectFrom(),
    'SELECT "t1"."user_id", "t1"."n" FROM (SELECT "t2"."user_id", count(*) AS "n" FROM "tweet" AS "t2" GROUP BY "t2"."user_id") AS "t1"'
  ],
  [
    'selectFrom, twice',
    () =>
      counts()
        .selectFrom()
        .selectFrom(c => [c.n]),
    'SELECT "t1"."n" FROM (SELECT "t2"."user_id", "t2"."n" FROM (SELECT "t3"."user_id", count(*) AS "n" FROM "tweet" AS "t3" GROUP BY "t3"."user_id") AS "t2") AS "t1"'
  ],
  [
    'several sources',
    () =>
      User.select()
        .from(User, Tweet)
        .where((a, b) => b.user.eq(a.id))
        .columns((a, b) => [a.username, b.content]),
    'SELECT "t1"."username", "t2"."content" FROM "user" AS "t1", "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id"'
  ],
  [
    'several sources, the first one joined',
    () =>
      Tweet.select(t => [t.id])
        .from(Tweet, KV)
        .join(User),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id", "kv" AS "t3"'
  ],
  [
    'a subquery as a value under a name',
    () =>
      User.select(a => [
        a.id,
        Tweet.select(fn.count())
          .where(t => t.user.eq(a.id))
          .as('tweets')
      ]),
    'SELECT "t1"."id", (SELECT count(*) FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id") AS "tweets" FROM "user" AS "t1"'
  ],
  [
    'a subquery in ORDER BY',
    () => User.select(a => [a.id]).orderBy(a => Tweet.select(fn.count()).where(t => t.user.eq(a.id))),
    'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY (SELECT count(*) FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id")'
  ],
  [
    'a subquery in arithmetic',
    () => User.select(a => [a.age.sub(User.select(b => [fn.max(b.age)]) as never).as('behind')]),
    'SELECT "t1"."age" - (SELECT max("t2"."age") FROM "user" AS "t2") AS "behind" FROM "user" AS "t1"'
  ],
  [
    'a correlated subquery of the same model, by alias',
    () => {
      const other = User.alias('other')
      const o = other.fields()
      return User.select(a => [a.id]).where(a => a.age.eq(other.select(fn.max(o.age)).where(o.active.eq(a.active))))
    },
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" = (SELECT max("other"."age") FROM "user" AS "other" WHERE "other"."active" = "t1"."active")'
  ],
  [
    'a list of values in IN',
    () => KV.select(k => [k.id]).where(k => k.key.in(valuesList([['a']], { columns: ['k'] }))),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE "t1"."key" IN (SELECT "t2"."k" FROM (SELECT c1 FROM unnest($1) AS u(c1)) AS "t2"("k"))',
    ['{a}::text[]']
  ],
  [
    'a list of rows in IN',
    () => KV.select(k => [k.id]).where(k => tuple(k.key, k.value).notIn(valuesList([['a', 1]], { columns: ['k', 'n'] }))),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") NOT IN (SELECT "t2"."k", "t2"."n" FROM (SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2)) AS "t2"("k", "n"))',
    ['{a}::text[]', '{1}::int8[]']
  ],
  [
    'a set-returning function',
    () =>
      User.select()
        .from(User, rowsOf(fn.generate_series(1, 3), 'n'))
        .columns((a, s) => [a.id, s.n]),
    'SELECT "t1"."id", "n"."n" FROM "user" AS "t1", generate_series($1, $2) AS "n"("n")',
    ['1::int4', '3::int4']
  ],
  [
    'a function of the source before it',
    () =>
      Doc.select()
        .from(Doc, rowsOf(fn.unnest(d.tags), 'tag'))
        .columns((a, s) => [a.id, s.tag]),
    'SELECT "t1"."id", "tag"."tag" FROM "doc" AS "t1", unnest("t1"."tags") AS "tag"("tag")'
  ],
  [
    'a function of several columns',
    () =>
      Doc.select()
        .from(Doc, rowsOf(fn.jsonb_each(d.data), 'e', { key: 'text', value: 'jsonb' }))
        .columns((a, e) => [a.id, e.key, e.value]),
    'SELECT "t1"."id", "e"."key", "e"."value" FROM "doc" AS "t1", jsonb_each("t1"."data") AS "e"("key", "value")'
  ]
]

/** Joins of subqueries that refer to what stands before them. */
export const lateral: readonly Case[] = [
  [
    'inner',
    () =>
      User.select()
        .join(newest().lateral().alias('l'))
        .columns((a, l) => [a.id, l.content]),
    'SELECT "t1"."id", "l"."content" FROM "user" AS "t1" INNER JOIN LATERAL (SELECT "t2"."content" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id" ORDER BY "t2"."created_at" DESC LIMIT $1) AS "l" ON TRUE',
    ['1::int8']
  ],
  [
    'left, on TRUE',
    () =>
      User.select()
        .leftJoin(newest().lateral().alias('l'))
        .columns((a, l) => [a.id, l.content]),
    'SELECT "t1"."id", "l"."content" FROM "user" AS "t1" LEFT JOIN LATERAL (SELECT "t2"."content" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id" ORDER BY "t2"."created_at" DESC LIMIT $1) AS "l" ON TRUE',
    ['1::int8']
  ],
  [
    'by an option of the join',
    () =>
      User.select()
        .leftJoin(newest().alias('l'), { lateral: true })
        .columns((a, l) => [a.id, l.content]),
    'SELECT "t1"."id", "l"."content" FROM "user" AS "t1" LEFT JOIN LATERAL (SELECT "t2"."content" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id" ORDER BY "t2"."created_at" DESC LIMIT $1) AS "l" ON TRUE',
    ['1::int8']
  ],
  [
    'cross',
    () =>
      User.select()
        .crossJoin(newest().alias('l'), { lateral: true })
        .columns((a, l) => [a.id, l.content]),
    'SELECT "t1"."id", "l"."content" FROM "user" AS "t1" CROSS JOIN LATERAL (SELECT "t2"."content" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id" ORDER BY "t2"."created_at" DESC LIMIT $1) AS "l"',
    ['1::int8']
  ],
  [
    'on a condition',
    () =>
      User.select()
        .join(newest().alias('l'), { lateral: true, on: (_, l) => l.content.ne('') })
        .columns((a, l) => [a.id, l.content]),
    'SELECT "t1"."id", "l"."content" FROM "user" AS "t1" INNER JOIN LATERAL (SELECT "t2"."content" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id" ORDER BY "t2"."created_at" DESC LIMIT $1) AS "l" ON "l"."content" <> $2',
    ['1::int8', '::text']
  ],
  [
    'among several sources',
    () =>
      User.select()
        .from(User, newest().lateral().alias('l'))
        .columns((a, l) => [a.id, l.content]),
    'SELECT "t1"."id", "l"."content" FROM "user" AS "t1", LATERAL (SELECT "t2"."content" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id" ORDER BY "t2"."created_at" DESC LIMIT $1) AS "l"',
    ['1::int8']
  ]
]

/** Kinds of joins. */
export const kinds: readonly Case[] = [
  [
    'rightJoin',
    () => Tweet.select(t => [t.id]).rightJoin(User),
    'SELECT "t1"."id" FROM "tweet" AS "t1" RIGHT JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
  ],
  [
    'fullJoin',
    () => Tweet.select(t => [t.id]).fullJoin(User),
    'SELECT "t1"."id" FROM "tweet" AS "t1" FULL JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
  ],
  [
    'joinFrom',
    () =>
      Tweet.select(t => [t.id])
        .join(User)
        .joinFrom(Tweet, KV, { on: (t, _, k) => k.key.eq(t.content) }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" INNER JOIN "kv" AS "t3" ON "t3"."key" = "t1"."content"'
  ],
  [
    'ensureJoin',
    () =>
      Tweet.select(t => [t.id])
        .ensureJoin(Tweet, User)
        .where(u.age.gt(3)),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" WHERE "t2"."age" > $1',
    ['3::int8']
  ],
  [
    'ensureJoin before joins, whose functions are not given its columns',
    () =>
      Tweet.select(t => [t.id])
        .ensureJoin(Tweet, User)
        .join(KV, { on: (t, k) => k.key.eq(t.content) })
        .joinFrom(User, Category, { on: (_, k, c) => c.name.eq(k.key) })
        .where((_, k, c) => k.key.ne(c.name)),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" INNER JOIN "kv" AS "t3" ON "t3"."key" = "t1"."content" INNER JOIN "category" AS "t4" ON "t4"."name" = "t3"."key" WHERE "t3"."key" <> "t4"."name"'
  ],
  [
    'ensureJoin of what is joined',
    () =>
      Tweet.select(t => [t.id])
        .leftJoin(User)
        .ensureJoin(Tweet, User)
        .ensureJoin(Tweet, User),
    'SELECT "t1"."id" FROM "tweet" AS "t1" LEFT JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
  ]
]

/** Several groupings at once. */
export const groupings: readonly Case[] = [
  [
    'rollup',
    () => User.select(a => [a.active, a.age, fn.count()]).groupBy(a => [fn.rollup(a.active, a.age)]),
    {
      postgresql: 'SELECT "t1"."active", "t1"."age", count(*) FROM "user" AS "t1" GROUP BY rollup("t1"."active", "t1"."age")',
      cockroachdb: /CockroachDB v?\d[\d.]* has no GROUP BY ROLLUP/
    }
  ],
  [
    'cube',
    () => User.select(a => [a.active, fn.count()]).groupBy(a => fn.cube(a.active)),
    {
      postgresql: 'SELECT "t1"."active", count(*) FROM "user" AS "t1" GROUP BY cube("t1"."active")',
      cockroachdb: /CockroachDB v?\d[\d.]* has no GROUP BY CUBE/
    }
  ],
  [
    'grouping sets',
    () => User.select(a => [a.active, a.age, fn.count()]).groupBy(a => groupingSets([a.active, a.age], [a.active], [])),
    {
      postgresql:
        'SELECT "t1"."active", "t1"."age", count(*) FROM "user" AS "t1" GROUP BY GROUPING SETS(("t1"."active", "t1"."age"), ("t1"."active"), ())',
      cockroachdb: /CockroachDB v?\d[\d.]* has no GROUP BY GROUPING SETS/
    }
  ]
]

const byAge = window({ partitionBy: u.active, orderBy: u.age })

/** WINDOW. */
export const windows: readonly Case[] = [
  [
    'one for two functions',
    () => User.select(a => [a.id, fn.rank().over(byAge).as('rank'), fn.sum(a.age).over(byAge).as('sum')]).window(byAge),
    'SELECT "t1"."id", rank() OVER "w" AS "rank", sum("t1"."age") OVER "w" AS "sum" FROM "user" AS "t1" WINDOW "w" AS (PARTITION BY "t1"."active" ORDER BY "t1"."age")'
  ],
  [
    'two, of which one extends the other',
    () => {
      const rows = window({ extends: byAge, frame: { type: 'rows' } }).as('rows')
      return User.select(a => [fn.sum(a.age).over(rows).as('sum')]).window(byAge, rows)
    },
    'SELECT sum("t1"."age") OVER "rows" AS "sum" FROM "user" AS "t1" WINDOW "w" AS (PARTITION BY "t1"."active" ORDER BY "t1"."age"), "rows" AS ("w" ROWS UNBOUNDED PRECEDING)'
  ],
  [
    'taken away',
    () =>
      User.select(a => [a.id])
        .window(byAge)
        .window(),
    'SELECT "t1"."id" FROM "user" AS "t1"'
  ]
]
