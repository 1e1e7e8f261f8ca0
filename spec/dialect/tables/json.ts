import { fn } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { Doc, User } from './models.js'

const ids = () => Doc.select(d => [d.id])
const d = Doc.fields()
const part = d.data.get('a', 0)

/** Into JSON values. */
export const json: readonly Case[] = [
  ['get', () => Doc.select(d.data.get('a').as('x')), 'SELECT "t1"."data" -> $1 AS "x" FROM "doc" AS "t1"', ['a::text']],
  [
    'get a path',
    () => Doc.select(d.data.get('a', 0, 'b').as('x')),
    'SELECT (("t1"."data" -> $1) -> $2) -> $3 AS "x" FROM "doc" AS "t1"',
    ['a::text', '0::int4', 'b::text']
  ],
  [
    'get in steps',
    () => Doc.select(d.data.get('a').get(1).as('x')),
    'SELECT ("t1"."data" -> $1) -> $2 AS "x" FROM "doc" AS "t1"',
    ['a::text', '1::int4']
  ],
  [
    'get from the end',
    () => Doc.select(d.data.get('a', -1).as('x')),
    'SELECT ("t1"."data" -> $1) -> $2 AS "x" FROM "doc" AS "t1"',
    ['a::text', '-1::int4']
  ],
  ['get nothing', () => Doc.select(d.data.get().as('x')), 'SELECT "t1"."data" AS "x" FROM "doc" AS "t1"'],
  [
    'extract',
    () => Doc.select(d.data.extract('a', 0, 'b').as('x')),
    'SELECT "t1"."data" #> $1 AS "x" FROM "doc" AS "t1"',
    ['{a,0,b}::text[]']
  ],
  [
    'a key that looks like SQL',
    () => Doc.select(d.data.extract("' || 'x").as('x')),
    'SELECT "t1"."data" #> $1 AS "x" FROM "doc" AS "t1"',
    ['{"\' || \'x"}::text[]']
  ],
  [
    'asText',
    () => Doc.select(d.data.get('a').asText().as('x')),
    'SELECT "t1"."data" ->> $1 AS "x" FROM "doc" AS "t1"',
    ['a::text']
  ],
  [
    'asText of a path',
    () => ids().where(d.data.get('a', 'b').asText().contains('x')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE (("t1"."data" -> $1) ->> $2) ILIKE $3',
    ['a::text', 'b::text', '%x%::text']
  ],
  [
    'asText of an extract',
    () => Doc.select(d.data.extract('a', 'b').asText().as('x')),
    'SELECT "t1"."data" #>> $1 AS "x" FROM "doc" AS "t1"',
    ['{a,b}::text[]']
  ],
  [
    'asText of the whole',
    () => Doc.select(d.data.asText().as('x')),
    'SELECT "t1"."data" #>> $1 AS "x" FROM "doc" AS "t1"',
    ['{}::text[]']
  ],
  [
    'asInt',
    () => ids().where(d.data.get('a').asInt().gt(3)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE CAST("t1"."data" ->> $1 AS int8) > $2',
    ['a::text', '3::int8']
  ],
  [
    'asFloat',
    () => ids().where(d.data.get('a').asFloat().gt(0.5)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE CAST("t1"."data" ->> $1 AS float8) > $2',
    ['a::text', '0.5::float8']
  ],
  [
    'asBool',
    () => ids().where(d.data.get('a').asBool().is(true)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE CAST("t1"."data" ->> $1 AS bool) IS TRUE',
    ['a::text']
  ],
  [
    'in GROUP BY',
    () => Doc.select(d.data.get('a').as('x'), fn.count()).groupBy(d.data.get('a')),
    'SELECT "t1"."data" -> $1 AS "x", count(*) FROM "doc" AS "t1" GROUP BY "t1"."data" -> $1',
    ['a::text']
  ]
]

/** Comparisons of JSON values. */
export const jsonComparisons: readonly Case[] = [
  [
    'eq',
    () => ids().where(d.data.get('a').eq('x')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) = $2',
    ['a::text', '"x"::jsonb']
  ],
  [
    'eq of the whole',
    () => ids().where(d.data.eq({ a: 1 })),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" = $1',
    ['{"a":1}::jsonb']
  ],
  [
    'eq null, of a part: missing, or the JSON null',
    () => ids().where(part.eq(null)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE (("t1"."data" -> $1) ->> $2) IS NULL',
    ['a::text', '0::int4']
  ],
  [
    'isNull of a part',
    () => ids().where(d.data.get('a').isNull()),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" ->> $1) IS NULL',
    ['a::text']
  ],
  [
    'ne null of a part',
    () => ids().where(d.data.get('a').ne(null)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" ->> $1) IS NOT NULL',
    ['a::text']
  ],
  ['eq null of the whole', () => ids().where(d.data.eq(null)), 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" IS NULL'],
  [
    'ne',
    () => ids().where(d.data.get('a').ne(1)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) <> $2',
    ['a::text', '1::jsonb']
  ],
  [
    'eq of another type',
    () => ids().where(d.data.get('a').eq(d.size)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) = to_jsonb("t1"."size")',
    ['a::text']
  ],
  [
    'in',
    () => ids().where(d.data.get('a').in(['x', 1])),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) IN ($2, $3)',
    ['a::text', '"x"::jsonb', '1::jsonb']
  ],
  [
    'lt',
    () => ids().where(d.data.get('a').lt(3)),
    {
      postgresql: 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) < $2',
      'cockroachdb 21.2': /order of JSON values/
    },
    ['a::text', '3::jsonb']
  ],
  [
    'between',
    () => ids().where(d.data.get('a').between(1, 3)),
    {
      postgresql: 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) BETWEEN $2 AND $3',
      'cockroachdb 21.2': /order of JSON values/
    },
    ['a::text', '1::jsonb', '3::jsonb']
  ],
  [
    'a sort key',
    () => ids().orderBy(d.data.get('a').desc()),
    {
      postgresql: 'SELECT "t1"."id" FROM "doc" AS "t1" ORDER BY "t1"."data" -> $1 DESC',
      'cockroachdb 21.2': /order of JSON values/
    },
    ['a::text']
  ],
  [
    'like',
    () => ids().where(d.data.get('a').like('x%')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" ->> $1) LIKE $2',
    ['a::text', 'x%::text']
  ],
  [
    'startsWith',
    () => ids().where(d.data.get('a', 'b').startsWith('x')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE (("t1"."data" -> $1) ->> $2) ILIKE $3',
    ['a::text', 'b::text', 'x%::text']
  ],
  [
    'regexp',
    () => ids().where(d.data.get('a').regexp('^x')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" ->> $1) ~ $2',
    ['a::text', '^x::text']
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
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) @> $2',
    ['a::text', '"x"::jsonb']
  ],
  [
    'contains the JSON null',
    () => ids().where(d.data.get('a').contains(null)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) @> $2',
    ['a::text', 'null::jsonb']
  ],
  [
    'contains an expression',
    () => ids().where(d.data.get('a').contains(d.size)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) @> to_jsonb("t1"."size")',
    ['a::text']
  ],
  ['hasKey', () => ids().where(d.data.hasKey('a')), 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" ? $1', ['a::text']],
  [
    'hasKeys',
    () => ids().where(d.data.hasKeys('a', 'b,"c')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" ?& $1',
    ['{a,"b,\\"c"}::text[]']
  ],
  [
    'hasAnyKeys',
    () => ids().where(d.data.get('a').hasAnyKeys('x', 'y')),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) ?| $2',
    ['a::text', '{x,y}::text[]']
  ],
  [
    'length',
    () => ids().where(d.data.get('a').length().gt(1)),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE jsonb_array_length("t1"."data" -> $1) > $2',
    ['a::text', '1::int8']
  ],
  [
    'a JSON value that looks like a node is a value',
    () => ids().where(d.data.contains({ node: { kind: 'raw', parts: ['x'], type: {} } })),
    'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" @> $1',
    ['{"node":{"kind":"raw","parts":["x"],"type":{}}}::jsonb']
  ]
]

/** JSON paths, in the language of their own. */
export const jsonPaths: readonly Case[] = [
  [
    'pathExists',
    () => ids().where(d.data.pathExists('$.a[*] ? (@ > 1)')),
    {
      postgresql: 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE "t1"."data" @? CAST($1 AS jsonpath)',
      cockroachdb: 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE jsonb_path_exists("t1"."data", CAST($1 AS jsonpath))',
      'cockroachdb 21.2': /JSON paths/
    },
    ['$.a[*] ? (@ > 1)::text']
  ],
  [
    'pathMatch',
    () => ids().where(d.data.get('a').pathMatch('$[0] > 1')),
    {
      postgresql: 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE ("t1"."data" -> $1) @@ CAST($2 AS jsonpath)',
      cockroachdb: 'SELECT "t1"."id" FROM "doc" AS "t1" WHERE jsonb_path_match("t1"."data" -> $1, CAST($2 AS jsonpath))',
      'cockroachdb 21.2': /JSON paths/
    },
    ['a::text', '$[0] > 1::text']
  ],
  [
    'pathQuery',
    () => Doc.select(d.data.pathQuery('$.a[*]').as('x')),
    {
      postgresql: 'SELECT jsonb_path_query("t1"."data", CAST($1 AS jsonpath)) AS "x" FROM "doc" AS "t1"',
      'cockroachdb 21.2': /JSON paths/
    },
    ['$.a[*]::text']
  ],
  [
    'pathQueryArray',
    () => Doc.select(d.data.pathQueryArray('$.a[*]').as('x')),
    {
      postgresql: 'SELECT jsonb_path_query_array("t1"."data", CAST($1 AS jsonpath)) AS "x" FROM "doc" AS "t1"',
      'cockroachdb 21.2': /JSON paths/
    },
    ['$.a[*]::text']
  ],
  [
    'pathQueryFirst',
    () => Doc.select(d.data.pathQueryFirst('$.a[*]').as('x')),
    {
      postgresql: 'SELECT jsonb_path_query_first("t1"."data", CAST($1 AS jsonpath)) AS "x" FROM "doc" AS "t1"',
      'cockroachdb 21.2': /JSON paths/
    },
    ['$.a[*]::text']
  ]
]

/** JSON values changed. */
export const jsonChanges: readonly Case[] = [
  [
    'set',
    () => Doc.update({ data: f => f.data.get('a', 0).set('x') }),
    'UPDATE "doc" SET "data" = jsonb_set("doc"."data", $1, $2, $3)',
    ['{a,0}::text[]', '"x"::jsonb', 't::bool']
  ],
  [
    'set to the JSON null',
    () => Doc.update({ data: f => f.data.get('a').set(null) }),
    'UPDATE "doc" SET "data" = jsonb_set("doc"."data", $1, $2, $3)',
    ['{a}::text[]', 'null::jsonb', 't::bool']
  ],
  [
    'set to an expression',
    () => Doc.update({ data: f => f.data.get('a').set(f.size) }),
    'UPDATE "doc" SET "data" = jsonb_set("doc"."data", $1, to_jsonb("doc"."size"), $2)',
    ['{a}::text[]', 't::bool']
  ],
  [
    'set to another part',
    () => Doc.update({ data: f => f.data.get('a').set(f.data.extract('b', 0)) }),
    'UPDATE "doc" SET "data" = jsonb_set("doc"."data", $1, "doc"."data" #> $2, $3)',
    ['{a}::text[]', '{b,0}::text[]', 't::bool']
  ],
  [
    'set to a select',
    () => Doc.update({ data: f => f.data.get('a').set(User.select(u => [fn.count(u.id)])) }),
    'UPDATE "doc" SET "data" = jsonb_set("doc"."data", $1, to_jsonb((SELECT count("t1"."id") FROM "user" AS "t1")), $2)',
    ['{a}::text[]', 't::bool']
  ],
  [
    'two parts',
    () => Doc.update({ data: f => f.data.get('a').set(1).get('b').set(2) }),
    'UPDATE "doc" SET "data" = jsonb_set(jsonb_set("doc"."data", $1, $2, $3), $4, $5, $6)',
    ['{a}::text[]', '1::jsonb', 't::bool', '{b}::text[]', '2::jsonb', 't::bool']
  ],
  [
    'replace',
    () => Doc.update({ data: f => f.data.get('a').replace([1, null]) }),
    'UPDATE "doc" SET "data" = jsonb_set("doc"."data", $1, $2, $3)',
    ['{a}::text[]', '[1,null]::jsonb', 'f::bool']
  ],
  [
    'insert',
    () => Doc.update({ data: f => f.data.get('a').insert(1) }),
    'UPDATE "doc" SET "data" = CASE WHEN ("doc"."data" -> $1) IS NULL THEN jsonb_set("doc"."data", $2, $3, $4) ELSE "doc"."data" END',
    ['a::text', '{a}::text[]', '1::jsonb', 't::bool']
  ],
  [
    'append',
    () => Doc.update({ data: f => f.data.get('a').append({ b: 1 }) }),
    'UPDATE "doc" SET "data" = jsonb_insert("doc"."data", $1, $2, $3)',
    ['{a,-1}::text[]', '{"b":1}::jsonb', 't::bool']
  ],
  [
    'append to the whole',
    () => Doc.update({ data: f => f.data.append(1) }),
    'UPDATE "doc" SET "data" = jsonb_insert("doc"."data", $1, $2, $3)',
    ['{-1}::text[]', '1::jsonb', 't::bool']
  ],
  [
    'remove',
    () => Doc.update({ data: f => f.data.get('a', 0).remove() }),
    'UPDATE "doc" SET "data" = "doc"."data" #- $1',
    ['{a,0}::text[]']
  ],
  [
    'remove keys',
    () => Doc.update({ data: f => f.data.remove('a', 'b') }),
    'UPDATE "doc" SET "data" = ("doc"."data" #- $1) #- $2',
    ['{a}::text[]', '{b}::text[]']
  ],
  [
    'remove keys of a part',
    () => Doc.update({ data: f => f.data.get('a').remove('b') }),
    'UPDATE "doc" SET "data" = "doc"."data" #- $1',
    ['{a,b}::text[]']
  ],
  [
    'update',
    () => Doc.update({ data: f => f.data.update({ a: 1, b: null }) }),
    'UPDATE "doc" SET "data" = "doc"."data" || $1',
    ['{"a":1,"b":null}::jsonb']
  ],
  [
    'update of a part',
    () => Doc.update({ data: f => f.data.get('a').update({ b: 1 }) }),
    'UPDATE "doc" SET "data" = jsonb_set("doc"."data", $1, coalesce("doc"."data" -> $2, $3) || $4, $5)',
    ['{a}::text[]', 'a::text', '{}::jsonb', '{"b":1}::jsonb', 't::bool']
  ],
  [
    'concat',
    () => Doc.select(d.data.get('a').concat([1]).as('x')),
    'SELECT ("t1"."data" -> $1) || $2 AS "x" FROM "doc" AS "t1"',
    ['a::text', '[1]::jsonb']
  ],
  [
    'what is built',
    () => Doc.select(fn.jsonb_build_object('a', d.size, 'b', { c: 1 }).get('b').as('x')),
    'SELECT jsonb_build_object($1, "t1"."size", $2, $3) -> $4 AS "x" FROM "doc" AS "t1"',
    ['a::text', 'b::text', '{"c":1}::jsonb', 'b::text']
  ]
]
