import { Presets, SingleBar } from 'cli-progress'
import type { Tally } from './workers.js'

/** Shows how far the work is. */
export interface Progress {
  update(tally: Readonly<Tally>): void
  end(): void
}

/** A bar on a terminal; elsewhere, such as in a log, a line every so often. */
export function showProgress(transfers: number): Progress {
  return process.stdout.isTTY ? bar(transfers) : lines(transfers)
}

function bar(transfers: number): Progress {
  const format = '{bar} {percentage} % | {value} of {total} transfers | {retries} retries | {refused} refused'
  const options = { format, hideCursor: true, stream: process.stdout, gracefulExit: false }
  const single = new SingleBar(options, Presets.shades_classic)
  single.start(transfers, 0, { retries: 0, refused: 0 })
  return {
    update: ({ milliseconds, retries, refused }) => single.update(milliseconds.length, { retries, refused }),
    end: () => single.stop()
  }
}

function lines(transfers: number): Progress {
  const step = Math.min(1000, Math.ceil(transfers / 10))
  return {
    update: ({ milliseconds: { length }, retries, refused }) => {
      if (length % step !== 0 && length !== transfers) return
      console.log(`${length} of ${transfers} transfers, ${retries} retries, ${refused} refused`)
    },
    end: () => {}
  }
}
