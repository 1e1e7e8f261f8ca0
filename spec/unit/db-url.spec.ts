import fc from 'fast-check'
import { InterfaceError, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { connect, parse, registerDatabase } from 'pewit/playhouse/db-url'
import { PooledCockroachDatabase, PooledPostgresqlDatabase } from 'pewit/playhouse/pool'

describe('databases from URLs', () => {
  it.each([
    ['postgres', PostgresqlDatabase],
    ['postgresql', PostgresqlDatabase],
    ['postgresext', PostgresqlDatabase],
    ['postgresqlext', PostgresqlDatabase],
    ['psycopg3', PostgresqlDatabase],
    ['postgres+pool', PooledPostgresqlDatabase],
    ['postgresql+pool', PooledPostgresqlDatabase],
    ['postgresext+pool', PooledPostgresqlDatabase],
    ['postgresqlext+pool', PooledPostgresqlDatabase],
    ['psycopg3+pool', PooledPostgresqlDatabase],
    ['cockroachdb', CockroachDatabase],
    ['crdb', CockroachDatabase],
    ['cockroachdb+pool', PooledCockroachDatabase],
    ['crdb+pool', PooledCockroachDatabase],
    ['CRDB+Pool', PooledCockroachDatabase]
  ])('%s', (scheme, Kind) => {
    const db = connect(`${scheme}://root:secret@10.1.0.8:26257/shop`)
    expect(db.constructor).toBe(Kind)
    expect(db.isClosed()).toBe(true)
  })

  it.each<[string, unknown]>([
    ['postgres://shop', { error: /names no database/ }],
    ['postgres:///shop', { database: 'shop', options: {} }],
    ['postgres://host/shop', { database: 'shop', options: { host: 'host' } }],
    ['postgres://u@host:5433/shop', { database: 'shop', options: { host: 'host', port: 5433, user: 'u' } }],
    ['postgres://u:@host/shop', { database: 'shop', options: { host: 'host', user: 'u', password: '' } }],
    ['postgres://u%40x:p%3A%2F@host/my%20shop', { database: 'my shop', options: { host: 'host', user: 'u@x', password: 'p:/' } }],
    ['postgres://[::1]:5433/shop', { database: 'shop', options: { host: '::1', port: 5433 } }],
    ['crdb://a:1,b:2,c:3/shop', { database: 'shop', options: { host: ['a', 'b', 'c'], port: [1, 2, 3] } }],
    ['crdb://a,b/shop', { database: 'shop', options: { host: ['a', 'b'] } }],
    ['crdb://%2Fvar%2Frun/shop', { database: 'shop', options: { host: '/var/run' } }],
    [
      'crdb+pool://h/shop?max_connections=8&stale_timeout=1.5&timeout=null&autoconnect=False&hostOrder=random&sslmode=require',
      {
        database: 'shop',
        options: {
          host: 'h',
          maxConnections: 8,
          staleTimeout: 1.5,
          autoconnect: false,
          hostOrder: 'random',
          ssl: 'require'
        }
      }
    ],
    [
      'crdb://h/shop?application_name=till&options=--cluster%3Dshop&search_path=a&sslmode=verify-full&sslrootcert=ca.crt',
      {
        database: 'shop',
        options: {
          host: 'h',
          applicationName: 'till',
          connection: { options: '--cluster=shop', search_path: 'a' },
          ssl: 'verify-full',
          sslrootcert: 'ca.crt'
        }
      }
    ],
    ['crdb://a:1,b/shop', { error: /some of its hosts/ }],
    ['crdb://a:x/shop', { error: /no number/ }],
    ['crdb://a/%zz', { error: /%25/ }],
    ['crdb://host', { error: /names no database/ }],
    ['shop', { error: /cannot be read/ }]
  ])('parse(%s)', (url, expected) => {
    const { error } = expected as { error?: RegExp }
    if (!error) return expect(parse(url)).toEqual(expected)
    expect(() => parse(url)).toThrow(InterfaceError)
    expect(() => parse(url)).toThrow(expect.objectContaining({ code: 'BAD_URL', message: expect.stringMatching(error) }))
  })

  it('gives back what was put into a URL', () => {
    const part = fc.string({ minLength: 1, unit: 'grapheme' })
    fc.assert(
      fc.property(part, part, part, fc.integer({ min: 1, max: 65_535 }), (user, password, database, port) => {
        const url = `crdb://${[user, password].map(encodeURIComponent).join(':')}@host:${port}/${encodeURIComponent(database)}`
        expect(parse(url)).toEqual({ database, options: { host: 'host', port, user, password } })
      })
    )
  })

  it('takes options, which come before those of the URL', () => {
    expect(() => connect('crdb+pool://h/shop?maxConnections=8', { maxConnections: -1 })).toThrow(/maxConnections/)
    expect(() => connect('postgres://h/shop?maxConections=8')).not.toThrow()
    expect(() => connect('postgres://h/shop?connectTimout=8')).toThrow(/did you mean "connectTimeout"/)
  })

  it('knows no other schemes, but can be told', () => {
    expect(() => connect('mysql://h/shop')).toThrow(/"mysql" is unknown/)
    expect(() => connect('postgress://h/shop')).toThrow(/did you mean "postgres/)
    class Mine extends PostgresqlDatabase {}
    registerDatabase(Mine, 'mine', 'ours')
    expect(connect('mine://h/shop')).toBeInstanceOf(Mine)
    expect(connect('ours://h/shop')).toBeInstanceOf(Mine)
    expect(() => registerDatabase(Mine)).toThrow(TypeError)
  })
})
