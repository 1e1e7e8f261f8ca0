import { DQ, type FilterTree, type Select } from 'pewit'
import type { Assignable, Equal } from './expect.js'
import { proves } from './expect.js'
import { Category, Favorite, Tweet, User } from './models.js'

/** Filters by name: which keys compile, and with which values. */

export async function filters(huey: User) {
  const users = User.filter({ username: 'huey' })
  proves<Equal<typeof users, Select<User, readonly [User], User>>>()

  User.filter({ username: 'huey', age__gte: 3, active: true, seenAt__lt: new Date(), age__isNull: false })
  User.filter({ username__ilike: 'h%', username__in: ['a', 'b'], role__ne: 'admin', age__between: [1, 5], age: null })
  User.filter({ id__in: User.select(u => [u.id]), username__eq: User.fields().role, age__in: new Set([1, 2]) })
  Tweet.filter({ user: huey, user__in: [huey], userId: 'x', user__ne: 'x', user__isNull: false })
  Tweet.filter({ user__username: 'huey', user__username__contains: 'x', user__tweets__content__startsWith: 'x' })
  Favorite.filter({ tweet__user__username: 'huey', tweet__user__favorites__tweet__content__like: 'x' })
  Category.filter({ parent: null, parent__parent__name: 'root', children__children__name__ilike: 'x%' })
  Tweet.filter({ tags__contains: ['x'], settings: null })
  User.filter()
  User.filter({ age: 1 }, { age: 2 })
  User.filter({} as Record<string, unknown>)

  // @ts-expect-error no such property
  User.filter({ usrename: 'huey' })
  // @ts-expect-error no such operator
  User.filter({ username__lik: 'huey' })
  // @ts-expect-error no such property of the related model
  Tweet.filter({ user__usrename: 'huey' })
  // @ts-expect-error no such relation
  Tweet.filter({ usr__username: 'huey' })
  // @ts-expect-error a backref is no column
  User.filter({ tweets: 1 })
  // @ts-expect-error nor has it operators
  User.filter({ tweets__isNull: true })
  // @ts-expect-error a method is none
  User.filter({ greet: 'x' })
  // @ts-expect-error a value of another type
  User.filter({ age: 'three' })
  // @ts-expect-error values of another type
  User.filter({ age__in: ['three'] })
  // @ts-expect-error a value of another type, two relations away
  Favorite.filter({ tweet__user__age__gt: 'three' })
  // @ts-expect-error isNull takes true or false
  User.filter({ age__isNull: 1 })
  // @ts-expect-error between takes two values
  User.filter({ age__between: [1] })
  // @ts-expect-error undefined would be lost
  User.filter({ age: undefined })
  // @ts-expect-error the second is checked as the first
  User.filter({ age: 1 }, { agee: 2 })
}

export async function trees() {
  const tree = DQ({ age: 13 })
    .or(DQ({ age: 7 }))
    .and(DQ({ username__ilike: 'x' }).not())
  proves<Equal<typeof tree, FilterTree<{ readonly age: 13 } | { readonly age: 7 } | { readonly username__ilike: 'x' }>>>()
  User.filter(tree, { active: true })
  // @ts-expect-error there is no such property in one of them
  User.filter(DQ({ age: 13 }).or(DQ({ agee: 7 })))
  // @ts-expect-error a filter of another model
  Tweet.filter(tree)
}

export async function queries() {
  const joined = await Tweet.select(Tweet, User).join(User).filter({ user__username: 'huey' })
  proves<Assignable<(typeof joined)[0]['user'], User>>()
  // @ts-expect-error no such property
  Tweet.select().filter({ usr__username: 'huey' })
}

export async function gets() {
  const user = await User.get({ username: 'huey' })
  proves<Equal<typeof user, User>>()
  const none = await User.getOrNone({ username: 'huey' }, u => u.age.gt(3))
  proves<Equal<typeof none, User | null>>()
  await User.get({ tweets__content: 'x' })
  await User.get(u => u.username.eq('huey'))
  // @ts-expect-error no such property
  await User.get({ usrename: 'huey' })
  // @ts-expect-error a value of another type
  await User.getOrNone({ age: 'three' })
}
