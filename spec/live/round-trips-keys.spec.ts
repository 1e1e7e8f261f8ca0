import fc from 'fast-check'
import { ForeignKeyField, Model, model } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { type AnyField, EVERY_FIELD } from '../helpers/every-field.js'
import { eachServer } from '../helpers/live.js'

/** Any value of a field as a key: it is found, referred to, joined, changed and deleted by. */

interface Row extends Model {
  [property: string]: any
}
interface Rows {
  [method: string]: any
}

const KEYS = EVERY_FIELD.filter(({ key }) => key)

function modelsOf({ name, make }: AnyField): { Parent: Rows; Child: Rows } {
  const declare = (of: { prototype: object }, property: string, decorator: unknown) =>
    (decorator as (target: object, key: string) => void)(of.prototype, property)
  class KeyParent extends Model {}
  declare(KeyParent, 'key', make({ primaryKey: true }))
  declare(KeyParent, 'other', make({ null: true, default: undefined }))
  const Parent = model({ tableName: `parent_${name}` })(KeyParent as never) as unknown as Rows
  class KeyChild extends Model {}
  declare(KeyChild, 'id', UUIDKeyField())
  declare(
    KeyChild,
    'parent',
    ForeignKeyField(() => Parent as never, { backref: 'children', null: true, onDelete: 'CASCADE' })
  )
  return { Parent, Child: model({ tableName: `child_${name}` })(KeyChild as never) as unknown as Rows }
}

eachServer('any value as a key', live => {
  const db = databaseFor(live)
  const cases = KEYS.map(field => ({ field, ...modelsOf(field) }))
  const models = cases.flatMap(({ Parent, Child }) => [Parent, Child]) as never[]
  beforeAll(async () => {
    db.bind(models)
    await db.createTables(models)
  }, 120_000)
  afterAll(() => db.close())

  it.each(cases.map(one => [one.field.name, one] as const))(
    '%s',
    async (_, { field, Parent, Child }) => {
      const two = fc.uniqueArray(field.values, { minLength: 2, maxLength: 2, selector: value => JSON.stringify(value, bigints) })
      const property = fc.asyncProperty(two, async ([key, other]) => {
        await Parent.delete()
        const parent: Row = await Parent.create({ key, other })
        expect([parent.key, parent.other]).toEqual([key, other])
        const second: Row = Parent.new({ key: other, other: null })
        await Parent.bulkCreate([second])
        const children: Row[] = [
          await Child.create({ parent }),
          await Child.create({ parent: key }),
          Child.new({ parent: second })
        ]
        await Child.bulkCreate([children[2]])
        expect((await Parent.getById(key)).key).toEqual(key)
        for (const child of children.slice(0, 2)) {
          const read: Row = await Child.getById(child.id)
          expect([read.parentId, read.dirtyFields]).toEqual([key, []])
          expect((await read.parent).other).toEqual(other)
          expect(await read.save()).toBe(0)
        }
        const ids = async (condition: (c: any) => unknown) =>
          (await Child.select().where(condition)).map((row: Row) => row.id).sort()
        const first = [children[0].id, children[1].id].sort()
        expect(await ids(c => c.parent.eq(key))).toEqual(first)
        expect(await ids(c => c.parent.eq(parent))).toEqual(first)
        expect(await ids(c => c.parent.in([parent, key]))).toEqual(first)
        expect(await ids(c => c.parent.notIn([second]))).toEqual(first)
        expect((await parent.children).map((row: Row) => row.id).sort()).toEqual(first)
        const joined = await Child.select(Child, Parent)
          .join(Parent)
          .where((_: any, p: any) => p.key.eq(other))
        expect(joined.map((row: Row) => [row.id, row.parent.key])).toEqual([[children[2].id, other]])
        expect(await Child.select().filter({ parent__key: other }).count()).toBe(1)

        expect(await Parent.setById(key, { other: key })).toBe(1)
        expect((await parent.reload()).other).toEqual(key)
        parent.other = other
        expect([await parent.save(), await parent.save()]).toEqual([1, 0])
        second.other = key
        expect(await Parent.bulkUpdate([parent, second], ['other'])).toBe(2)
        expect((await Parent.getById(other)).other).toEqual(key)
        const [, created] = await Parent.getOrCreate({ key })
        expect(created).toBe(false)
        await Parent.insert({ key, other: null }).onConflict({ target: ['key'], preserve: ['other'] })
        expect((await Parent.getById(key)).other).toBeNull()
        expect(await parent.deleteInstance({ recursive: true })).toBe(1)
        expect(await Parent.deleteById(key)).toBe(0)
        expect(await ids(c => c.parent.isNull(false))).toEqual([children[2].id])
      })
      await fc.assert(property, { numRuns: 6 })
    },
    60_000
  )
})

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
