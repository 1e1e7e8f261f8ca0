import { CharField, EXCLUDED, fn, IntegerField, Model, model, NotSupportedError, TextField } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'setting' })
class Setting extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @IntegerField({ default: 0 }) value!: number
  @TextField({ null: true }) owner!: string | null
  @TextField({ null: true }) note!: string | null
}

eachServer('conflicts', live => {
  const db = databaseFor(live)
  const isPostgres = live.name === 'postgresql'
  beforeAll(async () => {
    db.bind([Setting])
    await db.createTables([Setting])
    await db.executeSql('ALTER TABLE setting ADD CONSTRAINT setting_name_key UNIQUE (name)')
    await db.executeSql(`CREATE UNIQUE INDEX setting_owner ON setting (owner) WHERE note = 'main'`)
    if (isPostgres) await db.executeSql('CREATE UNIQUE INDEX setting_lower ON setting (lower(name))')
  }, 120_000)
  afterAll(() => db.close())
  let key: string
  beforeEach(async () => {
    await Setting.delete()
    key = await Setting.insert({ name: 'a', value: 1, owner: 'me', note: 'main' })
  })

  const again = (value = 5) => Setting.insert({ name: 'a', value })
  const row = async () => {
    const { name, value, owner, note } = await Setting.getById(key)
    return [name, value, owner, note]
  }

  it('take over what is preserved, and set what is updated', async () => {
    expect(await again().onConflict({ target: 'name', preserve: ['value'], update: { owner: 'you' } })).toBe(key)
    expect(await row()).toEqual(['a', 5, 'you', 'main'])
    const s = Setting.fields()
    await again(7).onConflict({
      target: [s.name],
      update: { value: f => f.value.add(EXCLUDED.value), note: fn.upper(s.owner) },
      where: f => f.value.lt(EXCLUDED.value)
    })
    expect(await row()).toEqual(['a', 12, 'you', 'YOU'])
  })

  it('give no key where the condition of the update does not hold', async () => {
    const query = again().onConflict({ target: 'name', preserve: ['value'], where: f => f.value.gt(100) })
    expect(await query).toBeNull()
    expect(await query.asRowCount()).toBe(0)
    expect(await query.returning(Setting)).toEqual([])
    expect(await row()).toEqual(['a', 1, 'me', 'main'])
  })

  it('are ignored: one row gives null, of several rows those that were inserted give keys', async () => {
    expect(await again().onConflictIgnore()).toBeNull()
    expect(await again().onConflictIgnore('name')).toBeNull()
    const many = Setting.insertMany([{ name: 'a' }, { name: 'b' }, { name: 'c' }]).onConflictIgnore()
    expect(await many).toHaveLength(2)
    expect(await many.asRowCount()).toBe(0)
    expect(
      await Setting.insert({ name: 'a' })
        .onConflictIgnore()
        .returning(s => [s.name])
    ).toEqual([])
    expect(await row()).toEqual(['a', 1, 'me', 'main'])
  })

  it('of a partial index are found by its condition', async () => {
    const other = () => Setting.insert({ name: 'z', owner: 'me', note: 'main', value: 9 })
    expect(await other().onConflict({ target: 'owner', targetWhere: s => s.note.eq('main'), preserve: ['value'] })).toBe(key)
    expect((await row())[1]).toBe(9)
    expect(await other().onConflictIgnore({ target: ['owner'], targetWhere: s => s.note.eq('main') })).toBeNull()
  })

  it('of a partial index are found however often the statement is sent', async () => {
    // A server that plans a prepared statement for any parameters does so after some five executions.
    const again = () => Setting.insert({ name: 'z', owner: 'me', note: 'main', value: 9 })
    const upsert = () => again().onConflict({ target: 'owner', targetWhere: s => s.note.eq('main'), preserve: ['value'] })
    await db.connectionContext(async () => {
      for (let i = 0; i < 10; i++) expect(await upsert()).toBe(key)
    })
  })

  it('of a constraint are found by its name', async () => {
    const query = again().onConflict({ constraint: 'setting_name_key', preserve: ['value'] })
    const ignored = again().onConflictIgnore({ constraint: 'setting_name_key' })
    if (!(await db.capabilities()).conflictConstraint) {
      await expect(query.execute()).rejects.toBeInstanceOf(NotSupportedError)
      return expect(ignored.execute()).rejects.toBeInstanceOf(NotSupportedError)
    }
    expect(await query).toBe(key)
    expect(await ignored).toBeNull()
    expect((await row())[1]).toBe(5)
  })

  it('of an expression are found by it', async () => {
    const target = [fn.lower(Setting.fields().name)]
    const query = Setting.insert({ name: 'A', value: 3 }).onConflict({ target, preserve: ['value'] })
    if (!isPostgres) return expect(query.execute()).rejects.toBeInstanceOf(NotSupportedError)
    expect(await query).toBe(key)
    expect(await row()).toEqual(['a', 3, 'me', 'main'])
  })

  it('of many rows are each decided by themselves', async () => {
    const keys = await Setting.insertMany([
      { name: 'b', value: 2 },
      { name: 'a', value: 8 }
    ]).onConflict({ target: 'name', preserve: ['value'] })
    expect(keys).toHaveLength(2)
    expect(keys).toContain(key)
    expect((await row())[1]).toBe(8)
  })

  it('may give a row of the same key its values, where the server has a statement for it', async () => {
    const query = Setting.insert({ id: key, name: 'r' }).onConflictReplace()
    if (isPostgres) return expect(query.execute()).rejects.toBeInstanceOf(NotSupportedError)
    expect(await query).toBe(key)
    // What gets no value, and no default in the program, is kept.
    expect(await row()).toEqual(['r', 0, 'me', 'main'])
  })
})
