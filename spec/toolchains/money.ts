import { Field, field } from 'pewit'

/** An amount, exact to the cent. */
export class Money {
  constructor(readonly cents: bigint) {}
}

class MoneyFieldType extends Field<Money> {
  override columnType = 'int8'

  override dbValue(value: unknown): unknown {
    return (value as Money).cents
  }

  override jsValue(raw: unknown): Money {
    return new Money(BigInt(raw as bigint))
  }
}

/** A field of the project's own. */
export const MoneyField = field(MoneyFieldType)
