import { aliasOf } from '../ast/build.js'
import type { ColumnNode, CteNode, RelatedNode, SourceNode, TableNode } from '../ast/nodes.js'
import { misuse } from '../errors.js'
import { describeType } from '../util/describe.js'
import { didYouMean } from '../util/names.js'
import { Expression } from './expression.js'
import type { Fields } from './types.js'

/** A column of a source under the property's name, or under its key's (`userId`). */
export interface SourceColumn {
  readonly property: string
  readonly column: ColumnNode
}

/** A name of a source beside its columns. */
export interface ComputedName {
  /** What it stands for in queries: an expression, made from the columns of the source at hand. */
  readonly expression: (fields: Readonly<Record<string, Expression>>) => unknown
  /** Of what it is a part, if it can be written. */
  readonly part?: Part
}

/** A part of a column's value that is read and written by itself. */
export interface Part {
  /** The column's property. */
  readonly of: string
  /** The part of a value. */
  get(whole: unknown): unknown
  /** The value with the part changed; of an expression, an expression. Throws a `TypeError` for what it cannot be. */
  set(whole: unknown, part: unknown): unknown
}

/** A foreign key of a source. */
export interface Reference {
  /** The property that holds it: `user`. */
  readonly property: string
  readonly column: ColumnNode
  /** The model it leads to. A thunk, as the next one: models may refer to each other in a circle. */
  source(): Source
  /** The table and column it leads to. */
  target(): { readonly table: TableNode; readonly column: string; readonly property: string }
}

/** A step from one source to another: the rows whose property `to` is equal to the property `from` here. */
export interface SourceRelation {
  readonly source: Source
  readonly from: string
  readonly to: string
  /** The step that comes before this one, from the source at hand to one between the two. */
  readonly via?: SourceRelation
}

/** Where rows come from: one object for all rows of a result, which their references hold, so that they can be loaded together. */
export interface RowOrigin {
  /** The statement, or the call that made it, for messages. */
  readonly text: string
  /** Whether keys are as a program gave them, and may be written otherwise than the server does. */
  readonly asGiven?: boolean
}

/** Makes an instance of one source from the cells of a row, which start at an offset; `null` where an outer join found nothing. */
export type CellReader = (cells: readonly (string | null)[], offset: number, origin: RowOrigin) => object

/** What a query must know of a model; the model layer registers it, and a query never hears of models. */
export interface Source {
  /** For messages: `User`. */
  readonly name: string
  readonly node: SourceNode
  readonly table: TableNode
  readonly columns: readonly SourceColumn[]
  readonly primaryKey: readonly SourceColumn[]
  readonly references: readonly Reference[]
  /** Every name a column can be asked for by: properties, and the key's names of references. */
  readonly names: ReadonlyMap<string, SourceColumn>
  /** The ways on to other models by their names: foreign keys, and backrefs. */
  readonly relations?: {
    get(name: string): SourceRelation | undefined
    keys(): readonly string[]
    /** The name of a model that has foreign keys to this one and to a table. */
    between(table: TableNode): string | undefined
  }
  /** What else can be asked for by name; an alias gives it its own columns. */
  readonly computed?: ReadonlyMap<string, ComputedName>
  /** The values of an update, as they are to be written: checked, with each part in its column. */
  readonly changes?: (given: object) => object
  /** Reads instances from all columns, in order. */
  readonly read: CellReader
  /** Attaches a related instance to another under a property. */
  readonly attach: (owner: object, property: string, related: object | null) => void
  /** The error for a row that was to be found; `sql` is the statement that found nothing. */
  readonly notFound: (sql: string) => Error
  /** Whether its rows are plain objects, and no instances of a model. */
  readonly plain?: boolean
  /** What must stand in WITH where it is read from: those it needs, then itself. */
  readonly ctes?: readonly CteNode[]
}

const registry = new WeakMap<object, () => Source>()
const fieldsOf = new WeakMap<Source, object>()

/** Lets a class stand for a source in queries. The thunk may build late, and may answer anew after a change. */
export function registerSource(owner: object, source: () => Source): void {
  registry.set(owner, source)
}

/** The source that a model class or an alias stands for, or `undefined`. */
export function findSource(value: unknown): Source | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? registry.get(value)?.() : undefined
}

/** The source that a model class or an alias stands for. Throws a `TypeError` for anything else. */
export function sourceOf(value: unknown, where: string): Source {
  const source = findSource(value)
  if (source) return source
  throw misuse(
    'WRONG_TYPE',
    `${where}: expected a model or an alias, got ${describeType(value)}; is the class decorated with @model()?`
  )
}

/** A column under the name it was asked for by, which it has in rows too: `userId` beside `user`. */
export class NamedColumn extends Expression {
  readonly property: string

  constructor(column: ColumnNode | RelatedNode, property: string) {
    super(column)
    this.property = property
  }
}

/** A foreign key's column. */
class ReferenceColumn extends NamedColumn {
  readonly #reference: Reference
  #to: { readonly source: Source; readonly fields: object } | undefined

  constructor(column: ColumnNode | RelatedNode, property: string, reference: Reference) {
    super(column, property)
    this.#reference = reference
  }

  /** The columns of the row referred to, of the source that the query has joined along this foreign key. */
  get to(): object {
    const source = this.#reference.source()
    if (this.#to?.source !== source) this.#to = { source, fields: this.#fieldsOf(source) }
    return this.#to.fields
  }

  #fieldsOf(source: Source): object {
    const reference = this.node
    const { column: key } = columnNamed(source, this.#reference.target().property)
    return fieldsWith(source, column => ({ kind: 'related', reference, key, column, type: column.type }))
  }
}

/** The columns of a source as expressions, by property. A name that does not exist throws, and says which one is near. */
export function sourceFields<M>(source: Source): Fields<M> {
  let fields = fieldsOf.get(source)
  if (!fields) {
    fields = fieldsWith(source, column => column)
    fieldsOf.set(source, fields)
  }
  return fields as Fields<M>
}

/** The same, each made from the node that stands for it. */
function fieldsWith(source: Source, nodeFor: (column: ColumnNode) => ColumnNode | RelatedNode): object {
  const fields = Object.create(missing(source)) as object
  for (const [name, { column }] of source.names) {
    const reference = source.references.find(of => of.column === column)
    const value = reference ? new ReferenceColumn(nodeFor(column), name, reference) : new NamedColumn(nodeFor(column), name)
    Object.defineProperty(fields, name, { value, enumerable: true })
  }
  for (const [name, { expression }] of source.computed ?? [])
    Object.defineProperty(fields, name, { get: () => expression(fields as Record<string, Expression>) })
  return fields
}

/** A prototype on which every look-up of a name that is no column ends. */
function missing(source: Source): object {
  return new Proxy(Object.create(null), {
    get(_, name) {
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON' || name === 'constructor') return undefined
      throw unknownProperty(source, name)
    }
  })
}

/** The column of a source under a property's name, or a key's (`userId`). Throws a `TypeError` for none. */
export function columnNamed(source: Source, name: string): SourceColumn {
  const found = source.names.get(name)
  if (found) return found
  throw unknownProperty(source, name)
}

/** The error for a property that a model has not. */
export function unknownProperty(source: Pick<Source, 'name' | 'names' | 'computed'>, property: string): TypeError {
  const names = [...source.names.keys(), ...(source.computed?.keys() ?? [])]
  return misuse('UNKNOWN_PROPERTY', `${source.name} has no property "${property}"${didYouMean(property, names)}`)
}

/** A source under another name, with columns of its own. */
export function renamedSource(source: Source, name: string): Source {
  const { node } = source
  return movedSource(source, node.kind === 'alias' ? { ...node, name } : aliasOf(node, name))
}

/** What a source reads, from another node that has the same columns. */
export function movedSource(source: Source, node: SourceNode): Source {
  const moved = new Map(source.columns.map(({ property, column }) => [column, { property, column: movedTo(node, column) }]))
  const move = (from: SourceColumn): SourceColumn => moved.get(from.column) ?? from
  return {
    ...source,
    node,
    columns: source.columns.map(move),
    primaryKey: source.primaryKey.map(move),
    references: source.references.map(reference => ({
      ...reference,
      column: (moved.get(reference.column) as SourceColumn).column
    })),
    names: new Map([...source.names].map(([key, from]) => [key, move(from)]))
  }
}

/** The column of another source. A foreign key's type stays a getter: its target may not be defined yet. */
function movedTo(source: SourceNode, column: ColumnNode): ColumnNode {
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(column), source: { value: source, enumerable: true } }
  ) as ColumnNode
}

/** The primary key of a model's instance, `undefined` for one not saved yet; any other value as it is. */
export function unwrapInstance(value: unknown, property?: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  const source = findSource(value.constructor)
  if (!source) return value
  const key = property ?? source.primaryKey[0]?.property
  return key === undefined ? undefined : (value as Record<string, unknown>)[key]
}
