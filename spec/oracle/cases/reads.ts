import { caseWhen, fn, SQL, sql } from 'pewit'
import { Account, Event, Tweet, User } from '../models.js'
import type { Translations } from '../run.js'

/** Expressions, selects, groups, scalars and the shapes of rows. */

export const expressions: Translations = {
  'expr.cast_fn_class': () =>
    Tweet.select(t => [t.views.cast('numeric').as('x')])
      .orderBy(t => t.id)
      .tuples(),
  'expr.case_no_default': () =>
    User.select(u => [caseWhen([[u.age.lt(10), 'kid']]).as('grp')])
      .orderBy(u => u.id)
      .tuples(),
  'expr.case_where': () =>
    User.select(u => [u.id])
      .where(u => caseWhen([[u.isAdmin, 1]], 0).eq(1))
      .orderBy(u => u.id)
      .tuples(),
  'expr.coalesce_nested': () =>
    User.select(u => [fn.coalesce(u.age, fn.length(u.username)).as('e')])
      .orderBy(u => u.id)
      .tuples(),
  'expr.fn_mixed_case': () =>
    User.select(u => [fn.Lower(u.username).as('x')])
      .orderBy(u => u.id)
      .tuples(),
  'expr.fn_compare_fn': () =>
    User.select(u => [u.id])
      .where(u => fn.length(u.username).eq(fn.length(fn.trim(u.username))))
      .orderBy(u => u.id)
      .tuples(),
  'expr.count_distinct': () => Tweet.select(t => [fn.count(t.user.distinct()).as('n')]).tuples(),
  'expr.greatest': () =>
    Tweet.select(t => [fn.greatest(t.views, 6).as('x')])
      .orderBy(t => t.id)
      .tuples(),
  'expr.sql_params': () =>
    User.select(u => [u.id])
      .where(SQL('age > ? and age < ?', 10, 20))
      .orderBy(u => u.id)
      .tuples(),
  'expr.entity': () =>
    User.select(sql.identifier('t1', 'username').as('username'))
      .orderBy(u => u.id)
      .tuples(),
  'expr.timestamp_ms_where': () =>
    Event.select(e => [e.id])
      .where(e => e.tsMs.eq(new Date('2024-01-15T10:20:30.123Z')))
      .orderBy(e => e.id)
      .tuples()
}

export const selects: Translations = {
  'select.explicit_columns': () =>
    User.select(u => [u.id, u.username])
      .orderBy(u => u.id)
      .tuples(),
  'select.select_extend': () =>
    User.select(u => [u.id])
      .columnsExtend(u => [u.username])
      .orderBy(u => u.id)
      .tuples(),
  'select.distinct_true': () =>
    Tweet.select(t => [t.user])
      .distinct(true)
      .orderBy(t => t.user)
      .tuples(),
  'select.order_asc': () =>
    User.select(u => [u.id])
      .orderBy(u => u.username.asc())
      .tuples(),
  'select.order_nulls_last': () =>
    User.select(u => [u.id])
      .orderBy(u => [u.age.desc({ nulls: 'last' }), u.id])
      .tuples(),
  'select.order_by_sql': () =>
    User.select(u => [u.id])
      .orderBy(SQL('"t1"."id" DESC'))
      .tuples(),
  'select.order_by_alias_obj': () =>
    User.select(u => [u.id, fn.length(u.username).as('ln')])
      .orderBy(SQL('ln').desc(), u => u.id)
      .tuples(),
  'select.limit_none': () =>
    User.select(u => [u.id])
      .orderBy(u => u.id)
      .limit(2)
      .limit(null)
      .tuples(),
  'select.paginate_0_is_1': () =>
    User.select(u => [u.id])
      .orderBy(u => u.id)
      .paginate(0, 2)
      .tuples(),
  'select.raw_query': async () => {
    const rows = await User.raw`SELECT id, username FROM users WHERE age > ${10} ORDER BY id`
    return rows.map(({ id, username }) => [id, username])
  }
}

export const groups: Translations = {
  'group.group_by_multi': async () => {
    const rows = await Tweet.select(t => [t.user, t.isPublished, fn.sum(t.views).as('n')])
      .groupBy(t => [t.user, t.isPublished])
      .orderBy(t => [t.user, t.isPublished])
      .tuples()
    // A sum of integers is text, for it may pass what a number holds.
    return rows.map(([user, published, n]) => [user, published, Number(n)])
  },
  'group.having_multi': () =>
    Tweet.select(t => [t.user])
      .groupBy(t => t.user)
      .having(
        t => fn.count(t.id).gt(1),
        t => fn.sum(t.views).gt(14)
      )
      .orderBy(t => t.user)
      .tuples()
}

export const scalars: Translations = {
  'scalar.count_limit': async () => {
    const two = User.select().limit(2)
    return [await two.count(), await two.limit(null).count()]
  },
  'scalar.scalar_none': () =>
    User.select(u => [u.id])
      .where(u => u.id.eq(99))
      .scalar(),
  'scalar.get': async () => {
    const user = await User.select()
      .where(u => u.id.eq(2))
      .get()
    return user.username
  },
  'scalar.model_contains_len_iter': async () => [
    (await User.getOrNone(u => u.id.eq(1))) !== null,
    (await User.getOrNone(u => u.id.eq(99))) !== null,
    await User.select().count(),
    (await User.select()).length
  ]
}

export const rows: Translations = {
  'row.tuples': () =>
    User.select(u => [u.id, u.username])
      .where(u => u.id.lt(3))
      .orderBy(u => u.id)
      .tuples(),
  'row.objects_flat': async () => {
    const row = await Tweet.select()
      .join(User)
      .columns((t, u) => [t.content, u.username])
      .where(t => t.id.eq(1))
      .get()
    return [row.content, row.username]
  },
  'row.join_attr_name': async () => {
    const tweet = await Tweet.select(Tweet, User)
      .join(User, { attr: 'author' })
      .where(t => t.id.eq(1))
      .get()
    return [tweet.author.username]
  },
  'row.annotated_count': async () => {
    const found = await User.select()
      .leftJoin(Tweet)
      .columnsExtend((_, t) => [fn.count(t.id).as('ct')])
      .groupBy(User)
      .orderBy(u => u.id)
    return found.map(user => [user.username, user.ct])
  },
  'row.function_coerces_to_first_arg_type': async () => [
    await User.select(u => [fn.max(u.createdAt)]).scalar(),
    await Account.select(a => [fn.max(a.balance)]).scalar()
  ],
  'row.indexing_and_slicing': async () => {
    const found = await User.select(u => [u.id])
      .orderBy(u => u.id)
      .tuples()
    return [found[0], found.slice(1, 3), found.length, found.at(-1)]
  },
  'row.partial_select_leaves_unset': async () => {
    const [user] = await User.raw`SELECT id FROM users WHERE id = 1`
    return [user.id, user.username ?? null, user.dirtyFields]
  }
}
