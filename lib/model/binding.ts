import { withBindings } from './bindings.js'
import { modelGraph } from './graph.js'
import { withThroughModels } from './many-to-many.js'
import { type Metadata, metadata } from './metadata.js'
import type { BindOptions, ModelDatabase } from './model-database.js'

/** Binds models, and by default those that are related to them, to a database. */
export function bindModels(models: readonly object[], database: ModelDatabase | null, options?: BindOptions): void {
  for (const meta of withRelated(models, options)) meta.database = database
}

/** Runs a block in which the models are bound to a database; elsewhere they stay as they are. */
export function bindModelsFor<T>(
  models: readonly object[],
  database: ModelDatabase,
  block: () => T | PromiseLike<T>,
  options?: BindOptions
): Promise<T> {
  // Awaited inside: a query that the block gives back must run there.
  return withBindings(withRelated(models, options), database, async () => block())
}

function withRelated(models: readonly object[], { bindRefs = true, bindBackrefs = true }: BindOptions = {}): Set<Metadata> {
  const options = { refs: bindRefs, backrefs: bindBackrefs }
  return new Set(
    withThroughModels(models).flatMap(model => [metadata(model), ...modelGraph(model, options).map(edge => edge.model)])
  )
}
