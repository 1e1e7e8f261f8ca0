import fc from 'fast-check'
import { anomaliesIn, type Committed, type Read, type Version } from '../helpers/history.js'

/** `x1:T1` is version 1 of row x, written by T1; without a writer it is how the row was at first. */
const read = (text: string): Read => {
  const [, row, version, writer] = /^(\w)(\d+)(?::(\w+))?$/.exec(text) ?? []
  return { row: row as string, version: Number(version), writer: writer ?? null }
}
const written = (text: string): Version => ({ row: text[0] as string, version: Number(text.slice(1)) })

/** `reads > writes`, each a list. */
function history(transactions: Readonly<Record<string, string>>): Committed[] {
  return Object.entries(transactions).map(([id, text]) => {
    const [reads = '', writes = ''] = text.split('>').map(part => part.trim())
    const list = (part: string) => part.split(' ').filter(Boolean)
    return { id, reads: list(reads).map(read), writes: list(writes).map(written) }
  })
}

describe('a history', () => {
  it.each([
    ['of nothing', {}],
    ['of one after the other', { T1: 'x0 > x1', T2: 'x1:T1 > x2', T3: 'x2:T2 y0 >' }],
    ['in whatever order it is told', { T3: 'x2:T2 y0 >', T2: 'x1:T1 > x2', T1: 'x0 > x1' }],
    ['of a reader in the past', { T1: 'x0 > x1', T2: 'y0 > y1', R: 'x0 y0 >', S: 'x1:T1 y0 >' }],
    ['of blind writes', { T1: '> x1 y2', T2: '> x2 y3', T3: '> y1' }]
  ])('%s has an order', (_, transactions) => {
    expect(anomaliesIn(history(transactions))).toEqual([])
  })

  it.each([
    ['a lost update', { T1: 'x0 > x1', T2: 'x0 > x1' }, ['x v1 was written by T1 and T2', 'T1 –rw x v0→ T2, T2 –rw x v0→ T1']],
    ['a lost update, counted by the server', { T1: 'x0 > x1', T2: 'x0 > x2' }, ['T1 –ww x v1→ T2, T2 –rw x v0→ T1']],
    ['a write skew', { T1: 'x0 y0 > x1', T2: 'x0 y0 > y1' }, ['T1 –rw y v0→ T2, T2 –rw x v0→ T1']],
    ['a read skew', { T1: '> x1 y1', R: 'x0 y1:T1 >' }, ['T1 –wr y v1→ R, R –rw x v0→ T1']],
    ['writes in two orders', { T1: '> x1 y2', T2: '> x2 y1' }, ['T1 –ww x v1→ T2, T2 –ww y v1→ T1']],
    ['what is known in a circle', { T1: 'y1:T2 > x1', T2: 'x1:T1 > y1' }, ['T1 –wr x v1→ T2, T2 –wr y v1→ T1']],
    ['two orders seen by two', { T1: '> x1', T2: '> y1', R: 'x1:T1 y0 >', S: 'x0 y1:T2 >' }, ['a cycle: T1 –wr x v1→ R']],
    ['a write over what was rolled back', { T1: '> x1', T2: '> x3' }, ['T2 wrote over x v2, which nobody committed']],
    ['a read of what was rolled back', { T1: 'x1:gone >' }, ['T1 read x v1 of gone, who did not commit it']],
    ['a read of what another says it wrote', { T1: '> x1', T2: 'x1:T3 >' }, ['T2 read x v1 of T3, who did not commit it']]
  ])('with %s has none', (_, transactions, said) => {
    const found = anomaliesIn(history(transactions)).join('; ')
    for (const words of said) expect(found).toContain(words)
  })

  it('shows the shortest of its cycles', () => {
    const long = { A: '> a1', B: 'a1:A > b1', C: 'b1:B > c1', D: 'c1:C a0 >' }
    const short = { T1: 'x0 y0 > x1', T2: 'x0 y0 > y1' }
    expect(anomaliesIn(history(long))).toEqual(['a cycle: A –wr a v1→ B, B –wr b v1→ C, C –wr c v1→ D, D –rw a v0→ A'])
    expect(anomaliesIn(history({ ...long, ...short }))).toEqual(['a cycle: T1 –rw y v0→ T2, T2 –rw x v0→ T1'])
  })

  it('of transactions that take turns has an order', () => {
    fc.assert(
      fc.property(fc.array(programs(), { maxLength: 30 }), fc.integer(), (works, seed) => {
        const told = replay(
          works,
          works.map((_, i) => i)
        )
        expect(anomaliesIn(shuffled(told, seed))).toEqual([])
      })
    )
  })

  it('has an order if and only if one of all orders gives what was read', () => {
    let impossible = 0
    fc.assert(
      fc.property(fc.array(versioned(), { minLength: 2, maxLength: 4 }), works => {
        const told = assembled(works)
        const possible = permutations(told).some(replays)
        if (!possible) impossible++
        expect(anomaliesIn(told).length === 0).toBe(possible)
      }),
      { numRuns: 2000 }
    )
    expect(impossible).toBeGreaterThan(100)
  })
})

interface Program {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

const rows = () => fc.uniqueArray(fc.constantFrom('x' as const, 'y' as const, 'z' as const))
const programs = () => fc.record({ reads: rows(), writes: rows() })

/** What the programs read and write when they run in that order. */
function replay(works: readonly Program[], order: readonly number[]): Committed[] {
  const states = new Map<string, Read>()
  const state = (row: string) => states.get(row) ?? { row, version: 0, writer: null }
  return order.map(i => {
    const { reads, writes } = works[i] as Program
    const told = { id: `T${i}`, reads: reads.map(state), writes: writes.map(row => ({ row, version: state(row).version + 1 })) }
    for (const version of told.writes) states.set(version.row, { ...version, writer: told.id })
    return told
  })
}

/** A program whose writes have ranks among those of each row, and whose reads are picked from any of them. */
const versioned = () =>
  fc.record({
    reads: rows(),
    writes: rows(),
    picks: fc.record({ x: fc.nat(5), y: fc.nat(5), z: fc.nat(5) }),
    ranks: fc.record({ x: fc.nat(), y: fc.nat(), z: fc.nat() })
  })
type Versioned = ReturnType<typeof versioned> extends fc.Arbitrary<infer V> ? V : never

function assembled(works: readonly Versioned[]): Committed[] {
  const writersOf = (row: 'x' | 'y' | 'z') =>
    works
      .map(({ writes, ranks }, i) => ({ id: `T${i}`, writes, rank: ranks[row] }))
      .filter(({ writes }) => writes.includes(row))
      .sort((a, b) => a.rank - b.rank)
      .map(({ id }) => id)
  return works.map(({ reads, writes, picks }, i) => {
    const id = `T${i}`
    const picked = (row: 'x' | 'y' | 'z') => {
      const version = picks[row] % (writersOf(row).length + 1)
      return { row, version, writer: writersOf(row)[version - 1] ?? null }
    }
    return {
      id,
      // What it wrote itself does not count as read.
      reads: reads.map(picked).filter(({ writer }) => writer !== id),
      writes: writes.map(row => ({ row, version: writersOf(row).indexOf(id) + 1 }))
    }
  })
}

/** Whether each, in this order, reads and writes what it says. */
function replays(order: readonly Committed[]): boolean {
  const states = new Map<string, number>()
  return order.every(({ reads, writes }) => {
    const fits =
      reads.every(({ row, version }) => (states.get(row) ?? 0) === version) &&
      writes.every(({ row, version }) => (states.get(row) ?? 0) === version - 1)
    for (const { row, version } of writes) states.set(row, version)
    return fits
  })
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, i) => [Math.sin(seed + i), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
