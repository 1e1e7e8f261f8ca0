import {
  ArrayField,
  type Backref,
  BitField,
  BlobField,
  BooleanField,
  CharField,
  compositeKey,
  DateField,
  DateTimeField,
  DecimalField,
  FloatField,
  ForeignKeyField,
  IntegerField,
  IntervalField,
  JSONField,
  type ManyToMany,
  ManyToManyField,
  Model,
  model,
  type Ref,
  TextField,
  TimeField,
  TimestampField,
  UUIDField
} from 'pewit'

/** The models of the recordings. Their keys are counted by the server: numbers on PostgreSQL, bigints on CockroachDB. */

const dawn = () => new Date('2024-01-01T00:00:00Z')

@model({ tableName: 'users' })
export class User extends Model {
  declare id: number
  @CharField({ maxLength: 64, unique: true }) username!: string
  @TextField({ null: true }) email!: string | null
  @IntegerField({ null: true }) age!: number | null
  @BooleanField({ default: false }) isAdmin!: boolean
  @DateTimeField({ default: dawn }) createdAt!: Date
  declare tweets: Backref<Tweet>
  declare favorites: Backref<Favorite>
  declare accounts: Backref<Account>
}

@model({ tableName: 'tweet' })
export class Tweet extends Model {
  declare id: number
  @ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }) user!: Ref<User>
  declare userId: number
  @TextField() content!: string
  @DateTimeField({ index: true, default: dawn }) timestamp!: Date
  @IntegerField({ default: 0 }) views!: number
  @BooleanField({ default: true }) isPublished!: boolean
  declare favorites: Backref<Favorite>
}

@model({ tableName: 'favorite', indexes: [[['user', 'tweet'], true]] })
export class Favorite extends Model {
  declare id: number
  @ForeignKeyField(() => User, { backref: 'favorites' }) user!: Ref<User>
  declare userId: number
  @ForeignKeyField(() => Tweet, { backref: 'favorites', onDelete: 'CASCADE' }) tweet!: Ref<Tweet>
  declare tweetId: number
}

@model({ tableName: 'category' })
export class Category extends Model {
  declare id: number
  @CharField({ unique: true }) name!: string
  @ForeignKeyField(() => Category, { null: true, backref: 'children' }) parent!: Ref<Category> | null
  declare parentId: number | null
  declare children: Backref<Category>
}

@model({ tableName: 'account' })
export class Account extends Model {
  declare id: number
  @ForeignKeyField(() => User, { null: true, unique: true, backref: 'accounts' }) user!: Ref<User> | null
  declare userId: number | null
  @DecimalField({ maxDigits: 12, decimalPlaces: 2, default: '0' }) balance!: string
}

@model({ tableName: 'person', indexes: [[['first', 'last'], true]] })
export class Person extends Model {
  declare id: number
  @CharField() first!: string
  @CharField() last!: string
  @DateField({ null: true, index: true }) dob!: string | null
  declare authored: Backref<Note>
  declare notes: ManyToMany<Note>
  declare asA: Backref<TwoFK>
  declare asB: Backref<TwoFK>
}

@model({ tableName: 'note' })
export class Note extends Model {
  declare id: number
  @ForeignKeyField(() => Person, { backref: 'authored' }) author!: Ref<Person>
  declare authorId: number
  @TextField() content!: string
  @ManyToManyField(() => Person, { backref: 'notes' }) people!: ManyToMany<Person>
}

@model({ tableName: 'register' })
export class Register extends Model {
  declare id: number
  @IntegerField() value!: number
}

@model({ tableName: 'sample' })
export class Sample extends Model {
  declare id: number
  @IntegerField() counter!: number
  @FloatField({ default: 1 }) value!: number
}

@model({ tableName: 'cpk', primaryKey: compositeKey('key', 'value') })
export class CPK extends Model {
  @CharField() key!: string
  @IntegerField() value!: number
  @IntegerField({ default: 0 }) extra!: number
}

@model({ tableName: 'kv' })
export class KV extends Model {
  declare id: number
  @CharField() key!: string
  @IntegerField({ default: 0 }) value!: number
  @IntegerField({ null: true }) extra!: number | null
}

@model({ tableName: 'event' })
export class Event extends Model {
  declare id: number
  @TextField({ columnName: 'event_name' }) name!: string
  @DateTimeField() dt!: Date
  @DateField() d!: string
  @TimeField() t!: string
  @TimestampField({ default: new Date(0) }) ts!: Date
  @TimestampField({ default: new Date(0), resolution: 1000 }) tsMs!: Date
  @IntervalField({ null: true }) dur!: string | null
}

@model({ tableName: 'doc' })
export class Doc extends Model {
  declare id: number
  @TextField() title!: string
  @JSONField<unknown>({ null: true }) data!: unknown
  @JSONField<unknown>({ null: true }) jdata!: unknown
  @ArrayField(TextField, { null: true }) tags!: string[] | null
  @ArrayField(IntegerField, { null: true }) nums!: number[] | null
}

@model({ tableName: 'uniq' })
export class Uniq extends Model {
  @UUIDField({ primaryKey: true }) id!: string
  @TextField() name!: string
  @BlobField({ null: true }) payload!: Uint8Array | null
}

@model({ tableName: 'flags' })
export class Flags extends Model {
  declare id: number
  @TextField() label!: string
  @BitField({ flags: { isFavorite: 1, isSticky: 2, isMinimized: 4 } }) flags!: number
  declare isFavorite: boolean
  declare isSticky: boolean
  declare isMinimized: boolean
}

@model({ tableName: 'two_fk' })
export class TwoFK extends Model {
  declare id: number
  @ForeignKeyField(() => Person, { backref: 'asA' }) a!: Ref<Person>
  declare aId: number
  @ForeignKeyField(() => Person, { backref: 'asB' }) b!: Ref<Person>
  declare bId: number
}

export const MODELS = [
  User,
  Tweet,
  Favorite,
  Category,
  Account,
  Person,
  Note,
  Register,
  Sample,
  CPK,
  KV,
  Event,
  Doc,
  Flags,
  Uniq,
  TwoFK
]
