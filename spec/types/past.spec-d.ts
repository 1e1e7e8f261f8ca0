import { type ExplainMode, type IndexHint, type Query, type SystemTime, sql } from 'pewit'
import {
  CockroachDatabase,
  followerReadTimestamp,
  type StalenessOptions,
  withMaxStaleness,
  withMinTimestamp
} from 'pewit/playhouse/cockroachdb'
import type { Equal } from './expect.js'
import { proves } from './expect.js'
import { Tweet, User } from './models.js'

/** When queries read, by which index, and how they are broken off. */

export async function asOf(): Promise<void> {
  const users = User.select().asOf('-10s')
  proves<Equal<Awaited<typeof users>, User[]>>()
  const names = await Tweet.select(t => [t.content])
    .join(User)
    .asOf(new Date())
    .where((_, u) => u.username.eq('huey'))
  proves<Equal<typeof names, { content: string }[]>>()
  const both = User.select(u => [u.username])
    .union(Tweet.select(t => [t.content]))
    .asOf(followerReadTimestamp())
    .limit(3)
  void both
  await User.select()
    .asOf(withMaxStaleness('10s', { nearestOnly: true }))
    .getOrNone()
  await User.select().asOf(withMinTimestamp(new Date())).getOrNone()
  User.select().asOf(null)
  const time: SystemTime = withMinTimestamp('2026-01-01')
  const options: StalenessOptions = { nearestOnly: false }
  void [time, options]
  // @ts-expect-error a number is no time
  User.select().asOf(10)
  // @ts-expect-error a time is needed
  User.select().asOf()
  // @ts-expect-error an expression is no time: there are no parameters there
  User.select().asOf(sql`now()`)
  // @ts-expect-error an update writes, and reads the present
  User.update({ age: 3 }).asOf('-10s')
  // @ts-expect-error a delete as well
  User.delete().asOf('-10s')
  // @ts-expect-error an insert as well
  User.insert({ username: 'x' }).asOf('-10s')
  // @ts-expect-error a misspelt option
  withMaxStaleness('10s', { nearest: true })
  // @ts-expect-error the least time is no interval in milliseconds
  withMinTimestamp(10)
}

export async function indexHints(): Promise<void> {
  const hinted = await User.select().indexHint('user_age')
  proves<Equal<typeof hinted, User[]>>()
  const hint: IndexHint = { index: 'user_age', direction: 'desc', noFullScan: true }
  const joined = await Tweet.select(Tweet, User).join(User).indexHint(hint, { of: User }).indexHint(null)
  proves<Equal<(typeof joined)[number]['user']['username'], string>>()
  const changed = await User.update({ age: 3 }).indexHint('user_age')
  proves<Equal<typeof changed, number>>()
  const gone = await User.delete()
    .indexHint(hint)
    .returning(u => [u.id])
  void gone
  // @ts-expect-error up is no direction
  User.select().indexHint({ index: 'user_age', direction: 'up' })
  // @ts-expect-error a misspelt option
  User.select().indexHint({ name: 'user_age' })
  // @ts-expect-error a name is no source
  User.select().indexHint('user_age', { of: 'user' })
  // @ts-expect-error an insert reads by no index
  User.insert({ username: 'x' }).indexHint('user_age')
}

export async function cancel(): Promise<void> {
  const db = new CockroachDatabase('x')
  const query: Query<unknown> = User.select()
  const count = await db.cancel(query)
  proves<Equal<typeof count, number>>()
  await db.cancel(User.update({ age: 3 }))
  const { version, skipLocked } = await db.capabilities()
  proves<Equal<typeof version, number>>()
  proves<Equal<typeof skipLocked, boolean>>()
  // @ts-expect-error the query is needed, not what it gives
  await db.cancel(await User.select())
  // @ts-expect-error there is no such capability
  ;(await db.capabilities()).skippedLocks
}

export async function plans(): Promise<void> {
  const mode: ExplainMode = 'opt'
  const plan = await User.select().explain({ mode, verbose: true })
  proves<Equal<typeof plan, string>>()
  // @ts-expect-error there is no such mode
  await User.select().explain({ mode: 'debug' })
  // @ts-expect-error a misspelt option
  await User.select().explain({ analyse: true })
}
