import { execFileSync } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import {
  BooleanField,
  CharField,
  CheckViolation,
  ConnectionLost,
  type Database,
  DataError,
  ForeignKeyField,
  ForeignKeyViolation,
  IntegerField,
  InterfaceError,
  Model,
  ModelDefinitionError,
  model,
  NotNullViolation,
  OperationalError,
  PostgresqlDatabase,
  ProgrammingError,
  type Ref,
  SQL,
  UniqueViolation
} from 'pewit'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class Owner extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 10, unique: true }) name!: string
  @IntegerField({ null: true, constraints: [SQL('CONSTRAINT owner_age CHECK (age < 150)')] }) age!: number | null
  @BooleanField({ default: false }) active!: boolean
}

@model()
class Pet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Owner) owner!: Ref<Owner>
  declare ownerId: string
}

@model()
class Nowhere extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
}

/** The error that a promise or query rejects with. */
async function failure(work: () => PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work()
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('nothing was refused')
}

eachServer('bad input', live => {
  const db = databaseFor(live)
  const models = [Owner, Pet]

  beforeAll(async () => {
    db.bind([...models, Nowhere])
    await db.createTables(models)
  })
  afterAll(() => db.close())
  afterEach(async () => {
    await Pet.delete()
    await Owner.delete()
  })

  describe('values', () => {
    it.each<[string, () => PromiseLike<unknown>, string, RegExp]>([
      [
        'undefined in a condition',
        () => Owner.select().where(o => o.name.eq(undefined as never)),
        'UNDEFINED_VALUE',
        /Owner\.name: the value is undefined/
      ],
      [
        'an undefined condition',
        () => Owner.delete().where(undefined as never),
        'UNDEFINED_VALUE',
        /where: the condition is undefined/
      ],
      [
        'undefined in a list',
        () => Owner.delete().where(o => o.name.in(['a', undefined as never])),
        'UNDEFINED_VALUE',
        /Owner\.name: item 1 of the array is undefined/
      ],
      ['undefined in an update', () => Owner.update({ age: undefined as never }), 'UNDEFINED_VALUE', /Owner\.age/],
      ['undefined in an insert', () => Owner.insert({ name: undefined as never }), 'UNDEFINED_VALUE', /Owner\.insert\.name/],
      ['undefined for a key', () => Owner.getById(undefined as never), 'UNDEFINED_VALUE', /Owner\.id/],
      [
        'an unknown property of create',
        () => Owner.create({ nmae: 'x' } as never),
        'UNKNOWN_PROPERTY',
        /Owner has no property "nmae"; did you mean "name"\?/
      ],
      ['an unknown property of insert', () => Owner.insert({ nmae: 'x' } as never), 'UNKNOWN_PROPERTY', /did you mean "name"/],
      ['an unknown property of update', () => Owner.update({ aeg: 1 } as never), 'UNKNOWN_PROPERTY', /did you mean "age"/],
      [
        'an unknown column',
        () => Owner.select().where(o => (o as unknown as Record<string, typeof o.name>).nam.eq('x')),
        'UNKNOWN_PROPERTY',
        /did you mean "name"/
      ],
      [
        'a string for an integer',
        () => Owner.create({ name: 'a', age: 'old' as never }),
        'WRONG_TYPE',
        /Owner\.age: expected an integer, got a string/
      ],
      ['a fraction for an integer', () => Owner.create({ name: 'a', age: 1.5 }), 'WRONG_TYPE', /Owner\.age: expected an integer/],
      [
        'a number for a string',
        () => Owner.select().where(o => o.name.eq(5 as never)),
        'WRONG_TYPE',
        /Owner\.name: expected a string, got a number/
      ],
      [
        'a string for a boolean',
        () => Owner.create({ name: 'a', active: 'yes' as never }),
        'WRONG_TYPE',
        /Owner\.active: expected a boolean/
      ],
      ['a broken UUID', () => Owner.getById('not-a-uuid'), 'WRONG_TYPE', /Owner\.id: expected a UUID/],
      ['a NUL character', () => Owner.create({ name: 'a\0b' }), 'WRONG_TYPE', /NUL character/],
      [
        'a wrong type in one of many rows',
        () =>
          Owner.insertMany([
            { name: 'a', age: 1 },
            { name: 'b', age: 'x' as never }
          ]),
        'WRONG_TYPE',
        /Owner\.insertMany, row 1\.age: expected an integer/
      ],
      ['a negative limit', () => Owner.select().limit(-1), 'BAD_ARGUMENT', /limit/]
    ])('%s is a TypeError that says where', async (_, work, code, message) => {
      const error = await failure(work)
      expect(error).toBeInstanceOf(TypeError)
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)])
      expect(await Owner.select().count()).toBe(0)
    })

    it('a missing required value is refused before anything is sent', async () => {
      for (const work of [
        () => Owner.create({ age: 1 }),
        () => Owner.insert({ age: 1 }),
        () => Owner.create({ name: null as never })
      ]) {
        const error = await failure(work)
        expect(error).toBeInstanceOf(NotNullViolation)
        expect(error).toMatchObject({ code: 'NOT_NULL_VIOLATION', sqlstate: '23502', table: 'owner', column: 'name' })
        expect(error.message).toContain('name is required')
      }
      const error = await failure(() => Owner.insertMany([{ name: 'a' }, { age: 3 }]))
      expect(error.message).toContain('row 1')
      expect(await Owner.select().count()).toBe(0)
    })

    it('a string that is too long is refused, and says how long it may be', async () => {
      const error = await failure(() => Owner.create({ name: '12345678901' }))
      expect(error).toBeInstanceOf(DataError)
      expect(error).toMatchObject({ code: 'STRING_TOO_LONG', sqlstate: '22001', column: 'name' })
      expect(error.message).toContain('11 characters, but the column holds 10')
      // Characters, not UTF-16 units.
      await Owner.create({ name: '🦩'.repeat(10) })
      expect(await failure(() => Owner.update({ name: 'x'.repeat(11) }))).toMatchObject({ sqlstate: '22001' })
    })

    it('constraints have classes, and name themselves', async () => {
      await Owner.create({ name: 'huey' })
      const unique = await failure(() => Owner.create({ name: 'huey' }))
      expect(unique).toBeInstanceOf(UniqueViolation)
      expect(unique).toMatchObject({ constraint: 'owner_name', table: 'owner' })
      expect(unique.message).not.toContain('huey')
      expect(await failure(() => Owner.create({ name: 'old', age: 200 }))).toBeInstanceOf(CheckViolation)
      const foreign = await failure(() => Pet.create({ ownerId: '00000000-0000-4000-8000-000000000000' }))
      expect(foreign).toBeInstanceOf(ForeignKeyViolation)
    })
  })

  describe('servers', () => {
    it('a missing table is a ProgrammingError with the statement', async () => {
      const error = await failure(() => Nowhere.select())
      expect(error).toBeInstanceOf(ProgrammingError)
      expect(error).toMatchObject({ sqlstate: '42P01', sql: expect.stringContaining('"nowhere"') })
    })

    it('an unknown database is named', async () => {
      const url = new URL(live.url)
      url.pathname = '/no_such_database'
      const other = databaseFor({ ...live, url: url.href })
      const error = await failure(() => other.executeSql('SELECT 1'))
      expect(error).toBeInstanceOf(OperationalError)
      expect(error.message).toContain('no_such_database')
      await other.close()
    })

    it('a query of a model without database says what to do', async () => {
      @model()
      class Loose extends Model {
        @CharField() name!: string
      }
      const error = await failure(() => Loose.select())
      expect(error).toBeInstanceOf(InterfaceError)
      expect(error.message).toContain('Loose has no database')
    })
  })
})

describe('connecting', () => {
  const listening: Server[] = []
  afterAll(() => {
    for (const server of listening) server.close()
  })

  /** A port on which something listens that is no database. */
  async function listen(onConnection: (socket: import('node:net').Socket) => void): Promise<number> {
    const server = createServer(onConnection)
    listening.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as { port: number }).port
  }

  async function refusedPort(): Promise<number> {
    const port = await listen(() => undefined)
    await new Promise(resolve => listening.pop()?.close(resolve))
    return port
  }

  it('to nothing fails at once, and names host and port', async () => {
    const port = await refusedPort()
    const db = new PostgresqlDatabase('x', { host: '127.0.0.1', port, user: 'x' })
    const error = await failure(() => db.connect())
    expect(error).toBeInstanceOf(ConnectionLost)
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', message: expect.stringContaining(`127.0.0.1:${port}`) })
    expect(db.isClosed()).toBe(true)
  })

  it.each([
    ['that never answers', (_: import('node:net').Socket) => undefined],
    ['that hangs up', (socket: import('node:net').Socket) => void socket.destroy()]
  ])('to something %s fails within the deadline', async (_, onConnection) => {
    const sockets: import('node:net').Socket[] = []
    const port = await listen(socket => {
      sockets.push(socket)
      socket.on('error', () => undefined)
      onConnection(socket)
    })
    const db = new PostgresqlDatabase('x', { host: '127.0.0.1', port, user: 'x', connectTimeout: 0.5 })
    const started = performance.now()
    const error = await failure(() => db.executeSql('SELECT 1'))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', message: expect.stringContaining(`127.0.0.1:${port}`) })
    expect(performance.now() - started).toBeLessThan(3000)
    for (const socket of sockets) socket.destroy()
  })

  it.each<[string, () => Database, typeof InterfaceError | typeof TypeError, string, RegExp]>([
    [
      'another scheme',
      () => new PostgresqlDatabase('mysql://x/y'),
      InterfaceError,
      'BAD_URL',
      /"mysql" is not one of postgresql, postgres/
    ],
    ['a broken URL', () => new PostgresqlDatabase('postgresql://x:notaport/y'), InterfaceError, 'BAD_URL', /cannot be parsed/],
    ['an empty name', () => new CockroachDatabase(''), InterfaceError, 'BAD_URL', /empty/],
    [
      "an option that is Pewit's",
      () => new PostgresqlDatabase('x', { transform: {} }),
      TypeError,
      'UNKNOWN_OPTION',
      /"transform"/
    ],
    [
      'a misspelt option',
      () => new PostgresqlDatabase('x', { connectTimout: 3 }),
      TypeError,
      'UNKNOWN_OPTION',
      /"connectTimout"; did you mean "connectTimeout"/
    ],
    [
      'a deadline of nothing',
      () => new PostgresqlDatabase('x', { connectTimeout: 0 }),
      TypeError,
      'BAD_ARGUMENT',
      /connectTimeout/
    ]
  ])('%s is refused when the database is made', (_, make, type, code, message) => {
    expect(make).toThrow(type)
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })

  it('before init, and on a closed database, says so', async () => {
    const deferred = new PostgresqlDatabase(null)
    expect(await failure(() => deferred.executeSql('SELECT 1'))).toMatchObject({
      code: 'INTERFACE',
      message: expect.stringContaining('init(')
    })
    const closed = new PostgresqlDatabase('x', { autoconnect: false })
    expect(await failure(() => closed.executeSql('SELECT 1'))).toMatchObject({
      code: 'INTERFACE',
      message: expect.stringContaining('connect()')
    })
  })

  it('lets the process end by itself after a failure, without an unhandled rejection', async () => {
    const port = await refusedPort()
    const program = `
      import { PostgresqlDatabase } from 'pewit'
      const db = new PostgresqlDatabase('x', { host: '127.0.0.1', port: ${port}, user: 'x' })
      try { await db.executeSql('SELECT 1') } catch (error) { console.log(error.code) }`
    const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 15_000
    })
    expect(output.trim()).toBe('CONNECT_FAILED')
  })
})

describe('definitions', () => {
  const define = (work: () => unknown, message: RegExp) => {
    expect(work).toThrow(ModelDefinitionError)
    expect(work).toThrow(message)
  }

  it('that cannot work are refused when the class is made', () => {
    define(() => {
      @model()
      class Mistyped extends Model {
        @CharField() name!: string
        @IntegerField({ primaryKey: true }) a!: number
        @IntegerField({ primaryKey: true }) b!: number
      }
      return Mistyped
    }, /several primary keys \(a, b\)/)
    define(() => {
      @model({ indexes: [[['nmae'], true]] } as never)
      class Indexed extends Model {
        @CharField() name!: string
      }
      return Indexed
    }, /"nmae", which is no field; did you mean "name"/)
    define(() => {
      @model()
      class Doubled extends Model {
        @CharField() name!: string
        @CharField({ columnName: 'name' }) other!: string
      }
      return Doubled
    }, /same column "name"/)
  })

  it('whose property type contradicts the field are refused', () => {
    define(() => {
      @model()
      class Contradicting extends Model {
        // @ts-expect-error the field gives a number
        @IntegerField() age!: string
      }
      return Contradicting
    }, /Contradicting\.age is declared as String, but its field gives Number/)
  })

  it('that hide a relation are refused with the word to write', () => {
    @model()
    class Hiding extends Model {
      @ForeignKeyField(() => Owner) owner!: Ref<Owner>
      ownerId!: string
    }
    define(() => new Hiding(), /write `declare ownerId/)
  })

  it('are refused where data would be lost', () => {
    class Undecorated extends Model {
      @CharField() name!: string
    }
    define(() => new Undecorated({ name: 'x' }), /decorate Undecorated with @model\(\)/)
    expect(() => model({ tablename: 'x' } as never)).toThrow(/no option "tablename"/)
    expect(() => UUIDKeyField({ constraints: [SQL('CHECK (true)')] } as object)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION' })
    )
  })
})
