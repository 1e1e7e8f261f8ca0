import { type SqlType, variant } from '../lib/ast/types.js'
import { ModelDefinitionError, misuse } from '../lib/errors.js'
import {
  findSource,
  type Source,
  type SourceColumn,
  sourceOf,
  unknownProperty,
  unwrapInstance
} from '../lib/expression/source.js'
import type { Class, IsRef, Key, Ref } from '../lib/expression/types.js'
import { checkThunk, type DecoratorOf, decoratorOf, type Mismatch, type NullOf, type OnlyKnown } from './decorate.js'
import { Field, type FieldOptions } from './field.js'

/** What happens to a row when the row it refers to goes or changes its key. */
export type ReferentialAction = 'CASCADE' | 'RESTRICT' | 'SET NULL' | 'SET DEFAULT' | 'NO ACTION'

/** What a foreign key takes. */
export interface ForeignKeyOptions extends FieldOptions<Key | object> {
  /**
   * The property of the target under which the rows that refer to it are found: `user.tweets`. There is none unless it is
   * named; `false` and `'+'` say so. A foreign key of a base class that several models share takes a function of the model:
   * `({ name }) => name.toLowerCase()`.
   */
  readonly backref?: string | false | ((model: { readonly name: string }) => string | false)
  /** The property of the target that is referred to; its primary key unless given. */
  readonly field?: string
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  /** When the constraint can be checked at the end of a transaction only; not every server has that. */
  readonly deferrable?: 'INITIALLY DEFERRED' | 'INITIALLY IMMEDIATE'
  /** `false`: awaiting the reference is an error, `RelationNotLoaded`; the row comes by a join or not at all. */
  readonly lazyLoad?: boolean
  readonly constraintName?: string
  /** The property that holds the key alone; `<name>Id` unless given. */
  readonly objectIdName?: string
}

const OWN_OPTIONS: Readonly<Record<Exclude<keyof ForeignKeyOptions, keyof FieldOptions<unknown>>, true>> = {
  backref: true,
  field: true,
  onDelete: true,
  deferrable: true,
  lazyLoad: true,
  constraintName: true,
  objectIdName: true
}
const DEFERRABLE = ['INITIALLY DEFERRED', 'INITIALLY IMMEDIATE']
const ACTIONS = ['CASCADE', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'NO ACTION']

/** A reference as it is before it is loaded. */
export interface KeyHolder {
  readonly key: unknown
  /** The foreign key that it is a reference of. */
  readonly field?: unknown
  then: unknown
}

/** The field behind {@link ForeignKeyField}. */
export class ForeignKeyFieldType extends Field<Key | object> {
  static override readonly ownOptions: readonly string[] = Object.keys(OWN_OPTIONS)

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
    if (options.deferrable !== undefined && !DEFERRABLE.includes(options.deferrable))
      throw misuse('BAD_ARGUMENT', `ForeignKeyField: deferrable is not one of ${DEFERRABLE.join(', ')}`)
  }

  /** The option of this name says what becomes of the row when its target gets another key. */
  override get onUpdate(): undefined {
    return undefined
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
    const type = variant(column.type, { encode: value => column.type.encode(this.#keyOf(value, property)) })
    const { table } = this.targetSource()
    return { ...type, refersTo: of => (of === table ? property : undefined) }
  }

  /** The key behind an instance, a reference, or a key. */
  #keyOf(value: unknown, property: string): unknown {
    if (isKeyHolder(value)) return this.#keyHeld(value)
    this.#refuseOthers(value)
    const key = unwrapInstance(value, property)
    if (key !== undefined && key !== null) return key
    throw misuse('UNDEFINED_VALUE', `the ${this.targetSource().name} it refers to has no key yet; save it first`)
  }

  /** The key of a reference. Throws for one of another foreign key, whose key means something else. */
  #keyHeld({ key, field }: KeyHolder): unknown {
    if (field === this || !isForeignKey(field)) return key
    const [wanted, held] = [this.targetSource(), field.targetSource()]
    if (!isSameTable(wanted, held)) throw misuse('WRONG_TYPE', `expected a reference to ${wanted.name}, got one to ${held.name}`)
    const [to, by] = [this.targetColumn().property, field.targetColumn().property]
    if (to === by) return key
    throw misuse('WRONG_TYPE', `a reference to ${held.name} by its ${by}, where its ${to} is wanted; await it first`)
  }

  /** Throws for an instance of another model, whose key would mean another row. */
  #refuseOthers(value: unknown): void {
    const source = typeof value === 'object' && value !== null ? findSource(value.constructor) : undefined
    if (!source) return
    const target = this.targetSource()
    if (isSameTable(source, target)) return
    throw misuse('WRONG_TYPE', `expected a ${target.name}, got a ${source.name}`)
  }
}

/** Not in the class itself: bundling would give it another name, to refer to it by its own. */
function isForeignKey(field: unknown): field is ForeignKeyFieldType {
  return field instanceof ForeignKeyFieldType
}

function isSameTable({ table: one }: Source, { table: other }: Source): boolean {
  return one.name === other.name && one.schema === other.schema
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
  options?: ForeignKeyOptions & O & OnlyKnown<O, ForeignKeyOptions>
): DecoratorOf<Ref<T>, Ref<T>, O> {
  checkThunk(target, 'ForeignKeyField', 'the model: ForeignKeyField(() => User)')
  return decoratorOf(new ForeignKeyFieldType(target, options))
}

/** The field behind {@link deferredForeignKey}: its model is looked up by name when it is first needed. */
export class DeferredForeignKeyType extends ForeignKeyFieldType {
  readonly targetName: string

  constructor(name: string, options: ForeignKeyOptions = {}) {
    super(() => {
      const model = named.get(name)
      if (model) return model
      throw new ModelDefinitionError(`There is no model "${name}", to which a deferred foreign key refers; is its file imported?`)
    }, options)
    this.targetName = name
  }

  /** Whether the model referred to is defined. */
  get isResolved(): boolean {
    return named.has(this.targetName)
  }
}

/** Models by the names of their classes; of several the one defined last. */
const named = new Map<string, object>()

/** @internal Lets deferred foreign keys find a model. */
export function nameModel(name: string, model: object): void {
  named.set(name, model)
}

/** A property decorator that compiles only on a reference, with or without null as the options say. */
export type ReferenceDecorator<O> = <M extends object, const K extends keyof M>(
  target: M,
  key: IsRef<M[K]> extends true
    ? [Extract<M[K], null>, NullOf<O>] extends [NullOf<O>, Extract<M[K], null>]
      ? K
      : Mismatch<K, 'Ref<…>, with null where the options say { null: true }', M[K]>
    : Mismatch<K, 'Ref<…>', M[K]>
) => void

/**
 * A reference to a model that cannot be named yet, by the name of its class: for models that refer to each other where a
 * thunk would need an import in a circle. The table is created without its constraint, which `createTables` adds behind the
 * tables where the other one is among them, and `Model.createForeignKey` at any time.
 *
 * `@deferredForeignKey('Tweet', { null: true }) favorite!: Ref<Tweet> | null; declare favoriteId: string | null`
 */
export function deferredForeignKey<const O extends ForeignKeyOptions = {}>(
  name: string,
  options?: ForeignKeyOptions & O & OnlyKnown<O, ForeignKeyOptions>
): ReferenceDecorator<O> {
  if (typeof name !== 'string' || name === '')
    throw misuse('WRONG_TYPE', "deferredForeignKey: expected the name of a model's class: deferredForeignKey('User')")
  return decoratorOf(new DeferredForeignKeyType(name, options)) as ReferenceDecorator<O>
}
