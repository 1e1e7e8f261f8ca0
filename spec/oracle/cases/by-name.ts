import { DQ } from 'pewit'
import { Favorite, User } from '../models.js'
import type { Translations } from '../run.js'

/** Filters by name. */
export const byName: Translations = {
  'filter.multi': () =>
    User.select(u => [u.id])
      .filter({ age: 13, isAdmin: false })
      .tuples(),
  'filter.in_': () =>
    User.select(u => [u.id])
      .filter({ id__in: [1, 2] })
      .orderBy(u => u.id)
      .tuples(),
  'filter.is_not': () =>
    User.select(u => [u.id])
      .filter({ email__isNot: null })
      .orderBy(u => u.id)
      .tuples(),
  'filter.contains': () =>
    User.select(u => [u.id])
      .filter({ username__contains: 'ee' })
      .orderBy(u => u.id)
      .tuples(),
  'filter.regexp': () =>
    User.select(u => [u.id])
      .filter({ username__regexp: '^h' })
      .tuples(),
  'filter.fk_two_level': () =>
    Favorite.select(f => [f.id])
      .filter({ tweet__user__username: 'huey' })
      .orderBy(f => f.id)
      .tuples(),
  'filter.dq_and_kwargs': () =>
    User.select(u => [u.id])
      .filter(DQ({ age: 13 }).or(DQ({ age: 7 })), { isAdmin: false })
      .orderBy(u => u.id)
      .tuples()
}
