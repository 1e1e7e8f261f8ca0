import { AbortError, QueryCanceled } from '../errors.js'
import type { Limits } from './driver.js'
import type { Breaking, Line } from './line.js'
import type { Sendable } from './request.js'

/** Whether there is anything that may break the statement off. */
export function isLimited(limits: Limits | undefined): limits is Limits {
  return limits !== undefined && (limits.signal !== undefined || limits.timeout !== undefined)
}

/** Throws `AbortError` where the signal is aborted already: then nothing is to be sent. */
export function throwIfAborted({ signal }: Limits, sql: string): void {
  if (signal?.aborted) throw aborted(signal, sql)('it was not sent')
}

/** Breaks a request that is sent on a line off when its limits say so. */
export function watch(line: Line, request: Sendable, limits: Limits): void {
  const stop = whenExceeded(limits, request.text, breaking => line.abort(request, breaking))
  request.done.then(stop, stop)
}

/**
 * Calls back once, when the signal is aborted or the time is up, with what makes the error.
 *
 * @returns stops watching
 */
export function whenExceeded({ signal, timeout }: Limits, sql: string, exceeded: (breaking: Breaking) => void): () => void {
  const abort = () => signal && exceeded(aborted(signal, sql))
  const timer = timeout === undefined ? undefined : setTimeout(() => exceeded(late(timeout, sql)), timeout * 1000)
  const deafen = signal && onAbort(signal, abort)
  return () => {
    clearTimeout(timer)
    deafen?.()
  }
}

/** Who listens to a signal, through one listener of it: many statements may share one signal, and Node warns of many listeners. */
const audiences = new WeakMap<AbortSignal, Set<() => void>>()

/** Listens to a signal; gives what stops that. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const audience = audiences.get(signal) ?? new Set()
  if (!audiences.has(signal)) {
    audiences.set(signal, audience)
    const tell = () => {
      for (const each of [...audience]) each()
    }
    signal.addEventListener('abort', tell, { once: true })
  }
  audience.add(listener)
  return () => audience.delete(listener)
}

function aborted({ reason }: AbortSignal, sql: string): Breaking {
  return (how, sqlstate) => new AbortError(`The statement was aborted: ${how}`, { cause: reason, sql, sqlstate })
}

function late(seconds: number, sql: string): Breaking {
  return (how, sqlstate) => new QueryCanceled(`The statement took more than ${seconds} seconds: ${how}`, { sql, sqlstate })
}
