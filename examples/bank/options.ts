import { Command, InvalidArgumentError } from 'commander'

/** What the example can be told. */
export interface Options {
  readonly workers: number
  readonly transfers: number
  readonly hot: number
  readonly sql: boolean
}

/** The options of the command line. Ends the program for `--help`, and for what cannot be understood. */
export function parseOptions(argv: readonly string[]): Options {
  return new Command('bank')
    .description('Loads 1,000 accounts, moves money between them by many workers at once, and checks the books.')
    .option('-w, --workers <number>', 'workers, each with one transfer at a time', wholeNumber(1, 100), 16)
    .option('-t, --transfers <number>', 'transfers to be made', wholeNumber(1, 1_000_000), 5_000)
    .option('--hot <percent>', 'how many of 100 transfers go between the ten busiest accounts', wholeNumber(0, 100), 10)
    .option('--sql', 'make one transfer only, print the statements of its transaction, and stop', false)
    .parse(argv)
    .opts<Options>()
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`)
  }
}
