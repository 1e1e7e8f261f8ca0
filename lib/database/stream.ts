import type { Compiled } from '../compiler/compile.js'
import type { Cell, Driver, Limits, RawResult, TransactionConnection, WireStatement } from '../driver/driver.js'
import type { StreamRequest } from '../query/executor.js'
import type { Connector } from './connector.js'
import { refusePast } from './past.js'
import { Scope } from './scope.js'
import { begin, type Protocol, rollback } from './transaction.js'

/** Reading the rows of a query batch by batch: with a cursor, else in pages, else whole. */

/** Where the statements of a stream go: to the scope of the open transaction, or to a connection of its own. */
interface Place {
  readonly connection: TransactionConnection
  readonly alive: boolean
  query(statement: WireStatement, limits?: Limits): Promise<RawResult>
  script(text: string): Promise<readonly RawResult[]>
}

/**
 * The batches of a query, which is read in the open transaction, or without one in one of its own.
 *
 * @param on the scope of the open transaction, or the driver
 * @param limits hold for each batch
 */
export async function* batchesOf(
  request: StreamRequest,
  connector: Connector,
  on: Scope | Driver,
  limits: Limits
): AsyncGenerator<RawResult> {
  const place = on instanceof Scope ? scopePlace(on) : undefined
  const statement = connector.compile(request.node)
  if (on instanceof Scope) refusePast(on, statement)
  // Where transactions are begun by hand and none is open, a time in the past can only be that of the statement.
  const read = place && statement.asOf !== undefined ? undefined : readerFor(request, connector, limits)
  if (!read) yield await (place ?? (on as Driver)).query(statement, limits)
  else if (place) yield* read(place)
  else yield* onItsOwn(protocolFor(request, statement, connector), on as Driver, read)
}

type Reader = (place: Place) => AsyncGenerator<RawResult>

/** How the query is read batch by batch here, or `undefined` where it can only be read whole. */
function readerFor({ node, batchSize, pages }: StreamRequest, connector: Connector, limits: Limits): Reader | undefined {
  // No server has cursors of queries that write.
  const writes = node.with?.some(({ query }) => ['insert', 'update', 'delete'].includes(query.kind))
  if (connector.capabilities.cursors && !writes) return place => fetched(place, connector.compile(node, true), batchSize, limits)
  return pages && (place => paged(place, (last, read) => pages(batchSize, last, read), batchSize, connector, limits))
}

function scopePlace(scope: Scope): Place {
  return {
    connection: scope.connection,
    get alive() {
      return scope.alive && scope.connection.alive
    },
    query: (statement, limits) => scope.run(statement, limits),
    script: text => scope.script(text)
  }
}

/** Reads in a transaction of its own, whose connection is free again when the reading ends, however it ends. */
async function* onItsOwn(protocol: Protocol, driver: Driver, read: Reader): AsyncGenerator<RawResult> {
  const connection = await driver.acquire()
  let state: 'idle' | 'dirty' | undefined
  try {
    const { begun } = await begin(connection, protocol)
    const place: Place = {
      connection,
      get alive() {
        return connection.alive
      },
      query: (statement, limits) => connection.query(statement, limits),
      script: text => connection.script(text)
    }
    yield* read(place)
    await begun
    await connection.script('COMMIT')
    state = 'idle'
  } finally {
    connection.release(state ?? (await rollback(connection)))
  }
}

/**
 * A transaction as of the query's time. Else one that pages have one picture in: on servers that read the past, as of just
 * now, when nobody is in the way.
 */
function protocolFor({ node }: StreamRequest, { asOf }: Compiled, { capabilities, profile }: Connector): Protocol {
  const past = !capabilities.cursors && capabilities.systemTime && !(node.kind === 'select' && node.lock)
  return profile.protocol({ systemTime: asOf ?? (past ? '-1us' : undefined) }, capabilities)
}

/** The numbers of the cursors that are open on a connection; their names are few, since servers keep every text prepared. */
const open = new WeakMap<TransactionConnection, Set<number>>()

async function* fetched(
  place: Place,
  { text, params, types }: Compiled,
  batchSize: number,
  limits: Limits
): AsyncGenerator<RawResult> {
  const numbers = open.get(place.connection) ?? new Set<number>()
  open.set(place.connection, numbers)
  let number = 1
  while (numbers.has(number)) number++
  numbers.add(number)
  const name = `pewit_${number}`
  const fetch = { text: `FETCH FORWARD ${batchSize} FROM ${name}`, params: [], types: [] }
  // A script cannot be broken off, but is not prepared either.
  const limited = limits.signal !== undefined || limits.timeout !== undefined
  const batchOf = async () => (limited ? place.query(fetch, limits) : (await place.script(fetch.text))[0])
  try {
    const declared = place.query({ text: `DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, params, types })
    // Sent in one tick, they travel together.
    let next = Promise.all([batchOf(), declared])
    for (;;) {
      const [batch] = await next
      if (batch.rows.length > 0) yield batch
      if (batch.rows.length < batchSize) return
      next = Promise.all([batchOf(), declared])
    }
  } finally {
    const closed = place.alive && place.script(`CLOSE ${name}`)
    // After an error in its transaction it cannot be closed, and some servers keep it beyond the rollback to a savepoint.
    if (closed) await closed.then(() => numbers.delete(number)).catch(() => undefined)
  }
}

async function* paged(
  place: Place,
  page: (last: readonly Cell[] | undefined, read: number) => ReturnType<NonNullable<StreamRequest['pages']>>,
  batchSize: number,
  connector: Connector,
  limits: Limits
): AsyncGenerator<RawResult> {
  let last: readonly Cell[] | undefined
  let read = 0
  for (;;) {
    const node = page(last, read)
    if (!node) return
    const batch = await place.query(connector.compile(node, true), limits)
    if (batch.rows.length > 0) yield batch
    if (batch.rows.length < batchSize) return
    read += batch.rows.length
    last = batch.rows.at(-1)
  }
}
