import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Driver } from '../../lib/driver/driver.js'
import { postgresJs } from '../../lib/driver/postgres-js.js'
import { cell, driverFor, outcome, pause, statement } from '../helpers/driver.js'
import { eachServer } from '../helpers/live.js'
import { cert, key, startTlsFront, type TlsFront } from '../helpers/tls-front.js'

eachServer('the driver over TLS', live => {
  let front: TlsFront
  const drivers: Driver[] = []
  const uncaught = jest.fn()

  beforeAll(async () => {
    front = await startTlsFront(live.url)
    process.on('uncaughtException', uncaught)
  })
  afterEach(async () => {
    await Promise.all(drivers.splice(0).map(driver => driver.close(0.1)))
    await pause(50)
    expect(uncaught).not.toHaveBeenCalled()
  })
  afterAll(async () => {
    process.off('uncaughtException', uncaught)
    await front.close()
  })

  function make(ssl: unknown, to = live.url): Driver {
    const driver = driverFor(front.url(to), { ...(ssl === undefined ? {} : { ssl }), max: 2 }, 2)
    drivers.push(driver)
    return driver
  }

  it.each(['require', 'prefer', { rejectUnauthorized: false }])('runs statements (%j)', async ssl => {
    const driver = make(ssl)
    expect(await cell(driver, 'select $1', 'x'.repeat(100_000))).toBe('x'.repeat(100_000))
    await driver.close(1)
  })

  it.each([true, 'verify-full', {}])('does not trust an unknown certificate (%j)', async ssl => {
    expect(await outcome(make(ssl).connect())).toMatchObject({
      code: 'CONNECT_FAILED',
      message: expect.stringContaining('self-signed certificate')
    })
  })

  describe('with certificates that a URL names as files', () => {
    const directory = mkdtempSync(join(tmpdir(), 'pewit-tls-'))
    const [ca, own] = [join(directory, 'ca.crt'), join(directory, 'client.key')]
    beforeAll(() => {
      writeFileSync(ca, cert)
      writeFileSync(own, key)
    })
    afterAll(() => rmSync(directory, { recursive: true }))

    const made = (parameters: Record<string, string>, ssl?: unknown) => {
      const url = new URL(live.url)
      url.search = new URLSearchParams(parameters).toString()
      return ssl === undefined ? make(undefined, url.href) : make(ssl, url.href)
    }
    const works = async (driver: Driver) => expect(await cell(driver, 'select 1')).toBe('1')
    const refused = async (driver: Driver, message: string) =>
      expect(await outcome(driver.connect())).toMatchObject({ message: expect.stringContaining(message) })

    it('trusts the root that it is given', async () => {
      await works(made({ sslmode: 'verify-ca', sslrootcert: ca }))
      await works(made({ sslmode: 'require', sslrootcert: ca }))
    })

    it('verifies the name of the host only where it is to', async () => {
      // The certificate has no name that verify-full looks at.
      await refused(made({ sslmode: 'verify-full', sslrootcert: ca }), 'altnames')
    })

    it('shows its own', async () => {
      const before = front.known
      await works(made({ sslmode: 'require', sslrootcert: ca, sslcert: ca, sslkey: own }))
      expect(front.known).toBe(before + 1)
      await works(made({ sslcert: ca, sslkey: own }))
      expect(front.known).toBe(before + 2)
    })

    it('trusts nobody else', async () => {
      await refused(made({ sslmode: 'verify-ca', sslrootcert: 'system' }), 'self-signed certificate')
      await refused(made({ sslmode: 'verify-ca', sslcert: ca, sslkey: own }), 'self-signed certificate')
    })

    it('takes options of the same names, and an ssl of TLS options goes first', async () => {
      const url = front.url(live.url)
      const named = { database: url, connectTimeout: 2 }
      const driver = postgresJs({ ...named, passthrough: { ssl: 'verify-ca', sslrootcert: ca } })
      drivers.push(driver)
      await works(driver)
      await works(made({ sslmode: 'verify-full', sslrootcert: ca }, { rejectUnauthorized: false }))
      await refused(made({ sslmode: 'verify-ca', sslrootcert: ca }, true), 'altnames')
      const plain = [
        driverFor(live.url, { ssl: 'disable', sslrootcert: ca }),
        driverFor(live.url, { ssl: false, sslrootcert: ca })
      ]
      drivers.push(...plain)
      await Promise.all(plain.map(works))
    })

    it('says which file it cannot read, and which mode there is not', () => {
      expect(() => made({ sslrootcert: join(directory, 'none.crt') })).toThrow(/sslrootcert names cannot be read: ENOENT/)
      expect(() => made({ sslmode: 'verify', sslrootcert: ca })).toThrow(/sslmode: expected one of disable, .*, got "verify"/)
    })
  })

  it.each(['require', 'prefer'])('reports what the server says while connecting (%s)', async ssl => {
    const to = new URL(live.url)
    to.pathname = '/nowhere'
    const driver = make(ssl, to.href)
    const error = await outcome(cell(driver, 'select count(*) from nothing_there'))
    expect(error).toMatchObject({ sqlstate: expect.stringMatching(/^(3D000|42P01)$/) })
  })

  it.each(['require', 'prefer'])('breaks a connection off with statements still to be written (%s)', async ssl => {
    const driver = make(ssl)
    const connection = await driver.acquire()
    await cell(connection, 'select 1')
    front.stall()
    const large = Array.from({ length: 60 }, () => outcome(connection.query(statement('select $1', 'x'.repeat(200_000)))))
    await pause(100)
    connection.release('dirty')
    for (const one of await Promise.all(large)) expect(one).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await cell(driver, 'select 1')).toBe('1')
  })
})
