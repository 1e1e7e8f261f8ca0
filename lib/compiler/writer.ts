import type {
  ColumnNode,
  CteNode,
  ExprNode,
  IndexHint,
  JoinNode,
  Node,
  ParamNode,
  SourceHint,
  SourceNode,
  SystemTime,
  WindowNode
} from '../ast/nodes.js'
import type { Operator } from '../ast/operators.js'
import type { SqlType } from '../ast/types.js'
import { misuse } from '../errors.js'
import { quoteName, quoteText } from '../util/identifiers.js'
import { type Capabilities, type Capability, type Lacking, lackOf, TYPE_NEEDS } from './capabilities.js'
import { Past } from './past.js'

/** What a writer must know of a dialect. */
export interface WritingRules extends Lacking {
  readonly emitters: { readonly [kind: string]: (writer: Writer, node: never) => void }
  readonly operators: Readonly<Record<Operator, string>>
  /** How CREATE TABLE writes each column type of the fields; a type that is not here is written as it stands. */
  readonly columnTypes: Readonly<Record<string, string>>
  /** A time in the past as text, where the server reads the past. Throws a `TypeError` for what is none. */
  systemTime?(writer: Writer, time: SystemTime): string
  /** Writes behind a table how it is read, where the server takes that. */
  indexHint?(writer: Writer, hint: IndexHint): void
}

/** The sources that columns may refer to, innermost first. */
interface Scope {
  readonly names: Map<SourceNode, string>
  /** The windows of a select's WINDOW clause. */
  windows: readonly WindowNode[]
  hints?: readonly SourceHint[]
  readonly outer: Scope | undefined
  /** Those sources with the joins between them. */
  from: readonly (SourceNode | JoinNode)[]
  /** Those of WITH, which queries inside can read from. */
  ctes?: readonly CteNode[]
}

/** Where emitters write a statement: `write` for keywords, `name` for identifiers, `bind` for values, and no other way into the text. */
export class Writer {
  text = ''
  readonly params: (string | null)[] = []
  readonly types: number[] = []
  readonly values: unknown[] = []
  readonly #places = new Map<ParamNode, number>()
  /** False once a write or raw SQL was written: running it twice may not be the same as once. */
  retryable = true
  /** When the statement reads, if not now. */
  readonly past = new Past()
  #scope: Scope | undefined
  #aliases = 0
  /** Whether what is written must be known when the statement is planned. */
  #planned = false

  /** `inline` writes values as literals: for DDL, which takes no parameters, and for debugging. */
  constructor(
    readonly dialect: WritingRules,
    readonly capabilities: Capabilities,
    readonly inline = false
  ) {}

  /** Writes keywords and punctuation. */
  write(text: string): this {
    this.text += text
    return this
  }

  /** Writes an identifier, quoted. */
  name(name: string): this {
    this.text += quoteName(name)
    return this
  }

  /** Writes a value's placeholder, or its literal where values are inlined. */
  bind(param: ParamNode): this {
    this.needType(param.type.name)
    if (param.type.byName) return this.write('CAST(').write(this.#valueOf(param)).write(` AS ${param.type.name})`)
    this.text += this.#valueOf(param)
    return this
  }

  #valueOf(param: ParamNode): string {
    if (this.inline || this.#planned) return literal(param.text, param.type)
    // One placeholder for one parameter: the expression of a select list is then the same one in GROUP BY.
    return `$${this.#places.get(param) ?? this.#place(param)}`
  }

  #place(param: ParamNode): number {
    const place = this.params.push(param.text)
    this.types.push(param.type.oid)
    this.values.push(param.value)
    this.#places.set(param, place)
    return place
  }

  /** To be called once, when all is written. */
  finish(): this {
    this.text = this.past.put(this.text)
    return this
  }

  /** Writes a node. */
  node(node: Node): this {
    const emit = this.dialect.emitters[node.kind] as (writer: Writer, node: Node) => void
    emit(this, node)
    return this
  }

  /** Writes an expression, in parentheses unless it is a single term. */
  operand(node: ExprNode): this {
    if (node.kind === 'named') return this.operand(node.operand)
    return COMPOUND.has(node.kind) ? this.write('(').node(node).write(')') : this.node(node)
  }

  /** Writes as text in quotes what `body` writes: SQL that a server is to keep. */
  quoted(body: () => void): this {
    const before = this.text
    this.text = ''
    body()
    this.text = `${before}${quoteText(this.text)}`
    return this
  }

  /** Has `body` write values as literals: of what a server must know when it plans the statement, for any parameters. */
  planned(body: () => void): this {
    this.#planned = true
    body()
    this.#planned = false
    return this
  }

  /** Writes items with a separator. */
  list<T>(items: readonly T[], write: (item: T, index: number) => void, separator = ', '): this {
    items.forEach((item, i) => {
      if (i > 0) this.text += separator
      write(item, i)
    })
    return this
  }

  /** Writes nodes with commas. */
  nodes(nodes: readonly Node[]): this {
    return this.list(nodes, node => this.node(node))
  }

  /** To be called behind FROM with the time of that select; behind the queries of a compound, with where they begin. */
  asOf(time: SystemTime | undefined, start?: number): void {
    if (this.#scope?.outer === undefined) this.past.keep(this.text.length, start)
    if (time === undefined) return
    this.need('systemTime')
    this.past.read(time, this.dialect.systemTime?.(this, time) ?? '')
  }

  /** Runs `body` with a scope of its own, in which sources can be declared. */
  scoped(body: () => void): this {
    this.#scope = { names: new Map(), windows: [], from: [], outer: this.#scope }
    body()
    this.#scope = this.#scope.outer
    return this
  }

  /** Runs `body` with the columns of the innermost sources written bare, where SQL takes no qualified ones. */
  unqualified(body: () => void): this {
    const scope = this.#scope as Scope
    const names = new Map(Array.from(scope.names.keys(), source => [source, '']))
    this.#scope = { names, windows: [], from: [], outer: scope.outer }
    body()
    this.#scope = scope
    return this
  }

  /** Makes a source's columns usable, and returns the name they go by: the alias, or the next of t1, t2, …; '' leaves columns bare. */
  declare(source: SourceNode, name = (source.kind === 'alias' ? source.name : undefined) ?? this.#nextName()): string {
    const names = (this.#scope as Scope).names
    if (names.has(source))
      throw misuse(
        'BAD_QUERY',
        `${label(source)} is a source of this query twice; give one of them an alias: Model.alias('name')`
      )
    if (name !== '' && hasValue(names, name))
      throw misuse('BAD_QUERY', `The alias "${name}" stands for two sources of this query`)
    names.set(source, name)
    return name
  }

  /** Lets the expressions of a select mean sources by the joins that lead to them. */
  declareFrom(from: readonly (SourceNode | JoinNode)[]): void {
    ;(this.#scope as Scope).from = from
  }

  /** What the query reads from that has a source; nothing of a statement without FROM, `undefined` where there is no such source. */
  fromOf(source: SourceNode): readonly (SourceNode | JoinNode)[] | undefined {
    for (let scope = this.#scope; scope; scope = scope.outer) if (scope.names.has(source)) return scope.from
    return undefined
  }

  /** Lets the expressions of a select mean the windows of its WINDOW clause by their names. */
  declareWindows(windows: readonly WindowNode[]): void {
    ;(this.#scope as Scope).windows = windows
  }

  /** Lets the sources of a select be written with the hints for them. */
  declareHints(hints: readonly SourceHint[]): void {
    ;(this.#scope as Scope).hints = hints
  }

  /** Writes behind a source of the select how it is read, where that was said. */
  hintFor(source: SourceNode): void {
    const hint = this.#scope?.hints?.find(candidate => candidate.source === source)?.hint
    if (hint) this.hint(hint)
  }

  /** Writes behind a table how it is read. */
  hint(hint: IndexHint): void {
    this.need('indexHints')
    this.dialect.indexHint?.(this, hint)
  }

  /** Whether a window goes by its name here; one that the select does not declare is written out. */
  isDeclared(window: WindowNode): boolean {
    return this.#scope?.windows.includes(window) === true
  }

  /** Makes CTEs known to the queries inside, and gives those that no query around knows already. */
  declareCtes(ctes: readonly CteNode[]): readonly CteNode[] {
    const known: CteNode[] = []
    for (let scope = this.#scope; scope; scope = scope.outer) known.push(...(scope.ctes ?? []))
    const fresh: CteNode[] = []
    for (const cte of ctes) {
      const { table } = cte
      if ([...known, ...fresh].some(other => other.table === table)) continue
      if ([...known, ...fresh].some(other => other.table.name === table.name))
        throw misuse('BAD_QUERY', `Two CTEs of this query have the name "${table.name}"; give one of them another`)
      fresh.push(cte)
    }
    ;(this.#scope as Scope).ctes = fresh
    return fresh
  }

  /** The next of t1, t2, … that no source in scope has for its alias. */
  #nextName(): string {
    const name = `t${++this.#aliases}`
    for (let scope = this.#scope; scope; scope = scope.outer) if (hasValue(scope.names, name)) return this.#nextName()
    return name
  }

  /** The name a source in scope goes by, or `undefined`. */
  #find(source: SourceNode): string | undefined {
    for (let scope = this.#scope; scope; scope = scope.outer) {
      const name = scope.names.get(source)
      if (name === undefined) continue
      if (scope !== this.#scope) this.#checkVisible(name, scope)
      return name
    }
    return undefined
  }

  /** Throws where an inner query calls another source by the name of this outer one. */
  #checkVisible(name: string, outer: Scope): void {
    for (let scope = this.#scope as Scope; scope !== outer; scope = scope.outer as Scope) {
      if (name !== '' && hasValue(scope.names, name))
        throw misuse(
          'BAD_QUERY',
          `The alias "${name}" of an inner query hides a source of the outer one that the inner query uses; give it another name`
        )
    }
  }

  /** The name a declared source goes by. */
  nameOf(source: SourceNode): string {
    return this.#find(source) as string
  }

  /** Writes a column, qualified by the name of its source. */
  column(node: ColumnNode): this {
    this.needType(node.type.name)
    const name = this.#find(node.source)
    if (name !== undefined) return (name === '' ? this : this.name(name).write('.')).name(node.name)
    throw misuse(
      'BAD_QUERY',
      `${node.owner}.${node.property} is used, but ${label(node.source)} is not among the sources of this query; join it first`
    )
  }

  /** Throws `NotSupportedError` where the server lacks a type, or that of an array's items. */
  needType(name: string): void {
    const need = TYPE_NEEDS.get(name.endsWith('[]') ? name.slice(0, -2) : name)
    if (need) this.need(need)
  }

  /** Throws `NotSupportedError` where the server lacks the feature; `feature` and `instead` say it more exactly. */
  need(capability: Capability, feature?: string, instead?: string): void {
    if (this.capabilities[capability]) return
    throw lackOf(this.dialect, capability, { feature, instead, version: this.capabilities.version, sql: this.text })
  }
}

const COMPOUND: ReadonlySet<string> = new Set(['binary', 'operation', 'prefix', 'isNull', 'in', 'between', 'raw', 'collate'])

function hasValue(names: ReadonlyMap<SourceNode, string>, wanted: string): boolean {
  for (const name of names.values()) if (name === wanted) return true
  return false
}

function label(source: SourceNode): string {
  if (source.kind === 'alias') return source.name === undefined ? 'a subquery' : `the alias "${source.name}"`
  return `"${source.name}"`
}

/** A value as SQL text. */
export function literal(text: string | null, type: SqlType): string {
  if (text === null) return 'NULL'
  if (type.category === 'boolean') return text === 't' ? 'TRUE' : 'FALSE'
  if (/^\d+(\.\d+)?$/.test(text) && ['integer', 'exact', 'float'].includes(type.category)) return text
  return type.category === 'text' || type.oid === 0 ? quoteText(text) : `${quoteText(text)}::${type.name}`
}
