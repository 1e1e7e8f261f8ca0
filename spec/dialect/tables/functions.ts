import { caseWhen, fn, sql } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { User } from './models.js'

const ids = () => User.select(u => [u.id])
const u = User.fields()
const writer = caseWhen([[u.age.gte(18), 'adult']], 'minor')

/** CASE, casts, functions, row values. */
export const functions: readonly Case[] = [
  [
    'caseWhen',
    () => User.select(writer.as('kind')),
    'SELECT CASE WHEN "t1"."age" >= $1 THEN $2 ELSE $3 END AS "kind" FROM "user" AS "t1"',
    ['18::int8', 'adult::text', 'minor::text']
  ],
  [
    'caseWhen without a default',
    () =>
      User.select(
        caseWhen([
          [u.age.gt(1), 1],
          [u.age.lt(0), 2]
        ]).as('x')
      ),
    'SELECT CASE WHEN "t1"."age" > $1 THEN $2 WHEN "t1"."age" < $3 THEN $4 ELSE NULL END AS "x" FROM "user" AS "t1"',
    ['1::int8', '1::int8', '0::int8', '2::int8']
  ],
  [
    'caseWhen with null first',
    () => User.select(caseWhen<number | null>([[u.age.gt(1), null]], 2).as('x')),
    'SELECT CASE WHEN "t1"."age" > $1 THEN $2 ELSE $3 END AS "x" FROM "user" AS "t1"',
    ['1::int8', 'NULL::int8', '2::int8']
  ],
  [
    'caseWhen of whole numbers and others',
    () => User.select(caseWhen([[u.age.gt(1), 1]], 2.5).as('x')),
    'SELECT CASE WHEN "t1"."age" > $1 THEN $2 ELSE $3 END AS "x" FROM "user" AS "t1"',
    ['1::int8', '1::float8', '2.5::float8']
  ],
  [
    'caseWhen with an expression',
    () => User.select(caseWhen([[u.age.gt(1), 'x']], u.username).as('x')),
    'SELECT CASE WHEN "t1"."age" > $1 THEN $2 ELSE "t1"."username" END AS "x" FROM "user" AS "t1"',
    ['1::int8', 'x::varchar']
  ],
  [
    'caseWhen of nothing but null',
    () => User.select(caseWhen<null>([[u.age.gt(1), null]], null).as('x')),
    'SELECT CASE WHEN "t1"."age" > $1 THEN $2 ELSE $3 END AS "x" FROM "user" AS "t1"',
    ['1::int8', 'NULL::text', 'NULL::text']
  ],
  [
    'caseWhen in a sort key',
    () => ids().orderBy(caseWhen([[u.age.gt(1), 1]], 2).desc()),
    'SELECT "t1"."id" FROM "user" AS "t1" ORDER BY CASE WHEN "t1"."age" > $1 THEN $2 ELSE $3 END DESC',
    ['1::int8', '1::int8', '2::int8']
  ],
  [
    'caseWhen of a subject',
    () =>
      User.select(
        caseWhen(
          u.username,
          [
            ['a', 1],
            ['b', 2]
          ],
          3
        ).as('x')
      ),
    'SELECT CASE "t1"."username" WHEN $1 THEN $2 WHEN $3 THEN $4 ELSE $5 END AS "x" FROM "user" AS "t1"',
    ['a::varchar', '1::int8', 'b::varchar', '2::int8', '3::int8']
  ],
  [
    'caseWhen of a subject, with expressions',
    () => User.select(caseWhen(u.age, [[u.age.neg(), u.age.add(1)]]).as('x')),
    'SELECT CASE "t1"."age" WHEN -"t1"."age" THEN "t1"."age" + $1 ELSE NULL END AS "x" FROM "user" AS "t1"',
    ['1::int8']
  ],
  ['cast', () => User.select(u.age.cast('text').as('x')), 'SELECT CAST("t1"."age" AS text) AS "x" FROM "user" AS "t1"'],
  [
    'cast to a type with modifiers',
    () => User.select(u.age.cast('numeric(10, 2)').as('x')),
    'SELECT CAST("t1"."age" AS numeric(10, 2)) AS "x" FROM "user" AS "t1"'
  ],
  [
    'cast to an array',
    () => User.select(sql`'{1}'`.cast('int8[]').as('x')),
    `SELECT CAST('{1}' AS int8[]) AS "x" FROM "user" AS "t1"`
  ],
  ['a function', () => User.select(fn.lower(u.username)), 'SELECT lower("t1"."username") FROM "user" AS "t1"'],
  ['count of all', () => User.select(fn.count()), 'SELECT count(*) FROM "user" AS "t1"'],
  [
    'arguments of their own types',
    () => User.select(fn.format('%s', 'a', 1, 2 ** 40, 0.5, true, 3n, new Date(0), null).as('x')),
    'SELECT format($1, $2, $3, $4, $5, $6, $7, $8, $9) AS "x" FROM "user" AS "t1"',
    [
      '%s::text',
      'a::text',
      '1::int4',
      '1099511627776::int8',
      '0.5::float8',
      't::bool',
      '3::int8',
      '1970-01-01T00:00:00.000Z::timestamptz',
      'NULL::text'
    ]
  ],
  [
    'an object is JSON',
    () => User.select(fn.jsonb_typeof({ a: 1 }).as('x')),
    'SELECT jsonb_typeof($1) AS "x" FROM "user" AS "t1"',
    ['{"a":1}::jsonb']
  ],
  [
    'arrays',
    () =>
      User.select(fn.cardinality([1, 2 ** 40]).as('a'), fn.cardinality(['x', null]).as('b'), fn.cardinality([1, 0.5]).as('c')),
    'SELECT cardinality($1) AS "a", cardinality($2) AS "b", cardinality($3) AS "c" FROM "user" AS "t1"',
    ['{1,1099511627776}::int8[]', '{x,NULL}::text[]', '{1,0.5}::float8[]']
  ],
  [
    'coalesce takes the type of the expression',
    () => User.select(fn.coalesce(u.age, 0).as('x'), fn.nullif('', u.username).as('y')),
    'SELECT coalesce("t1"."age", $1) AS "x", nullif($2, "t1"."username") AS "y" FROM "user" AS "t1"',
    ['0::int8', '::varchar']
  ],
  [
    'coalesce with more than the column holds',
    () => User.select(fn.coalesce(u.age, 3_000_000_000).as('x')),
    'SELECT coalesce("t1"."age", $1) AS "x" FROM "user" AS "t1"',
    ['3000000000::int8']
  ],
  [
    'a schema in the name',
    () => User.select(fn['pg_catalog.lower'](u.username).as('x')),
    'SELECT pg_catalog.lower("t1"."username") AS "x" FROM "user" AS "t1"'
  ]
]
