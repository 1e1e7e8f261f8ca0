import { fn, SQL, sql } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Category, KV, Odd, Tweet, User } from './models.js'

const ids = () => User.select(u => [u.id])
const u = User.fields()
const t = Tweet.fields()
const parent = () => Category.alias('p')

/** What is selected, under which names. */
export const selection: readonly Case[] = [
  [
    'the model',
    () => User.select(),
    'SELECT "t1"."id", "t1"."username", "t1"."age", "t1"."balance", "t1"."score", "t1"."active", "t1"."seen_at" FROM "user" AS "t1"'
  ],
  ['columns', () => User.select(u.username, u.age), 'SELECT "t1"."username", "t1"."age" FROM "user" AS "t1"'],
  [
    'columns by a function',
    () => User.select(f => [f.username, f.age]),
    'SELECT "t1"."username", "t1"."age" FROM "user" AS "t1"'
  ],
  [
    'expressions by name',
    () => User.select(f => ({ name: f.username, next: f.age.add(1) })),
    'SELECT "t1"."username", "t1"."age" + $1 FROM "user" AS "t1"',
    ['1::int8']
  ],
  [
    'an alias',
    () => User.select(f => [fn.lower(f.username).as('lowered')]),
    'SELECT lower("t1"."username") AS "lowered" FROM "user" AS "t1"'
  ],
  [
    'an alias inside an expression is left out',
    () => User.select(f => [f.age.as('years').add(1)]),
    'SELECT "t1"."age" + $1 FROM "user" AS "t1"',
    ['1::int8']
  ],
  [
    'an alias of a compound keeps its parentheses',
    () => ids().where(u.age.gt(1).or(u.active.eq(true)).as('x').eq(true)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (("t1"."age" > $1) OR ("t1"."active" = $2)) = $3',
    ['1::int8', 't::bool', 't::bool']
  ],
  [
    'a model and an expression',
    () => KV.select(KV, KV.fields().value.neg().as('minus')),
    'SELECT "t1"."id", "t1"."key", "t1"."value", "t1"."extra", -"t1"."value" AS "minus" FROM "kv" AS "t1"'
  ],
  [
    'a scalar subquery',
    () => User.select(u.id, fn.coalesce(Tweet.select(fn.count()).where(t.user.eq(u.id)) as never, 0 as never)),
    'SELECT "t1"."id", coalesce((SELECT count(*) FROM "tweet" AS "t2" WHERE "t2"."user_id" = "t1"."id"), $1) FROM "user" AS "t1"',
    ['0::int8']
  ],
  [
    'a model under another name',
    () => {
      const p = parent()
      return Category.select(p).join(p, { on: c => c.parent })
    },
    'SELECT "p"."id", "p"."name", "p"."parent_id" FROM "category" AS "t1" INNER JOIN "category" AS "p" ON "t1"."parent_id" = "p"."id"'
  ],
  [
    'replaced by columns',
    () =>
      Tweet.select()
        .join(User)
        .columns((a, b) => [a.content, b.username.as('author')]),
    'SELECT "t1"."content", "t2"."username" AS "author" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id"'
  ],
  [
    'extended',
    () => User.select(u.id).columnsExtend(f => [f.age.as('years')]),
    'SELECT "t1"."id", "t1"."age" AS "years" FROM "user" AS "t1"'
  ]
]

/** Names that need their quotes. */
export const names: readonly Case[] = [
  [
    'a table and columns',
    () => Odd.select(),
    `SELECT "t1"."se""lect", "t1"."it's", "t1"."Ünï cödé" FROM "odd ""table""; --" AS "t1"`
  ],
  [
    'in conditions',
    () =>
      Odd.select(o => [o.id])
        .where(o => o.its.eq("'; DROP TABLE x; --").and(o.unicode.isNull()))
        .orderBy(o => o.unicode),
    `SELECT "t1"."se""lect" FROM "odd ""table""; --" AS "t1" WHERE ("t1"."it's" = $1) AND ("t1"."Ünï cödé" IS NULL) ORDER BY "t1"."Ünï cödé"`,
    [`'; DROP TABLE x; --::text`]
  ],
  ['an alias', () => Odd.select(o => [o.id.as('a"b')]), 'SELECT "t1"."se""lect" AS "a""b" FROM "odd ""table""; --" AS "t1"'],
  [
    'an alias of a table',
    () => Odd.select(o => [o.id]).join(Odd.alias('o"; --'), { on: (o, p) => o.its.eq(p.its) }),
    `SELECT "t1"."se""lect" FROM "odd ""table""; --" AS "t1" INNER JOIN "odd ""table""; --" AS "o""; --" ON "t1"."it's" = "o""; --"."it's"`
  ]
]
/** Raw SQL in expressions. */
export const fragments: readonly Case[] = [
  [
    'sql with values',
    () => ids().where(sql`${u.username} = ${'huey'} AND ${u.age} > ${3}`),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."username" = $1 AND "t1"."age" > $2',
    ['huey::unknown', '3::int4']
  ],
  [
    'sql with a fragment',
    () => ids().where(sql`${sql`lower(${u.username})`} = ${'x'}`),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE lower("t1"."username") = $1',
    ['x::unknown']
  ],
  [
    'sql.identifier',
    () => Odd.select(sql`${sql.identifier('t1', 'se"lect')}`.as('x')),
    'SELECT "t1"."se""lect" AS "x" FROM "odd ""table""; --" AS "t1"'
  ],
  [
    'sql with arrays',
    () => ids().where(sql`${u.id} = ANY(${['9b2f1b0e-1d2c-4a5b-8c7d-000000000001']}) OR ${u.age} = ANY(${[1, 2]})`),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."id" = ANY($1) OR "t1"."age" = ANY($2)',
    ['{9b2f1b0e-1d2c-4a5b-8c7d-000000000001}::unknown', '{1,2}::int8[]']
  ],
  [
    'SQL with ?',
    () => ids().where(SQL('username = ? AND age > ?', 'huey', 3)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE username = $1 AND age > $2',
    ['huey::unknown', '3::int4']
  ],
  [
    'SQL with $n, in any order and twice',
    () => ids().where(SQL('age > $2 AND username = $1 AND age < $2 + 9', 'huey', 3)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE age > $1 AND username = $2 AND age < $1 + 9',
    ['3::int4', 'huey::unknown']
  ],
  [
    'SQL without parameters',
    () => ids().where(SQL("username = '?'")),
    `SELECT "t1"."id" FROM "user" AS "t1" WHERE username = '?'`
  ],
  [
    '? and $1 in literals, names and comments are none',
    () => ids().where(SQL(`username <> 'a?''$1' AND "t1"."age" = ? /* $2 ? */`, 3)),
    `SELECT "t1"."id" FROM "user" AS "t1" WHERE username <> 'a?''$1' AND "t1"."age" = $1 /* $2 ? */`,
    ['3::int4']
  ],
  [
    'dollar quotes',
    () => ids().where(SQL('username <> $q$ ? $1 $q$ AND age = $1', 3)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE username <> $q$ ? $1 $q$ AND age = $1',
    ['3::int4']
  ],
  [
    'a condition on raw SQL',
    () => ids().where(SQL('age + 1').gt(3)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE (age + 1) > $1',
    ['3::int8']
  ],
  [
    'one fragment in two places',
    () => {
      const kind = sql`upper(${u.username} || ${'x'})`
      return User.select(kind.as('kind'), fn.count()).groupBy(kind).orderBy(kind)
    },
    'SELECT upper("t1"."username" || $1) AS "kind", count(*) FROM "user" AS "t1" GROUP BY upper("t1"."username" || $1) ORDER BY upper("t1"."username" || $1)',
    ['x::unknown']
  ]
]
