import { type QuerySpan, type QueryTracer, traceQueries } from 'pewit/playhouse/otel'
import { databaseFor } from '../helpers/databases.js'
import { outcome } from '../helpers/driver.js'
import { eachServer } from '../helpers/live.js'

/** What a tracer was told of a span. */
interface Told {
  readonly name: string
  readonly kind: number
  readonly attributes: Record<string, string | number>
  status?: { readonly code: number; readonly message?: string }
  exception?: Error
  ended: number
}

eachServer('spans', live => {
  const spans: Told[] = []
  const tracer: QueryTracer = {
    startSpan(name, { kind, attributes }): QuerySpan {
      const told: Told = { name, kind, attributes: { ...attributes }, ended: 0 }
      spans.push(told)
      return {
        setAttribute: (attribute, value) => {
          told.attributes[attribute] = value
        },
        setStatus: status => {
          told.status = status
        },
        recordException: error => {
          told.exception = error
        },
        end: () => {
          told.ended++
        }
      }
    }
  }
  const db = databaseFor(live)
  beforeAll(() => db.connect())
  beforeEach(() => {
    spans.length = 0
  })
  afterAll(() => db.close())

  it('are made of each statement, by the semantic conventions', async () => {
    const stop = traceQueries(tracer)
    await db.transaction(() => db.executeSql('select $1::text as word', ['secret']))
    const error = await outcome(db.executeSql('selec'))
    stop()
    await db.executeSql('select 1')
    expect(spans.map(({ name, kind, ended }) => [name, kind, ended])).toEqual([
      ['BEGIN', 2, 1],
      ['SELECT', 2, 1],
      ['COMMIT', 2, 1],
      ['SELEC', 2, 1]
    ])
    expect(spans[1]?.attributes).toEqual({
      'db.system.name': live.name,
      'db.namespace': new URL(live.url).pathname.slice(1),
      'db.operation.name': 'SELECT',
      'db.query.text': 'select $1::text as word'
    })
    expect(JSON.stringify(spans)).not.toContain('secret')
    expect(spans[3]).toMatchObject({
      attributes: { 'error.type': 'ProgrammingError', 'db.response.status_code': '42601' },
      status: { code: 2, message: (error as Error).message },
      exception: error
    })
  })

  it('keep the statements to themselves where that is wanted', async () => {
    const stop = traceQueries(tracer, { queryText: false })
    await db.executeSql('select 1')
    stop()
    expect(Object.keys(spans[0]?.attributes ?? {})).not.toContain('db.query.text')
  })
})
