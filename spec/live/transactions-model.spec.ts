import fc from 'fast-check'
import type { Transaction } from 'pewit'
import { add, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

/** A program of blocks; what it catches is swallowed. */
type Step =
  | { readonly kind: 'insert' | 'duplicate' | 'throw' | 'commit' | 'rollback'; readonly caught: boolean }
  | { readonly kind: 'nested' | 'savepoint'; readonly caught: boolean; readonly steps: readonly Step[] }

const leaf = (kind: 'insert' | 'duplicate' | 'throw' | 'commit' | 'rollback', caught: fc.Arbitrary<boolean>, weight: number) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), caught }) as fc.Arbitrary<Step>
})

const { steps } = fc.letrec<{ step: Step; steps: readonly Step[] }>(tie => ({
  step: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    leaf('insert', fc.boolean(), 8),
    leaf('duplicate', fc.constantFrom(true, true, false), 1),
    leaf('throw', fc.constantFrom(true, false), 1),
    leaf('commit', fc.constant(true), 1),
    leaf('rollback', fc.constant(true), 1),
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('nested' as const, 'savepoint' as const),
        caught: fc.constantFrom(true, true, false),
        steps: tie('steps')
      })
    }
  ),
  steps: fc.array(tie('step'), { maxLength: 6 })
}))

/** What a transaction should do, in memory. */
class Expected {
  committed: readonly string[] = []
  rows: readonly string[] = []
  aborted = false
  savepoints = 0
  next = 0

  run(steps: readonly Step[]): 'committed' | 'thrown' | 'aborted' {
    try {
      this.all(steps)
    } catch {
      return 'thrown'
    }
    if (this.aborted) return 'aborted'
    this.committed = this.rows
    return 'committed'
  }

  all(steps: readonly Step[]): void {
    for (const step of steps) {
      try {
        this.one(step)
      } catch (error) {
        if (!step.caught) throw error
      }
    }
  }

  one(step: Step): void {
    if (step.kind === 'nested') return this.all(step.steps)
    if (step.kind === 'throw') throw new Error('program')
    if (step.kind === 'rollback') return this.rollback()
    const name = step.kind === 'insert' ? `i${this.next++}` : ''
    if (this.aborted) throw new Error('aborted')
    if (step.kind === 'savepoint') return this.savepoint(step.steps)
    if (step.kind === 'commit') return this.commit()
    if (step.kind === 'insert') this.rows = [...this.rows, name]
    else this.fail()
  }

  savepoint(steps: readonly Step[]): void {
    const before = this.rows
    this.savepoints++
    try {
      this.all(steps)
      if (this.aborted) throw new Error('aborted')
    } catch (error) {
      this.rows = before
      this.aborted = false
      throw error
    } finally {
      this.savepoints--
    }
  }

  commit(): void {
    if (this.savepoints > 0) throw new Error('nested')
    this.committed = this.rows
  }

  rollback(): void {
    if (this.savepoints > 0) throw new Error('nested')
    this.rows = this.committed
    this.aborted = false
  }

  fail(): never {
    this.aborted = true
    throw new Error('duplicate')
  }
}

eachServer('any program of blocks', live => {
  const { db, names } = itemsOn(live, { max: 1 })

  /** The same program, for real. */
  async function perform(steps: readonly Step[]): Promise<string> {
    let next = 0
    const all = async (list: readonly Step[], txn: Transaction) => {
      for (const step of list) {
        try {
          await one(step, txn)
        } catch (error) {
          if (!step.caught) throw error
        }
      }
    }
    const one = async (step: Step, txn: Transaction): Promise<unknown> => {
      switch (step.kind) {
        case 'insert':
          return add(`i${next++}`)
        case 'duplicate':
          return add('taken')
        case 'throw':
          throw new Error('program')
        case 'nested':
          return db.transaction(() => all(step.steps, txn))
        case 'savepoint':
          return db.savepoint(() => all(step.steps, txn))
        default:
          return txn[step.kind]()
      }
    }
    try {
      await db.transaction(txn => all(steps, txn))
      return 'committed'
    } catch (error) {
      return (error as Error).name === 'TransactionAbortedError' ? 'aborted' : 'thrown'
    }
  }

  it('ends as it should, with the rows that it should', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async program => {
        await db.executeSql('delete from item')
        await add('taken')
        const expected = new Expected()
        const outcome = expected.run(program)
        const ended = await perform(program)
        // An uncaught TransactionAbortedError of a savepoint or of commit() is one that was thrown.
        expect(ended === 'aborted' && outcome === 'thrown' ? 'thrown' : ended).toBe(outcome)
        expect(await names()).toBe([...expected.committed, 'taken'].sort().join(' '))
      }),
      { numRuns: 150, interruptAfterTimeLimit: 4000, markInterruptAsFailure: false }
    )
  })
})
