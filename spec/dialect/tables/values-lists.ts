import { fn, valuesList } from 'pewit'
import type { Case } from '../../helpers/dialects.js'
import { KV } from './models.js'

const pairs = [
  ['a', 2],
  ['b', 1]
] as const

/** Lists of values as sources. */
export const lists: readonly Case[] = [
  [
    'selected from',
    () =>
      valuesList(pairs, { columns: ['k', 'n'], name: 'v' })
        .select(v => [v.k, v.n])
        .orderBy(v => v.n),
    'SELECT "v"."k", "v"."n" FROM (SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2)) AS "v"("k", "n") ORDER BY "v"."n"',
    ['{a,b}::text[]', '{2,1}::int8[]']
  ],
  [
    'selected whole, without a name',
    () => valuesList(pairs, { columns: ['k', 'n'] }).select(),
    'SELECT "t1"."k", "t1"."n" FROM (SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2)) AS "t1"("k", "n")',
    ['{a,b}::text[]', '{2,1}::int8[]']
  ],
  [
    'joined',
    () =>
      KV.select(k => [k.id])
        .join(valuesList(pairs, { columns: ['k', 'n'] }), { on: (k, v) => k.key.eq(v.k) })
        .where((k, v) => k.value.gt(v.n)),
    'SELECT "t1"."id" FROM "kv" AS "t1" INNER JOIN (SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2)) AS "t2"("k", "n") ON "t1"."key" = "t2"."k" WHERE "t1"."value" > "t2"."n"',
    ['{a,b}::text[]', '{2,1}::int8[]']
  ],
  [
    'with types, as objects',
    () =>
      valuesList([{ at: new Date(0), data: { a: [1] }, sum: null }], {
        columns: { at: 'timestamptz', data: 'jsonb', sum: 'numeric?' }
      }).select(),
    'SELECT "t1"."at", "t1"."data", "t1"."sum" FROM (SELECT c1, CAST(c2 AS jsonb), c3 FROM unnest($1, $2, $3) AS u(c1, c2, c3)) AS "t1"("at", "data", "sum")',
    ['{"1970-01-01T00:00:00.000Z"}::timestamptz[]', '{"{\\"a\\":[1]}"}::text[]', '{NULL}::numeric[]']
  ],
  [
    'with expressions',
    () =>
      valuesList([[fn.abs(-5)], [1]], { columns: ['x'], name: 'v' })
        .select()
        .orderBy(v => v.x),
    'SELECT "v"."x" FROM (VALUES (abs($1)), ($2)) AS "v"("x") ORDER BY "v"."x"',
    ['-5::int4', '1::int8']
  ],
  [
    'in IN',
    () => KV.select(k => [k.id]).where(k => k.key.in(valuesList([['a'], ['b']], { columns: ['k'] }).select())),
    'SELECT "t1"."id" FROM "kv" AS "t1" WHERE "t1"."key" IN (SELECT "t2"."k" FROM (SELECT c1 FROM unnest($1) AS u(c1)) AS "t2"("k"))',
    ['{a,b}::text[]']
  ],
  [
    'of nulls and values',
    () => valuesList([[null], [3]], { columns: ['x'] }).select(),
    'SELECT "t1"."x" FROM (SELECT c1 FROM unnest($1) AS u(c1)) AS "t1"("x")',
    ['{NULL,3}::int8[]']
  ]
]
