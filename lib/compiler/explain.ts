import type { Emitters } from './dialect.js'

/** How PostgreSQL writes EXPLAIN. */
export const explainEmitters = {
  explain: (w, n) => {
    if (n.mode) w.need('explainModes', `EXPLAIN (${n.mode.toUpperCase()})`)
    const options = [n.analyze && 'ANALYZE', n.verbose && 'VERBOSE', n.format && 'FORMAT JSON'].filter(Boolean)
    w.write(`EXPLAIN ${options.length > 0 ? `(${options.join(', ')}) ` : ''}`).node(n.query)
  }
} satisfies Partial<Emitters>
