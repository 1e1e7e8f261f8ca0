import { Database, Field, type FieldOptions, field, Model, model, PostgresqlDatabase } from 'pewit'
import { type Dialect, postgresDialect, postgresqlProfile, recordingDriver } from 'pewit/extend'

/** What extending Pewit takes, made through its doors alone: no line of the core knows of these. */

class CaseInsensitiveType extends Field<string> {
  override columnType = 'citext'

  override jsValue(raw: unknown): string {
    return String(raw).toLowerCase()
  }
}
const CaseInsensitiveField = field<string>(CaseInsensitiveType)

/** A dialect that writes an operator, a type and a whole node in its own way. */
const otherDialect: Dialect = {
  ...postgresDialect,
  name: 'Other',
  operators: { ...postgresDialect.operators, ne: '!=' },
  columnTypes: { ...postgresDialect.columnTypes, text: 'CLOB' },
  emitters: {
    ...postgresDialect.emitters,
    exists: (writer, node) => writer.write('1 = ANY (').node(node.select).write(')')
  }
}

class OtherDatabase extends Database {
  constructor(name: string, driver = recordingDriver().factory) {
    super({ ...postgresqlProfile(otherDialect), parseVersion: () => 10_000 }, name, { driver })
  }
}

describe('a field type of its own', () => {
  @model({ database: new PostgresqlDatabase('x') })
  class Person extends Model {
    @CaseInsensitiveField() name!: string
    @CaseInsensitiveField({ null: true }) nick!: string | null
  }

  it('is used as any other', () => {
    const query = Person.select(p => [p.name]).where(
      p => p.name.eq('Huey'),
      p => p.nick.isNull()
    )
    expect(query.sql()).toEqual({
      text: 'SELECT "t1"."name" FROM "person" AS "t1" WHERE ("t1"."name" = $1) AND ("t1"."nick" IS NULL)',
      values: ['Huey']
    })
  })

  it('takes the options of all fields', () => {
    const options: FieldOptions<string> = { unique: true, columnName: 'x' }
    expect(new CaseInsensitiveType(options).options).toEqual(options)
  })
})

describe('a dialect of its own', () => {
  it('is a difference of the base', async () => {
    const recording = recordingDriver()
    const db = new OtherDatabase('x', recording.factory)

    @model({ database: db, primaryKey: false })
    class Note extends Model {
      @CaseInsensitiveField() title!: string
    }
    expect(
      Note.select()
        .where(n => n.title.ne('a'))
        .sql().text
    ).toBe('SELECT "t1"."title" FROM "note" AS "t1" WHERE "t1"."title" != $1')
    await db.createTables([Note])
    expect(recording.statements.at(-1)?.text).toBe('CREATE TABLE IF NOT EXISTS "note" ("title" citext NOT NULL)')
    await db.close()
  })
})
