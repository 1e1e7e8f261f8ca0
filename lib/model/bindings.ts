import { AsyncLocalStorage } from 'node:async_hooks'
import type { ModelDatabase } from './model-database.js'

/** Databases that models are bound to for the time of a block; `bindCtx` of a database or model. */

type Bindings = ReadonlyMap<object, ModelDatabase>

let storage: AsyncLocalStorage<Bindings> | undefined

/** Whether there was any such block yet; until then they cost nothing. */
export function anyBindings(): boolean {
  return storage !== undefined
}

/** The database that a model is bound to here, in a block, or `undefined`. */
export function boundHere(meta: object): ModelDatabase | undefined {
  return storage?.getStore()?.get(meta)
}

/** Runs a block in which models are bound to a database; what runs elsewhere meanwhile does not see it. */
export function withBindings<T>(metas: Iterable<object>, database: ModelDatabase, block: () => T): T {
  storage ??= new AsyncLocalStorage()
  const bindings = new Map(storage.getStore())
  for (const meta of metas) bindings.set(meta, database)
  return storage.run(bindings, block)
}
