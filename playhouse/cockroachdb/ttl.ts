import {
  type ClauseNode,
  describeType,
  didYouMean,
  type ExprNode,
  misuse,
  modelOption,
  type NodeOf,
  nodeOf,
  quoteText,
  TYPES,
  type Writer,
  wrap
} from '../../lib/extend.js'
import {
  type AnyExpr,
  type Capability,
  type Class,
  type Fields,
  type Fragment,
  fn,
  type Metadata,
  type Model,
  ModelDefinitionError,
  metadata,
  or,
  type Predicate,
  SQL
} from '../../lib/index.js'

/** Row-level TTL: rows that the server deletes some time after they expire. https://www.cockroachlabs.com/docs/stable/row-level-ttl */

/** When the rows of a model expire, and how the server's job deletes them; one of the first two is needed. */
export interface TimeToLive {
  /** How long after it was last written a row expires: `'30 days'`. */
  readonly expireAfter?: string
  /** When a row expires, as SQL or a function of the columns: `s => s.expiresAt`. Where it is null, the row does not. */
  readonly expirationExpression?: string | ((fields: Readonly<Record<string, Fragment>>) => AnyExpr)
  /** When the job runs, as cron has it: `'@hourly'`. */
  readonly jobCron?: string
  /** How many rows the job reads at once. */
  readonly selectBatchSize?: number
  /** How many rows the job deletes at once. */
  readonly deleteBatchSize?: number
  /** How many rows a node reads in a second, as the cluster has it unless given. CockroachDB v23.2.1 has that. */
  readonly selectRateLimit?: number
  /** How many rows a node deletes in a second, as the cluster has it unless given: 100, or any number in older versions. */
  readonly deleteRateLimit?: number
  /** How often rows and expired rows are counted, for metrics: `'10 minutes'`. */
  readonly rowStatsPollInterval?: string
  /** Whether metrics are told by table. */
  readonly labelMetrics?: boolean
  /** Whether the job is held. */
  readonly pause?: boolean
  /** Whether changefeeds are spared what the job deletes. CockroachDB v24.1 has that. */
  readonly disableChangefeedReplication?: boolean
}

declare module '../../lib/extend.js' {
  interface ModelExtensions {
    /** Rows that the server deletes some time after they expire: `{ expireAfter: '30 days' }`. CockroachDB v22.1 has that. */
    readonly ttl?: TimeToLive
  }
}

type Option = keyof TimeToLive

/** What the values of an option are. */
interface Kind {
  readonly type: 'string' | 'number' | 'boolean'
  readonly expected: string
  fits(value: unknown): boolean
}

const TEXT: Kind = { type: 'string', expected: 'text', fits: value => value !== '' }
/** Older versions refuse 0; to newer ones it says nothing. */
const COUNT: Kind = {
  type: 'number',
  expected: 'a whole number from 1 up',
  fits: value => Number.isSafeInteger(value) && Number(value) > 0
}
const SWITCH: Kind = { type: 'boolean', expected: 'true or false', fits: () => true }

/** The storage parameters, by what they are called here, and what not every version with row-level TTL has. */
const PARAMETERS: Readonly<Record<Option, readonly [name: string, kind: Kind, needs?: Capability]>> = {
  expireAfter: ['ttl_expire_after', TEXT],
  expirationExpression: ['ttl_expiration_expression', TEXT, 'rowTtlExpression'],
  jobCron: ['ttl_job_cron', TEXT],
  selectBatchSize: ['ttl_select_batch_size', COUNT],
  deleteBatchSize: ['ttl_delete_batch_size', COUNT],
  selectRateLimit: ['ttl_select_rate_limit', COUNT, 'rowTtlSelectRate'],
  deleteRateLimit: ['ttl_delete_rate_limit', COUNT],
  rowStatsPollInterval: ['ttl_row_stats_poll_interval', TEXT],
  labelMetrics: ['ttl_label_metrics', SWITCH],
  pause: ['ttl_pause', SWITCH],
  disableChangefeedReplication: ['ttl_disable_changefeed_replication', SWITCH, 'rowTtlChangefeeds']
}

/** Where the server keeps when a row expires that does so some time after it was written. */
const EXPIRATION = 'crdb_internal_expiration'

modelOption('ttl', { check, clauses: (ttl, meta) => [clauseOf(ttl, meta)] })

function check(ttl: TimeToLive, { name, options }: Metadata): void {
  const names = Object.keys(PARAMETERS)
  for (const [given, value] of Object.entries(ttl)) {
    if (!names.includes(given)) throw misuse('UNKNOWN_OPTION', `${name}: ttl has no option "${given}"${didYouMean(given, names)}`)
    if (value !== undefined && given !== 'expirationExpression')
      checkValue(`${name}: ttl.${given}`, PARAMETERS[given as Option][1], value)
  }
  if (ttl.expireAfter === undefined && ttl.expirationExpression === undefined)
    throw new ModelDefinitionError(
      `${name}: ttl needs { expireAfter: '30 days' } or { expirationExpression } to say when rows expire`
    )
  if ([options.tableSettings ?? []].flat().some(setting => /^\s*WITH\b/i.test(setting)))
    throw new ModelDefinitionError(`${name}: ttl and tableSettings both write WITH (…), which a table has once`)
}

/** Throws a `TypeError` for a value that the server would refuse. */
function checkValue(where: string, { type, expected, fits }: Kind, value: unknown): void {
  if (typeof value !== type) throw misuse('WRONG_TYPE', `${where}: expected ${expected}, not ${describeType(value)}`)
  if (!fits(value)) throw misuse('BAD_ARGUMENT', `${where}: expected ${expected}, not ${value === '' ? 'an empty one' : value}`)
}

function clauseOf(ttl: TimeToLive, { model }: Metadata): ClauseNode {
  const { expirationExpression: _, ...others } = ttl
  const given = Object.entries(others).filter(([, value]) => value !== undefined)
  const expression = expressionOf(ttl, (model as unknown as typeof Model).fields())
  const operands = expression ? [nodeOf(expression) as ExprNode] : []
  return { kind: 'clause', needs: 'rowTtl', place: 'behind', says: Object.fromEntries(given), operands }
}

/** The expression by which rows expire, if they do by one. */
function expressionOf({ expirationExpression: given }: TimeToLive, fields: object): Fragment | undefined {
  const found = typeof given === 'string' ? SQL(given) : given?.(fields as Readonly<Record<string, Fragment>>)
  if (found === undefined || nodeOf(found)) return found as Fragment | undefined
  const message = 'expected SQL, or a function that gives a column or an expression'
  throw misuse('WRONG_TYPE', `ttl.expirationExpression: ${message}, not ${describeType(found)}`)
}

/** Writes the storage parameters of a table. */
export function emitTtl(w: Writer, { says, operands: [expression] }: ClauseNode): void {
  w.need('rowTtl')
  const parameter = (option: Option) => {
    const [name, , needs] = PARAMETERS[option]
    if (needs) w.need(needs)
    return w.write(`${name} = `)
  }
  w.write('WITH (')
  if (expression) {
    parameter('expirationExpression').quoted(() => w.node(expression))
    if (Object.keys(says).length > 0) w.write(', ')
  }
  w.list(Object.entries(says), ([option, value]) => {
    parameter(option as Option).write(typeof value === 'string' ? quoteText(value) : String(value))
  }).write(')')
}

/**
 * The condition that a row of a model with `ttl` has not expired: expired rows are there until the server's job comes by.
 *
 * `Session.select().where(unexpired(Session))` →
 * `SELECT … FROM "session" AS "t1" WHERE ("t1"."expires_at" IS NULL) OR ("t1"."expires_at" > now())`
 *
 * It is a function of the model's columns, so that a query of several says whose: `(user, session) => unexpired(Session)(session)`.
 * Throws a `TypeError` for a model without `ttl`.
 */
export function unexpired<M extends Model>(model: Class<M>): (fields: Fields<M>) => Predicate {
  const meta = metadata(model)
  const { ttl } = meta.options
  if (!ttl) throw misuse('BAD_ARGUMENT', `unexpired(${meta.name}): its rows do not expire; give the model @model({ ttl: { … } })`)
  return fields => {
    const expression = expressionOf(ttl, fields)
    return expression ? or(expression.isNull(), expression.gt(fn.now())) : expirationOf(meta, fields).gt(fn.now())
  }
}

/** The hidden column in which the server keeps when a row expires, of the same source as other columns. */
function expirationOf({ fields: [{ property }] }: Metadata, fields: object): Fragment {
  const beside = nodeOf((fields as Readonly<Record<string, Fragment>>)[property]) as NodeOf<'column'>
  return wrap({ ...beside, name: EXPIRATION, property: EXPIRATION, type: TYPES.timestamptz })
}
