import {
  ArrayField,
  BooleanField,
  DateField,
  DateTimeField,
  DateTimeTZField,
  DecimalField,
  DoubleField,
  EnumField,
  type Expr,
  Field,
  field,
  IntegerField,
  JSONField,
  Model,
  model,
  TextField,
  TimeField,
  TimestampField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** A table with a column of nearly every type, and what expressions over it give. */

/** Text that is kept upside down. */
class Reversed extends Field<string> {
  override dbValue(text: unknown): unknown {
    return [...(text as string)].reverse().join('')
  }

  override jsValue(raw: unknown): unknown {
    return [...(raw as string)].reverse().join('')
  }
}
const ReversedField = field(Reversed)

interface Data {
  k: string | null
  n?: number
  a: number[]
  o?: { x: boolean }
}

@model()
export class Thing extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() place!: number
  @TextField() name!: string
  @IntegerField({ null: true }) size!: number | null
  @DecimalField({ maxDigits: 10, decimalPlaces: 2 }) price!: string
  @DoubleField() weight!: number
  @BooleanField() good!: boolean
  @DateTimeTZField() at!: Date
  @DateTimeField() wall!: Date
  @DateField() day!: string
  @TimeField() time!: string
  @TimestampField({ resolution: 1000 }) tick!: Date
  @ReversedField() back!: string
  @JSONField<Data>({ null: true }) data!: Data | null
  @ArrayField(TextField) tags!: string[]
  @EnumField(['sad', 'ok', 'happy']) mood!: 'sad' | 'ok' | 'happy'
}

export const at = new Date('2024-02-29T13:45:30.250Z')
const common = { at, wall: at, day: '2024-02-29', time: '13:45:30.25', tick: at, mood: 'ok' } as const
export const THINGS = [
  {
    ...common,
    place: 0,
    name: 'ab',
    size: 7,
    price: '1.50',
    weight: 2.5,
    good: true,
    back: 'abc',
    tags: ['x', 'y'],
    data: { k: 'v', n: 1, a: [1, 2], o: { x: true } }
  },
  {
    ...common,
    place: 1,
    name: '50%_',
    size: null,
    price: '-7.25',
    weight: -1,
    good: false,
    back: 'xyz',
    tags: [],
    data: { k: null, a: [] }
  },
  { ...common, place: 2, name: 'b', size: -7, price: '0.10', weight: 0, good: true, back: '', tags: ['y'], data: null }
]

export const t = Thing.fields()
/** What an expression gives for each row. */
export const each = (expression: Expr<unknown>): Promise<unknown> => Thing.select({ x: expression }).orderBy(t.place).scalars()
/** The places of the rows for which a condition is true. */
export const where = (condition: Expr<boolean>): Promise<unknown> =>
  Thing.select(t.place).where(condition).orderBy(t.place).scalars()
/** What an expression gives for the first row. */
export const one = (expression: Expr<unknown>): Promise<unknown> => Thing.select({ x: expression }).where(t.place.eq(0)).scalar()
