import { type SqlType, variant } from '../lib/ast/types.js'
import { misuse } from '../lib/errors.js'
import { type Source, type SourceColumn, sourceOf, unknownProperty, unwrapInstance } from '../lib/expression/source.js'
import type { Class, Key, Ref } from '../lib/expression/types.js'
import { type DecoratorOf, decoratorOf, type OnlyKnown } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** What happens to a row when the row it refers to goes or changes its key. */
export type ReferentialAction = 'CASCADE' | 'RESTRICT' | 'SET NULL' | 'SET DEFAULT' | 'NO ACTION'

/** What a foreign key takes. */
export interface ForeignKeyOptions extends FieldOptions<Key | object> {
  /** The property of the target under which the rows that refer to it are found: `user.tweets`. */
  readonly backref?: string
  /** The property of the target that is referred to; its primary key unless given. */
  readonly field?: string
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  readonly constraintName?: string
  /** The property that holds the key alone; `<name>Id` unless given. */
  readonly objectIdName?: string
}

const ACTIONS = ['CASCADE', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'NO ACTION']

/** A reference as it is before it is loaded. */
export interface KeyHolder {
  readonly key: unknown
  then: unknown
}

/** The field behind {@link ForeignKeyField}. */
export class ForeignKeyFieldType extends Field<Key | object> {
  override readonly options: ForeignKeyOptions
  readonly #target: () => unknown

  constructor(target: () => unknown, options: ForeignKeyOptions = {}) {
    super(options)
    this.options = options
    this.#target = target
    for (const action of [options.onDelete, options.onUpdate]) {
      if (action !== undefined && !ACTIONS.includes(action.toUpperCase())) {
        throw misuse('BAD_ARGUMENT', `ForeignKeyField: "${action}" is not one of ${ACTIONS.join(', ')}`)
      }
    }
  }

  /** The model referred to. */
  target(): unknown {
    return this.#target()
  }

  /** The source referred to. */
  targetSource(): Source {
    return sourceOf(this.#target(), 'ForeignKeyField')
  }

  /** The column referred to. */
  targetColumn(): SourceColumn {
    const source = this.targetSource()
    const { field } = this.options
    const found = field === undefined ? source.primaryKey[0] : source.names.get(field)
    if (found && (field !== undefined || source.primaryKey.length === 1)) return found
    if (field !== undefined) throw unknownProperty(source, field)
    throw misuse('BAD_QUERY', `A foreign key to ${source.name} needs { field }: the model has not exactly one primary key column`)
  }

  override typeFor(): SqlType {
    const { column, property } = this.targetColumn()
    return variant(column.type, { encode: value => column.type.encode(this.#keyOf(value, property)) })
  }

  /** The key behind an instance, a reference, or a key. */
  #keyOf(value: unknown, property: string): unknown {
    if (isKeyHolder(value)) return value.key
    const key = unwrapInstance(value, property)
    if (key !== undefined && key !== null) return key
    throw misuse('UNDEFINED_VALUE', `the ${this.targetSource().name} it refers to has no key yet; save it first`)
  }
}

/** Whether a value is a reference that holds a key. */
export function isKeyHolder(value: unknown): value is KeyHolder {
  return typeof value === 'object' && value !== null && 'key' in value && 'then' in value
}

/**
 * A reference to a row of another model. The property holds the instance once it is loaded, and before a reference to be
 * awaited; `<name>Id` holds the key: `@ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>; declare userId: string`.
 * The column is `<name>_id`, of the target's type, and indexed.
 */
export function ForeignKeyField<T extends object, const O extends ForeignKeyOptions = {}>(
  target: () => Class<T>,
  options?: O & OnlyKnown<O, ForeignKeyOptions>
): DecoratorOf<Ref<T>, Ref<T>, O> {
  if (typeof target !== 'function')
    throw misuse('WRONG_TYPE', 'ForeignKeyField: expected a function that gives the model: ForeignKeyField(() => User)')
  return decoratorOf(new ForeignKeyFieldType(target, options))
}
