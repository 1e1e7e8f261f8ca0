import {
  Database,
  type Expr,
  Field,
  type FieldOptions,
  field,
  Model,
  ModelDefinitionError,
  model,
  type Offers,
  PostgresqlDatabase,
  TextField
} from 'pewit'
import {
  call,
  type Dialect,
  type ExprNode,
  modelOption,
  nodeOf,
  postgresDialect,
  postgresqlProfile,
  recordingDriver,
  type SqlType,
  TYPES,
  typeMethods,
  typeNamed
} from 'pewit/extend'
import { checkMisuse } from '../helpers/dialects.js'

/** What extending Pewit takes, made through its doors alone: no line of the core knows of these. */

class CaseInsensitiveType extends Field<string> {
  override columnType = 'citext'

  override jsValue(raw: unknown): string {
    return String(raw).toLowerCase()
  }
}
const CaseInsensitiveField = field<string>(CaseInsensitiveType)

/** A type with a method of its own, and one that other types have too. */
type Path = string & Offers<{ depth(): Expr<number>; concat(other: Expr<string>): Expr<string> }>
class PathType extends Field<string> {
  override columnType = 'ltree'

  override baseType(): SqlType {
    return {
      ...typeNamed('ltree'),
      methods: typeMethods({
        depth: node => call('nlevel', [node], TYPES.int8),
        concat: (node, other: unknown) => call('path_concat', [node, nodeOf(other) as ExprNode], TYPES.text)
      })
    }
  }
}
const PathField = field<Path>(PathType)

/** A dialect that writes an operator, a type and a whole node in its own way. */
const otherDialect: Dialect = {
  ...postgresDialect,
  name: 'Other',
  operators: { ...postgresDialect.operators, ne: '!=' },
  columnTypes: { ...postgresDialect.columnTypes, text: 'CLOB' },
  emitters: {
    ...postgresDialect.emitters,
    exists: (writer, node) => writer.write('1 = ANY (').node(node.select).write(')'),
    clause: (writer, { says }) => writer.write(`ENGINE = ${says.name}`)
  }
}

class OtherDatabase extends Database {
  constructor(name: string, driver = recordingDriver().factory) {
    super({ ...postgresqlProfile(otherDialect), parseVersion: () => 10_000 }, name, { driver })
  }
}

declare module '../../lib/extend.js' {
  interface ModelExtensions {
    readonly engine?: string
  }
}

modelOption('engine', {
  check: (name, { name: model }) => {
    if (name === '') throw new ModelDefinitionError(`${model}: the engine has no name`)
  },
  clauses: name => [{ kind: 'clause', needs: 'storage engines', place: 'behind', says: { name }, operands: [] }]
})

describe('an option of models of its own', () => {
  @model({ engine: 'rocks' })
  class Stone extends Model {
    @TextField({ primaryKey: true }) name!: string
  }

  @model()
  class Pebble extends Stone {}

  const created = async (owner: typeof Model) => {
    const recording = recordingDriver(({ text }) => (text === 'SELECT version()' ? { rows: [['Other 1']] } : undefined))
    await new OtherDatabase('x', recording.factory).createTables([owner], { safe: false })
    return recording.statements.at(-1)?.text
  }

  it('is written by the dialect that knows it, also of models that inherit it', async () => {
    expect(await created(Stone)).toBe('CREATE TABLE "stone" ("name" CLOB NOT NULL PRIMARY KEY) ENGINE = rocks')
    expect(await created(Pebble)).toBe('CREATE TABLE "pebble" ("name" CLOB NOT NULL PRIMARY KEY) ENGINE = rocks')
  })

  it('is refused by the others', async () => {
    const recording = recordingDriver(({ text }) => (text === 'SELECT version()' ? { rows: [['PostgreSQL 18.3']] } : undefined))
    const db = new PostgresqlDatabase('x', { driver: recording.factory })
    await expect(db.createTables([Stone])).rejects.toThrow('PostgreSQL has no storage engines')
  })

  it('is held against the model', () => {
    expect(() => model({ engine: '' })(class Sand extends Stone {} as never)).toThrow('Sand: the engine has no name')
  })
})

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

describe('a type with methods of its own', () => {
  @model({ database: new PostgresqlDatabase('x') })
  class Place extends Model {
    @PathField() path!: Path
    @TextField() name!: string
  }
  const p = Place.fields()
  const text = (query: { sql(): { text: string } }) => query.sql().text

  it('offers them, before those of others', () => {
    expect(text(Place.select(p.path.depth()))).toBe('SELECT nlevel("t1"."path") FROM "place" AS "t1"')
    expect(text(Place.select(p.path.concat(p.name)))).toBe('SELECT path_concat("t1"."path", "t1"."name") FROM "place" AS "t1"')
  })

  it('leaves those of other types as they are', () => {
    expect(text(Place.select(p.name.concat(p.name)))).toBe('SELECT "t1"."name" || "t1"."name" FROM "place" AS "t1"')
  })

  checkMisuse([
    [
      'of another type',
      'WRONG_TYPE',
      'Place.name: a value of type text has no depth()',
      () => (p.name as unknown as typeof p.path).depth()
    ],
    [
      'of a type without an OID, that it does not offer',
      'WRONG_TYPE',
      'Place.path: a value of type ltree has no hasKey()',
      () => (p.path as unknown as { hasKey(key: string): void }).hasKey('a')
    ],
    [
      'by a name that all expressions have',
      'BAD_ARGUMENT',
      'typeMethods: all expressions have eq(); choose another name',
      () => typeMethods({ eq: node => node })
    ]
  ])
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
