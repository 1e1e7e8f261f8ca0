import { fn, fromTimestamp } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, KV, Stamp, Tweet, User } from './models.js'

const u = User.fields()
const t = Tweet.fields()
const d = Doc.fields()
const k = KV.fields()

const e = Stamp.fields()

/** Dates and times. */
export const dates: readonly Case[] = [
  [
    'year, month, day',
    () => Tweet.select(t.createdAt.year().as('y'), t.createdAt.month().as('m'), t.createdAt.day().as('d')),
    'SELECT EXTRACT(YEAR FROM "t1"."created_at") AS "y", EXTRACT(MONTH FROM "t1"."created_at") AS "m", EXTRACT(DAY FROM "t1"."created_at") AS "d" FROM "tweet" AS "t1"'
  ],
  [
    'hour, minute, second',
    () => Tweet.select(t.createdAt.hour().as('h'), t.createdAt.minute().as('m'), t.createdAt.second().as('s')),
    'SELECT EXTRACT(HOUR FROM "t1"."created_at") AS "h", EXTRACT(MINUTE FROM "t1"."created_at") AS "m", EXTRACT(SECOND FROM "t1"."created_at") AS "s" FROM "tweet" AS "t1"'
  ],
  [
    'dayOfWeek, dayOfYear, week, quarter',
    () =>
      Tweet.select(t.id).where(
        t.createdAt.dayOfWeek().eq(0),
        t.createdAt.dayOfYear().lt(60),
        t.createdAt.week().ne(1),
        t.createdAt.quarter().gt(1)
      ),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE (EXTRACT(DOW FROM "t1"."created_at") = $1) AND (EXTRACT(DOY FROM "t1"."created_at") < $2) AND (EXTRACT(WEEK FROM "t1"."created_at") <> $3) AND (EXTRACT(QUARTER FROM "t1"."created_at") > $4)',
    ['0::float8', '60::float8', '1::float8', '1::float8']
  ],
  [
    'a part of a date',
    () => Doc.select(d.id).where(d.day.year().eq(2024)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE EXTRACT(YEAR FROM "t1"."day") = $1',
    ['2024::float8']
  ],
  [
    'a part of a sum',
    () => User.select(u.id).where(u.seenAt.add('1 day').month().eq(1)),
    'SELECT "t1"."id" FROM "user" AS "t1" WHERE EXTRACT(MONTH FROM "t1"."seen_at" + $1) = $2',
    ['1 day::interval', '1::float8']
  ],
  [
    'groups by a part',
    () => Tweet.select(t.createdAt.year().as('y'), fn.count()).groupBy(t.createdAt.year()),
    'SELECT EXTRACT(YEAR FROM "t1"."created_at") AS "y", count(*) FROM "tweet" AS "t1" GROUP BY EXTRACT(YEAR FROM "t1"."created_at")'
  ],
  [
    'truncate',
    () => Tweet.select(t.createdAt.truncate('month').as('x')),
    'SELECT date_trunc($1, "t1"."created_at") AS "x" FROM "tweet" AS "t1"',
    ['month::text']
  ],
  [
    'groups by truncate',
    () => Tweet.select(t.createdAt.truncate('day').as('x'), fn.count()).groupBy(t.createdAt.truncate('day')),
    'SELECT date_trunc($1, "t1"."created_at") AS "x", count(*) FROM "tweet" AS "t1" GROUP BY date_trunc($1, "t1"."created_at")',
    ['day::text']
  ],
  [
    'truncate a date',
    () => Doc.select(d.day.truncate('month').as('x')),
    'SELECT CAST(date_trunc($1, "t1"."day") AS date) AS "x" FROM "doc" AS "t1"',
    ['month::text']
  ],
  [
    'toTimestamp',
    () => Tweet.select(t.createdAt.toTimestamp().as('x')),
    'SELECT EXTRACT(EPOCH FROM "t1"."created_at") AS "x" FROM "tweet" AS "t1"'
  ],
  [
    'fromTimestamp',
    () => KV.select(fromTimestamp(k.value).as('x')),
    'SELECT $1 + ("t1"."value" * $2) AS "x" FROM "kv" AS "t1"',
    ['1970-01-01T00:00:00.000Z::timestamptz', '1 seconds::interval']
  ],
  [
    'fromTimestamp of milliseconds',
    () => KV.select(k.id).where(fromTimestamp(k.value, 1000).year().eq(2024)),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE EXTRACT(YEAR FROM $1 + ("t1"."value" * $2)) = $3',
    ['1970-01-01T00:00:00.000Z::timestamptz', '0.001 seconds::interval', '2024::float8']
  ],
  [
    'the interval between two',
    () => Tweet.select(t.id).where(fn.now().sub(t.createdAt).toTimestamp().gt(60)),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE EXTRACT(EPOCH FROM now() - "t1"."created_at") > $1',
    ['60::float8']
  ],
  [
    'days later',
    () => Doc.select(d.day.add('1 day').as('x')),
    'SELECT CAST("t1"."day" + $1 AS date) AS "x" FROM "doc" AS "t1"',
    ['1 day::interval']
  ],
  [
    'now',
    () => Tweet.select(t.id).where(t.createdAt.lt(fn.now().sub('1 hour'))),
    'SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."created_at" < (now() - $1)',
    ['1 hour::interval']
  ],
  [
    'a counted instant',
    () =>
      Stamp.select(e.at.year().as('y'), e.at.truncate('day').as('d'), e.at.add('1 day').as('x'), fromTimestamp(e.at).as('at')),
    'SELECT EXTRACT(YEAR FROM $1 + ("t1"."at" * $2)) AS "y", date_trunc($3, $4 + ("t1"."at" * $5)) AS "d", ($6 + ("t1"."at" * $7)) + $8 AS "x", $9 + ("t1"."at" * $10) AS "at" FROM "stamp" AS "t1"',
    [
      '1970-01-01T00:00:00.000Z::timestamptz',
      '0.001 seconds::interval',
      'day::text',
      '1970-01-01T00:00:00.000Z::timestamptz',
      '0.001 seconds::interval',
      '1970-01-01T00:00:00.000Z::timestamptz',
      '0.001 seconds::interval',
      '1 day::interval',
      '1970-01-01T00:00:00.000Z::timestamptz',
      '0.001 seconds::interval'
    ]
  ],
  [
    'counted instants, compared',
    () => Stamp.select(e.id).where(e.at.lt(new Date(0)), e.at.gte(fn.now()), e.at.sub(fn.now()).toTimestamp().gt(1)),
    'SELECT "t1"."id" FROM "stamp" AS "t1" WHERE ("t1"."at" < $1) AND ("t1"."at" >= (EXTRACT(EPOCH FROM now()) * $2)) AND (EXTRACT(EPOCH FROM ($3 + ("t1"."at" * $4)) - now()) > $5)',
    ['0::int8', '1000::float8', '1970-01-01T00:00:00.000Z::timestamptz', '0.001 seconds::interval', '1::float8']
  ]
]
