import type { Operator, Prefix } from './operators.js'
import type { SqlType } from './types.js'

/** The AST: readonly object literals, one union, told apart by `kind`. */

/** A table. Its identity, not its name, is what columns refer to. */
export interface TableNode {
  readonly kind: 'table'
  readonly name: string
  readonly schema?: string
}

/** A table, query or function under another name. */
export interface AliasNode {
  readonly kind: 'alias'
  readonly source: TableNode | RowsNode
  /** Without one it goes by a generated name. */
  readonly name?: string
  /** The names of its columns, where they are not those of what it stands for. */
  readonly columns?: readonly string[]
  /** Whether it may refer to the sources before it. */
  readonly lateral?: boolean
}

/** What a select reads from. */
export type SourceNode = TableNode | AliasNode

/** A column of a source, with the type its values have. */
export interface ColumnNode {
  readonly kind: 'column'
  readonly source: SourceNode
  readonly name: string
  readonly type: SqlType
  /** The model and property it belongs to: `User`, `username`. */
  readonly owner: string
  readonly property: string
  /** Whether the server computes it: with each write, or with each read. */
  readonly computed?: 'stored' | 'virtual'
}

/** A column of whatever source the query has joined along a foreign key. */
export interface RelatedNode {
  readonly kind: 'related'
  /** The foreign key: a column, or a related one. */
  readonly reference: ExprNode
  /** What the foreign key is compared with in the join. */
  readonly key: ColumnNode
  /** The column that is meant, of the table referred to. */
  readonly column: ColumnNode
  readonly type: SqlType
}

/** A value that travels beside the text. */
export interface ParamNode {
  readonly kind: 'param'
  /** As the caller gave it, for logs and `sql()`. */
  readonly value: unknown
  /** As it goes over the wire. */
  readonly text: string | null
  readonly type: SqlType
}

/** A keyword that stands for a value: `NULL`, `TRUE`, `DEFAULT`. */
export interface KeywordNode {
  readonly kind: 'keyword'
  readonly word: 'NULL' | 'TRUE' | 'FALSE' | 'DEFAULT' | '*'
  readonly type: SqlType
}

/** `left op right`. */
export interface BinaryNode {
  readonly kind: 'binary'
  readonly op: Operator
  readonly left: ExprNode
  readonly right: ExprNode
  readonly type: SqlType
  /** Writes `ESCAPE '\'` behind a pattern. */
  readonly escape?: boolean
}

/** `left operator right`, of an operator that is none of {@link BinaryNode}'s. */
export interface OperationNode {
  readonly kind: 'operation'
  readonly operator: string
  readonly left: ExprNode
  readonly right: ExprNode
  readonly type: SqlType
}

/** `op operand`: NOT, a minus, DISTINCT. */
export interface PrefixNode {
  readonly kind: 'prefix'
  readonly op: Prefix
  readonly operand: ExprNode
  readonly type: SqlType
}

/** `x IS NULL`, or IS NOT NULL. */
export interface IsNullNode {
  readonly kind: 'isNull'
  readonly operand: ExprNode
  readonly negated: boolean
  readonly type: SqlType
}

/** `x IN (…)`; a list of plain values is one array parameter instead: `x = ANY($1)`. */
export interface InNode {
  readonly kind: 'in'
  readonly operand: ExprNode
  readonly among: ParamNode | ListNode | QueryNode
  readonly negated: boolean
  readonly type: SqlType
}

/** `x BETWEEN low AND high`. */
export interface BetweenNode {
  readonly kind: 'between'
  readonly operand: ExprNode
  readonly low: ExprNode
  readonly high: ExprNode
  readonly type: SqlType
}

/** A list in parentheses: a row value, or what IN is followed by. */
export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly ExprNode[]
  readonly type: SqlType
}

/** `name(args)`; of an aggregate `name(args ORDER BY …) FILTER (WHERE …)`, or `name(args) WITHIN GROUP (ORDER BY …)`. */
export interface CallNode {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly ExprNode[]
  readonly type: SqlType
  /** The order in which an aggregate takes its rows. */
  readonly orderBy: readonly (OrderNode | ExprNode)[]
  /** Writes that order behind the arguments: WITHIN GROUP. */
  readonly within: boolean
  /** Which rows an aggregate takes. */
  readonly filter: ExprNode | undefined
}

/** One end of a window's frame. Without an offset it is UNBOUNDED. */
export interface FrameBound {
  readonly at: 'PRECEDING' | 'FOLLOWING' | 'CURRENT ROW'
  readonly offset?: ExprNode
}

/** `ROWS BETWEEN start AND end EXCLUDE …`; without an end `ROWS start`. */
export interface Frame {
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS'
  readonly start: FrameBound
  readonly end?: FrameBound
  readonly exclude?: 'CURRENT ROW' | 'GROUP' | 'TIES' | 'NO OTHERS'
}

/** `PARTITION BY … ORDER BY … frame`. Under a name it can stand in the WINDOW clause of a select. */
export interface WindowNode {
  readonly kind: 'window'
  readonly name?: string
  /** The window that this one begins with; its partitions are this one's. */
  readonly extends?: WindowNode
  readonly partitionBy: readonly ExprNode[]
  readonly orderBy: readonly (OrderNode | ExprNode)[]
  readonly frame?: Frame
}

/** `call OVER window`: by its name where the select declares it, else written out. */
export interface OverNode {
  readonly kind: 'over'
  readonly call: ExprNode
  readonly window: WindowNode
  readonly type: SqlType
}

/** `EXTRACT(part FROM x)`. */
export interface ExtractNode {
  readonly kind: 'extract'
  readonly part: string
  readonly operand: ExprNode
  readonly type: SqlType
}

/** `(array)[from]`, or of a slice `(array)[from:to]`. */
export interface SubscriptNode {
  readonly kind: 'subscript'
  readonly operand: ExprNode
  readonly slice: boolean
  readonly from: ExprNode | undefined
  readonly to: ExprNode | undefined
  readonly type: SqlType
}

/** `CAST(x AS type)`. */
export interface CastNode {
  readonly kind: 'cast'
  readonly operand: ExprNode
  readonly type: SqlType
}

/** `CASE [subject] WHEN … THEN … ELSE … END`. */
export interface CaseNode {
  readonly kind: 'case'
  readonly subject?: ExprNode
  readonly branches: readonly (readonly [when: ExprNode, then: ExprNode])[]
  readonly otherwise?: ExprNode
  readonly type: SqlType
}

/** Text as it stands, with expressions between its parts. */
export interface RawNode {
  readonly kind: 'raw'
  readonly parts: readonly (string | ExprNode)[]
  readonly type: SqlType
}

/** A name as it stands, quoted, its parts joined by dots. */
export interface IdentifierNode {
  readonly kind: 'identifier'
  readonly path: readonly string[]
  readonly type: SqlType
}

/** `(SELECT …)` as a value. */
export interface SubqueryNode {
  readonly kind: 'subquery'
  readonly select: QueryNode
  readonly type: SqlType
}

/** `EXISTS (SELECT …)`. */
export interface ExistsNode {
  readonly kind: 'exists'
  readonly select: QueryNode
  readonly type: SqlType
}

/** An expression under a name; the name is written in select lists only. */
export interface NamedNode {
  readonly kind: 'named'
  readonly operand: ExprNode
  readonly name: string
  readonly type: SqlType
}

/** `x COLLATE collation`. */
export interface CollateNode {
  readonly kind: 'collate'
  readonly operand: ExprNode
  readonly collation: string
  readonly type: SqlType
}

/** A column of the row that ON CONFLICT found to be in the way. */
export interface ExcludedNode {
  readonly kind: 'excluded'
  readonly name: string
  readonly type: SqlType
}

/** A sort key: `x ASC`, `x DESC NULLS LAST`. */
export interface OrderNode {
  readonly kind: 'order'
  readonly operand: ExprNode
  readonly descending: boolean
  readonly nulls?: 'first' | 'last'
}

/** Everything that has a value. */
export type ExprNode =
  | ColumnNode
  | RelatedNode
  | ParamNode
  | KeywordNode
  | BinaryNode
  | OperationNode
  | PrefixNode
  | IsNullNode
  | InNode
  | BetweenNode
  | ListNode
  | CallNode
  | OverNode
  | ExtractNode
  | SubscriptNode
  | CastNode
  | CaseNode
  | RawNode
  | IdentifierNode
  | SubqueryNode
  | ExistsNode
  | NamedNode
  | CollateNode
  | ExcludedNode

/** The kinds of joins. */
export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'

/** `left JOIN right ON …`. */
export interface JoinNode {
  readonly kind: 'join'
  readonly type: JoinType
  readonly left: SourceNode | JoinNode
  readonly right: SourceNode
  readonly on?: ExprNode
  /** Whether the right side may refer to the left one. */
  readonly lateral?: boolean
}

/** `name (columns) AS (query)`, in WITH. */
export interface CteNode {
  readonly kind: 'cte'
  /** What queries that read from it have among their sources; its name is the CTE's. */
  readonly table: TableNode
  readonly query: QueryNode | ValuesNode | UnnestNode | WriteNode
  readonly columns?: readonly string[]
  readonly recursive: boolean
  readonly materialized?: boolean
}

/** How a table is read, where the server is not to decide that alone. */
export interface IndexHint {
  /** The name of the index that is read. */
  readonly index?: string
  /** The order in which it is read. */
  readonly direction?: 'asc' | 'desc'
  /** Fails rather than to read the whole of it. */
  readonly noFullScan?: boolean
}

/** How a source of a select is read. */
export interface SourceHint {
  readonly source: SourceNode
  readonly hint: IndexHint
}

/** A time in the past: a Date, an ISO string, an interval string, or what a server's own function makes. */
export type SystemTime = Date | string | { readonly systemTime: string }

/** What rows are locked for. */
export type LockStrength = 'update' | 'no key update' | 'share' | 'key share'

/** `FOR UPDATE OF … NOWAIT`. */
export interface LockNode {
  readonly kind: 'lock'
  readonly strength: LockStrength
  /** The sources whose rows are locked; none: all. */
  readonly of: readonly SourceNode[]
  /** What is done about rows that others have locked, but to wait. */
  readonly others?: 'nowait' | 'skip locked'
  /** Whether the transaction added it, and not the program. */
  readonly byTransaction?: boolean
}

/** `SELECT …`. */
export interface SelectNode {
  readonly kind: 'select'
  readonly with?: readonly CteNode[]
  readonly distinct: boolean | readonly ExprNode[]
  readonly columns: readonly ExprNode[]
  readonly from: readonly (SourceNode | JoinNode)[]
  readonly where?: ExprNode
  readonly groupBy: readonly ExprNode[]
  readonly having?: ExprNode
  readonly windows?: readonly WindowNode[]
  readonly orderBy: readonly (OrderNode | ExprNode)[]
  readonly limit?: ExprNode
  readonly offset?: ExprNode
  readonly lock?: LockNode
  /** When it reads: a statement has one time, so that of a query inside is that of all. */
  readonly asOf?: SystemTime
  readonly hints?: readonly SourceHint[]
}

/** How a compound puts the rows of two queries together. */
export type SetOperator = 'UNION' | 'INTERSECT' | 'EXCEPT'

/** `(left) UNION (right) ORDER BY …`. */
export interface CompoundNode {
  readonly kind: 'compound'
  readonly with?: readonly CteNode[]
  readonly op: SetOperator
  /** Whether equal rows are kept. */
  readonly all: boolean
  readonly left: QueryNode
  readonly right: QueryNode
  /** What is selected: as on the left. */
  readonly columns: readonly ExprNode[]
  readonly orderBy: readonly (OrderNode | ExprNode)[]
  readonly limit?: ExprNode
  readonly offset?: ExprNode
  readonly asOf?: SystemTime
}

/** A query that only reads. */
export type QueryNode = SelectNode | CompoundNode
/** What gives rows inside FROM. */
export type RowsNode = QueryNode | ValuesNode | UnnestNode | CallNode
/** A query that writes. */
export type WriteNode = InsertNode | UpdateNode | DeleteNode

/** `VALUES (…), (…)`. */
export interface ValuesNode {
  readonly kind: 'values'
  readonly rows: readonly (readonly ExprNode[])[]
}

/** Many rows as one array parameter a column: the text does not grow with the rows. */
export interface UnnestNode {
  readonly kind: 'unnest'
  readonly columns: readonly { readonly array: ParamNode; readonly cast?: SqlType }[]
}

/** `column = value`, of UPDATE and ON CONFLICT. */
export interface Assignment {
  readonly column: string
  readonly value: ExprNode
}

/** `ON CONFLICT (target) DO UPDATE SET …`, or DO NOTHING. */
export interface ConflictNode {
  readonly kind: 'conflict'
  readonly target: readonly (string | ExprNode)[]
  readonly constraint?: string
  readonly targetWhere?: ExprNode
  /** Empty: DO NOTHING. */
  readonly set: readonly Assignment[]
  readonly where?: ExprNode
}

/** `INSERT INTO table (columns) …`. */
export interface InsertNode {
  readonly kind: 'insert'
  readonly with?: readonly CteNode[]
  readonly table: TableNode
  readonly columns: readonly string[]
  /** No source: DEFAULT VALUES. */
  readonly source?: ValuesNode | UnnestNode | QueryNode
  /** Gives its values to a row of the same primary key. */
  readonly replace: boolean
  readonly conflict?: ConflictNode
  readonly returning: readonly ExprNode[]
}

/** `UPDATE table SET … FROM … WHERE …`. */
export interface UpdateNode {
  readonly kind: 'update'
  readonly with?: readonly CteNode[]
  readonly table: TableNode
  readonly hint?: IndexHint
  readonly set: readonly Assignment[]
  readonly from: readonly SourceNode[]
  readonly where?: ExprNode
  readonly returning: readonly ExprNode[]
}

/** `DELETE FROM table WHERE …`. */
export interface DeleteNode {
  readonly kind: 'delete'
  readonly with?: readonly CteNode[]
  readonly table: TableNode
  readonly hint?: IndexHint
  readonly where?: ExprNode
  readonly returning: readonly ExprNode[]
}

/** What else than the usual a plan is told as: what the optimizer made, how it is distributed, how vectorized, with types. */
export type ExplainMode = 'opt' | 'distsql' | 'vec' | 'types'

/** `EXPLAIN …`. */
export interface ExplainNode {
  readonly kind: 'explain'
  readonly query: QueryNode | WriteNode | StatementNode
  /** Whether the query is run, and its times are told. */
  readonly analyze: boolean
  readonly verbose: boolean
  readonly format?: 'json'
  readonly mode?: ExplainMode
}

/** A whole statement as the user wrote it. */
export interface StatementNode {
  readonly kind: 'statement'
  readonly body: RawNode
}

/** A column of CREATE TABLE. */
export interface ColumnDefinition {
  readonly name: string
  /** A key of the dialect's column types, or a type as SQL writes it. */
  readonly type: string
  /** What stands in parentheses behind the type. */
  readonly modifiers: readonly (string | number)[]
  readonly null: boolean
  /** The capability that a server needs for it. */
  readonly needs?: string
  readonly defaultSql?: string
  /** Counted by the server: always, or where no value is given. */
  readonly identity?: 'ALWAYS' | 'BY DEFAULT'
  /** What the server computes it from; stored with the row, or computed when it is read. */
  readonly generated?: ExprNode
  readonly stored?: boolean
  /** What an update that does not name the column sets it to. */
  readonly onUpdate?: ExprNode
  readonly collation?: string
  readonly constraints: readonly ExprNode[]
}

/** How an index is spread over a cluster: by a hash of its columns, into so many buckets, or as many as the server likes. */
export interface Sharding {
  readonly buckets?: number
}

/** A clause of CREATE TABLE that only some servers have, and that an extension brings: their dialects write it. */
export interface ClauseNode {
  readonly kind: 'clause'
  /** What a server needs for it: a capability, or, of an extension's own, its name for messages. */
  readonly needs: string
  /** Whether it stands between the parentheses, with the columns, or behind them. */
  readonly place: 'inside' | 'behind'
  /** What it says, as dialects that have it read it. */
  readonly says: Readonly<Record<string, unknown>>
  /** The expressions in it. */
  readonly operands: readonly ExprNode[]
}

/** A foreign key of CREATE TABLE, or of one that is added later. */
export interface ForeignKeyDefinition {
  readonly column: string
  readonly target: TableNode
  readonly targetColumn: string
  readonly name?: string
  readonly onDelete?: string
  readonly onUpdate?: string
  readonly deferrable?: string
}

/** `CREATE TABLE …`. */
export interface CreateTableNode {
  readonly kind: 'createTable'
  readonly table: TableNode
  readonly columns: readonly ColumnDefinition[]
  readonly primaryKey: readonly string[]
  /** How the primary key is spread, if by a hash. */
  readonly sharding?: Sharding
  readonly foreignKeys: readonly ForeignKeyDefinition[]
  readonly constraints: readonly ExprNode[]
  readonly clauses: readonly ClauseNode[]
  readonly settings: readonly string[]
  readonly safe: boolean
  readonly temporary: boolean
}

/** `CREATE TABLE … AS SELECT …`. */
export interface CreateTableAsNode {
  readonly kind: 'createTableAs'
  readonly table: TableNode
  readonly query: QueryNode
  readonly safe: boolean
  readonly temporary: boolean
}

/** `DROP TABLE …`. */
export interface DropTableNode {
  readonly kind: 'dropTable'
  /** One, or those that refer to each other. */
  readonly tables: readonly TableNode[]
  readonly safe: boolean
  readonly cascade: boolean
  /** Says what is the rule anyway: what others depend on stays. */
  readonly restrict?: boolean
}

/** `TRUNCATE TABLE …`. */
export interface TruncateNode {
  readonly kind: 'truncate'
  readonly table: TableNode
  readonly restartIdentity: boolean
  readonly cascade: boolean
}

/** `ALTER TABLE … ADD FOREIGN KEY …`, for tables that refer to each other. */
export interface AddForeignKeyNode {
  readonly kind: 'addForeignKey'
  readonly table: TableNode
  readonly foreignKey: ForeignKeyDefinition
}

/** `CREATE TYPE … AS ENUM (…)`. */
export interface CreateTypeNode {
  readonly kind: 'createType'
  readonly path: readonly string[]
  readonly values: readonly string[]
  readonly safe: boolean
}

/** `DROP TYPE IF EXISTS …`. */
export interface DropTypeNode {
  readonly kind: 'dropType'
  readonly path: readonly string[]
}

/** `CREATE INDEX …`. */
export interface CreateIndexNode {
  readonly kind: 'createIndex'
  readonly name: string
  readonly table: TableNode
  readonly columns: readonly (string | ExprNode | OrderNode)[]
  readonly unique: boolean
  readonly safe: boolean
  readonly using?: string
  /** How it is spread, if by a hash. */
  readonly sharding?: Sharding
  /** Columns whose values it keeps without being sorted by them. */
  readonly storing?: readonly string[]
  /** False: two nulls are one value. */
  readonly nullsDistinct?: boolean
  readonly where?: ExprNode
}

/** `DROP INDEX …`. */
export interface DropIndexNode {
  readonly kind: 'dropIndex'
  readonly name: string
  readonly table: TableNode
  readonly safe: boolean
}

/** Statements that change the schema; their values are written as literals. */
export type SchemaNode =
  | CreateTableNode
  | CreateTableAsNode
  | DropTableNode
  | TruncateNode
  | AddForeignKeyNode
  | CreateTypeNode
  | DropTypeNode
  | CreateIndexNode
  | DropIndexNode

/** What can be sent on its own. */
export type RootNode = QueryNode | WriteNode | StatementNode | ExplainNode | SchemaNode

/** Every kind of node. */
export type Node =
  | ExprNode
  | SourceNode
  | JoinNode
  | OrderNode
  | WindowNode
  | CteNode
  | LockNode
  | SelectNode
  | CompoundNode
  | ValuesNode
  | UnnestNode
  | ConflictNode
  | InsertNode
  | UpdateNode
  | DeleteNode
  | StatementNode
  | ExplainNode
  | SchemaNode
  | ClauseNode

/** The name of a kind. */
export type NodeKind = Node['kind']

/** The node of a kind. */
export type NodeOf<K extends NodeKind> = Extract<Node, { readonly kind: K }>
