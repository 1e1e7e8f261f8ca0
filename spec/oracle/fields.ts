import { Field, field } from 'pewit'

/** The columns of the oracle's tables for which Pewit has no field of its own yet, made through the public door. */

class DateTimeType extends Field<Date> {
  override columnType = 'timestamp'
}

class DateType extends Field<string> {
  override columnType = 'date'
}

class TimeType extends Field<string> {
  override columnType = 'time'
}

class IntervalType extends Field<string> {
  override columnType = 'interval'
}

class FloatType extends Field<number> {
  override columnType = 'float4'
}

class BlobType extends Field<Uint8Array> {
  override columnType = 'bytea'
}

class SecondsType extends Field<Date> {
  override columnType = 'int8'

  override dbValue(value: unknown): unknown {
    return value instanceof Date ? Math.floor(value.getTime() / 1000) : value
  }

  override jsValue(raw: unknown): unknown {
    return new Date((raw as number) * 1000)
  }
}

class MillisecondsType extends Field<Date> {
  override columnType = 'int8'

  override dbValue(value: unknown): unknown {
    return value instanceof Date ? value.getTime() : value
  }

  override jsValue(raw: unknown): unknown {
    return new Date(raw as number)
  }
}

export const DateTimeField = field(DateTimeType)
export const DateField = field(DateType)
export const TimeField = field(TimeType)
export const IntervalField = field(IntervalType)
export const FloatField = field(FloatType)
export const BlobField = field(BlobType)
export const SecondsField = field(SecondsType)
export const MillisecondsField = field(MillisecondsType)
