import { ModelDefinitionError } from '../lib/errors.js'
import { BlobFieldType } from './blob.js'
import { BooleanFieldType } from './boolean.js'
import { DateTimeTZFieldType } from './datetime.js'
import { decoratorOf, type FieldClass, type Mismatch, type OnlyKnown } from './decorate.js'
import type { FieldOptions } from './field.js'
import { DoubleFieldType } from './float.js'
import { BigIntegerFieldType } from './integer.js'
import { TextFieldType } from './text.js'

/** The types whose field can be told from the property alone. */
export type Inferred = string | number | boolean | Date | bigint | Uint8Array

/** What an inferred field takes; it is never null, for that cannot be told. */
export type InferOptions = Omit<FieldOptions<Inferred>, 'null'>

interface Kinds {
  string: string
  number: number
  boolean: boolean
  date: Date
  bigint: bigint
  bytes: Uint8Array
  buffer: Buffer
}
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type IsInferred<T> = true extends { [K in keyof Kinds]: Same<T, Kinds[K]> }[keyof Kinds] ? true : false

/** A property decorator that compiles only on one of the types that can be inferred. */
export type InferDecorator = <M extends object, const K extends keyof M>(
  target: M,
  key: {} extends Pick<M, K>
    ? K & { 'Pewit: a field is never absent; write `!:` instead of `?:`': K }
    : IsInferred<M[K]> extends true
      ? K
      : Mismatch<K, Inferred, M[K]>
) => void

const FIELDS = new Map<unknown, FieldClass>([
  [String, TextFieldType],
  [Number, DoubleFieldType],
  [Boolean, BooleanFieldType],
  [Date, DateTimeTZFieldType],
  [BigInt, BigIntegerFieldType],
  [Uint8Array, BlobFieldType],
  [Buffer, BlobFieldType]
])

/**
 * A field of the property's own type: `TEXT` for a string, `DOUBLE PRECISION` for a number, `BOOLEAN`, `TIMESTAMPTZ` for a
 * Date, `BIGINT` for a bigint, `BYTEA` for bytes; never null. It needs the types that TypeScript emits with
 * `emitDecoratorMetadata`, and throws `ModelDefinitionError` without them.
 */
export function InferField<const O extends InferOptions = {}>(options?: O & OnlyKnown<O, InferOptions>): InferDecorator {
  return ((target: object, key: string) => {
    const { getMetadata } = Reflect as { getMetadata?: (name: string, target: object, key: string) => unknown }
    const design = getMetadata?.('design:type', target, key)
    const FieldType = FIELDS.get(design)
    if (!FieldType) throw unclear(target, key, design)
    decoratorOf(new FieldType(options as never))(target as never, key as never)
  }) as InferDecorator
}

function unclear(target: object, key: string, design: unknown): ModelDefinitionError {
  const why =
    design === undefined
      ? 'the compiler left no type of the property; set "emitDecoratorMetadata", which esbuild and tsx do not have'
      : `the type that the compiler left, ${(design as { name?: string }).name}, tells too little`
  const instead = 'TextField, DoubleField, IntegerField, BooleanField, DateTimeTZField, BigIntegerField, BlobField, JSONField, …'
  return new ModelDefinitionError(
    `${target.constructor.name}.${String(key)}: InferField finds no field: ${why}; use one of ${instead}`
  )
}
