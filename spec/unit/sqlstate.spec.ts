import { connectionLost, databaseError, isConnectionError, isServerError } from '../../lib/driver/sqlstate.js'
import * as errors from '../../lib/errors.js'

const place = { address: 'db.example:26257', user: 'me', database: 'shop' }
const reported = (code: string, message = 'refused', more = {}) =>
  Object.assign(new Error(message), { severity: 'ERROR', severity_local: 'ERROR', code, ...more })

describe('databaseError', () => {
  it.each([
    ['23505', errors.UniqueViolation, 'UNIQUE_VIOLATION'],
    ['23503', errors.ForeignKeyViolation, 'FOREIGN_KEY_VIOLATION'],
    ['23001', errors.ForeignKeyViolation, 'FOREIGN_KEY_VIOLATION'],
    ['23502', errors.NotNullViolation, 'NOT_NULL_VIOLATION'],
    ['23514', errors.CheckViolation, 'CHECK_VIOLATION'],
    ['23P01', errors.IntegrityError, 'INTEGRITY'],
    ['22003', errors.DataError, 'DATA'],
    ['22001', errors.DataError, 'STRING_TOO_LONG'],
    ['08P01', errors.DataError, 'DATA'],
    ['42501', errors.ProgrammingError, 'PROGRAMMING'],
    ['42P01', errors.ProgrammingError, 'PROGRAMMING'],
    ['42601', errors.ProgrammingError, 'PROGRAMMING'],
    ['3D000', errors.OperationalError, 'OPERATIONAL'],
    ['3F000', errors.ProgrammingError, 'PROGRAMMING'],
    ['28P01', errors.OperationalError, 'OPERATIONAL'],
    ['28000', errors.OperationalError, 'OPERATIONAL'],
    ['0A000', errors.NotSupportedError, 'NOT_SUPPORTED'],
    ['XXC02', errors.NotSupportedError, 'NOT_SUPPORTED'],
    ['25P02', errors.InternalError, 'INTERNAL'],
    ['25006', errors.InternalError, 'INTERNAL'],
    ['XXUUU', errors.InternalError, 'INTERNAL'],
    ['XX000', errors.InternalError, 'INTERNAL'],
    ['40001', errors.SerializationFailure, 'SERIALIZATION_FAILURE'],
    ['40P01', errors.DeadlockDetected, 'DEADLOCK_DETECTED'],
    ['40003', errors.AmbiguousCommitError, 'AMBIGUOUS_COMMIT'],
    ['40002', errors.OperationalError, 'OPERATIONAL'],
    ['53300', errors.OperationalError, 'OPERATIONAL'],
    ['55P03', errors.OperationalError, 'OPERATIONAL'],
    ['57014', errors.QueryCanceled, 'CANCELED'],
    ['57P01', errors.ConnectionLost, 'CONNECTION_LOST'],
    ['57P03', errors.ConnectionLost, 'CONNECT_FAILED'],
    ['58030', errors.OperationalError, 'OPERATIONAL'],
    ['08006', errors.OperationalError, 'OPERATIONAL'],
    ['P0001', errors.DatabaseError, 'DATABASE'],
    ['ZZ999', errors.DatabaseError, 'DATABASE']
  ])('makes of %s the right class and code', (sqlstate, Class, code) => {
    const error = databaseError(reported(sqlstate), 'select 1')
    expect(error.constructor).toBe(Class)
    expect(error).toMatchObject({ sqlstate, code, sql: 'select 1', message: 'refused' })
  })

  it('says of a schema change that failed at COMMIT what was kept, and what to do', () => {
    const error = databaseError(reported('XXA00', 'transaction committed but schema change aborted'), 'COMMIT')
    expect(error.constructor).toBe(errors.SchemaChangeFailed)
    expect(error).toBeInstanceOf(errors.OperationalError)
    expect(error).toMatchObject({ sqlstate: 'XXA00', code: 'SCHEMA_CHANGE_FAILED' })
    expect(error.message).toMatch(
      /^transaction committed but schema change aborted\. The rest of the transaction was committed: do not run it again\./
    )
  })

  it('takes a breach of the protocol that ends the connection for no fault of the data', () => {
    const error = databaseError(reported('08P01', 'invalid frontend message', { severity: 'FATAL' }), 'select 1')
    expect(error.constructor).toBe(errors.OperationalError)
  })

  it('carries what the server said', () => {
    const cause = reported('23505', 'duplicate key', {
      detail: 'Key (id)=(1) already exists.',
      hint: 'Do not.',
      table_name: 'item',
      column_name: 'id',
      constraint_name: 'item_pkey'
    })
    expect(databaseError(cause, 'insert')).toMatchObject({
      detail: 'Key (id)=(1) already exists.',
      hint: 'Do not.',
      table: 'item',
      column: 'id',
      constraint: 'item_pkey',
      cause
    })
  })

  it.each([
    ['22P02', 'invalid input syntax for type integer: "abc"', ['abc'], 'invalid input syntax for type integer: $1'],
    ['22P02', 'invalid input value for enum mood: "abc"', [null, 'abc'], 'invalid input value for enum mood: $2'],
    ['22P02', 'malformed array literal: "{"a}"', ['{"a}'], 'malformed array literal: $1'],
    ['22P02', 'invalid input syntax for type integer: "abc"', ['{1,abc}'], 'invalid input syntax for type integer: $1'],
    ['22P02', "bad: \"it's\" and 'it's'", ["it's"], 'bad: $1 and $1'],
    [
      '08P01',
      'error in argument for $1: strconv.ParseInt: parsing "a\\"b": bad',
      ['a"b'],
      'error in argument for $1: strconv.ParseInt: parsing $1: bad'
    ],
    ['22P02', 'bad: "long one", "long"', ['long', 'long one'], 'bad: $2, $1'],
    ['22P02', 'bad: "$&"', ['$&'], 'bad: $1'],
    ['22P02', 'bad: ""', ['', 'x'], 'bad: ""'],
    ['42P01', 'relation "users" does not exist', ['users'], 'relation "users" does not exist'],
    ['23502', 'null value in column "name"', ['name'], 'null value in column "name"']
  ])('writes placeholders for the values in a message (%s %s)', (code, message, params, expected) => {
    expect(databaseError(reported(code, message), 'select', params).message).toBe(expected)
  })

  it('says where, when the connection itself is refused', () => {
    const unknown = databaseError(reported('3D000', 'database "shop" does not exist'), '', [], place)
    expect(unknown.message).toBe(
      'database "shop" does not exist (database "shop" at db.example:26257): create it, or correct its name'
    )
    expect(databaseError(reported('28P01', 'password authentication failed'), '', [], place).message).toBe(
      'password authentication failed (user "me", database "shop" at db.example:26257): check the user and the password'
    )
    expect(databaseError(reported('57P01', 'terminating connection'), '', [], place).message).toBe(
      'terminating connection (db.example:26257)'
    )
    expect(databaseError(reported('42P01', 'no table'), '', [], place).message).toBe('no table')
  })
})

describe('isServerError', () => {
  it('knows what a server reported', () => {
    expect(isServerError(reported('42P01'))).toBe(true)
    expect(isServerError({ code: '42P01', severity_local: 'ERROR', message: '' })).toBe(true)
    for (const other of [Object.assign(new Error(), { code: 'EPIPE' }), new Error(), null, 'x', 7])
      expect(isServerError(other)).toBe(false)
  })
})

describe('connectionLost', () => {
  const node = (code: string, message = code) => Object.assign(new Error(message), { code })

  it.each([
    'CONNECTION_CLOSED',
    'CONNECTION_ENDED',
    'CONNECTION_DESTROYED',
    'CONNECT_TIMEOUT',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND'
  ])('is for %s', code => {
    expect(isConnectionError(node(code))).toBe(true)
  })

  it('is for several hosts that refuse, and for a server that shuts down', () => {
    expect(isConnectionError(new AggregateError([node('ECONNREFUSED'), node('ECONNREFUSED')]))).toBe(true)
    for (const code of ['57P01', '57P02', '57P03']) expect(isConnectionError(reported(code))).toBe(true)
    for (const other of [new AggregateError([]), new AggregateError([new Error('x')]), node('EACCES'), reported('57014'), null]) {
      expect(isConnectionError(other)).toBe(false)
    }
  })

  it('names host and port, and what to do', () => {
    const cause = node('ECONNREFUSED')
    expect(connectionLost(cause, place, 'CONNECT_FAILED')).toMatchObject({
      name: 'ConnectionLost',
      code: 'CONNECT_FAILED',
      message:
        'No connection to db.example:26257: connection refused. Check the host and the port, and that the server is running.',
      cause
    })
    expect(connectionLost(node('CONNECTION_CLOSED'), place, 'CONNECTION_LOST', 'select 1')).toMatchObject({
      code: 'CONNECTION_LOST',
      sql: 'select 1',
      sqlstate: undefined,
      message: expect.stringContaining('The connection to db.example:26257 was lost: the server closed the connection.')
    })
  })

  it('tells the reason, whatever there is of it', () => {
    expect(connectionLost(new AggregateError([node('ECONNREFUSED'), node('ENOTFOUND')], ''), place).message).toContain(
      'lost: connection refused, the host name is unknown.'
    )
    expect(connectionLost(new Error('the vault is closed'), place).message).toContain('the vault is closed')
    expect(connectionLost('it is closed already', place).message).toContain('closed already')
    expect(connectionLost('it is closed already', place)).not.toHaveProperty('cause')
    expect(connectionLost(reported('57P01', 'terminating connection'), place)).toMatchObject({ sqlstate: '57P01' })
  })
})
