import type { Backref, CompositeKey, ManyToMany, Ref } from 'pewit'
import { Tweet } from './tweet.js'
import { User } from './user.js'
import type { key, Visit, visits } from './visit.js'

/** What the compiler makes of the queries; never mind that they are not run. */

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function proves<T extends true>(): T | undefined {
  return undefined
}

export const joined = Tweet.select(Tweet, User).join(User)
export const outer = Tweet.select(Tweet, User).leftJoin(User)
export const picked = User.select(user => [user.username, user.age])
// So that it is run too.
export { key, visits } from './visit.js'

type RowOf<Q> = Awaited<Q> extends readonly (infer R)[] ? R : never

/** Compiles only where the types are right. */
export function proveTypes(): void {
  proves<Equal<RowOf<typeof joined>['user'], User>>()
  proves<Equal<RowOf<typeof outer>['user'], User | null>>()
  proves<Equal<RowOf<typeof picked>, { username: string; age: number | null }>>()
  proves<Equal<RowOf<typeof visits>, Visit>>()
  proves<Equal<typeof key, CompositeKey<'day' | 'place'>>>()
  proves<Equal<Tweet['user'], Ref<User>>>()
  proves<Equal<User['tweets'], Backref<Tweet>>>()
  proves<Equal<Tweet['likers'], ManyToMany<User>>>()
  proves<Equal<Awaited<User['liked']>, Tweet[]>>()
  proves<Equal<Awaited<ReturnType<typeof User.get<User>>>, User>>()
}
