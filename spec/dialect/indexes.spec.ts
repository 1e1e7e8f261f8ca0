import {
  type Backref,
  CharField,
  deferredForeignKey,
  ForeignKeyField,
  fn,
  IntegerField,
  JSONField,
  Model,
  metadata,
  model,
  PostgresqlDatabase,
  type Ref,
  SQL,
  sql,
  TextField
} from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import type { RootNode } from '../../lib/ast/nodes.js'
import { addForeignKey, createStatements, dropStatements } from '../../lib/schema/tables.js'
import { bindModels, type Case, checkCases, checkMisuse, type Misuse, type Statement, statementFor } from '../helpers/dialects.js'

/** Indexes, and the rest of what is done to tables. */

@model({ tableName: 'ix_user', schema: 's' })
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField() username!: string
  @IntegerField({ null: true, columnName: 'the "age"' }) age!: number | null
  @JSONField() data!: unknown
  declare fans: Backref<Fan>
}

@model({
  tableName: 'ix_tweet',
  indexes: [
    [['user', 'content'], true],
    { fields: (t: { content: Parameters<typeof fn.lower>[0] }) => fn.lower(t.content), name: 'ix_lower', unique: true },
    { fields: ['content', SQL('length(content) DESC')], where: SQL("content <> ''"), using: 'btree', safe: false }
  ]
})
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { index: false, deferrable: 'INITIALLY DEFERRED', onDelete: 'CASCADE' }) user!: Ref<User>
  @TextField() content!: string
}

@model({ tableName: 'ix_fan' })
class Fan extends Model {
  @UUIDKeyField() id!: string
  @deferredForeignKey('Idol', { null: true, onDelete: 'SET NULL', index: false }) idol!: Ref<Idol> | null
}

@model({ tableName: 'ix_idol' })
class Idol extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) name!: string
  @ForeignKeyField(() => Idol, { null: true, field: 'name', columnName: 'after', index: false }) after!: Ref<Idol> | null
}

@model({ tableName: 'ix_sum' })
class Sum extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() n!: number
  @IntegerField({ generated: SQL('n + 1') }) stored!: number
  @IntegerField({ generated: { as: SQL('n + 2'), stored: false } }) virtual!: number
}

bindModels([User, Tweet, Fan, Idol, Sum])

const node = (root: RootNode): Statement => ({ toNode: () => root })
const table = metadata(User).table
const ON = 'ON "s"."ix_user"'

/** What only one kind of server has, in its newer versions. */
function sharded(text: string): Case[2] {
  return {
    postgresql: /PostgreSQL 18 has no hash-sharded keys and indexes, .*; leave \{ hash \} out/,
    cockroachdb: text,
    'cockroachdb 21.2': /CockroachDB v21\.2 has no hash-sharded keys and indexes, which came with v22\.1; leave \{ hash \} out/
  }
}

const indexes: readonly Case[] = [
  [
    'of fields',
    () => User.index(['username', 'age']),
    `CREATE INDEX IF NOT EXISTS "ix_user_username_the ""age""" ${ON} ("username", "the ""age""")`
  ],
  [
    'of columns',
    () => User.index(u => [u.username, u.age]),
    `CREATE INDEX IF NOT EXISTS "ix_user_username_the ""age""" ${ON} ("username", "the ""age""")`
  ],
  ['of one column', () => User.index(u => u.username), `CREATE INDEX IF NOT EXISTS "ix_user_username" ${ON} ("username")`],
  [
    'that is unique, and must be new',
    () => User.index(['username'], { unique: true, safe: false }),
    `CREATE UNIQUE INDEX "ix_user_username" ${ON} ("username")`
  ],
  [
    'of an expression',
    () => User.index(u => [fn.lower(u.username), u.age], { name: 'by "name"' }),
    {
      postgresql: `CREATE INDEX IF NOT EXISTS "by ""name""" ${ON} ((lower("username")), "the ""age""")`,
      'cockroachdb 21.2': /CockroachDB v21\.2 has no indexes of expressions, which came with v21\.2\.1; index a column/
    }
  ],
  [
    'in an order',
    () => User.index(u => [u.username.desc(), u.age.asc({ nulls: 'first' })]),
    `CREATE INDEX IF NOT EXISTS "ix_user_username_the ""age""" ${ON} ("username" DESC, "the ""age""" NULLS FIRST)`
  ],
  [
    'of some rows, with their values as literals',
    () => User.index(['username'], { where: u => u.age.gt(18).and(u.username.ne("o'clock")) }),
    `CREATE INDEX IF NOT EXISTS "ix_user_username" ${ON} ("username") WHERE ("the ""age""" > 18) AND ("username" <> 'o''clock')`
  ],
  [
    'by a method',
    () => User.index(['data'], { using: 'gin' }),
    `CREATE INDEX IF NOT EXISTS "ix_user_data" ${ON} USING gin ("data")`
  ],
  [
    'of SQL',
    () => User.index([sql`left(username, ${3})`], { name: 'x' }),
    `CREATE INDEX IF NOT EXISTS "x" ${ON} (left(username, 3))`
  ],
  [
    'in which nulls are the greatest',
    () => User.index(u => [u.age.asc({ nulls: 'last' })]),
    {
      postgresql: `CREATE INDEX IF NOT EXISTS "ix_user_the ""age""" ${ON} ("the ""age""" NULLS LAST)`,
      cockroachdb: /CockroachDB v26\.3 has no indexes in which nulls are the greatest, .* leave \{ nulls \} out/,
      'cockroachdb 21.2': /no indexes in which nulls are the greatest/
    }
  ],
  [
    'in which nulls are the least, downwards',
    () => User.index(u => [u.age.desc({ nulls: 'last' })]),
    `CREATE INDEX IF NOT EXISTS "ix_user_the ""age""" ${ON} ("the ""age""" DESC NULLS LAST)`
  ],
  [
    'that stores more columns',
    () => User.index(['username'], { storing: ['age', 'data'], where: u => u.age.gt(1) }),
    `CREATE INDEX IF NOT EXISTS "ix_user_username" ${ON} ("username") INCLUDE ("the ""age""", "data") WHERE "the ""age""" > 1`
  ],
  [
    'that is spread by a hash',
    () => User.index(['age'], { hash: true }),
    sharded(`CREATE INDEX IF NOT EXISTS "ix_user_the ""age""" ${ON} ("the ""age""") USING HASH`)
  ],
  [
    'that is spread by a hash into buckets, and has everything else',
    () => User.index(u => [u.age.desc()], { hash: true, buckets: 8, unique: true, storing: ['data'], where: u => u.age.gt(1) }),
    sharded(
      `CREATE UNIQUE INDEX IF NOT EXISTS "ix_user_the ""age""" ${ON} ("the ""age""" DESC) USING HASH INCLUDE ("data") WITH (bucket_count = 8) WHERE "the ""age""" > 1`
    )
  ],
  ['of a computed column', () => Sum.index(['stored']), 'CREATE INDEX IF NOT EXISTS "ix_sum_stored" ON "ix_sum" ("stored")'],
  [
    'of a column that is computed when it is read',
    () => Sum.index(s => s.virtual.desc()),
    {
      postgresql:
        /PostgreSQL 18 has no indexes of columns that are computed when they are read, .* leave out \{ stored: false \}/,
      cockroachdb: 'CREATE INDEX IF NOT EXISTS "ix_sum_virtual" ON "ix_sum" ("virtual" DESC)'
    }
  ],
  [
    'of an expression that reads a computed column',
    () => Sum.index(s => [s.stored.add(1)], { name: 'more' }),
    {
      postgresql: 'CREATE INDEX IF NOT EXISTS "more" ON "ix_sum" (("stored" + 1))',
      cockroachdb: /CockroachDB v26\.3 has no indexes of expressions that read computed columns, .* write out what they compute/,
      'cockroachdb 21.2': /no indexes of expressions that read computed columns/
    }
  ],
  [
    'in which two nulls are one value',
    () => User.index(['age'], { unique: true, nullsDistinct: false, where: u => u.username.ne('') }),
    {
      postgresql: `CREATE UNIQUE INDEX IF NOT EXISTS "ix_user_the ""age""" ${ON} ("the ""age""") NULLS NOT DISTINCT WHERE "username" <> ''`,
      cockroachdb: /CockroachDB v?\d[\d.]* has no NULLS NOT DISTINCT, .*; leave \{ nullsDistinct: false \} out/
    }
  ]
]

const truncates: readonly Case[] = [
  ['plainly', () => node({ kind: 'truncate', table, restartIdentity: false, cascade: false }), 'TRUNCATE TABLE "s"."ix_user"'],
  [
    'with what refers to it',
    () => node({ kind: 'truncate', table, restartIdentity: false, cascade: true }),
    'TRUNCATE TABLE "s"."ix_user" CASCADE'
  ],
  [
    'with its counters',
    () => node({ kind: 'truncate', table, restartIdentity: true, cascade: true }),
    {
      postgresql: 'TRUNCATE TABLE "s"."ix_user" RESTART IDENTITY CASCADE',
      cockroachdb: /CockroachDB v?\d[\d.]* has no TRUNCATE … RESTART IDENTITY, .*; its generated keys do not begin anew/
    }
  ]
]

const drops: readonly Case[] = [
  [
    'unless something depends on it',
    () => node(dropStatements([User], true, false, true)[0]),
    'DROP TABLE IF EXISTS "s"."ix_user" RESTRICT'
  ],
  ['with what depends on it', () => node(dropStatements([User], false, true)[0]), 'DROP TABLE "s"."ix_user" CASCADE']
]

const constraints: readonly Case[] = [
  [
    'that is checked at the end of a transaction',
    () => node(createStatements([Tweet], false)[0]),
    {
      postgresql:
        'CREATE TABLE "ix_tweet" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "user_id" UUID NOT NULL, "content" TEXT NOT NULL, FOREIGN KEY ("user_id") REFERENCES "s"."ix_user" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)',
      cockroachdb: /CockroachDB v?\d[\d.]* has no deferrable constraints, .*; .* leave \{ deferrable \} out/
    }
  ],
  [
    'of a deferred foreign key is no part of its table',
    () => node(createStatements([Fan], false)[0]),
    'CREATE TABLE "ix_fan" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "idol_id" UUID)'
  ],
  [
    'is added under a name of its own',
    () => node(addForeignKey(metadata(Fan), metadata(Fan).field('idol'))),
    'ALTER TABLE "ix_fan" ADD CONSTRAINT "fk_ix_fan_idol_id_refs_ix_idol" FOREIGN KEY ("idol_id") REFERENCES "ix_idol" ("id") ON DELETE SET NULL'
  ]
]

const created: string[] = []
const recording = recordingDriver(({ text }) => {
  created.push(text)
  return text === 'SELECT version()' ? { rows: [['PostgreSQL 18.3']] } : undefined
})

describe('a table of the rows of a query', () => {
  const db = new PostgresqlDatabase('x', { driver: recording.factory })
  const made = async (work: () => Promise<void>) => {
    created.splice(0)
    await db.bindCtx([User], work)
    return created.filter(text => text !== 'SELECT version()')
  }

  it('is created with the values of the query written out', async () => {
    const adults = () =>
      User.select(u => [u.id, fn.lower(u.username).as('name')]).where(
        u => u.age.gt(18),
        u => u.username.ne("o'clock")
      )
    expect(await made(() => adults().createTable('adults', { schema: 's"' }))).toEqual([
      `CREATE TABLE IF NOT EXISTS "s"""."adults" AS SELECT "t1"."id", lower("t1"."username") AS "name" FROM "s"."ix_user" AS "t1" WHERE ("t1"."the ""age""" > 18) AND ("t1"."username" <> 'o''clock')`
    ])
    expect(await made(() => adults().limit(3).createTable('few', { safe: false, temporary: true }))).toEqual([
      expect.stringMatching(/^CREATE TEMPORARY TABLE "few" AS SELECT .* LIMIT 3$/)
    ])
  })

  it('may be of compounds', async () => {
    const names = () => User.select(u => [u.username])
    expect(await made(() => names().unionAll(names()).createTable('names'))).toEqual([
      'CREATE TABLE IF NOT EXISTS "names" AS (SELECT "t1"."username" FROM "s"."ix_user" AS "t1") UNION ALL (SELECT "t2"."username" FROM "s"."ix_user" AS "t2")'
    ])
  })
})

checkCases({ indexes, truncates, drops, constraints })

describe('an index that no server has', () => {
  checkMisuse([
    [
      'is by GIN, and stores more columns',
      'BAD_ARGUMENT',
      'User: a GIN index stores no other columns on any server; leave { storing } out',
      () => User.index(['data'], { using: 'GIN', storing: ['age'] })
    ],
    [
      'stores nothing, and says so',
      'BAD_ARGUMENT',
      'User: storing names no property; leave it out',
      () => User.index(['age'], { storing: [] })
    ],
    [
      'stores what it is of',
      'BAD_ARGUMENT',
      'User: the index is of age, and need not store it; leave it out of storing',
      () => User.index(u => [u.username, u.age], { storing: ['data', 'age'] })
    ],
    [
      'stores what is no column',
      'UNKNOWN_PROPERTY',
      /User has no property "aeg".*age/,
      () => User.index(['username'], { storing: ['aeg' as 'age'] })
    ],
    [
      'is spread by a hash, and by a method',
      'BAD_ARGUMENT',
      /User: \{ hash \} spreads an ordinary index .* leave \{ using: 'gin' \} out/,
      () => User.index(['data'], { hash: true, using: 'gin' })
    ],
    [
      'has buckets without a hash',
      'BAD_ARGUMENT',
      'User, an index: buckets are those of a hash; add { hash: true }',
      () => User.index(['age'], { buckets: 8 })
    ],
    ...[1, 2.5, 2049, Number.NaN].map((buckets): Misuse => {
      const message = `User, an index: buckets is a whole number from 2 to 2048, not ${buckets}`
      return [`has ${buckets} buckets`, 'BAD_ARGUMENT', message, () => User.index(['age'], { hash: true, buckets })]
    })
  ])
})

describe('statements that create tables', () => {
  const texts = (models: readonly object[], temporary?: boolean) =>
    createStatements(models, false, temporary).map(root => statementFor('postgresql', node(root)).text)

  it('create the indexes of the model behind them', () => {
    expect(texts([Tweet]).slice(1)).toEqual([
      'CREATE UNIQUE INDEX "ix_tweet_user_id_content" ON "ix_tweet" ("user_id", "content")',
      'CREATE UNIQUE INDEX "ix_lower" ON "ix_tweet" ((lower("content")))',
      `CREATE INDEX "ix_tweet_content" ON "ix_tweet" USING btree ("content", length(content) DESC) WHERE content <> ''`
    ])
  })

  it('add the constraints last that would not have what they refer to', () => {
    expect(texts([Fan, Idol])).toEqual([
      'CREATE TABLE "ix_idol" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "name" VARCHAR(255) NOT NULL, "after" VARCHAR(255))',
      'CREATE UNIQUE INDEX "ix_idol_name" ON "ix_idol" ("name")',
      'CREATE TABLE "ix_fan" ("id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), "idol_id" UUID)',
      'ALTER TABLE "ix_idol" ADD CONSTRAINT "fk_ix_idol_after_refs_ix_idol" FOREIGN KEY ("after") REFERENCES "ix_idol" ("name")',
      'ALTER TABLE "ix_fan" ADD CONSTRAINT "fk_ix_fan_idol_id_refs_ix_idol" FOREIGN KEY ("idol_id") REFERENCES "ix_idol" ("id") ON DELETE SET NULL'
    ])
  })

  it('create an index once that is declared twice, and refuse two of one name', () => {
    @model({
      tableName: 'ix_twice',
      indexes: [
        [['name'], false],
        { fields: ['name'], where: SQL("name <> ''"), name: 'some' },
        { fields: (t: { name: Parameters<typeof fn.lower>[0] }) => fn.lower(t.name), name: 'low' },
        { fields: (t: { name: Parameters<typeof fn.lower>[0] }) => fn.lower(t.name), name: 'low' }
      ]
    })
    class Twice extends Model {
      @UUIDKeyField() id!: string
      @TextField({ index: true }) name!: string
    }
    expect(texts([Twice]).slice(1)).toEqual([
      'CREATE INDEX "ix_twice_name" ON "ix_twice" ("name")',
      `CREATE INDEX "some" ON "ix_twice" ("name") WHERE name <> ''`,
      'CREATE INDEX "low" ON "ix_twice" ((lower("name")))'
    ])
    Twice.addIndex(t => t.name.desc())
    expect(() => texts([Twice])).toThrow(
      `Twice: two different indexes have the name "ix_twice_name"; give one another: { name: '…' }`
    )
  })

  it('may create temporary ones', () => {
    expect(texts([Fan], true)[0]).toMatch(/^CREATE TEMPORARY TABLE "ix_fan"/)
  })

  it('are refused where tables shall be dropped in two ways', () => {
    expect(() => dropStatements([Fan], true, true, true)).toThrow(/only one of cascade and restrict/)
  })
})
