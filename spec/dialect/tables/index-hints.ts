import type { Case } from '../../helpers/dialects.js'
import { KV, Tweet, User } from './models.js'

// These are not among the tables that run on every server: the indexes are not there.

const LACK = /^PostgreSQL 18 has no index hints, nor has any other version; leave indexHint out, and let the server choose/
const FULL = /^CockroachDB v21\.2 has no hints against full scans, which came with v21\.2\.2; leave \{ noFullScan \} out/

const hinted = (text: string, old: string | RegExp = text) => ({
  postgresql: LACK,
  cockroachdb: text,
  'cockroachdb 21.2': old
})

const keys = () => KV.select(k => [k.key])

/** Which index a table is read by. */
export const indexHints: readonly Case[] = [
  ['an index', () => keys().indexHint('kv_key'), hinted('SELECT "t1"."key" FROM "kv"@"kv_key" AS "t1"')],
  [
    'an index of a name that only quoting makes harmless',
    () => keys().indexHint('k"v'),
    hinted('SELECT "t1"."key" FROM "kv"@"k""v" AS "t1"')
  ],
  ['an index, as an option', () => keys().indexHint({ index: 'kv_key' }), hinted('SELECT "t1"."key" FROM "kv"@"kv_key" AS "t1"')],
  [
    'read backwards',
    () => keys().indexHint({ index: 'k"v', direction: 'desc' }),
    hinted('SELECT "t1"."key" FROM "kv"@{FORCE_INDEX="k""v",DESC} AS "t1"')
  ],
  [
    'not the whole of it',
    () => keys().indexHint({ index: 'kv_key', direction: 'asc', noFullScan: true }),
    hinted('SELECT "t1"."key" FROM "kv"@{FORCE_INDEX="kv_key",ASC,NO_FULL_SCAN} AS "t1"', FULL)
  ],
  [
    'not the whole of any',
    () => keys().indexHint({ noFullScan: true }),
    hinted('SELECT "t1"."key" FROM "kv"@{NO_FULL_SCAN} AS "t1"', FULL)
  ],
  ['taken away', () => keys().indexHint('kv_key').indexHint(null), 'SELECT "t1"."key" FROM "kv" AS "t1"'],
  ['the last one counts', () => keys().indexHint('a').indexHint('b'), hinted('SELECT "t1"."key" FROM "kv"@"b" AS "t1"')],
  [
    'of an alias',
    () => {
      const k = KV.alias('k')
      return KV.select(k.fields().key).from(k).indexHint('kv_key', { of: k })
    },
    hinted('SELECT "k"."key" FROM "kv"@"kv_key" AS "k"')
  ],
  [
    'of both sides of a join',
    () =>
      Tweet.select(t => [t.id])
        .join(User)
        .indexHint('user_pk', { of: User })
        .indexHint('tweet_user'),
    hinted('SELECT "t1"."id" FROM "tweet"@"tweet_user" AS "t1" INNER JOIN "user"@"user_pk" AS "t2" ON "t1"."user_id" = "t2"."id"')
  ],
  [
    'inside another query',
    () => Tweet.select(t => [t.id]).where(t => t.user.in(User.select(u => [u.id]).indexHint('user_age'))),
    hinted('SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" IN (SELECT "t2"."id" FROM "user"@"user_age" AS "t2")')
  ],
  [
    'of the past',
    () => keys().asOf('-10s').indexHint('kv_key'),
    {
      postgresql: LACK,
      cockroachdb: `SELECT "t1"."key" FROM "kv"@"kv_key" AS "t1" AS OF SYSTEM TIME '-10s'`
    }
  ],
  [
    'of an update',
    () =>
      KV.update({ value: 1 })
        .indexHint('kv_key')
        .where(k => k.key.eq('a')),
    hinted('UPDATE "kv"@"kv_key" SET "value" = $1 WHERE "kv"."key" = $2'),
    ['1::int4', 'a::varchar']
  ],
  [
    'of a delete',
    () =>
      KV.delete()
        .where(k => k.key.eq('a'))
        .indexHint({ index: 'kv_key', direction: 'desc' }),
    hinted('DELETE FROM "kv"@{FORCE_INDEX="kv_key",DESC} WHERE "kv"."key" = $1'),
    ['a::varchar']
  ],
  ['of a delete, taken away', () => KV.delete().indexHint('kv_key').indexHint(null), 'DELETE FROM "kv"']
]
