import fc from 'fast-check'
import {
  any,
  Check,
  EnumField,
  type Expr,
  ForeignKeyField,
  fn,
  IntegerField,
  JSONField,
  Model,
  model,
  PostgresqlDatabase,
  type Ref,
  rowsOf,
  sql,
  TextField,
  table,
  value,
  valuesList,
  window
} from 'pewit'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { eachServer } from '../helpers/live.js'

@model()
class Paper extends Model {
  @UUIDKeyField() id!: string
  @TextField() body!: string
  @JSONField({ null: true }) data!: Record<string, unknown> | null
}

/** Any text that a server can hold, with what SQL and patterns give a meaning more often than chance would. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '\\', '%', '_', ';--', '$1', '?', '/*', '$$', '::', 'a'),
      fc.string({ unit: 'binary', maxLength: 3 })
    )
  )
  .map(parts => parts.join('').replaceAll('\0', ''))
/** Names of less than 63 bytes, which is what servers keep of them. */
const name = text.map(all => [...all].slice(0, 15).join('')).filter(all => all !== '' && Buffer.byteLength(all) < 63)
/** Text whose case every locale changes alike. */
const plain = fc.stringMatching(/^[aAbB%_\\'" ]{0,4}$/)

const quoted = (given: string) => `"${given.replaceAll('"', '""')}"`

eachServer('whatever the text', live => {
  const db = live.name === 'cockroachdb' ? new CockroachDatabase(live.url) : new PostgresqlDatabase(live.url)

  beforeAll(async () => {
    db.bind([Paper])
    await db.createTables([Paper])
  })
  beforeEach(async () => {
    await Paper.delete()
    await Paper.insert({ body: '' })
  })
  afterAll(() => db.close())

  const check = <T>(values: fc.Arbitrary<T>, property: (of: T) => Promise<void>, numRuns = 100) =>
    fc.assert(fc.asyncProperty(values, property), { numRuns })

  it('a value comes back as it went', async () => {
    await check(text, async given => {
      expect(await Paper.select({ given: value(given), again: value(given) }).tuples()).toEqual([[given, given]])
    })
  })

  it('a value is found by itself', async () => {
    await check(text, async body => {
      const id = await Paper.insert({ body })
      const bodies = (await Paper.select(p => [p.body]).where(p => p.body.in([body, 'other']).and(p.id.eq(id)))).map(
        row => row.body
      )
      expect(bodies).toEqual([body])
    })
  })

  it('a value in the text, for debugging, is that value', async () => {
    await check(text, async given => {
      const query = Paper.select(value(given).as('given')).where(value([given]).eq([given] as never))
      expect(await db.executeSql(String(query))).toEqual([{ given }])
    })
  })

  it('a list goes and comes', async () => {
    await check(fc.array(fc.option(text)), async items => {
      expect(await Paper.select(value(items, 'text[]').as('items'))).toEqual([{ items }])
    })
  })

  it('a name is a name', async () => {
    await check(name, async given => {
      expect(await db.executeSql(String(Paper.select(value(1).as(given))))).toEqual([
        Object.fromEntries([[given, expect.anything()]])
      ])
    })
  })

  it('an alias of a table is a name', async () => {
    await check(name, async given => {
      const paper = Paper.alias(given)
      const query = Paper.select(p => [p.body]).join(paper, { on: (a, b) => a.id.eq(b.id) })
      expect(await query.where((_, b) => b.body.eq(''))).toHaveLength(1)
    })
  })

  it('a table and its columns are names', async () => {
    await check(
      fc.tuple(name, name, text),
      async ([tableName, columnName, body]) => {
        @model({ database: db, tableName })
        class Made extends Model {
          @TextField({ primaryKey: true, columnName }) body!: string
        }
        await db.createTables([Made])
        await Made.insert({ body }).onConflict({ target: 'body', preserve: ['body'] })
        expect(await Made.update({ body: m => m.body.concat('') as Expr<string> }).where(m => m.body.eq(body))).toBe(1)
        expect(await Made.select().dicts()).toEqual([{ body }])
        await db.dropTables([Made])
      },
      15
    )
  })

  it('names of schemas, constraints, indexes and enum types are names, and values of enums values', async () => {
    const several = fc.uniqueArray(name, { minLength: 6, maxLength: 6 })
    await check(
      several,
      async ([schema, tableName, check, index, type, columnName]) => {
        // What stands in a type has less room than a name: its array has one of its own.
        const values = [schema, tableName, index]
        @model({ database: db, schema, tableName, indexes: [{ fields: ['id', 'kind'], unique: true, name: index }] })
        class Made extends Model {
          @IntegerField({ primaryKey: true, constraints: [Check('id > 0', check)] }) id!: number
          @EnumField(values, { name: type, columnName }) kind!: string
          @ForeignKeyField(() => Made, { null: true, constraintName: `${check}2` }) other!: Ref<Made> | null
        }
        await db.executeSql(`CREATE SCHEMA ${quoted(schema)}`)
        await db.createTables([Made])
        for (const [i, kind] of values.entries()) await Made.create({ id: i + 1, kind })
        for (const kind of values) expect((await Made.get(m => m.kind.eq(kind))).kind).toBe(kind)
        await expect(Made.create({ id: -1, kind: schema })).rejects.toMatchObject({ constraint: check })
        await expect(Made.create({ id: 9, kind: schema, other: 8 })).rejects.toMatchObject({ constraint: `${check}2` })
        await Made.insert({ id: 1, kind: schema }).onConflict({ target: ['id', 'kind'], update: { kind: tableName } })
        expect(
          await Made.select(m => [m.kind])
            .orderBy(m => m.id)
            .scalars()
        ).toEqual([tableName, tableName, index])
        await db.dropTables([Made])
        await db.executeSql(`DROP SCHEMA ${quoted(schema)}`)
      },
      10
    )
  }, 120_000)

  it('names of CTEs, windows, lists of values, functions, tables without a model, and their columns are names', async () => {
    await check(
      fc.tuple(fc.uniqueArray(name, { minLength: 4, maxLength: 4 }), text),
      async ([[a, b, c, d], held]) => {
        const cte = Paper.select(p => [p.body.as(a)]).cte(b)
        expect(await cte.select().dicts()).toEqual([{ [a]: '' }])
        const list = valuesList([[held, 1]], { columns: [a, b], name: c }).bind(db)
        expect(await list.select().dicts()).toEqual([{ [a]: held, [b]: 1 }])
        expect(await list.cte(d).select().dicts()).toEqual([{ [a]: held, [b]: 1 }])
        expect(
          await rowsOf(fn.generate_series(1, 1), a, { [b]: 'int8' })
            .bind(db)
            .select()
            .dicts()
        ).toEqual([{ [b]: 1 }])
        const papers = table('paper', { body: 'text' }, { database: db })
        const ranked = window({ orderBy: Paper.fields().body }).as(c)
        expect(
          await Paper.select({ [d]: fn.rank().over(ranked) })
            .window(ranked)
            .dicts()
        ).toEqual([{ [d]: 1 }])
        expect(await papers.select(p => [p.body.as(d)]).dicts()).toEqual([{ [d]: '' }])
        const parts = Paper.select({ [a]: value(held), [b]: fn.count() }).alias(c)
        expect(await parts.select().dicts()).toEqual([{ [a]: held, [b]: 1 }])
      },
      40
    )
  }, 120_000)

  it('changes of JSON, patterns and arrays have values', async () => {
    await check(fc.tuple(text, text, fc.array(text, { maxLength: 3 })), async ([key, held, items]) => {
      if (key === '__proto__') return
      await Paper.update({ data: { [key]: held, items }, body: held })
      await Paper.update({ data: p => p.data.get(key).set(items as never) as unknown as Expr<Record<string, unknown>> })
      const [[all, one]] = await Paper.select(p => [p.data, p.data.get(key, 0).asText().as('one')]).tuples()
      expect(all).toEqual(key === 'items' ? { items } : { [key]: items, items })
      expect(one).toBe(items[0] ?? null)
      const escaped = held.replace(/[\\%_]/g, '\\$&')
      const counts = [
        await Paper.select()
          .where(p => p.body.like(escaped))
          .count(),
        await Paper.select()
          .where(p =>
            value(items, 'text[]')
              .contains(held)
              .or(p.body.eq(any([...items, held])))
          )
          .count()
      ]
      expect(counts).toEqual([1, 1])
    })
  })

  it('a JSON key and a JSON value are values', async () => {
    await check(fc.tuple(text, text), async ([key, held]) => {
      if (key === '__proto__') return
      await Paper.update({ data: { [key]: { [held]: held } } })
      const query = Paper.select(p => [p.data.get(key, held).asText().as('held')]).where(p =>
        p.data.contains({ [key]: { [held]: held } })
      )
      expect(await query).toEqual([{ held }])
    })
  })

  it('what is interpolated is a value', async () => {
    await check(text, async given => {
      expect(await Paper.select().where(sql`${given} = ${value(given)}`)).toHaveLength(1)
    })
  })

  it('contains, startsWith and endsWith find what has the text, whatever its case', async () => {
    const bodies = fc.sample(plain, { seed: 1, numRuns: 200 })
    await Paper.insertMany(bodies.map(body => ({ body })))
    const all = ['', ...bodies].map(body => body.toLowerCase())
    await check(plain, async part => {
      const sought = part.toLowerCase()
      const counts = [
        await Paper.select()
          .where(p => p.body.contains(part))
          .count(),
        await Paper.select()
          .where(p => p.body.startsWith(part))
          .count(),
        await Paper.select()
          .where(p => p.body.endsWith(part))
          .count(),
        await Paper.select()
          .where(p => p.body.contains(value(part)))
          .count(),
        await Paper.select()
          .where(p => p.body.startsWith(value(part)))
          .count()
      ]
      const has = all.filter(body => body.includes(sought)).length
      const starts = all.filter(body => body.startsWith(sought)).length
      expect(counts).toEqual([has, starts, all.filter(body => body.endsWith(sought)).length, has, starts])
    })
  })
})
