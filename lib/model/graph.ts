import { type Metadata, metadata, type Relation } from './metadata.js'

/** Models as a graph of their foreign keys. */

/** A step of {@link modelGraph}. */
export interface GraphEdge {
  readonly relation: Relation
  /** The model that the step leads to. */
  readonly model: Metadata
  /** Whether it goes against the foreign key, to the model that has it. */
  readonly backref: boolean
}

/** Which foreign keys of a graph are followed. */
export interface GraphOptions {
  /** Those of a model to others; true unless given. */
  readonly refs?: boolean
  /** Those of others to a model; true unless given. */
  readonly backrefs?: boolean
}

/** The steps from a model to all that are related to it, over any number of others; each model's steps once, in breadth. A model that is not defined yet is not among them. */
export function modelGraph(model: object, { refs = true, backrefs = true }: GraphOptions = {}): GraphEdge[] {
  const edges: GraphEdge[] = []
  const seen = new Set([metadata(model)])
  for (const meta of seen) {
    if (refs) for (const relation of meta.definedRefs) edges.push({ relation, model: relation.to, backref: false })
    if (backrefs) for (const relation of meta.backrefs) edges.push({ relation, model: relation.from, backref: true })
    for (const edge of edges) seen.add(edge.model)
  }
  return edges
}

/**
 * The models, each once, those that others refer to before them: the order in which their tables can be created. A circle of
 * references is broken where it was entered.
 */
export function sortModels<M extends object>(models: readonly M[]): M[] {
  const given = new Map(models.map(model => [metadata(model), model]))
  return sortedMetadata(models).map(meta => given.get(meta) as M)
}

/** What is known of the models, in that order. */
export function sortedMetadata(models: readonly object[]): Metadata[] {
  const wanted = new Set(models.map(metadata))
  const sorted = new Set<Metadata>()
  const visiting = new Set<Metadata>()
  const visit = (meta: Metadata): void => {
    if (sorted.has(meta) || visiting.has(meta) || !wanted.has(meta)) return
    visiting.add(meta)
    for (const other of requirements(meta)) visit(other)
    sorted.add(meta)
  }
  for (const meta of wanted) visit(meta)
  return [...sorted]
}

function requirements(meta: Metadata): Metadata[] {
  return [...meta.refs.map(({ to }) => to), ...(meta.options.dependsOn ?? []).map(metadata)]
}
