/** The door of the fields: every field decorator, and what field authors need. */
export { ArrayField, ArrayFieldType, type ArrayOptions } from './array.js'
export { BooleanField, BooleanFieldType } from './boolean.js'
export { type DateTimeOptions, DateTimeTZField, DateTimeTZFieldType } from './datetime.js'
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
export { Field, type FieldOptions, type ServerTraits } from './field.js'
export { ForeignKeyField, ForeignKeyFieldType, type ForeignKeyOptions, type ReferentialAction } from './foreign-key.js'
export {
  AutoField,
  AutoFieldType,
  BigAutoField,
  BigIntegerField,
  BigIntegerFieldType,
  type BigIntegerOptions,
  IntegerField,
  IntegerFieldType,
  type IntegerForm
} from './integer.js'
export { JSONField, JSONFieldType } from './json.js'
export { CharField, CharFieldType, type CharOptions, TextField, TextFieldType } from './text.js'
export { UUIDField, UUIDFieldType } from './uuid.js'
