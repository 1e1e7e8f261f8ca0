/** Spans around statements, for OpenTelemetry: `const stop = traceQueries(trace.getTracer('shop'))`. */
import { tracingChannel } from 'node:diagnostics_channel'
import { DatabaseError, type QueryTrace } from '../lib/index.js'

/** A span, as far as Pewit uses it: `Span` of `@opentelemetry/api` is one. */
export interface QuerySpan {
  setAttribute(name: string, value: string | number): unknown
  setStatus(status: { code: number; message?: string }): unknown
  recordException(error: Error): unknown
  end(): void
}

/** Makes spans: `Tracer` of `@opentelemetry/api` is one. The span that is active becomes their parent. */
export interface QueryTracer {
  startSpan(name: string, options: { kind: number; attributes: Record<string, string> }): QuerySpan
}

/** What spans tell. */
export interface TraceOptions {
  /** Whether they tell the statements, without the values of parameters; true unless given. */
  readonly queryText?: boolean
}

/** `SpanKind.CLIENT` and `SpanStatusCode.ERROR`: numbers that OpenTelemetry has fixed, so that Pewit needs no package for them. */
const CLIENT = 2
const ERROR = 2

/**
 * Makes a span of every statement of all databases, named by its operation, with the attributes of OpenTelemetry's semantic
 * conventions for databases. Gives what stops it.
 */
export function traceQueries(tracer: QueryTracer, { queryText = true }: TraceOptions = {}): () => void {
  const spans = new WeakMap<QueryTrace, QuerySpan>()
  const subscriber = {
    start(trace: QueryTrace) {
      const operation = operationOf(trace.sql)
      const attributes = {
        'db.system.name': trace.system,
        'db.namespace': trace.database,
        'db.operation.name': operation,
        ...(queryText ? { 'db.query.text': trace.sql } : {})
      }
      spans.set(trace, tracer.startSpan(operation, { kind: CLIENT, attributes }))
    },
    end() {},
    asyncStart() {},
    asyncEnd(trace: QueryTrace) {
      const span = spans.get(trace)
      if (span && trace.error !== undefined) fail(span, trace.error)
      span?.end()
    },
    error() {}
  }
  const channel = tracingChannel<unknown, QueryTrace>('pewit:query')
  channel.subscribe(subscriber)
  return () => void channel.unsubscribe(subscriber)
}

function fail(span: QuerySpan, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  span.setAttribute('error.type', name)
  if (error instanceof DatabaseError && error.sqlstate) span.setAttribute('db.response.status_code', error.sqlstate)
  if (error instanceof Error) span.recordException(error)
  span.setStatus({ code: ERROR, message })
}

/** The first word of a statement. */
function operationOf(sql: string): string {
  return (/[a-z]+/i.exec(sql)?.[0] ?? 'QUERY').toUpperCase()
}
