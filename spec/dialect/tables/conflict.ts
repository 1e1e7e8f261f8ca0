import { EXCLUDED, fn } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { KV, Odd, Plain } from './models.js'

const id = '9b2f1b0e-1d2c-4a5b-8c7d-000000000001'
const k = KV.fields()
const one = () => KV.insert({ key: 'a', value: 1 })

/** ON CONFLICT. */
export const conflicts: readonly Case[] = [
  [
    'do nothing',
    () => one().onConflictIgnore(),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'do nothing, for one uniqueness',
    () => one().onConflictIgnore('key'),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO NOTHING RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'preserve',
    () => one().onConflict({ target: 'key', preserve: ['value'] }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value" RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'preserve, columns as values',
    () => one().onConflict({ target: [k.key], preserve: [k.value, k.extra] }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value", "extra" = EXCLUDED."extra" RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'update',
    () => one().onConflict({ target: 'key', update: { value: 2 } }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = $3 RETURNING "kv"."id"',
    ['a::varchar', '1::int4', '2::int4']
  ],
  [
    'update with the column',
    () => one().onConflict({ target: 'key', update: { value: f => f.value.add(1) } }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = "kv"."value" + $3 RETURNING "kv"."id"',
    ['a::varchar', '1::int4', '1::int8']
  ],
  [
    'update with EXCLUDED',
    () => one().onConflict({ target: 'key', update: { value: f => f.value.add(EXCLUDED.value), extra: EXCLUDED.value.add(1) } }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = "kv"."value" + EXCLUDED."value", "extra" = EXCLUDED."value" + $3 RETURNING "kv"."id"',
    ['a::varchar', '1::int4', '1::int8']
  ],
  [
    'preserve and update',
    () => one().onConflict({ target: 'key', preserve: ['value'], update: { extra: 5 } }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value", "extra" = $3 RETURNING "kv"."id"',
    ['a::varchar', '1::int4', '5::int4']
  ],
  [
    'where',
    () => one().onConflict({ target: 'key', preserve: ['value'], where: f => f.value.lt(EXCLUDED.value as never) }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value" WHERE "kv"."value" < EXCLUDED."value" RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'targetWhere',
    () => one().onConflict({ target: 'key', targetWhere: f => f.value.gt(0), preserve: ['value'] }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") WHERE "value" > 0 DO UPDATE SET "value" = EXCLUDED."value" RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'an expression for a target',
    () => one().onConflict({ target: [fn.lower(k.key)], preserve: ['value'] }),
    {
      postgresql:
        'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ((lower("key"))) DO UPDATE SET "value" = EXCLUDED."value" RETURNING "kv"."id"',
      cockroachdb: /^CockroachDB v?\d[\d.]* has no ON CONFLICT of an expression, .*; name columns/
    },
    ['a::varchar', '1::int4']
  ],
  [
    'do nothing, by options',
    () => one().onConflictIgnore({ target: ['key'], targetWhere: f => f.value.gt(0) }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") WHERE "value" > 0 DO NOTHING RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'do nothing, for a column as a value',
    () => one().onConflictIgnore(k.key),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO NOTHING RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'do nothing, for a constraint',
    () => one().onConflictIgnore({ constraint: 'kv_"key"' }),
    {
      postgresql:
        'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ON CONSTRAINT "kv_""key""" DO NOTHING RETURNING "kv"."id"',
      'cockroachdb 21.2': /^CockroachDB v?\d[\d.]* has no ON CONFLICT ON CONSTRAINT, .*; name the columns instead/
    },
    ['a::varchar', '1::int4']
  ],
  [
    'many rows of defaults',
    () => Plain.insertMany([{}, {}]).onConflictIgnore('id'),
    'INSERT INTO "plain" ("id") VALUES (DEFAULT), (DEFAULT) ON CONFLICT ("id") DO NOTHING RETURNING "plain"."id"'
  ],
  [
    'a target that needs quotes',
    () => Odd.insert({ its: '', unicode: '' }).onConflict({ target: 'its', preserve: ['unicode'] }),
    `INSERT INTO "odd ""table""; --" ("it's", "Ünï cödé") VALUES ($1, $2) ON CONFLICT ("it's") DO UPDATE SET "Ünï cödé" = EXCLUDED."Ünï cödé" RETURNING "odd ""table""; --"."se""lect"`,
    ['::text', '::text']
  ],
  [
    'a constraint',
    () => one().onConflict({ constraint: 'kv_"key"', preserve: ['value'] }),
    {
      postgresql:
        'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ON CONSTRAINT "kv_""key""" DO UPDATE SET "value" = EXCLUDED."value" RETURNING "kv"."id"',
      'cockroachdb 21.2': /^CockroachDB v?\d[\d.]* has no ON CONFLICT ON CONSTRAINT, .*; name the columns instead/
    },
    ['a::varchar', '1::int4']
  ],
  [
    'of many rows',
    () =>
      KV.insertMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 }
      ]).onConflict({ target: 'key', preserve: ['value'] }),
    'INSERT INTO "kv" ("key", "value") SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2) ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value" RETURNING "kv"."id"',
    ['{a,b}::varchar[]', '{1,2}::int4[]']
  ],
  [
    'with returning',
    () =>
      one()
        .onConflict({ target: 'key', preserve: ['value'] })
        .returning(f => [f.value]),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value" RETURNING "kv"."value"',
    ['a::varchar', '1::int4']
  ]
]

/** What replaces whole rows, where the server has a statement for it. */
export const replaces: readonly Case[] = [
  [
    'replace',
    () => KV.replace({ id, key: 'a', value: 1 }),
    {
      postgresql: /^PostgreSQL v?\d[\d.]* has no statement that inserts or replaces \(UPSERT\), .*; use insert/,
      cockroachdb: 'UPSERT INTO "kv" ("id", "key", "value") VALUES ($1, $2, $3) RETURNING "kv"."id"'
    },
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', 'a::varchar', '1::int4']
  ],
  [
    'replaceMany',
    () =>
      KV.replaceMany([
        { id, key: 'a', value: 1 },
        { id, key: 'b', value: 2 }
      ]),
    {
      postgresql: /^PostgreSQL v?\d[\d.]* has no statement that inserts or replaces \(UPSERT\), .*; use insert/,
      cockroachdb:
        'UPSERT INTO "kv" ("id", "key", "value") SELECT c1, c2, c3 FROM unnest($1, $2, $3) AS u(c1, c2, c3) RETURNING "kv"."id"'
    },
    ['{9b2f1b0e-1d2c-4a5b-8c7d-000000000001,9b2f1b0e-1d2c-4a5b-8c7d-000000000001}::uuid[]', '{a,b}::varchar[]', '{1,2}::int4[]']
  ],
  [
    'onConflictReplace',
    () => KV.insert({ id, key: 'a', value: 1 }).onConflictReplace(),
    {
      postgresql: /^PostgreSQL v?\d[\d.]* has no statement that inserts or replaces \(UPSERT\), .*; use insert/,
      cockroachdb: 'UPSERT INTO "kv" ("id", "key", "value") VALUES ($1, $2, $3) RETURNING "kv"."id"'
    },
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', 'a::varchar', '1::int4']
  ],
  [
    'replace, returning',
    () => KV.replace({ id, key: 'a', value: 1 }).returning(f => [f.value]),
    {
      postgresql: /^PostgreSQL v?\d[\d.]* has no statement that inserts or replaces \(UPSERT\), .*; use insert/,
      cockroachdb: 'UPSERT INTO "kv" ("id", "key", "value") VALUES ($1, $2, $3) RETURNING "kv"."value"'
    },
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', 'a::varchar', '1::int4']
  ]
]
