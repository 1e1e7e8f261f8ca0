import {
  ArrayField,
  caseWhen,
  DataError,
  EnumField,
  ForeignKeyField,
  fn,
  Model,
  ModelDefinitionError,
  model,
  type Ref
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model()
class Post extends Model {
  @UUIDKeyField() id!: string
  @EnumField(['draft', 'published', 'it\'s "gone"'], { default: 'draft' }) status!: 'draft' | 'published' | 'it\'s "gone"'
  @EnumField(['low', 'high'], { name: 'Ra"nk', null: true }) rank!: 'low' | 'high' | null
  @ArrayField(EnumField(['low', 'high'], { name: 'Ra"nk' }), { null: true }) ranks!: ('low' | 'high')[] | null
}

/** Shares a type with Post. */
@model()
class Task extends Model {
  @EnumField(['low', 'high'], { name: 'Ra"nk', primaryKey: true }) rank!: 'low' | 'high'
}

@model()
class Step extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Task) task!: Ref<Task>
  declare taskId: 'low' | 'high'
}

@model({ schema: 'else where', tableName: 'a table with a name of some length, and it goes on' })
class Elsewhere extends Model {
  @UUIDKeyField() id!: string
  @EnumField(['a', 'b']) aPropertyOfSomeLength!: 'a' | 'b'
}

@model()
class OtherRank extends Model {
  @EnumField(['low', 'middle', 'high'], { name: 'Ra"nk', primaryKey: true }) rank!: 'low' | 'middle' | 'high'
}

eachServer('enums', live => {
  const db = databaseFor(live)
  const types = async () => {
    const rows = await db.executeSql(`SELECT typname AS name FROM pg_type WHERE typtype = 'e' ORDER BY typname`)
    return rows.map(({ name }) => name)
  }
  beforeAll(async () => {
    db.bind([Post, Task, Step, Elsewhere, OtherRank])
    await db.executeSql('CREATE SCHEMA "else where"')
  })
  afterAll(() => db.close())

  describe('types', () => {
    afterEach(() => db.dropTables([Step, Task, Post, Elsewhere]))

    it('come with their tables, once, and go with the last', async () => {
      await db.createTables([Post, Task, Step], { safe: false })
      expect(await types()).toEqual(['Ra"nk', 'post_status'])
      await db.dropTables([Post])
      expect(await types()).toEqual(['Ra"nk'])
      await db.dropTables([Step, Task])
      expect(await types()).toEqual([])
    })

    it('are left alone where they exist', async () => {
      await db.createTables([Task])
      await db.createTables([Post, Task, Step])
      await db.createTables([Post, Task, Step])
      expect(await Post.tableExists()).toBe(true)
    })

    it('are refused without { safe } where they exist', async () => {
      await db.createTables([Task])
      await expect(db.createTables([Post], { safe: false })).rejects.toMatchObject({ sqlstate: '42710' })
    })

    it('can be created and dropped in a transaction, which goes on', async () => {
      await db.createTables([Task])
      const { autocommitBeforeDdl } = await db.capabilities()
      await db.transaction(() => db.createTables([Post, Task]), autocommitBeforeDdl ? { autocommitBeforeDdl: false } : {})
      await db.transaction(async () => {
        await db.dropTables([Post])
        expect(await Task.tableExists()).toBe(true)
      })
      expect(await types()).toEqual(['Ra"nk'])
    })

    it('stand in the schema of their model, under a name that fits', async () => {
      await db.createTables([Elsewhere])
      const { id } = await Elsewhere.create({ aPropertyOfSomeLength: 'b' })
      expect((await Elsewhere.get(e => e.aPropertyOfSomeLength.eq('b'))).id).toBe(id)
      expect(await types()).toEqual([expect.stringMatching(/^a table with a name of some length.{21}_[0-9a-f]{7}$/)])
    })

    it('of one name have the same values', async () => {
      await expect(db.createTables([Task, OtherRank])).rejects.toThrow(ModelDefinitionError)
      await expect(db.createTables([Task, OtherRank])).rejects.toThrow('"Ra"nk" has other values in another field')
    })
  })

  describe('values', () => {
    beforeAll(() => db.createTables([Post, Task, Step]))
    afterAll(() => db.dropTables([Step, Task, Post]))
    beforeEach(() => Post.delete())

    it('go wherever a value goes', async () => {
      const post = await Post.create({ rank: 'low', ranks: ['high', 'low'] })
      expect({ ...post }).toEqual({ id: post.id, status: 'draft', rank: 'low', ranks: ['high', 'low'] })
      await Post.insertMany([
        { status: 'it\'s "gone"', rank: null },
        { status: 'published', rank: 'high', ranks: [] }
      ])
      const sorted = await Post.select().orderBy(p => p.status)
      expect(sorted.map(({ status }) => status)).toEqual(['draft', 'published', 'it\'s "gone"'])
      expect(
        await Post.select()
          .where(p => p.status.in(['draft', 'published']))
          .count()
      ).toBe(2)
      expect(
        await Post.select()
          .where(p => p.status.notIn(['draft']))
          .count()
      ).toBe(2)
      expect(
        await Post.select()
          .where(p => p.status.gt('draft'))
          .count()
      ).toBe(2)
      expect(
        await Post.select()
          .where(p => p.ranks.contains('high'))
          .count()
      ).toBe(1)
      expect(
        await Post.select()
          .where(p => p.ranks.eq(['high', 'low']))
          .count()
      ).toBe(1)
      expect((await Post.select().where(p => p.status.startsWith('PUB'))).length).toBe(1)
      expect(await Post.update({ status: 'published', ranks: ['low'] }).where(p => p.rank.eq('low'))).toBe(1)
      expect(await Post.update({ rank: p => caseWhen([[p.status.eq('published'), p.rank]], 'low') })).toBe(3)
      const rows = await Post.select(p => [p.rank, fn.coalesce(p.rank, 'high').as('some')]).tuples()
      expect(rows.map(String).sort()).toEqual(['high,high', 'low,low', 'low,low'])
    })

    it('can be keys, and be referred to', async () => {
      await Task.insertMany([{ rank: 'low' }, { rank: 'high' }])
      const step = await Step.create({ task: await Task.getById('high') })
      expect(step.taskId).toBe('high')
      expect(
        await Step.select(Step, Task)
          .join(Task)
          .where((_, task) => task.rank.eq('high'))
      ).toHaveLength(1)
      expect((await (await Step.getById(step.id)).task).rank).toBe('high')
      await Step.delete()
      await Task.delete()
    })

    it('that are none are refused before anything is sent, with those that are', async () => {
      const message = `expected one of 'draft', 'published', 'it's "gone"', got another string`
      const wrong = 'x' as 'draft'
      const tries: Record<string, () => PromiseLike<unknown>> = {
        'Post.status': () => Post.create({ status: wrong }),
        'Post.insert.status': () => Post.insert({ status: wrong })
      }
      for (const work of Object.values(tries)) {
        const refused = (async () => work())()
        await expect(refused).rejects.toThrow(DataError)
        await expect(refused).rejects.toThrow(message)
      }
      expect(() => Post.update({ status: wrong })).toThrow(`Post.status: ${message}`)
      expect(() => Post.insertMany([{ status: 'draft' }, { status: wrong }])).toThrow(message)
      expect(() => Post.select().where(p => p.status.eq(wrong))).toThrow(`Post.status: ${message}`)
      expect(() => Post.select().where(p => p.status.in(['draft', wrong]))).toThrow(/^Post.status: item 1: expected one of/)
      expect(() => Post.insert({ ranks: ['middle' as 'low'] })).toThrow(/Post.*ranks: item 0: expected one of 'low', 'high'/)
      expect(() => Post.insert({ status: 1 as never })).toThrow(TypeError)
    })
  })
})
