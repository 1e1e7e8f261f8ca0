/** How many statements a piece of work sends, for specs: `await assertQueryCount(db, 1, () => User.select())`. */
import { AssertionError } from 'node:assert'
import { AsyncLocalStorage } from 'node:async_hooks'
import { misuse } from '../lib/extend.js'
import type { Database, QueryEvent } from '../lib/index.js'

/** What is counted. */
export interface CountOptions {
  /** Counts only what reads: SELECT, also behind WITH, VALUES and TABLE. */
  readonly onlySelect?: boolean
}

/** What a piece of work gave, and sent. */
export interface CountedQueries<T> {
  readonly result: T
  readonly count: number
  /** The texts of the statements, in the order of their answers. */
  readonly queries: readonly string[]
}

/** What Pewit sends by itself: around transactions, and to learn the server's version. */
const OVERHEAD = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b|^SELECT version\(\)$/
const READS = /^[\s(]*(SELECT|WITH|VALUES|TABLE)\b/i

const counting = new AsyncLocalStorage<readonly object[]>()

/**
 * Runs `work` and counts the statements that it sends to a database and awaits, however deep they are; not what others send
 * meanwhile, nor what begins and ends transactions.
 *
 * `const { result, count, queries } = await countQueries(db, () => User.select())`
 */
export async function countQueries<T>(
  db: Database,
  work: () => T | PromiseLike<T>,
  { onlySelect = false }: CountOptions = {}
): Promise<CountedQueries<T>> {
  const queries: string[] = []
  const listen = ({ sql }: QueryEvent) => {
    if (!counting.getStore()?.includes(queries) || OVERHEAD.test(sql)) return
    if (!onlySelect || READS.test(sql)) queries.push(sql)
  }
  db.on('query', listen)
  try {
    const result = await counting.run([...(counting.getStore() ?? []), queries], async () => work())
    return { result, count: queries.length, queries }
  } finally {
    db.off('query', listen)
  }
}

/**
 * Runs `work` and gives its result. Rejects with an `AssertionError` that lists the statements where it sent another number
 * of them than expected; what counts is as in {@link countQueries}.
 *
 * `const tweets = await assertQueryCount(db, 1, () => Tweet.select(Tweet, User).join(User))`
 */
export async function assertQueryCount<T>(
  db: Database,
  expected: number,
  work: () => T | PromiseLike<T>,
  options?: CountOptions
): Promise<T> {
  if (!Number.isSafeInteger(expected) || expected < 0)
    throw misuse('BAD_ARGUMENT', `assertQueryCount: expected a number of queries, got ${String(expected)}`)
  const { result, count, queries } = await countQueries(db, work, options)
  if (count === expected) return result
  const sent = queries.map((text, i) => `\n  ${i + 1}. ${text}`).join('')
  throw new AssertionError({
    message: `Expected ${expected} ${expected === 1 ? 'query' : 'queries'}, but ${count} ${count === 1 ? 'was' : 'were'} sent${sent && `:${sent}`}`,
    actual: count,
    expected,
    operator: 'assertQueryCount'
  })
}
