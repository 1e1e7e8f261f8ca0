import { misuse } from '../lib/errors.js'
import type { Any, Class, NotAColumn } from '../lib/expression/types.js'
import { didYouMean } from '../lib/util/names.js'
import { checkThunk, decoratedName, type Mismatch, type OnlyKnown } from './decorate.js'
import type { ReferentialAction } from './foreign-key.js'

/** What a many-to-many relation takes. */
export interface ManyToManyOptions {
  /**
   * The property of the other model under which the rows of this one are found: `course.students`. A relation of a base
   * class that several models share takes a function of the model: `model => snakeCase(model.name)`.
   */
  readonly backref?: string | ((model: { readonly name: string }) => string)
  /** The model whose rows are the pairs, where it is one of your own, with what else is to be known of a pair. */
  readonly through?: () => Class<object>
  /** Its foreign keys to this model and to the other one, where there are several to choose from: `['follower', 'followed']`. */
  readonly throughFields?: readonly [near: string, far: string]
  /** The table of the pairs, where the model is not one of your own; by default `<table>_<other table>_through`. */
  readonly tableName?: string
  /** What happens to the pairs of a row that goes, where their model is not one of your own. */
  readonly onDelete?: ReferentialAction
  /** What happens to the pairs of a row that changes its key, where their model is not one of your own. */
  readonly onUpdate?: ReferentialAction
}

const OPTIONS: Readonly<Record<keyof ManyToManyOptions, true>> = {
  backref: true,
  through: true,
  throughFields: true,
  tableName: true,
  onDelete: true,
  onUpdate: true
}
/** What is said of the through model where nobody else declares it. */
const OF_IMPLICIT = ['tableName', 'onDelete', 'onUpdate'] as const

/** Marks a property whose value are rows of `M`, to be added and removed. */
export interface ManyRows<M> extends NotAColumn {
  /** @internal tells of which model, by type */
  readonly $many: (model: M) => M
}

/** What {@link ManyToManyField} declares: a relation, and no column. */
export class ManyToManyDeclaration {
  readonly options: ManyToManyOptions
  readonly #target: () => unknown

  constructor(target: () => unknown, options: ManyToManyOptions = {}) {
    checkThunk(target, 'ManyToManyField', 'the model: ManyToManyField(() => Course)')
    for (const name of Object.keys(options)) {
      if (!Object.hasOwn(OPTIONS, name))
        throw misuse('UNKNOWN_OPTION', `ManyToManyField has no option "${name}"${didYouMean(name, Object.keys(OPTIONS))}`)
    }
    checkThrough(options)
    this.options = options
    this.#target = target
  }

  /** The other model. */
  target(): unknown {
    return this.#target()
  }
}

function checkThrough(options: ManyToManyOptions): void {
  const { through, throughFields } = options
  if (through === undefined) {
    if (throughFields === undefined) return
    throw misuse('BAD_ARGUMENT', 'ManyToManyField: throughFields are those of a model given as { through }')
  }
  checkThunk(through, 'ManyToManyField', 'the through model: { through: () => Enrollment }')
  const both = OF_IMPLICIT.find(name => options[name] !== undefined)
  if (both)
    throw misuse('BAD_ARGUMENT', `ManyToManyField: with { through }, ${both} is said by that model; leave one of them out`)
  if (throughFields === undefined || (Array.isArray(throughFields) && throughFields.length === 2)) return
  throw misuse('BAD_ARGUMENT', "ManyToManyField: throughFields are two names: { throughFields: ['student', 'course'] }")
}

const declared = new WeakMap<object, Map<string, ManyToManyDeclaration>>()

/** The many-to-many relations that were declared on a class itself, by property. */
export function declaredManyToMany(owner: object): ReadonlyMap<string, ManyToManyDeclaration> {
  return declared.get(owner) ?? new Map()
}

/** A property decorator that compiles only on a `ManyToMany` of the model. */
export type ManyToManyDecorator<T> = <M extends object, const K extends keyof M>(
  target: M,
  key: M[K] extends ManyRows<infer R>
    ? [R, T] extends [T, R]
      ? K
      : Mismatch<K, 'ManyToMany<…> of the other model', M[K]>
    : Mismatch<K, 'ManyToMany<…>', M[K]>
) => void

/**
 * Rows of another model, any number for each row of this one, and the other way round:
 *
 * ```ts
 * @ManyToManyField(() => Course, { backref: 'students' }) courses!: ManyToMany<Course>   // in Student
 * declare students: ManyToMany<Student>                                                  // in Course
 * ```
 *
 * `await student.courses` loads them; `student.courses.add(course)`, `remove`, `clear` and `set` change which they are. It is
 * no column: the pairs are rows of a through model, `StudentCourseThrough` with the table `student_course_through`, which is
 * created along with the tables of both; or of a model of your own, with what else is to be known of a pair:
 * `{ through: () => Enrollment }`.
 */
export function ManyToManyField<T extends object, const O extends ManyToManyOptions = {}>(
  target: () => Class<T>,
  options?: ManyToManyOptions & O & OnlyKnown<O, ManyToManyOptions>
): ManyToManyDecorator<T> {
  const declaration = new ManyToManyDeclaration(target, options)
  return ((prototype: object, key: unknown): void => {
    const property = decoratedName(key)
    const own = declared.get(prototype.constructor) ?? new Map<string, ManyToManyDeclaration>()
    declared.set(prototype.constructor, own.set(property, declaration))
  }) as ManyToManyDecorator<Any>
}
