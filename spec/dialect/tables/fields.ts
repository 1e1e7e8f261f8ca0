import {
  ArrayField,
  BitField,
  EnumField,
  FixedCharField,
  FloatField,
  fromTimestamp,
  JSON_NULL,
  JSONField,
  Model,
  model,
  TimestampField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import type { Case } from '../../helpers/dialects.js'

/** Values of fields whose parameters are not like others, and names that are no columns. */

@model({ schema: 'other' })
export class Mood extends Model {
  @EnumField(['sad', 'fine'], { primaryKey: true }) mood!: 'sad' | 'fine'
  @ArrayField(EnumField(['a', 'b'], { name: 'letter' }), { null: true }) letters!: ('a' | 'b')[] | null
}

@model()
export class Post extends Model {
  @UUIDKeyField() id!: string
  @BitField({ flags: ['isOpen', 'isOld'] }) flags!: number
  declare isOpen: boolean
  declare isOld: boolean
  @BitField({ null: true, flags: { far: 2 ** 40 } }) more!: number | null
  declare far: boolean
  @JSONField({ null: true }) data!: unknown
  @FixedCharField({ null: true, maxLength: 3 }) code!: string | null
  @FloatField({ null: true }) real!: number | null
  @TimestampField({ default: new Date(0), resolution: 3 }) at!: Date
}

export const models = [Mood, Post]

export const enums: readonly Case[] = [
  [
    'compared',
    () => Mood.select(m => [m.mood]).where(m => m.mood.eq('sad')),
    'SELECT "t1"."mood" FROM "other"."mood" AS "t1" WHERE "t1"."mood" = CAST($1 AS "other"."mood_mood")',
    ['sad::unknown']
  ],
  [
    'in a list',
    () => Mood.select(m => [m.mood]).where(m => m.mood.in(['sad', 'fine'])),
    'SELECT "t1"."mood" FROM "other"."mood" AS "t1" WHERE "t1"."mood" = ANY(CAST($1 AS "other"."mood_mood"[]))',
    ['{sad,fine}::unknown']
  ],
  [
    'inserted',
    () => Mood.insert({ mood: 'sad', letters: ['a'] }),
    'INSERT INTO "other"."mood" ("mood", "letters") VALUES (CAST($1 AS "other"."mood_mood"), CAST($2 AS "other"."letter"[])) RETURNING "mood"."mood"',
    ['sad::unknown', '{a}::unknown']
  ],
  [
    'updated',
    () => Mood.update({ letters: ['b'] }).where(m => m.letters.contains('a')),
    'UPDATE "other"."mood" SET "letters" = CAST($1 AS "other"."letter"[]) WHERE "mood"."letters" @> CAST($2 AS "other"."letter"[])',
    ['{b}::unknown', '{a}::unknown']
  ]
]

export const flags: readonly Case[] = [
  [
    'as conditions and columns',
    () => Post.select(p => [p.isOpen]).where(p => p.isOld.and(p.far.not())),
    'SELECT ("t1"."flags" & $1) <> $2 AS "isOpen" FROM "post" AS "t1" WHERE (("t1"."flags" & $3) <> $4) AND (NOT (("t1"."more" & $5) <> $6))',
    ['1::int8', '0::int8', '2::int8', '0::int8', '1099511627776::int8', '0::int8']
  ],
  [
    'set and cleared',
    () => Post.update({ isOpen: true, isOld: false, far: true }),
    'UPDATE "post" SET "flags" = ("post"."flags" | $1) & $2, "more" = coalesce("post"."more", $3) | $4',
    ['1::int8', '-3::int8', '0::int8', '1099511627776::int8']
  ],
  ['beside the number they are in', () => Post.update({ isOpen: true, flags: 8 }), 'UPDATE "post" SET "flags" = $1', ['9::int8']]
]

export const others: readonly Case[] = [
  [
    'the null of JSON',
    () => Post.select(p => [p.id]).where(p => p.data.eq(JSON_NULL)),
    'SELECT "t1"."id" FROM "post" AS "t1" WHERE "t1"."data" = CAST($1 AS jsonb)',
    ['null::text']
  ],
  [
    'text of a fixed length, without its filling',
    () => Post.update({ code: 'a  ' }).where(p => p.code.in(['b ', 'c'])),
    'UPDATE "post" SET "code" = $1 WHERE "post"."code" = ANY($2)',
    ['a::bpchar', '{b,c}::bpchar[]']
  ],
  [
    'counted instants',
    () =>
      Post.select(p => [fromTimestamp(p.at, 1000).as('x')]).where(
        p => p.at.gt(new Date(1234)),
        p => p.real.lt(0.5)
      ),
    'SELECT $1 + ("t1"."at" * $2) AS "x" FROM "post" AS "t1" WHERE ("t1"."at" > $3) AND ("t1"."real" < $4)',
    ['1970-01-01T00:00:00.000Z::timestamptz', '0.001 seconds::interval', '1234::int8', '0.5::float4']
  ]
]
