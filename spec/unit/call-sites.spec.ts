import { DeadlockDetected, SerializationFailure } from 'pewit'
import { backoffDelay } from '../../lib/database/backoff.js'
import { CallSites, type Locking, LockPlan } from '../../lib/database/locking.js'

const conflict = new SerializationFailure('conflict', { sqlstate: '40001' })
const deadlock = new DeadlockDetected('deadlock', { sqlstate: '40P01' })

describe('the places that run transactions', () => {
  let now = 0
  let sites: CallSites
  beforeEach(() => {
    now = 0
    sites = new CallSites(() => now)
  })

  it('are contended for a second after a conflict', () => {
    expect([sites.empty, sites.isContended('a')]).toEqual([true, false])
    sites.conflicted('a')
    expect([sites.empty, sites.isContended('a'), sites.isContended('b')]).toEqual([false, true, false])
    now = 999
    expect(sites.isContended('a')).toBe(true)
    now = 1000
    expect(sites.isContended('a')).toBe(false)
  })

  it('for twice as long each time that a conflict comes back soon, up to a minute', () => {
    const waits: number[] = []
    for (let i = 0; i < 9; i++) {
      sites.conflicted('a')
      const from = now
      while (sites.isContended('a')) now += 500
      waits.push((now - from) / 1000)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    now += 60_000
    sites.conflicted('a')
    now += 1000
    expect(sites.isContended('a')).toBe(false)
  })

  it('for no longer because several transactions conflict at once', () => {
    for (let i = 0; i < 20; i++) sites.conflicted('a')
    now = 1000
    expect(sites.isContended('a')).toBe(false)
  })

  it('that were refused a lock stay so, and the first refusal is told from the rest', () => {
    expect([sites.refuse('a'), sites.refuse('a'), sites.isRefused('a'), sites.isRefused('b')]).toEqual([true, false, true, false])
    sites.conflicted('a')
    now = 1e9
    expect(sites.isRefused('a')).toBe(true)
  })

  it('are a thousand at most: the one that was not met for longest is forgotten', () => {
    for (let i = 0; i < 1000; i++) sites.conflicted(`site ${i}`)
    sites.conflicted('site 0')
    sites.conflicted('another')
    expect(['site 0', 'site 1', 'site 2', 'another'].map(name => sites.isContended(name))).toEqual([true, false, true, true])
  })

  const plan = (locking: Locking, label?: string, callback: () => unknown = () => 'x', safeWithout = true) =>
    new LockPlan(sites, { locking, label, callback, safeWithout })

  it('lock from the second attempt on, and from the first where they are contended', () => {
    const first = plan('adaptive', 'a')
    expect(first.locks(0)).toBe(false)
    first.conflicted(conflict, false)
    now = 5000
    expect([first.locks(1), plan('adaptive', 'a').locks(0)]).toEqual([true, false])
    plan('adaptive', 'a').conflicted(conflict, false)
    expect([plan('adaptive', 'a').locks(0), plan('adaptive', 'b').locks(0), plan('none', 'a').locks(3)]).toEqual([
      true,
      false,
      false
    ])
  })

  it('do without for a minute where their locks led to a deadlock', () => {
    plan('adaptive', 'a').conflicted(conflict, false)
    expect(plan('adaptive', 'a').locks(0)).toBe(true)
    plan('adaptive', 'a').conflicted(deadlock, true)
    plan('adaptive', 'a').conflicted(conflict, false)
    expect([plan('adaptive', 'a').locks(0), plan('adaptive', 'a').locks(1), plan('always', 'a').locks(0)]).toEqual([
      false,
      false,
      true
    ])
    now = 60_000
    expect(plan('adaptive', 'a').locks(1)).toBe(true)
    // One that locked nothing has no locks to blame.
    plan('adaptive', 'b').conflicted(deadlock, false)
    expect(plan('adaptive', 'b').locks(0)).toBe(true)
  })

  it('remember nothing of transactions that do not adapt', () => {
    plan('none', 'a').conflicted(conflict, false)
    plan('always', 'a').conflicted(conflict, false)
    expect(sites.empty).toBe(true)
  })

  it('are told from others by name and source, and a label is no source', () => {
    const one = () => 'one'
    const two = () => 'two'
    plan('adaptive', undefined, one).conflicted(conflict, false)
    const locked = (label: string | undefined, callback: () => unknown) => plan('adaptive', label, callback).locks(0)
    expect([locked(undefined, one), locked(undefined, two), locked('one', one), locked(`one:${one}`, one)]).toEqual([
      true,
      false,
      false,
      false
    ])
    // The source of bound functions is the same for all.
    function named() {}
    function other() {}
    plan('adaptive', undefined, named.bind(null)).conflicted(conflict, false)
    expect([locked(undefined, named.bind(null)), locked(undefined, other.bind(null))]).toEqual([true, false])
  })

  it('that were refused a lock do without where that is safe', () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const cause = new SerializationFailure('no', { sqlstate: '42501' })
    expect([plan('always', 'a', undefined, false).canDoWithout, plan('always', 'a').canDoWithout]).toEqual([false, true])
    const safe = plan('always', 'a')
    safe.refused(cause)
    expect([safe.locks(0), plan('always', 'a').locks(0)]).toEqual([false, false])
    expect(plan('always', 'a', undefined, false).locks(0)).toBe(true)
    plan('adaptive', 'a').refused(cause)
    expect(warning).toHaveBeenCalledTimes(1)
    warning.mockRestore()
  })
})

describe('the wait before another attempt', () => {
  it('is drawn from a range that doubles up to the cap', () => {
    const longest = (made: number) => backoffDelay(made, { random: () => 1 })
    expect([1, 2, 3, 7, 8, 9, 100, 10_000].map(longest)).toEqual([10, 20, 40, 640, 1000, 1000, 1000, 1000])
    expect(backoffDelay(3, { random: () => 0 })).toBe(0)
    // What timers can count: what is longer would be no wait at all.
    expect(backoffDelay(40, { cap: Number.POSITIVE_INFINITY, random: () => 1 })).toBe(2 ** 31 - 1)
    expect(backoffDelay(1, () => 1e12)).toBe(2 ** 31 - 1)
    expect(() => backoffDelay(1, () => Number.POSITIVE_INFINITY)).toThrow('backoff: expected a number of milliseconds')
    expect(backoffDelay(3, { base: 1, cap: 100, random: () => 0.5 })).toBe(4)
  })
})
