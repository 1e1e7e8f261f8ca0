import {
  ArrayField,
  type Backref,
  BigIntegerField,
  BooleanField,
  CharField,
  compositeKey,
  DateTimeTZField,
  DecimalField,
  ForeignKeyField,
  IntegerField,
  JSONField,
  Model,
  model,
  type Ref,
  TextField
} from 'pewit'
import { CockroachDatabase, RowIDField, UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** The models that the specs of types ask about. */

export const db = new CockroachDatabase('spec_types')

export interface Settings {
  theme: 'dark' | 'light'
  tabs: { name: string; open: boolean }[]
}

@model({ database: db })
export class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) username!: string
  @CharField<'admin' | 'member'>({ default: 'member' }) role!: 'admin' | 'member'
  @IntegerField({ null: true }) age!: number | null
  @BooleanField({ default: true }) active!: boolean
  @DateTimeTZField({ null: true }) seenAt!: Date | null
  declare tweets: Backref<Tweet>
  declare favorites: Backref<Favorite>

  greet(): string {
    return `hello ${this.username}`
  }
}

@model({ database: db, tableName: 'tweets', indexes: [[['user', 'createdAt'], false]] })
export class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }) user!: Ref<User>
  declare userId: string
  @TextField() content!: string
  @DateTimeTZField({ default: () => new Date() }) createdAt!: Date
  @ArrayField(TextField) tags!: string[]
  @JSONField<Settings>({ null: true }) settings!: Settings | null
}

@model({ database: db })
export class Favorite extends Model {
  @RowIDField() id!: bigint
  @ForeignKeyField(() => User, { backref: 'favorites' }) user!: Ref<User>
  @ForeignKeyField(() => Tweet) tweet!: Ref<Tweet>
  declare userId: string
  declare tweetId: string
}

/** Refers to itself. */
@model({ database: db })
export class Category extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ForeignKeyField(() => Category, { null: true, backref: 'children' }) parent!: Ref<Category> | null
  declare parentId: string | null
  declare children: Backref<Category>
}

@model({ database: db })
export class Account extends Model {
  @RowIDField() id!: bigint
  @ForeignKeyField(() => User, { null: true }) owner!: Ref<User> | null
  @DecimalField({ maxDigits: 12, decimalPlaces: 2 }) balance!: string
  @BigIntegerField({ as: 'number' }) version!: number
}

/** Refers twice to one model. */
@model({ database: db })
export class Transfer extends Model {
  @RowIDField() id!: bigint
  @ForeignKeyField(() => Account) from!: Ref<Account>
  @ForeignKeyField(() => Account) to!: Ref<Account>
  @DecimalField({ maxDigits: 12, decimalPlaces: 2 }) amount!: string
}

/** Without a property `id`. */
@model({ database: db, primaryKey: compositeKey('key', 'shard') })
export class Entry extends Model {
  @CharField() key!: string
  @IntegerField() shard!: number
  @JSONField() value!: unknown
}
