import { fn, SQL, table, value, valuesList } from 'pewit'
import { Category, Favorite, KV, Person, Register, Tweet, User } from '../models.js'
import type { Translations } from '../run.js'

/** Compounds, CTEs, subqueries in FROM, lists of values, tables without a model, and locks. */

const users = table('users', { id: 'int8', username: 'text', age: 'int4?' })
const kv = table('kv', { id: 'int8', key: 'text', value: 'int4', extra: 'int4?' })
const u = User.fields()

const tree = () =>
  Category.select(c => [c.id, c.name, value(0).as('level'), c.name.cast('text').as('path')])
    .where(c => c.parent.isNull())
    .cte('tree')
    .unionAll(up =>
      Category.select()
        .join(up, { on: (c, t) => c.parent.eq(t.id) })
        .columns((c, t) => [c.id, c.name, t.level.add(1).as('level'), t.path.concat('/').concat(c.name).as('path')])
    )

export const compounds: Translations = {
  'compound.union_method': () =>
    User.select(x => [x.id])
      .where(x => x.id.lt(3))
      .union(User.select(x => [x.id]).where(x => x.id.gt(1)))
      .orderBy(SQL('1'))
      .tuples(),
  'compound.except_': () =>
    User.select(x => [x.id])
      .except(Tweet.select(t => [t.user]))
      .orderBy(SQL('1'))
      .tuples(),
  'compound.intersect_precedence': () =>
    User.select(x => [x.id])
      .where(x => x.id.eq(1))
      .union(
        User.select(x => [x.id])
          .where(x => x.id.gt(2))
          .intersect(User.select(x => [x.id]).where(x => x.id.lt(4)))
      )
      .orderBy(r => r.id)
      .tuples(),
  'compound.as_subquery': () =>
    User.select(x => [x.id])
      .union(Register.select(r => [r.id]))
      .alias('u')
      .select(fn.count().as('n'))
      .tuples(),
  'compound.mixed_models_columns': () =>
    User.select(x => [x.username.as('n'), value('user').as('src')])
      .where(x => x.id.eq(1))
      .unionAll(Person.select(p => [p.first.as('n'), value('person').as('src')]).where(p => p.id.eq(1)))
      .orderBy(r => r.src)
      .tuples()
}

export const ctes: Translations = {
  'cte.from_cte': () =>
    User.select(x => [x.id, x.username])
      .where(x => x.isAdmin.eq(true))
      .cte('adm')
      .select(a => [a.id, a.username])
      .orderBy(a => a.id)
      .tuples(),
  'cte.multi': () => {
    const c1 = User.select(x => [fn.count(x.id).as('n')]).cte('c1')
    const c2 = Tweet.select(t => [fn.count(t.id).as('m')]).cte('c2')
    return c1
      .select()
      .from(c1, c2)
      .columns((a, b) => [a.n, b.m])
      .tuples()
  },
  'cte.recursive_tree': () =>
    tree()
      .select(t => [t.name, t.level, t.path])
      .orderBy(t => t.path)
      .tuples(),
  'cte.cte_join_model': () =>
    Category.select()
      .join(tree(), { on: (c, t) => c.id.eq(t.id) })
      .columns((c, t) => [c.name, t.level])
      .orderBy((_, t) => t.path)
      .tuples(),
  'cte.insert_from_cte': () => {
    const rows = valuesList(
      [
        ['ka', 1],
        ['kb', 2]
      ],
      { columns: ['k', 'v'] }
    ).cte('vcte')
    return KV.insertFrom(
      rows.select(v => [v.k, v.v]),
      ['key', 'value']
    )
  },
  'cte_dml.delete_returning_cte': () => {
    const gone = Favorite.delete()
      .where(f => f.user.eq(2))
      .returning(f => [f.id])
      .cte('mod_d')
    return gone.select(d => [fn.count(d.id).as('n')]).tuples()
  }
}

export const sources: Translations = {
  'select.model_alias_named': () => User.alias('uu').select().limit(0).tuples(),
  'select.table_star': () =>
    User.select()
      .orderBy(x => x.id)
      .limit(1)
      .tuples(),
  'join.join_alias_as_root': () =>
    User.alias('t1')
      .select()
      .join(Tweet, { on: (a, t) => t.user.eq(a.id) })
      .columns((a, t) => [a.username, t.content])
      .orderBy((_, t) => t.id)
      .tuples(),
  'subquery.correlated': () => {
    const other = Tweet.alias('ta')
    const o = other.fields()
    return Tweet.select(t => [t.id])
      .where(t => t.views.eq(other.select(fn.max(o.views)).where(o.user.eq(t.user))))
      .orderBy(t => t.id)
      .tuples()
  },
  'subquery.nested_from': () =>
    User.select(x => [x.id, x.username])
      .where(x => x.age.eq(13))
      .alias('sub1')
      .select(s => [s.id, s.username])
      .alias('outer_q')
      .select(q => [q.username])
      .orderBy(SQL('1'))
      .tuples(),
  'join.lateral_from_list': () => {
    const latest = Tweet.select(t => [t.id, t.content, t.views])
      .where(t => t.user.eq(u.id))
      .orderBy(t => t.id.desc())
      .limit(2)
      .lateral()
      .alias('lq')
    return User.select()
      .from(User, latest)
      .columns((x, l) => [x.username, l.content])
      .orderBy((x, l) => [x.username, l.content])
      .tuples()
  },
  'in.in_values_list': () =>
    User.select(x => [x.id])
      .where(x => x.id.in(valuesList([[1], [2]], { columns: ['n'] })))
      .orderBy(x => x.id)
      .tuples(),
  'row.values_list_rows': db => {
    const v = valuesList(
      [
        [1, 'a'],
        [2, 'b']
      ],
      { columns: ['n', 's'], name: 'v' }
    ).bind(db)
    return v
      .select(r => [r.n, r.s])
      .orderBy(r => r.n)
      .tuples()
  },
  'values.columns': db => {
    const v = valuesList(
      [
        ['a', 2],
        ['b', 1]
      ],
      { columns: ['k', 'n'], name: 'v' }
    ).bind(db)
    return v
      .select(r => [r.k, r.n])
      .orderBy(r => r.n)
      .tuples()
  },
  'values.expression_cells': db => {
    const v = valuesList([[fn.abs(-5)], [1]], { columns: ['x'], name: 'v' }).bind(db)
    return v
      .select(r => [r.x])
      .orderBy(r => r.x)
      .tuples()
  },
  'table.select_dynamic': db =>
    users
      .bind(db)
      .select(t => [t.id, t.username])
      .where(t => t.age.eq(13))
      .orderBy(t => t.id)
      .tuples(),
  'table.alias': db =>
    users
      .bind(db)
      .alias('zz')
      .select(t => [t.id])
      .where(t => t.id.eq(1))
      .tuples(),
  'table.join_op_cross': db =>
    users
      .bind(db)
      .select()
      .crossJoin(table('tweet', { id: 'int8' }))
      .columns(() => [fn.count()])
      .tuples(),
  'table.insert_tuples': db =>
    kv.bind(db).insertMany(
      [
        ['ka', 1],
        ['kb', 2]
      ],
      ['key', 'value']
    ),
  'table.returning': db =>
    kv
      .bind(db)
      .update({ value: 9 })
      .where(t => t.key.eq('k1'))
      .returning(t => [t.id, t.value])
      .tuples(),
  'render.quote_in_name': db =>
    users
      .bind(db)
      .alias('we"ird')
      .select({ x: SQL('1') })
      .limit(1)
      .tuples(),
  'render.bind_to': () =>
    Tweet.select()
      .join(User)
      .columns((t, x) => [t.id, x.username])
      .orderBy(t => t.id)
      .tuples(),
  'render.large_int': () =>
    User.select(x => [x.id])
      .where(x => x.id.eq(9007199254740993n as never))
      .tuples()
}

export const locks: Translations = {
  'for_update.string_share': () =>
    User.select(x => [x.id])
      .where(x => x.id.eq(1))
      .forUpdate({ strength: 'share' })
      .tuples(),
  'for_update.nowait_string': () =>
    User.select(x => [x.id])
      .where(x => x.id.eq(1))
      .forUpdate({ nowait: true })
      .tuples(),
  'for_update.of_model': () =>
    Tweet.select(t => [t.id])
      .join(User)
      .where(t => t.id.eq(1))
      .forUpdate({ of: Tweet })
      .tuples(),
  'for_update.implied_by_nowait': () =>
    User.select(x => [x.id])
      .where(x => x.id.eq(1))
      .forUpdate(false)
      .forUpdate({ nowait: true })
      .tuples()
}
