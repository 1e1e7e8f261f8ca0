import { uuidv7 } from 'pewit/playhouse/cockroachdb'

/** As RFC 9562 lays them out. */
const VERSION_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function millisecondsOf(uuid: string): number {
  const [, high, low] = VERSION_7.exec(uuid) as RegExpExecArray
  return Number.parseInt(high + low, 16)
}

/** Later than every other spec here asks for, since a process never goes back. */
const LATER = Date.UTC(2200, 0, 1)

describe('uuidv7()', () => {
  it('tells when it was made', () => {
    const before = Date.now()
    const made = millisecondsOf(uuidv7())
    expect(made).toBeGreaterThanOrEqual(before)
    expect(made).toBeLessThanOrEqual(Date.now())
  })

  it('grows with each, within a millisecond and over many', () => {
    const made = Array.from({ length: 20_000 }, () => uuidv7())
    expect(new Set(made).size).toBe(made.length)
    expect(made.every(uuid => VERSION_7.test(uuid))).toBe(true)
    expect([...made].sort()).toEqual(made)
  })

  it('ends in bits that are not those of another', () => {
    const tails = Array.from({ length: 2_000 }, () => uuidv7().slice(-12))
    expect(new Set(tails).size).toBe(tails.length)
  })

  it('grows where the clock is set back', () => {
    const first = uuidv7(LATER)
    const second = uuidv7(LATER - 60_000)
    expect(second > first).toBe(true)
    expect(millisecondsOf(second)).toBe(LATER)
  })

  it('counts within a millisecond from a place that cannot be guessed', () => {
    const counters = Array.from({ length: 50 }, (_, i) => uuidv7(LATER + 1 + i).slice(14, 23))
    expect(new Set(counters).size).toBeGreaterThan(45)
  })
})
