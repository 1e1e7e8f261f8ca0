import { compositeKey, ForeignKeyField, IntegerField, Model, model, type Ref, TextField } from 'pewit'
import { User } from '../models.js'

/** Models by the recordings of the statements that create their tables. */

@model({ tableName: 'ddl_cpk', primaryKey: compositeKey('a', 'b') })
class Composite extends Model {
  @IntegerField() a!: number
  @TextField() b!: string
}

@model({ tableName: 'ddl_fkdef' })
class Deferrable extends Model {
  @ForeignKeyField(() => User, { deferrable: 'INITIALLY DEFERRED' }) user!: Ref<User>
}

@model({ tableName: 'ddl_fkid' })
class Suffixed extends Model {
  @ForeignKeyField(() => User) userId!: Ref<User>
}

@model({ tableName: 'ddl_fkpk' })
class Keyed extends Model {
  @ForeignKeyField(() => User, { primaryKey: true }) user!: Ref<User>
  declare userId: number
}

export const created: Readonly<Record<string, typeof Model>> = {
  'ddl.composite_pk': Composite,
  'ddl.fk_deferrable': Deferrable,
  'ddl.fk_field_named_id_suffix': Suffixed,
  'ddl.fk_pk': Keyed
}
