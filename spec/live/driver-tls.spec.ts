import type { Driver } from '../../lib/driver/driver.js'
import { cell, driverFor, outcome, pause, statement } from '../helpers/driver.js'
import { eachServer } from '../helpers/live.js'
import { startTlsFront, type TlsFront } from '../helpers/tls-front.js'

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
    const driver = driverFor(front.url(to), { ssl, max: 2 }, 2)
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
