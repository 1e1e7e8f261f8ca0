import { randomUUID } from 'node:crypto'
import { IsDecimal, IsNotEmpty, Matches, MaxLength } from 'class-validator'
import { type Backref, CharField, DateTimeTZField, DecimalField, ForeignKeyField, Model, model, type Ref, SQL } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

// The models name no database: run.ts binds them to the one it works on.

/** Who owns accounts. */
@model({ indexes: [[['name', 'city'], true]] })
export class Customer extends Model {
  // Made here and not by the server, so that a customer and its accounts can be sent without waiting for keys.
  @UUIDKeyField({ default: () => randomUUID() })
  id!: string

  @IsNotEmpty({ message: 'the name is missing' })
  @MaxLength(40, { message: 'the name is longer than $constraint1 characters' })
  @CharField({ maxLength: 40 })
  name!: string

  @IsNotEmpty({ message: 'the city is missing' })
  @MaxLength(40, { message: 'the city is longer than $constraint1 characters' })
  @CharField({ maxLength: 40 })
  city!: string

  declare accounts: Backref<Account>
}

/** Money of a customer. No balance falls below zero: the server itself refuses that. */
@model({ constraints: [SQL('CHECK (balance >= 0)')] })
export class Account extends Model {
  @UUIDKeyField({ default: () => randomUUID() })
  id!: string

  @Matches(/^PW-\d{6}$/, { message: '"$value" is no account number' })
  @CharField({ unique: true, maxLength: 9 })
  number!: string

  @ForeignKeyField(() => Customer, { backref: 'accounts' })
  customer!: Ref<Customer>

  // A string, exact to the cent: a JavaScript number is not.
  @IsDecimal({ decimal_digits: '1,2' }, { message: 'the balance "$value" is not an amount with at most two decimals' })
  @Matches(/^(?!-)/, { message: 'the balance "$value" is below zero' })
  @Matches(/^(?!-?\d{11})/, { message: 'the balance "$value" is too large' })
  @DecimalField({ maxDigits: 12, decimalPlaces: 2 })
  balance!: string

  declare customerId: string
  declare sent: Backref<Transfer>
  declare received: Backref<Transfer>
}

/** The ledger: money that went from one account to another. */
@model({ constraints: [SQL('CHECK (amount > 0)')] })
export class Transfer extends Model {
  @UUIDKeyField()
  id!: string

  // Made by the client once per transfer, however often it is tried: the same one cannot be entered twice.
  @CharField({ unique: true, maxLength: 20 })
  reference!: string

  @ForeignKeyField(() => Account, { backref: 'sent' })
  from!: Ref<Account>

  @ForeignKeyField(() => Account, { backref: 'received' })
  to!: Ref<Account>

  @DecimalField({ maxDigits: 12, decimalPlaces: 2 })
  amount!: string

  @DateTimeTZField({ default: () => new Date() })
  createdAt!: Date

  declare fromId: string
  declare toId: string
}

export const models = [Customer, Account, Transfer]
