import fc from 'fast-check'
import { ForeignKeyField, Model, model, type QueryEvent, value } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { EVERY_FIELD } from '../helpers/every-field.js'
import { eachServer } from '../helpers/live.js'

/** Any value of any field comes back as it went, whichever way it went, and is found by itself. */

/** What is asked of the models here, whose columns no compiler knows. */
interface Row extends Model {
  id: string
  [property: string]: any
}
interface Rows {
  new (data?: object): Row
  [method: string]: any
}

const declare = (of: { prototype: object }, property: string, decorator: unknown) =>
  (decorator as (target: object, key: string) => void)(of.prototype, property)

class EveryRow extends Model {}
declare(EveryRow, 'id', UUIDKeyField())
declare(EveryRow, 'note', (EVERY_FIELD.find(({ name }) => name === 'text') as (typeof EVERY_FIELD)[0]).make({ null: true }))
for (const { name, make, array } of EVERY_FIELD) {
  declare(EveryRow, name, make())
  declare(EveryRow, `${name}Maybe`, make({ null: true, default: undefined }))
  if (array) declare(EveryRow, `${name}List`, array({ null: true }))
}
const Every = model({ tableName: 'every_row' })(EveryRow as never) as unknown as Rows

class EveryLink extends Model {}
declare(EveryLink, 'id', UUIDKeyField())
declare(
  EveryLink,
  'row',
  ForeignKeyField(() => Every as never, { null: true })
)
const Link = model({ tableName: 'every_link' })(EveryLink as never) as unknown as Rows

const anyRow = fc.record(
  Object.fromEntries(
    EVERY_FIELD.flatMap(({ name, values, array }) => [
      [name, values],
      [`${name}Maybe`, fc.option(values, { nil: null })],
      ...(array ? [[`${name}List`, fc.option(fc.array(fc.option(values, { nil: null }), { maxLength: 4 }), { nil: null })]] : [])
    ])
  ) as Record<string, fc.Arbitrary<unknown>>
)
type Data = Record<string, unknown>

/** With one zero: of two some servers keep only one. Long text in short, so that failures can be read. */
function plain(of: unknown): unknown {
  if (typeof of === 'number') return of === 0 ? 0 : of
  if (typeof of === 'string') return of.length > 200 ? [of.length, of.slice(0, 40)] : of
  if (of instanceof Uint8Array) return `bytes ${Buffer.from(of).toString('hex')}`
  if (of instanceof Date) return `instant ${of.toISOString()}`
  if (Array.isArray(of)) return of.map(plain)
  if (typeof of !== 'object' || of === null) return of
  return Object.entries(of)
    .map(([key, item]) => [key, plain(item)])
    .sort()
}

const FORMS = new Map(EVERY_FIELD.flatMap(({ name, form }) => (form ? [[name, form] as const] : [])))

/** A row's values as they can be compared with those that were given. */
function shown(row: Data): Data {
  const { id, note, ...rest } = row
  const form = (name: string, of: unknown): unknown => {
    const make = FORMS.get(name.replace(/(Maybe|List)$/, ''))
    if (!make || of === null) return plain(of)
    return plain(Array.isArray(of) ? of.map(item => (item === null ? null : make(item))) : make(of))
  }
  return Object.fromEntries(Object.entries(rest).map(([name, of]) => [name, form(name, of)]))
}

/** A row's values as they can be compared with those that came by another way. */
function reads(row: Data): Data {
  const { note, ...rest } = row
  return Object.fromEntries(Object.entries(rest).map(([name, of]) => [name, plain(of)]))
}

/** Without the rows, which nobody could read: what differs says enough. */
function reporter<T>({ failed, seed, errorInstance }: fc.RunDetails<T>): void {
  if (failed) throw new Error(`seed ${seed}: ${(errorInstance as Error | null)?.message}`, { cause: errorInstance })
}

eachServer('any value of any field', live => {
  const sent: QueryEvent[] = []
  const db = databaseFor(live, { logQueries: event => void sent.push(event) })
  beforeAll(async () => {
    db.bind([Every, Link] as never)
    await db.createTables([Every, Link] as never)
  })
  afterAll(() => db.close())

  const check = (property: (a: Data, b: Data) => Promise<void>, numRuns: number) =>
    fc.assert(fc.asyncProperty(anyRow, anyRow, property), { numRuns, endOnFailure: true, reporter })
  const silently = async (work: () => PromiseLike<unknown>) => {
    sent.length = 0
    await work()
    expect(sent).toEqual([])
  }

  it('comes back from create and save, and is not dirty', async () => {
    await check(async (a, b) => {
      const row = await Every.create(a)
      expect(shown(row)).toEqual(shown(a))
      expect(row.dirtyFields).toEqual([])
      await silently(() => row.save())
      const read = await Every.getById(row.id)
      expect(reads(read)).toEqual(reads(row))
      expect(read.dirtyFields).toEqual([])
      await silently(() => read.save())
      Object.assign(read, b)
      await read.save()
      expect(shown(read)).toEqual(shown(b))
      expect(read.dirtyFields).toEqual([])
      await silently(() => read.save())
      const again = await Every.getById(row.id)
      expect(reads(again)).toEqual(reads(read))
      expect(await Every.update(a).where((e: any) => e.id.eq(row.id))).toBe(1)
      const [dict] = await Every.select()
        .where((e: any) => e.id.eq(row.id))
        .dicts()
      expect(reads(dict)).toEqual(reads(row))
    }, 12)
  }, 120_000)

  it('comes back from inserts of one and of many, whatever their form, and from bulk writes', async () => {
    await check(async (a, b) => {
      const [one] = await Every.insert(a).returning(Every)
      expect(shown(one)).toEqual(shown(a))
      expect(one.dirtyFields).toEqual([])
      // As one array a column, as a VALUES list, and as rows of DEFAULTs.
      const gaps = Object.fromEntries(Object.entries(b).filter(([name]) => !/(Maybe|List)$/.test(name)))
      for (const rows of [
        [a, b],
        [{ ...a, note: value('x') }, b],
        [a, gaps]
      ]) {
        const ids: string[] = await Every.insertMany(rows)
        for (const [i, id] of ids.entries()) {
          const row = await Every.getById(id)
          expect(shown(row)).toEqual(shown({ ...Object.fromEntries(Object.keys(a).map(name => [name, null])), ...rows[i] }))
        }
      }
      const bulk: Row[] = [Every.new(a), Every.new(b)]
      await Every.bulkCreate(bulk)
      expect(bulk.map(shown)).toEqual([a, b].map(shown))
      expect(bulk.map(row => row.dirtyFields)).toEqual([[], []])
      for (const row of bulk) expect(reads(await Every.getById(row.id))).toEqual(reads(row))
      Object.assign(bulk[0], b)
      Object.assign(bulk[1], a)
      expect(await Every.bulkUpdate(bulk, Object.keys(a))).toBe(2)
      expect(bulk.map(row => row.dirtyFields)).toEqual([[], []])
      for (const row of bulk) expect(reads(await Every.getById(row.id))).toEqual(reads(row))
      expect(bulk.map(shown)).toEqual([b, a].map(shown))
    }, 8)
  }, 120_000)

  it('comes back as objects, arrays and parts of other rows, and from raw SQL', async () => {
    await check(async (a, b) => {
      const row = await Every.create(a)
      const link = await Link.create({ row })
      const mine = (e: any) => e.id.eq(row.id)
      expect(await Every.select().where(mine).tuples()).toEqual([Object.values({ ...(await Every.getById(row.id)) })])
      const ways: Row[] = [
        (await Every.raw('SELECT * FROM every_row WHERE id = $1', row.id))[0],
        (
          await Link.select(Link, Every)
            .join(Every)
            .where((l: any) => l.id.eq(link.id))
        )[0].row,
        await (await Link.getById(link.id)).row,
        (await Every.select((e: any) => Object.keys(row).map(name => e[name])).where(mine))[0]
      ]
      for (const way of ways) expect(reads(way)).toEqual(reads(row))
      const [changed] = await Every.update(b).where(mine).returning(Every)
      expect(shown(changed)).toEqual(shown(b))
      const [gone] = await Every.delete()
        .where(mine)
        .returning(Every)
        .then(undefined, () => [undefined])
      expect(gone).toBeUndefined()
      await link.deleteInstance()
      const [last] = await Every.delete().where(mine).returning(Every)
      expect(reads(last)).toEqual(reads(changed))
    }, 8)
  }, 120_000)

  it('is found by itself, and by lists it stands in', async () => {
    await check(async (a, b) => {
      const { id } = await Every.create(a)
      const lost = async (conditions: (e: any, name: string) => unknown) => {
        const picked = (e: any) => Object.fromEntries(Object.keys(a).map(name => [name, conditions(e, name)]))
        const [found] = await Every.select(picked)
          .where((e: any) => e.id.eq(id))
          .dicts()
        return Object.keys(a).filter(name => found[name] !== true)
      }
      expect(await lost((e, name) => e[name].eq(a[name]))).toEqual([])
      expect(await lost((e, name) => e[name].isDistinctFrom(a[name]).not())).toEqual([])
      const plainly = (name: string) => a[name] !== null
      expect(
        await lost((e, name) =>
          plainly(name) ? e[name].in([a[name], ...(b[name] === null ? [] : [b[name]])]) : e[name].isNull()
        )
      ).toEqual([])
      expect(await lost((e, name) => (plainly(name) ? e[name].notIn([a[name]]).not() : e[name].isNull()))).toEqual([])
    }, 8)
  }, 120_000)
})
