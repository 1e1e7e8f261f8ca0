import {
  type ConnectEvent,
  type ErrorEvent,
  type Limits,
  Model,
  model,
  type PoolStats,
  PostgresqlDatabase,
  type QueryEvent,
  type ReleaseEvent,
  type ResponseEvent,
  type RetryEvent,
  TextField
} from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { connect, type ParsedUrl, parse, registerDatabase } from 'pewit/playhouse/db-url'
import { type Pooled, PooledCockroachDatabase, PooledPostgresqlDatabase, type PoolLimits } from 'pewit/playhouse/pool'
import type { Equal } from './expect.js'
import { proves } from './expect.js'

@model()
class Note extends Model {
  @TextField() text!: string
}

const replica = new PostgresqlDatabase('shop')
const db = new PostgresqlDatabase('shop', { extraNodes: { replica }, statementTimeout: 5, hostOrder: 'random' })

export async function events(): Promise<void> {
  db.on('query', event => {
    proves<Equal<typeof event, QueryEvent>>()
    proves<Equal<typeof event.params, readonly (string | null)[] | undefined>>()
  })
  db.on('error', event => proves<Equal<typeof event, ErrorEvent>>())
  db.on('retry', event => proves<Equal<typeof event, RetryEvent>>())
  db.on('connect', event => proves<Equal<typeof event, ConnectEvent>>())
  db.on('release', event => proves<Equal<typeof event, ReleaseEvent>>())
  // @ts-expect-error there is no such event
  db.on('querry', () => {})
  new PostgresqlDatabase('x', { logResponses: event => proves<Equal<typeof event, ResponseEvent>>() })
}

export async function routes(): Promise<void> {
  const query = Note.select().where(n => n.text.eq('x'))
  const elsewhere = query
    .node('replica')
    .signal(new AbortController().signal)
    .timeout(5)
    .where(n => n.text.ne('y'))
  proves<Equal<typeof elsewhere, typeof query>>()
  proves<Equal<Limits, { readonly signal?: AbortSignal; readonly timeout?: number }>>()
  // @ts-expect-error a signal is no controller
  query.signal(new AbortController())
  // @ts-expect-error seconds are a number
  query.timeout('5s')
  // @ts-expect-error an order that there is not
  new PostgresqlDatabase('x', { hostOrder: 'fastest' })
}

export async function pools(): Promise<void> {
  const pool: PostgresqlDatabase & Pooled = new PooledPostgresqlDatabase('shop', {
    maxConnections: 5,
    timeout: 0,
    max_lifetime: 60
  })
  const crdb: CockroachDatabase & Pooled = new PooledCockroachDatabase('shop', { staleTimeout: 60 })
  proves<Equal<ReturnType<typeof pool.poolStats>, PoolStats>>()
  const stale: number = crdb.closeStale()
  await pool.startConnectionPool({ maxConnections: 3 } satisfies PoolLimits)
  // @ts-expect-error connections are a number
  new PooledPostgresqlDatabase('shop', { maxConnections: 'many' })
  // @ts-expect-error a database without a pool has no such thing
  db.poolStats()
  void stale
}

export async function contexts(): Promise<void> {
  const value = await db.connectionContext(async () => 5)
  proves<Equal<typeof value, number>>()
  // @ts-expect-error a context is given a function
  await db.connectionContext(Promise.resolve(5))
}

export function urls(): void {
  const parsed = parse('crdb://host/shop')
  proves<Equal<typeof parsed, ParsedUrl>>()
  registerDatabase(CockroachDatabase, 'mine')
  connect('mine://host/shop', { maxConnections: 4 })
  // @ts-expect-error a class of databases is expected
  registerDatabase(Note, 'notes')
}
