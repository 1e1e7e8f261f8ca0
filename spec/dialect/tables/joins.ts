import { exists, fn, not } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Category, Friend, KV, Tweet, User } from './models.js'

const ids = () => User.select(u => [u.id])
const u = User.fields()
const t = Tweet.fields()
const parent = () => Category.alias('p')

/** Joins. */
export const joins: readonly Case[] = [
  [
    'along the foreign key',
    () =>
      Tweet.select(Tweet, User)
        .join(User)
        .where((_, b) => b.username.eq('huey')),
    'SELECT "t1"."id", "t1"."user_id", "t1"."content", "t1"."created_at", "t2"."id", "t2"."username", "t2"."age", "t2"."balance", "t2"."score", "t2"."active", "t2"."seen_at" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" WHERE "t2"."username" = $1',
    ['huey::varchar']
  ],
  [
    'in reverse',
    () =>
      User.select(u.id)
        .join(Tweet)
        .where((_, b) => b.content.eq('x')),
    'SELECT "t1"."id" FROM "user" AS "t1" INNER JOIN "tweet" AS "t2" ON "t2"."user_id" = "t1"."id" WHERE "t2"."content" = $1',
    ['x::text']
  ],
  [
    'left',
    () => Tweet.select(t.id).leftJoin(User),
    'SELECT "t1"."id" FROM "tweet" AS "t1" LEFT JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
  ],
  [
    'right',
    () => Tweet.select(t.id).join(User, { type: 'RIGHT' }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" RIGHT JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
  ],
  [
    'full',
    () => Tweet.select(t.id).join(User, { type: 'FULL' }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" FULL JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
  ],
  ['cross', () => Tweet.select(t.id).crossJoin(User), 'SELECT "t1"."id" FROM "tweet" AS "t1" CROSS JOIN "user" AS "t2"'],
  [
    'on a foreign key, of two',
    () => Friend.select(f => [f.weight]).join(User, { on: f => f.other }),
    'SELECT "t1"."weight" FROM "friend" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."other_id" = "t2"."id"'
  ],
  [
    'on a condition',
    () => Tweet.select(t.id).join(KV, { on: (a, b) => a.content.eq(b.key) }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "kv" AS "t2" ON "t1"."content" = "t2"."key"'
  ],
  [
    'on several conditions',
    () => Tweet.select(t.id).join(KV, { on: (a, b) => a.content.eq(b.key).and(b.value.gt(1)) }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "kv" AS "t2" ON ("t1"."content" = "t2"."key") AND ("t2"."value" > $1)',
    ['1::int8']
  ],
  [
    'by attr, of two',
    () => Friend.select(f => [f.weight]).join(User, { attr: 'other' }),
    'SELECT "t1"."weight" FROM "friend" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."other_id" = "t2"."id"'
  ],
  [
    'a table with itself',
    () => Category.select(c => [c.name]).join(parent(), { on: (c, p) => c.parent.eq(p.id) }),
    'SELECT "t1"."name" FROM "category" AS "t1" INNER JOIN "category" AS "p" ON "t1"."parent_id" = "p"."id"'
  ],
  [
    'a table with itself, twice',
    () => {
      const a = parent()
      const b = Category.alias('g')
      return Category.select(c => [c.name])
        .leftJoin(a, { on: (c, p) => c.parent.eq(p.id) })
        .leftJoin(b, { on: (_, p, g) => p.parent.eq(g.id) })
        .where((_, p, g) => p.name.eq('x').or(g.name.eq('y')))
    },
    'SELECT "t1"."name" FROM "category" AS "t1" LEFT JOIN "category" AS "p" ON "t1"."parent_id" = "p"."id" LEFT JOIN "category" AS "g" ON "p"."parent_id" = "g"."id" WHERE ("p"."name" = $1) OR ("g"."name" = $2)',
    ['x::text', 'y::text']
  ],
  [
    'three tables',
    () =>
      Tweet.select(t.id)
        .join(User)
        .join(Friend, { on: (_, b, c) => c.user.eq(b.id) }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" INNER JOIN "friend" AS "t3" ON "t3"."user_id" = "t2"."id"'
  ],
  [
    'from the first again',
    () =>
      Tweet.select(t.id)
        .join(User)
        .switch(Tweet)
        .join(KV, { on: (a, _, k) => k.key.eq(a.content) }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" INNER JOIN "kv" AS "t3" ON "t3"."key" = "t1"."content"'
  ],
  [
    'an alias that looks generated',
    () => Tweet.select(t.id).join(User.alias('t1'), { on: (a, b) => a.user.eq(b.id) }),
    'SELECT "t2"."id" FROM "tweet" AS "t2" INNER JOIN "user" AS "t1" ON "t2"."user_id" = "t1"."id"'
  ],
  [
    'an alias of the root',
    () =>
      Category.select(c => [c.id])
        .join(Category.alias('t2'), { on: (c, p) => c.parent.eq(p.id) })
        .join(User, { on: (c, _, f) => f.username.eq(c.name) }),
    'SELECT "t1"."id" FROM "category" AS "t1" INNER JOIN "category" AS "t2" ON "t1"."parent_id" = "t2"."id" INNER JOIN "user" AS "t3" ON "t3"."username" = "t1"."name"'
  ]
]

/** Queries inside queries. */
export const subqueries: readonly Case[] = [
  [
    'exists, correlated',
    () => ids().where(exists(Tweet.select(t.id).where(t.user.eq(u.id)))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE EXISTS (SELECT "t2"."id" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id")'
  ],
  [
    'not exists',
    () => ids().where(not(exists(Tweet.select(t.id).where(t.user.eq(u.id))))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE NOT EXISTS (SELECT "t2"."id" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id")'
  ],
  [
    'exists of a model',
    () => ids().where(exists(Tweet.select())),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE EXISTS (SELECT "t2"."id" FROM "tweet" AS "t2")'
  ],
  [
    'a scalar to compare with',
    () => ids().where(u.age.eq(User.select(f => [fn.max(f.age)]))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."age" = (SELECT max("t2"."age") FROM "user" AS "t2")'
  ],
  [
    'an alias of the outer query',
    () => {
      const p = parent()
      const f = p.fields()
      return Category.select(c => [c.id])
        .join(p, { on: (c, o) => c.parent.eq(o.id) })
        .where(exists(Category.select(c => [c.id]).where(c => c.parent.eq(f.id))))
    },
    'SELECT "t1"."id" FROM "category" AS "t1" INNER JOIN "category" AS "p" ON "t1"."parent_id" = "p"."id" WHERE EXISTS (SELECT "t2"."id" FROM "category" AS "t2" WHERE "t2"."parent_id" = "p"."id")'
  ],
  [
    'two levels',
    () =>
      ids().where(
        exists(
          Tweet.select(t.id).where(t.user.eq(u.id).and(exists(Category.select(c => [c.id]).where(c => c.name.eq(u.username)))))
        )
      ),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE EXISTS (SELECT "t2"."id" FROM "tweet" AS "t2" WHERE ("t2"."user_id" = "t1"."id") AND EXISTS (SELECT "t3"."id" FROM "category" AS "t3" WHERE "t3"."name" = "t1"."username"))'
  ],
  [
    'a function of a select',
    () => User.select(u.id, fn.array(Tweet.select(t.id).where(t.user.eq(u.id))).as('tweets')),
    'SELECT "t1"."id", array(SELECT "t2"."id" FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id") AS "tweets" FROM "user" AS "t1"'
  ],
  [
    'a select with an order and a limit',
    () => ids().where(u.id.in(Tweet.select(t.user).orderBy(t.createdAt.desc()).limit(3))),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."id" IN (SELECT "t2"."user_id" FROM "tweet" AS "t2" ORDER BY "t2"."created_at" DESC LIMIT $1)',
    ['3::int8']
  ]
]

/** Columns by way of the foreign key that was joined along. */
export const related: readonly Case[] = [
  [
    'in a condition, a selection, a group and an order',
    () =>
      Tweet.select(a => [a.user.to.username, fn.count(a.id)])
        .join(User)
        .where(a => a.user.to.age.gt(3).and(a.user.to.username.startsWith('h')))
        .groupBy(a => a.user.to.username)
        .orderBy(a => a.user.to.username.desc()),
    'SELECT "t2"."username", count("t1"."id") FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" WHERE ("t2"."age" > $1) AND ("t2"."username" ILIKE $2) GROUP BY "t2"."username" ORDER BY "t2"."username" DESC',
    ['3::int8', 'h%::text']
  ],
  [
    'each of two foreign keys',
    () => {
      const other = User.alias('o')
      return Friend.select(f => [f.weight])
        .join(User, { on: f => f.user })
        .switch()
        .join(other, { on: f => f.other })
        .where(f => f.user.to.age.lt(f.other.to.age))
    },
    'SELECT "t1"."weight" FROM "friend" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" INNER JOIN "user" AS "o" ON "t1"."other_id" = "o"."id" WHERE "t2"."age" < "o"."age"'
  ],
  [
    'before the join',
    () =>
      Tweet.select(t.id)
        .where(a => a.user.to.active.eq(true))
        .join(User, { type: 'LEFT', on: (a, b) => b.id.eq(a.user).and(b.age.gt(1)) }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" LEFT JOIN "user" AS "t2" ON ("t2"."id" = "t1"."user_id") AND ("t2"."age" > $1) WHERE "t2"."active" = $2',
    ['1::int8', 't::bool']
  ],
  [
    'over several joins, of the model itself',
    () => {
      const above = Category.alias('above')
      return Category.select(c => [c.name, c.parent.to.name.as('up'), c.parent.to.parent.to.name.as('top')])
        .join(parent(), { on: c => c.parent })
        .join(above, { on: (_, p) => p.parent })
    },
    'SELECT "t1"."name", "p"."name" AS "up", "above"."name" AS "top" FROM "category" AS "t1" INNER JOIN "category" AS "p" ON "t1"."parent_id" = "p"."id" INNER JOIN "category" AS "above" ON "p"."parent_id" = "above"."id"'
  ],
  [
    'where the model referred to comes first',
    () => User.select(u.id).join(Tweet).where(t.user.to.age.eq(1)),
    'SELECT "t1"."id" FROM "user" AS "t1" INNER JOIN "tweet" AS "t2" ON "t2"."user_id" = "t1"."id" WHERE "t1"."age" = $1',
    ['1::int8']
  ],
  [
    'in an inner query',
    () =>
      Tweet.select(t.id)
        .join(User)
        .where(exists(KV.select(k => [k.id]).where(k => k.key.eq(t.user.to.username)))),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" WHERE EXISTS (SELECT "t3"."id" FROM "kv" AS "t3" WHERE "t3"."key" = "t2"."username")'
  ],
  [
    'joined by a filter',
    () =>
      Tweet.select(t.id)
        .filter({ user__active: true })
        .orderBy(a => a.user.to.username),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "user" ON "t1"."user_id" = "user"."id" WHERE "user"."active" = $1 ORDER BY "user"."username"',
    ['t::bool']
  ],
  [
    'of a subquery',
    () => {
      const adults = User.select()
        .where(b => b.age.gte(18))
        .alias('adults')
      return Tweet.select(t.id)
        .join(adults, { on: (a, b) => a.user.eq(b.id) })
        .where(a => a.user.to.active.eq(true))
    },
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN (SELECT "t2"."id", "t2"."username", "t2"."age", "t2"."balance", "t2"."score", "t2"."active", "t2"."seen_at" FROM "user" AS "t2" WHERE "t2"."age" >= $1) AS "adults" ON "t1"."user_id" = "adults"."id" WHERE "adults"."active" = $2',
    ['18::int8', 't::bool']
  ],
  [
    'as a reference',
    () =>
      Category.select(c => [c.id])
        .join(parent(), { on: c => c.parent })
        .where(c => c.parent.to.parent.isNull()),
    'SELECT "t1"."id" FROM "category" AS "t1" INNER JOIN "category" AS "p" ON "t1"."parent_id" = "p"."id" WHERE "p"."parent_id" IS NULL'
  ]
]
