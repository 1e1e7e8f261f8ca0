import {
  ArrayField,
  BigIntegerField,
  BooleanField,
  CharField,
  compositeKey,
  DateTimeTZField,
  DecimalField,
  Field,
  ForeignKeyField,
  field,
  IntegerField,
  JSONField,
  Model,
  model,
  type Ref,
  SQL,
  TextField,
  TimestampField,
  UUIDField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** The models of the tables of cases. Every key works on both servers. */

/** A double, as a field that a program makes itself. */
export const DoubleField = field<number>(
  class extends Field<number> {
    override columnType = 'float8'
  }
)

/** A date without time, likewise. */
export const DayField = field<string>(
  class extends Field<string> {
    override columnType = 'date'
  }
)

@model()
export class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ maxLength: 40, unique: true }) username!: string
  @IntegerField({ null: true }) age!: number | null
  @DecimalField({ maxDigits: 10, decimalPlaces: 2, default: '0' }) balance!: string
  @DoubleField({ default: 0 }) score!: number
  @BooleanField({ default: true }) active!: boolean
  @DateTimeTZField({ null: true }) seenAt!: Date | null
}

@model({ indexes: [[['user', 'createdAt'], false]] })
export class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }) user!: Ref<User>
  @TextField() content!: string
  @DateTimeTZField({ index: true }) createdAt!: Date
}

@model()
export class Category extends Model {
  @UUIDKeyField() id!: string
  @TextField() name!: string
  @ForeignKeyField(() => Category, { null: true, onDelete: 'SET NULL', onUpdate: 'CASCADE' }) parent!: Ref<Category> | null
}

@model()
export class Doc extends Model {
  @UUIDKeyField() id!: string
  @JSONField({ indexType: 'gin', index: true }) data!: { a?: unknown }
  @ArrayField(TextField, { null: true }) tags!: string[] | null
  @ArrayField(IntegerField, { null: true }) numbers!: number[] | null
  @BigIntegerField({ null: true }) size!: bigint | null
  @DayField({ null: true }) day!: string | null
  @UUIDField({ null: true }) ref!: string | null
}

@model({ primaryKey: compositeKey('user', 'other'), constraints: [SQL('CHECK (weight >= ?)', 0)] })
export class Friend extends Model {
  @ForeignKeyField(() => User) user!: Ref<User>
  @ForeignKeyField(() => User, { constraintName: 'friend_of' }) other!: Ref<User>
  @IntegerField({ constraints: [SQL('DEFAULT 1')] }) weight!: number
}

@model({ tableName: 'kv' })
export class KV extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: null }) key!: string
  @IntegerField({ default: 0 }) value!: number
  @IntegerField({ null: true }) extra!: number | null
}

/** Nothing that a new row has to be given. */
@model()
export class Plain extends Model {
  @UUIDKeyField() id!: string
  @TextField({ null: true }) note!: string | null
}

/** An instant that is kept as a number. */
@model()
export class Stamp extends Model {
  @UUIDKeyField() id!: string
  @TimestampField({ resolution: 1000 }) at!: Date
}

/** Names that only quoting makes harmless. */
@model({ tableName: 'odd "table"; --' })
export class Odd extends Model {
  @UUIDKeyField({ columnName: 'se"lect' }) id!: string
  @TextField({ columnName: "it's" }) its!: string
  @TextField({ columnName: 'Ünï cödé' }) unicode!: string
}

export const models = [User, Stamp, Tweet, Category, Doc, Friend, KV, Plain, Odd] as const
