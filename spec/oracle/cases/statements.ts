import {
  ArrayField,
  Check,
  compositeKey,
  type Database,
  type DatabaseError,
  DateTimeField,
  DecimalField,
  Default,
  ForeignKeyField,
  fn,
  fromTimestamp,
  IdentityField,
  IntegerField,
  JSONField,
  Model,
  model,
  NestedTransactionError,
  type Ref,
  SQL,
  TextField
} from 'pewit'
import { RowIDField, runTransaction, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { Doc, Event, KV, Register, Uniq, User } from '../models.js'

/** What sends the statements of a recording; it gives the recorded result, if there is one. */
export type Program = (db: Database) => unknown
export type Programs = Readonly<Record<string, Program>>

@model({ tableName: 'rid' })
class RowKeyed extends Model {
  @RowIDField() id!: bigint
  @TextField() title!: string
}

@model({ tableName: 'uid' })
class UuidKeyed extends Model {
  @UUIDKeyField() id!: string
  @TextField() title!: string
}

@model({ tableName: 'ddl_identity' })
class Identity extends Model {
  @IdentityField() id!: number
}

@model({ tableName: 'ddl_cpk', primaryKey: compositeKey('a', 'b') })
class Composite extends Model {
  @IntegerField() a!: number
  @TextField() b!: string
}

@model({ tableName: 'ddl_constraints' })
class Constrained extends Model {
  @DecimalField({ constraints: [Check('price > 0')] }) price!: string
  @IntegerField({ constraints: [Default(1)] }) status!: number
  @DateTimeField({ constraints: [SQL('DEFAULT CURRENT_TIMESTAMP')] }) ts!: Date
  @IntegerField({ constraints: [Check('named < 10', 'named_lt_10')] }) named!: number
}

@model({ tableName: 'ddl_fkdef' })
class Deferred extends Model {
  @ForeignKeyField(() => User, { deferrable: 'INITIALLY DEFERRED' }) user!: Ref<User>
}

@model({ tableName: 'ddl_fkid' })
class Suffixed extends Model {
  @ForeignKeyField(() => User, { columnName: 'user_id' }) userId!: Ref<User>
}

@model({ tableName: 'ddl_fkpk' })
class KeyedByUser extends Model {
  @ForeignKeyField(() => User, { primaryKey: true }) user!: Ref<User>
}

@model({ tableName: 'ddl_schema', schema: 'alt' })
class Elsewhere extends Model {
  @IntegerField({ index: true }) a!: number
}

@model({ tableName: 'ddl_idx3' })
class Indexed extends Model {
  @IntegerField() a!: number
  @TextField() b!: string
}
Indexed.addIndex(i => [i.a.desc(), i.b], { where: i => i.a.gt(SQL('10')), name: 'ddl_idx3_partial' })
Indexed.addIndex(i => [fn.lower(i.b)], { name: 'ddl_idx3_expr' })
Indexed.addIndex(['b'], { unique: true, using: 'btree' })

@model({ tableName: 'ddl_gin' })
class Inverted extends Model {
  @ArrayField(TextField, { index: true }) tags!: string[]
  @JSONField({ index: true }) data!: unknown
}

@model()
class UserProfileHTTP extends Model {}

/** The models that only these recordings have. */
export const OWN = [
  RowKeyed,
  UuidKeyed,
  Identity,
  Composite,
  Constrained,
  Deferred,
  Suffixed,
  KeyedByUser,
  Elsewhere,
  Indexed,
  Inverted,
  UserProfileHTTP
]

const unsafe = { safe: false }

/** Of CockroachDB. */
export const cockroach: Programs = {
  'crdb.replace_many': () =>
    KV.replaceMany(
      [
        ['k1', 1],
        ['k2', 2]
      ],
      ['key', 'value']
    ),
  'crdb.ignore_target': () => KV.insert({ key: 'k1', value: 2 }).onConflictIgnore({ target: ['key'] }),
  'crdb.error_constraint': () => KV.insert({ key: 'k1', value: 2 }).onConflict({ constraint: 'kv_key_uq', preserve: ['value'] }),
  'crdb.extract_year': () => Event.select(e => [e.dt.year()]),
  'crdb.from_timestamp': () => Event.select(e => [fromTimestamp(e.ts)]),
  'crdb.ilike': () => User.select(u => [u.id]).where(u => u.username.contains('h')),
  'crdb.returning': () => User.update({ age: 1 }).returning(u => [u.id]),
  'crdb.json_contains': () => Doc.select(d => [d.id]).where(d => d.data.contains({ k: 'v1' })),
  'crdb.create_uniq': () => Uniq.createTable(unsafe),
  'crdb.create_rowid': () => RowKeyed.createTable(unsafe),
  'crdb.insert_many_uuid_key': () => UuidKeyed.insertMany([['a'], ['b']], ['title']),
  'crdb.truncate_table': () => User.truncateTable({ restartIdentity: true }),
  'crdb_tx.run_passes_db': async db => {
    const seen: boolean[] = []
    await runTransaction(db, given => seen.push(given === db))
    return seen
  },
  'crdb_tx.run_max_attempts_succeeds_on_last': db =>
    runTransaction(db, d => d.executeSql('UPDATE t').then(() => 'ok'), { maxAttempts: 2, backoff: () => 0 }),
  'crdb_tx.run_other_operational_not_retried': db => runTransaction(db, d => d.executeSql('UPDATE t')),
  'crdb_tx.run_inside_atomic': db => db.atomic(() => runTransaction(db, () => 1)),
  'crdb_tx.begin_plain': db => db.atomic(() => db.executeSql('SELECT 1').then(() => undefined)),
  'crdb_tx.atomic_nested': db => db.atomic(() => db.atomic(() => db.executeSql('SELECT 1'))),
  'crdb_tx.old_version_nested_atomic': db => db.atomic(() => db.atomic(() => undefined)),
  'crdb_tx.connect_inside_manual_loses_stack': db => db.manualCommit(() => db.atomic(() => undefined))
}

/** Of PostgreSQL. */
export const postgres: Programs = {
  'ddl.identity_field': () => Identity.createTable(unsafe),
  'ddl.composite_pk': () => Composite.createTable(unsafe),
  'ddl.column_constraints': () => Constrained.createTable(unsafe),
  'ddl.fk_deferrable': () => Deferred.createTable(unsafe),
  'ddl.fk_field_named_id_suffix': () => Suffixed.createTable(unsafe),
  'ddl.fk_pk': () => KeyedByUser.createTable(unsafe),
  'ddl.schema_qualified': () => Elsewhere.createTable(unsafe),
  'ddl.index_advanced': () => Indexed.createTable(unsafe),
  'ddl.index_gin_default': () => Inverted.createTable(unsafe),
  'ddl.create_table_as': () =>
    User.select(u => [u.id, u.username])
      .where(u => u.age.eq(13))
      .createTable('ddl_ctas'),
  'ddl.drop_table_cascade': () => User.dropTable({ safe: true, cascade: true }),
  'ddl.table_name_snake': () => UserProfileHTTP.createTable(unsafe),
  'tx.atomic_rollback_on_error': async db => {
    await db.atomic(() => Register.create({ value: 100 }).then(fail)).catch(ignore)
  },
  'tx.explicit_commit_begins_new': async db => {
    const block = db.atomic(async txn => {
      await Register.create({ value: 1 })
      await txn.commit()
      await Register.create({ value: 2 }).then(fail)
    })
    await block.catch(ignore)
  },
  'tx.decorator': async db => {
    const add = db.atomic()(async (value: number) => (await Register.create({ value })).value)
    return [await add(5), await add(6)]
  },
  // The error's class says it; its text is Pewit's own.
  'tx.manual_inside_atomic_error': db =>
    db
      .atomic(() => db.manualCommit(() => undefined))
      .catch(
        (error: Error) =>
          error instanceof NestedTransactionError && 'Cannot enter manual commit block while a transaction is active.'
      ),
  'tx.in_transaction_flags': async db => {
    const flags = [db.inTransaction(), ...(await db.atomic(() => [db.inTransaction(), db.transactionDepth()]))]
    return [...flags, db.transactionDepth()]
  },
  'tx.failed_tx_statement': db =>
    db
      .atomic(async () => {
        await User.create({ username: 'huey' }).catch(ignore)
        await Register.create({ value: 1 })
      })
      .catch((error: DatabaseError) => [error.name, error.sqlstate])
}

const fail = () => Promise.reject(new Error('x'))
const ignore = () => undefined
