import { ValidationError, type ValidationFailure } from '../errors.js'
import type { Metadata } from './metadata.js'

/** The part of class-validator's registry that is asked; it exists globally once the package was imported by anybody. */
interface ValidatorStorage {
  getTargetValidationMetadatas(target: unknown, schema: string, always: boolean, strict: boolean): readonly unknown[]
}

const validated = new WeakMap<Metadata, boolean>()

/**
 * Asks class-validator about an instance. Models without its decorators cost a look-up, and the package, which takes
 * long to load, is imported only for models that have some. Rejects with `ValidationError`.
 */
export async function validateInstance(instance: object, meta: Metadata): Promise<void> {
  if (meta.options.validate === false || !hasRules(meta)) return
  const failures = await failuresOf(instance, meta)
  if (failures.length > 0) throw new ValidationError(`${meta.name} is not valid: ${listed(failures)}`, failures)
}

/** Asks about many instances, and names each that is not valid by its place in the list. `where` is what the message begins with. */
export async function validateAll(instances: readonly object[], meta: Metadata, where: string): Promise<void> {
  if (meta.options.validate === false || !hasRules(meta)) return
  const found = await Promise.all(instances.map(instance => failuresOf(instance, meta)))
  const bad = found.flatMap((failures, index) => (failures.length > 0 ? [{ index, failures }] : []))
  if (bad.length === 0) return
  const list = bad.map(({ index, failures }) => `instance ${index}: ${listed(failures)}`).join('; ')
  const all = bad.flatMap(({ index, failures }) => failures.map(one => ({ ...one, index })))
  throw new ValidationError(`${where}: ${bad.length} of ${instances.length} are not valid: ${list}`, all)
}

async function failuresOf(instance: object, meta: Metadata): Promise<ValidationFailure[]> {
  const { validate } = await import('class-validator')
  const errors = await validate(instance, { forbidUnknownValues: false })
  return errors.filter(({ property }) => !meta.findField(property) || Object.hasOwn(instance, property)).map(failure)
}

function listed(failures: readonly ValidationFailure[]): string {
  return failures.map(({ messages }) => messages.join(', ')).join('; ')
}

/** Whether class-validator has rules for a model. */
function hasRules(meta: Metadata): boolean {
  let known = validated.get(meta)
  if (known === undefined) {
    const storage = (globalThis as { classValidatorMetadataStorage?: ValidatorStorage }).classValidatorMetadataStorage
    known = storage !== undefined && storage.getTargetValidationMetadatas(meta.model, '', false, false).length > 0
    validated.set(meta, known)
  }
  return known
}

function failure(error: {
  property: string
  constraints?: Record<string, string>
  children?: readonly { toString(): string }[]
}): ValidationFailure {
  const messages = Object.values(error.constraints ?? {})
  return { property: error.property, messages: messages.length > 0 ? messages : (error.children ?? []).map(String) }
}
