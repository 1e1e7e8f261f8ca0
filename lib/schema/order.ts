import { ForeignKeyFieldType } from '../../fields/foreign-key.js'
import { type Metadata, metadata } from '../model/metadata.js'

/** The models, each once, those that others refer to before them; a circle of references is broken where it was entered. */
export function sortModels(models: readonly object[]): Metadata[] {
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
  const targets = meta.fields.flatMap(({ field }) => (field instanceof ForeignKeyFieldType ? [field.target() as object] : []))
  return [...targets, ...(meta.options.dependsOn ?? [])].map(metadata)
}
