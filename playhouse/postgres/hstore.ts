import { type DecoratorOf, decoratorOf, Field, type FieldOptions, type OnlyKnown, standsFor } from '../../fields/index.js'
import {
  arrayOf,
  call,
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
  variant
} from '../../lib/extend.js'
import type { Expr, Offers, Operand, Predicate, Typed } from '../../lib/index.js'
import { decodeHStore, encodeHStore } from './hstore-text.js'

/** What can be written to an HSTORE: an object or a Map, of strings and nulls. */
export type HStoreValues = { readonly [key: string]: string | null } | ReadonlyMap<string, string | null>

/** What is read from an HSTORE. To the compiler an object of strings and nulls whose column has the methods of {@link HStoreOps}. */
export type HStore = { [key: string]: string | null } & Offers<HStoreOps<'object'>>
/** The same as a Map, of a field with `{ as: 'map' }`. */
export type HStoreMap = Map<string, string | null> & Offers<HStoreOps<'map'>>

/** What a field can read its values as. */
export interface HStoreForms {
  object: HStore
  map: HStoreMap
}

/** What a column of an HSTORE offers beside comparison. */
export interface HStoreOps<F extends keyof HStoreForms> {
  /** The value of a key, null where there is none: `"t1"."attrs" -> $1` */
  get(key: Operand<string>): Typed<string | null>
  /** Its keys: `akeys(x)` */
  keys(): Typed<string[]>
  /** Its values: `avals(x)` */
  values(): Expr<(string | null)[]>
  /** Its keys with their values: `hstore_to_matrix(x)` */
  items(): Expr<[key: string, value: string | null][]>
  /** Only these keys: `slice(x, keys)` */
  slice(...keys: string[]): Typed<HStoreForms[F]>
  /** Whether it has the key: `exist(x, key)` */
  exists(key: Operand<string>): Predicate
  /** Whether it has the key, with a value that is not null: `defined(x, key)` */
  defined(key: Operand<string>): Predicate
  /** With these keys set, for updates: `x || values` */
  update(values: HStoreValues | Expr<HStoreValues | null>): Typed<HStoreForms[F]>
  /** Without these keys, for updates: `delete(x, keys)` */
  delete(...keys: string[]): Typed<HStoreForms[F]>
  /** Whether it has the key, `?`; all of a list of keys, `?&`; all of these keys with these values, `@>`. */
  contains(what: Operand<string> | readonly string[] | HStoreValues | Expr<readonly string[] | HStoreValues | null>): Predicate
  /** Whether it has any of the keys: `?|` */
  containsAny(...keys: string[]): Predicate
}

const KEYS = arrayOf(TYPES.text)

const methods = typeMethods({
  get: (node, key: unknown) => operation('->', node, textOf(node, 'get', key), TYPES.text),
  keys: node => call('akeys', [node], KEYS),
  values: node => call('avals', [node], KEYS),
  items: node => call('hstore_to_matrix', [node], KEYS),
  slice: (node, ...keys: unknown[]) => call('slice', [node, keysOf(node, 'slice', keys)], node.type),
  exists: (node, key: unknown) => call('exist', [node, textOf(node, 'exists', key)], TYPES.bool),
  defined: (node, key: unknown) => call('defined', [node, textOf(node, 'defined', key)], TYPES.bool),
  update: (node, values: unknown) => operation('||', node, valuesOf(node, 'update', values), node.type),
  delete: (node, ...keys: unknown[]) => call('delete', [node, keysOf(node, 'delete', keys)], node.type),
  contains: (node, what: unknown) => containing(node, what),
  containsAny: (node, ...keys: unknown[]) => operation('?|', node, keysOf(node, 'containsAny', keys), TYPES.bool)
})

/** An expression, or a value as a parameter of a type. */
function given(node: ExprNode, method: string, value: unknown, type: SqlType): ExprNode {
  return nodeOf(value) ?? param(value, type, `${labelOf(node)}.${method}`)
}

function textOf(node: ExprNode, method: string, key: unknown): ExprNode {
  return given(node, method, key, TYPES.text)
}

function keysOf(node: ExprNode, method: string, keys: readonly unknown[]): ExprNode {
  return given(node, method, keys, KEYS)
}

function valuesOf(node: ExprNode, method: string, values: unknown): ExprNode {
  return given(node, method, values, node.type)
}

/** Which operator it is goes by what is looked for: a key, keys, or keys with values. */
function containing(node: ExprNode, what: unknown): ExprNode {
  const { category, name } = nodeOf(what)?.type ?? {}
  const keys = category === 'array' || Array.isArray(what)
  if (keys) return operation('?&', node, given(node, 'contains', what, KEYS), TYPES.bool)
  const values = name === HSTORE.name || (typeof what === 'object' && !category)
  if (values) return operation('@>', node, valuesOf(node, 'contains', what), TYPES.bool)
  return operation('?', node, textOf(node, 'contains', what), TYPES.bool)
}

/** A type without an OID of its own: an extension's types have others in each database. */
const HSTORE: SqlType = {
  ...typeNamed('hstore'),
  byName: true,
  methods,
  encode: encodeHStore,
  decode: text => Object.fromEntries(decodeHStore(text))
}

const READ_AS: Readonly<Record<keyof HStoreForms, SqlType>> = {
  object: HSTORE,
  map: variant(HSTORE, { decode: text => new Map(decodeHStore(text)) })
}

/** What a field of an HSTORE takes. */
export interface HStoreOptions extends FieldOptions<HStoreValues> {
  /** What values are read as; an object unless given. Both can be written. */
  readonly as?: keyof HStoreForms
}

/** The field behind {@link HStoreField}. */
export class HStoreFieldType extends Field<HStoreValues> {
  static override readonly ownOptions: readonly string[] = ['as']

  override columnType = 'hstore'
  override readonly indexType = 'gin'
  readonly as: keyof HStoreForms

  constructor(options: HStoreOptions = {}) {
    super({ index: true, ...options })
    this.as = options.as ?? 'object'
    if (!Object.hasOwn(READ_AS, this.as)) throw misuse('BAD_ARGUMENT', "HStoreField: as: expected 'object' or 'map'")
  }

  override baseType(): SqlType {
    return READ_AS[this.as]
  }
}

type FormOf<O> = O extends { readonly as: infer F extends keyof HStoreForms } ? HStoreForms[F] : HStore

/**
 * `HSTORE`, strings and nulls by keys, with a GIN index unless `{ index: false }`: `@HStoreField() attrs!: HStore`, or
 * `@HStoreField({ as: 'map' }) attrs!: HStoreMap`. It takes PostgreSQL and its extension, `CREATE EXTENSION hstore`; other
 * servers throw `NotSupportedError` before anything is sent.
 */
export const HStoreField = standsFor<
  HStore,
  <const O extends HStoreOptions = {}>(options?: O & OnlyKnown<O, HStoreOptions>) => DecoratorOf<FormOf<O>, HStoreValues, O>
>(options => decoratorOf(new HStoreFieldType(options)), HStoreFieldType)
