import {
  ArrayField,
  AutoField,
  BigAutoField,
  BigIntegerField,
  BitField,
  BlobField,
  BooleanField,
  CharField,
  Check,
  compositeKey,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  Default,
  DoubleField,
  EnumField,
  FixedCharField,
  FloatField,
  ForeignKeyField,
  fn,
  IdentityField,
  IntegerField,
  IntervalField,
  JSONField,
  Model,
  model,
  type Ref,
  SmallIntegerField,
  SQL,
  sql,
  TextField,
  TimeField,
  TimestampField,
  UUIDField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** The models of the specs of CREATE and DROP. */

@model()
export class EveryField extends Model {
  @UUIDKeyField() id!: string
  @CharField() char!: string
  @CharField({ maxLength: null }) unlimited!: string
  @TextField({ null: true }) text!: string | null
  @IntegerField() integer!: number
  @BigIntegerField() big!: bigint
  @DecimalField({ maxDigits: 12, decimalPlaces: 3 }) decimal!: string
  @DoubleField() double!: number
  @BooleanField() bool!: boolean
  @DateTimeTZField() instant!: Date
  @DateField() day!: string
  @UUIDField() uuid!: string
  @JSONField() json!: object
  @ArrayField(TextField) texts!: string[]
  @ArrayField(CharField, { item: { maxLength: 20 }, null: true }) chars!: string[] | null
  @ArrayField(IntegerField) integers!: number[]
  @ArrayField(DecimalField) decimals!: string[]
}

@model()
export class OtherField extends Model {
  @UUIDKeyField() id!: string
  @SmallIntegerField() small!: number
  @FloatField() real!: number
  @FixedCharField({ maxLength: 3 }) fixed!: string
  @BlobField() blob!: Uint8Array
  @DateTimeField() local!: Date
  @TimeField() time!: string
  @IntervalField() span!: string
  @TimestampField({ resolution: 3 }) ticks!: Date
  @BitField() bits!: number
  @ArrayField(BlobField) blobs!: Uint8Array[]
  @ArrayField(DateField, { index: true }) days!: string[]
}

@model({ schema: 'other' })
export class Moody extends Model {
  @EnumField(['sad', "it's"], { primaryKey: true }) mood!: 'sad' | "it's"
  @ArrayField(EnumField(['a', 'b'], { name: 'a "letter"' })) letters!: ('a' | 'b')[]
  @EnumField(['a', 'b'], { name: 'a "letter"', null: true }) letter!: 'a' | 'b' | null
}

@model()
export class Feeling extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Moody, { index: false }) moody!: Ref<Moody>
}

@model()
export class Made extends Model {
  @UUIDKeyField() id!: string
  @IntegerField({ constraints: [Check('n > 0'), Default(1)] }) n!: number
  @IntegerField({ constraints: [Check(SQL('m < ?', 9), 'less "than"'), Default(fn.length('abc'))] }) m!: number
  @IntegerField({ generated: SQL('n * 2') }) double!: number
  @TextField({ null: true, collation: 'C', generated: { as: sql`lower(${'X'})` } }) lower!: string | null
}

@model()
export class MadeOnReading extends Model {
  @UUIDKeyField() id!: string
  @IntegerField({ generated: { as: SQL('1 + 1'), stored: false } }) two!: number
}

@model()
export class Identified extends Model {
  @IdentityField() id!: number
}

@model()
export class IdentifiedFar extends Model {
  @IdentityField({ as: 'bigint', always: true }) id!: bigint
  @ForeignKeyField(() => Identified, { index: false }) near!: Ref<Identified>
}

@model({
  tableName: 'The "table"',
  tableSettings: ['WITH (fillfactor = 70)'],
  constraints: [SQL('CONSTRAINT "low" CHECK ("from" < ?)', "it's"), SQL('CHECK (n BETWEEN ? AND ?)', -5, 2.5)],
  indexes: [
    [['from', 'n'], true],
    [['n', 'from'], false]
  ]
})
export class EveryOption extends Model {
  @TextField({ primaryKey: true, columnName: 'the "key"' }) key!: string
  @TextField({ index: true, collation: 'C', constraints: [SQL('DEFAULT ?', "o'clock")] }) from!: string
  @IntegerField({ unique: true, constraints: [SQL('CHECK (n > 0)'), SQL('DEFAULT 1')] }) n!: number
  @JSONField({ index: true, indexType: 'gin' }) data!: object
  @IntegerField({ null: true, columnName: 'order' }) sort!: number | null
}

@model({ schema: 'other', tableName: 'target' })
export class Elsewhere extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) code!: string
}

@model({ schema: 'other', primaryKey: compositeKey('at', 'n') })
export class Referring extends Model {
  @ForeignKeyField(() => Elsewhere, { onDelete: 'CASCADE', onUpdate: 'SET NULL', constraintName: 'to "it"' }) at!: Ref<Elsewhere>
  @ForeignKeyField(() => Elsewhere, { field: 'code', null: true, index: false, columnName: 'code' }) by!: Ref<Elsewhere> | null
  @ForeignKeyField(() => Elsewhere, { null: true, unique: true }) once!: Ref<Elsewhere> | null
  @IntegerField() n!: number
}

@model({ primaryKey: false })
export class Keyless extends Model {
  @TextField() text!: string
}

@model()
export class Counted extends Model {
  @AutoField({ as: 'bigint' }) id!: bigint
}

@model()
export class CountedFar extends Model {
  @BigAutoField({ as: 'string' }) id!: string
  @ForeignKeyField(() => Counted) counted!: Ref<Counted>
  @ForeignKeyField(() => CountedFar, { null: true }) self!: Ref<CountedFar> | null
}

@model({ temporary: true })
export class Passing extends Model {
  @UUIDKeyField() id!: string
}

@model()
export class Chicken extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Egg, { null: true, backref: 'chickens' }) egg!: Ref<Egg> | null
}

@model()
export class Egg extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Chicken, { null: true, onDelete: 'SET NULL', constraintName: 'laid_by' }) chicken!: Ref<Chicken> | null
}

@model()
export class AnEntityWithAVeryLongNameIndeed extends Model {
  @UUIDKeyField() id!: string
  @TextField({ index: true }) andAPropertyThatIsNotExactlyShort!: string
}
