import {
  AutoField,
  BinaryUUIDFieldType,
  IntegerField,
  InterfaceError,
  load,
  ManyToManyField,
  Model,
  model,
  PostgresqlDatabase,
  tuple
} from 'pewit'
import { CPK, KV, Person, Register, Tweet, TwoFK, User } from '../models.js'
import type { Refusals } from '../run.js'

/** What is refused, and how. Most of it does not compile either: hence the casts. */

@model()
class Unbound extends Model {
  declare id: number
  @IntegerField() value!: number
}

export const refusals: Refusals = {
  'error.conflict_target_and_constraint': [
    () => KV.insert({ key: 'a' }).onConflict({ target: ['key'], constraint: 'x', preserve: ['value'] }),
    TypeError
  ],
  'error.upsert_unknown_action': [() => KV.insert({ key: 'a', value: 1 }).onConflict({ action: 'FAIL' } as never), TypeError],
  'error.update_unknown_field': [() => User.update({ nope: 1 } as never), TypeError],
  'error.join_ambiguous': [() => Person.select().join(TwoFK as never), TypeError],
  'error.composite_pk_wrong_length': [() => CPK.select().where(c => tuple(c.key, c.value).eq(['a'] as never)), TypeError],
  'error.binary_uuid_bad': [() => new BinaryUUIDFieldType().dbValue('zz'), TypeError],
  'error.autofield_not_pk': [() => AutoField({ primaryKey: false }), Error],
  'error.for_update_nowait_and_skip': [() => User.select().forUpdate({ nowait: true, skipLocked: true }), TypeError],
  'error.fk_unknown_attr': [() => Tweet.select().orderBy((Tweet.fields().user.to as any).nope), TypeError],
  'error.m2m_through_bad_type': [() => ManyToManyField(() => User, { through: 'x' as never }), TypeError],
  'error.prefetch_no_fk': [() => User.select().prefetch(Register as never), TypeError],
  'error.load_dict_rows': [() => load(User, 'tweets', { query: Tweet.select().dicts() as never }), TypeError],
  'error.unbound_execute': [() => Unbound.select(), InterfaceError],
  'error.proxy_uninitialized': [() => new PostgresqlDatabase(null).executeSql('SELECT 1'), InterfaceError]
}
