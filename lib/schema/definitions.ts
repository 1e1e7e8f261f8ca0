/** From the SQL of definitions, as servers show it, to its parts. */

/** A type that a constant in a default is annotated with: `'x':::STRING`, `0:::DECIMAL(4,1)`, `ARRAY[]:::INT8[]`. */
const ANNOTATION = /(\be'(?:\\.|[^'\\])*'|'(?:[^']|'')*'|"(?:[^"]|"")*")|:::(?:"(?:[^"]|"")*"|[\w.])+(?:\([\d, ]*\))?(?:\[\])*/gi

/** The default without the annotations of types that not every server reads: of `'x':::STRING` it is `'x'`. */
export function plainDefault(sql: string): string {
  return sql.replace(ANNOTATION, (_, quoted?: string) => quoted ?? '')
}

/** What is one piece to a reader of elements: quoted text or a quoted name, else a character. */
const PIECE = /\be'(?:\\.|[^'\\])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|[\s\S]/gi

/**
 * The elements of an index, from the statement that creates it, each without its order and operator class:
 * of `… USING btree (name DESC, lower(email))` these are `name DESC` and `lower(email)`.
 */
export function indexElements(sql: string): string[] {
  const elements: string[] = []
  let depth = 0
  let element = ''
  for (const [piece] of sql.matchAll(PIECE)) {
    if (piece === ')' && --depth === 0) return [...elements, expressionOf(element)]
    if (piece === ',' && depth === 1) {
      elements.push(expressionOf(element))
      element = ''
    } else if (depth > 0) element += piece
    if (piece === '(') depth++
  }
  return elements
}

/** An element up to the end of its first parenthesis, which every expression has. */
function expressionOf(element: string): string {
  let depth = 0
  let end = 0
  for (const { 0: piece, index } of element.matchAll(PIECE)) {
    if (piece === '(') depth++
    if (piece === ')' && --depth === 0) {
      end = index + 1
      break
    }
  }
  return (end === 0 ? element : element.slice(0, end)).trim()
}
