import { currentRow, fn, following, preceding, window } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { KV, Tweet, User } from './models.js'

const k = KV.fields()
const u = User.fields()
const t = Tweet.fields()
const byValue = window({ partitionBy: k.extra, orderBy: k.value })
const total = fn.sum(k.value)

/** Window functions. */
export const windows: readonly Case[] = [
  ['over all', () => KV.select(fn.count(k.id).over().as('x')), 'SELECT count("t1"."id") OVER () AS "x" FROM "kv" AS "t1"'],
  [
    'partitionBy',
    () => KV.select(fn.avg(k.value).over({ partitionBy: k.extra }).as('x')),
    'SELECT avg("t1"."value") OVER (PARTITION BY "t1"."extra") AS "x" FROM "kv" AS "t1"'
  ],
  [
    'orderBy',
    () =>
      KV.select(
        fn
          .rank()
          .over({ orderBy: [k.value.desc(), k.id] })
          .as('x')
      ),
    'SELECT rank() OVER (ORDER BY "t1"."value" DESC, "t1"."id") AS "x" FROM "kv" AS "t1"'
  ],
  [
    'both',
    () =>
      KV.select(
        fn
          .row_number()
          .over({ partitionBy: [k.extra, k.key], orderBy: k.value })
          .as('x')
      ),
    'SELECT row_number() OVER (PARTITION BY "t1"."extra", "t1"."key" ORDER BY "t1"."value") AS "x" FROM "kv" AS "t1"'
  ],
  [
    'a function that takes an offset',
    () => KV.select(fn.lag(k.extra, 1, 0).over({ orderBy: k.id }).as('x')),
    'SELECT lag("t1"."extra", $1, $2) OVER (ORDER BY "t1"."id") AS "x" FROM "kv" AS "t1"',
    ['1::int4', '0::int4']
  ],
  [
    'ntile, nth_value',
    () => KV.select(fn.ntile(4).over({ orderBy: k.id }).as('a'), fn.nth_value(k.value, 2).over({ orderBy: k.id }).as('b')),
    'SELECT ntile($1) OVER (ORDER BY "t1"."id") AS "a", nth_value("t1"."value", $2) OVER (ORDER BY "t1"."id") AS "b" FROM "kv" AS "t1"',
    ['4::int4', '2::int4']
  ],
  [
    'rows',
    () => KV.select(total.over({ orderBy: k.id, frame: { start: preceding(), end: currentRow } }).as('x')),
    'SELECT sum("t1"."value") OVER (ORDER BY "t1"."id" ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "x" FROM "kv" AS "t1"'
  ],
  [
    'rows by numbers',
    () => KV.select(total.over({ orderBy: k.id, frame: { type: 'rows', start: preceding(2), end: following(1) } }).as('x')),
    'SELECT sum("t1"."value") OVER (ORDER BY "t1"."id" ROWS BETWEEN $1 PRECEDING AND $2 FOLLOWING) AS "x" FROM "kv" AS "t1"',
    ['2::int8', '1::int8']
  ],
  [
    'a start alone',
    () => KV.select(total.over({ orderBy: k.id, frame: { start: preceding(2) } }).as('x')),
    'SELECT sum("t1"."value") OVER (ORDER BY "t1"."id" ROWS $1 PRECEDING) AS "x" FROM "kv" AS "t1"',
    ['2::int8']
  ],
  [
    'a type alone',
    () => KV.select(total.over({ orderBy: k.value, frame: { type: 'range' } }).as('x')),
    'SELECT sum("t1"."value") OVER (ORDER BY "t1"."value" RANGE UNBOUNDED PRECEDING) AS "x" FROM "kv" AS "t1"'
  ],
  [
    'range',
    () => KV.select(total.over({ orderBy: k.value, frame: { type: 'range', start: preceding(5), end: following(5) } }).as('x')),
    'SELECT sum("t1"."value") OVER (ORDER BY "t1"."value" RANGE BETWEEN $1 PRECEDING AND $2 FOLLOWING) AS "x" FROM "kv" AS "t1"',
    ['5::int8', '5::int8']
  ],
  [
    'range of times',
    () =>
      Tweet.select(
        fn
          .count()
          .over({ orderBy: t.createdAt, frame: { type: 'range', start: preceding('1 day'), end: currentRow } })
          .as('x')
      ),
    'SELECT count(*) OVER (ORDER BY "t1"."created_at" RANGE BETWEEN $1 PRECEDING AND CURRENT ROW) AS "x" FROM "tweet" AS "t1"',
    ['1 day::interval']
  ],
  [
    'groups',
    () =>
      KV.select(
        total
          .over({ orderBy: k.value, frame: { type: 'groups', start: preceding(1), end: following(1), exclude: 'ties' } })
          .as('x')
      ),
    'SELECT sum("t1"."value") OVER (ORDER BY "t1"."value" GROUPS BETWEEN $1 PRECEDING AND $2 FOLLOWING EXCLUDE TIES) AS "x" FROM "kv" AS "t1"',
    ['1::int8', '1::int8']
  ],
  [
    'exclude',
    () =>
      KV.select(total.over({ orderBy: k.id, frame: { start: preceding(), end: following(), exclude: 'currentRow' } }).as('x')),
    'SELECT sum("t1"."value") OVER (ORDER BY "t1"."id" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) AS "x" FROM "kv" AS "t1"'
  ],
  [
    'filter',
    () => User.select(fn.count().filter(u.active).over({ partitionBy: u.age }).as('x')),
    'SELECT count(*) FILTER (WHERE "t1"."active") OVER (PARTITION BY "t1"."age") AS "x" FROM "user" AS "t1"'
  ],
  [
    'a window',
    () => KV.select(total.over(byValue).as('a'), fn.count().over(byValue).as('b')),
    'SELECT sum("t1"."value") OVER (PARTITION BY "t1"."extra" ORDER BY "t1"."value") AS "a", count(*) OVER (PARTITION BY "t1"."extra" ORDER BY "t1"."value") AS "b" FROM "kv" AS "t1"'
  ],
  [
    'a window that extends another',
    () => KV.select(total.over({ extends: byValue, frame: { start: preceding(1) } }).as('x')),
    'SELECT sum("t1"."value") OVER (PARTITION BY "t1"."extra" ORDER BY "t1"."value" ROWS $1 PRECEDING) AS "x" FROM "kv" AS "t1"',
    ['1::int8']
  ],
  [
    'an order for another',
    () => KV.select(total.over({ extends: window({ partitionBy: k.extra }), orderBy: k.value }).as('x')),
    'SELECT sum("t1"."value") OVER (PARTITION BY "t1"."extra" ORDER BY "t1"."value") AS "x" FROM "kv" AS "t1"'
  ],
  [
    'a sort key',
    () => KV.select(k.id).orderBy(fn.row_number().over({ orderBy: k.value }).desc()),
    'SELECT "t1"."id" FROM "kv" AS "t1" ORDER BY row_number() OVER (ORDER BY "t1"."value") DESC'
  ],
  [
    'calculated with',
    () => KV.select(fn.rank().over({ orderBy: k.value }).add(1).as('x')),
    'SELECT rank() OVER (ORDER BY "t1"."value") + $1 AS "x" FROM "kv" AS "t1"',
    ['1::int8']
  ]
]
