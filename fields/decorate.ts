import { ModelDefinitionError, misuse } from '../lib/errors.js'
import { checkOptions, type Field, type FieldOptions } from './field.js'

/** Options allow null. */
export type NullOf<O> = O extends { readonly null: true } ? null : never
type Exact<Read, Write, Prop> = [Read] extends [Prop] ? ([Prop] extends [Write] ? true : false) : false
/** The key with a message that shows in the compiler's error. A conditional type: it shows what it is, not its name. */
export type Mismatch<K, Want, Got> = [K] extends [PropertyKey]
  ? K & { 'Pewit: the field gives': Want; 'but the property is': Got }
  : never

/** A property decorator that compiles only on a property of the field's type. */
export type FieldDecorator<Read, Write = Read> = <M extends object, const K extends keyof M>(
  target: M,
  key: {} extends Pick<M, K>
    ? K & { 'Pewit: a field is never absent; write `!:` instead of `?:`': K }
    : Exact<Read, Write, M[K]> extends true
      ? K
      : Mismatch<K, Read, M[K]>
) => void

/** The decorator of a field that gives `T` and takes `W`, with or without null. */
export type DecoratorOf<T, W, O> = FieldDecorator<T | NullOf<O>, W | NullOf<O>>

/** Refuses options that are none of the known ones: a misspelt one would be lost silently. */
export type OnlyKnown<O, Known> = { readonly [K in Exclude<keyof O, keyof Known>]: never }

/** A decorator factory that stands for a field of `T`, as in `ArrayField(TextField)`. */
export interface Item<T> {
  /** @internal the type of the values; absent at run time */
  readonly $item?: T
}

/** A class of fields. */
export type FieldClass<O = never> = new (options?: O) => Field

const declared = new WeakMap<object, Map<string, Field>>()
const classes = new WeakMap<object, FieldClass>()
const fields = new WeakMap<object, Field>()

/** The fields that were declared on a class itself, by property, in order. */
export function declaredFields(owner: object): ReadonlyMap<string, Field> {
  return declared.get(owner) ?? new Map()
}

/** Declares a field on a class. The decorators do this. */
function declareField(owner: object, property: string, field: Field): void {
  const own = declared.get(owner) ?? new Map<string, Field>()
  declared.set(owner, own.set(property, field))
}

/** The property that a decorator was called for. Throws for what is none, as where the compiler calls decorators of another kind. */
export function decoratedName(key: unknown): string {
  if (typeof key === 'string') return key
  if (typeof key === 'symbol') throw misuse('BAD_ARGUMENT', 'A field needs a property with a name, not a symbol')
  throw new ModelDefinitionError(
    'Fields are legacy decorators: set "experimentalDecorators": true in the tsconfig.json that covers this file'
  )
}

/** Throws for what is no function that gives a model. A class would be called like one, with an error that says nothing. */
export function checkThunk(given: unknown, where: string, what: string): void {
  if (typeof given === 'function' && !/^class\b/.test(String(given))) return
  throw misuse('WRONG_TYPE', `${where}: expected a function that gives ${what}`)
}

/** The decorator that declares a field. */
export function decoratorOf<Read, Write>(field: Field): FieldDecorator<Read, Write> {
  checkOptions(field)
  const decorate = (target: object, key: unknown): void => {
    const property = decoratedName(key)
    declareField(target.constructor, property, field)
  }
  fields.set(decorate, field)
  return decorate as FieldDecorator<Read, Write>
}

/** The field that a decorator declares, or `undefined`. */
export function fieldOf(decorator: unknown): Field | undefined {
  return typeof decorator === 'function' ? fields.get(decorator) : undefined
}

/**
 * The decorator of a field class of your own.
 *
 * ```ts
 * class PointField extends Field<Point> { columnType = 'point'; … }
 * export const Position = field(PointField)
 * ```
 */
export function field<T, O extends FieldOptions<T> = FieldOptions<T>>(FieldType: new (options?: O) => Field<T>) {
  const factory = <const P extends O>(options?: P): DecoratorOf<T, T, P> => decoratorOf(new FieldType(options))
  return standsFor<T, typeof factory>(factory, FieldType)
}

/** Lets a decorator factory stand for its field class, as in `ArrayField(TextField)`. */
export function standsFor<T, F extends object>(factory: F, FieldType: FieldClass): F & Item<T> {
  classes.set(factory, FieldType)
  return factory
}

/** The field class that a factory or class stands for, or `undefined`. */
export function fieldClassOf(factory: unknown): FieldClass | undefined {
  return typeof factory === 'function' ? classes.get(factory) : undefined
}
