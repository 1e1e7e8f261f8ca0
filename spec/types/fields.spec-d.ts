import {
  ArrayField,
  AutoField,
  BigIntegerField,
  BooleanField,
  CharField,
  DateTimeTZField,
  DecimalField,
  Field,
  type FieldOptions,
  ForeignKeyField,
  field,
  IntegerField,
  JSONField,
  Model,
  type Ref,
  TextField,
  UUIDField
} from 'pewit'
import { RowIDField, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { Category, type Settings, type Tweet, User } from './models.js'

/** Every decorator fits the properties of its type, and no others. */

interface Point {
  readonly x: number
  readonly y: number
}
class PointType extends Field<Point> {
  override columnType = 'point'
}
/** With options of its own. */
class MoneyType extends Field<number> {
  constructor(readonly money: FieldOptions<number> & { readonly currency?: 'EUR' | 'USD' } = {}) {
    super(money)
  }
}
const PointField = field(PointType)
const MoneyField = field(MoneyType)
const NamedField = field<string>(class extends Field<string> {})

export class Fits extends Model {
  @CharField() char!: string
  @CharField({ null: true, maxLength: 20, unique: true, default: () => 'x' }) charOrNull!: string | null
  @CharField<'a' | 'b'>() narrow!: 'a' | 'b'
  @CharField<'a' | 'b'>({ null: true, default: 'a', maxLength: 1 }) narrowOrNull!: 'a' | 'b' | null
  @TextField() text!: string
  @TextField<'a' | 'b'>({ index: true }) narrowText!: 'a' | 'b'
  @IntegerField({ index: true, default: 0 }) integer!: number
  @IntegerField({ null: true }) integerOrNull!: number | null
  @BigIntegerField() big!: bigint
  @BigIntegerField({ as: 'number' }) bigAsNumber!: number
  @BigIntegerField({ as: 'string', null: true }) bigAsString!: string | null
  @DecimalField({ maxDigits: 10, decimalPlaces: 2 }) decimal!: string
  @DecimalField({ as: 'number', null: true }) decimalAsNumber!: number | null
  @BooleanField() flag!: boolean
  @DateTimeTZField() moment!: Date
  @DateTimeTZField({ as: 'string' }) exactMoment!: string
  @UUIDField({ null: true }) uuid!: string | null
  @JSONField<Settings>() json!: Settings
  @JSONField<Settings>({ null: true }) jsonOrNull!: Settings | null
  @JSONField() anything!: unknown
  @JSONField() untyped!: Settings
  @ArrayField(TextField) words!: string[]
  @ArrayField(CharField, { item: { maxLength: 20 }, null: true }) names!: string[] | null
  @ArrayField(IntegerField, { default: () => [1] }) numbers!: number[]
  @ArrayField(IntegerField, { item: { null: true } }) gaps!: (number | null)[]
  @ArrayField(BigIntegerField, { item: { as: 'string' } }) bigs!: string[]
  @ForeignKeyField(() => User, { backref: 'fits', onDelete: 'CASCADE', onUpdate: 'SET NULL' }) user!: Ref<User>
  @ForeignKeyField(() => Category, { null: true, field: 'name' }) category!: Ref<Category> | null
  @PointField() point!: Point
  @PointField({ null: true }) pointOrNull!: Point | null
  @MoneyField({ currency: 'EUR' }) money!: number
  @NamedField({ helpText: 'x' }) named!: string
  @ArrayField(PointField) points!: Point[]
}

export class Keys extends Model {
  @AutoField() auto!: number
  @AutoField({ as: 'bigint' }) autoAsBigint!: bigint
  @UUIDKeyField() uuid!: string
  @RowIDField() rowId!: bigint
  @RowIDField({ as: 'string' }) rowIdAsString!: string
}

export class WrongType extends Model {
  // @ts-expect-error an IntegerField gives a number
  @IntegerField() integer!: string
  // @ts-expect-error a CharField gives a string
  @CharField() char!: number
  // @ts-expect-error a CharField gives any string
  @CharField() tooNarrow!: 'a' | 'b'
  // @ts-expect-error its field gives 'a' or 'b' only, so any other string could not be written
  @CharField<'a' | 'b'>() tooWide!: string
  // @ts-expect-error a TextField gives a string
  @TextField() text!: boolean
  // @ts-expect-error a bigint unless { as: 'number' }
  @BigIntegerField() big!: number
  // @ts-expect-error a number here
  @BigIntegerField({ as: 'number' }) bigAsNumber!: bigint
  // @ts-expect-error an exact string unless { as: 'number' }
  @DecimalField() decimal!: number
  // @ts-expect-error a number here
  @DecimalField({ as: 'number' }) decimalAsNumber!: string
  // @ts-expect-error a boolean
  @BooleanField() flag!: number
  // @ts-expect-error a Date unless { as: 'string' }
  @DateTimeTZField() moment!: string
  // @ts-expect-error a string here
  @DateTimeTZField({ as: 'string' }) exactMoment!: Date
  // @ts-expect-error a string
  @UUIDField() uuid!: number
  // @ts-expect-error another type than was said
  @JSONField<Settings>() json!: Point
  // @ts-expect-error an array of strings
  @ArrayField(TextField) words!: number[]
  // @ts-expect-error an array of numbers
  @ArrayField(IntegerField) numbers!: string[]
  // @ts-expect-error items may be null
  @ArrayField(IntegerField, { item: { null: true } }) gaps!: number[]
  // @ts-expect-error a User, not a Tweet
  @ForeignKeyField(() => User) user!: Ref<Tweet>
  // @ts-expect-error it is not loaded at first: a Ref<User>
  @ForeignKeyField(() => User) loaded!: User
  // @ts-expect-error a Point
  @PointField() point!: number
  // @ts-expect-error a number unless { as }
  @AutoField() auto!: bigint
  // @ts-expect-error a string
  @UUIDKeyField() key!: number
  // @ts-expect-error a bigint unless { as: 'string' }
  @RowIDField() rowId!: number
}

export class WrongNull extends Model {
  // @ts-expect-error the field takes null, the property does not
  @IntegerField({ null: true }) integer!: number
  // @ts-expect-error the property takes null, the field does not
  @IntegerField() integerOrNull!: number | null
  // @ts-expect-error the field takes null, the property does not
  @CharField<'a' | 'b'>({ null: true }) narrow!: 'a' | 'b'
  // @ts-expect-error the property takes null, the field does not
  @CharField<'a' | 'b'>() narrowOrNull!: 'a' | 'b' | null
  // @ts-expect-error the field takes null, the property does not
  @JSONField<Settings>({ null: true }) json!: Settings
  // @ts-expect-error the property takes null, the field does not
  @JSONField<Settings>() jsonOrNull!: Settings | null
  // @ts-expect-error the field takes null, the property does not
  @ArrayField(TextField, { null: true }) words!: string[]
  // @ts-expect-error the property takes null, the field does not
  @ForeignKeyField(() => User) user!: Ref<User> | null
  // @ts-expect-error the field takes null, the property does not
  @ForeignKeyField(() => User, { null: true }) userOrNull!: Ref<User>
}

export class WrongProperty extends Model {
  // @ts-expect-error a field is never absent
  @CharField() optional?: string
  // @ts-expect-error a field is never absent, null or not
  @CharField({ null: true }) optionalOrNull?: string | null
  // @ts-expect-error a field is never absent, whatever its type
  @JSONField() optionalJson?: unknown
  // @ts-expect-error queries could not name a private property
  @CharField() private secret!: string

  reveal(): string {
    return this.secret
  }
}

export class WrongOptions extends Model {
  // @ts-expect-error no such option
  @CharField({ unique: true, maxLenght: 40 }) char!: string
  // @ts-expect-error no such option
  @IntegerField({ nul: true }) integer!: number
  // @ts-expect-error the default is not of the field's type
  @IntegerField({ default: 'x' }) wrongDefault!: number
  // @ts-expect-error the default is not among the narrowed values
  @CharField<'a' | 'b'>({ default: 'c' }) narrow!: 'a' | 'b'
  // @ts-expect-error integers are read as numbers, bigints or strings
  @BigIntegerField({ as: 'float' }) big!: number
  // @ts-expect-error no such action
  @ForeignKeyField(() => User, { onDelete: 'EXPLODE' }) user!: Ref<User>
  // @ts-expect-error no such option
  @ForeignKeyField(() => User, { backRef: 'wrong' }) other!: Ref<User>
  // @ts-expect-error the target is a thunk: models may refer to each other in a circle
  @ForeignKeyField(User) direct!: Ref<User>
  // @ts-expect-error arrays have one dimension
  @ArrayField(ArrayField) nested!: string[][]
  // @ts-expect-error a foreign key is no item of an array
  @ArrayField(ForeignKeyField) keys!: string[]
  // @ts-expect-error no such currency
  @MoneyField({ currency: 'GBP' }) money!: number
  // @ts-expect-error no such option
  @UUIDKeyField({ maxLength: 3, index: true }) key!: string
  // @ts-expect-error no such option
  @RowIDField({ start: 3, index: true }) rowId!: bigint
}

// @ts-expect-error a decorator is made from a class of fields
field(class {})
