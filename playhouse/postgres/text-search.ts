import { type DecoratorOf, decoratorOf, Field, type FieldOptions, type OnlyKnown, standsFor } from '../../fields/index.js'
import {
  call,
  describeType,
  type ExprNode,
  labelOf,
  misuse,
  nodeOf,
  operation,
  param,
  type SqlType,
  TYPES,
  typeMethods,
  typeNamed,
  wrap
} from '../../lib/extend.js'
import type { Expr, Offers, Operand, Predicate } from '../../lib/index.js'

/** How a query is understood. */
export interface MatchOptions {
  /** The text search configuration, `'english'`; else the server's `default_text_search_config`. */
  readonly language?: string
  /** Takes the query as plain words, all of which are to be found; without it, it has operators: `'fox & !dog'`. */
  readonly plain?: boolean
}

/** What a column of a search document offers beside comparison. */
export interface TSVectorOps {
  /**
   * Whether the document matches the query: `"t1"."search" @@ to_tsquery($1)`, with `{ language: 'english', plain: true }`
   * `… @@ plainto_tsquery($1, $2)`. A query can be an expression, too: of text, or one like `fn.phraseto_tsquery('a fox')`.
   */
  match(query: Operand<string>, options?: MatchOptions): Predicate
}

/** A search document as the server writes it: `'brown':3 'fox':4 'quick':2`. To the compiler a string whose column has `match`. */
export type TSVector = string & Offers<TSVectorOps>

const TSQUERY = typeNamed('tsquery')
/** Of one OID on all servers that have it, but not all of those have arrays of it. */
const TSVECTOR: SqlType = {
  ...typeNamed('tsvector'),
  oid: 3614,
  methods: typeMethods({
    match: (node, query: unknown, options?: MatchOptions) => matching(node, query, options, `${labelOf(node)}.match`)
  })
}

function matching(document: ExprNode, query: unknown, options: MatchOptions = {}, where: string): ExprNode {
  const node = nodeOf(query)
  const search = node?.type.name === TSQUERY.name ? node : searchFor(node ?? param(query, TYPES.text, where), options, where)
  return operation('@@', document, search, TYPES.bool)
}

function searchFor(query: ExprNode, options: MatchOptions, where: string): ExprNode {
  return call(options.plain ? 'plainto_tsquery' : 'to_tsquery', [...configuration(options, where), query], TSQUERY)
}

/** The name of a configuration. It has no type: it is text on some servers, and a type of its own on others. */
function configuration({ language }: MatchOptions, where: string): ExprNode[] {
  if (language === undefined) return []
  if (typeof language === 'string') return [param(language, TYPES.unknown, where)]
  throw misuse('WRONG_TYPE', `${where}: language: expected a string, got ${describeType(language)}`)
}

/**
 * Whether a text matches a query, for columns that are no search documents:
 *
 * `match(p.body, 'fox & !dog', { language: 'english' })` → `to_tsvector($1, "t1"."body") @@ to_tsquery($2, $3)`
 *
 * An index on the same expression, `Post.index(p => [fn.to_tsvector('english', p.body)], { using: 'gin', … })`, serves it. Throws a
 * `TypeError` (WRONG_TYPE) for what is no expression.
 */
export function match(text: Expr<string | null>, query: Operand<string>, options: MatchOptions = {}): Predicate {
  const node = nodeOf(text)
  if (!node) throw misuse('WRONG_TYPE', `match: expected a column or an expression, got ${describeType(text)}`)
  const isDocument = node.type.name === TSVECTOR.name
  const document = isDocument ? node : call('to_tsvector', [...configuration(options, 'match'), node], TSVECTOR)
  return wrap(matching(document, query, options, 'match'))
}

/** The field behind {@link TSVectorField}. */
export class TSVectorFieldType extends Field<string> {
  static override readonly ownOptions: readonly string[] = []

  override columnType = 'tsvector'
  override readonly indexType = 'gin'
  /** Words are sorted, and each kept once. */
  override normalised = true

  constructor(options: FieldOptions<string> = {}) {
    super({ index: true, ...options })
  }

  override baseType(): SqlType {
    return TSVECTOR
  }
}

/**
 * `TSVECTOR`, a search document, with a GIN index unless `{ index: false }`: `@TSVectorField() search!: TSVector`. Written as
 * `Post.create({ body, search: fn.to_tsvector('english', body) })`, or made by the server, where the language must be named:
 *
 * ```ts
 * @TSVectorField({ generated: SQL(`to_tsvector('english', body)`) }) search!: TSVector
 * ```
 *
 * CockroachDB has it since v23.1; older servers throw `NotSupportedError` before anything is sent.
 */
export const TSVectorField = standsFor<
  TSVector,
  <const O extends FieldOptions<string> = {}>(
    options?: O & OnlyKnown<O, FieldOptions<string>>
  ) => DecoratorOf<TSVector, string, O>
>(options => decoratorOf(new TSVectorFieldType(options)), TSVectorFieldType)
