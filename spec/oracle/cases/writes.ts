import { caseWhen, EXCLUDED, ProgrammingError, SQL } from 'pewit'
import { Account, Category, CPK, Doc, Favorite, KV, Register, Sample, Tweet, Uniq, User } from '../models.js'
import type { Translations } from '../run.js'

/** Inserts, upserts, updates, deletes, and what instances do. */

export const inserts: Translations = {
  'insert.dict_strings': () => User.insert({ username: 'new', age: 5 }),
  'insert.fk_column_name': () => Tweet.insert({ userId: 2, content: 'hello' }),
  'insert.sql_value': () => Register.insert({ value: SQL('40 + ?', 2) }),
  'insert.many_tuples_str_fields': () =>
    User.insertMany(
      [
        ['a1', 1],
        ['a2', 2]
      ],
      ['username', 'age']
    ),
  'insert.many_generator': () => Register.insertMany(values(3)),
  'insert.returning_cols': () => User.insert({ username: 'new' }).returning(u => [u.id, u.username, u.isAdmin]),
  'insert.composite_pk': () => CPK.insert({ key: 'k9', value: 9, extra: 9 }),
  'insert.from_compound': () =>
    Register.insertFrom(Sample.select(s => [s.counter]).union(Tweet.select(t => [t.views])), ['value']),
  'insert.json_scalar': () => Doc.insert({ title: 'new', data: 'str', jdata: 5 })
}

export const upserts: Translations = {
  'upsert.ignore_action': () => KV.insert({ key: 'k1', value: 99 }).onConflictIgnore(),
  'upsert.update_dict': () => KV.insert({ key: 'k1', value: 99 }).onConflict({ target: 'key', update: { value: 5 } }),
  'upsert.preserve': () => KV.insert({ key: 'k1', value: 99, extra: 1 }).onConflict({ target: ['key'], preserve: ['value'] }),
  'upsert.where_excluded': () =>
    KV.insert({ key: 'k1', value: 99 }).onConflict({
      target: ['key'],
      preserve: ['value'],
      where: k => EXCLUDED.value.gt(k.value)
    }),
  'upsert.update_case': () =>
    KV.insert({ key: 'k1', value: 99 }).onConflict({
      target: ['key'],
      update: { value: k => caseWhen([[k.value.lt(5), 1000]], 0) }
    }),
  'upsert.constraint_ignore': () => KV.insert({ key: 'k1', value: 99 }).onConflictIgnore({ constraint: 'kv_key_uq' }),
  'upsert.update_none': () => KV.insert({ key: 'k1', value: 99 }).onConflict({ target: ['key'], update: { extra: null } })
}

export const updates: Translations = {
  'update.dict_fields': () => User.update({ age: 50, email: 'x@y' }).where(u => u.id.eq(1)),
  'update.expression_self_mul': () => Sample.update({ value: s => s.value.mul(2) }).where(s => s.counter.eq(1)),
  'update.fk_instance': () => Tweet.update({ user: new User({ id: 5 }) }).where(t => t.id.eq(1)),
  'update.case_value': () =>
    User.update({
      age: u =>
        caseWhen(
          [
            [u.username.eq('huey'), 1],
            [u.username.eq('mickey'), 2]
          ],
          u.age
        )
    }).where(u => u.id.lt(3)),
  'update.from_alias_self': () => {
    const parent = Category.alias('p')
    return Category.update({ name: c => c.name.concat('-of-').concat(parent.fields().name) })
      .from(parent)
      .where((c, p) => c.parent.eq(p.id))
  },
  'update.multi_where': () =>
    User.update({ age: 1 }).where(
      u => u.id.eq(1),
      u => u.username.eq('huey')
    ),
  'update.blob': () => Uniq.update({ payload: Buffer.from('abc') }).where(u => u.name.eq('u2'))
}

export const deletes: Translations = {
  'delete.all_rows': () => Register.delete(),
  'delete.returning_model': async () => {
    const deleted = await Register.delete()
      .where(r => r.id.eq(1))
      .returning(Register)
    return deleted.map(({ id, value }) => [id, value])
  },
  'delete.or_expr': () => Register.delete().where(r => r.value.eq(1).or(r.value.eq(8)))
}

export const instances: Translations = {
  'crud.save_insert_then_update': async () => {
    const user = User.new({ username: 'new' })
    const inserted = await user.save()
    user.age = 9
    return [inserted, await user.save(), user.id, user.age]
  },
  // Pewit inserts an instance that was not loaded, whatever its key: the row vanishes under a loaded one.
  'crud.save_missing_row': async () => {
    const user = await User.getById(4)
    await User.delete().where(u => u.id.eq(4))
    user.username = 'x'
    return user.save()
  },
  'crud.composite_pk_save': async () => {
    const pair = await CPK.get(c => c.key.eq('k1'))
    pair.extra = 42
    return [await pair.save(), pair.getId(), (await CPK.get(c => c.key.eq('k1'))).extra]
  },
  'crud.delete_instance_recursive_nullable': async () => {
    const user = await User.getById(2)
    const deleted = await user.deleteInstance({ recursive: true, deleteNullable: true })
    return [deleted, await Account.select().count()]
  },
  'crud.insert_as_rowcount': () => Register.insertMany([[5], [6]], [Register.fields().value]).asRowCount(),
  'crud.bulk_create_fk': async () => {
    const user = await User.getById(1)
    const tweets = [0, 1].map(i => Tweet.new({ user, content: `b${i}` }))
    await Tweet.bulkCreate(tweets)
    return tweets.map(({ id, userId }) => [id, userId])
  },
  'crud.update_returning_models': async () => {
    const rows = await User.update({ age: u => u.age.add(1) })
      .where(u => u.age.eq(13))
      .returning(u => [u.id, u.age])
    return rows.map(({ id, age }) => [id, age]).sort(([a], [b]) => Number(a) - Number(b))
  },
  'crud.cascade_delete': async () => {
    const deleted = await Tweet.delete().where(t => t.id.eq(1))
    return [deleted, await Favorite.select().count()]
  },
  // JavaScript has no hashes of objects: the keys stand for them.
  'crud.model_equality_hash': async () => {
    const loaded = await User.getById(1)
    const one = User.new({ id: loaded.id })
    const other = await User.getById(2)
    return [one.equals(loaded), one.equals(other), User.new().equals(User.new()), one.getId() === loaded.getId()]
  },
  'crud.missing_table': async db => {
    try {
      await db.executeSql('SELECT * FROM nope')
    } catch (error) {
      if (error instanceof ProgrammingError) return [error.name, error.sqlstate]
      throw error
    }
  }
}

function* values(count: number): Generator<{ value: number }> {
  for (let value = 0; value < count; value++) yield { value }
}
