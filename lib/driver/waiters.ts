/** A queue, first come first served, whose `shift` costs the same however long it is. */
export class Waiters<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  add(item: T): void {
    this.#items.push(item)
  }

  /** Those that wait, in their order. */
  all(): T[] {
    return this.#items.slice(this.#head) as T[]
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#head]
    // Lets go of what it held: a long queue may never be empty.
    this.#items[this.#head++] = undefined
    if (this.#head > 1000 && this.#head * 2 > this.#items.length) this.#compact()
    return item
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}
