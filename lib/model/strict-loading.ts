import { RelationNotLoaded } from '../errors.js'
import type { RowOrigin } from '../expression/source.js'
import type { Metadata } from './metadata.js'

/** Throws `RelationNotLoaded` where the database that a relation leads to lets nothing be loaded by awaiting it. */
export function refuseWhereStrict(to: Metadata, relation: string, remedy: string, origin?: RowOrigin): void {
  if (!to.requireDatabase().loadsStrictly) return
  const from = origin ? `. The row came from: ${origin.text}` : ''
  throw new RelationNotLoaded(`${relation} is not loaded, and strict loading is on: ${remedy}${from}`)
}
