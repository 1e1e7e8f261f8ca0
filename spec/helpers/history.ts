/** Whether transactions that ran at the same time could have run one after the other, by what each read and wrote. */

/** A state of a row: the number of times it had been written. 0 is how it was at first. */
export interface Version {
  readonly row: string
  readonly version: number
}

/** A state that was read, with the transaction that says in the row that it wrote it; `null` for the first state. */
export interface Read extends Version {
  readonly writer: string | null
}

/** A transaction that was committed. A row it read after writing it does not count as read. */
export interface Committed {
  readonly id: string
  readonly reads: readonly Read[]
  readonly writes: readonly Version[]
}

/**
 * That one transaction must have come before another: it wrote what the other read (`wr`) or wrote over (`ww`), or it read
 * what the other wrote over (`rw`).
 */
interface Dependency {
  readonly from: string
  readonly to: string
  readonly how: 'wr' | 'ww' | 'rw'
  readonly of: Version
}

type Graph = ReadonlyMap<string, readonly Dependency[]>
type Writers = ReadonlyMap<string, readonly string[]>

/**
 * What no order of the transactions explains, in words; nothing where there is such an order.
 *
 * Versions give the order of the writes of a row, so the graph of direct dependencies is known, and the history is
 * serialisable if and only if that has no cycle: Adya, Weak Consistency, 1999, section 3; found from the outside as in
 * Kingsbury and Alvaro, Elle, 2020.
 */
export function anomaliesIn(history: readonly Committed[]): string[] {
  const writers = writersIn(history)
  const cycle = shortestCycle(dependenciesIn(history, writers))
  return [...strayWrites(history, writers), ...strayReads(history, writers), ...(cycle ? [`a cycle: ${described(cycle)}`] : [])]
}

function writersIn(history: readonly Committed[]): Writers {
  const writers = new Map<string, string[]>()
  for (const { id, writes } of history) {
    for (const version of writes) writers.set(name(version), [...(writers.get(name(version)) ?? []), id])
  }
  return writers
}

/** Versions that two wrote, each of whom overlooked the other; and those written over what nobody who committed has written. */
function strayWrites(history: readonly Committed[], writers: Writers): string[] {
  const twice = [...writers].filter(([, ids]) => ids.length > 1)
  const over = ({ row, version }: Version) => name({ row, version: version - 1 })
  return [
    ...twice.map(([version, ids]) => `${version} was written by ${ids.join(' and ')}`),
    ...history.flatMap(({ id, writes }) =>
      writes
        .filter(write => write.version > 1 && !writers.has(over(write)))
        .map(write => `${id} wrote over ${over(write)}, which nobody committed`)
    )
  ]
}

/** Versions that were read, and that their writers have not committed. */
function strayReads(history: readonly Committed[], writers: Writers): string[] {
  const isStray = (read: Read) => read.version > 0 && !writers.get(name(read))?.some(id => id === read.writer)
  return history.flatMap(({ id, reads }) =>
    reads.filter(isStray).map(read => `${id} read ${name(read)} of ${read.writer}, who did not commit it`)
  )
}

function dependenciesIn(history: readonly Committed[], writers: Writers): Graph {
  const graph = new Map<string, Dependency[]>(history.map(({ id }) => [id, []]))
  const add = (how: Dependency['how'], of: Version, froms: readonly string[], tos: readonly string[]) => {
    for (const from of froms) for (const to of tos) if (from !== to) graph.get(from)?.push({ from, to, how, of })
  }
  const wrote = (row: string, version: number) => writers.get(name({ row, version })) ?? []
  for (const { id, reads, writes } of history) {
    for (const of of reads) {
      add('wr', of, wrote(of.row, of.version), [id])
      add('rw', of, [id], wrote(of.row, of.version + 1))
    }
    for (const of of writes) add('ww', of, [id], wrote(of.row, of.version + 1))
  }
  return graph
}

/** One of the shortest cycles. */
function shortestCycle(graph: Graph): readonly Dependency[] | undefined {
  let shortest: readonly Dependency[] | undefined
  for (const start of inCycles(graph)) {
    const cycle = cycleThrough(graph, start, shortest?.length)
    if (cycle) shortest = cycle
    if (shortest?.length === 2) break
  }
  return shortest
}

/** The transactions that are left when, again and again, those are taken away that nobody must precede: cycles, and what follows them. */
function inCycles(graph: Graph): Set<string> {
  const left = new Set(graph.keys())
  const before = new Map([...left].map(id => [id, 0]))
  for (const { to } of [...graph.values()].flat()) before.set(to, (before.get(to) ?? 0) + 1)
  const free = [...left].filter(id => before.get(id) === 0)
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id)
    for (const { to } of graph.get(id) ?? []) {
      before.set(to, (before.get(to) ?? 0) - 1)
      if (before.get(to) === 0) free.push(to)
    }
  }
  return left
}

/** The shortest way from a transaction back to itself, if it has fewer steps than `limit`. */
function cycleThrough(graph: Graph, start: string, limit = Number.POSITIVE_INFINITY): readonly Dependency[] | undefined {
  const ways = new Map<string, readonly Dependency[]>([[start, []]])
  for (const [id, way] of ways) {
    if (way.length + 1 >= limit) return undefined
    for (const step of graph.get(id) ?? []) {
      if (step.to === start) return [...way, step]
      if (!ways.has(step.to)) ways.set(step.to, [...way, step])
    }
  }
  return undefined
}

function described(cycle: readonly Dependency[]): string {
  return cycle.map(({ from, to, how, of }) => `${from} –${how} ${name(of)}→ ${to}`).join(', ')
}

function name({ row, version }: Version): string {
  return `${row} v${version}`
}
