import {
  BooleanField,
  CharField,
  compositeKey,
  DateTimeTZField,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  metadata,
  model,
  type Ref,
  SQL,
  sql,
  TextField
} from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase, RowIDField, UUIDKeyField, UUIDv7KeyField, unexpired } from 'pewit/playhouse/cockroachdb'
import { createStatements } from '../../lib/schema/tables.js'
import { alterPrimaryKeyText } from '../../playhouse/cockroachdb/schema.js'
import { bindModels, type Case, checkCases, checkMisuse, type Statement } from '../helpers/dialects.js'

/** What CockroachDB alone knows of tables, in its newest version and in v21.2. */

@model({ tableName: 'cs_event', primaryKey: compositeKey('day', 'id', { hash: true, buckets: 4 }) })
class Event extends Model {
  @TextField() id!: string
  @DateTimeTZField() day!: Date
}

@model({ tableName: 'cs_visit' })
class Visit extends Model {
  @UUIDv7KeyField({ hash: true }) id!: string
  @ForeignKeyField(() => Event, { field: 'id', hash: true, buckets: 2 }) event!: Ref<Event>
  @DateTimeTZField({ index: true, hash: true }) at!: Date
  @IntegerField({ unique: true, hash: true, buckets: 16 }) place!: number
}

@model({ tableName: 'cs_counted' })
class Counted extends Model {
  @RowIDField({ hash: true, buckets: 8 }) id!: bigint
}

@model({ tableName: 'cs_rowed' })
class Rowed extends Model {
  @RowIDField() id!: bigint
}

@model({ tableName: 'cs_ordered' })
class Ordered extends Model {
  @UUIDv7KeyField() id!: string
}

@model({ tableName: 'cs_profile', schema: 's', families: { often: ['seen'], 'sel"dom': ['bio', 'id'] } })
class Profile extends Model {
  @UUIDKeyField() id!: string
  @TextField() bio!: string
  @DateTimeTZField({ columnName: 'last "seen"', onUpdate: 'now()' }) seen!: Date
  @TextField({ null: true, onUpdate: sql`concat(${"it's"}, 1)` }) note!: string | null
  @DateTimeTZField({ onUpdate: fn.now() }) changed!: Date
}

@model({
  tableName: 'cs_session',
  ttl: {
    expireAfter: '30 days',
    jobCron: "@daily'",
    selectBatchSize: 50,
    deleteBatchSize: 10,
    deleteRateLimit: 200,
    rowStatsPollInterval: '1m',
    labelMetrics: true,
    pause: false
  }
})
class Session extends Model {
  @UUIDKeyField() id!: string
}

@model({
  tableName: 'cs_token',
  ttl: { expirationExpression: t => t.expiresAt, jobCron: '@hourly' },
  tableSettings: 'LOCALITY GLOBAL'
})
class Token extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Session) session!: Ref<Session>
  @DateTimeTZField({ null: true, columnName: 'expires "at"' }) expiresAt!: Date | null
}

@model({ tableName: 'cs_draft', ttl: { expirationExpression: "written_at + '1 day'" } })
class Draft extends Model {
  @UUIDKeyField() id!: string
  @DateTimeTZField() writtenAt!: Date
  @BooleanField() kept!: boolean
}

@model({ tableName: 'cs_heir' })
class Heir extends Token {}

bindModels([Event, Visit, Counted, Rowed, Ordered, Profile, Session, Token, Draft, Heir])

const creating = (of: object, at = 0): Statement => ({ toNode: () => createStatements([of], false)[at] })
const ID = '"id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid()'

/** What PostgreSQL lacks altogether, and v21.2 too. */
const newer = (feature: string, since: string, text: string): Case[2] => ({
  postgresql: new RegExp(`PostgreSQL 18 has no ${feature}, .*; `),
  cockroachdb: text,
  'cockroachdb 21.2': new RegExp(`CockroachDB v21\\.2 has no ${feature}, which came with ${since}; `)
})
const HASH = ['hash-sharded keys and indexes', 'v22\\.1'] as const

const keys: readonly Case[] = [
  [
    'that the server makes without counting',
    () => creating(Rowed),
    {
      postgresql: /PostgreSQL 18 has no unique_rowid\(\), .*; use a BigAutoField, or a UUID key/,
      cockroachdb: 'CREATE TABLE "cs_rowed" ("id" BIGINT NOT NULL PRIMARY KEY DEFAULT unique_rowid())'
    }
  ],
  [
    'of one column, spread by a hash',
    () => creating(Counted),
    {
      postgresql: /PostgreSQL 18 has no unique_rowid\(\)/,
      cockroachdb:
        'CREATE TABLE "cs_counted" ("id" BIGINT NOT NULL DEFAULT unique_rowid(), PRIMARY KEY ("id") USING HASH WITH (bucket_count = 8))',
      'cockroachdb 21.2': /CockroachDB v21\.2 has no hash-sharded keys and indexes, which came with v22\.1/
    }
  ],
  [
    'of several columns, spread by a hash',
    () => creating(Event),
    newer(
      ...HASH,
      'CREATE TABLE "cs_event" ("id" TEXT NOT NULL, "day" TIMESTAMPTZ NOT NULL, PRIMARY KEY ("day", "id") USING HASH WITH (bucket_count = 4))'
    )
  ],
  ['that the program makes', () => creating(Ordered), 'CREATE TABLE "cs_ordered" ("id" UUID NOT NULL PRIMARY KEY)'],
  [
    'that the program makes, spread by a hash',
    () => creating(Visit),
    newer(
      ...HASH,
      'CREATE TABLE "cs_visit" ("id" UUID NOT NULL, "event_id" TEXT NOT NULL, "at" TIMESTAMPTZ NOT NULL, "place" INTEGER NOT NULL, PRIMARY KEY ("id") USING HASH, FOREIGN KEY ("event_id") REFERENCES "cs_event" ("id"))'
    )
  ]
]

const indexes: readonly Case[] = [
  [
    'of a reference',
    () => creating(Visit, 1),
    newer(...HASH, 'CREATE INDEX "cs_visit_event_id" ON "cs_visit" ("event_id") USING HASH WITH (bucket_count = 2)')
  ],
  ['of a field', () => creating(Visit, 2), newer(...HASH, 'CREATE INDEX "cs_visit_at" ON "cs_visit" ("at") USING HASH')],
  [
    'that is unique',
    () => creating(Visit, 3),
    newer(...HASH, 'CREATE UNIQUE INDEX "cs_visit_place" ON "cs_visit" ("place") USING HASH WITH (bucket_count = 16)')
  ]
]

const families: readonly Case[] = [
  [
    'and columns that updates set',
    () => creating(Profile),
    {
      postgresql: /PostgreSQL 18 has no ON UPDATE of columns, .*; set the column in the program/,
      cockroachdb: `CREATE TABLE "s"."cs_profile" (${ID}, "bio" TEXT NOT NULL, "last ""seen""" TIMESTAMPTZ NOT NULL ON UPDATE now(), "note" TEXT ON UPDATE concat('it''s', 1), "changed" TIMESTAMPTZ NOT NULL ON UPDATE now(), FAMILY "often" ("last ""seen"""), FAMILY "sel""dom" ("bio", "id"))`,
      'cockroachdb 21.2': /CockroachDB v21\.2 has no ON UPDATE of columns, which came with v21\.2\.1/
    }
  ]
]

const ttl: readonly Case[] = [
  [
    'after a time',
    () => creating(Session),
    newer(
      'row-level TTL',
      'v22\\.1',
      `CREATE TABLE "cs_session" (${ID}) WITH (ttl_expire_after = '30 days', ttl_job_cron = '@daily''', ttl_select_batch_size = 50, ttl_delete_batch_size = 10, ttl_delete_rate_limit = 200, ttl_row_stats_poll_interval = '1m', ttl_label_metrics = true, ttl_pause = false)`
    )
  ],
  [
    'by an expression',
    () => creating(Token),
    newer(
      'row-level TTL',
      'v22\\.1',
      `CREATE TABLE "cs_token" (${ID}, "session_id" UUID NOT NULL, "expires ""at""" TIMESTAMPTZ, FOREIGN KEY ("session_id") REFERENCES "cs_session" ("id")) WITH (ttl_expiration_expression = '"expires ""at"""', ttl_job_cron = '@hourly') LOCALITY GLOBAL`
    )
  ],
  [
    'by SQL',
    () => creating(Draft),
    newer(
      'row-level TTL',
      'v22\\.1',
      `CREATE TABLE "cs_draft" (${ID}, "written_at" TIMESTAMPTZ NOT NULL, "kept" BOOLEAN NOT NULL) WITH (ttl_expiration_expression = 'written_at + ''1 day''')`
    )
  ]
]

const scopes: readonly Case[] = [
  [
    'of rows that expire after a time',
    () => Session.select().where(unexpired(Session)),
    'SELECT "t1"."id" FROM "cs_session" AS "t1" WHERE "t1"."crdb_internal_expiration" > now()'
  ],
  [
    'of rows that expire by a column',
    () => Token.select(t => [t.id]).where(unexpired(Token)),
    'SELECT "t1"."id" FROM "cs_token" AS "t1" WHERE ("t1"."expires ""at""" IS NULL) OR ("t1"."expires ""at""" > now())'
  ],
  [
    'of rows that expire by SQL',
    () => Draft.select(d => [d.id]).where(unexpired(Draft), d => d.kept.eq(false)),
    `SELECT "t1"."id" FROM "cs_draft" AS "t1" WHERE (((written_at + '1 day') IS NULL) OR ((written_at + '1 day') > now())) AND ("t1"."kept" = $1)`,
    ['f::bool']
  ],
  [
    'of each source of a query',
    () =>
      Token.select(t => [t.id])
        .join(Session)
        .where((token, session) => unexpired(Session)(session).and(unexpired(Token)(token))),
    'SELECT "t1"."id" FROM "cs_token" AS "t1" INNER JOIN "cs_session" AS "t2" ON "t1"."session_id" = "t2"."id" WHERE ("t2"."crdb_internal_expiration" > now()) AND (("t1"."expires ""at""" IS NULL) OR ("t1"."expires ""at""" > now()))'
  ],
  [
    'of an alias, and of a model that inherits it',
    () =>
      Heir.alias('h')
        .select(h => [h.id])
        .where(h => unexpired(Heir)(h)),
    'SELECT "h"."id" FROM "cs_heir" AS "h" WHERE ("h"."expires ""at""" IS NULL) OR ("h"."expires ""at""" > now())'
  ],
  [
    'of a delete',
    () => Session.delete().where(s => unexpired(Session)(s)),
    'DELETE FROM "cs_session" WHERE "cs_session"."crdb_internal_expiration" > now()'
  ]
]

checkCases({ keys, indexes, families, ttl, scopes })

describe('ttl before v22.2', () => {
  it('knows no expressions', async () => {
    const { db } = atVersion('v22.1.3')
    const message = /^CockroachDB v22\.1\.3 has no ttl_expiration_expression, which came with v22\.2; use \{ expireAfter \}$/
    await expect(db.createTables([Draft])).rejects.toThrow(message)
    await expect(db.createTables([Session])).resolves.toBeUndefined()
  })
})

describe('an option of ttl that came later', () => {
  it.each([
    [{ selectRateLimit: 9 }, 'ttl_select_rate_limit = 9', 'v23.2', 'v23.2.1'],
    [{ disableChangefeedReplication: true }, 'ttl_disable_changefeed_replication = true', 'v23.2.5', 'v24.1']
  ])('%j', async (option, written, before, since) => {
    @model({ tableName: 'cs_late', ttl: { expireAfter: '1d', ...option } })
    class Late extends Model {}
    const { db, driver } = atVersion(since === 'v24.1' ? 'v24.1.0' : since)
    await db.createTables([Late])
    expect(driver.statements.at(-1)?.text).toContain(written)
    const [name] = written.split(' ')
    const lacking = atVersion(before === 'v23.2' ? 'v23.2.0' : before).db.createTables([Late])
    await expect(lacking).rejects.toThrow(`CockroachDB ${before} has no ${name}, which came with ${since}; `)
  })
})

/** A database that answers as one of that version does. */
function atVersion(version: string) {
  const driver = recordingDriver(({ text }) =>
    text === 'SELECT version()' ? { rows: [[`CockroachDB CCL ${version} (x86_64-linux-gnu)`]] } : undefined
  )
  return { db: new CockroachDatabase('x', { driver: driver.factory }), driver }
}

describe('alterPrimaryKey()', () => {
  const text = (options = {}) => alterPrimaryKeyText(metadata(Profile), ['seen', 'id'], options)

  it('names the columns of the new key', () => {
    expect(text()).toBe('ALTER TABLE "s"."cs_profile" ALTER PRIMARY KEY USING COLUMNS ("last ""seen""", "id")')
    expect(text({ hash: true, buckets: 8 })).toBe(`${text()} USING HASH WITH (bucket_count = 8)`)
    expect(text({ hash: true })).toBe(`${text()} USING HASH`)
  })

  it('is one statement, and none inside a transaction or where the server has no hashes', async () => {
    const { db, driver } = atVersion('v21.2.17')
    await db.alterPrimaryKey(Profile, ['bio'])
    expect(driver.statements.at(-1)?.text).toBe('ALTER TABLE "s"."cs_profile" ALTER PRIMARY KEY USING COLUMNS ("bio")')
    const sent = driver.statements.length
    await expect(db.alterPrimaryKey(Profile, ['bio'], { hash: true })).rejects.toThrow(
      'CockroachDB v21.2.17 has no hash-sharded keys and indexes, which came with v22.1; leave { hash } out'
    )
    expect(driver.statements).toHaveLength(sent)
    await db.transaction(async () => {
      await expect(db.alterPrimaryKey(Profile, ['bio'])).rejects.toThrow(/takes a transaction of its own; call it outside/)
    })
    expect(driver.statements.slice(sent).some(statement => statement.text.includes('ALTER'))).toBe(false)
  })

  checkMisuse([
    ['of no columns', 'BAD_ARGUMENT', /at least one property/, () => alterPrimaryKeyText(metadata(Profile), [], {})],
    ['of what is none', 'UNKNOWN_PROPERTY', /"boi".*bio/, () => alterPrimaryKeyText(metadata(Profile), ['boi'], {})],
    ['of buckets without a hash', 'BAD_ARGUMENT', /add \{ hash: true \}/, () => text({ buckets: 3 })]
  ])
})

describe('a declaration that cannot work', () => {
  const declared =
    (options: object, fields: (prototype: Model) => void = () => {}) =>
    () => {
      class Bad extends Model {}
      CharField()(Bad.prototype as never, 'name' as never)
      fields(Bad.prototype)
      model(options)(Bad as never)
    }
  const withField =
    (decorate: (target: never, key: never) => void, key = 'x') =>
    (prototype: Model) =>
      decorate(prototype as never, key as never)

  it.each<[RegExp, () => void]>([
    [/Bad: ttl needs \{ expireAfter: '30 days' \} or \{ expirationExpression \}/, declared({ ttl: {} })],
    [
      /Bad: ttl and tableSettings both write WITH/,
      declared({ ttl: { expireAfter: '1d' }, tableSettings: ' with (fillfactor = 70)' })
    ],
    [/Bad: the column family "a" is an array of properties/, declared({ families: { a: [] } })],
    [/Bad: the column family "a" names "nmae", which is no field/, declared({ families: { a: ['nmae'] } })],
    [
      /Bad: the column family "b" names "name", which is in a family already/,
      declared({ families: { a: ['name'], b: ['name'] } })
    ],
    [
      /family "a" names "x", which is computed when it is read/,
      declared({ families: { a: ['x'] } }, withField(IntegerField({ generated: { as: SQL('1'), stored: false } }) as never))
    ],
    [
      /Bad\.x: \{ hash: true \} spreads an index or a primary key; add \{ index: true \}/,
      declared({}, withField(IntegerField({ hash: true }) as never))
    ],
    [
      /Bad\.x is a part of the key; say \{ hash: true \} of all of it/,
      declared({ primaryKey: compositeKey('name', 'x') }, withField(IntegerField({ hash: true }) as never))
    ]
  ])('%s', (message, work) => expect(work).toThrow(message))

  checkMisuse([
    [
      'an unknown option of ttl',
      'UNKNOWN_OPTION',
      /Bad: ttl has no option "expiresAfter".*expireAfter/,
      declared({ ttl: { expiresAfter: '1d' } })
    ],
    ...(
      [
        [{ deleteRateLimit: 0 }, 'BAD_ARGUMENT', /ttl\.deleteRateLimit: expected a whole number from 1 up, not 0/],
        [{ selectBatchSize: 1.5 }, 'BAD_ARGUMENT', /ttl\.selectBatchSize: expected a whole number from 1 up, not 1\.5/],
        [{ selectRateLimit: '5' }, 'WRONG_TYPE', /ttl\.selectRateLimit: expected a whole number from 1 up, not a string/],
        [{ jobCron: '' }, 'BAD_ARGUMENT', /ttl\.jobCron: expected text/],
        [{ expireAfter: 30 }, 'WRONG_TYPE', /ttl\.expireAfter: expected text, not a number/],
        [{ pause: 'on' }, 'WRONG_TYPE', /ttl\.pause: expected true or false, not a string/]
      ] as const
    ).map(
      ([wrong, code, message]) =>
        [
          `a wrong value of ttl: ${JSON.stringify(wrong)}`,
          code,
          message,
          declared({ ttl: { expireAfter: '1d', ...wrong } })
        ] as const
    ),
    [
      'an expression that is none',
      'WRONG_TYPE',
      /ttl\.expirationExpression: expected SQL, or a function/,
      () => createStatements([bound({ ttl: { expirationExpression: () => 3 } })], false)
    ],
    ['rows that do not expire', 'BAD_ARGUMENT', /unexpired\(Ordered\): its rows do not expire/, () => unexpired(Ordered)],
    [
      'buckets without a hash, of a field',
      'BAD_ARGUMENT',
      /Bad\.x: buckets are those of a hash/,
      declared({}, withField(IntegerField({ buckets: 2 }) as never))
    ],
    [
      'buckets without a hash, of a key',
      'BAD_ARGUMENT',
      /Bad, its compositeKey: buckets are those of a hash/,
      declared({ primaryKey: compositeKey('name', 'other', { buckets: 2 }) }, withField(TextField() as never, 'other'))
    ],
    [
      'a computed column that updates set',
      'BAD_ARGUMENT',
      /IntegerField: a generated column is computed anyway, and takes no onUpdate/,
      () => IntegerField({ generated: SQL('1'), onUpdate: '2' })
    ]
  ])
})

function bound(options: object): object {
  @model({ ...options, tableName: 'cs_bound' } as object)
  class Bound extends Model {
    @UUIDKeyField() id!: string
  }
  return Bound
}
