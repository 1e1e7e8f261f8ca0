import {
  ArrayField,
  AutoField,
  BigIntegerField,
  BinaryJSONField,
  BinaryUUIDField,
  BitField,
  BlobField,
  BooleanField,
  CharField,
  Check,
  choiceLabel,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  Default,
  DoubleField,
  EnumField,
  Field,
  type FieldOptions,
  FixedCharField,
  FloatField,
  ForeignKeyField,
  field,
  IdentityField,
  InferField,
  IntegerField,
  IntervalField,
  IPField,
  JSON_NULL,
  JSONField,
  Model,
  type Ref,
  SmallIntegerField,
  SQL,
  sql,
  TextField,
  TimeField,
  TimestampField,
  UUIDField
} from 'pewit'
import { RowIDField, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { type Equal, proves } from './expect.js'
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
  @SmallIntegerField({ choices: [[1, 'one']], verboseName: 'x' }) small!: number
  @FloatField() real!: number
  @DoubleField({ null: true, default: Number.NaN }) double!: number | null
  @FixedCharField({ maxLength: 3 }) fixed!: string
  @FixedCharField<'a' | 'b'>({ null: true, maxLength: 1, choices: [['a', 'A']] }) narrowFixed!: 'a' | 'b' | null
  @BlobField() blob!: Uint8Array
  @BlobField({ null: true, default: () => new Uint8Array() }) buffer!: Buffer | null
  @DateTimeField() local!: Date
  @DateTimeField({ as: 'string', null: true }) localText!: string | null
  @DateField({ default: '2024-01-01' }) day!: string
  @TimeField({ null: true }) time!: string | null
  @IntervalField() interval!: string
  @TimestampField({ resolution: 1000 }) ticks!: Date
  @IPField({ null: true }) address!: string | null
  @BinaryUUIDField() binaryUuid!: string
  @EnumField(['a', 'b']) letter!: 'a' | 'b'
  @EnumField(['a', 'b'], { null: true, name: 'letters', default: 'a' }) letterOrNull!: 'a' | 'b' | null
  @EnumField(['a', 'b'] as const) constant!: 'a' | 'b'
  @ArrayField(EnumField(['a', 'b'])) letters!: ('a' | 'b')[]
  @ArrayField(BlobField) blobs!: Uint8Array[]
  @ArrayField(DateField, { item: { null: true } }) days!: (string | null)[]
  @BinaryJSONField<Settings>() binary!: Settings
  @IntegerField({ generated: SQL('1 + 1'), constraints: [Check('x > 0', 'positive'), Default(3)] }) made!: number
  @TextField({ generated: { as: sql`lower(text)`, stored: false } }) virtual!: string
}

export class Flagged extends Model {
  declare id: number
  @BitField() plain!: number
  @BitField({ null: true, flags: ['first', 'second'] }) flags!: number | null
  declare first: boolean
  declare second: boolean
  @BitField({ flags: { third: 4 } }) more!: number
  declare third: boolean
}

export class Inferred extends Model {
  @InferField() text!: string
  @InferField({ unique: true, default: 1 }) number!: number
  @InferField() flag!: boolean
  @InferField() moment!: Date
  @InferField() big!: bigint
  @InferField() bytes!: Uint8Array
  @InferField() buffer!: Buffer
}

export const flagRow = Flagged.select(f => [f.flags, f.first]).where(f => f.second.and(f.first.not()))
proves<Equal<Awaited<typeof flagRow>, { flags: number | null; first: boolean }[]>>()
Flagged.insert({ first: true, more: 3 })
Flagged.update({ first: false, flags: f => f.flags.bitOr(4) })
Fits.insert({ json: JSON_NULL, letter: 'a', blob: Buffer.from([]) })
export const enums = Fits.select(f => [f.letter, f.letters]).where(f => f.letter.in(['a', 'b']))
proves<Equal<Awaited<typeof enums>, { letter: 'a' | 'b'; letters: ('a' | 'b')[] }[]>>()
// @ts-expect-error not among the values
Fits.insert({ letter: 'c' })
// @ts-expect-error not among the values
Fits.select().where(f => f.letter.eq('c'))
export const label: string | undefined = choiceLabel(Fits, 'letter', 'a')
// @ts-expect-error not among the values
choiceLabel(Fits, 'letter', 'c')
// @ts-expect-error no such property
choiceLabel(Fits, 'lettre', 'a')
// @ts-expect-error a flag is a boolean
Flagged.insert({ first: 1 })

export class Keys extends Model {
  @IdentityField() identity!: number
  @IdentityField({ as: 'string', always: true }) identityAsString!: string
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

export class WrongNewType extends Model {
  // @ts-expect-error a number
  @SmallIntegerField() small!: bigint
  // @ts-expect-error a number
  @FloatField() real!: string
  // @ts-expect-error a number
  @DoubleField() double!: boolean
  // @ts-expect-error a string
  @FixedCharField() fixed!: number
  // @ts-expect-error its field gives 'a' or 'b' only
  @FixedCharField<'a' | 'b'>() tooWide!: string
  // @ts-expect-error bytes
  @BlobField() blob!: string
  // @ts-expect-error a Date unless { as: 'string' }
  @DateTimeField() local!: string
  // @ts-expect-error a string here
  @DateTimeField({ as: 'string' }) localText!: Date
  // @ts-expect-error a string
  @DateField() day!: Date
  // @ts-expect-error a string
  @TimeField() time!: Date
  // @ts-expect-error a string
  @IntervalField() interval!: number
  // @ts-expect-error a Date
  @TimestampField() ticks!: number
  // @ts-expect-error a string
  @IPField() address!: number
  // @ts-expect-error a string
  @BinaryUUIDField() binaryUuid!: Uint8Array
  // @ts-expect-error 'a' or 'b'
  @EnumField(['a', 'b']) letter!: string
  // @ts-expect-error 'a' or 'b'
  @EnumField(['a', 'b']) tooNarrow!: 'a'
  // @ts-expect-error 'a' or 'b'
  @ArrayField(EnumField(['a', 'b'])) letters!: string[]
  // @ts-expect-error a number unless { as }
  @IdentityField() identity!: bigint
  // @ts-expect-error a number
  @BitField() bits!: bigint
  // @ts-expect-error any JSON, but not null
  @BinaryJSONField<Settings>() json!: Settings | null
  // @ts-expect-error nothing can be inferred from a union with null
  @InferField() nullable!: string | null
  // @ts-expect-error nothing can be inferred of JSON
  @InferField() object!: Settings
  // @ts-expect-error it would give any string
  @InferField() narrow!: 'a' | 'b'
  // @ts-expect-error a field is never absent
  @InferField() optional?: string
  // @ts-expect-error a field is never absent
  @EnumField(['a']) optionalEnum?: 'a'
  // @ts-expect-error a field is never absent
  @BitField() optionalBits?: number
}

export class WrongFlags extends Model {
  // @ts-expect-error the class declares no such flag
  @BitField({ flags: ['missing'] }) missingFlags!: number
  // @ts-expect-error a flag is a boolean
  @BitField({ flags: ['text'] }) textFlags!: number
  declare text: string
  // @ts-expect-error the property takes null, the field does not
  @BitField({ flags: ['fine'] }) nullable!: number | null
  declare fine: boolean
}

export class WrongNewNull extends Model {
  // @ts-expect-error the field takes null, the property does not
  @SmallIntegerField({ null: true }) small!: number
  // @ts-expect-error the property takes null, the field does not
  @FloatField() real!: number | null
  // @ts-expect-error the field takes null, the property does not
  @DoubleField({ null: true }) double!: number
  // @ts-expect-error the property takes null, the field does not
  @FixedCharField() fixed!: string | null
  // @ts-expect-error the field takes null, the property does not
  @BlobField({ null: true }) blob!: Uint8Array
  // @ts-expect-error the property takes null, the field does not
  @BlobField() blobOrNull!: Uint8Array | null
  // @ts-expect-error the property takes null, the field does not
  @DateTimeField() local!: Date | null
  // @ts-expect-error the field takes null, the property does not
  @DateField({ null: true }) day!: string
  // @ts-expect-error the property takes null, the field does not
  @TimeField() time!: string | null
  // @ts-expect-error the field takes null, the property does not
  @IntervalField({ null: true }) interval!: string
  // @ts-expect-error the property takes null, the field does not
  @TimestampField() ticks!: Date | null
  // @ts-expect-error the field takes null, the property does not
  @EnumField(['a', 'b'], { null: true }) letter!: 'a' | 'b'
  // @ts-expect-error the property takes null, the field does not
  @EnumField(['a', 'b']) letterOrNull!: 'a' | 'b' | null
  // @ts-expect-error the field takes null, the property does not
  @BitField({ null: true }) bits!: number
  // @ts-expect-error the property takes null, the field does not
  @IPField() address!: string | null
  // @ts-expect-error the field takes null, the property does not
  @BinaryUUIDField({ null: true }) binaryUuid!: string
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

export class WrongNewOptions extends Model {
  // @ts-expect-error no such option
  @FloatField({ maxDigits: 3 }) real!: number
  // @ts-expect-error no such option
  @EnumField(['a', 'b'], { nmae: 'letters' }) letter!: 'a' | 'b'
  // @ts-expect-error the default is not among the values
  @EnumField(['a', 'b'], { default: 'c' }) defaulted!: 'a' | 'b'
  // @ts-expect-error a choice is not of the field's type
  @SmallIntegerField({ choices: [['one', 'One']] }) small!: number
  // @ts-expect-error no such option
  @TimestampField({ precision: 3 }) ticks!: Date
  // @ts-expect-error the default is a Date
  @TimestampField({ default: 0 }) ticksSince!: Date
  // @ts-expect-error no such option
  @IdentityField({ never: true }) identity!: number
  // @ts-expect-error what cannot be null cannot be told
  @InferField({ null: true }) inferred!: string
  // @ts-expect-error no expression
  @IntegerField({ generated: '1 + 1' }) made!: number
  // @ts-expect-error values are strings
  @EnumField([1, 2]) numbers!: 1 | 2
  // @ts-expect-error an instant is read as a Date or a string
  @DateTimeField({ as: 'number' }) local!: number
  // @ts-expect-error arrays have one dimension
  @ArrayField(ArrayField(TextField)) nested!: string[][]
}

// @ts-expect-error a decorator is made from a class of fields
field(class {})
