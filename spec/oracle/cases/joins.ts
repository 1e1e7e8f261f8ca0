import {
  DeferredForeignKeyType,
  deferredForeignKey,
  exists,
  ForeignKeyField,
  ForeignKeyFieldType,
  fn,
  Model,
  metadata,
  model,
  not,
  type Ref,
  SQL,
  throughModel
} from 'pewit'
import { Account, Category, Favorite, Note, Person, Tweet, User } from '../models.js'
import type { Translations } from '../run.js'

/** Joins, subqueries and relations. */

export const joins: Translations = {
  'group.group_join_having': () =>
    User.select()
      .join(Tweet)
      .join(Favorite)
      .columns((u, _, f) => [u.username, fn.count(f.id).as('n')])
      .groupBy(u => u.username)
      .having((_, __, f) => fn.count(f.id).gte(1))
      .orderBy(u => u.username)
      .tuples(),
  'join.inner_backref': () =>
    User.select()
      .join(Tweet)
      .columns((u, t) => [u.username, t.content])
      .orderBy((_, t) => t.id)
      .tuples(),
  'join.right_outer': () =>
    Account.select()
      .join(User, { type: 'RIGHT' })
      .columns((a, u) => [a.id, u.username])
      .orderBy((_, u) => u.id)
      .tuples(),
  'join.explicit_on': () =>
    Tweet.select()
      .join(User, { on: (t, u) => t.user.eq(u.id) })
      .columns((t, u) => [t.id, u.username])
      .orderBy(t => t.id)
      .tuples(),
  'join.non_fk_join': () =>
    User.select()
      .join(Person, { on: (u, p) => fn.lower(p.first).eq(u.username) })
      .columns((u, p) => [u.id, p.id])
      .orderBy(u => u.id)
      .tuples(),
  'join.fav_two_users': () => {
    const owner = User.alias('owner')
    return Favorite.select()
      .join(User)
      .switch(Favorite)
      .join(Tweet)
      .join(owner, { on: (_, __, t, o) => t.user.eq(o.id) })
      .columns((f, u, _, o) => [f.id, u.username, o.username])
      .orderBy(f => f.id)
      .tuples()
  },
  'join.m2m_join': () =>
    Person.select()
      .join(throughModel(Note, 'people'))
      .join(Note)
      .columns((p, _, n) => [p.first, n.content])
      .orderBy((p, _, n) => [p.id, n.id])
      .tuples(),
  'join.backref_chain': () =>
    new User({ id: 1 }).tweets
      .where(t => t.views.gt(3))
      .orderBy(t => t.id)
      .tuples(),
  'join.fk_compare_id': () =>
    Tweet.select(t => [t.id])
      .where(t => t.user.eq(2))
      .orderBy(t => t.id)
      .tuples(),
  'join.join_group_count': () =>
    User.select()
      .leftJoin(Tweet)
      .columns((u, t) => [u.username, fn.count(t.id).as('ct')])
      .groupBy(u => u.username)
      .orderBy((u, t) => [fn.count(t.id).desc(), u.username])
      .tuples()
}

export const subqueries: Translations = {
  'subquery.not_exists': () =>
    User.select(u => [u.id])
      .where(u => not(exists(Tweet.select(SQL('1')).where(t => t.user.eq(u.id)))))
      .orderBy(u => u.id)
      .tuples(),
  'subquery.all_fn': () =>
    Tweet.select(t => [t.id])
      .where(t => t.views.gte(fn.all(Tweet.select(other => [other.views]))))
      .orderBy(t => t.id)
      .tuples(),
  'subquery.array_constructor': () =>
    User.select(u => [
      u.username,
      fn
        .array(
          Tweet.select(t => [t.id])
            .where(t => t.user.eq(u.id))
            .orderBy(t => t.id)
        )
        .as('ids')
    ])
      .orderBy(u => u.id)
      .tuples()
}

/** Refers to a model that is declared behind it. */
@model({ tableName: 'ddl_u1' })
class Fan extends Model {
  declare id: number
  @deferredForeignKey('Work', { null: true, backref: 'fans' }) favorite!: Ref<Work> | null
  declare favoriteId: number | null
}

@model({ tableName: 'ddl_t1' })
class Work extends Model {
  declare id: number
  @ForeignKeyField(() => Fan, { backref: 'works' }) fan!: Ref<Fan>
  declare fanId: number
}

/** Tables that refer to each other, the second constraint added when both are there. */
async function circular(): Promise<unknown> {
  await Fan.createTable()
  await Work.createTable()
  await Fan.createForeignKey('favorite')
  const fan = await Fan.create()
  const work = await Work.create({ fan })
  fan.favorite = work
  await fan.save()
  const favorite = await (await Fan.get()).favorite
  const { field } = metadata(Fan).field('favorite')
  const kind = field instanceof ForeignKeyFieldType ? 'ForeignKeyField' : field.constructor.name
  return [favorite?.fanId === fan.id, kind, field instanceof DeferredForeignKeyType]
}

export const relations: Translations = {
  'rel.dependencies': async () => {
    const user = await User.getById(1)
    return user.dependencies().map(({ model, field }) => [model.name, field.property])
  },
  // Not inside the case's transaction: some servers end it where the schema changes.
  'rel.deferred_fk_circular': db => {
    db.bind([Fan])
    return db.outside(() => circular().finally(() => db.dropTables([Fan, Work], { cascade: true })))
  },
  'rel.fk_object_id_no_query': async () => (await Tweet.getById(1)).userId,
  'rel.fk_null': async () => (await Category.getById(1)).parent,
  'rel.m2m_remove': async () => {
    const note = await Note.getById(3)
    const removed = await note.people.remove([2, 3])
    return [removed, (await note.people).map(({ id }) => id)]
  },
  'rel.self_fk_children': async () => {
    const root = await Category.get(c => c.name.eq('root'))
    const children = await root.children.orderBy(c => c.id)
    return children.map(child => child.name)
  }
}
