import {
  ArrayField,
  BigIntegerField,
  BlobField,
  BooleanField,
  CharField,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  DoubleField,
  EnumField,
  Field,
  field,
  IntegerField,
  JSONField,
  Model,
  model,
  TextField,
  TimeField,
  UUIDField
} from 'pewit'

/** Rows of every kind of column, in a table for each way of writing them. */

/** A field of a program's own: a list of words in one text. */
const WordsField = field<string[]>(
  class extends Field<string[]> {
    override columnType = 'text'
    override dbValue(value: unknown): unknown {
      return (value as string[]).join(' ')
    }
    override jsValue(raw: unknown): unknown {
      return (raw as string).split(' ')
    }
  }
)

abstract class Kinds extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @CharField({ maxLength: 40, default: 'none' }) name!: string
  @TextField({ null: true }) text!: string | null
  @BigIntegerField({ null: true }) size!: bigint | null
  @DoubleField({ null: true }) weight!: number | null
  @DecimalField({ maxDigits: 12, decimalPlaces: 3, null: true }) price!: string | null
  @BooleanField({ null: true }) done!: boolean | null
  @DateTimeTZField({ null: true }) at!: Date | null
  @DateTimeField({ null: true }) local!: Date | null
  @DateField({ null: true }) day!: string | null
  @TimeField({ null: true }) time!: string | null
  @BlobField({ null: true }) bytes!: Uint8Array | null
  @UUIDField({ null: true }) ref!: string | null
  @JSONField<unknown>({ null: true }) data!: unknown
  @ArrayField(TextField, { null: true }) tags!: string[] | null
  @ArrayField(IntegerField, { null: true }) numbers!: number[] | null
  @EnumField(['sad', 'ok', 'happy'], { name: 'kinds_mood', null: true }) mood!: 'sad' | 'ok' | 'happy' | null
  @ArrayField(EnumField(['sad', 'ok', 'happy'], { name: 'kinds_mood' }), { null: true }) moods!: ('sad' | 'ok' | 'happy')[] | null
  @WordsField({ null: true }) words!: string[] | null
}

@model({ tableName: 'kinds_one' })
export class One extends Kinds {}

@model({ tableName: 'kinds_many' })
export class Many extends Kinds {}

@model({ tableName: 'kinds_bulk' })
export class Bulk extends Kinds {}

export const KINDS = [One, Many, Bulk] as const
