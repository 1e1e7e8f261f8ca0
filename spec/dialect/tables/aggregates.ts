import { fn } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Tweet, User } from './models.js'

const u = User.fields()
const t = Tweet.fields()

/** Aggregates with an order, or of some of the rows. */
export const aggregates: readonly Case[] = [
  [
    'filter',
    () => User.select(fn.count(u.id).filter(u.active).as('x')),
    'SELECT count("t1"."id") FILTER (WHERE "t1"."active") AS "x" FROM "user" AS "t1"'
  ],
  [
    'filter by several',
    () => User.select(fn.sum(u.age).filter(u.active, u.age.gt(1)).filter(u.age.lt(9)).as('x')),
    'SELECT sum("t1"."age") FILTER (WHERE "t1"."active" AND ("t1"."age" > $1) AND ("t1"."age" < $2)) AS "x" FROM "user" AS "t1"',
    ['1::int8', '9::int8']
  ],
  [
    'orderBy',
    () => User.select(fn.array_agg(u.id).orderBy(u.age.desc(), u.id).as('x')),
    'SELECT array_agg("t1"."id" ORDER BY "t1"."age" DESC, "t1"."id") AS "x" FROM "user" AS "t1"'
  ],
  [
    'orderBy and filter',
    () => User.select(fn.string_agg(u.username, ',').orderBy(u.id).filter(u.age.eq(13)).as('x')),
    'SELECT string_agg("t1"."username", $1 ORDER BY "t1"."id") FILTER (WHERE "t1"."age" = $2) AS "x" FROM "user" AS "t1"',
    [',::text', '13::int8']
  ],
  [
    'string_agg of what is no text',
    () => User.select(fn.string_agg(u.age, ',').as('x')),
    'SELECT string_agg(CAST("t1"."age" AS text), $1) AS "x" FROM "user" AS "t1"',
    [',::text']
  ],
  [
    'distinct',
    () => Tweet.select(fn.count(t.user.distinct()).as('x')),
    'SELECT count(DISTINCT "t1"."user_id") AS "x" FROM "tweet" AS "t1"'
  ],
  [
    'withinGroup',
    () => User.select(fn.percentile_cont(0.5).withinGroup(u.age).as('x')),
    'SELECT percentile_cont($1) WITHIN GROUP (ORDER BY CAST("t1"."age" AS float8)) AS "x" FROM "user" AS "t1"',
    ['0.5::float8']
  ],
  [
    'withinGroup of a value',
    () => User.select(fn.mode().withinGroup(u.username.desc()).as('x')),
    'SELECT mode() WITHIN GROUP (ORDER BY "t1"."username" DESC) AS "x" FROM "user" AS "t1"'
  ],
  [
    'in having',
    () =>
      User.select(u.active)
        .groupBy(u.active)
        .having(fn.count().filter(u.age.gt(1)).gt(2)),
    'SELECT "t1"."active" FROM "user" AS "t1" GROUP BY "t1"."active" HAVING count(*) FILTER (WHERE "t1"."age" > $1) > $2',
    ['1::int8', '2::int8']
  ]
]

/** Functions with arguments that servers take for different ones. */
export const calls: readonly Case[] = [
  [
    'round',
    () => User.select(fn.round(u.balance, 1).as('a'), fn.round(u.score).as('b'), fn.round(u.score, 2).as('c')),
    'SELECT round("t1"."balance", $1) AS "a", round("t1"."score") AS "b", round(CAST("t1"."score" AS numeric), $2) AS "c" FROM "user" AS "t1"',
    ['1::int4', '2::int4']
  ],
  [
    'sqrt, power',
    () => User.select(fn.sqrt(u.age).as('a'), fn.power(u.balance, 2).as('b'), fn.ln(u.score).as('c')),
    'SELECT sqrt(CAST("t1"."age" AS float8)) AS "a", power(CAST("t1"."balance" AS float8), $1) AS "b", ln("t1"."score") AS "c" FROM "user" AS "t1"',
    ['2::float8']
  ],
  [
    'concat',
    () => User.select(fn.concat(u.username, 1, u.age, null).as('x')),
    'SELECT concat("t1"."username", CAST($1 AS text), CAST("t1"."age" AS text), $2) AS "x" FROM "user" AS "t1"',
    ['1::int4', 'NULL::text']
  ],
  [
    'greatest, least',
    () => User.select(fn.greatest(u.age, 6).as('a'), fn.least(u.balance, '3').as('b')),
    'SELECT greatest("t1"."age", $1) AS "a", least("t1"."balance", $2) AS "b" FROM "user" AS "t1"',
    ['6::int8', '3::numeric']
  ],
  [
    'substr, split_part',
    () => User.select(fn.substr(u.username, 1, 3).as('a'), fn.split_part(u.username, '-', 2).as('b')),
    'SELECT substr("t1"."username", $1, $2) AS "a", split_part("t1"."username", $3, $4) AS "b" FROM "user" AS "t1"',
    ['1::int4', '3::int4', '-::text', '2::int4']
  ],
  [
    'generate_series',
    () => User.select(fn.generate_series(1, 3).as('x')),
    'SELECT generate_series($1, $2) AS "x" FROM "user" AS "t1"',
    ['1::int4', '3::int4']
  ],
  [
    'a function of the server, typed',
    () => User.select(fn.hashtext(u.username).typed('int4').add(1).as('x')),
    'SELECT hashtext("t1"."username") + $1 AS "x" FROM "user" AS "t1"',
    ['1::int8']
  ]
]
