import { type DatabaseError, DeadlockDetected } from '../errors.js'

/**
 * Whether the selects of a retried transaction lock the rows they read. `adaptive`: an attempt that follows a conflict does, and
 * so does a first one where the same code met conflicts lately; but not where its locks led to deadlocks lately.
 */
export type Locking = 'none' | 'always' | 'adaptive'

/** What is known of one place in a program that runs transactions. */
interface Site {
  /** Until when its transactions lock from the start. */
  until: number
  /** For how long after a conflict, in milliseconds. */
  quiet: number
  /** Until when its transactions do not lock, because those that did waited for each other in a circle. */
  without: number
  /** Whether its selects cannot lock. */
  refused: boolean
}

/** How many places are remembered; the one that was not met for longest is forgotten first. */
const MAX_SITES = 1000
/** Milliseconds that a place must have been quiet before it tries without locks, at first and at most. */
const FIRST_QUIET = 1000
const LONGEST_QUIET = 60_000
/** Milliseconds for which a place does without after a deadlock, which may take a server a second to find. */
const AFTER_DEADLOCK = 60_000
const UNKNOWN: Site = { until: 0, quiet: 0, without: 0, refused: false }

/**
 * The places in a program that run transactions, and which of them met conflicts lately. Where conflicts come back soon after a
 * place tried without locks, it waits twice as long before it tries again.
 */
export class CallSites {
  readonly #sites = new Map<string, Site>()
  readonly #now: () => number

  /** @param now milliseconds that only grow */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Whether nothing is remembered: then no place need be named to ask for it. */
  get empty(): boolean {
    return this.#sites.size === 0
  }

  /** Whether a place met conflicts lately. */
  isContended(name: string): boolean {
    return this.#now() < (this.#sites.get(name)?.until ?? 0)
  }

  /** Whether the locks of a place led to deadlocks lately. */
  isAverse(name: string): boolean {
    return this.#now() < (this.#sites.get(name)?.without ?? 0)
  }

  /** Whether a place is known not to be able to lock what it reads. */
  isRefused(name: string): boolean {
    return this.#sites.get(name)?.refused === true
  }

  /** A transaction of the place met a conflict. */
  conflicted(name: string): void {
    const now = this.#now()
    const site = this.#sites.get(name) ?? UNKNOWN
    const { until, quiet } = site
    const soon = quiet > 0 && now < until + quiet
    const next = now < until ? quiet : soon ? Math.min(LONGEST_QUIET, quiet * 2) : FIRST_QUIET
    this.#keep(name, { ...site, until: now + next, quiet: next })
  }

  /** Transactions of the place waited for each other's locks in a circle. */
  deadlocked(name: string): void {
    this.#keep(name, { ...(this.#sites.get(name) ?? UNKNOWN), until: 0, without: this.#now() + AFTER_DEADLOCK })
  }

  /** A select of the place failed because of its lock. Gives whether that was not known before. */
  refuse(name: string): boolean {
    const known = this.isRefused(name)
    this.#keep(name, { ...UNKNOWN, refused: true })
    return !known
  }

  #keep(name: string, site: Site): void {
    this.#sites.delete(name)
    this.#sites.set(name, site)
    if (this.#sites.size <= MAX_SITES) return
    for (const oldest of this.#sites.keys()) {
      this.#sites.delete(oldest)
      return
    }
  }
}

/** What a plan is made of. */
export interface PlanOptions {
  readonly locking: Locking
  /** What the program calls the place. */
  readonly label: string | undefined
  /** What is run: its source is the place's name where it has no label. */
  readonly callback: (...args: never[]) => unknown
  /** Whether the transaction is safe without locks. */
  readonly safeWithout: boolean
}

/** Which attempts of one retried transaction lock what they read. */
export class LockPlan {
  readonly #options: PlanOptions
  readonly #sites: CallSites
  #name: string | undefined
  #refused = false

  constructor(sites: CallSites, options: PlanOptions) {
    this.#sites = sites
    this.#options = options
  }

  /** Whether the next attempt locks, of which so many were made before it. */
  locks(made: number): boolean {
    const { locking, safeWithout } = this.#options
    if (locking === 'none' || this.#refused) return false
    if (!this.#sites.empty && safeWithout && this.#sites.isRefused(this.#site)) return false
    if (locking === 'always' || this.#sites.empty) return locking === 'always'
    return !this.#sites.isAverse(this.#site) && (made > 0 || this.#sites.isContended(this.#site))
  }

  /** An attempt met a conflict; `locked` says whether it had locked what it read. */
  conflicted(cause: DatabaseError, locked: boolean): void {
    if (this.#options.locking !== 'adaptive') return
    if (locked && cause instanceof DeadlockDetected) this.#sites.deadlocked(this.#site)
    else this.#sites.conflicted(this.#site)
  }

  /** Whether it can do without locks: elsewhere only they protect what the transaction reads. */
  get canDoWithout(): boolean {
    return this.#options.safeWithout
  }

  /** A select failed because of its lock: from now on the place does without. Warns once. */
  refused(cause: DatabaseError): void {
    const { label, callback } = this.#options
    this.#refused = true
    if (this.#sites.refuse(this.#site)) warnOfRefusal(label ?? callback.name, cause)
  }

  get #site(): string {
    const { label, callback } = this.#options
    this.#name ??= label === undefined ? `${callback.name}:${Function.prototype.toString.call(callback)}` : `=${label}`
    return this.#name
  }
}

function warnOfRefusal(name: string, { message, sqlstate }: DatabaseError): void {
  const what = name === '' ? 'A retried transaction' : `The retried transaction "${name}"`
  process.emitWarning(
    `${what} cannot lock the rows it reads, and runs without (${sqlstate}: ${message}). Grant UPDATE on their tables to lock them, or say { locking: 'none' }`,
    { code: 'PEWIT_LOCKING' }
  )
}
