import { describeType, misuse, quoteText, type Writer } from '../../lib/extend.js'
import { NotSupportedError, type SystemTime } from '../../lib/index.js'

/** A moment that the server computes; `bounded`: one that it chooses within bounds, which a transaction cannot begin with. */
class ServerTime {
  constructor(
    readonly systemTime: string,
    readonly bounded = false
  ) {}
}

/** The latest time at which the nearest replica can surely answer: `db.atomic(fn, { systemTime: followerReadTimestamp() })`. */
export function followerReadTimestamp(): SystemTime {
  return new ServerTime('follower_read_timestamp()')
}

/** How a read whose time the server chooses is done. */
export interface StalenessOptions {
  /** Fails where the nearest replica has no rows that are new enough, rather than to ask another. */
  readonly nearestOnly?: boolean
}

/**
 * The newest time at which the nearest replica can answer, and no more than so long ago. For `asOf` of a query outside
 * transactions, which the server wants to read one row by a key or index that has all columns.
 *
 * `Product.select().where(p => p.id.eq(id)).asOf(withMaxStaleness('10s'))` → `… AS OF SYSTEM TIME with_max_staleness('10s') WHERE …`
 */
export function withMaxStaleness(staleness: string, options: StalenessOptions = {}): SystemTime {
  if (typeof staleness === 'string' && DURATION.test(staleness))
    return bounded('withMaxStaleness', 'with_max_staleness', quoteText(staleness), options)
  throw refused('withMaxStaleness', "an interval like '10s'", staleness)
}

/** The same, with the time before which the rows must not be: what was written then is seen. */
export function withMinTimestamp(time: Date | string, options: StalenessOptions = {}): SystemTime {
  const instant = instantText(time)
  if (instant !== undefined) return bounded('withMinTimestamp', 'with_min_timestamp', instant, options)
  throw refused('withMinTimestamp', 'a Date or an ISO string', time)
}

function bounded(where: string, name: string, bound: string, { nearestOnly = false, ...unknown }: StalenessOptions): SystemTime {
  const [extra] = Object.keys(unknown)
  if (extra !== undefined) throw misuse('UNKNOWN_OPTION', `${where} has no option "${extra}"; it has nearestOnly`)
  if (typeof nearestOnly !== 'boolean')
    throw misuse('WRONG_TYPE', `${where}: nearestOnly must be true or false, not ${describeType(nearestOnly)}`)
  return new ServerTime(`${name}(${bound}${nearestOnly ? ', true' : ''})`, true)
}

// No nanoseconds: the server's intervals end at microseconds.
const PART = String.raw`\d{1,15}(?:\.\d{1,9})?\s*(?:(?:second|minute|hour|day)s?|us|µs|ms|s|m|h|d)`
const DURATION = new RegExp(String.raw`^${PART}(?:\s*${PART})*$`)
const INTERVAL = new RegExp(String.raw`^-\s*${PART}(?:\s*-?\s*${PART})*$`)
const INSTANT = /^\d{4,}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d(:?\d\d)?)?)?$/

/**
 * A time in the past as the literal that AS OF SYSTEM TIME takes, which is no place for a parameter. Throws a `TypeError`
 * for anything but a valid Date, an ISO string, a negative interval, or what the functions here give.
 *
 * @param where what takes the time: `asOf`, `systemTime`
 */
export function systemTimeLiteral(time: SystemTime, where: string): string {
  if (time instanceof ServerTime) return time.systemTime
  const literal = instantText(time) ?? intervalText(time)
  if (literal !== undefined) return literal
  throw refused(where, "a Date, an ISO string, an interval like '-10s', or followerReadTimestamp()", time)
}

/** The time that a transaction begins with. Throws `NotSupportedError` for one that the server may choose within bounds. */
export function beginTimeLiteral(time: SystemTime): string {
  if (time instanceof ServerTime && time.bounded)
    throw new NotSupportedError(
      `A transaction cannot begin with ${time.systemTime.replace(/\(.*/, '')}: the server chooses such a time for one statement; give asOf() of a query outside transactions this time`
    )
  return systemTimeLiteral(time, 'systemTime')
}

/** The time of a query. */
export function queryTimeLiteral(writer: Writer, time: SystemTime): string {
  if (time instanceof ServerTime && time.bounded) writer.need('boundedStaleness')
  return systemTimeLiteral(time, 'asOf')
}

function instantText(time: unknown): string | undefined {
  if (time instanceof Date) return Number.isNaN(time.getTime()) ? undefined : quoteText(time.toISOString())
  return typeof time === 'string' && INSTANT.test(time) ? quoteText(time) : undefined
}

/** With a sign for each part: to the server `-1h30m` is an hour ago and half an hour later. */
function intervalText(time: unknown): string | undefined {
  if (typeof time !== 'string' || !INTERVAL.test(time)) return undefined
  const parts = time.match(new RegExp(PART, 'g')) as string[]
  return quoteText(parts.map(part => `-${part}`).join(' '))
}

function refused(where: string, expected: string, value: unknown): TypeError {
  const got = value instanceof Date ? 'an invalid Date' : describeType(value)
  return misuse(value === undefined ? 'UNDEFINED_VALUE' : 'BAD_ARGUMENT', `${where}: expected ${expected}, got ${got}`)
}
