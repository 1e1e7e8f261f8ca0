import { tuple } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, Friend, KV, User } from './models.js'

const ids = () => Doc.select(d => [d.id])
const d = Doc.fields()
const k = KV.fields()

/** Into JSON values. */
export const json: readonly Case[] = [
  ['get', () => Doc.select(d.data.get('a').as('x')), 'SELECT ("t1"."data") -> $1 AS "x" FROM "doc" AS "t1"', ['a::text']],
  [
    'get a path',
    () => Doc.select(d.data.get('a', 0, 'b').as('x')),
    'SELECT ((("t1"."data") -> $1) -> $2) -> $3 AS "x" FROM "doc" AS "t1"',
    ['a::text', '0::int4', 'b::text']
  ],
  [
    'get in steps',
    () => Doc.select(d.data.get('a').get(1).as('x')),
    'SELECT (("t1"."data") -> $1) -> $2 AS "x" FROM "doc" AS "t1"',
    ['a::text', '1::int4']
  ],
  [
    'a key that looks like SQL',
    () => Doc.select(d.data.get("' || 'x").as('x')),
    'SELECT ("t1"."data") -> $1 AS "x" FROM "doc" AS "t1"',
    [`' || 'x::text`]
  ],
  [
    'asText',
    () => Doc.select(d.data.get('a').asText().as('x')),
    'SELECT ("t1"."data") ->> $1 AS "x" FROM "doc" AS "t1"',
    ['a::text']
  ],
  [
    'asText of a path',
    () => ids().where(d.data.get('a', 'b').asText().contains('x')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ((("t1"."data") -> $1) ->> $2) ILIKE $3',
    ['a::text', 'b::text', '%x%::text']
  ],
  [
    'asText of the whole',
    () => Doc.select((d.data as ReturnType<typeof d.data.get>).asText().as('x')),
    'SELECT ("t1"."data") #>> $1 AS "x" FROM "doc" AS "t1"',
    ['{}::text[]']
  ],
  [
    'asInt',
    () => ids().where(d.data.get('a').asInt().gt(3)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE CAST(("t1"."data") ->> $1 AS int8) > $2',
    ['a::text', '3::int8']
  ],
  [
    'asFloat',
    () => ids().where(d.data.get('a').asFloat().gt(0.5)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE CAST(("t1"."data") ->> $1 AS float8) > $2',
    ['a::text', '0.5::float8']
  ],
  [
    'eq a JSON value',
    () => ids().where(d.data.get('a').eq('x' as never)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE (("t1"."data") -> $1) = $2',
    ['a::text', '"x"::jsonb']
  ],
  [
    'contains',
    () => ids().where(d.data.contains({ a: 1 })),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" @> $1',
    ['{"a":1}::jsonb']
  ],
  [
    'containedBy',
    () => ids().where(d.data.containedBy({ a: 1, b: 2 })),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" <@ $1',
    ['{"a":1,"b":2}::jsonb']
  ],
  [
    'contains, of a part',
    () => ids().where(d.data.get('a').contains('x')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE (("t1"."data") -> $1) @> $2',
    ['a::text', '"x"::jsonb']
  ],
  [
    'a JSON value that looks like a node is a value',
    () => ids().where(d.data.contains({ node: { kind: 'raw', parts: ['x'], type: {} } })),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" @> $1',
    ['{"node":{"kind":"raw","parts":["x"],"type":{}}}::jsonb']
  ]
]

/** Into arrays. */
export const arrays: readonly Case[] = [
  ['at', () => Doc.select(d.tags.at(0).as('x')), 'SELECT ("t1"."tags")[$1] AS "x" FROM "doc" AS "t1"', ['1::int4']],
  [
    'contains',
    () => ids().where(d.tags.contains('a', 'b,"c')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> $1',
    ['{a,"b,\\"c"}::text[]']
  ],
  [
    'contains, of integers',
    () => ids().where(d.numbers.contains(1, 2)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."numbers" @> $1',
    ['{1,2}::int4[]']
  ],
  [
    'containsAny',
    () => ids().where(d.tags.containsAny('a')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" && $1',
    ['{a}::text[]']
  ],
  [
    'containedBy',
    () => ids().where(d.tags.containedBy('a', 'b')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" <@ $1',
    ['{a,b}::text[]']
  ],
  [
    'contains nothing',
    () => ids().where(d.tags.contains()),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> $1',
    ['{}::text[]']
  ],
  [
    'length',
    () => ids().where(d.tags.length().gt(1)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE coalesce(array_length("t1"."tags", $1), $2) > $3',
    ['1::int4', '0::int4', '1::int8']
  ],
  ['eq', () => ids().where(d.tags.eq(['a'])), 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" = $1', ['{a}::text[]']],
  [
    'contains, of an expression',
    () => ids().where(d.tags.contains(d.tags as never)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."tags" @> "t1"."tags"'
  ]
]

/** Row values. */
export const tuples: readonly Case[] = [
  [
    'eq',
    () => KV.select(k.id).where(tuple(k.key, k.value).eq(['a', 1])),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") = ($1, $2)',
    ['a::varchar', '1::int8']
  ],
  [
    'in',
    () =>
      KV.select(k.id).where(
        tuple(k.key, k.value).in([
          ['a', 1],
          ['b', 2]
        ])
      ),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") IN (($1, $2), ($3, $4))',
    ['a::varchar', '1::int8', 'b::varchar', '2::int8']
  ],
  [
    'in, with expressions',
    () => KV.select(k.id).where(tuple(k.value.add(1), k.extra).in([[k.extra, 2 ** 40]])),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."value" + $1, "t1"."extra") IN (("t1"."extra", $2))',
    ['1::int8', '1099511627776::int8']
  ],
  ['in, of nothing', () => KV.select(k.id).where(tuple(k.key, k.value).in([])), 'SELECT "t1"."id" FROM "kv" AS "t1" WHERE FALSE'],
  [
    'in, of a select',
    () => KV.select(k.id).where(tuple(k.key, k.value).in(User.select(u => [u.username, u.age]) as never)),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE ("t1"."key", "t1"."value") IN (SELECT "t2"."username", "t2"."age" FROM "user" AS "t2")'
  ],
  [
    'in, of foreign keys',
    () =>
      Friend.select(f => [f.weight]).where(f =>
        tuple(f.user, f.other).in([['9b2f1b0e-1d2c-4a5b-8c7d-000000000001', '9b2f1b0e-1d2c-4a5b-8c7d-000000000002']])
      ),
    'SELECT "t1"."weight" FROM "friend" AS "t1" WHERE ("t1"."user_id", "t1"."other_id") IN (($1, $2))',
    ['9b2f1b0e-1d2c-4a5b-8c7d-000000000001::uuid', '9b2f1b0e-1d2c-4a5b-8c7d-000000000002::uuid']
  ]
]
