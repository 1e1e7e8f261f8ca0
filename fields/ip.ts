import { isIPv4 } from 'node:net'
import { type SqlType, TYPES, variant } from '../lib/ast/types.js'
import { misuse } from '../lib/errors.js'
import { describeType } from '../lib/util/describe.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The field behind {@link IPField}. */
export class IPFieldType extends Field<string> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'int8'
  override jsType = String

  override baseType(): SqlType {
    return variant(TYPES.int8, { encode: value => String(numberOf(value)), decode: text => addressOf(Number(text)) })
  }
}

function numberOf(address: unknown): number {
  if (typeof address !== 'string') throw misuse('WRONG_TYPE', `expected a string, got ${describeType(address)}`)
  if (!isIPv4(address)) throw misuse('WRONG_TYPE', 'expected an IPv4 address, got another string')
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map(bits => Math.floor(number / 2 ** bits) % 256).join('.')
}

/** `BIGINT`, an IPv4 address as a number, so that ranges compare; a string: `'10.0.0.1'`. */
export const IPField = standsFor<
  string,
  <const O extends FieldOptions<string> = {}>(options?: O & OnlyKnown<O, FieldOptions<string>>) => DecoratorOf<string, string, O>
>(options => decoratorOf(new IPFieldType(options)), IPFieldType)
