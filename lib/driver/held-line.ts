import type { ConnectionLost } from '../errors.js'
import type { Limits, RawResult, TransactionConnection, WireStatement } from './driver.js'
import { isLimited, throwIfAborted, watch } from './limits.js'
import type { Line } from './line.js'
import { type Request, scriptRequest, statementRequest, type Typed } from './request.js'
import { type Left, leftBehind } from './session.js'
import { connectionLost, type Place } from './sqlstate.js'

/** Gives a line back: `clean` where it may be used again, `touched` where something was set in its session. */
export type GiveBack = (clean: boolean, touched: boolean) => void

/** A line in the hands of one transaction, context or stream, until it is released. */
export class HeldLine implements TransactionConnection {
  readonly #line: Line
  readonly #typed: Typed
  readonly #place: Place
  readonly #giveBack: GiveBack
  readonly #listeners: ((error: Error) => void)[] = []
  #lost: ConnectionLost | undefined
  #released = false
  #left: Left = 'nothing'

  constructor(line: Line, typed: Typed, place: Place, giveBack: GiveBack) {
    this.#line = line
    this.#typed = typed
    this.#place = place
    this.#giveBack = giveBack
    line.onLost = error => this.#broken(error)
  }

  get alive(): boolean {
    return !this.#released && this.#line.alive
  }

  query(statement: WireStatement, limits?: Limits): Promise<RawResult> {
    return this.#send(statement.text, () => statementRequest(statement, this.#typed), limits)
  }

  script(text: string, limits?: Limits): Promise<readonly RawResult[]> {
    return this.#send(text, () => scriptRequest(text), limits)
  }

  onLost(listener: (error: Error) => void): void {
    if (this.#lost) queueMicrotask(() => listener(this.#lost as Error))
    else this.#listeners.push(listener)
  }

  release(state: 'idle' | 'dirty'): void {
    if (this.#released) return
    this.#released = true
    this.#line.onLost = undefined
    this.#giveBack(state === 'idle' && this.#left !== 'more', this.#left === 'settings')
  }

  #send<T>(text: string, make: () => Request<T>, limits?: Limits): Promise<T> {
    try {
      if (this.#released) throw connectionLost('it was given back already', this.#place, 'CONNECTION_LOST', text)
      if (limits) throwIfAborted(limits, text)
      const request = make()
      if (this.#left !== 'more') this.#note(leftBehind(text))
      this.#line.send(request)
      if (isLimited(limits)) watch(this.#line, request, limits)
      return request.done
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #note(left: Left): void {
    if (left !== 'nothing') this.#left = left
  }

  #broken(error: ConnectionLost): void {
    this.#lost = error
    for (const listener of this.#listeners.splice(0)) listener(error)
  }
}
