/** One of the ways to do a piece of work that are compared. */
export interface Contender {
  readonly name: string
  run(): Promise<unknown>
}

/** What a contender took, in milliseconds a run. */
export interface Measured {
  readonly name: string
  readonly median: number
}

/** The median time of each contender. They take turns, so that whatever else the machine does falls on all alike. */
export async function interleaved(
  contenders: readonly Contender[],
  rounds: number,
  warmUp = Math.ceil(rounds / 5)
): Promise<Measured[]> {
  const times = contenders.map((): number[] => [])
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const started = performance.now()
      await contender.run()
      if (round >= 0) times[i].push(performance.now() - started)
    }
  }
  return contenders.map(({ name }, i) => ({ name, median: median(times[i]) }))
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]
}
