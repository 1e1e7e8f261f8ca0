import type { ClauseNode } from '../ast/nodes.js'
import type { Metadata } from './metadata.js'
import type { ModelExtensions } from './options.js'

/** Options of `@model` that extensions bring, such as what only one kind of server knows of tables. */

/** What becomes of an option that an extension adds to `@model`. */
export interface ModelOption<V> {
  /** Holds what was given against the model. Throws `ModelDefinitionError` for what cannot work. */
  check?(given: V, meta: Metadata): void
  /** The clauses of CREATE TABLE that it makes. */
  clauses(given: V, meta: Metadata): readonly ClauseNode[]
}

type Given<K extends keyof ModelExtensions> = NonNullable<ModelExtensions[K]>

const known = new Map<string, ModelOption<never>>()

/**
 * Adds an option to `@model`. Its type is declared on `ModelExtensions`:
 *
 * ```ts
 * declare module 'pewit/extend' { interface ModelExtensions { readonly comment?: string } }
 * modelOption('comment', { clauses: text => [ … ] })
 * ```
 */
export function modelOption<K extends keyof ModelExtensions>(name: K, option: ModelOption<Given<K>>): void {
  known.set(name, option)
}

/** Whether an extension has added an option of this name. */
export function isModelOption(name: string): boolean {
  return known.has(name)
}

/** Throws `ModelDefinitionError` for what the options of extensions cannot be. */
export function checkExtensions(meta: Metadata): void {
  for (const [option, given] of givenTo(meta)) option.check?.(given, meta)
}

/** The clauses of CREATE TABLE that extensions make for a model. */
export function clausesOf(meta: Metadata): ClauseNode[] {
  return givenTo(meta).flatMap(([option, given]) => option.clauses(given, meta))
}

function givenTo({ options }: Metadata): [ModelOption<never>, never][] {
  return [...known].flatMap(([name, option]) => {
    const given = (options as Readonly<Record<string, unknown>>)[name]
    return given === undefined || given === null ? [] : [[option, given as never] as [ModelOption<never>, never]]
  })
}
