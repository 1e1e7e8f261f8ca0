import { ArrayField, fn, Model, model, type Predicate, SQL, TextField } from 'pewit'
import { type HStore, HStoreField, match, type TSVector, TSVectorField } from 'pewit/playhouse/postgres'
import { createStatements } from '../../../lib/schema/tables.js'
import type { Case } from '../../helpers/dialects.js'

@model({ primaryKey: false })
class Page extends Model {
  @TextField() body!: string
  @TSVectorField({ null: true }) search!: TSVector | null
}

@model({ primaryKey: false })
class Note extends Model {
  @TextField() body!: string
  @TSVectorField({ generated: SQL(`to_tsvector('english', body)`), index: false }) search!: TSVector
}

@model({ primaryKey: false })
class Shop extends Model {
  @HStoreField() attrs!: HStore
}

@model({ primaryKey: false })
class Chain extends Model {
  @ArrayField(HStoreField) shops!: HStore[]
}

export const models = [Page, Note, Shop, Chain]

const p = Page.fields()
const s = Shop.fields()

const pages = (condition: Predicate) => Page.select(p.body).where(condition)
const shops = (condition: Predicate) => Shop.select(fn.count()).where(condition)
const creating = (type: object, at = 0) => ({ toNode: () => createStatements([type], false)[at] })

/** A statement of a type that no older version has. */
const search = (text: string) => ({
  postgresql: text,
  'cockroachdb 21.2': /CockroachDB v?\d[\d.]* has no full-text search, which came with v23\.1/
})
/** A statement of a type that one server has. */
const hstore = (text: string) => ({
  postgresql: text,
  cockroachdb: /CockroachDB v?\d[\d.]* has no HSTORE, nor has any other version; use a JSONField/
})

export const textSearch: readonly Case[] = [
  [
    'match',
    () => pages(p.search.match('fox & !dog')),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE "t1"."search" @@ to_tsquery($1)'),
    ['fox & !dog::text']
  ],
  [
    'match in a language',
    () => pages(p.search.match('fox', { language: 'english' })),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE "t1"."search" @@ to_tsquery($1, $2)'),
    ['english::unknown', 'fox::text']
  ],
  [
    'match of plain words',
    () => pages(p.search.match('a fox', { language: 'english', plain: true })),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE "t1"."search" @@ plainto_tsquery($1, $2)'),
    ['english::unknown', 'a fox::text']
  ],
  [
    'match of an expression of text',
    () => pages(p.search.match(p.body, { plain: true })),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE "t1"."search" @@ plainto_tsquery("t1"."body")')
  ],
  [
    'match of a query',
    () => pages(p.search.match(fn.phraseto_tsquery('english', 'a fox'))),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE "t1"."search" @@ phraseto_tsquery($1, $2)'),
    ['english::unknown', 'a fox::text']
  ],
  [
    'match of a text',
    () => pages(match(p.body, 'dog', { language: 'english' })),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE to_tsvector($1, "t1"."body") @@ to_tsquery($2, $3)'),
    ['english::unknown', 'english::unknown', 'dog::text']
  ],
  [
    'match of a text, in the language of the server',
    () => pages(match(p.body, 'a dog', { plain: true })),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE to_tsvector("t1"."body") @@ plainto_tsquery($1)'),
    ['a dog::text']
  ],
  [
    'match of a document, as a function',
    () => pages(match(p.search, 'dog')),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE "t1"."search" @@ to_tsquery($1)'),
    ['dog::text']
  ],
  [
    'match of a document that is computed',
    () => pages(match(fn.to_tsvector('english', p.body), 'dog')),
    search('SELECT "t1"."body" FROM "page" AS "t1" WHERE to_tsvector($1, "t1"."body") @@ to_tsquery($2)'),
    ['english::unknown', 'dog::text']
  ],
  [
    'rank',
    () => Page.select(p.body).orderBy(fn.ts_rank(p.search, fn.to_tsquery('fox')).desc()),
    search('SELECT "t1"."body" FROM "page" AS "t1" ORDER BY ts_rank("t1"."search", to_tsquery($1)) DESC'),
    ['fox::text']
  ],
  ['a column', () => Page.select(p.search), search('SELECT "t1"."search" FROM "page" AS "t1"')],
  ['a cast', () => Page.select(p.body.cast('tsvector')), search('SELECT CAST("t1"."body" AS tsvector) FROM "page" AS "t1"')],
  [
    'a value',
    () => Page.insert({ body: 'a', search: "'a':1" }),
    search('INSERT INTO "page" ("body", "search") VALUES ($1, $2)'),
    ['a::text', "'a':1::oid 3614"]
  ],
  [
    'many values',
    () =>
      Page.insertMany([
        ['a', "'a':1"],
        ['b', null]
      ]),
    search('INSERT INTO "page" ("body", "search") SELECT c1, CAST(c2 AS tsvector) FROM unnest($1, $2) AS u(c1, c2)'),
    ['{a,b}::text[]', `{"'a':1",NULL}::text[]`]
  ],
  [
    'a computed value',
    () => Page.insert({ body: 'a', search: fn.to_tsvector('english', 'a') }),
    search('INSERT INTO "page" ("body", "search") VALUES ($1, to_tsvector($2, $3))'),
    ['a::text', 'english::unknown', 'a::text']
  ],
  ['a table', () => creating(Page), search('CREATE TABLE "page" ("body" TEXT NOT NULL, "search" tsvector)')],
  ['its index', () => creating(Page, 1), search('CREATE INDEX "page_search" ON "page" USING gin ("search")')],
  [
    'a table with a generated column',
    () => creating(Note),
    search(
      `CREATE TABLE "note" ("body" TEXT NOT NULL, "search" tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', body)) STORED)`
    )
  ],
  [
    'a language in DDL',
    () => Page.index(x => [fn.to_tsvector('english', x.body)], { name: 'page_body', using: 'gin' }),
    search(`CREATE INDEX IF NOT EXISTS "page_body" ON "page" USING gin ((to_tsvector('english', "body")))`)
  ]
]

export const hstores: readonly Case[] = [
  [
    'get',
    () => Shop.select(s.attrs.get('a').as('x')),
    hstore('SELECT "t1"."attrs" -> $1 AS "x" FROM "shop" AS "t1"'),
    ['a::text']
  ],
  [
    'get compares as text',
    () => shops(s.attrs.get('a').eq('b')),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE ("t1"."attrs" -> $1) = $2'),
    ['a::text', 'b::text']
  ],
  ['keys', () => Shop.select(s.attrs.keys()), hstore('SELECT akeys("t1"."attrs") FROM "shop" AS "t1"')],
  ['values', () => Shop.select(s.attrs.values()), hstore('SELECT avals("t1"."attrs") FROM "shop" AS "t1"')],
  ['items', () => Shop.select(s.attrs.items()), hstore('SELECT hstore_to_matrix("t1"."attrs") FROM "shop" AS "t1"')],
  [
    'slice',
    () => Shop.select(s.attrs.slice('a', 'b')),
    hstore('SELECT slice("t1"."attrs", $1) FROM "shop" AS "t1"'),
    ['{a,b}::text[]']
  ],
  [
    'a method of what a method gives',
    () => shops(s.attrs.slice('a', 'b').exists('a')),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE exist(slice("t1"."attrs", $1), $2)'),
    ['{a,b}::text[]', 'a::text']
  ],
  [
    'exists',
    () => shops(s.attrs.exists('a')),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE exist("t1"."attrs", $1)'),
    ['a::text']
  ],
  [
    'defined',
    () => shops(s.attrs.defined('a')),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE defined("t1"."attrs", $1)'),
    ['a::text']
  ],
  [
    'contains a key',
    () => shops(s.attrs.contains('a')),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" ? $1'),
    ['a::text']
  ],
  [
    'contains keys',
    () => shops(s.attrs.contains(['a', 'b'])),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" ?& $1'),
    ['{a,b}::text[]']
  ],
  [
    'contains keys with values',
    () =>
      shops(
        s.attrs.contains(
          new Map([
            ['b', null],
            ['a', '1']
          ])
        )
      ),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" @> CAST($1 AS hstore)'),
    ['"a"=>"1", "b"=>NULL::unknown']
  ],
  [
    'contains an expression of another',
    () => shops(s.attrs.contains(s.attrs.slice('a'))),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" @> slice("t1"."attrs", $1)'),
    ['{a}::text[]']
  ],
  [
    'contains an expression of keys',
    () => shops(s.attrs.contains(s.attrs.keys())),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" ?& akeys("t1"."attrs")')
  ],
  [
    'contains an expression of a key',
    () => shops(s.attrs.contains(s.attrs.get('a'))),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" ? ("t1"."attrs" -> $1)'),
    ['a::text']
  ],
  [
    'containsAny',
    () => shops(s.attrs.containsAny('a', 'b')),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" ?| $1'),
    ['{a,b}::text[]']
  ],
  [
    'eq',
    () => shops(s.attrs.eq({ a: '1' })),
    hstore('SELECT count(*) FROM "shop" AS "t1" WHERE "t1"."attrs" = CAST($1 AS hstore)'),
    ['"a"=>"1"::unknown']
  ],
  [
    'update',
    () => Shop.update({ attrs: x => x.attrs.update({ a: '1' }) }),
    hstore('UPDATE "shop" SET "attrs" = "shop"."attrs" || CAST($1 AS hstore)'),
    ['"a"=>"1"::unknown']
  ],
  [
    'delete',
    () => Shop.update({ attrs: x => x.attrs.delete('a', 'b') }),
    hstore('UPDATE "shop" SET "attrs" = delete("shop"."attrs", $1)'),
    ['{a,b}::text[]']
  ],
  [
    'a value',
    () => Shop.insert({ attrs: {} }),
    hstore('INSERT INTO "shop" ("attrs") VALUES (CAST($1 AS hstore))'),
    ['::unknown']
  ],
  [
    'many values',
    () => Shop.insertMany([{ attrs: { a: 'x y' } }, { attrs: {} }]),
    hstore('INSERT INTO "shop" ("attrs") SELECT c1 FROM unnest(CAST($1 AS hstore[])) AS u(c1)'),
    [String.raw`{"\"a\"=>\"x y\"",""}::unknown`]
  ],
  ['a table', () => creating(Shop), hstore('CREATE TABLE "shop" ("attrs" hstore NOT NULL)')],
  ['its index', () => creating(Shop, 1), hstore('CREATE INDEX "shop_attrs" ON "shop" USING gin ("attrs")')],
  ['a table of many', () => creating(Chain), hstore('CREATE TABLE "chain" ("shops" hstore[] NOT NULL)')]
]
