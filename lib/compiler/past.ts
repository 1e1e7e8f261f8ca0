import type { SystemTime } from '../ast/nodes.js'
import { misuse } from '../errors.js'

/**
 * When a statement reads, if not now. Servers that read the past take one time for a whole statement, behind the FROM of its
 * outermost select. It may be given by a query inside, which is written later: so the place is kept, and filled in the end.
 */
export class Past {
  /** As the program gave it. */
  time: SystemTime | undefined
  /** Whether the clause is left out, because a transaction around the statement reads as of that time. */
  untold = false
  #text = ''
  /** Where the clause is to stand. */
  #place: number | undefined
  /** Where the select around a compound is to begin: behind FROM alone can a time be given. */
  #start: number | undefined
  #refusal: string | undefined

  /** Keeps the place behind the FROM of the outermost select, or behind the queries of a compound that begin at `start`. */
  keep(place: number, start: number | undefined): void {
    this.#place = place
    this.#start = start
  }

  /** Takes a time, and its literal. Throws a `TypeError` where there is another one already. */
  read(time: SystemTime, text: string): void {
    if (this.time !== undefined && text !== this.#text)
      throw misuse('BAD_QUERY', `asOf: a statement reads as of one time, and this one has two: ${this.#text} and ${text}`)
    this.time = time
    this.#text = text
  }

  /** Says why the statement must read now: it `locks rows`, `writes`. */
  refuse(why: string): void {
    this.#refusal ??= why
  }

  /** The whole text with the clause in its place. */
  put(text: string): string {
    if (this.time === undefined) return text
    if (this.#refusal !== undefined || this.#place === undefined)
      throw misuse('BAD_QUERY', `asOf: a statement that ${this.#refusal ?? 'reads from nothing'} cannot read the past`)
    if (this.untold) return text
    const [before, behind] = [text.slice(0, this.#place), text.slice(this.#place)]
    const clause = ` AS OF SYSTEM TIME ${this.#text}`
    if (this.#start === undefined) return `${before}${clause}${behind}`
    return `${before.slice(0, this.#start)}SELECT * FROM (${before.slice(this.#start)}) AS "compound"${clause}${behind}`
  }
}
