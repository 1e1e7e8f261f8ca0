import {
  ArrayField,
  type Backref,
  CharField,
  DateTimeTZField,
  Field,
  ForeignKeyField,
  field,
  IntegerField,
  JSONField,
  Model,
  model,
  type Ref,
  TextField
} from 'pewit'
import { CockroachDatabase, RowIDField, UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** A library that exports models and what can be inferred from them; `declarations.spec.ts` makes its declarations. */

export const db = new CockroachDatabase('consumer')

class Money extends Field<bigint> {
  override columnType = 'int8'
}
export const MoneyField = field(Money)
export const ShortField = (length: number) => CharField({ maxLength: length })

@model({ database: db })
export class User extends Model {
  @UUIDKeyField() id!: string
  @ShortField(40) username!: string
  @IntegerField({ null: true }) age!: number | null
  @MoneyField() balance!: bigint
  declare tweets: Backref<Tweet>
}

@model({ database: db, indexes: [[['user', 'createdAt'], false]] })
export class Tweet extends Model {
  @RowIDField() id!: bigint
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  declare userId: string
  @TextField() content!: string
  @DateTimeTZField() createdAt!: Date
  @ArrayField(TextField) tags!: string[]
  @JSONField<{ theme: string }>() settings!: { theme: string }
}

@model({ database: db })
export class Category extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Category, { null: true, backref: 'children' }) parent!: Ref<Category> | null
}

export abstract class Timestamped extends Model {
  @DateTimeTZField() updatedAt!: Date
}
@model({ database: db })
export class Note extends Timestamped {
  @UUIDKeyField() id!: string
}
