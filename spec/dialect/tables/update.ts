import { and, caseWhen, exists, fn } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Category, Doc, KV, Odd, Tweet, User } from './models.js'

const id = '9b2f1b0e-1d2c-4a5b-8c7d-000000000001'
const k = KV.fields()
const u = User.fields()
const t = Tweet.fields()

/** UPDATE. */
export const updates: readonly Case[] = [
  ['values', () => KV.update({ value: 1, extra: null }), 'UPDATE "kv" SET "value" = $1, "extra" = $2', ['1::int4', 'NULL::int4']],
  [
    'where',
    () =>
      KV.update({ value: 1 })
        .where(k.key.eq('a'))
        .where(f => f.value.lt(5)),
    'UPDATE "kv" SET "value" = $1 WHERE ("kv"."key" = $2) AND ("kv"."value" < $3)',
    ['1::int4', 'a::varchar', '5::int8']
  ],
  [
    'a function of the columns',
    () => KV.update({ value: f => f.value.add(1) }),
    'UPDATE "kv" SET "value" = "kv"."value" + $1',
    ['1::int8']
  ],
  [
    'an expression',
    () => KV.update({ value: k.extra, key: fn.upper(k.key) as never }),
    'UPDATE "kv" SET "value" = "kv"."extra", "key" = upper("kv"."key")'
  ],
  [
    'caseWhen',
    () => KV.update({ value: caseWhen([[k.value.gt(1), 10]], k.value) }),
    'UPDATE "kv" SET "value" = CASE WHEN "kv"."value" > $1 THEN $2 ELSE "kv"."value" END',
    ['1::int8', '10::int8']
  ],
  [
    'a subquery',
    () => KV.update({ value: KV.select(fn.count()) as never }),
    'UPDATE "kv" SET "value" = (SELECT count(*) FROM "kv" AS "t1")'
  ],
  [
    'JSON',
    () => Doc.update({ data: { a: { b: null } }, tags: ['x'] }),
    'UPDATE "doc" SET "data" = $1, "tags" = $2',
    ['{"a":{"b":null}}::jsonb', '{x}::text[]']
  ],
  [
    'a foreign key',
    () => Tweet.update({ user: id }),
    'UPDATE "tweet" SET "user_id" = $1',
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid']
  ],
  [
    'a foreign key by its key',
    () => Tweet.update({ userId: id } as never),
    'UPDATE "tweet" SET "user_id" = $1',
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid']
  ],
  [
    'from',
    () =>
      Tweet.update({ content: u.username })
        .from(User)
        .where((a, b) => a.user.eq(b.id)),
    'UPDATE "tweet" SET "content" = "t1"."username" FROM "user" AS "t1" WHERE "tweet"."user_id" = "t1"."id"'
  ],
  [
    'from the table itself',
    () => {
      const p = Category.alias('p')
      return Category.update({ name: p.fields().name })
        .from(p)
        .where((c, o) => c.parent.eq(o.id))
    },
    'UPDATE "category" SET "name" = "p"."name" FROM "category" AS "p" WHERE "category"."parent_id" = "p"."id"'
  ],
  [
    'where exists',
    () => User.update({ active: false }).where(and(exists(Tweet.select(t.id).where(t.user.eq(u.id))))),
    'UPDATE "user" SET "active" = $1 WHERE EXISTS (SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" = "user"."id")',
    ['f::bool']
  ],
  [
    'set, with the columns of several sources',
    () => {
      const other = User.alias('o')
      return Tweet.update({ content: 'x' })
        .from(User, other)
        .set({ createdAt: (_, a) => a.seenAt, user: (_t, _u, o) => o.id })
        .where((a, b, o) => a.user.eq(b.id).and(o.age.gt(b.age)))
    },
    'UPDATE "tweet" SET "content" = $1, "created_at" = "t1"."seen_at", "user_id" = "o"."id" FROM "user" AS "t1", "user" AS "o" WHERE ("tweet"."user_id" = "t1"."id") AND ("o"."age" > "t1"."age")',
    ['x::text']
  ],
  [
    'set, with the columns of a query',
    () => {
      const counts = Tweet.select(f => [f.user, fn.count().as('number')])
        .groupBy(f => f.user)
        .alias('counts')
      return User.update()
        .from(counts)
        .set({ age: (_, c) => c.number })
        .where((f, c) => f.id.eq(c.user))
    },
    'UPDATE "user" SET "age" = "counts"."number" FROM (SELECT "t1"."user_id", count(*) AS "number" FROM "tweet" AS "t1" GROUP BY "t1"."user_id") AS "counts" WHERE "user"."id" = "counts"."user_id"'
  ],
  [
    'set alone',
    () =>
      KV.update()
        .set({ value: 1 })
        .set({ extra: f => f.value }),
    'UPDATE "kv" SET "value" = $1, "extra" = "kv"."value"',
    ['1::int4']
  ],
  [
    'returning nothing, which is the number of rows again',
    () => KV.update({ value: 1 }).returning(KV).returning(),
    'UPDATE "kv" SET "value" = $1',
    ['1::int4']
  ],
  [
    'returning the columns of all sources, by a function',
    () =>
      Tweet.update({ content: 'x' })
        .from(User)
        .where((a, b) => a.user.eq(b.id))
        .returning((a, b) => [a.id, b.username]),
    'UPDATE "tweet" SET "content" = $1 FROM "user" AS "t1" WHERE "tweet"."user_id" = "t1"."id" RETURNING "tweet"."id", "t1"."username"',
    ['x::text']
  ],
  [
    'returning the row',
    () => KV.update({ value: 1 }).returning(KV),
    'UPDATE "kv" SET "value" = $1 RETURNING "kv"."id", "kv"."key", "kv"."value", "kv"."extra"',
    ['1::int4']
  ],
  [
    'returning columns',
    () => KV.update({ value: 1 }).returning(k.key, k.value.add(1).as('next')),
    'UPDATE "kv" SET "value" = $1 RETURNING "kv"."key", "kv"."value" + $2 AS "next"',
    ['1::int4', '1::int8']
  ],
  [
    'returning, from',
    () =>
      Tweet.update({ content: 'x' })
        .from(User)
        .where((a, b) => a.user.eq(b.id))
        .returning(t.id, u.username),
    'UPDATE "tweet" SET "content" = $1 FROM "user" AS "t1" WHERE "tweet"."user_id" = "t1"."id" RETURNING "tweet"."id", "t1"."username"',
    ['x::text']
  ],
  [
    'names that need quotes',
    () => Odd.update({ its: "'" }).where(o => o.unicode.eq('"')),
    `UPDATE "odd ""table""; --" SET "it's" = $1 WHERE "odd ""table""; --"."Ünï cödé" = $2`,
    [`'::text`, '"::text']
  ]
]

/** DELETE. */
export const deletes: readonly Case[] = [
  ['all', () => KV.delete(), 'DELETE FROM "kv"'],
  [
    'where',
    () =>
      KV.delete()
        .where(f => f.key.eq('a'))
        .where(k.value.gt(1)),
    'DELETE FROM "kv" WHERE ("kv"."key" = $1) AND ("kv"."value" > $2)',
    ['a::varchar', '1::int8']
  ],
  [
    'where in a select',
    () => Tweet.delete().where(t.user.in(User.select(u.id).where(u.active.eq(false)))),
    'DELETE FROM "tweet" WHERE "tweet"."user_id" IN (SELECT "t1"."id" FROM "user" AS "t1" WHERE "t1"."active" = $1)',
    ['f::bool']
  ],
  [
    'where exists, correlated',
    () => User.delete().where(exists(Tweet.select(t.id).where(t.user.eq(u.id))).not()),
    'DELETE FROM "user" WHERE NOT EXISTS (SELECT "t1"."id" FROM "tweet" AS "t1" WHERE "t1"."user_id" = "user"."id")'
  ],
  [
    'returning the row',
    () => KV.delete().returning(KV),
    'DELETE FROM "kv" RETURNING "kv"."id", "kv"."key", "kv"."value", "kv"."extra"'
  ],
  ['returning columns', () => KV.delete().returning(f => [f.key]), 'DELETE FROM "kv" RETURNING "kv"."key"']
]

/** Whole statements as the program wrote them. */
export const statements: readonly Case[] = [
  [
    'raw with $n',
    () => User.raw('SELECT * FROM "user" WHERE username = $1', 'huey'),
    'SELECT * FROM "user" WHERE username = $1',
    ['huey::unknown']
  ],
  [
    'raw as a template',
    () => User.raw`SELECT * FROM "user" WHERE age IS NULL OR age > ${3}`,
    'SELECT * FROM "user" WHERE age IS NULL OR age > $1',
    ['3::int4']
  ]
]
