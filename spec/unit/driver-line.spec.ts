import { Line, type LineClient, type LineEvents } from '../../lib/driver/line.js'
import { type Sendable, statementRequest } from '../../lib/driver/request.js'

/** A client of no driver: what is sent to it stays, to be answered by the spec. */
function fakeLine() {
  const sent: Sendable[] = []
  const connection = { reserved: null as unknown, execute: (request: Sendable) => sent.push(request) }
  const calls: string[] = []
  let events: LineEvents | undefined
  const client: LineClient = {
    start: request => request.options.onexecute?.(connection),
    opened: () => calls.push('opened'),
    end: async () => void calls.push('end'),
    cancel: () => calls.push('cancel'),
    destroy: () => calls.push('destroy')
  }
  const place = { address: 'nowhere:1', user: 'u', database: 'd' }
  const connect = (given: LineEvents) => {
    events = given
    return client
  }
  const line = new Line({ place, deadline: 1, lifetime: 0, statements: 3, connect }, true)
  return { line, sent, connection, calls, events: () => events as LineEvents }
}

const request = () => statementRequest({ text: 'select $1', params: ['x'], types: [25] }, value => value)
const result = () => Object.assign([['x']], { count: 1, command: 'SELECT', columns: [] })

describe('a line', () => {
  it('is idle when everything is answered and the server reports no transaction', async () => {
    const { line, sent, connection } = fakeLine()
    await line.open()
    expect(line.idle).toBe(true)
    line.send(request())
    expect([line.idle, line.load, connection.reserved]).toEqual([false, 1, expect.any(Function)])
    sent[0]?.resolve(result())
    expect([line.idle, line.load]).toEqual([false, 0])
    connection.reserved = null
    expect(line.idle).toBe(true)
  })

  it('rejects what is in flight when it breaks, though the driver would leave it pending', async () => {
    const { line, sent, calls, events } = fakeLine()
    await line.open()
    const [first, second] = [request(), request()]
    line.send(first)
    line.send(second)
    const order: string[] = []
    line.onLost = () => order.push('lost')
    first.done.catch(() => order.push('rejected'))
    events().closed()
    await expect(second.done).rejects.toMatchObject({ code: 'CONNECTION_LOST', sql: 'select $1' })
    expect(order).toEqual(['lost', 'rejected'])
    expect([line.alive, calls]).toEqual([false, ['opened', 'destroy']])
    // The driver answers one all the same, when it has connected again.
    sent[0]?.resolve(result())
    await expect(first.done).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })

  it('sends nothing once it is broken or ended', async () => {
    for (const finish of ['lose', 'end'] as const) {
      const { line, sent } = fakeLine()
      await line.open()
      void line[finish]('for a reason')
      const late = request()
      line.send(late)
      await expect(late.done).rejects.toMatchObject({ name: 'ConnectionLost' })
      expect(sent).toEqual([])
    }
  })

  it('wears when a statement it had prepared becomes unusable, not when a new one is not supported', async () => {
    const refused = Object.assign(new Error('cached plan must not change result type'), { severity: 'ERROR', code: '0A000' })
    const { line } = fakeLine()
    await line.open()
    for (const prepared of [false, true]) {
      const one = Object.assign(request(), { prepared })
      line.send(one)
      one.reject(refused)
      await expect(one.done).rejects.toMatchObject({ name: 'NotSupportedError' })
      expect(line.worn).toBe(prepared)
    }
  })

  it('wears when a cancel request may still be on its way, not when it has hit', async () => {
    const canceled = Object.assign(new Error('canceling statement'), { severity: 'ERROR', code: '57014' })
    for (const hit of [false, true]) {
      const { line, calls } = fakeLine()
      await line.open()
      const one = Object.assign(request(), { state: { pid: 1, secret: 2 } })
      line.send(one)
      line.abort(one, how => new Error(how))
      expect(calls).toEqual(['opened', 'cancel'])
      if (hit) one.reject(canceled)
      else one.resolve(result())
      const settled = await one.done.catch(error => error as Error)
      expect(settled instanceof Error).toBe(hit)
      expect(line.worn).toBe(!hit)
    }
  })

  it('breaks when the driver itself fails at a statement', async () => {
    const { line } = fakeLine()
    await line.open()
    const one = request()
    line.send(one)
    const cause = new TypeError('Cannot read properties of null')
    one.reject(cause)
    await expect(one.done).rejects.toMatchObject({ name: 'OperationalError', sql: 'select $1', cause })
    expect(line.alive).toBe(false)
  })
})
