import fc from 'fast-check'
import { PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { type RecordingDriver, recordingDriver } from '../../lib/driver/recording.js'
import { indexElements, plainDefault } from '../../lib/schema/definitions.js'

type Cells = readonly (string | null)[]

/** OIDs of the columns' types, where they are no text. */
const OIDS: Readonly<Record<string, number>> = { not_null: 16, key_position: 20, unique: 16, count: 21, number: 21, hidden: 16 }

/** A driver that answers as CockroachDB of that version does: the rows that a catalog query gives, by the names of its columns. */
function answering(version: string, names: readonly string[], rows: readonly Cells[]): RecordingDriver {
  const columns = names.map(name => ({ name, oid: OIDS[name] ?? 25 }))
  return recordingDriver(({ text }) =>
    text === 'SELECT version()' ? { rows: [[`CockroachDB CCL ${version} (x86_64-linux-gnu, built 2021)`]] } : { columns, rows }
  )
}

const COLUMNS = ['name', 'type', 'full_type', 'not_null', 'key_position', 'default_sql', 'identity', 'generated']
const INDEXES = ['table', 'name', 'unique', 'keys', 'count', 'sql', 'number', 'column', 'hidden']

describe.each(['v21.2.0-alpha', 'v26.3.0'])('introspection of CockroachDB %s', version => {
  it('reads the columns of a table, with defaults that are annotated with types', async () => {
    const driver = answering(version, COLUMNS, [
      ['id', 'uuid', 'uuid', 't', '1', 'gen_random_uuid()', 'NO', ''],
      ['status', 'text', 'text', 'f', null, "'x':::STRING", 'NO', ''],
      ['n', 'bigint', 'bigint', 't', null, '0:::INT8', 'NO', ''],
      ['twice', 'bigint', 'bigint', 'f', null, null, 'NO', 'n * 2:::INT8'],
      ['counted', 'bigint', 'bigint', 't', null, "nextval('public.t_counted_seq'::REGCLASS)", 'YES', '']
    ])
    const columns = await new CockroachDatabase('x', { driver: driver.factory }).getColumns('t')
    expect(columns.map(column => [column.name, column.null, column.primaryKey, column.default, column.plainDefault])).toEqual([
      ['id', false, true, 'gen_random_uuid()', 'gen_random_uuid()'],
      ['status', true, false, "'x':::STRING", "'x'"],
      ['n', false, false, '0:::INT8', '0'],
      ['twice', true, false, null, null],
      ['counted', false, false, null, null]
    ])
    expect(columns.map(({ identity, generated }) => [identity, generated])).toEqual([
      [false, null],
      [false, null],
      [false, null],
      [false, 'n * 2:::INT8'],
      [true, null]
    ])
  })

  it('leaves hidden columns to the server', async () => {
    const driver = answering(version, COLUMNS, [])
    await new CockroachDatabase('x', { driver: driver.factory }).getColumns('t', 's')
    expect(driver.statements.at(-1)).toMatchObject({ text: expect.stringContaining("c.is_hidden = 'NO'"), params: ['t', 's'] })
  })

  it('reads indexes whose statements name the database', async () => {
    const unique = 'CREATE UNIQUE INDEX acct_u_key ON defaultdb.public.acct USING btree (u ASC)'
    const mixed = 'CREATE INDEX acct_e ON defaultdb.public.acct USING btree (lower(u) ASC, b DESC) STORING (u)'
    const sharded = 'CREATE INDEX acct_s ON defaultdb.public.acct USING btree (b ASC) USING HASH WITH (bucket_count=8)'
    const driver = answering(version, INDEXES, [
      ['acct', 'acct_u_key', 't', '2', '1', unique, '2', 'u', 'f'],
      ['acct', 'acct_e', 'f', '0 3 2', '2', mixed, '3', 'b', 'f'],
      ['acct', 'acct_e', 'f', '0 3 2', '2', mixed, '2', 'u', 'f'],
      ['acct', 'acct_s', 'f', '4 3', '2', sharded, '4', 'shard', 't'],
      ['acct', 'acct_s', 'f', '4 3', '2', sharded, '3', 'b', 'f']
    ])
    expect(await new CockroachDatabase('x', { driver: driver.factory }).getIndexes('acct')).toEqual([
      { name: 'acct_u_key', sql: unique, columns: ['u'], unique: true, table: 'acct' },
      { name: 'acct_e', sql: mixed, columns: ['lower(u)', 'b'], unique: false, table: 'acct' },
      { name: 'acct_s', sql: sharded, columns: ['b'], unique: false, table: 'acct' }
    ])
  })

  it('asks only the standard catalogs, and no key by its name', async () => {
    const driver = answering(version, [], [])
    const db = new CockroachDatabase('x', { driver: driver.factory })
    await Promise.all([db.getTables(), db.getViews(), db.getColumns('t'), db.getPrimaryKeys('t'), db.getForeignKeys('t')])
    await Promise.all([db.getIndexes('t'), db.tableExists('t'), db.sequenceExists('s')])
    const texts = driver.statements.map(({ text }) => text).filter(text => text !== 'SELECT version()')
    expect(texts).toHaveLength(8)
    for (const text of texts) {
      expect(text.match(/\b(?:FROM|JOIN) (\w+)\./g)?.every(from => /pg_catalog|information_schema/.test(from))).toBe(true)
      expect(text).not.toMatch(/crdb_internal|'primary'|_pkey|CHECK/)
    }
  })
})

it('asks PostgreSQL nothing of hidden columns, which it has not', async () => {
  const driver = recordingDriver(({ text }) =>
    text === 'SELECT version()' ? { rows: [['PostgreSQL 18.3 on x86_64']] } : undefined
  )
  const db = new PostgresqlDatabase('x', { driver: driver.factory })
  await Promise.all([db.getColumns('t'), db.getIndexes('t'), db.getPrimaryKeys('t')])
  for (const { text } of driver.statements) expect(text).not.toContain('is_hidden')
})

describe('plainDefault()', () => {
  it.each([
    ["'x':::STRING", "'x'"],
    ['0:::INT8', '0'],
    ['1.5:::DECIMAL(8,3)', '1.5'],
    ['ARRAY[]:::STRING[]', 'ARRAY[]'],
    ["'calm':::public.mood", "'calm'"],
    ['\'calm\':::public."odd Mood"', "'calm'"],
    ["e'it\\'s :::STRING':::STRING", "e'it\\'s :::STRING'"],
    ["'a:::b'''::text", "'a:::b'''::text"],
    ["now():::TIMESTAMPTZ + '1 day':::INTERVAL", "now() + '1 day'"],
    ["nextval('s'::regclass)", "nextval('s'::regclass)"]
  ])('of %s is %s', (sql, plain) => expect(plainDefault(sql)).toBe(plain))

  it('leaves text in quotes as it is', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const quoted = `'${text.replaceAll("'", "''")}'`
        expect(plainDefault(`${quoted}:::STRING`)).toBe(quoted)
      })
    )
  })
})

describe('indexElements()', () => {
  it.each([
    ['CREATE INDEX i ON public.t USING btree (a)', ['a']],
    ['CREATE INDEX i ON t USING btree (lower(a) text_pattern_ops DESC NULLS LAST, ((a || b)))', ['lower(a)', '((a || b))']],
    ['CREATE INDEX "i(" ON d.s."t,(" USING btree (replace("a,)", \',\', \')\') ASC, b)', ["replace(\"a,)\", ',', ')')", 'b']],
    ["CREATE INDEX i ON t USING gist (f(a, g(b)) ops (siglen='32')) WHERE (a > 0)", ['f(a, g(b))']]
  ])('of %s', (sql, elements) => expect(indexElements(sql)).toEqual(elements))
})
