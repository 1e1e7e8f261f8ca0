import fc from 'fast-check'
import {
  ArrayField,
  BigIntegerField,
  BlobField,
  BooleanField,
  CharField,
  compositeKey,
  DateField,
  DateTimeTZField,
  DecimalField,
  Default,
  DoubleField,
  type IndexDefinition,
  JSONField,
  Model,
  metadata,
  model,
  SmallIntegerField,
  SQL,
  TextField,
  UUIDField
} from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** What models declare is what the catalog tells of their tables. */

interface Column {
  readonly kind: (typeof KINDS)[number]
  readonly null: boolean
  readonly unique: boolean
  readonly hasDefault: boolean
  /** Computed from the first column. */
  readonly computed: boolean
}

interface Index {
  /** Numbers of columns. */
  readonly of: readonly number[]
  readonly descending: boolean
  readonly unique: boolean
  readonly storing: readonly number[]
  readonly partial: boolean
}

interface Table {
  readonly key: readonly number[]
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
}

type Decorate = (options: object) => unknown

/** Fields, the types the catalog calls them by, and a default. */
const KINDS: readonly (readonly [decorate: Decorate, type: string, defaultSql: string, isIndexable: boolean])[] = [
  [options => CharField({ maxLength: 17, ...options }), 'character varying(17)', "'it''s'", true],
  [options => TextField(options), 'text', "''", true],
  [options => SmallIntegerField(options), 'smallint', '-3', true],
  [options => BigIntegerField(options), 'bigint', '9007199254740993', true],
  [options => DecimalField({ maxDigits: 9, decimalPlaces: 2, ...options }), 'numeric(9,2)', '1.50', true],
  [options => DoubleField(options), 'double precision', '0.5', true],
  [options => BooleanField(options), 'boolean', 'true', true],
  [options => UUIDField(options), 'uuid', 'gen_random_uuid()', true],
  [options => DateField(options), 'date', "'2026-01-02'", true],
  [options => DateTimeTZField(options), 'timestamp with time zone', 'now()', true],
  [options => BlobField(options), 'bytea', "'a'", true],
  [options => JSONField(options), 'jsonb', "'{}'", false],
  [options => ArrayField(TextField, { index: false, ...options }), 'text[]', "'{}'", false]
]

const numbers = (most: number) => fc.uniqueArray(fc.nat({ max: 30 }), { minLength: 1, maxLength: most })
const tables: fc.Arbitrary<Table> = fc.record({
  key: numbers(2),
  columns: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      null: fc.boolean(),
      unique: fc.boolean(),
      hasDefault: fc.boolean(),
      computed: fc.boolean()
    }),
    { minLength: 2, maxLength: 7 }
  ),
  indexes: fc.array(
    fc.record({
      of: numbers(3),
      descending: fc.boolean(),
      unique: fc.boolean(),
      storing: fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 2 }),
      partial: fc.boolean()
    }),
    { maxLength: 4 }
  )
})

let count = 0

/** The model of a table, and the columns that are what they were meant to be. */
function modelOf({ key, columns, indexes }: Table) {
  const name = `Round Trip ${++count}`
  const isIndexable = columns.map(({ kind }) => kind[3])
  const of = (given: readonly number[]) =>
    [...new Set(given.map(number => number % columns.length))].filter(at => isIndexable[at]).map(at => `c${at}`)
  const keys = of(key)
  class Made extends Model {}
  columns.forEach((column, at) => {
    const inKey = keys.includes(`c${at}`)
    const [decorate, , defaultSql] = column.kind
    const { null: isNull, unique, hasDefault } = column
    const decorator = decorate({
      null: isNull && !inKey,
      unique: unique && isIndexable[at] && !inKey,
      constraints: hasDefault ? [Default(defaultSql)] : [],
      columnName: `c "${at}"`
    }) as PropertyDecorator
    decorator(Made.prototype, `c${at}`)
  })
  const computed = columns.some(column => column.computed)
  if (computed) (BooleanField({ null: true, generated: SQL('"c ""0""" IS NULL') }) as PropertyDecorator)(Made.prototype, 'made')
  const definitions = indexes.flatMap(({ of: parts, descending, unique, storing, partial }, i): IndexDefinition[] => {
    const fields = of(parts)
    if (fields.length === 0) return []
    const stored = storing
      .map(number => `c${number % columns.length}`)
      .filter(property => ![...fields, ...keys].includes(property))
    return [
      {
        fields: f => fields.map((property, at) => (descending && at === 0 ? f[property].desc() : f[property])),
        name: `round ${count} ${i}`,
        unique,
        ...(stored.length > 0 && { storing: [...new Set(stored)] }),
        ...(partial && { where: f => f[fields[0]].isNull(false) })
      }
    ]
  })
  const primaryKey = keys.length === 0 ? false : compositeKey(...keys)
  const Decorated = decorated(Made, { tableName: name, primaryKey, indexes: definitions })
  return { Made: Decorated, keys, computed }
}

function decorated(target: typeof Model, options: object): typeof Model {
  return (model(options) as unknown as (target: typeof Model) => typeof Model)(target)
}

eachServer('a table and what the catalog tells of it', live => {
  const db = databaseFor(live)
  afterAll(() => db.close())

  it('are the same', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async table => {
        const { Made, keys, computed } = modelOf(table)
        db.bind([Made])
        await db.createTables([Made], { safe: false })
        const meta = metadata(Made)
        const columns = await db.getColumns(Made)
        const column = (property: string) => meta.field(property).columnName

        expect(columns.map(({ name }) => name)).toEqual(meta.fields.map(({ columnName }) => columnName))
        const byName = new Map(columns.map(found => [found.name, found]))
        table.columns.forEach(({ kind: [, type], null: isNull, hasDefault }, at) => {
          const found = byName.get(column(`c${at}`))
          const inKey = keys.includes(`c${at}`)
          expect(found).toMatchObject({
            fullType: type,
            null: isNull && !inKey,
            primaryKey: inKey,
            identity: false,
            generated: null
          })
          expect(found?.default !== null).toBe(hasDefault)
        })
        if (computed) expect(byName.get('made')).toMatchObject({ default: null, generated: expect.stringMatching(/IS NULL/i) })
        expect(await db.getPrimaryKeys(Made)).toEqual(keys.map(column))

        const single = meta.fields.filter(({ field, primaryKey }) => field.options.unique && !primaryKey)
        const declared = (meta.options.indexes ?? []) as readonly IndexDefinition[]
        const expected = [
          ...single.map(({ columnName }) => ({ columns: [columnName], unique: true })),
          ...declared.map(index => ({ columns: columnsOf(Made, index), unique: index.unique ?? false }))
        ]
        const found = (await db.getIndexes(Made)).map(({ columns, unique }) => ({ columns, unique }))
        expect(found.map(text).sort()).toEqual(expected.map(text).sort())
        await db.dropTables([Made])
      }),
      { numRuns: live.name === 'cockroachdb' ? 8 : 40 }
    )
  }, 180_000)
})

const text = (value: unknown): string => JSON.stringify(value)

/** The columns that an index sorts by, in their order. */
function columnsOf(Made: typeof Model, index: IndexDefinition): string[] {
  const { toNode } = { toNode: () => Made.index(index.fields as never, index as never).toNode() }
  return toNode().columns.map(part => {
    const node = typeof part === 'object' && part.kind === 'order' ? part.operand : part
    return typeof node === 'object' && node.kind === 'column' ? node.name : String(node)
  })
}
