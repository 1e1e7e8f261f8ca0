/** The door of the fields: every field decorator, and what field authors need. */

export type { ComputedName, Part } from '../lib/expression/source.js'
export { ArrayField, ArrayFieldType, type ArrayOptions } from './array.js'
export { BitField, BitFieldType, type BitOptions, type Flags, type FlagsDecorator } from './bit.js'
export { BlobField, BlobFieldType } from './blob.js'
export { BooleanField, BooleanFieldType } from './boolean.js'
export { Check, Default } from './constraints.js'
export {
  DateField,
  DateFieldType,
  DateTimeField,
  DateTimeFieldType,
  type DateTimeOptions,
  DateTimeTZField,
  DateTimeTZFieldType,
  IntervalField,
  IntervalFieldType,
  TimeField,
  TimeFieldType
} from './datetime.js'
export { DecimalField, DecimalFieldType, type DecimalOptions } from './decimal.js'
export {
  type DecoratorOf,
  decoratorOf,
  type FieldClass,
  type FieldDecorator,
  field,
  type Item,
  type Mismatch,
  type NullOf,
  type OnlyKnown,
  standsFor
} from './decorate.js'
export { EnumField, EnumFieldType, type EnumOptions } from './enum.js'
export { Field, type FieldOptions, type FieldPlace, type Generated, type ServerTraits, type UserType } from './field.js'
export { DoubleField, DoubleFieldType, FloatField, FloatFieldType } from './float.js'
export {
  DeferredForeignKeyType,
  deferredForeignKey,
  ForeignKeyField,
  ForeignKeyFieldType,
  type ForeignKeyOptions,
  type ReferenceDecorator,
  type ReferentialAction
} from './foreign-key.js'
export { type InferDecorator, InferField, type InferOptions, type Inferred } from './infer.js'
export {
  AutoField,
  AutoFieldType,
  BigAutoField,
  BigIntegerField,
  BigIntegerFieldType,
  type BigIntegerOptions,
  IdentityField,
  IdentityFieldType,
  type IdentityOptions,
  IntegerField,
  IntegerFieldType,
  type IntegerForm,
  SmallIntegerField,
  SmallIntegerFieldType
} from './integer.js'
export { IPField, IPFieldType } from './ip.js'
export { BinaryJSONField, JSON_NULL, JSONField, JSONFieldType } from './json.js'
export {
  type ManyRows,
  ManyToManyDeclaration,
  type ManyToManyDecorator,
  ManyToManyField,
  type ManyToManyOptions
} from './many-to-many.js'
export {
  CharField,
  CharFieldType,
  type CharOptions,
  FixedCharField,
  FixedCharFieldType,
  TextField,
  TextFieldType
} from './text.js'
export { TimestampField, TimestampFieldType, type TimestampOptions } from './timestamp.js'
export { BinaryUUIDField, BinaryUUIDFieldType, UUIDField, UUIDFieldType } from './uuid.js'
