import { binary, call, param, unnamed } from '../lib/ast/build.js'
import type { ExprNode } from '../lib/ast/nodes.js'
import { TYPES } from '../lib/ast/types.js'
import { misuse } from '../lib/errors.js'
import { Expression } from '../lib/expression/expression.js'
import { nodeOf } from '../lib/expression/operands.js'
import type { ComputedName, Part } from '../lib/expression/source.js'
import { describeType } from '../lib/util/describe.js'
import { decoratorOf, type Mismatch, type NullOf, type OnlyKnown, standsFor } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** The flags of a number: names, for 1, 2, 4, …; or names with their bits. */
export type Flags = readonly string[] | Readonly<Record<string, number>>

/** What a field of flags takes. */
export interface BitOptions extends FieldOptions<number> {
  /** The properties that stand for bits: `['isFavorite', 'isSticky']`, or `{ isFavorite: 1, isSticky: 8 }`. */
  readonly flags?: Flags
}

type NamesOf<O> = O extends { readonly flags: infer F }
  ? F extends readonly (infer N extends string)[]
    ? N
    : keyof F & string
  : never
type Missing<M, N extends string> = { [K in N]: K extends keyof M ? (M[K] extends boolean ? never : K) : K }[N]

/** A property decorator that compiles only on a number, in a class that declares each flag as a boolean. */
export type FlagsDecorator<T, N extends string> = <M extends object, const K extends keyof M>(
  target: [Missing<M, N>] extends [never] ? M : M & { 'Pewit: declare each flag as a boolean': Missing<M, N> },
  key: {} extends Pick<M, K>
    ? K & { 'Pewit: a field is never absent; write `!:` instead of `?:`': K }
    : [T, M[K]] extends [M[K], T]
      ? K
      : Mismatch<K, T, M[K]>
) => void

/** The field behind {@link BitField}. */
export class BitFieldType extends Field<number> {
  static override readonly ownOptions: readonly string[] = ['flags']

  override columnType = 'int8'
  override jsType = Number
  /** The bits by the names of their flags. */
  readonly flags: ReadonlyMap<string, number>

  constructor(options: BitOptions = {}) {
    super({ default: 0, ...options })
    this.flags = bitsOf(options.flags ?? [])
  }

  override parts(property: string): ReadonlyMap<string, ComputedName> {
    return new Map(Array.from(this.flags, ([name, bit]) => [name, this.#flag(name, bit, property)] as const))
  }

  #flag(name: string, bit: number, property: string): ComputedName {
    return {
      expression: fields => {
        const masked = binary('bitAnd', fields[property].node, bits(bit, name), TYPES.int8)
        return new Expression(binary('ne', masked, bits(0, name), TYPES.bool)).as(name)
      },
      part: this.#part(name, bit, property)
    }
  }

  #part(name: string, bit: number, property: string): Part {
    return {
      of: property,
      get: whole => (BigInt((whole as number | undefined) ?? 0) & BigInt(bit)) !== 0n,
      set: (whole, value) => {
        if (typeof value !== 'boolean') throw misuse('WRONG_TYPE', `${name}: expected a boolean, got ${describeType(value)}`)
        const node = nodeOf(whole)
        return node
          ? new Expression(withBits(this.options.null ? orZero(node) : node, bit, value))
          : numberWith(whole as number, bit, value)
      }
    }
  }
}

function bits(of: number | bigint, name: string): ExprNode {
  return param(of, TYPES.int8, name)
}

function orZero(node: ExprNode): ExprNode {
  return call('coalesce', [node, bits(0, 'coalesce')], TYPES.int8)
}

function withBits(node: ExprNode, bit: number, on: boolean): ExprNode {
  if (on) return binary('bitOr', unnamed(node), bits(bit, 'flags'), TYPES.int8)
  return binary('bitAnd', unnamed(node), bits(~BigInt(bit), 'flags'), TYPES.int8)
}

/** Not with JavaScript's own operators, which see 32 bits. */
function numberWith(whole: number | null | undefined, bit: number, on: boolean): number {
  const before = BigInt(whole ?? 0)
  return Number(on ? before | BigInt(bit) : before & ~BigInt(bit))
}

function bitsOf(flags: Flags): ReadonlyMap<string, number> {
  const named = Array.isArray(flags)
    ? flags.map((name: string, i) => [name, 2 ** i] as const)
    : Object.entries(flags as Readonly<Record<string, number>>)
  for (const [name, bit] of named) {
    if (typeof name !== 'string' || name === '') throw misuse('BAD_ARGUMENT', 'BitField: flags are names of properties')
    if (!Number.isSafeInteger(bit) || bit <= 0)
      throw misuse('BAD_ARGUMENT', `BitField: the bit of ${name} must be a positive integer below 2^53`)
  }
  if (new Set(named.map(([name]) => name)).size < named.length) throw misuse('BAD_ARGUMENT', 'BitField: a flag is there twice')
  return new Map(named)
}

/** The decorator factory of {@link BitField}. */
type BitFactory = <const O extends BitOptions = {}>(
  options?: O & OnlyKnown<O, BitOptions>
) => FlagsDecorator<number | NullOf<O>, NamesOf<O>>

/**
 * `BIGINT`, a number whose bits are flags under names of their own:
 *
 * ```ts
 * @BitField({ flags: ['isFavorite', 'isSticky'] }) flags!: number
 * declare isFavorite: boolean
 * declare isSticky: boolean
 * ```
 *
 * They are properties of instances, values of `create` and `update`, and conditions:
 * `Post.update({ isSticky: false }).where(p => p.isFavorite)`. The number is 0 unless given.
 */
export const BitField = standsFor<number, BitFactory>(options => decoratorOf(new BitFieldType(options)) as never, BitFieldType)
