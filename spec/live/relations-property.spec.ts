import fc from 'fast-check'
import { ForeignKeyField, IntegerField, Model, model, type Ref, TextField } from 'pewit'
import { countQueries } from 'pewit/playhouse/test-utils'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Whatever the keys are, and however many rows have them: references awaited together give what each gives alone. */

@model({ tableName: 'prop_label' })
class Label extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @TextField({ unique: true }) name!: string
}

@model({ tableName: 'prop_mark' })
class Mark extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @ForeignKeyField(() => Label, { field: 'name', null: true }) label!: Ref<Label> | null
  declare labelId: string | null
}

/** Texts with all that has a meaning in the syntax of arrays. */
const name = fc.oneof(
  fc.string({
    unit: fc.constantFrom('"', '\\', '{', '}', ',', ' ', "'", '\n', 'N', 'U', 'L', 'null', 'é', '😀', 'a', 'A'),
    maxLength: 4
  }),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map(text => text.replaceAll('\0', ''))
)

const cases = fc.record({
  names: fc.uniqueArray(name, { maxLength: 8 }),
  /** By index, of names that are there or not. */
  marks: fc.array(fc.option(fc.integer({ min: 0, max: 9 })), { maxLength: 20 }),
  lost: fc.array(name, { minLength: 10, maxLength: 10 })
})

eachServer('references of any keys', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind([Label, Mark])
    await Label.createTable()
    await db.executeSql('CREATE TABLE prop_mark (id INT PRIMARY KEY, label_id TEXT)')
  })
  afterAll(() => db.close())

  it('awaited together, give what each gives alone', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ names, marks, lost }) => {
        await Promise.all([Label.delete(), Mark.delete()])
        await Label.insertMany(names.map((text, id) => ({ id, name: text })))
        await Mark.insertMany(marks.map((at, id) => ({ id, labelId: at === null ? null : (names[at] ?? lost[at]) })))
        const rows = await Mark.select().orderBy(m => m.id)
        const { result, count } = await countQueries(db, () => Promise.allSettled(rows.map(({ label }) => label)))
        const expected = rows.map(({ labelId }) => (labelId === null ? null : names.includes(labelId) ? labelId : 'missing'))
        const found = result.map(each => (each.status === 'rejected' ? 'missing' : (each.value?.name ?? null)))
        expect(found).toEqual(expected)
        expect(count).toBe(expected.every(key => key === null) ? 0 : 1)
        const instances = result.flatMap(each => (each.status === 'fulfilled' && each.value ? [each.value] : []))
        expect(new Set(instances).size).toBe(new Set(instances.map(({ id }) => id)).size)
      }),
      { numRuns: 40 }
    )
  }, 60_000)
})
