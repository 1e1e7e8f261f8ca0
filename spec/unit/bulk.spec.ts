import {
  compositeKey,
  EnumField,
  ForeignKeyField,
  IntegerField,
  JSONField,
  Model,
  model,
  PostgresqlDatabase,
  type Ref,
  sql,
  TextField
} from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** What bulk writes send, and what they make of what comes back in another order, or not at all. */

@model({ tableName: 'part' })
class Part extends Model {
  @UUIDKeyField() id!: string
  @TextField() name!: string
  @IntegerField({ null: true }) size!: number | null
  @JSONField<unknown>({ null: true }) data!: unknown
  @EnumField(['new', 'old'], { name: 'part_state', null: true }) state!: 'new' | 'old' | null
  @ForeignKeyField(() => Part, { null: true, backref: 'parts' }) whole!: Ref<Part> | null
}

@model({ tableName: 'shelf', primaryKey: compositeKey('row', 'place') })
class Shelf extends Model {
  @IntegerField() row!: number
  @IntegerField() place!: number
  @TextField({ null: true }) label!: string | null
}

const SERVERS = [
  ['postgresql', 'PostgreSQL 18.3', PostgresqlDatabase],
  ['cockroachdb', 'CockroachDB CCL v26.3.0', CockroachDatabase],
  ['cockroachdb 21.2', 'CockroachDB CCL v21.2.0', CockroachDatabase]
] as const

/** The key that the server makes for a part of a name. */
function idOf(name: string): string {
  return `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`
}

/** The items of an array's text, none of which needs quotes. */
function cellsOf(text: string): string[] {
  return text.slice(1, -1).split(',')
}

describe.each(SERVERS)('on %s', (_, version, Database) => {
  let answer: (text: string, params: readonly (string | null)[]) => { rows?: (string | null)[][]; count?: number } = () => ({})
  const driver = recordingDriver(({ text, params }) =>
    text === 'SELECT version()' || text === 'select version()' ? { rows: [[version]] } : answer(text, params)
  )
  const db = new Database('nowhere', { driver: driver.factory })
  const writes = () => driver.statements.filter(({ text }) => /^(INSERT|UPDATE|BEGIN|COMMIT|ROLLBACK)/.test(text))

  beforeAll(() => db.bind([Part, Shelf]))
  beforeEach(() => driver.clear())

  describe('bulkCreate', () => {
    it('sends one array a column, and reads back what tells the rows apart', async () => {
      answer = (_text, [names]) => ({ rows: cellsOf(names as string).map(name => [idOf(name), null, null, null, null, name]) })
      const parts = ['a', 'b', 'c'].map(name => Part.new({ name }))
      await Part.bulkCreate(parts)
      expect(writes().map(({ text }) => text)).toEqual([
        'INSERT INTO "part" ("name") SELECT c1 FROM unnest($1) AS u(c1) RETURNING "part"."id", "part"."size", "part"."data", "part"."state", "part"."whole_id", "part"."name"'
      ])
      expect(parts.map(({ id }) => id)).toEqual([idOf('a'), idOf('b'), idOf('c')])
    })

    it('gives each instance its own key, in whatever order the rows come back', async () => {
      const parts = ['a', 'b', 'c', 'd'].map((name, i) => Part.new({ name, size: i % 2, data: null, state: null, whole: null }))
      answer = (_text, params) => ({
        rows: cellsOf(params[0] as string)
          .map((name, i) => [idOf(name), cellsOf(params[1] as string)[i], name])
          .reverse()
      })
      await Part.bulkCreate(parts)
      expect(writes()[0].text).toMatch(/RETURNING "part"."id", "part"."size", "part"."name"$/)
      expect(parts.map(({ id }) => id)).toEqual([idOf('a'), idOf('b'), idOf('c'), idOf('d')])
      expect(parts.map(part => part.isDirty())).toEqual([false, false, false, false])
    })

    it('goes by the order where a trigger changed what tells the rows apart', async () => {
      answer = (_text, [names]) => ({ rows: cellsOf(names as string).map(name => [idOf(name), null, null, null, null, 'X']) })
      const parts = ['a', 'b'].map(name => Part.new({ name }))
      await Part.bulkCreate(parts)
      expect(parts.map(({ id }) => id)).toEqual([idOf('a'), idOf('b')])
    })

    it('reads nothing back where the program has given everything', async () => {
      answer = () => ({ count: 2 })
      const shelves = [1, 2].map(place => Shelf.new({ row: 1, place, label: null }))
      await Shelf.bulkCreate(shelves)
      expect(writes().map(({ text }) => text)).toEqual([
        'INSERT INTO "shelf" ("row", "place", "label") SELECT c1, c2, c3 FROM unnest($1, $2, $3) AS u(c1, c2, c3)'
      ])
      expect(shelves.map(shelf => shelf.isDirty())).toEqual([false, false])
    })

    it('rejects where rows were left out on the way', async () => {
      answer = () => ({ count: 1, rows: [['id', null, null, null, null, 'a']] })
      const parts = ['a', 'b'].map(name => Part.new({ name }))
      await expect(Part.bulkCreate(parts)).rejects.toThrow('of 2 rows sent 1 were inserted')
      expect(parts.map(({ id }) => id)).toEqual([undefined, undefined])
    })

    it('inserts what others of the list refer to before them, in a transaction', async () => {
      const whole = Part.new({ name: 'whole' })
      const parts = ['left', 'right'].map(name => Part.new({ name, whole }))
      answer = (text, params) => {
        if (!text.startsWith('INSERT')) return {}
        const names = cellsOf((params[0] as string).replace(/^(?!{)(.*)$/, '{$1}'))
        return { rows: names.map(name => [idOf(name), null, null, null, ...(text.includes('whole_id") ') ? [] : [null]), name]) }
      }
      await Part.bulkCreate([whole, ...parts])
      const inserts = driver.statements.filter(({ text }) => text.startsWith('INSERT'))
      expect(inserts.map(({ on, params }) => [on, params])).toEqual([
        ['transaction', ['whole']],
        ['transaction', ['{left,right}', `{${idOf('whole')},${idOf('whole')}}`]]
      ])
      expect(parts.map(({ id }) => id)).toEqual([idOf('left'), idOf('right')])
    })
  })

  describe('bulkUpdate', () => {
    const loaded = (count: number) =>
      Array.from({ length: count }, (_, i) => Part.new({ id: `00000000-0000-0000-0000-00000000000${i}`, name: `n${i}`, size: i }))

    it('sends keys, numbers and values as arrays', async () => {
      answer = () => ({ rows: [['1'], ['0']], count: 2 })
      expect(await Part.bulkUpdate(loaded(2), ['name', 'size'])).toBe(2)
      expect(writes()).toMatchObject([
        {
          text: 'UPDATE "part" SET "name" = "u"."c3", "size" = "u"."c4" FROM (SELECT c1, c2, c3, c4 FROM unnest($1, $2, $3, $4) AS u(c1, c2, c3, c4)) AS "u"("c1", "c2", "c3", "c4") WHERE "part"."id" = "u"."c2" RETURNING "u"."c1"',
          params: ['{0,1}', '{00000000-0000-0000-0000-000000000000,00000000-0000-0000-0000-000000000001}', '{n0,n1}', '{0,1}']
        }
      ])
    })

    it('casts what has no arrays on some server, and enums', async () => {
      answer = () => ({ count: 0 })
      const parts = loaded(2).map((part, i) => Object.assign(part, { data: { a: i }, state: i ? 'new' : null }))
      expect(await Part.bulkUpdate(parts, [Part.fields().data, 'state'])).toBe(0)
      expect(writes()).toMatchObject([
        {
          text: 'UPDATE "part" SET "data" = "u"."c3", "state" = "u"."c4" FROM (SELECT c1, c2, CAST(c3 AS jsonb), c4 FROM unnest($1, $2, $3, CAST($4 AS "part_state"[])) AS u(c1, c2, c3, c4)) AS "u"("c1", "c2", "c3", "c4") WHERE "part"."id" = "u"."c2" RETURNING "u"."c1"',
          params: [expect.anything(), expect.anything(), '{"{\\"a\\":0}","{\\"a\\":1}"}', '{NULL,new}']
        }
      ])
    })

    it('compares every column of a composite key', async () => {
      answer = () => ({ count: 1 })
      await Shelf.bulkUpdate([Shelf.new({ row: 1, place: 2, label: 'x' })], ['label'])
      expect(writes()[0].text).toBe(
        'UPDATE "shelf" SET "label" = "u"."c4" FROM (SELECT c1, c2, c3, c4 FROM unnest($1, $2, $3, $4) AS u(c1, c2, c3, c4)) AS "u"("c1", "c2", "c3", "c4") WHERE ("shelf"."row" = "u"."c2") AND ("shelf"."place" = "u"."c3") RETURNING "u"."c1"'
      )
    })

    it('computes expressions in their own rows alone', async () => {
      answer = () => ({ count: 2 })
      const parts = loaded(2)
      Object.assign(parts[1], { size: sql`"part"."size" + ${10}` })
      await Part.bulkUpdate(parts, ['size'])
      expect(writes()[0].text).toBe(
        'UPDATE "part" SET "size" = CASE "u"."c1" WHEN $1 THEN CAST("part"."size" + $2 AS int4) ELSE "u"."c3" END FROM (SELECT c1, c2, c3 FROM unnest($3, $4, $5) AS u(c1, c2, c3)) AS "u"("c1", "c2", "c3") WHERE "part"."id" = "u"."c2" RETURNING "u"."c1", "part"."size"'
      )
    })

    it('sends batches in a transaction', async () => {
      answer = text => ({ count: text.startsWith('UPDATE') ? 2 : 0 })
      expect(await Part.bulkUpdate(loaded(5), ['name'], { batchSize: 2 })).toBe(6)
      const updates = driver.statements.filter(({ text }) => text.startsWith('UPDATE'))
      expect(updates.map(({ on, params }) => [on, params[2]])).toEqual([
        ['transaction', '{n0,n1}'],
        ['transaction', '{n2,n3}'],
        ['transaction', '{n4}']
      ])
    })
  })
})

describe('insertMany', () => {
  const driver = recordingDriver(({ text }) => (/version/.test(text) ? { rows: [['PostgreSQL 18.3']] } : undefined))
  const db = new PostgresqlDatabase('nowhere', { driver: driver.factory })

  beforeAll(() => db.bind([Part]))
  beforeEach(() => driver.clear())

  it('sends rows of many characters in several statements', async () => {
    const name = 'x'.repeat(100_000)
    await Part.insertMany(Array.from({ length: 90 }, () => ({ name })))
    const sizes = driver.statements.flatMap(({ text, params }) => (text.startsWith('INSERT') ? [params[0]?.length ?? 0] : []))
    expect(sizes).toHaveLength(3)
    expect(Math.max(...sizes)).toBeLessThan(4_000_100)
  })

  it('counts the parameters of expressions', async () => {
    const three = () => sql`coalesce(${1}, ${2}, ${3})`
    await Part.insertMany(Array.from({ length: 20_000 }, () => ({ name: sql`'x'`, size: three(), state: three() })))
    const counts = driver.statements.flatMap(({ text, params }) => (text.startsWith('INSERT') ? [params.length] : []))
    expect(counts).toEqual([64_998, 55_002])
  })
})
