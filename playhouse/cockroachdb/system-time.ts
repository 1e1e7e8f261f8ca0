import { misuse, quoteText } from '../../lib/extend.js'
import type { SystemTime } from '../../lib/index.js'

/** A moment that the server computes, made by functions like {@link followerReadTimestamp}. */
class ServerTime {
  constructor(readonly systemTime: string) {}
}

/** The latest time at which the nearest replica can surely answer: `db.atomic(fn, { systemTime: followerReadTimestamp() })`. */
export function followerReadTimestamp(): SystemTime {
  return new ServerTime('follower_read_timestamp()')
}

const INTERVAL = /^-(\s*\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|seconds?|minutes?|hours?|days?))+$/
const INSTANT = /^\d{4,}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d(:?\d\d)?)?)?$/

/**
 * A time in the past as the literal that AS OF SYSTEM TIME takes, which is no place for a parameter. Throws a `TypeError`
 * for anything but a valid Date, an ISO string, a negative interval, or `followerReadTimestamp()`.
 */
export function systemTimeLiteral(time: SystemTime): string {
  if (time instanceof ServerTime) return time.systemTime
  if (time instanceof Date && !Number.isNaN(time.getTime())) return quoteText(time.toISOString())
  if (typeof time === 'string' && (INTERVAL.test(time) || INSTANT.test(time))) return quoteText(time)
  throw misuse('BAD_ARGUMENT', "systemTime: expected a Date, an ISO string, an interval like '-10s', or followerReadTimestamp()")
}
