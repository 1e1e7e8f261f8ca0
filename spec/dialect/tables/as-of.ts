import { and, exists, fn, type SystemTime } from 'pewit'
import { followerReadTimestamp, withMaxStaleness, withMinTimestamp } from 'pewit/playhouse/cockroachdb'
import type { Case } from '../../helpers/dialects.js'
import { KV, Tweet, User } from './models.js'

// These are not among the tables that run on every server: so long ago, the tables were not there.

const LACK = /^PostgreSQL 18 has no reads of the past \(asOf, systemTime\), nor has any other version; leave the time out/

const past = (text: string | RegExp, old: string | RegExp = text) => ({
  postgresql: LACK,
  cockroachdb: text,
  'cockroachdb 21.2': old
})

const keys = () => KV.select(k => [k.key])
const at = (time: SystemTime) => keys().asOf(time)
const text = (literal: string) => past(`SELECT "t1"."key" FROM "kv" AS "t1" AS OF SYSTEM TIME ${literal}`)

/** Reads of the past: the times. */
export const times: readonly Case[] = [
  ['an interval', () => at('-10s'), text(`'-10s'`)],
  ['of several units, each of them past', () => at('-1h30m'), text(`'-1h -30m'`)],
  ['of several units with signs', () => at('-1 day -2 hours'), text(`'-1 day -2 hours'`)],
  ['of microseconds', () => at('-1us'), text(`'-1us'`)],
  ['a Date', () => at(new Date('2026-01-02T03:04:05.678Z')), text(`'2026-01-02T03:04:05.678Z'`)],
  ['an ISO string', () => at('2026-01-02 03:04:05.678901+00:00'), text(`'2026-01-02 03:04:05.678901+00:00'`)],
  ['a day', () => at('2026-01-02'), text(`'2026-01-02'`)],
  ['that of follower reads', () => at(followerReadTimestamp()), text('follower_read_timestamp()')],
  ['taken away', () => at('-10s').asOf(null), 'SELECT "t1"."key" FROM "kv" AS "t1"'],
  ['the last one counts', () => at('-10s').asOf('-20s'), text(`'-20s'`)]
]

const STALE =
  /^CockroachDB v21\.2 has no reads of bounded staleness, which came with v21\.2\.1; give asOf\(\) a time, or an interval/

const bounded = (literal: string) => past(`SELECT "t1"."key" FROM "kv" AS "t1" AS OF SYSTEM TIME ${literal}`, STALE)

/** Times that the server chooses within bounds. */
export const staleness: readonly Case[] = [
  ['no more than so long ago', () => at(withMaxStaleness('10s')), bounded(`with_max_staleness('10s')`)],
  [
    'by the nearest replica only',
    () => at(withMaxStaleness('1m30s', { nearestOnly: true })),
    bounded(`with_max_staleness('1m30s', true)`)
  ],
  [
    'not before a time',
    () => at(withMinTimestamp(new Date('2026-01-02T03:04:05Z'))),
    bounded(`with_min_timestamp('2026-01-02T03:04:05.000Z')`)
  ],
  [
    'not before a time in text, by the nearest replica only',
    () => at(withMinTimestamp('2026-01-02 03:04:05Z', { nearestOnly: true })),
    bounded(`with_min_timestamp('2026-01-02 03:04:05Z', true)`)
  ]
]

const old = () => User.select(u => [u.id]).asOf('-10s')
const named = () => old().alias('old')

/** Where the clause stands: behind the FROM of the outermost select, wherever the time was given. */
export const places: readonly Case[] = [
  [
    'before conditions, groups and order',
    () =>
      KV.select(k => [k.value, fn.count().as('n')])
        .where(k => k.value.gt(1))
        .groupBy(k => k.value)
        .orderBy(k => k.value)
        .limit(5)
        .asOf('-10s'),
    past(
      `SELECT "t1"."value", count(*) AS "n" FROM "kv" AS "t1" AS OF SYSTEM TIME '-10s' WHERE "t1"."value" > $1 GROUP BY "t1"."value" ORDER BY "t1"."value" LIMIT $2`
    ),
    ['1::int8', '5::int8']
  ],
  [
    'behind joins',
    () =>
      Tweet.select(t => [t.content])
        .asOf('-10s')
        .join(User)
        .where((_, u) => u.active.eq(true)),
    past(
      `SELECT "t1"."content" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" AS OF SYSTEM TIME '-10s' WHERE "t2"."active" = $1`
    ),
    ['t::bool']
  ],
  [
    'behind several sources',
    () =>
      KV.select(k => [k.key])
        .from(KV, User.alias('u'))
        .asOf('-10s'),
    past(`SELECT "t1"."key" FROM "kv" AS "t1", "user" AS "u" AS OF SYSTEM TIME '-10s'`)
  ],
  [
    'given by what it reads from',
    () => named().select(o => [o.id]),
    past(`SELECT "old"."id" FROM (SELECT "t1"."id" FROM "user" AS "t1") AS "old" AS OF SYSTEM TIME '-10s'`)
  ],
  [
    'given by what it joins',
    () => {
      const users = named()
      return Tweet.select(t => [t.id]).join(users, { on: (t, o) => t.user.eq(o.id) })
    },
    past(
      `SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN (SELECT "t2"."id" FROM "user" AS "t2") AS "old" ON "t1"."user_id" = "old"."id" AS OF SYSTEM TIME '-10s'`
    )
  ],
  [
    'given by a query in a condition',
    () => Tweet.select(t => [t.id]).where(t => t.user.in(old())),
    past(
      `SELECT "t1"."id" FROM "tweet" AS "t1" AS OF SYSTEM TIME '-10s' WHERE "t1"."user_id" IN (SELECT "t2"."id" FROM "user" AS "t2")`
    )
  ],
  [
    'given by a query in EXISTS and by the query itself',
    () =>
      Tweet.select(t => [t.id])
        .where(t => and(exists(old()), t.content.eq('x')))
        .asOf('-10s'),
    past(
      `SELECT "t1"."id" FROM "tweet" AS "t1" AS OF SYSTEM TIME '-10s' WHERE EXISTS (SELECT "t2"."id" FROM "user" AS "t2") AND ("t1"."content" = $1)`
    ),
    ['x::text']
  ],
  [
    'given by a value of the select list',
    () =>
      KV.select(k => [
        k.key,
        User.select(() => [fn.count()])
          .asOf('-10s')
          .as('users')
      ]),
    past(`SELECT "t1"."key", (SELECT count(*) FROM "user" AS "t2") AS "users" FROM "kv" AS "t1" AS OF SYSTEM TIME '-10s'`)
  ],
  [
    'behind WITH',
    () => {
      const users = User.select(u => [u.id]).cte('users')
      return users.select(u => [u.id]).asOf('-10s')
    },
    past(`WITH "users" AS (SELECT "t1"."id" FROM "user" AS "t1") SELECT "t2"."id" FROM "users" AS "t2" AS OF SYSTEM TIME '-10s'`)
  ],
  [
    'given by a CTE',
    () =>
      old()
        .cte('users')
        .select(u => [u.id]),
    past(`WITH "users" AS (SELECT "t1"."id" FROM "user" AS "t1") SELECT "t2"."id" FROM "users" AS "t2" AS OF SYSTEM TIME '-10s'`)
  ],
  [
    'around a compound',
    () =>
      User.select(u => [u.id])
        .union(Tweet.select(t => [t.user]))
        .orderBy(row => row.id)
        .limit(3)
        .asOf('-10s'),
    past(
      `SELECT * FROM ((SELECT "t1"."id" FROM "user" AS "t1") UNION (SELECT "t2"."user_id" FROM "tweet" AS "t2")) AS "compound" AS OF SYSTEM TIME '-10s' ORDER BY "id" LIMIT $1`
    ),
    ['3::int8']
  ],
  [
    'around a compound, given by one of its queries',
    () => Tweet.select(t => [t.user]).unionAll(old()),
    past(
      `SELECT * FROM ((SELECT "t1"."user_id" FROM "tweet" AS "t1") UNION ALL (SELECT "t2"."id" FROM "user" AS "t2")) AS "compound" AS OF SYSTEM TIME '-10s'`
    )
  ],
  [
    'around a compound behind WITH',
    () => {
      const users = User.select(u => [u.id]).cte('users')
      return users
        .select(u => [u.id])
        .except(Tweet.select(t => [t.user]))
        .asOf('-10s')
    },
    past(
      `WITH "users" AS (SELECT "t1"."id" FROM "user" AS "t1") SELECT * FROM ((SELECT "t2"."id" FROM "users" AS "t2") EXCEPT (SELECT "t3"."user_id" FROM "tweet" AS "t3")) AS "compound" AS OF SYSTEM TIME '-10s'`
    )
  ],
  [
    'inside a compound that is read from',
    () =>
      old()
        .union(Tweet.select(t => [t.user]))
        .alias('ids')
        .select(i => [i.id]),
    past(
      `SELECT "ids"."id" FROM ((SELECT "t1"."id" FROM "user" AS "t1") UNION (SELECT "t2"."user_id" FROM "tweet" AS "t2")) AS "ids" AS OF SYSTEM TIME '-10s'`
    )
  ]
]
