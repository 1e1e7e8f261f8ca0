import { fn, SQL } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, Friend, KV, Odd, Plain, Tweet, User } from './models.js'

const id = '9b2f1b0e-1d2c-4a5b-8c7d-000000000001'
const k = KV.fields()
const one = () => KV.insert({ key: 'a', value: 1 })

/** What is inserted. */
export const rows: readonly Case[] = [
  [
    'one row',
    () => KV.insert({ key: 'a', value: 1 }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'one row, with the default of a field',
    () => KV.insert({ key: 'a' }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) RETURNING "kv"."id"',
    ['a::varchar', '0::int4']
  ],
  [
    'null',
    () => KV.insert({ key: 'a', extra: null }),
    'INSERT INTO "kv" ("key", "value", "extra") VALUES ($1, $2, $3) RETURNING "kv"."id"',
    ['a::varchar', '0::int4', 'NULL::int4']
  ],
  [
    'every type',
    () => User.insert({ id, username: 'huey', age: 3, balance: '1.50', score: 0.5, active: false, seenAt: new Date(0) }),
    'INSERT INTO "user" ("id", "username", "age", "balance", "score", "active", "seen_at") VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING "user"."id"',
    [
      '9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid',
      'huey::varchar',
      '3::int4',
      '1.50::numeric',
      '0.5::float8',
      'f::bool',
      '1970-01-01T00:00:00.000Z::timestamptz'
    ]
  ],
  [
    'JSON, arrays, big integers',
    () =>
      Doc.insert({ data: { a: ["it's"] }, tags: ['a', 'b,"c', 'NULL', ''], numbers: [1, 2], size: 2n ** 60n, day: '2024-02-29' }),
    'INSERT INTO "doc" ("data", "tags", "numbers", "size", "day") VALUES ($1, $2, $3, $4, $5) RETURNING "doc"."id"',
    [`{"a":["it's"]}::jsonb`, '{a,"b,\\"c","NULL",""}::text[]', '{1,2}::int4[]', '1152921504606846976::int8', '2024-02-29::date']
  ],
  [
    'JSON of JSON text',
    () => Doc.insert({ data: 'plain' as never }),
    'INSERT INTO "doc" ("data") VALUES ($1) RETURNING "doc"."id"',
    ['"plain"::jsonb']
  ],
  [
    'a foreign key by its key',
    () => Tweet.insert({ user: id, content: 'x', createdAt: new Date(0) }),
    'INSERT INTO "tweet" ("user_id", "content", "created_at") VALUES ($1, $2, $3) RETURNING "tweet"."id"',
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', 'x::text', '1970-01-01T00:00:00.000Z::timestamptz']
  ],
  [
    'a foreign key by an instance',
    () => Tweet.insert({ user: User.new({ id, username: 'x' }), content: 'x', createdAt: new Date(0) }),
    'INSERT INTO "tweet" ("user_id", "content", "created_at") VALUES ($1, $2, $3) RETURNING "tweet"."id"',
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', 'x::text', '1970-01-01T00:00:00.000Z::timestamptz']
  ],
  [
    'an expression',
    () => KV.insert({ key: fn.upper('a'), value: SQL('1 + ?', 2) }),
    'INSERT INTO "kv" ("key", "value") VALUES (upper($1), 1 + $2) RETURNING "kv"."id"',
    ['a::text', '2::int4']
  ],
  [
    'a subquery',
    () => KV.insert({ key: 'a', value: KV.select(fn.max(k.value)) as never }),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, (SELECT max("t1"."value") FROM "kv" AS "t1")) RETURNING "kv"."id"',
    ['a::varchar']
  ],
  [
    'DEFAULT VALUES',
    () => {
      const query = Odd.insert({ its: '', unicode: '' }).toNode()
      return { toNode: () => ({ ...query, columns: [], source: undefined }) }
    },
    'INSERT INTO "odd ""table""; --" DEFAULT VALUES RETURNING "odd ""table""; --"."se""lect"'
  ],
  [
    'names that need quotes',
    () => Odd.insert({ its: "'", unicode: '"' }),
    `INSERT INTO "odd ""table""; --" ("it's", "Ünï cödé") VALUES ($1, $2) RETURNING "odd ""table""; --"."se""lect"`,
    [`'::text`, '"::text']
  ],
  [
    'a composite key',
    () => Friend.insert({ user: id, other: id, weight: 1 }),
    'INSERT INTO "friend" ("user_id", "other_id", "weight") VALUES ($1, $2, $3) RETURNING "friend"."user_id", "friend"."other_id"',
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', '9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', '1::int4']
  ],
  [
    'many rows',
    () =>
      KV.insertMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 }
      ]),
    'INSERT INTO "kv" ("key", "value") SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2) RETURNING "kv"."id"',
    ['{a,b}::varchar[]', '{1,2}::int4[]']
  ],
  [
    'many rows of more',
    () =>
      KV.insertMany([
        { key: 'a', value: 1, extra: null },
        { key: 'b', value: 2, extra: 3 },
        { key: 'c', value: 4, extra: 5 }
      ]),
    'INSERT INTO "kv" ("key", "value", "extra") SELECT c1, c2, c3 FROM unnest($1, $2, $3) AS u(c1, c2, c3) RETURNING "kv"."id"',
    ['{a,b,c}::varchar[]', '{1,2,4}::int4[]', '{NULL,3,5}::int4[]']
  ],
  [
    'many rows, of which one',
    () => KV.insertMany([{ key: 'a', value: 1 }]),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'many rows as arrays',
    () =>
      KV.insertMany(
        [
          ['a', 1],
          ['b', 2]
        ],
        ['key', 'value']
      ),
    'INSERT INTO "kv" ("key", "value") SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2) RETURNING "kv"."id"',
    ['{a,b}::varchar[]', '{1,2}::int4[]']
  ],
  [
    'many rows with JSON',
    () => Doc.insertMany([{ data: { a: 1 } }, { data: { a: '"' } }]),
    'INSERT INTO "doc" ("data") SELECT CAST(c1 AS jsonb) FROM unnest($1) AS u(c1) RETURNING "doc"."id"',
    ['{"{\\"a\\":1}","{\\"a\\":\\"\\\\\\"\\"}"}::text[]']
  ],
  [
    'many rows with gaps',
    () =>
      KV.insertMany([
        { key: 'a', value: 1, extra: 2 },
        { key: 'b', value: 2 }
      ]),
    'INSERT INTO "kv" ("key", "value", "extra") VALUES ($1, $2, $3), ($4, $5, DEFAULT) RETURNING "kv"."id"',
    ['a::varchar', '1::int4', '2::int4', 'b::varchar', '2::int4']
  ],
  [
    'many rows with expressions',
    () =>
      KV.insertMany([
        { key: 'a', value: 1 },
        { key: fn.lower('B'), value: 2 }
      ]),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2), (lower($3), $4) RETURNING "kv"."id"',
    ['a::varchar', '1::int4', 'B::text', '2::int4']
  ],
  [
    'many rows with arrays',
    () =>
      Doc.insertMany([
        { data: {}, tags: ['a'] },
        { data: {}, tags: null }
      ]),
    'INSERT INTO "doc" ("data", "tags") SELECT CAST(c1 AS jsonb), CAST(c2 AS text[]) FROM unnest($1, $2) AS u(c1, c2) RETURNING "doc"."id"',
    ['{"{}","{}"}::text[]', '{"{a}",NULL}::text[]']
  ],
  [
    'many rows that have only defaults of the server',
    () => Plain.insertMany([{}, {}, {}]),
    'INSERT INTO "plain" ("id") VALUES (DEFAULT), (DEFAULT), (DEFAULT) RETURNING "plain"."id"'
  ],
  [
    'one row that has only defaults of the server',
    () => Plain.insertMany([{}]),
    'INSERT INTO "plain" DEFAULT VALUES RETURNING "plain"."id"'
  ],
  [
    'rows of which some have only defaults',
    () => Plain.insertMany([{}, { note: 'a' }, {}]),
    'INSERT INTO "plain" ("note") VALUES (DEFAULT), ($1), (DEFAULT) RETURNING "plain"."id"',
    ['a::text']
  ],
  [
    'many foreign keys',
    () =>
      Friend.insertMany([
        { user: id, other: id, weight: 1 },
        { user: id, other: id, weight: 2 }
      ]),
    'INSERT INTO "friend" ("user_id", "other_id", "weight") SELECT c1, c2, c3 FROM unnest($1, $2, $3) AS u(c1, c2, c3) RETURNING "friend"."user_id", "friend"."other_id"',
    [
      '{9b2f1b0e-1d2c-4a5b-8c7d-000000000001,9b2f1b0e-1d2c-4a5b-8c7d-000000000001}::uuid[]',
      '{9b2f1b0e-1d2c-4a5b-8c7d-000000000001,9b2f1b0e-1d2c-4a5b-8c7d-000000000001}::uuid[]',
      '{1,2}::int4[]'
    ]
  ]
]

/** RETURNING. */
export const returning: readonly Case[] = [
  [
    'of nothing, which is the key again',
    () => one().returning(KV).returning(),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) RETURNING "kv"."id"',
    ['a::varchar', '1::int4']
  ],
  [
    'the number of rows, for which nothing comes back',
    () => one().asRowCount(),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2)',
    ['a::varchar', '1::int4']
  ],
  [
    'the model',
    () => one().returning(KV),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) RETURNING "kv"."id", "kv"."key", "kv"."value", "kv"."extra"',
    ['a::varchar', '1::int4']
  ],
  [
    'columns',
    () => one().returning(k.id, k.value.add(1).as('next')),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) RETURNING "kv"."id", "kv"."value" + $3 AS "next"',
    ['a::varchar', '1::int4', '1::int8']
  ],
  [
    'columns by a function',
    () => one().returning(f => [f.key]),
    'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) RETURNING "kv"."key"',
    ['a::varchar', '1::int4']
  ],
  [
    'of many rows',
    () =>
      KV.insertMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 }
      ]).returning(f => [f.key]),
    'INSERT INTO "kv" ("key", "value") SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2) RETURNING "kv"."key"',
    ['{a,b}::varchar[]', '{1,2}::int4[]']
  ]
]

/** What a query gives, inserted. */
export const queries: readonly Case[] = [
  [
    'a select',
    () => KV.insertFrom(KV.select(k.key, k.value.add(1)).where(k.value.gt(1)), ['key', 'value']),
    'INSERT INTO "kv" ("key", "value") SELECT "t1"."key", "t1"."value" + $1 FROM "kv" AS "t1" WHERE "t1"."value" > $2 RETURNING "kv"."id"',
    ['1::int8', '1::int8']
  ],
  [
    'a whole model, with columns for fields',
    () => Plain.insertFrom(Plain.select(), [Plain.fields().id, Plain.fields().note]),
    'INSERT INTO "plain" ("id", "note") SELECT "t1"."id", "t1"."note" FROM "plain" AS "t1" RETURNING "plain"."id"'
  ],
  [
    'a select into a foreign key',
    () =>
      Tweet.insertFrom(
        User.select(u => [u.id, u.username, fn.now()]),
        ['userId' as never, 'content', 'createdAt']
      ),
    'INSERT INTO "tweet" ("user_id", "content", "created_at") SELECT "t1"."id", "t1"."username", now() FROM "user" AS "t1" RETURNING "tweet"."id"'
  ],
  [
    'what a delete returned',
    () => {
      const moved = KV.delete()
        .where(f => f.value.lt(1))
        .returning(f => [f.key, f.value])
        .cte('moved')
      return KV.insertFrom(
        moved.select(m => [m.key, m.value]),
        ['key', 'value']
      )
    },
    'WITH "moved" AS (DELETE FROM "kv" WHERE "kv"."value" < $1 RETURNING "kv"."key", "kv"."value") INSERT INTO "kv" ("key", "value") SELECT "t1"."key", "t1"."value" FROM "moved" AS "t1" RETURNING "kv"."id"',
    ['1::int8']
  ],
  [
    'with a conflict and rows back',
    () =>
      KV.insertFrom(KV.select(k.key, k.value), ['key', 'value'])
        .onConflict({ target: 'key', preserve: ['value'] })
        .returning(f => [f.value]),
    'INSERT INTO "kv" ("key", "value") SELECT "t1"."key", "t1"."value" FROM "kv" AS "t1" ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value" RETURNING "kv"."value"'
  ]
]
