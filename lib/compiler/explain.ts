import type { Emitters } from './dialect.js'

/** How PostgreSQL writes EXPLAIN. */
export const explainEmitters = {
  explain: (w, n) => {
    const options = [n.analyze && 'ANALYZE', n.verbose && 'VERBOSE', n.format && 'FORMAT JSON'].filter(Boolean)
    w.write(`EXPLAIN ${options.length > 0 ? `(${options.join(', ')}) ` : ''}`).node(n.query)
  }
} satisfies Partial<Emitters>
