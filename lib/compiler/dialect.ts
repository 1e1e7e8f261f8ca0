import type { NodeKind, NodeOf } from '../ast/nodes.js'
import type { Writer, WritingRules } from './writer.js'

/** Writes one kind of node. Never looks at a parent: what depends on the surroundings is on the writer. */
export type Emitter<K extends NodeKind> = (writer: Writer, node: NodeOf<K>) => void

/** An emitter for every kind; one that is missing does not compile. */
export type Emitters = { readonly [K in NodeKind]: Emitter<K> }

/** A record of differences: how one kind of server writes each node. */
export interface Dialect extends WritingRules {
  readonly emitters: Emitters
}
