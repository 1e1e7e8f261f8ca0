import { AutoField, Model, model, NotSupportedError } from 'pewit'
import type { RootNode, SchemaNode } from '../../lib/ast/nodes.js'
import { TYPES } from '../../lib/ast/types.js'
import { capabilitiesAt } from '../../lib/compiler/capabilities.js'
import { compile } from '../../lib/compiler/compile.js'
import { postgresDialect } from '../../lib/dialect/postgres.js'
import { createStatements, dropStatements } from '../../lib/schema/tables.js'
import { databases, statementFor, type Target, targets } from '../helpers/dialects.js'
import * as models from './tables/schema.js'

const { AnEntityWithAVeryLongNameIndeed, Chicken, Counted, CountedFar, Egg, Elsewhere } = models
const { EveryField, EveryOption, Feeling, Identified, IdentifiedFar, Keyless } = models
const { Made, MadeOnReading, Moody, OtherField, Passing, Referring } = models

/** Models and the statements that create them: the same everywhere, or as CockroachDB writes them. */
type SchemaCase = readonly [name: string, models: readonly object[], texts: readonly string[], cockroach?: readonly string[]]

const cases: readonly SchemaCase[] = [
  [
    'every type of field',
    [EveryField],
    [
      'CREATE TABLE "every_field" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "char" VARCHAR(255) NOT NULL, "unlimited" VARCHAR NOT NULL, "text" TEXT, "integer" INTEGER NOT NULL, "big" BIGINT NOT NULL, "decimal" NUMERIC(12, 3) NOT NULL, "double" DOUBLE PRECISION NOT NULL, "bool" BOOLEAN NOT NULL, "instant" TIMESTAMPTZ NOT NULL, "day" DATE NOT NULL, "uuid" UUID NOT NULL, "json" JSONB NOT NULL, "texts" TEXT[] NOT NULL, "chars" VARCHAR(20)[], "integers" INTEGER[] NOT NULL, "decimals" NUMERIC(10, 5)[] NOT NULL)'
    ]
  ],
  [
    'the other types of field',
    [OtherField],
    [
      'CREATE TABLE "other_field" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "small" SMALLINT NOT NULL, "real" REAL NOT NULL, "fixed" CHAR(3) NOT NULL, "blob" BYTEA NOT NULL, "local" TIMESTAMP NOT NULL, "time" TIME NOT NULL, "span" INTERVAL NOT NULL, "ticks" BIGINT NOT NULL, "bits" BIGINT NOT NULL, "blobs" BYTEA[] NOT NULL, "days" DATE[] NOT NULL)',
      'CREATE INDEX "other_field_days" ON "other_field" USING gin ("days")'
    ],
    [
      'CREATE TABLE "other_field" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "small" SMALLINT NOT NULL, "real" REAL NOT NULL, "fixed" CHAR(3) NOT NULL, "blob" BYTES NOT NULL, "local" TIMESTAMP NOT NULL, "time" TIME NOT NULL, "span" INTERVAL NOT NULL, "ticks" BIGINT NOT NULL, "bits" BIGINT NOT NULL, "blobs" BYTES[] NOT NULL, "days" DATE[] NOT NULL)',
      'CREATE INDEX "other_field_days" ON "other_field" USING gin ("days")'
    ]
  ],
  [
    'enums, before the tables, each once',
    [Feeling, Moody],
    [
      `CREATE TYPE "other"."moody_mood" AS ENUM ('sad', 'it''s')`,
      `CREATE TYPE "other"."a ""letter""" AS ENUM ('a', 'b')`,
      'CREATE TABLE "other"."moody" ("mood" "other"."moody_mood" NOT NULL PRIMARY KEY, "letters" "other"."a ""letter"""[] NOT NULL, "letter" "other"."a ""letter""")',
      'CREATE TABLE "feeling" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "moody_id" "other"."moody_mood" NOT NULL, FOREIGN KEY ("moody_id") REFERENCES "other"."moody" ("mood"))'
    ]
  ],
  [
    'checks, defaults, and what is computed',
    [Made],
    [
      `CREATE TABLE "made" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "n" INTEGER NOT NULL CHECK (n > 0) DEFAULT 1, "m" INTEGER NOT NULL CONSTRAINT "less ""than""" CHECK (m < 9) DEFAULT length('abc'), "double" INTEGER NOT NULL GENERATED ALWAYS AS (n * 2) STORED, "lower" TEXT COLLATE "C" GENERATED ALWAYS AS (lower('X')) STORED)`
    ]
  ],
  [
    'what is computed on reading',
    [MadeOnReading],
    [
      'CREATE TABLE "made_on_reading" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "two" INTEGER NOT NULL GENERATED ALWAYS AS (1 + 1) VIRTUAL)'
    ]
  ],
  [
    'every option: names, defaults, checks, collations, settings, indexes',
    [EveryOption],
    [
      `CREATE TABLE "The ""table""" ("the ""key""" TEXT NOT NULL PRIMARY KEY, "from" TEXT COLLATE "C" NOT NULL DEFAULT 'o''clock', "n" INTEGER NOT NULL CHECK (n > 0) DEFAULT 1, "data" JSONB NOT NULL, "order" INTEGER, CONSTRAINT "low" CHECK ("from" < 'it''s'), CHECK (n BETWEEN '-5'::int4 AND 2.5)) WITH (fillfactor = 70)`,
      'CREATE INDEX "The ""table""_from" ON "The ""table""" ("from")',
      'CREATE UNIQUE INDEX "The ""table""_n" ON "The ""table""" ("n")',
      'CREATE INDEX "The ""table""_data" ON "The ""table""" USING gin ("data")',
      'CREATE UNIQUE INDEX "The ""table""_from_n" ON "The ""table""" ("from", "n")',
      'CREATE INDEX "The ""table""_n_from" ON "The ""table""" ("n", "from")'
    ]
  ],
  [
    'a schema, a composite key, foreign keys; the table that is referred to first',
    [Referring, Elsewhere],
    [
      'CREATE TABLE "other"."target" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "code" VARCHAR(255) NOT NULL)',
      'CREATE UNIQUE INDEX "target_code" ON "other"."target" ("code")',
      'CREATE TABLE "other"."referring" ("at_id" UUID NOT NULL, "n" INTEGER NOT NULL, "code" VARCHAR(255), "once_id" UUID, PRIMARY KEY ("at_id", "n"), CONSTRAINT "to ""it""" FOREIGN KEY ("at_id") REFERENCES "other"."target" ("id") ON DELETE CASCADE ON UPDATE SET NULL, FOREIGN KEY ("code") REFERENCES "other"."target" ("code"), FOREIGN KEY ("once_id") REFERENCES "other"."target" ("id"))',
      'CREATE UNIQUE INDEX "referring_once_id" ON "other"."referring" ("once_id")'
    ]
  ],
  ['a table without key', [Keyless], ['CREATE TABLE "keyless" ("text" TEXT NOT NULL)']],
  [
    'keys that are counted, and what refers to them',
    [CountedFar, Counted],
    [
      'CREATE TABLE "counted" ("id" SERIAL NOT NULL PRIMARY KEY)',
      'CREATE TABLE "counted_far" ("id" BIGSERIAL NOT NULL PRIMARY KEY, "counted_id" INTEGER NOT NULL, "self_id" BIGINT, FOREIGN KEY ("counted_id") REFERENCES "counted" ("id"), FOREIGN KEY ("self_id") REFERENCES "counted_far" ("id"))',
      'CREATE INDEX "counted_far_counted_id" ON "counted_far" ("counted_id")',
      'CREATE INDEX "counted_far_self_id" ON "counted_far" ("self_id")'
    ],
    [
      'CREATE TABLE "counted" ("id" INT8 DEFAULT unique_rowid() NOT NULL PRIMARY KEY)',
      'CREATE TABLE "counted_far" ("id" INT8 DEFAULT unique_rowid() NOT NULL PRIMARY KEY, "counted_id" INT8 NOT NULL, "self_id" BIGINT, FOREIGN KEY ("counted_id") REFERENCES "counted" ("id"), FOREIGN KEY ("self_id") REFERENCES "counted_far" ("id"))',
      'CREATE INDEX "counted_far_counted_id" ON "counted_far" ("counted_id")',
      'CREATE INDEX "counted_far_self_id" ON "counted_far" ("self_id")'
    ]
  ],
  [
    'a temporary table',
    [Passing],
    ['CREATE TEMPORARY TABLE "passing" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid())']
  ],
  [
    'tables that refer to each other: the key that closes the circle comes last',
    [Chicken, Egg],
    [
      'CREATE TABLE "egg" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "chicken_id" UUID)',
      'CREATE INDEX "egg_chicken_id" ON "egg" ("chicken_id")',
      'CREATE TABLE "chicken" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "egg_id" UUID, FOREIGN KEY ("egg_id") REFERENCES "egg" ("id"))',
      'CREATE INDEX "chicken_egg_id" ON "chicken" ("egg_id")',
      'ALTER TABLE "egg" ADD CONSTRAINT "laid_by" FOREIGN KEY ("chicken_id") REFERENCES "chicken" ("id") ON DELETE SET NULL'
    ]
  ],
  [
    'a name of an index that would be too long',
    [AnEntityWithAVeryLongNameIndeed],
    [
      'CREATE TABLE "an_entity_with_a_very_long_name_indeed" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "and_a_property_that_is_not_exactly_short" TEXT NOT NULL)',
      'CREATE INDEX "an_entity_with_a_very_long_name_indeed_and_a_property_t_eb49cb9" ON "an_entity_with_a_very_long_name_indeed" ("and_a_property_that_is_not_exactly_short")'
    ]
  ]
]

const texts = (target: Target, nodes: readonly RootNode[]): string[] =>
  nodes.map(node => {
    const { text, params, retryable } = statementFor(target, { toNode: () => node })
    expect({ params, retryable }).toEqual({ params: [], retryable: false })
    return text
  })

beforeAll(() => databases.postgresql.bind(Object.values(models)))

describe('tables and indexes', () => {
  for (const [name, list, expected, cockroach = expected] of cases) {
    it.each(targets)(`${name} (%s)`, target => {
      expect(texts(target, createStatements(list, false))).toEqual(target === 'postgresql' ? expected : cockroach)
    })
  }

  it('have identities, where the server has those', () => {
    const statements = createStatements([IdentifiedFar, Identified], false)
    expect(texts('postgresql', statements)).toEqual([
      'CREATE TABLE "identified" ("id" INTEGER NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY)',
      'CREATE TABLE "identified_far" ("id" BIGINT NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY, "near_id" INTEGER NOT NULL, FOREIGN KEY ("near_id") REFERENCES "identified" ("id"))'
    ])
    expect(texts('cockroachdb', statements)[0]).toBe(
      'CREATE TABLE "identified" ("id" INT8 NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY)'
    )
    expect(() => texts('cockroachdb 21.2', statements)).toThrow(NotSupportedError)
  })

  it('are refused where their generated keys would not fit their type', () => {
    @model({ database: databases.cockroachdb })
    class Entry extends Model {
      @AutoField() id!: number
    }
    expect(() => createStatements([Entry], false)).toThrow(/^Entry\.id: Generated keys of this server pass 2\^53/)
  })

  it('compute on writing alone, where the server cannot on reading', () => {
    const [node] = createStatements([MadeOnReading], false)
    const compileFor = (version: number) => compile(node, postgresDialect, capabilitiesAt(postgresDialect.support, version))
    const message =
      'PostgreSQL 17 has no columns that are computed when they are read, which came with 18; leave out { stored: false }'
    expect(() => compileFor(170_000)).toThrow(message)
    expect(compileFor(180_000).text).toContain('VIRTUAL')
  })

  it('leave types alone that exist, each server in its way', () => {
    const [type] = createStatements([Moody], true)
    expect(texts('postgresql', [type])).toEqual([
      `DO 'BEGIN CREATE TYPE "other"."moody_mood" AS ENUM (''sad'', ''it''''s''); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END'`
    ])
    for (const target of ['cockroachdb', 'cockroachdb 21.2'] as const)
      expect(texts(target, [type])).toEqual([`CREATE TYPE IF NOT EXISTS "other"."moody_mood" AS ENUM ('sad', 'it''s')`])
  })

  it('take their types with them', () => {
    for (const target of targets)
      expect(texts(target, dropStatements([Moody, Feeling], true, false))).toEqual([
        'DROP TABLE IF EXISTS "feeling"',
        'DROP TABLE IF EXISTS "other"."moody"',
        'DROP TYPE IF EXISTS "other"."moody_mood"',
        'DROP TYPE IF EXISTS "other"."a ""letter"""'
      ])
  })

  it('are left alone where they exist', () => {
    const safe = createStatements([Referring, Elsewhere], true)
    expect(texts('postgresql', safe).map(text => text.slice(0, 36))).toEqual([
      'CREATE TABLE IF NOT EXISTS "other"."',
      'CREATE UNIQUE INDEX IF NOT EXISTS "t',
      'CREATE TABLE IF NOT EXISTS "other"."',
      'CREATE UNIQUE INDEX IF NOT EXISTS "r'
    ])
  })

  it('are dropped together, where they refer to each other', () => {
    for (const target of targets)
      expect(texts(target, dropStatements([Chicken, Elsewhere, Egg], true, false))).toEqual([
        'DROP TABLE IF EXISTS "other"."target"',
        'DROP TABLE IF EXISTS "chicken", "egg"'
      ])
  })

  it('are dropped, those that refer to others first', () => {
    const models = [Elsewhere, Referring, EveryOption]
    expect(texts('cockroachdb', dropStatements(models, false, false))).toEqual([
      'DROP TABLE "The ""table"""',
      'DROP TABLE "other"."referring"',
      'DROP TABLE "other"."target"'
    ])
    expect(texts('postgresql', dropStatements([Elsewhere], true, true))).toEqual([
      'DROP TABLE IF EXISTS "other"."target" CASCADE'
    ])
  })
})

describe('statements about an index', () => {
  const table = { kind: 'table', name: 't"', schema: 's"' } as const
  const age = { kind: 'column', source: table, name: 'a"', type: TYPES.int8, owner: 'T', property: 'a' } as const
  const one = { kind: 'param', value: 1, text: '1', type: TYPES.int8 } as const

  it.each<[string, SchemaNode]>([
    ['DROP INDEX IF EXISTS "s"""."i"""', { kind: 'dropIndex', name: 'i"', table, safe: true }],
    ['DROP INDEX "i"', { kind: 'dropIndex', name: 'i', table: { kind: 'table', name: 't' }, safe: false }],
    [
      'CREATE INDEX IF NOT EXISTS "i" ON "s"""."t""" USING gin ("x", ("a""" + 1)) WHERE "a""" > 1',
      {
        kind: 'createIndex',
        name: 'i',
        table,
        columns: ['x', { kind: 'binary', op: 'add', left: age, right: one, type: TYPES.int8 }],
        unique: false,
        safe: true,
        using: 'gin',
        where: { kind: 'binary', op: 'gt', left: age, right: one, type: TYPES.int8 }
      }
    ],
    [
      'ALTER TABLE "s"""."t""" ADD FOREIGN KEY ("x") REFERENCES "s"""."t""" ("y")',
      { kind: 'addForeignKey', table, foreignKey: { column: 'x', target: table, targetColumn: 'y' } }
    ]
  ])('%s', (text, node) => {
    for (const target of ['postgresql', 'cockroachdb'] as const) expect(texts(target, [node])).toEqual([text])
  })
})
