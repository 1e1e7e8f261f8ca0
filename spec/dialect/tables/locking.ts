import type { Case } from '../../helpers/dialects.js'
import { KV, Tweet, User } from './models.js'

const rows = () => KV.select(k => [k.id])

/** Locks, and EXPLAIN. */
export const locking: readonly Case[] = [
  ['for update', () => rows().forUpdate(), 'SELECT "t1"."id" FROM "kv" AS "t1" FOR UPDATE'],
  ['taken away', () => rows().forUpdate().forUpdate(false), 'SELECT "t1"."id" FROM "kv" AS "t1"'],
  ['nowait', () => rows().forUpdate({ nowait: true }), 'SELECT "t1"."id" FROM "kv" AS "t1" FOR UPDATE NOWAIT'],
  [
    'skip locked, by capability',
    () => rows().limit(1).forUpdate({ skipLocked: true }),
    {
      postgresql: 'SELECT "t1"."id" FROM "kv" AS "t1" LIMIT $1 FOR UPDATE SKIP LOCKED',
      'cockroachdb 21.2': /CockroachDB v?\d[\d.]* has no FOR UPDATE SKIP LOCKED/
    },
    ['1::int8']
  ],
  [
    'for no key update',
    () => rows().forUpdate({ strength: 'no key update' }),
    'SELECT "t1"."id" FROM "kv" AS "t1" FOR NO KEY UPDATE'
  ],
  ['for share', () => rows().forUpdate({ strength: 'share' }), 'SELECT "t1"."id" FROM "kv" AS "t1" FOR SHARE'],
  ['for key share', () => rows().forUpdate({ strength: 'key share' }), 'SELECT "t1"."id" FROM "kv" AS "t1" FOR KEY SHARE'],
  [
    'of a model',
    () =>
      Tweet.select(t => [t.id])
        .join(User)
        .forUpdate({ of: Tweet }),
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "t2" ON "t1"."user_id" = "t2"."id" FOR UPDATE OF "t1"'
  ],
  [
    'of several, by their aliases',
    () => {
      const author = User.alias('author')
      return Tweet.select(t => [t.id])
        .join(author)
        .forUpdate({ of: [author, Tweet], nowait: true })
    },
    'SELECT "t1"."id" FROM "tweet" AS "t1" INNER JOIN "user" AS "author" ON "t1"."user_id" = "author"."id" FOR UPDATE OF "author", "t1" NOWAIT'
  ]
]
