import { misuse } from '../errors.js'

/** How long to wait before the next attempt: full jitter, `random() × min(cap, base × 2ⁿ)` milliseconds. */
export interface Backoff {
  /** Milliseconds; 5 unless given. */
  readonly base?: number
  /** Milliseconds, or `Infinity`; 1,000 unless given. */
  readonly cap?: number
  /** Gives numbers from 0 to 1; `Math.random` unless given. */
  readonly random?: () => number
}

/** The wait before each further attempt, or a function of the number of attempts made that gives milliseconds. */
export type BackoffOption = Backoff | ((attempts: number) => number)

/** What timers can count; they do not wait at all for more. */
const LONGEST = 2 ** 31 - 1

/** Milliseconds to wait after so many attempts. Throws a `TypeError` where a function gives something else. */
export function backoffDelay(attempts: number, backoff: BackoffOption = {}): number {
  if (typeof backoff === 'function') return Math.min(checked(backoff(attempts), 'backoff'), LONGEST)
  const { base = 5, cap = 1000, random = Math.random } = backoff
  return Math.min(random() * Math.min(cap, base * 2 ** Math.min(attempts, 30)), LONGEST)
}

/** Throws a `TypeError` for a backoff that makes no sense. */
export function checkBackoff(backoff: unknown): void {
  if (backoff === undefined || typeof backoff === 'function') return
  if (typeof backoff !== 'object' || backoff === null)
    throw misuse('BAD_ARGUMENT', 'backoff: expected { base, cap, random }, or a function that gives milliseconds')
  const { base = 0, cap = 0, random } = backoff as Record<string, unknown>
  checked(base, 'backoff.base')
  if (cap !== Number.POSITIVE_INFINITY) checked(cap, 'backoff.cap')
  if (random !== undefined && typeof random !== 'function')
    throw misuse('BAD_ARGUMENT', 'backoff.random: expected a function that gives numbers from 0 to 1')
}

function checked(milliseconds: unknown, what: string): number {
  if (Number.isFinite(milliseconds) && (milliseconds as number) >= 0) return milliseconds as number
  throw misuse('BAD_ARGUMENT', `${what}: expected a number of milliseconds from 0 up`)
}
